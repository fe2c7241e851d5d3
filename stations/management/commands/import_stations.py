from stations.imports import importer
from stations.imports.command import ImportCommand


class Command(ImportCommand):
    help = (
        "Imports stations from a CSV or XLSX file. "
        "Exit status: 0, 1 where a row was rejected, 2 where the file could not be read at all."
    )
    importer = importer
