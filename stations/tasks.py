from celery import shared_task
from django.conf import settings

from stations import export_jobs, packs, swaps
from stations.exports import files
from stations.imports import jobs


@shared_task
def run_import(job_pk):
    jobs.run(job_pk)


@shared_task
def take_up_imports():
    jobs.take_up()


@shared_task
def run_export(job_pk):
    export_jobs.run(job_pk)


@shared_task
def take_up_exports():
    export_jobs.take_up()


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
