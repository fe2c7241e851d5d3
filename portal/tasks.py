from celery import shared_task
from django.conf import settings

from portal import decisions, demo, desk


@shared_task
def refresh_demo():
    """Keep shifts, days and points ahead of the calendar in a demo that runs for weeks."""
    if settings.DEMO:
        demo.load()


@shared_task
def carry_out_decisions():
    """Let decisions take effect that nobody has undone in time."""
    decisions.carry_out_due(desk.QUEUES)
