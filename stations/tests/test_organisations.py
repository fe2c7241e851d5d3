"""The tree of the federation: made from the divisions, one province on top, no circle."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse

from stations import organisations
from stations.models import HistoryLine, Organisation
from stations.tests.factories import make_division, make_organisation, province

Kind = Organisation.Kind


@pytest.fixture
def hangzhou(db):
    return make_division(code="330100", name="杭州市", prefecture="杭州市")


@pytest.fixture
def gongshu(hangzhou):
    return make_division()


def test_each_division_gets_its_union_below_the_next_higher_one(gongshu):
    made = organisations.load()

    tree = [(str(each), each.kind, str(each.parent or "")) for each in Organisation.objects.order_by("pk")]
    assert made == 2
    assert tree == [
        ("浙江省总工会", Kind.PROVINCE, ""),
        ("杭州市总工会", Kind.PREFECTURE, "浙江省总工会"),
        (f"{gongshu}总工会", Kind.COUNTY, "杭州市总工会"),
    ]


def test_loaded_twice_nothing_changes(gongshu):
    organisations.load()
    union = Organisation.objects.get(division=gongshu)
    union.name = "拱墅区工会"  # as somebody there has written it
    union.save()
    before = list(Organisation.objects.order_by("pk").values()), HistoryLine.objects.count()

    again = organisations.load()

    assert again == 0
    assert (list(Organisation.objects.order_by("pk").values()), HistoryLine.objects.count()) == before


def test_a_new_county_gets_its_union_when_it_is_asked_for(gongshu):
    organisations.load()
    county = make_division(code="330110", name="余杭区")

    union = organisations.of(county)

    assert (union.division, str(union.parent), union.kind) == (county, "杭州市总工会", Kind.COUNTY)


@pytest.mark.parametrize(
    ("kind", "above"),
    [
        (Kind.PREFECTURE, Kind.PROVINCE),
        (Kind.INDUSTRY, Kind.PROVINCE),
        (Kind.INDUSTRY, Kind.PREFECTURE),
        (Kind.COUNTY, Kind.PREFECTURE),
        (Kind.ENTERPRISE, Kind.INDUSTRY),
        (Kind.TOWN, Kind.COUNTY),
    ],
)
def test_kinds_run_downwards(db, kind, above):
    parent = province() if above == Kind.PROVINCE else make_organisation(kind=above)

    Organisation(name="新的", kind=kind, parent=parent).full_clean()

    with pytest.raises(ValidationError) as refused:
        Organisation(name="新的", kind=above, parent=make_organisation(kind=kind)).full_clean()
    assert "parent" in refused.value.message_dict


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind != Kind.PROVINCE])
def test_none_stands_beside_itself_or_alone(db, kind):
    same = make_organisation(kind=kind)

    for parent in (same, None):
        with pytest.raises(ValidationError):
            Organisation(name="新的", kind=kind, parent=parent).full_clean()
    with pytest.raises(IntegrityError, match=r"only_the_province_stands_alone"), transaction.atomic():
        Organisation.objects.create(name="新的", kind=kind)


def test_a_union_cannot_be_put_below_what_is_below_it(db):
    county = make_organisation(kind=Kind.COUNTY)
    town = make_organisation(kind=Kind.TOWN, parent=county)

    county.parent = town

    with pytest.raises(ValidationError, match=str(town)):
        county.full_clean()


def test_there_is_one_province(db):
    province()

    with pytest.raises(ValidationError):
        Organisation(name="又一个", kind=Kind.PROVINCE).full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        Organisation.objects.create(name="又一个", kind=Kind.PROVINCE)
    assert Organisation.objects.filter(kind=Kind.PROVINCE).count() == 1


def test_a_form_without_a_kind_asks_for_one(client, admin):
    client.force_login(admin)
    given = {"name": "某街道总工会", "parent": province().pk, "kind": ""}

    page = client.post(reverse("admin:stations_organisation_add"), given)

    assert page.status_code == 200
    assert list(page.context["adminform"].form.errors) == ["kind"]
