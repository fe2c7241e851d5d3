"""Tables as people send them in, for tests of imports."""

import csv
import json

from openpyxl import Workbook


def write_table(path, rows, encoding="utf-8"):
    """Rows (dicts) under the keys of the first, as the ending of the path says; the path."""
    if path.suffix == ".json":
        path.write_text(json.dumps(rows, ensure_ascii=False), encoding=encoding)
    elif path.suffix == ".xlsx":
        book = Workbook()
        for cells in [list(rows[0]), *([each.get(key) for key in rows[0]] for each in rows)]:
            book.active.append(cells)
        book.save(path)
    else:
        with path.open("w", encoding=encoding, newline="") as file:
            writer = csv.DictWriter(file, rows[0])
            writer.writeheader()
            writer.writerows(rows)
    return path


def counts(report):
    return report.created, report.updated, report.unchanged, report.rejected
