"""Certificates: what they say, how they are checked, and what they never show."""

from datetime import date, datetime, timedelta

import pytest
from django.utils import timezone

from events.models import Message
from events.tests.factories import make_service_day
from stations.hours import SHANGHAI
from stations.models import HistoryLine
from stations.refusals import Refusal
from stations.tests.factories import make_organisation, make_station, province
from volunteers import certificates
from volunteers.models import Certificate, HoursEntry, ServiceKind
from volunteers.tests.factories import make_certificate, make_hours, make_shift, make_signup
from volunteers.tests.reading import reader, words

MAY = date(2026, 5, 1), date(2026, 5, 31)
CARD = "11010519491231002X"  # the example of GB 11643


@pytest.fixture
def client(db):
    return reader()


def served(volunteer, day, minutes=120, hour=14, **kw):
    """Confirmed hours of a shift in May."""
    starts_at = datetime(2026, 5, day, hour, tzinfo=SHANGHAI)
    kw.setdefault("station", volunteer.home_station)
    signup = make_signup(shift=make_shift(starts_at=starts_at, **kw), volunteer=volunteer)
    return make_hours(signup=signup, minutes=minutes)


def undo(entry):
    return HoursEntry.objects.create(
        signup=entry.signup,
        volunteer=entry.volunteer,
        confirmed_by=entry.confirmed_by,
        kind=HoursEntry.Kind.UNDONE,
        version=entry.version,
        minutes=-entry.minutes,
    )


def issue(volunteer, since=MAY[0], until=MAY[1], **kw):
    return certificates.issue(volunteer, since=since, until=until, by=volunteer.person, **kw)


def code_of(act, *args, **kw):
    with pytest.raises(Refusal) as refused:
        act(*args, **kw)
    return refused.value.code


# What it says


def test_asked_for_twice_with_nothing_changed_it_is_one(volunteer):
    served(volunteer, 1)
    first, again = issue(volunteer), issue(volunteer)
    with_id = issue(volunteer, id_kind="id_card", id_number=CARD)
    certificates.revoke(first, by=volunteer.person, reason="写错了")
    anew = issue(volunteer)
    served(volunteer, 2)

    assert again == first
    assert len({first, with_id, anew, issue(volunteer)}) == 4


def test_it_lists_what_is_confirmed_in_its_days_and_nothing_else(volunteer):
    served(volunteer, 1, minutes=90, hour=0)
    served(volunteer, 31, minutes=45, hour=22)
    make_signup(volunteer=volunteer)
    june = datetime(2026, 6, 1, tzinfo=SHANGHAI)
    make_hours(signup=make_signup(shift=make_shift(starts_at=june), volunteer=volunteer))

    made = issue(volunteer)

    assert [(line["date"], line["minutes"]) for line in made.lines] == [
        ("2026-05-01", 90),
        ("2026-05-31", 45),
    ]
    assert (made.minutes, made.name, made.organisation) == (
        135,
        "林律师",
        volunteer.home_station.organisation,
    )


def test_a_line_says_day_activity_station_service_and_organiser(volunteer, station):
    day = make_service_day(station=station, title="五一服务日")
    served(volunteer, 1, kind=ServiceKind.LEGAL, role="值班", service_day=day, organiser="省律师协会")

    [line] = issue(volunteer).lines

    assert line == {
        "date": "2026-05-01",
        "activity": "五一服务日",
        "station": "石门社区服务驿站",
        "service": f"{ServiceKind.LEGAL.label} · 值班",
        "organiser": "省律师协会",
        "minutes": 120,
    }


def test_hours_that_were_undone_are_not_in_it(volunteer):
    undo(served(volunteer, 1))
    corrected = served(volunteer, 2)
    undo(corrected)
    make_hours(signup=corrected.signup, minutes=30, version=2)

    made = issue(volunteer)

    assert ([line["minutes"] for line in made.lines], made.minutes) == ([30], 30)


def test_a_correction_changes_no_certificate_that_was_issued(volunteer):
    entry = served(volunteer, 1)
    made = issue(volunteer)

    undo(entry)
    volunteer.name = "另一个名字"
    volunteer.save()

    made.refresh_from_db()
    assert (made.minutes, made.name, len(made.lines)) == (120, "林律师", 1)
    assert code_of(issue, volunteer) == "nothing"


