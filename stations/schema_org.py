"""A station in the words of schema.org, for search engines and assistants that read the page.

https://schema.org/CivicStructure. Positions are WGS-84 there too.
"""

import json

from django.conf import settings
from django.urls import reverse
from django.utils.safestring import mark_safe

from stations.models import Station, StationFacility

# Nothing in a name may end the script element that the text stands in.
ESCAPES = {ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&\u2028\u2029"}
DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]


def embedded(station, week) -> str:
    """`described` as the content of a `<script type="application/ld+json">`."""
    text = json.dumps(described(station, week), ensure_ascii=False).translate(ESCAPES)
    return mark_safe(text)


def described(station, week) -> dict:
    """A JSON-LD object. `week` is what `weeks.coming` answers; days that are not known are left out."""
    description = {
        "@context": "https://schema.org",
        "@type": "CivicStructure",
        "@id": settings.SITE_URL + station.get_absolute_url(),
        "url": settings.SITE_URL + station.get_absolute_url(),
        "identifier": station.code,
        "name": station.name,
        "alternateName": station.brand,
        "description": station.about,
        "telephone": station.phone,
        "address": address(station),
        "geo": {
            "@type": "GeoCoordinates",
            "latitude": round(station.latitude, 6),
            "longitude": round(station.longitude, 6),
        },
        "isAccessibleForFree": True,
        "publicAccess": True,
        "openingHoursSpecification": hours_of(station, week),
        "amenityFeature": [amenity(facility) for facility in station.facilities.all()],
        "photo": [picture(photo) for photo in station.published_photos],
    }
    return {name: value for name, value in description.items() if value not in ("", [])}


def address(station):
    return {
        "@type": "PostalAddress",
        "addressCountry": "CN",
        "addressRegion": "浙江省",
        "addressLocality": str(station.division),
        "streetAddress": station.address,
    }


def amenity(facility):
    return {
        "@type": "LocationFeatureSpecification",
        "name": facility.get_kind_display(),
        "value": facility.state == StationFacility.State.WORKING,
    }


def picture(photo):
    return {
        "@type": "ImageObject",
        "contentUrl": settings.SITE_URL + reverse("stations:photo", args=[photo.pk]),
        "caption": photo.alt,
    }


def hours_of(station, week):
    """One entry a span, each for its one day, so that holidays and closures need no rule of their own."""
    is_shut = station.status != Station.Status.OPEN
    return [
        {
            "@type": "OpeningHoursSpecification",
            "dayOfWeek": f"https://schema.org/{DAYS[day.date.weekday()]}",
            "opens": opens,
            "closes": closes,
            "validFrom": day.date.isoformat(),
            "validThrough": day.date.isoformat(),
        }
        for day in week
        if is_shut or day.spans is not None
        for opens, closes in times([] if is_shut else day.spans)
    ]


def times(spans):
    """From midnight to midnight is how "closed all day" is written, so a day ends at 23:59."""
    closed = [("00:00", "00:00")]
    return [(f"{start:%H:%M}", end_of(end)) for start, end in spans] or closed


def end_of(end):
    return "23:59" if f"{end:%H:%M}" == "00:00" else f"{end:%H:%M}"
