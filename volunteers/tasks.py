from celery import shared_task

from volunteers import expiry, profiles, reminders, series, waiting_list


@shared_task
def queue_shift_reminders():
    reminders.queue()


@shared_task
def fill_free_places():
    waiting_list.fill_all()


@shared_task
def remind_of_unmarked():
    reminders.queue_unmarked()


@shared_task
def generate_shifts():
    series.generate()


@shared_task
def remind_of_expiry():
    expiry.remind()


@shared_task
def forget_guardians():
    profiles.forget_guardians()
