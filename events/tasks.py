from celery import shared_task
from django.utils import timezone

from events import messages, redemptions


@shared_task
def send_due_messages():
    messages.send_due()


@shared_task
def reverse_uncollected():
    redemptions.reverse_uncollected(timezone.localdate())
