"""What search engines read about a station."""

import json
import re
from datetime import date, timedelta

import pytest
import time_machine
from django.utils import timezone, translation

from stations import schema_org, weeks
from stations.models import OpeningException, Station, StationFacility
from stations.tests.factories import make_photo, make_station

THURSDAY = timezone.make_aware(timezone.datetime(2026, 10, 1, 10))  # National Day


def in_the_page(client, station):
    page = client.get(station.get_absolute_url()).content.decode()
    (text,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    return json.loads(text)


def hours_of(station, first_day):
    """Day by day: (opens, closes) as the page gives them."""
    found = schema_org.described(station, weeks.coming(station, first_day)).get(
        "openingHoursSpecification", []
    )
    assert [each["validFrom"] for each in found] == [each["validThrough"] for each in found]
    return [(each["validFrom"][-2:], each["opens"], each["closes"]) for each in found]


def test_the_page_describes_the_station_in_the_words_of_schema_org(client, db, settings):
    settings.SITE_URL = "https://nuanyi.example"
    station = make_station(name="石门驿站", phone="12351", brand="青蜂侠", facilities=["water", "wifi"])
    StationFacility.objects.filter(kind="wifi").update(state="out_of_service")

    with translation.override("en"):
        found = in_the_page(client, station)

    days = found.pop("openingHoursSpecification")
    assert len(days) == 7 and days[0]["dayOfWeek"].startswith("https://schema.org/")
    assert found == {
        "@context": "https://schema.org",
        "@type": "CivicStructure",
        "@id": f"https://nuanyi.example/stations/{station.code}/",
        "url": f"https://nuanyi.example/stations/{station.code}/",
        "identifier": station.code,
        "name": "石门驿站",
        "alternateName": "青蜂侠",
        "telephone": "12351",
        "address": {
            "@type": "PostalAddress",
            "addressCountry": "CN",
            "addressRegion": "浙江省",
            "addressLocality": "杭州市拱墅区",
            "streetAddress": station.address,
        },
        "geo": {"@type": "GeoCoordinates", "latitude": 30.32, "longitude": 120.14},
        "isAccessibleForFree": True,
        "publicAccess": True,
        "amenityFeature": [
            {"@type": "LocationFeatureSpecification", "name": "饮水机", "value": True},
            {"@type": "LocationFeatureSpecification", "name": "无线网络", "value": False},
        ],
    }


def test_a_photo_is_named_with_its_words(client, db, settings):
    settings.SITE_URL = "https://nuanyi.example"
    photo = make_photo()

    assert in_the_page(client, photo.station)["photo"] == [
        {
            "@type": "ImageObject",
            "contentUrl": f"https://nuanyi.example/stations/photos/{photo.pk}/",
            "caption": photo.alt,
        }
    ]


@pytest.mark.parametrize("name", ["</script><script>alert(1)</script>", "<!--<script>", "A & B", "\u2028"])
def test_no_name_ends_the_script_that_it_stands_in(client, db, name):
    station = make_station(name=name, about=name)

    page = client.get(station.get_absolute_url()).content.decode()

    assert in_the_page(client, station)["name"] == name
    assert page.count("<script") == page.count("</script>") == 1
    assert "<!--" not in page


def test_hours_name_each_day_of_the_coming_week_with_its_holidays(db):
    station = make_station(opening_hours="Mo-Fr 08:30-12:00,13:00-17:30; PH off")

    assert hours_of(station, date(2026, 9, 30)) == [
        ("30", "08:30", "12:00"),
        ("30", "13:00", "17:30"),
        *[(f"0{day}", "00:00", "00:00") for day in range(1, 7)],
    ]


@pytest.mark.parametrize(
    ("opening_hours", "first"),
    [
        ("24/7", [("01", "00:00", "23:59"), ("02", "00:00", "23:59")]),
        ("Mo-Su 22:00-06:00", [("01", "00:00", "06:00"), ("01", "22:00", "23:59")]),
        ("", []),
    ],
)
def test_days_that_do_not_end_nights_and_what_nobody_knows(db, opening_hours, first):
    assert hours_of(make_station(opening_hours=opening_hours), date(2026, 12, 1))[:2] == first


def test_a_closure_with_a_date_is_a_closed_day(db):
    station = make_station(opening_hours="24/7")
    closed_on = date(2026, 12, 2)
    OpeningException.objects.create(station=station, starts_on=closed_on, ends_on=closed_on, reason="清洁")

    assert hours_of(station, closed_on - timedelta(days=1))[:3] == [
        ("01", "00:00", "23:59"),
        ("02", "00:00", "00:00"),
        ("03", "00:00", "23:59"),
    ]


def test_a_station_under_renovation_is_closed_all_week(client, db):
    station = make_station(status=Station.Status.RENOVATION, opening_hours="")

    with time_machine.travel(THURSDAY):
        days = in_the_page(client, station)["openingHoursSpecification"]

    assert [(day["opens"], day["closes"]) for day in days] == [("00:00", "00:00")] * 7
