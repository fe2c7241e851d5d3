"""Volunteers who are confirmed already open the booths of their coming shifts."""

from django.db import migrations
from django.db.models import Count, Q
from django.utils import timezone

MINUTES = {"haircut": 20, "legal": 30, "counselling": 50, "clinic": 15, "photo": 10}
CONFIDENTIAL = {"legal", "counselling"}


def open_booths(apps, schema_editor):
    Booth, Shift = apps.get_model("events", "Booth"), apps.get_model("volunteers", "Shift")
    confirmed = Count("signups", filter=Q(signups__status="confirmed"))
    shifts = Shift.objects.filter(kind__in=MINUTES, role="", ends_at__gt=timezone.now(), status="published")
    Booth.objects.bulk_create(
        (
            Booth(
                source=f"shift:{shift.pk}",
                station_id=shift.station_id,
                service_day_id=shift.service_day_id,
                kind=shift.kind,
                is_confidential=shift.kind in CONFIDENTIAL,
                starts_at=shift.starts_at,
                ends_at=shift.ends_at,
                slot_minutes=MINUTES[shift.kind],
                chairs=shift.confirmed,
            )
            for shift in shifts.annotate(confirmed=confirmed).filter(confirmed__gt=0).order_by()
        ),
        batch_size=1000,
        ignore_conflicts=True,
    )


class Migration(migrations.Migration):
    dependencies = [
        ("volunteers", "0008_the_database_counts_and_refuses"),
        ("events", "0010_booths_and_bookings"),
    ]

    operations = [migrations.RunPython(open_booths, migrations.RunPython.noop)]
