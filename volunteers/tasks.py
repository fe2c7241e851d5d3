from celery import shared_task

from volunteers import reminders


@shared_task
def queue_shift_reminders():
    reminders.queue()


@shared_task
def remind_of_unmarked():
    reminders.queue_unmarked()
