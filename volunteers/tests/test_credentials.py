from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.utils import timezone

from events.models import Message
from stations.refusals import Refusal
from volunteers import credentials
from volunteers.models import Credential, CredentialKind
from volunteers.tests.factories import LAWYER_NUMBER, PDF, make_credential

PENDING, APPROVED, DECLINED, REVOKED = Credential.Status.values


def submit(volunteer, **kw):
    return credentials.submit(
        volunteer,
        **{
            "kind": CredentialKind.LAWYER,
            "number": LAWYER_NUMBER,
            "issuer": "浙江省司法厅",
            "valid_to": None,
            "document": ContentFile(PDF, name="document.pdf"),
            **kw,
        },
    )


def states(volunteer):
    return list(volunteer.credentials.order_by("pk").values_list("status", flat=True))


@pytest.fixture
def document(newcomer):
    return make_credential(volunteer=newcomer)


# Handing in


def test_a_document_waits_for_a_person_to_look(newcomer):
    credential = submit(newcomer)

    assert (credential.status, credential.decided_by, credential.number) == (PENDING, None, LAWYER_NUMBER)
    with credential.document.open() as file:
        assert file.read() == PDF


def test_the_file_is_kept_under_a_name_that_nobody_can_guess(newcomer):
    names = {submit(newcomer).document.name for _n in range(2)}

    assert len(names) == 2
    assert {(name[:12], len(name), name[-4:]) for name in names} == {("credentials/", 48, ".pdf")}


def test_a_newer_upload_replaces_the_one_that_waits(newcomer):
    first = submit(newcomer)

    submit(newcomer)

    first.refresh_from_db()
    assert states(newcomer) == [DECLINED, PENDING]
    assert (first.decided_by, first.decided_at is not None, first.reason != "") == (None, True, True)


def test_a_newer_upload_leaves_an_approved_one_and_other_kinds_alone(newcomer):
    make_credential(volunteer=newcomer, status=APPROVED)
    make_credential(volunteer=newcomer, kind=CredentialKind.MEDICAL)

    submit(newcomer)

    assert states(newcomer) == [APPROVED, PENDING, PENDING]


def test_the_database_itself_refuses_two_waiting_documents_of_a_kind(document, newcomer):
    with pytest.raises(IntegrityError), transaction.atomic():
        make_credential(volunteer=newcomer)


@pytest.mark.parametrize("number", ["13301201810123456", "13301199911654321"])
def test_a_lawyers_number_is_accepted(number):
    credentials.check_number(CredentialKind.LAWYER, number)


@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("13301201810123", "trainee"),
        ("", "lawyer_number"),
        ("1330120181012345", "lawyer_number"),  # 16
        ("133012018101234567", "lawyer_number"),  # 18
        ("23301201810123456", "lawyer_number"),  # no licence
        ("13301181810123456", "lawyer_number"),  # practising since 1818
        ("13301201810123456x", "lawyer_number"),
        ("13301201812123456", "lawyer_number"),  # no such sex
        ("13301201810123456\n", "lawyer_number"),
        ("133012018101２３４５６", "lawyer_number"),  # full-width digits
    ],
)
def test_a_number_that_cannot_be_a_lawyers_is_refused(number, code):
    with pytest.raises(ValidationError) as refused:
        credentials.check_number(CredentialKind.LAWYER, number)

    assert refused.value.code == code


def test_other_documents_have_numbers_of_any_form():
    credentials.check_number(CredentialKind.MEDICAL, "A-12/345")


def test_a_refused_number_leaves_the_waiting_document_as_it_is(document, newcomer):
    with pytest.raises(ValidationError):
        submit(newcomer, number="123")

    assert states(newcomer) == [PENDING]


def test_only_the_end_of_a_number_is_shown(document):
    assert document.masked_number == "…3456"


# Deciding


def test_an_approval_is_signed_and_told_to_the_volunteer(document, newcomer, manager):
    credentials.approve(document, by=manager)

    document.refresh_from_db()
    message = Message.objects.get()
    assert (document.status, document.decided_by, document.reason) == (APPROVED, manager, "")
    assert document.decided_at is not None
    decided = f"{document.decided_at:%Y%m%dT%H%M%S%f}"
    assert (message.key, message.person) == (f"credential:{document.pk}:{decided}", newcomer.person)


def test_a_refusal_gives_its_reason_to_the_volunteer(document, newcomer, manager):
    credentials.decline(document, by=manager, reason=" 照片不清楚 ")

    document.refresh_from_db()
    message = Message.objects.get()
    assert (document.status, document.decided_by, document.reason) == (DECLINED, manager, "照片不清楚")
    assert (message.person, message.body.count("照片不清楚")) == (newcomer.person, 1)


@pytest.mark.parametrize("reason", ["", "  \n"])
def test_nothing_is_declined_without_a_reason(document, manager, reason):
    with pytest.raises(Refusal) as refused:
        credentials.decline(document, by=manager, reason=reason)

    document.refresh_from_db()
    assert (refused.value.code, document.status, Message.objects.count()) == ("reason_needed", PENDING, 0)


def test_an_expired_document_is_not_approved(newcomer, manager):
    yesterday = timezone.localdate() - timedelta(days=1)
    document = make_credential(volunteer=newcomer, valid_to=yesterday)

    with pytest.raises(Refusal) as refused:
        credentials.approve(document, by=manager)

    assert (refused.value.code, states(newcomer)) == ("expired", [PENDING])


def test_a_document_is_valid_through_its_last_day(newcomer, manager):
    document = make_credential(volunteer=newcomer, valid_to=timezone.localdate())

    assert credentials.approve(document, by=manager).status == APPROVED


def test_the_first_decision_counts_and_the_second_is_told_who_made_it(document, manager, other_manager):
    stale = Credential.objects.get()
    credentials.approve(document, by=manager)

    with pytest.raises(Refusal) as refused:
        credentials.decline(stale, by=other_manager, reason="照片不清楚")

    document.refresh_from_db()
    assert (refused.value.code, "王站长" in str(refused.value)) == ("decided_before", True)
    assert (document.status, document.decided_by, Message.objects.count()) == (APPROVED, manager, 1)


def test_a_document_that_the_volunteer_replaced_is_not_decided(newcomer, manager):
    replaced = submit(newcomer)
    submit(newcomer)

    with pytest.raises(Refusal) as refused:
        credentials.approve(replaced, by=manager)

    assert (refused.value.code, states(newcomer)) == ("decided_before", [DECLINED, PENDING])
