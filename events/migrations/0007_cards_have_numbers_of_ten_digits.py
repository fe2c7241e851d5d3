"""Numbers have ten digits, and none is ever issued twice: what is in use is taken over."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('events', '0006_the_database_keeps_the_books'),
    ]

    operations = [
        migrations.CreateModel(
            name='CardNumber',
            fields=[
                ('number', models.CharField(max_length=10, primary_key=True, serialize=False, verbose_name='card number')),
            ],
            options={
                'verbose_name': 'card number',
                'verbose_name_plural': 'card numbers',
            },
        ),
        migrations.RunSQL(
            'INSERT INTO events_cardnumber (number) SELECT number FROM events_workerpass', migrations.RunSQL.noop
        ),
        migrations.AddField(
            model_name='historicalworkerpass',
            name='is_in_table',
            field=models.BooleanField(default=False, help_text='Only if the worker agrees. Please ask.', verbose_name='may stand with the nickname in the public quarterly table of points'),
        ),
        migrations.AddField(
            model_name='historicalworkerpass',
            name='occupation',
            field=models.CharField(blank=True, choices=[('sanitation', 'Sanitation worker'), ('courier', 'Courier'), ('food', 'Food-delivery rider'), ('taxi', 'Taxi driver'), ('ride', 'Ride-hailing driver'), ('truck', 'Truck driver'), ('other', 'Another occupation')], max_length=10, verbose_name='occupation'),
        ),
        migrations.AddField(
            model_name='workerpass',
            name='is_in_table',
            field=models.BooleanField(default=False, help_text='Only if the worker agrees. Please ask.', verbose_name='may stand with the nickname in the public quarterly table of points'),
        ),
        migrations.AddField(
            model_name='workerpass',
            name='last_code_at',
            field=models.DateTimeField(editable=False, null=True, verbose_name='last code of the phone drawn at'),
        ),
        migrations.AddField(
            model_name='workerpass',
            name='occupation',
            field=models.CharField(blank=True, choices=[('sanitation', 'Sanitation worker'), ('courier', 'Courier'), ('food', 'Food-delivery rider'), ('taxi', 'Taxi driver'), ('ride', 'Ride-hailing driver'), ('truck', 'Truck driver'), ('other', 'Another occupation')], max_length=10, verbose_name='occupation'),
        ),
        migrations.AlterField(
            model_name='historicalworkerpass',
            name='number',
            field=models.CharField(db_index=True, max_length=10, verbose_name='card number'),
        ),
        migrations.AlterField(
            model_name='workerpass',
            name='number',
            field=models.CharField(max_length=10, unique=True, verbose_name='card number'),
        ),
    ]
