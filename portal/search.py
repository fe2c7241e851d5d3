"""Search over all that is in the reader's reach: what the lists themselves find, a few of each."""

from dataclasses import dataclass

from django.db.models import BooleanField, ExpressionWrapper, Q
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.text import capfirst

# In the order in which people look; ledgers and the history have their own lists and searches.
SEARCHED = [
    "stations.Station",
    "volunteers.Volunteer",
    "events.WorkerPass",
    "events.Redemption",
    "volunteers.Credential",
    "stations.Fault",
    "events.ServiceDay",
    "stations.Organisation",
    "stations.Posting",
    "stations.SiteSuggestion",
    "portal.User",
]
SHOWN = 8


@dataclass(frozen=True)
class Hit:
    name: str
    detail: str
    address: str


@dataclass(frozen=True)
class Group:
    name: str
    hits: list[Hit]
    has_more: bool
    list_address: str
    is_exact: bool


def find(site, request, text) -> list[Group]:
    """A group for each list that finds something; where a code or number is meant exactly, that one first."""
    admins = {model._meta.label: admin for model, admin in site._registry.items()}
    mine = [admins[label] for label in SEARCHED if admins[label].has_view_permission(request)]
    groups = [group for group in (group_of(admin, request, text) for admin in mine) if group]
    return sorted(groups, key=lambda group: not group.is_exact)


def group_of(admin, request, text) -> Group | None:
    rows, _may_repeat = admin.get_search_results(request, admin.get_queryset(request), text)
    if admin.list_select_related:
        rows = rows.select_related(*admin.list_select_related)
    if admin.exactly:
        is_meant = ExpressionWrapper(Q(**{f"{admin.exactly}__iexact": text}), BooleanField())
        rows = rows.order_by(is_meant.desc(), *admin.get_ordering(request) or admin.opts.ordering)
    found = list(rows[: SHOWN + 1])
    if not found:
        return None
    address = reverse(f"admin:{admin.opts.app_label}_{admin.opts.model_name}_changelist")
    return Group(
        name=capfirst(admin.opts.verbose_name_plural),
        hits=[hit_of(admin, row) for row in found[:SHOWN]],
        has_more=len(found) > SHOWN,
        list_address=f"{address}?{urlencode({'q': text})}",
        is_exact=bool(admin.exactly) and str(getattr(found[0], admin.exactly)).casefold() == text.casefold(),
    )


def hit_of(admin, row) -> Hit:
    address = reverse(f"admin:{admin.opts.app_label}_{admin.opts.model_name}_change", args=[row.pk])
    return Hit(str(row), admin.said_of(row), address)
