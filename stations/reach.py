"""Who reaches what: the postings of today, asked once a request and never remembered longer.

What a role may do with what its posting reaches. Each admin says it as `may`, each queue as `roles`:

| what                                                          | manager | moderator | staff | auditor |
|---------------------------------------------------------------|---------|-----------|-------|---------|
| EVERYBODY: lists, pages, histories and exports to read        | yes     | yes       | yes   | yes     |
| AT_THE_COUNTER: hours, facilities, photos, faults, kiosks,    | yes     | yes       | yes   | no      |
|   shifts, who came, cards, stock, handing over;               |         |           |       |         |
|   documents of volunteers and photos of reporters to look at  |         |           |       |         |
| COUNTY: new stations and what the directory stands on,        | no      | yes       | yes   | no      |
|   suggested sites, appointing managers and auditors           |         |           |       |         |
| FEDERATION: organisations, swap cabinets,                     | no      | no        | yes   | no      |
|   appointing moderators                                       |         |           |       |         |
| NOBODY but the operators of the portal: accounts, consents,   | no      | no        | no    | no      |
|   letters, imports, rewards, appointing staff                 |         |           |       |         |

An auditor never writes. Who has several postings may do at each place what the posting there allows: an
auditor of a prefecture who runs one of its stations changes that one. How postings are given: postings.py.
"""

from dataclasses import dataclass
from functools import cached_property

from django.db.models import Q, QuerySet

from stations.models import Organisation, Posting, Station

Role = Posting.Role
EVERYBODY = frozenset(Role)
AT_THE_COUNTER = frozenset({Role.MANAGER, Role.MODERATOR, Role.STAFF})
COUNTY = frozenset({Role.MODERATOR, Role.STAFF})
FEDERATION = frozenset({Role.STAFF})
NOBODY = frozenset()  # but the operators of the portal, who may do everything


@dataclass(frozen=True)
class Reach:
    """What is in somebody's care. Every question names the roles that count for it."""

    is_operator: bool
    postings: tuple[Posting, ...] = ()

    @cached_property
    def roles(self) -> frozenset:
        return frozenset(posting.role for posting in self.postings)

    def may(self, roles) -> bool:
        """Whether any posting has one of the roles."""
        return self.is_operator or not self.roles.isdisjoint(roles)

    def is_same(self, some_roles, other_roles) -> bool:
        """Whether both sets of roles reach the same, so that nothing needs to be asked twice."""
        return self.is_operator or self.roles & some_roles == self.roles & other_roles

    def is_everywhere(self, roles) -> bool:
        """Whether the whole tree is reached: then no question needs to be narrowed."""
        return self.is_operator or any(
            posting.organisation and posting.organisation.parent_id is None
            for posting in self.counting(roles)
        )

    def organisations(self, roles) -> QuerySet[Organisation]:
        """Organisations that the postings name, with all below them."""
        if self.is_everywhere(roles):
            return Organisation.objects.all()
        return Organisation.objects.filter(pk__in=self.organisation_ids(roles))

    def stations(self, roles) -> QuerySet[Station]:
        if self.is_everywhere(roles):
            return Station.objects.all()
        return Station.objects.filter(self.reached(roles))

    def limit(self, rows: QuerySet, roles, *, station=None, organisation=None) -> QuerySet:
        """Of the rows those in reach; `station` or `organisation` is the path that leads there.

        With both paths a row belongs to its station, or where it has none to its organisation.
        """
        if self.is_everywhere(roles):
            return rows
        if station == "":
            return rows.filter(self.reached(roles))
        found = Q()
        if organisation is not None:
            name = f"{organisation}__in" if organisation else "pk__in"
            found = Q(**{name: self.organisation_ids(roles)})
        if station is not None:
            at_station = Q(**{f"{station}__in": self.station_ids(roles)})
            found = at_station | found & Q(**{station: None}) if found else at_station
        return rows.filter(found)

    def reached(self, roles) -> Q:
        stations = [posting.station_id for posting in self.counting(roles) if posting.station_id]
        reached = Q(pk__in=stations)
        if self.roots(roles):
            reached |= Q(organisation__in=self.organisation_ids(roles))
        return reached

    def station_ids(self, roles):
        """A plain list where only stations are named: a database plans that better than a question."""
        if self.roots(roles):
            return self.stations(roles).order_by().values("pk")
        return [posting.station_id for posting in self.counting(roles)]

    def organisation_ids(self, roles) -> list[int]:
        """Those that the postings name, with all below them; the tree is asked for once."""
        reached = more = set(self.roots(roles))
        while more := {pk for pk, parent in self.tree.items() if parent in more} - reached:
            reached = reached | more
        return sorted(reached)

    @cached_property
    def tree(self) -> dict[int, int | None]:
        """The organisation above each one that any posting reaches."""
        reached = Organisation.objects.within(self.roots(EVERYBODY)).order_by()
        return dict(reached.values_list("pk", "parent"))

    def roots(self, roles) -> list[int]:
        return [posting.organisation_id for posting in self.counting(roles) if posting.organisation_id]

    def counting(self, roles):
        return [posting for posting in self.postings if posting.role in roles]


def of(person) -> Reach:
    """What the person reaches at this moment; nothing for strangers."""
    if not person.is_authenticated or not person.is_active:
        return Reach(is_operator=False)
    if person.is_superuser:
        return Reach(is_operator=True)
    postings = Posting.objects.current().filter(person=person).select_related("organisation")
    return Reach(is_operator=False, postings=tuple(postings.order_by("pk")))


def of_request(request) -> Reach:
    """The same, asked once a request: the menu alone would ask sixty times."""
    if not hasattr(request, "reach"):
        request.reach = of(request.user)
    return request.reach
