"""Who may open what: one row a page, one column a person."""

import pytest
from django.urls import reverse

from events.tests.factories import make_booking, make_hazard, make_redemption, make_reward, make_worker_pass
from portal.models import Decision
from stations.imports import jobs
from stations.models import ExportJob, HistoryLine
from stations.tests.factories import (
    make_cabinet,
    make_import,
    make_kiosk,
    make_photo,
    make_picture,
    make_report,
    make_suggestion,
)
from volunteers import agreements, calendars, checkins
from volunteers.tests.factories import (
    make_appeal,
    make_certificate,
    make_credential,
    make_series,
    make_shift,
    make_signup,
    make_team,
)

# stranger without account, newcomer, volunteer, manager of the station, manager of another, operator of the
# portal, moderator of the station's county, auditor of the province
WHO = ["nobody", "newcomer", "volunteer", "manager", "other_manager", "admin", "moderator", "auditor"]
MATRIX = {
    "home": [200] * 8,
    "stations:list": [200] * 8,
    "stations:detail": [200] * 8,
    "stations:report": [200] * 8,
    "stations:fault": [200] * 8,
    "stations:fault_photo": [302, 404, 404, 200, 404, 200, 200, 404],
    "stations:photo": [200] * 8,
    "stations:suggest": [200] * 8,
    "stations:suggestion": [200] * 8,
    "stations:qr": [200] * 8,
    "events:days": [200] * 8,
    "rewards:catalogue": [200] * 8,
    "rewards:photo": [200] * 8,
    "rewards:station": [302, 200, 200, 200, 200, 200, 200, 200],
    "rewards:reserve": [302, 200, 200, 200, 200, 200, 200, 200],
    "rewards:reservation": [302, 404, 200, 404, 404, 404, 404, 404],
    "rewards:cancel": [302, 404, 302, 404, 404, 404, 404, 404],
    "admin:settlement": [302, 403, 403, 302, 200, 302, 302, 302],  # there is one station with a shelf
    "hazards:mine": [302] + [200] * 7,
    "hazards:send": [302] + [200] * 7,
    "hazards:report": [302, 404, 200, 404, 404, 404, 404, 404],
    "hazards:photo": [302, 404, 200, 200, 404, 200, 200, 404],
    "bookings:booth": [302, 200, 200, 200, 200, 200, 200, 200],
    "bookings:cancel": [302, 405, 405, 405, 405, 405, 405, 405],
    "volunteers:welcome": [200] * 8,
    "volunteers:shifts": [200] * 8,
    "volunteers:shift": [200] * 8,
    "volunteers:profile": [302, 200, 200, 200, 200, 200, 200, 200],
    "volunteers:teams": [302, 200, 200, 302, 302, 302, 302, 302],  # first a profile
    "volunteers:agreement": [302, 404, 200, 404, 404, 404, 404, 404],
    "admin:volunteers_agreement_change": [302, 403, 403, 200, 404, 200, 200, 200],
    "admin:volunteers_team_change": [302, 403, 403, 200, 404, 200, 200, 200],
    "volunteers:document": [302, 404, 200, 200, 404, 200, 200, 404],
    "volunteers:sign_up": [302] * 8,
    "volunteers:cancel": [302] * 8,
    "volunteers:accept": [302] * 8,
    "volunteers:decline": [302] * 8,
    "volunteers:stand_in": [302] * 8,
    "volunteers:ask_for_stand_in": [302] * 8,
    "volunteers:keep_place": [302] * 8,
    "volunteers:sign_up_team": [302, 404, 200, 404, 404, 404, 404, 404],
    "admin:volunteers_signup_take_off": [302, 403, 403, 200, 404, 200, 200, 404],
    "volunteers:calendar": [302, 404, 200, 404, 404, 404, 404, 404],
    "volunteers:hours": [302, 200, 200, 302, 302, 302, 302, 302],
    "volunteers:appeal": [302, 404, 200, 404, 404, 404, 404, 404],
    "volunteers:check_in": [302, 200, 200, 302, 302, 302, 302, 302],
    "volunteers:certificates": [302, 200, 200, 302, 302, 302, 302, 302],
    "volunteers:certificate": [302, 404, 200, 200, 404, 200, 200, 404],
    "volunteers:my_calendar": [302, 200, 200, 302, 302, 302, 302, 302],
    "volunteers:feed": [200] * 8,
    "verify": [200] * 8,
    "verified": [200] * 8,
    "me": [302, 200, 200, 200, 200, 200, 200, 200],
    "my_points": [302, 200, 200, 200, 200, 200, 200, 200],
    "points": [200] * 8,
    "my_card": [302, 200, 200, 302, 302, 302, 302, 302],  # two have one
    "my_card_code": [302, 200, 200, 404, 404, 404, 404, 404],
    "token": [302, 200, 200, 200, 200, 200, 200, 200],
    "admin:index": [302, 403, 403, 200, 200, 200, 200, 200],
    "admin:desk_queue": [302, 403, 403, 200, 200, 200, 200, 404],
    "admin:desk_item": [302, 403, 403, 200, 404, 200, 200, 404],
    "admin:desk_preview": [302, 403, 403, 422, 422, 422, 422, 404],
    "admin:desk_decide": [302, 403, 403, 405, 405, 405, 405, 405],
    "admin:desk_undo": [302, 403, 403, 405, 405, 405, 405, 405],
    "admin:stations_station_change": [302, 403, 403, 200, 404, 200, 200, 200],
    "admin:stations_station_hours_preview": [302, 403, 403, 200, 200, 200, 200, 200],
    "admin:stations_fault_change": [302, 403, 403, 200, 404, 200, 200, 200],
    "admin:events_hazardreport_change": [302, 403, 403, 200, 404, 200, 200, 200],
    "admin:stations_sitesuggestion_changelist": [302, 403, 403, 403, 403, 200, 200, 403],
    "admin:stations_importjob_changelist": [302, 403, 403, 403, 403, 200, 403, 403],
    "admin:stations_importjob_add": [302, 403, 403, 403, 403, 200, 403, 403],
    "admin:stations_importjob_change": [302, 403, 403, 403, 403, 200, 403, 403],
    "admin:stations_importjob_progress": [302, 403, 403, 403, 403, 200, 403, 403],
    "admin:stations_importjob_rejected": [302, 403, 403, 403, 403, 200, 403, 403],
    "admin:stations_importjob_start": [302, 403, 403, 403, 403, 405, 403, 403],
    "admin:volunteers_credential_change": [302, 403, 403, 200, 404, 200, 200, 200],
    "admin:volunteers_shift_change": [302, 403, 403, 200, 404, 200, 200, 200],
    "admin:volunteers_series_add": [302, 403, 403, 200, 200, 200, 200, 403],
    "admin:volunteers_series_change": [302, 403, 403, 200, 404, 200, 200, 200],
    "admin:volunteers_signup_change": [302, 403, 403, 200, 404, 200, 200, 200],
    "admin:volunteers_shift_code": [302, 403, 403, 200, 404, 200, 200, 404],
    "admin:volunteers_signup_times": [302, 403, 403, 200, 404, 200, 200, 404],
    "admin:volunteers_appeal_change": [302, 403, 403, 200, 404, 200, 200, 200],
    "admin:volunteers_usedcode_changelist": [302, 403, 403, 200, 200, 200, 200, 200],
    "admin:volunteers_certificate_change": [302, 403, 403, 200, 404, 200, 200, 200],
    "admin:volunteers_shift_invite": [302, 403, 403, 200, 404, 200, 200, 404],
    "admin:roster": [302, 403, 403, 200, 200, 200, 200, 200],
    "admin:roster_export": [302, 403, 403, 200, 200, 200, 200, 200],
    "admin:portal_user_changelist": [302, 403, 403, 403, 403, 200, 403, 403],
    "admin:events_pointsentry_changelist": [302, 403, 403, 200, 200, 200, 200, 200],
    "admin:events_quarterline_changelist": [302, 403, 403, 200, 200, 200, 200, 200],
    "admin:events_workerpass_change": [302, 403, 403, 200, 404, 200, 200, 200],
    "admin:events_workerpass_card": [302, 403, 403, 200, 404, 200, 200, 404],
    "admin:events_workerpass_replace": [302, 403, 403, 200, 404, 200, 200, 404],
    "admin:events_booth_changelist": [302, 403, 403, 200, 200, 200, 200, 200],
    "admin:events_booth_change": [302, 403, 403, 200, 404, 200, 200, 200],
    "admin:events_booking_changelist": [302, 403, 403, 200, 200, 200, 200, 200],
    "admin:events_booking_change": [302, 403, 403, 200, 404, 200, 200, 200],
    "admin:events_message_changelist": [302, 403, 403, 403, 403, 200, 403, 403],
    "api:stations-list": [200] * 8,
    "api:station": [200] * 8,
    "api:shifts-list": [200] * 8,
    "api:my-points": [403, 200, 200, 200, 200, 200, 200, 200],
    "exports:stations": [200] * 8,
    "exports:hsds": [200] * 8,
    "exports:hsds_list": [200] * 8,
    "gbfs": [200] * 8,
    "admin:stations_swapcabinet_change": [302, 403, 403, 200, 404, 200, 200, 200],
    "admin:search": [302, 403, 403, 200, 200, 200, 200, 200],
    "admin:stations_station_export": [302, 403, 403, 200, 200, 200, 200, 200],
    "admin:stations_importjob_export": [302, 403, 403, 403, 403, 200, 403, 403],
    "admin:portal_user_export": [302, 403, 403, 403, 403, 200, 403, 403],
    "admin:stations_exportjob_changelist": [302, 403, 403, 200, 200, 200, 200, 200],
    "admin:stations_exportjob_change": [302, 403, 403, 404, 404, 200, 404, 404],
    "admin:stations_exportjob_progress": [302, 403, 403, 404, 404, 200, 404, 404],
    "admin:stations_exportjob_file": [302, 403, 403, 404, 404, 302, 404, 404],
    "admin:stations_historyline_changelist": [302, 403, 403, 200, 200, 200, 200, 200],
    "admin:stations_historyline_change": [302, 403, 403, 200, 404, 200, 200, 200],
    "admin:stations_station_history": [302, 403, 403, 200, 404, 200, 200, 200],
    "admin:stations_posting_changelist": [302, 403, 403, 200, 200, 200, 200, 200],
    "admin:stations_posting_add": [302, 403, 403, 403, 403, 200, 200, 403],
    "admin:stations_posting_change": [302, 403, 403, 200, 404, 200, 200, 200],
    "admin:stations_organisation_changelist": [302, 403, 403, 200, 200, 200, 200, 200],
    "admin:stations_organisation_add": [302, 403, 403, 403, 403, 200, 403, 403],
    "admin:stations_organisation_change": [302, 403, 403, 404, 404, 200, 200, 200],
    "admin:portal_decision_changelist": [302, 403, 403, 200, 200, 200, 200, 200],
    "admin:portal_decision_change": [302, 403, 403, 200, 404, 200, 200, 200],
    "admin:portal_consent_changelist": [302, 403, 403, 403, 403, 200, 403, 403],
    "kiosk:start": [302] * 8,
    "kiosk:points": [302] * 8,
    "kiosk:print": [302] * 8,
    "kiosk:bookings": [302] * 8,
    "kiosk:booth": [302] * 8,
    "kiosk:book": [302] * 8,
    "kiosk:shifts": [302] * 8,
    "kiosk:shift_code": [302] * 8,
    "kiosk:pair": [200] * 8,
}

