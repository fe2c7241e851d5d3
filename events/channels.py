"""How a message leaves the portal: SMTP, or the mailbox page where nothing leaves at all."""

import smtplib

from django.conf import settings
from django.core.mail import EmailMessage

from events.models import Message


class Undelivered(Exception):
    """The other side did not take the message; it can be tried again."""


def deliver(message: Message) -> None:
    if settings.MAILBOX:
        return  # the row itself is what /mailbox/ shows
    if message.channel == Message.Channel.SMS:
        raise Undelivered("no SMS provider is set")
    letter = EmailMessage(message.subject, message.body, to=[message.address])
    try:
        letter.send()
    except (smtplib.SMTPException, OSError, ValueError) as error:  # ValueError: an address that is none
        raise Undelivered(error) from error
