from celery import shared_task

from volunteers import reminders, waiting_list


@shared_task
def queue_shift_reminders():
    reminders.queue()


@shared_task
def fill_free_places():
    waiting_list.fill_all()
