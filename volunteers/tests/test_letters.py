from datetime import datetime, timedelta

import time_machine
from django.utils import translation

from events.models import Message
from stations.hours import SHANGHAI
from stations.tests.factories import make_user
from volunteers import signups
from volunteers.tests.factories import make_shift, make_volunteer


def test_the_confirmation_says_what_when_where_in_the_language_of_the_volunteer(station, settings):
    settings.SITE_URL = "https://nuanyi.example"
    volunteer = make_volunteer(person=make_user(name="Lin", language="en"), home_station=station)
    friday = datetime(2026, 11, 27, 14, tzinfo=SHANGHAI)
    shift = make_shift(station=station, starts_at=friday)

    with time_machine.travel(friday - timedelta(days=2)), translation.override("zh-hans"):
        signups.sign_up(volunteer, shift)

    message = Message.objects.get()
    assert message.subject == "You have a place: Helper, Friday, 27 November 14:00"
    assert message.body.splitlines() == [
        "Hello Lin,",
        "",
        "you have a place on this shift:",
        "",
        "Helper",
        "Friday, 27 November 14:00",
        f"{station.name} · {station.address}",
        "",
        f"Details, calendar entry, cancelling: https://nuanyi.example/volunteer/shifts/{shift.pk}/",
        "",
        "Thank you for giving your time.",
    ]
