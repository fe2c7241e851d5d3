"""Tables of shifts: CSV and XLSX as stations come in, and JSON, a list of objects with the same keys."""

import json
from pathlib import Path

from django.utils.translation import gettext as _

from stations.imports import tables


class NotText(str):
    """Stands where the file has a list, an object, or letters that no text can hold."""


def read(path) -> tables.Table:
    """Rows of a JSON file are numbered as the list counts, from 1."""
    suffix = Path(path).suffix.lower()
    if suffix == ".json":
        return table_of(load(Path(path)))
    if suffix not in (".csv", ".xlsx"):
        raise tables.Unreadable(
            _("Only .csv, .xlsx and .json files can be read. Please save the table as one of them.")
        )
    return tables.read(path)


def load(path):
    try:
        tables.refuse_large(path.stat().st_size)
        text = path.read_text(encoding=tables.encoding_of(path))
        return json.loads(text, parse_constant=refuse_constant)
    except OSError as error:
        raise tables.Unreadable(
            _("The file cannot be opened: %(reason)s") % {"reason": error.strerror}
        ) from error
    except json.JSONDecodeError as error:
        words = {"line": error.lineno, "column": error.colno}
        raise tables.Unreadable(
            _("This is not proper JSON at line %(line)d, character %(column)d.") % words
        ) from error
    except (ValueError, RecursionError) as error:  # a number without end, lists in lists in lists
        raise tables.Unreadable(_("This is not proper JSON.")) from error


def refuse_constant(name):
    raise ValueError(name)  # NaN and Infinity, which JSON does not have


def table_of(entries) -> tables.Table:
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise tables.Unreadable(_("The JSON must be a list of objects, one for each shift."))
    if not any(entries):
        raise tables.Unreadable(_("The file is empty."))
    keys = {}
    for entry in entries:
        keys |= dict.fromkeys(entry)
        if len(keys) > tables.MAX_COLUMNS:
            raise tables.Unreadable(
                _("The table has more than %(columns)d columns.") % {"columns": tables.MAX_COLUMNS}
            )
    rows = tables.numbered([text_of(entry.get(key)) for key in keys] for entry in entries)
    if len(rows) > tables.MAX_ROWS:
        raise tables.Unreadable(
            _("The table has more than %(rows)d rows. Please divide it into several.")
            % {"rows": tables.MAX_ROWS}
        )
    return tables.Table(headings=[tables.clean(text_of(key)) for key in keys], rows=rows)


def text_of(value):
    if isinstance(value, list | dict):
        return NotText("…")
    text = tables.text_of(value)
    return NotText("…") if any("\ud800" <= letter <= "\udfff" for letter in text) else text
