"""The written agreement before some services (浙江省志愿服务条例 art. 21)."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from events.tests.factories import at_hour
from stations.refusals import Refusal
from volunteers import agreements, checks, profiles, signups
from volunteers.models import Agreement, Circumstance
from volunteers.tests.factories import make_series, make_shift
from volunteers.tests.reading import links, reader, words


@pytest.fixture
def client(db):
    return reader()


@pytest.fixture
def shift(station):
    return make_shift(
        station=station, role="引导", agree_for=[Circumstance.LARGE_EVENT], risks="人多拥挤", places=3
    )


@pytest.fixture
def minor(newcomer):
    return profiles.save(
        newcomer.person,
        minor_until=timezone.localdate() + timedelta(days=400),
        guardian_name="周女士",
        guardian_phone="+8613800000001",
    )


def page_of(shift):
    return f"/volunteer/shifts/{shift.pk}/agreement/"


def sign(client, shift, name):
    read = client.get(page_of(shift))
    return client.post(page_of(shift), {"name": name, "digest": read.context["digest"]})


def test_from_the_refusal_by_the_signature_to_the_place(client, shift, newcomer):
    client.force_login(newcomer.person)

    told = client.get(shift.get_absolute_url())
    signed = sign(client, shift, "新来的人")
    client.post(f"/volunteer/shifts/{shift.pk}/signup/")

    assert page_of(shift) in links(told)
    assert "Read and sign" in words(told)
    assert signed.url == shift.get_absolute_url()
    assert shift.signups.get().volunteer == newcomer


def test_the_text_says_who_what_when_where_why_and_what_may_happen(client, shift, newcomer, station):
    client.force_login(newcomer.person)

    page = words(client.get(page_of(shift)))

    times = f"{timezone.localtime(shift.starts_at):%H:%M}–{timezone.localtime(shift.ends_at):%H:%M}"
    said = [newcomer.number, "Helper · 引导", times, station.address, station.organisation.name, "人多拥挤"]
    assert [part for part in said if part not in page] == []
    assert "It is part of a large public event" in page
    assert "accident insurance" in page


def test_what_was_signed_is_kept_in_full_and_found_again(client, shift, newcomer):
    client.force_login(newcomer.person)
    text = client.get(page_of(shift)).context["text"]

    sign(client, shift, " 新来的人 ")
    again = client.get(page_of(shift))
    kept = client.get(again.url)

    agreement = Agreement.objects.get()
    assert (agreement.text, agreement.signed_name) == (text, "新来的人")
    assert again.url == f"/volunteer/agreements/{agreement.pk}/"
    assert "Signed by 新来的人" in words(kept)
    assert again.url in links(client.get("/volunteer/profile/"))


def test_the_chinese_text_always_stands_there_and_the_english_for_its_readers(client, shift, newcomer):
    client.force_login(newcomer.person)
    texts = []
    for language in ("zh-hans", "en"):
        client.post("/i18n/setlang/", {"language": language})
        texts.append(client.get(page_of(shift)).context["text"])

    assert texts[1].startswith(texts[0])
    assert [text.count("———") for text in texts] == [0, 1]


def test_only_ones_own_name_signs(client, shift, newcomer):
    client.force_login(newcomer.person)

    answer = sign(client, shift, "别人")

    assert answer.status_code == 422
    assert "Please type your name as in your profile: 新来的人" in words(answer)
    assert not Agreement.objects.exists()


def test_what_has_changed_meanwhile_is_not_signed_unseen(client, shift, newcomer):
    client.force_login(newcomer.person)
    read = client.get(page_of(shift))
    shift.risks = "高空作业"
    shift.save()

    answer = client.post(page_of(shift), {"name": "新来的人", "digest": read.context["digest"]})

    assert answer.status_code == 422
    assert "The text has changed since you opened it." in words(answer)
    assert not Agreement.objects.exists()


def test_for_a_series_one_signature_is_enough(client, newcomer, station):
    series = make_series(station=station)
    first, second = (
        make_shift(station=station, series=series, starts_at=at_hour(14, days=day)) for day in (40, 47)
    )
    signups.sign_up(newcomer, make_shift(station=station, series=series, starts_at=at_hour(14, days=5)))
    client.force_login(newcomer.person)

    asked = checks.why_not(newcomer, first)
    text = client.get(page_of(first)).context["text"]
    sign(client, first, "新来的人")

    assert asked.code == "agreement_required"
    assert "The service lasts longer than a month" in text
    assert [checks.why_not(newcomer, shift) for shift in (first, second)] == [None, None]
    assert Agreement.objects.get().series == series


def test_a_minor_signs_once_the_guardian_has_agreed(client, shift, minor, manager):
    client.force_login(minor.person)

    waiting = client.get(page_of(shift))
    refused = client.post(page_of(shift), {"name": "新来的人", "digest": waiting.context["digest"]})
    with pytest.raises(Refusal) as refusal:
        agreements.sign(minor, shift, text="…", name="新来的人")
    profiles.note_guardian_consent(minor, by=manager)
    signed = sign(client, shift, "新来的人")

    assert "Your guardian has to agree first." in words(waiting)
    assert "I agree and sign" not in words(waiting)
    assert (refused.status_code, refusal.value.code) == (422, "guardian")
    assert signed.status_code == 302
    assert "周女士" in Agreement.objects.get().text


def test_where_nothing_is_asked_for_the_page_leads_to_the_shift(client, newcomer):
    shift = make_shift()
    client.force_login(newcomer.person)

    assert client.get(page_of(shift)).url == shift.get_absolute_url()


def test_who_has_no_profile_makes_one_first(client, shift, stranger):
    client.force_login(stranger)

    assert client.get(page_of(shift)).url.startswith("/volunteer/profile/?next=")


def test_an_agreement_of_somebody_else_does_not_exist(client, shift, newcomer, volunteer):
    agreement = agreements.sign(newcomer, shift, text="…", name="新来的人")
    client.force_login(volunteer.person)

    assert client.get(f"/volunteer/agreements/{agreement.pk}/").status_code == 404


@pytest.mark.parametrize(("who", "status"), [("manager", 200), ("other_manager", 404), ("auditor", 200)])
def test_a_station_reads_its_own_agreements_and_changes_none(request, client, shift, newcomer, who, status):
    series = make_series(station=shift.station)
    of_series = make_shift(station=shift.station, series=series, starts_at=at_hour(9, days=3))
    signed = [agreements.sign(newcomer, each, text="约定", name="新来的人") for each in (shift, of_series)]
    client.force_login(request.getfixturevalue(who))
    pages = [reverse("admin:volunteers_agreement_change", args=[agreement.pk]) for agreement in signed]

    assert [client.get(page).status_code for page in pages] == [status] * 2
    assert [client.post(page, {"text": "别的"}).status_code for page in pages] == [403] * 2
    listed = client.get(reverse("admin:volunteers_agreement_changelist")).content.decode()
    assert listed.count("新来的人") == (4 if status == 200 else 0)
