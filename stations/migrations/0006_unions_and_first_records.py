"""Every division gets its union, every station goes into its care, and what is there is recorded once."""

from django.db import migrations
from django.utils import timezone

RECORDED = [
    "station", "stationfacility", "openingexception", "stationphoto", "kiosk", "fault",
    "sitesuggestion", "swapcabinet", "posting", "organisation",
]


def make_unions(apps, schema_editor):
    Division = apps.get_model("stations", "Division")
    Organisation = apps.get_model("stations", "Organisation")
    Station = apps.get_model("stations", "Station")
    divisions = list(Division.objects.order_by("code"))
    if not divisions:
        return
    province = Organisation.objects.create(name="浙江省总工会", kind="province")
    unions = {}
    for division in divisions:
        is_prefecture = division.code.endswith("00")
        unions[division.code] = Organisation.objects.create(
            name=f"{division.name if is_prefecture else division.prefecture + division.name}总工会",
            kind="prefecture" if is_prefecture else "county",
            parent=unions.get(f"{division.code[:4]}00", province),
            division=division,
        )
    for code, union in unions.items():
        Station.objects.filter(division=code).update(organisation=union)


def record_what_is_there(apps, schema_editor):
    now = timezone.now()
    for name in RECORDED:
        rows = apps.get_model("stations", name).objects.all()
        record = apps.get_model("stations", f"historical{name}")
        of_the_row = {field.attname for field in rows.model._meta.concrete_fields}
        copied = [field.attname for field in record._meta.concrete_fields if field.attname in of_the_row]
        record.objects.bulk_create(
            (
                record(**{each: getattr(row, each) for each in copied}, history_type="+", history_date=now)
                for row in rows.iterator()
            ),
            batch_size=1000,
        )


class Migration(migrations.Migration):
    dependencies = [("stations", "0005_organisations_history_and_photos_to_review")]
    operations = [
        migrations.RunPython(make_unions, migrations.RunPython.noop),
        migrations.RunPython(record_what_is_there, migrations.RunPython.noop),
    ]
