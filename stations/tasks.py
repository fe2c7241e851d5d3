from celery import shared_task
from django.conf import settings

from stations import import_jobs, packs, swaps
from stations.exports import files


@shared_task
def run_import(job_pk):
    import_jobs.run(job_pk)


@shared_task
def take_up_imports():
    import_jobs.take_up()


@shared_task
def refresh_pack():
    packs.refresh()


@shared_task
def refresh_exports():
    files.refresh()


@shared_task
def pull_swaps():
    for operator in settings.SWAP_FEEDS:
        swaps.pull(operator)
