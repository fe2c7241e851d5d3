"""What became of an imported table, row by row and in sum."""

from collections import Counter
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

CREATED, UPDATED, UNCHANGED, REJECTED, FLAGGED = "created", "updated", "unchanged", "rejected", "flagged"


class Rejected(Exception):
    """The row is left out; `problems` are (field, reason) pairs."""

    def __init__(self, *problems):
        super().__init__(problems)
        self.problems = list(problems)


@dataclass(frozen=True)
class Finding:
    """Something to look at: a row that was rejected, or one whose position is doubtful."""

    row: int  # as the spreadsheet counts, headings included
    kind: str
    problems: list[tuple[str, str]]  # (column as the file calls it, reason)

    def __str__(self):
        words = {"row": self.row, "reasons": " · ".join(": ".join(filter(None, p)) for p in self.problems)}
        if self.kind == REJECTED:
            return _("Row %(row)d rejected. %(reasons)s") % words
        return _("Row %(row)d imported, please check the position. %(reasons)s") % words


@dataclass
class Report:
    counts: Counter = field(default_factory=Counter)
    findings: list[Finding] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)  # headings of columns that were not imported
    unread_sheets: list[str] = field(default_factory=list)

    created = property(lambda self: self.counts[CREATED])
    updated = property(lambda self: self.counts[UPDATED])
    unchanged = property(lambda self: self.counts[UNCHANGED])
    rejected = property(lambda self: self.counts[REJECTED])
    flagged = property(lambda self: self.counts[FLAGGED])

    @property
    def read(self):
        """Every row is created, updated, unchanged or rejected; a flagged one is one of these too."""
        return self.created + self.updated + self.unchanged + self.rejected

    def lines(self) -> list[str]:
        """For people: what was left out, a line for each finding, then the counts."""
        lines = []
        if self.unread_sheets:
            lines.append(_("Sheets not read: %(names)s") % {"names": " / ".join(self.unread_sheets)})
        if self.ignored:
            lines.append(_("Columns not imported: %(names)s") % {"names": " / ".join(self.ignored)})
        lines += map(str, sorted(self.findings, key=lambda finding: finding.row))
        return lines + [
            _("Rows read: %(count)d") % {"count": self.read},
            _("Created: %(count)d") % {"count": self.created},
            _("Updated: %(count)d") % {"count": self.updated},
            _("Unchanged: %(count)d") % {"count": self.unchanged},
            _("Rejected: %(count)d") % {"count": self.rejected},
            _("Positions to check: %(count)d") % {"count": self.flagged},
        ]
