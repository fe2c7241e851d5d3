"""Which stations there are while a table is imported: by code, by county and name, by row of the file."""

import re
from collections import defaultdict

from django.utils.translation import gettext as _

from stations.imports.reports import Rejected
from stations.models import Station

NUMBERED = re.compile(r"(\d{6})-T-(\d{4,})")


class Register:
    """Read from the table of stations once, then kept up to date with every row that is imported.

    A `key` is (division code, name). Codes that stand in the file are never given to other stations.
    """

    def __init__(self, codes_in_file):
        self.codes, self.keys, self.rows = {}, {}, {}
        self.last_number = defaultdict(int)
        for code, *key in Station.objects.values_list("code", "division", "name"):
            self.enter(code, tuple(key))
        for code in codes_in_file:
            self.reserve(code)

    def enter(self, code, key, row=None):
        self.codes.pop(self.keys.get(code), None)
        self.codes[key], self.keys[code] = code, key
        self.reserve(code)
        if row:
            self.rows[code] = row

    def reserve(self, code):
        if match := NUMBERED.fullmatch(code):
            division, number = match.groups()
            self.last_number[division] = max(self.last_number[division], int(number))

    def meant_by(self, code, key):
        """The code of the station that a row means; "" where it has none and the name is new."""
        return code or self.codes.get(key, "")

    def claim(self, code, key):
        """`meant_by`, refused where an earlier row, or another station, has the code or the name already."""
        same_name = self.codes.get(key, "")
        column = "code" if code else "name"
        for known in (code, same_name):
            if known in self.rows:
                words = {"row": self.rows[known]}
                raise Rejected((column, _("This station stands in row %(row)d already.") % words))
        if code and same_name and code != same_name:
            words = {"code": same_name}
            raise Rejected(("name", _("Station %(code)s of this county has the same name.") % words))
        return code or same_name

    def recall(self, code, key, row):
        """An earlier run imported this row. Whoever renamed the station since has made the name free."""
        if known := self.meant_by(code, key):
            self.rows[known] = row

    def next_code(self, division):
        """`331002-T-0001`: county, T, and the number after the highest ever given there."""
        self.last_number[division.code] += 1
        return f"{division.code}-T-{self.last_number[division.code]:04}"
