from django.db import migrations
from django.db.models import OuterRef, Subquery

from volunteers import ciphers
from volunteers.models.people import new_number


def encrypt_numbers(apps, schema_editor):
    for name in ("Credential", "HistoricalCredential"):
        rows = apps.get_model("volunteers", name).objects.filter(number_encrypted="")
        for row in rows.iterator():
            rows.model.objects.filter(pk=row.pk).update(
                number_encrypted=ciphers.encrypt(row.number),
                number_last4=row.number[-4:],
                number_digest=ciphers.digest(row.number),
            )


def copy_times(apps, schema_editor):
    Shift, Signup = (apps.get_model("volunteers", name) for name in ("Shift", "Signup"))
    shift = Shift.objects.filter(pk=OuterRef("shift"))
    Signup.objects.update(
        starts_at=Subquery(shift.values("starts_at")), ends_at=Subquery(shift.values("ends_at"))
    )
    # Nobody holds a place on a shift that does not take place.
    called_off = Signup.objects.filter(status="confirmed", shift__status="cancelled")
    called_off.update(status="called_off")
    Shift.objects.filter(status="cancelled").update(taken=0)


def number_volunteers(apps, schema_editor):
    Volunteer, Historical = (
        apps.get_model("volunteers", name) for name in ("Volunteer", "HistoricalVolunteer")
    )
    for pk in Volunteer.objects.filter(number=None).values_list("pk", flat=True).iterator():
        number = new_number()
        Volunteer.objects.filter(pk=pk).update(number=number)
        Historical.objects.filter(id=pk).update(number=number)


class Migration(migrations.Migration):
    dependencies = [("volunteers", "0005_teams_queues_and_records")]

    operations = [
        migrations.RunPython(encrypt_numbers, migrations.RunPython.noop, elidable=True),
        migrations.RunPython(copy_times, migrations.RunPython.noop, elidable=True),
        migrations.RunPython(number_volunteers, migrations.RunPython.noop, elidable=True),
    ]
