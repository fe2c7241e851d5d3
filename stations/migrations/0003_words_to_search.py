"""Stations and divisions that were there before get their words to search in."""

from django.db import migrations

from stations import search

SOURCES = {"Division": ["name", "prefecture"], "Station": ["name", "brand", "address", "landmark", "code"]}


def fill(apps, schema_editor):
    for name, sources in SOURCES.items():
        model = apps.get_model("stations", name)
        for row in model.objects.filter(search="").iterator():
            words = search.indexed(*(getattr(row, source) for source in sources))
            model.objects.filter(pk=row.pk).update(search=words)


class Migration(migrations.Migration):
    dependencies = [("stations", "0002_upkeep_photos_swaps_and_search")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
