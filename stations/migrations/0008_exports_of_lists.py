import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("stations", "0007_every_station_has_an_organisation"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ExportJob",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("list", models.CharField(max_length=60, verbose_name="list")),
                ("query", models.TextField(blank=True, verbose_name="filters")),
                ("ending", models.CharField(max_length=4, verbose_name="kind of file")),
                ("language", models.CharField(max_length=10, verbose_name="language")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("running", "Being made"),
                            ("done", "Ready"),
                            ("at_once", "Handed over at once"),
                            ("refused", "Cannot be made"),
                            ("gone", "File deleted"),
                        ],
                        default="running",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("rows_done", models.PositiveIntegerField(default=0, verbose_name="rows done")),
                ("rows_total", models.PositiveIntegerField(default=0, verbose_name="rows")),
                ("file", models.FileField(blank=True, upload_to="list-exports", verbose_name="file")),
                ("reached", models.CharField(blank=True, max_length=64)),
                ("made_at", models.DateTimeField(auto_now_add=True, verbose_name="exported at")),
                ("beat_at", models.DateTimeField(null=True, verbose_name="last sign of life")),
                ("finished_at", models.DateTimeField(null=True, verbose_name="finished at")),
                (
                    "made_by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="list_exports",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="exported by",
                    ),
                ),
            ],
            options={
                "verbose_name": "export of a list",
                "verbose_name_plural": "exports of lists",
                "ordering": ["-made_at", "-pk"],
                "indexes": [
                    models.Index(fields=["made_by", "-made_at", "-id"], name="exports_of_person"),
                    models.Index(fields=["state", "made_at"], name="exports_by_state"),
                ],
            },
        ),
    ]
