from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('stations', '0003_words_to_search'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='stationfacility',
            index=models.Index(condition=models.Q(('state', 'working')), fields=['kind', 'station'], name='working_facility'),
        ),
    ]
