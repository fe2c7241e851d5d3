"""The tree of the federation: one union for the province, for each prefecture and each county."""

from django.db import transaction

from stations.models import Division, Organisation

PROVINCE = "浙江省总工会"
Kind = Organisation.Kind


@transaction.atomic
def load() -> int:
    """Make the unions that are missing for the divisions; how many. Twice, it changes nothing."""
    there = set(Organisation.objects.values_list("division", flat=True))
    missing = [division for division in Division.objects.order_by("code") if division.pk not in there]
    province, _new = Organisation.objects.get_or_create(kind=Kind.PROVINCE, defaults={"name": PROVINCE})
    for division in missing:
        above = {} if division.is_prefecture else prefectures()
        Organisation.objects.get_or_create(
            division=division,
            defaults={
                "name": f"{division}总工会",
                "kind": Kind.PREFECTURE if division.is_prefecture else Kind.COUNTY,
                "parent": above.get(division.prefecture, province),
            },
        )
    return len(missing)


def prefectures() -> dict[str, Organisation]:
    """Unions of prefectures by the name of the prefecture."""
    unions = Organisation.objects.filter(kind=Kind.PREFECTURE).select_related("division")
    return {union.division.name: union for union in unions if union.division}


def province() -> Organisation:
    return Organisation.objects.get(kind=Kind.PROVINCE)


def of(division) -> Organisation:
    """The union of a prefecture or county; made where nobody has yet."""
    union = Organisation.objects.filter(division=division).first()
    if union is None:
        load()
        union = Organisation.objects.get(division=division)
    return union
