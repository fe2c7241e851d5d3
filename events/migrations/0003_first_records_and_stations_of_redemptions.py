"""What is there is recorded once, and entries of redemptions learn where they were made."""

from django.db import migrations
from django.db.models import OuterRef, Subquery
from django.utils import timezone

RECORDED = ["serviceday", "redemptionday", "redemptiondayexception", "workerpass", "reward", "stock"]


def record_what_is_there(apps, schema_editor):
    now = timezone.now()
    for name in RECORDED:
        rows = apps.get_model("events", name).objects.all()
        record = apps.get_model("events", f"historical{name}")
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
    Redemption = apps.get_model("events", "Redemption")
    PointsEntry = apps.get_model("events", "PointsEntry")
    for redemption in Redemption.objects.iterator():
        keys = [f"redeem:{redemption.pk}", f"reverse:redeem:{redemption.pk}"]
        PointsEntry.objects.filter(key__in=keys).update(station=redemption.station_id)
    # What was granted with a card belongs where the card was issued.
    WorkerPass = apps.get_model("events", "WorkerPass")
    card = WorkerPass.objects.filter(account=OuterRef("account")).values("station")[:1]
    PointsEntry.objects.filter(station=None, kind="grant").update(station=Subquery(card))


class Migration(migrations.Migration):
    dependencies = [("events", "0002_history_and_where_points_were_given")]
    operations = [
        migrations.RunPython(record_what_is_there, migrations.RunPython.noop),
        migrations.RunPython(say_where, migrations.RunPython.noop),
    ]
