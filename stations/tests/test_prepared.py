"""Questions whose SQL is written once answer as the queryset they come from."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.db.transaction import TransactionManagementError
from django.utils import timezone

from stations.models import Kiosk, Station
from stations.prepared import Prepared
from stations.tests.factories import make_kiosk, make_station


def with_a_screen(brand, since):
    """With a county, a week and other fields that databases keep in their own way."""
    screens = Kiosk.objects.filter(station=OuterRef("pk"))
    stations = Station.objects.select_related("division").annotate(has_screen=Exists(screens))
    return stations.filter(brand=brand, updated_at__gt=since).order_by("pk")


def told(station):
    fields = {field.attname: getattr(station, field.attname) for field in Station._meta.concrete_fields}
    return fields | {"division": station.division.name, "has_screen": station.has_screen}


def test_rows_are_those_of_the_queryset_with_all_that_was_selected_along(db, django_assert_num_queries):
    make_kiosk(station=make_station(brand="爱心驿家"))
    make_station(brand="爱心驿家"), make_station()
    question, an_hour_ago = Prepared(with_a_screen), timezone.now() - timedelta(hours=1)
    question("没有", an_hour_ago)

    with django_assert_num_queries(1):
        found = [told(station) for station in question("爱心驿家", an_hour_ago)]

    assert found == [told(station) for station in with_a_screen("爱心驿家", an_hour_ago)]
    assert sorted(station["has_screen"] for station in found) == [False, True]
    assert question("爱心驿家", timezone.now() + timedelta(hours=1)) == []


def test_the_sql_is_written_once(db):
    written = []

    def by_name(name):
        written.append(name)
        return Station.objects.filter(name=name)

    question = Prepared(by_name)
    for name in ("一", "二", "三"):
        question(name)

    assert len(written) == 1


def test_a_column_that_was_left_out_is_read_when_somebody_asks(db):
    station = make_station()

    [found] = Prepared(lambda pk: Station.objects.filter(pk=pk).only("name"))(station.pk)

    assert found.get_deferred_fields() >= {"address"}
    assert found.address == station.address


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_rows_are_locked_in_a_transaction_only():
    question = Prepared(lambda pk: Station.objects.filter(pk=pk).select_for_update())
    with transaction.atomic():
        question(1)

    with pytest.raises(TransactionManagementError):
        question(1)
