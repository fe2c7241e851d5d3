from stations.imports.command import ImportCommand
from volunteers import shift_import


class Command(ImportCommand):
    help = (
        "Imports shifts from a CSV, XLSX or JSON file. "
        "Exit status: 0, 1 where a row was rejected, 2 where the file could not be read at all."
    )
    importer = shift_import