def test_it_is_a_proof_only_where_who_records_has_organised_everything(volunteer, other_station):
    served(volunteer, 1)
    alone = issue(volunteer)
    served(volunteer, 2, station=other_station)  # of the same county union
    of_the_county = issue(volunteer)
    industry = make_organisation(name="快递行业工会", kind="industry", parent=province())
    served(volunteer, 3, station=make_station(organisation=industry))
    with_another_union = issue(volunteer)
    served(volunteer, 4, organiser="省律师协会")
    with_a_guest = issue(volunteer, since=date(2026, 5, 4))

    assert [c.title for c in (alone, of_the_county, with_another_union, with_a_guest)] == [
        "proof",
        "proof",
        "record",
        "record",
    ]


@pytest.mark.parametrize(
    ("since", "until", "code"),
    [
        (date(2026, 5, 2), date(2026, 5, 1), "period"),
        (date(2026, 5, 1), None, "future"),
        (date(2026, 4, 1), date(2026, 4, 30), "nothing"),
    ],
)
def test_days_that_make_no_certificate_are_refused(volunteer, since, until, code):
    served(volunteer, 1)

    assert code_of(issue, volunteer, since, until or timezone.localdate() + timedelta(days=1)) == code
    assert Certificate.objects.count() == 0


def test_every_issue_is_on_record_with_who_asked_for_it(volunteer):
    served(volunteer, 1)

    made = issue(volunteer)

    line = HistoryLine.objects.get(model="volunteers.certificate")
    assert (line.action, line.object_id, line.person) == ("+", made.pk, volunteer.person)


# The ID number


def test_an_id_number_is_kept_encrypted_and_only_its_end_is_known(volunteer):
    served(volunteer, 1)

    made = issue(volunteer, id_kind="id_card", id_number="110105 19491231 002x")

    made = Certificate.objects.get(pk=made.pk)
    assert (made.id_kind, made.id_number, made.id_number_last4) == ("id_card", CARD, "002X")
    assert "11010519491231" not in made.id_number_encrypted


@pytest.mark.parametrize("number", ["110105194912310021", "11010519491231002", "1101051949123100X2", "０"])
def test_a_card_number_that_cannot_be_right_is_refused(volunteer, number):
    served(volunteer, 1)

    assert code_of(issue, volunteer, id_kind="id_card", id_number=number) == "id_number"


def test_a_number_needs_its_kind_and_a_kind_alone_is_nothing(volunteer):
    served(volunteer, 1)

    assert code_of(issue, volunteer, id_number=CARD) == "id_kind"
    assert code_of(issue, volunteer, id_kind="passport", id_number="E12") == "id_number"
    assert issue(volunteer, id_kind="passport", id_number="e12345678").id_number == "E12345678"
    assert issue(volunteer, id_kind="id_card").id_kind == ""


# Pages


def test_a_volunteer_makes_one_and_the_page_says_what_the_ledger_holds(client, volunteer):
    served(volunteer, 1, minutes=90)
    served(volunteer, 2, minutes=45)
    client.force_login(volunteer.person)

    form = {"since": "2026-05-01", "until": "2026-05-31", "id_kind": "id_card", "id_number": CARD}
    answer = client.post("/volunteer/certificates/", form)

    made = Certificate.objects.get()
    page = client.get(answer.url)
    said = words(page)
    assert answer.url == f"/volunteer/certificates/{made.pk}/"
    for text in ["林律师", "1.5", "0.8", "2.3", made.number, made.code, volunteer.number, "002X"]:
        assert text in said
    assert (CARD in page.content.decode(), "11010519491231" in page.content.decode()) == (False, False)
    assert f"http://127.0.0.1:8000/verify/{made.code}/" in said or f"/verify/{made.code}/" in said
    assert made.number in words(client.get("/volunteer/certificates/"))


def test_what_is_wrong_in_the_form_is_said_beside_the_field(client, volunteer):
    served(volunteer, 1)
    client.force_login(volunteer.person)

    form = {"since": "2026-05-01", "until": "2026-05-31", "id_kind": "id_card", "id_number": CARD[:-1]}
    answer = client.post("/volunteer/certificates/", form)

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["id_number"]
    assert "Please compare each of its 18 characters." in words(answer)


def test_only_its_owner_and_who_runs_the_home_station_read_it(client, volunteer, request):
    made = make_certificate(volunteer=volunteer)
    seen = {}
    for who in ("volunteer", "newcomer", "manager", "other_manager", "moderator", "auditor"):
        person = request.getfixturevalue(who)
        client.force_login(getattr(person, "person", person))
        seen[who] = client.get(made.get_absolute_url()).status_code

    assert seen == {
        "volunteer": 200,
        "newcomer": 404,
        "manager": 200,
        "other_manager": 404,
        "moderator": 200,
        "auditor": 404,
    }


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_asks_as_much_for_many_as_for_one(client, volunteer, rows, django_assert_num_queries):
    for _n in range(rows):
        make_certificate(volunteer=volunteer)
    client.force_login(volunteer.person)
    client.get("/volunteer/certificates/")

    with django_assert_num_queries(4):
        client.get("/volunteer/certificates/")


