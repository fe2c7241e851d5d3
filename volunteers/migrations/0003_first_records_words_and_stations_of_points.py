"""What is there is recorded once, names can be searched, points of shifts learn where they were earned."""

from django.db import migrations
from django.utils import timezone

RECORDED = ["volunteer", "credential", "shift", "signup"]


def write_words(apps, schema_editor):
    Volunteer = apps.get_model("volunteers", "Volunteer")
    for volunteer in Volunteer.objects.iterator():
        volunteer.save(update_fields=["search"])


def record_what_is_there(apps, schema_editor):
    now = timezone.now()
    for name in RECORDED:
        rows = apps.get_model("volunteers", name).objects.all()
        record = apps.get_model("volunteers", f"historical{name}")
        of_the_row = {field.attname for field in rows.model._meta.concrete_fields}
        copied = [field.attname for field in record._meta.concrete_fields if field.attname in of_the_row]
        record.objects.bulk_create(
            (
                record(**{each: getattr(row, each) for each in copied}, history_type="+", history_date=now)
                for row in rows.iterator()
            ),
            batch_size=1000,
        )


def say_where(apps, schema_editor):
    Signup = apps.get_model("volunteers", "Signup")
    PointsEntry = apps.get_model("events", "PointsEntry")
    for signup in Signup.objects.filter(attendance="came").select_related("shift").iterator():
        PointsEntry.objects.filter(key=f"signup:{signup.pk}").update(station=signup.shift.station_id)


class Migration(migrations.Migration):
    dependencies = [
        ("volunteers", "0002_history_search_and_people_served"),
        ("events", "0003_first_records_and_stations_of_redemptions"),
    ]
    operations = [
        migrations.RunPython(write_words, migrations.RunPython.noop),
        migrations.RunPython(record_what_is_there, migrations.RunPython.noop),
        migrations.RunPython(say_where, migrations.RunPython.noop),
    ]
