import email
import email.policy
import socket
from datetime import timedelta

import pytest
import time_machine
from aiosmtpd.controller import Controller
from django.core import mail
from django.utils import timezone

from events import messages
from events.models import Message
from stations.tests.factories import make_user

NOON = "2026-11-20T12:00:00+08:00"
LIN = "lin@example.com"


def write(key="occasion", address=LIN, subject="您有一个班次", **kw):
    return messages.write(
        address, **{"key": key, "subject": subject, "body": "林律师您好：\n星期五见。", **kw}
    )


def states():
    return list(Message.objects.order_by("key").values_list("state", flat=True))


def a_free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


@pytest.fixture
def clock():
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


@pytest.fixture
def letters(settings):
    """Letters leave the portal, into a list."""
    settings.MAILBOX = False
    return mail.outbox


@pytest.fixture
def by_smtp(settings):
    """Letters leave the portal over SMTP, to a port where nobody listens yet."""
    settings.MAILBOX = False
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", a_free_port()
    return settings.EMAIL_PORT


class PostOffice:
    """A real mail server that keeps the letters it accepts."""

    def __init__(self):
        self.letters, self.refuses = [], False

    async def handle_RCPT(self, server, session, envelope, address, options):
        if self.refuses:
            return "550 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        letter = email.message_from_bytes(envelope.content, policy=email.policy.default)
        self.letters.append((envelope.rcpt_tos, letter))
        return "250 OK"


@pytest.fixture
def post_office(by_smtp):
    post_office = PostOffice()
    controller = Controller(post_office, hostname="127.0.0.1", port=by_smtp)
    controller.start()
    yield post_office
    controller.stop()


# Writing


@pytest.mark.django_db
def test_the_first_letter_of_an_occasion_is_the_row_that_any_letter_is():
    person = make_user()
    letter = {"person": person, "subject": "报名成功", "body": "您好", "due_at": timezone.now()}

    messages.write_first(person.address, key="一", **letter)
    messages.write(person.address, key="二", **letter)

    first, other = Message.objects.order_by("pk").values()
    assert first["id"] < other["id"]
    assert first | {"id": None, "key": None} == other | {"id": None, "key": None}


@pytest.mark.django_db
def test_one_occasion_writes_one_message():
    answers = [write(subject="第一次"), write(subject="第二次")]

    assert answers == [True, False]
    assert list(Message.objects.values_list("subject", "state", "tries")) == [("第一次", "waiting", 0)]


@pytest.mark.django_db
def test_an_address_with_an_at_is_mail_and_any_other_a_text_message():
    write("mail", LIN)
    write("text", "+8613800000000")

    assert list(Message.objects.order_by("key").values_list("channel", flat=True)) == ["email", "sms"]