# The public check


def test_anybody_checks_a_certificate_by_code_or_number_as_people_type_them(client, volunteer):
    made = make_certificate(volunteer=volunteer, code="ABCD2345EFGH")

    typed = ["ABCD2345EFGH", "abcd-2345-efgh", " abcd 2345 efgh", made.number]
    answers = [client.get("/verify/", {"code": text}, follow=True) for text in typed]

    assert [answer.status_code for answer in answers] == [200] * 4
    assert all("This certificate is genuine." in words(answer) for answer in answers)
    assert client.get("/verify/abcd-2345-efgh/").status_code == 200


def test_the_check_shows_the_sum_and_neither_name_nor_services(client, volunteer):
    served(volunteer, 1, kind=ServiceKind.LEGAL)
    made = issue(volunteer, id_kind="id_card", id_number=CARD)

    page = client.get(f"/verify/{made.code}/")

    said = words(page)
    for text in ["林**", "2.0", made.number, "2026-05-01 – 2026-05-31", made.organisation.name]:
        assert text in said
    for text in ["林律师", "石门", "002X", volunteer.number, "法律", "Legal"]:
        assert text not in said
    assert page["X-Robots-Tag"] == "noindex"


def test_an_unknown_code_is_404_with_a_sentence_and_the_form(client, db):
    page = client.get("/verify/<b>NOSUCHCODE/")
    page = client.get("/verify/NOSUCHCODE22/")

    assert page.status_code == 404
    assert "Please compare every character with the paper" in words(page)


def test_codes_are_not_tried_out_for_long(client, db):
    answers = [client.get(f"/verify/TRY{n}/").status_code for n in range(31)]

    assert (set(answers[:30]), answers[30]) == ({404}, 429)
    assert client.get("/verify/TRY/", REMOTE_ADDR="10.0.0.9").status_code == 404


# Withdrawing


def test_a_withdrawn_one_says_so_everywhere_and_the_volunteer_is_told(client, volunteer, manager):
    made = make_certificate(volunteer=volunteer)

    certificates.revoke(made, by=manager, reason="时长记错")

    client.force_login(volunteer.person)
    assert "This certificate has been withdrawn." in words(client.get(f"/verify/{made.code}/"))
    assert "时长记错" in words(client.get(made.get_absolute_url()))
    assert "Withdrawn" in words(client.get("/volunteer/certificates/"))
    letter = Message.objects.get(key=f"certificate-withdrawn:{made.pk}")
    assert (letter.person, "时长记错" in letter.body) == (volunteer.person, True)


def test_it_is_withdrawn_once_and_with_a_reason(volunteer, manager):
    made = make_certificate(volunteer=volunteer)

    assert code_of(certificates.revoke, made, by=manager, reason=" ") == "reason_needed"
    certificates.revoke(made, by=manager, reason="时长记错")
    assert code_of(certificates.revoke, made, by=manager, reason="又一次") == "revoked"
    made.refresh_from_db()
    assert made.revoked_because == "时长记错"
    assert HistoryLine.objects.filter(model="volunteers.certificate", action="~").get().reason == "时长记错"


def test_the_manager_withdraws_one_on_its_page_of_the_workplace(client, volunteer, manager):
    made = make_certificate(volunteer=volunteer)
    client.force_login(manager)
    page = f"/admin/volunteers/certificate/{made.pk}/change/"

    silent = client.post(page, {"revoked_because": ""})
    made.refresh_from_db()
    assert (silent.status_code, made.revoked_at) == (302, None)

    client.post(page, {"revoked_because": "时长记错"})
    made.refresh_from_db()
    assert (made.revoked_at is None, made.revoked_because) == (False, "时长记错")
    assert client.post(page, {"revoked_because": "改口"}).status_code == 403
    made.refresh_from_db()
    assert made.revoked_because == "时长记错"


def test_an_auditor_withdraws_nothing(client, volunteer, auditor):
    made = make_certificate(volunteer=volunteer)
    client.force_login(auditor)

    answer = client.post(f"/admin/volunteers/certificate/{made.pk}/change/", {"revoked_because": "x"})

    made.refresh_from_db()
    assert (answer.status_code, made.revoked_at) == (403, None)
