from celery import shared_task

from volunteers import reminders, series


@shared_task
def queue_shift_reminders():
    reminders.queue()


@shared_task
def generate_shifts():
    series.generate()