# Reached by their address they change nothing and lead to the shift.
BUTTONS = ["sign_up", "cancel", "accept", "decline", "stand_in", "ask_for_stand_in", "keep_place"]


@pytest.fixture
def addresses(station, volunteer, manager, other_manager, newcomer, admin):
    shift = make_shift(station=station)
    signup = make_signup(shift=shift, volunteer=volunteer)
    licence = make_credential(volunteer=volunteer, kind="counsellor")
    agreement = agreements.sign(volunteer, shift, text="约定", name="林律师")
    paper = make_certificate(volunteer=volunteer)
    calendars.new_address(volunteer, by=volunteer.person)
    booking = make_booking(station=station)
    report = make_report(station=station, photo=make_picture())
    hazard = make_hazard(station=station, person=volunteer.person)
    job = make_import("name,division,address,lat,lng\nx,x,x,x,x\n", by=admin)
    jobs.run(job.pk)
    export = ExportJob.objects.create(list="stations.station", ending="xlsx", made_by=admin)
    answer = {"queue": "credential", "object_id": licence.pk, "name": "陈律师", "choice": "approve"}
    card = make_worker_pass(station=station, person=newcomer.person)
    decision = Decision.objects.create(**answer, by=manager, station=station, state=Decision.State.UNDONE)
    reward = make_reward(station=station, photo=make_picture())
    own = make_worker_pass(person=volunteer.person, station=station)
    reserved = make_redemption(kiosk=make_kiosk(station=station), worker_pass=own, reward=reward)
    return {
        "rewards:photo": [reward.pk],
        "rewards:station": [station.code],
        "rewards:reserve": [station.code, reward.pk],
        "rewards:reservation": [reserved.pk],
        "rewards:cancel": [reserved.pk],
        "admin:stations_station_export": ["csv"],
        "admin:stations_importjob_export": ["csv"],
        "admin:portal_user_export": ["csv"],
        "admin:stations_exportjob_change": [export.pk],
        "admin:stations_exportjob_progress": [export.pk],
        "admin:stations_exportjob_file": [export.pk],
        "admin:stations_historyline_change": [HistoryLine.objects.filter(station=station).first().pk],
        "admin:stations_station_history": [station.pk],
        "admin:stations_posting_change": [manager.postings.get().pk],
        "admin:stations_organisation_change": [station.organisation.pk],
        "admin:portal_decision_change": [decision.pk],
        **{f"admin:events_workerpass_{page}": [card.pk] for page in ("change", "card", "replace")},
        "admin:desk_queue": ["credential"],
        "admin:desk_item": ["credential", licence.pk],
        "admin:desk_preview": ["credential"],
        "admin:desk_decide": ["credential"],
        "admin:desk_undo": ["00000000-0000-4000-8000-000000000000"],
        "admin:stations_importjob_change": [job.pk],
        "admin:stations_importjob_progress": [job.pk],
        "admin:stations_importjob_rejected": [job.pk],
        "admin:stations_importjob_start": [job.pk],
        "stations:detail": [station.code],
        "exports:stations": ["geojson"],
        "exports:hsds_list": ["services"],
        "gbfs": ["station_status"],
        "admin:stations_swapcabinet_change": [make_cabinet(station=station).pk],
        "api:station": [station.code],
        "stations:report": [station.code],
        "stations:fault": [report.key],
        "stations:fault_photo": [report.pk],
        "stations:photo": [make_photo(station=station).pk],
        "stations:suggestion": [make_suggestion().key],
        "stations:qr": [station.code],
        "hazards:report": [hazard.pk],
        "hazards:photo": [hazard.pk],
        "admin:events_hazardreport_change": [hazard.pk],
        "volunteers:shift": [shift.pk],
        "volunteers:agreement": [agreement.pk],
        "admin:volunteers_agreement_change": [agreement.pk],
        "admin:volunteers_team_change": [make_team(station=station).pk],
        "volunteers:document": [licence.pk],
        **{f"volunteers:{verb}": [shift.pk] for verb in BUTTONS},
        "volunteers:sign_up_team": [shift.pk, make_team(volunteer, station=station).pk],
        "admin:volunteers_signup_take_off": [signup.pk],
        "volunteers:calendar": [shift.pk],
        "volunteers:appeal": [signup.pk],
        "volunteers:check_in": [checkins.new_code(shift)],
        "kiosk:shift_code": [shift.pk],
        "kiosk:booth": [booking.booth_id],
        "kiosk:book": [booking.booth_id, 1],
        "bookings:booth": [booking.booth_id],
        "bookings:cancel": [booking.booth_id],
        "admin:events_booth_change": [booking.booth_id],
        "admin:events_booking_change": [booking.pk],
        "admin:volunteers_shift_code": [shift.pk],
        "admin:volunteers_signup_times": [signup.pk],
        "admin:volunteers_appeal_change": [make_appeal(station=station).pk],
        "volunteers:certificate": [paper.pk],
        "volunteers:feed": [volunteer.feed_token],
        "verified": [paper.code],
        "admin:volunteers_certificate_change": [paper.pk],
        "admin:stations_station_change": [station.pk],
        "admin:stations_fault_change": [report.fault.pk],
        "admin:volunteers_credential_change": [licence.pk],
        "admin:volunteers_shift_change": [shift.pk],
        "admin:volunteers_series_change": [make_series(station=station).pk],
        "admin:volunteers_signup_change": [signup.pk],
        "admin:volunteers_shift_invite": [shift.pk],
    }


@pytest.mark.parametrize("column", range(len(WHO)), ids=WHO)
def test_everybody_opens_what_is_theirs(request, client, addresses, column):
    if WHO[column] != "nobody":
        who = request.getfixturevalue(WHO[column])
        client.force_login(getattr(who, "person", who))

    found = {name: status(client, reverse(name, args=addresses.get(name, []))) for name in MATRIX}

    assert found == {name: row[column] for name, row in MATRIX.items()}


def status(client, address):
    """The answer's status; the workplace's own door is walked through, as a browser would."""
    response = client.get(address)
    list(response)  # a file is read to its end, and so closed
    if response.status_code == 302 and response.url.startswith("/admin/login/"):
        return client.get(response.url).status_code
    return response.status_code
