"""What became of an imported table, row by row and in sum."""

from collections import Counter
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

CREATED, UPDATED, UNCHANGED, REJECTED = "created", "updated", "unchanged", "rejected"
FLAGGED, HOURS = "flagged", "hours"


class Rejected(Exception):
    """The row is left out; `problems` are (field, reason) pairs."""

    def __init__(self, *problems):
        super().__init__(problems)
        self.problems = list(problems)


@dataclass(frozen=True)
class Finding:
    """Something to look at: a row that was rejected, a doubtful position, hours that a person must read."""

    row: int  # as the spreadsheet counts, headings included
    kind: str
    problems: list[tuple[str, str]]  # (column as the file calls it, reason)

    @property
    def reasons(self):
        return " · ".join(": ".join(filter(None, problem)) for problem in self.problems)

    def __str__(self):
        words = {"row": self.row, "reasons": self.reasons}
        if self.kind == REJECTED:
            return _("Row %(row)d rejected. %(reasons)s") % words
        if self.kind == HOURS:
            return _("Row %(row)d imported, please read the opening hours. %(reasons)s") % words
        return _("Row %(row)d imported, please check the position. %(reasons)s") % words


@dataclass
class Report:
    counts: Counter = field(default_factory=Counter)
    findings: list[Finding] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)  # headings of columns that were not imported
    unread_sheets: list[str] = field(default_factory=list)
    names_datum: bool = True

    created = property(lambda self: self.counts[CREATED])
    updated = property(lambda self: self.counts[UPDATED])
    unchanged = property(lambda self: self.counts[UNCHANGED])
    rejected = property(lambda self: self.counts[REJECTED])
    flagged = property(lambda self: self.counts[FLAGGED])
    hours = property(lambda self: self.counts[HOURS])

    @property
    def read(self):
        """Every row is created, updated, unchanged or rejected; a flagged one is one of these too."""
        return self.created + self.updated + self.unchanged + self.rejected

    def notes(self) -> list[str]:
        """What holds for the table as a whole."""
        notes = []
        if self.unread_sheets:
            notes.append(_("Sheets not read: %(names)s") % {"names": " / ".join(self.unread_sheets)})
        if self.ignored:
            notes.append(_("Columns not imported: %(names)s") % {"names": " / ".join(self.ignored)})
        if not self.names_datum:
            notes.append(
                _(
                    "No column datum/坐标系: positions are taken as WGS-84. "
                    "Those of AMap or Baidu would be off by 500 metres or more."
                )
            )
        return notes

    def sums(self) -> list[str]:
        return [
            *self.sums_of_rows(),
            _("Positions to check: %(count)d") % {"count": self.flagged},
            _("Opening hours to read: %(count)d") % {"count": self.hours},
        ]

    def sums_of_rows(self) -> list[str]:
        return [
            _("Rows read: %(count)d") % {"count": self.read},
            _("Created: %(count)d") % {"count": self.created},
            _("Updated: %(count)d") % {"count": self.updated},
            _("Unchanged: %(count)d") % {"count": self.unchanged},
            _("Rejected: %(count)d") % {"count": self.rejected},
        ]

    def lines(self) -> list[str]:
        """For people: the notes, a line for each finding, then the counts."""
        findings = sorted(self.findings, key=lambda finding: finding.row)
        return [*self.notes(), *map(str, findings), *self.sums()]

    def as_json(self) -> dict:
        return {**vars(self), "counts": dict(self.counts), "findings": [vars(each) for each in self.findings]}

    @classmethod
    def from_json(cls, values):
        findings = [Finding(**finding) for finding in values["findings"]]
        return cls(**{**values, "counts": Counter(values["counts"]), "findings": findings})
