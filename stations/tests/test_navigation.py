"""The way to a station: each map's link leads to the same door."""

from urllib.parse import parse_qs, urlsplit

import pytest

from stations import datum, navigation
from stations.directory import metres
from stations.models import Station

# Hangzhou, Wenzhou, Quzhou, Ningbo, Zhoushan: where the datums lie apart differently.
PLACES = [(30.2568, 120.1797), (28.0191, 120.6513), (28.9359, 118.8741), (29.8683, 121.544), (30.02, 122.106)]


def station_at(place):
    return Station(name="石门, 社区 & 驿站", address="石门街1号", latitude=place[0], longitude=place[1])


def asked(link):
    return {name: values[0] for name, values in parse_qs(urlsplit(link).query).items()}


def pair(text):
    first, second = text.split(",")[:2]
    return float(first), float(second)


@pytest.mark.parametrize("place", PLACES)
def test_every_link_leads_to_the_door_in_the_order_and_datum_that_its_map_documents(place):
    station = station_at(place)
    walk, amap = asked(navigation.walk(station)), asked(navigation.amap(station))
    baidu, apple = asked(navigation.baidu(station)), asked(navigation.apple(station))

    doors = {
        "walk": datum.wgs84_from_gcj02(*pair(walk["to"])[::-1]),
        "amap": datum.to_wgs84(*pair(amap["position"])[::-1], amap["coordinate"]),
        "baidu": datum.to_wgs84(*pair(baidu["location"]), baidu["coord_type"]),
        "apple": datum.wgs84_from_gcj02(*pair(apple["daddr"])),
        "geo": pair(navigation.geo(station).removeprefix("geo:")),
    }

    assert {name for name, door in doors.items() if metres(*place, *door) >= 1} == set()


def test_a_name_of_any_signs_stays_in_its_place():
    walk, amap = (asked(link(station_at(PLACES[0]))) for link in (navigation.walk, navigation.amap))

    assert walk["to"].split(",")[2:] == ["石门  社区 & 驿站"]
    assert (walk["mode"], amap["name"]) == ("walk", "石门, 社区 & 驿站")


def test_the_first_link_is_the_one_on_foot(client, station):
    page = client.get(station.get_absolute_url()).content.decode()

    addresses = [address for _label, address in navigation.links(station)]
    assert addresses[0].startswith("https://uri.amap.com/navigation?")
    assert [page.count(address.replace("&", "&amp;")) for address in addresses] == [1] * 5
