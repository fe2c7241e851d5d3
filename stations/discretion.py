"""Rows of which only the counter knows the people: who gives and who gets a confidential service.

Everybody else who reads them finds the row without its people, and no search, filter or order that would
tell who they are.
"""

from django.db.models import Case, F, Q, Value, When
from django.utils.translation import gettext_lazy as _

from stations import reach

ARRANGED = _("Arranged")


def unknown(reached, rows: Q, station: str) -> Q | None:
    """Of some rows those whose people the reader does not know; None where there are none.

    `station` is the path to the station at whose counter they are known.
    """
    if reached.is_same(reach.EVERYBODY, reach.AT_THE_COUNTER) or reached.is_everywhere(reach.AT_THE_COUNTER):
        return None
    return rows & ~Q(**{f"{station}__in": reached.station_ids(reach.AT_THE_COUNTER)})


def in_order_of(name):
    """The order of a column that names people: hidden ones stand together."""
    return Case(When(is_hidden=False, then=F(name)), default=Value(""))


class Discreet:
    """In front of `ScopedAdmin` or `ScopedInline`: its rows say whether they are hidden (`is_hidden`)."""

    confidential = Q()  # which rows
    people = ()  # fields that name somebody: a filter by one of them shows no hidden row

    def get_queryset(self, request):
        rows = super().get_queryset(request)
        hidden = self.hidden(request)
        if hidden is None:
            return rows.annotate(is_hidden=Value(False))
        if any(name.split("__")[0] in self.people for name in request.GET):
            rows = rows.exclude(hidden)
        return rows.annotate(is_hidden=Case(When(hidden, then=Value(True)), default=Value(False)))

    def hidden(self, request) -> Q | None:
        return unknown(reach.of_request(request), self.confidential, self.station_path)

    def get_search_results(self, request, queryset, search_term):
        """Whoever searches for somebody does not learn where they are."""
        found, may_repeat = super().get_search_results(request, queryset, search_term)
        hidden = self.hidden(request) if search_term.strip() else None
        return found if hidden is None else found.exclude(hidden), may_repeat