@pytest.mark.django_db
def test_a_worker_is_asked_once_per_new_message_and_only_after_the_commit(django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as callbacks:
        write()
        write()

    assert callbacks == [messages.nudge]


@pytest.mark.django_db
def test_a_subject_is_always_one_short_line():
    write(subject="您好\r\nBcc: everybody@example.com\n\n" + "长" * 200)

    subject = Message.objects.get().subject
    assert subject.startswith("您好 Bcc: everybody@example.com 长长")
    assert (len(subject), len(subject.splitlines())) == (120, 1)


# Sending


@pytest.mark.django_db
def test_a_message_is_sent_once(letters):
    write()

    assert [messages.send_due(), messages.send_due()] == [1, 0]
    assert states() == ["sent"]
    assert [(letter.to, letter.subject) for letter in letters] == [([LIN], "您有一个班次")]


@pytest.mark.django_db
def test_with_the_mailbox_page_nothing_leaves_the_machine(settings):
    settings.MAILBOX = True
    write("mail", LIN)
    write("text", "+8613800000000")

    assert messages.send_due() == 2
    assert (states(), mail.outbox) == (["sent", "sent"], [])


@pytest.mark.django_db
def test_a_message_waits_until_it_is_due(letters, clock):
    write(due_at=timezone.now() + timedelta(minutes=5))
    assert messages.send_due() == 0

    clock.shift(timedelta(minutes=5))
    assert messages.send_due() == 1


@pytest.mark.django_db
def test_what_is_due_first_is_sent_first_and_no_more_than_asked(letters, clock):
    for n in (3, 1, 2):
        write(f"occasion-{n}", subject=f"{n}", due_at=timezone.now() - timedelta(minutes=9 - n))

    assert messages.send_due(limit=2) == 2
    assert [letter.subject for letter in letters] == ["1", "2"]


@pytest.mark.django_db
def test_a_cancelled_message_is_not_sent(letters):
    write()

    assert [messages.cancel("occasion"), messages.cancel("occasion"), messages.cancel("another")] == [
        True,
        False,
        False,
    ]
    assert messages.send_due() == 0
    assert (states(), letters) == (["cancelled"], [])


@pytest.mark.django_db
def test_what_has_been_sent_cannot_be_cancelled(letters):
    write()
    messages.send_due()

    assert messages.cancel("occasion") is False
    assert states() == ["sent"]


@pytest.mark.django_db
def test_a_message_that_another_worker_has_claimed_is_left_to_it(letters):
    write()
    Message.objects.update(state="sending", claimed_at=timezone.now() - timedelta(minutes=9))

    assert messages.send_due() == 0
    assert (states(), letters) == (["sending"], [])


@pytest.mark.django_db
def test_a_message_whose_worker_died_is_uncertain_and_never_sent_again(letters, clock):
    write()
    Message.objects.update(state="sending", claimed_at=timezone.now())

    for _n in range(5):
        clock.shift(timedelta(minutes=11))
        assert messages.send_due() == 0

    assert (states(), letters) == (["uncertain"], [])


# Over SMTP


@pytest.mark.django_db
def test_a_letter_arrives_once_with_its_chinese_words(post_office):
    write()

    messages.send_due()
    messages.send_due()

    [(recipients, letter)] = post_office.letters
    assert (recipients, letter["To"], letter["Subject"]) == ([LIN], LIN, "您有一个班次")
    assert letter["From"] == "暖驿 <noreply@example.org>"
    assert letter.get_content().splitlines() == ["林律师您好：", "星期五见。"]
    assert states() == ["sent"]


@pytest.mark.django_db
def test_a_line_break_in_a_subject_adds_no_header_and_no_recipient(post_office):
    write(subject="您好\nBcc: everybody@example.com\r\nX-Evil: 1")

    messages.send_due()

    [(recipients, letter)] = post_office.letters
    assert (recipients, letter["Bcc"], letter["X-Evil"]) == ([LIN], None, None)
    assert letter["Subject"].strip() == "您好 Bcc: everybody@example.com X-Evil: 1"


@pytest.mark.django_db
def test_a_server_that_does_not_answer_is_tried_five_times_with_longer_waits(by_smtp, clock):
    write()
    waits = []

    for _n in range(4):
        messages.send_due()
        message = Message.objects.get()
        waits.append(message.due_at - timezone.now())
        assert (message.state, message.sent_at) == ("waiting", None)
        clock.move_to(message.due_at - timedelta(seconds=1))
        assert (messages.send_due(), Message.objects.get().tries) == (0, message.tries)
        clock.shift(timedelta(seconds=1))
    messages.send_due()

    message = Message.objects.get()
    assert [wait.total_seconds() / 60 for wait in waits] == [2, 4, 8, 16]
    assert (message.state, message.tries, "refused" in message.error) == ("failed", 5, True)


@pytest.mark.django_db
def test_a_failed_message_is_not_tried_again(by_smtp, clock):
    write()
    Message.objects.update(state="failed", tries=5)

    clock.shift(timedelta(days=1))
    assert messages.send_due() == 0
    assert states() == ["failed"]


@pytest.mark.django_db
def test_a_letter_that_was_refused_at_first_arrives_later_once(post_office):
    write()
    post_office.refuses = True
    messages.send_due()
    message = Message.objects.get()
    assert (message.state, message.tries, "550" in message.error) == ("waiting", 1, True)

    post_office.refuses = False
    Message.objects.update(due_at=timezone.now())
    messages.send_due()

    message.refresh_from_db()
    assert (message.state, message.tries, message.error) == ("sent", 2, "")
    assert len(post_office.letters) == 1


@pytest.mark.django_db
def test_one_bad_address_does_not_hold_up_the_others(post_office):
    write("a", "nobody at all@example.com\nBcc: x@example.com")
    write("b", LIN)

    messages.send_due()

    assert states() == ["waiting", "sent"]
    assert [recipients for recipients, _letter in post_office.letters] == [[LIN]]


@pytest.mark.django_db
def test_a_text_message_waits_where_no_provider_is_set(letters):
    write(address="+8613800000000")

    assert messages.send_due() == 0
    assert (states(), Message.objects.get().error) == (["waiting"], "no SMS provider is set")
