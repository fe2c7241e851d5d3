"""A fault's way from the first report to the answer, and what the facility shows meanwhile."""

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile

from stations import changes, faults
from stations.models import Fault, FaultReport, Station, StationFacility
from stations.refusals import Refusal
from stations.tests.factories import make_report, make_station

ADDRESS = "10.0.0.1"


def facility(station, kind="water"):
    return station.facilities.get(kind=kind).state


def refused(verb, *args, **kwargs):
    with pytest.raises(Refusal) as refusal:
        verb(*args, **kwargs)
    assert str(refusal.value)
    return refusal.value.code


def fingerprint():
    return changes.fingerprint(Station.objects.all())


# Reporting


def test_a_report_opens_a_fault_and_the_facility_stays_as_it_is(station):
    report = faults.report(station, kind="water", text="不出热水", address=ADDRESS)

    fault = Fault.objects.get()
    assert (fault.station, fault.kind, fault.state) == (station, "water", Fault.State.TO_DO)
    assert (report.fault, report.text, len(report.key)) == (fault, "不出热水", 22)
    assert facility(station) == StationFacility.State.WORKING
    assert station.open_faults == [fault]


def test_a_later_reporter_joins_and_each_has_a_key_of_their_own(station):
    first = faults.report(station, kind="water", text="不出热水", address=ADDRESS)
    second = faults.report(station, kind="water", text="漏水", address=ADDRESS)

    assert (first.fault, Fault.objects.count()) == (second.fault, 1)
    assert first.key != second.key


def test_a_report_while_somebody_sees_to_it_joins_too(station, manager):
    first = make_report(station=station)
    faults.take_up(first.fault, by=manager)

    assert make_report(station=station).fault == first.fault


def test_another_facility_another_station_or_something_else_is_another_fault(station, other_station):
    made = [make_report(station=station, kind=kind).fault for kind in ("water", "table", "")]
    made.append(make_report(station=other_station, kind="water").fault)

    assert len({fault.pk for fault in made}) == 4


def test_what_breaks_again_is_a_new_fault(station, manager):
    old = make_report(station=station).fault
    faults.fix(old, by=manager)

    new = make_report(station=station).fault

    assert (new != old, new.state, station.open_faults) == (True, Fault.State.TO_DO, [new])


def test_one_address_sends_ten_reports_an_hour(station):
    with time_machine.travel("2026-11-25T10:00:00+08:00", tick=False) as clock:
        for _n in range(10):
            faults.report(station, kind="water", text="漏水", address=ADDRESS)

        assert refused(faults.report, station, kind="water", text="漏水", address=ADDRESS) == "too_many"
        faults.report(station, kind="water", text="漏水", address="10.0.0.2")
        clock.shift(3601)
        faults.report(station, kind="water", text="漏水", address=ADDRESS)

    assert FaultReport.objects.count() == 12


def test_a_photo_that_is_none_leaves_nothing_behind(station):
    with pytest.raises(ValidationError):
        faults.report(station, text="漏水", photo=ContentFile(b"MZ", name="a.jpg"), address=ADDRESS)

    assert (Fault.objects.count(), FaultReport.objects.count()) == (0, 0)


# Handling


def test_taken_up_the_facility_needs_repair_and_fixed_it_works(station, manager):
    fault = make_report(station=station).fault

    faults.take_up(fault, by=manager)
    assert (fault.state, fault.handled_by, fault.taken_up_at is None) == ("in_progress", manager, False)
    assert facility(station) == StationFacility.State.NEEDS_REPAIR

    faults.fix(fault, by=manager, answer=" 已换新滤芯 ")
    assert (fault.state, fault.answer, fault.fixed_at is None) == ("fixed", "已换新滤芯", False)
    assert (facility(station), facility(station, "table")) == ("working", "working")
    assert station.open_faults == []


def test_a_fault_can_be_fixed_at_once(station, manager):
    fault = make_report(station=station).fault

    faults.fix(fault, by=manager)

    assert (fault.state, fault.taken_up_at) == (Fault.State.FIXED, None)


def test_what_is_out_of_service_by_hand_stays_so_when_its_fault_is_taken_up(station, manager):
    station.facilities.update(state=StationFacility.State.OUT_OF_SERVICE)

    faults.take_up(make_report(station=station).fault, by=manager)

    assert facility(station) == StationFacility.State.OUT_OF_SERVICE


@pytest.mark.parametrize("kind", ["", "toilet"])
def test_a_fault_without_a_facility_goes_the_same_way(manager, db, kind):
    station = make_station(facilities=["water", "toilet"])
    fault = make_report(station=station, kind=kind).fault
    station.facilities.filter(kind="toilet").delete()

    faults.take_up(fault, by=manager)
    faults.fix(fault, by=manager)

    assert (fault.state, facility(station)) == ("fixed", "working")


def test_a_facility_set_right_by_hand_leaves_the_fault_to_be_closed(station, manager):
    fault = make_report(station=station).fault
    faults.take_up(fault, by=manager)
    station.facilities.update(state=StationFacility.State.WORKING)

    faults.fix(fault, by=manager)

    assert (fault.state, facility(station)) == ("fixed", "working")


def test_the_second_manager_is_told_who_was_first(station, manager, other_manager):
    fault = make_report(station=station).fault
    seen_before = Fault.objects.get()
    faults.take_up(fault, by=manager)

    with pytest.raises(Refusal, match="王站长"):
        faults.take_up(seen_before, by=other_manager)

    faults.fix(fault, by=manager)
    assert refused(faults.fix, fault, by=other_manager, answer="又修了") == "handled_before"
    assert refused(faults.take_up, fault, by=other_manager) == "handled_before"
    assert refused(faults.tell, fault, by=other_manager, answer="又修了") == "handled_before"
    fault.refresh_from_db()
    assert (fault.handled_by, fault.answer) == (manager, "")


def test_a_word_to_the_reporters_changes_nothing_else(station, manager):
    fault = make_report(station=station).fault

    faults.tell(fault, by=manager, answer="周四有人来修")

    assert (fault.state, fault.answer) == (Fault.State.TO_DO, "周四有人来修")


def test_each_step_is_a_change_of_the_station_for_maps_and_exports(station, manager):
    seen = [fingerprint()]

    fault = make_report(station=station).fault
    seen.append(fingerprint())
    faults.take_up(fault, by=manager)
    seen.append(fingerprint())
    faults.fix(fault, by=manager)
    seen.append(fingerprint())

    assert len(set(seen)) == 4


def test_a_refused_step_is_no_change_of_the_station(station, manager):
    fault = make_report(station=station).fault
    faults.fix(fault, by=manager)
    before = fingerprint()

    refused(faults.fix, fault, by=manager)

    assert fingerprint() == before
