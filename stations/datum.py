"""Chinese map datums: WGS-84 (GPS), GCJ-02 (AMap and every Chinese map), BD-09 (Baidu).

Positions are stored in WGS-84 and converted at the edges only. In Zhejiang the
datums lie 480–1200 m apart. Pairs are (latitude, longitude) in degrees.
"""

from math import atan2, cos, pi, sin, sqrt

from django.db import models


class Datum(models.TextChoices):
    WGS84 = "wgs84", "WGS-84"
    GCJ02 = "gcj02", "GCJ-02"
    BD09 = "bd09", "BD-09"


# Krasovsky 1940, the ellipsoid that GCJ-02 is defined on.
AXIS = 6378245.0
ECCENTRICITY_SQUARED = 0.00669342162296594323
BAIDU_TURN = pi * 3000 / 180


def gcj02_from_wgs84(latitude, longitude):
    y, x = latitude - 35.0, longitude - 105.0
    ripple = 20 * sin(6 * x * pi) + 20 * sin(2 * x * pi)
    north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * sqrt(abs(x))
    north += (ripple + 20 * sin(y * pi) + 40 * sin(y / 3 * pi)) * 2 / 3
    north += (160 * sin(y / 12 * pi) + 320 * sin(y * pi / 30)) * 2 / 3
    east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * sqrt(abs(x))
    east += (ripple + 20 * sin(x * pi) + 40 * sin(x / 3 * pi)) * 2 / 3
    east += (150 * sin(x / 12 * pi) + 300 * sin(x / 30 * pi)) * 2 / 3
    phi = latitude * pi / 180
    w = 1 - ECCENTRICITY_SQUARED * sin(phi) ** 2
    meridian = AXIS * (1 - ECCENTRICITY_SQUARED) / (w * sqrt(w))
    parallel = AXIS / sqrt(w) * cos(phi)
    return latitude + north * 180 / (meridian * pi), longitude + east * 180 / (parallel * pi)


def wgs84_from_gcj02(latitude, longitude):
    """The inverse has no closed form; three corrections bring it below a millimetre."""
    guess = latitude, longitude
    for _ in range(3):
        there = gcj02_from_wgs84(*guess)
        guess = guess[0] + latitude - there[0], guess[1] + longitude - there[1]
    return guess


def bd09_from_gcj02(latitude, longitude):
    radius = sqrt(longitude**2 + latitude**2) + 0.00002 * sin(latitude * BAIDU_TURN)
    angle = atan2(latitude, longitude) + 0.000003 * cos(longitude * BAIDU_TURN)
    return radius * sin(angle) + 0.006, radius * cos(angle) + 0.0065


def gcj02_from_bd09(latitude, longitude):
    guess = latitude - 0.006, longitude - 0.0065
    for _ in range(3):
        there = bd09_from_gcj02(*guess)
        guess = guess[0] + latitude - there[0], guess[1] + longitude - there[1]
    return guess


def to_wgs84(latitude, longitude, datum):
    if datum == Datum.BD09:
        latitude, longitude = gcj02_from_bd09(latitude, longitude)
    if datum in (Datum.BD09, Datum.GCJ02):
        latitude, longitude = wgs84_from_gcj02(latitude, longitude)
    return latitude, longitude
