from celery import shared_task
from django.conf import settings

from portal import demo


@shared_task
def refresh_demo():
    """Keep shifts, days and points ahead of the calendar in a demo that runs for weeks."""
    if settings.DEMO:
        demo.load()
