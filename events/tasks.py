import logging

from celery import shared_task
from django.utils import timezone

from events import expiry, messages, quarters, reconciling, redemptions

logger = logging.getLogger(__name__)


@shared_task
def send_due_messages():
    messages.send_due()


@shared_task
def reverse_uncollected():
    redemptions.reverse_uncollected(timezone.localdate())


@shared_task
def expire_points():
    expiry.expire(timezone.localdate())


@shared_task
def publish_quarter():
    quarters.publish(*quarters.last_finished(timezone.localdate()))


@shared_task
def reconcile():
    """An error in the log, which somebody watches, for each drift."""
    for drift in reconciling.drifts():
        logger.error("reconcile: %s", drift)
