"""One row of a table of stations: its words become values, or reasons why not."""

import re
import unicodedata
from functools import lru_cache

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from stations import datum, hour_texts, hours
from stations.imports import spellings
from stations.models import FacilityKind, Occupation, Role, Station, StationFacility

DEGREES = re.compile(r"(?:北纬|东经|N|E)?([+-]?\d{1,3}(?:\.\d+)?)(?:[°º度])?(?:N|E)?", re.IGNORECASE)
# What our own exports, and careful people, put before a text that a spreadsheet would calculate.
GUARDED = re.compile(r"'(?=[=+\-@\t])")
STATED = re.compile(r"(.+)[（(]([^（()）]+)[）)]|(.+)[:：](.+)")


def plain_digits(text):
    """Without blanks, and with full-width digits made plain ones."""
    return "".join(unicodedata.normalize("NFKC", text).split())


class Degrees(forms.CharField):
    def to_python(self, value):
        text = super().to_python(value)
        if not text:
            return text
        # NFKC would turn º into a letter, so that goes first.
        match = DEGREES.fullmatch(plain_digits(text.replace("º", "°")))
        if not match:
            raise ValidationError(
                _("“%(text)s” is not a number of degrees such as 28.6759."), params={"text": text}
            )
        return float(match[1])


class Day(forms.DateField):
    def __init__(self):
        formats = ["%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y年%m月%d日", "%Y%m%d", "%Y-%m-%d%H:%M:%S"]
        super().__init__(required=False, input_formats=formats)

    def to_python(self, value):
        return super().to_python(plain_digits(value))


class Choice(forms.CharField):
    """A choice by its value, its label in any language of the site, or a usual short form."""

    def __init__(self, kind):
        super().__init__()
        self.kind = kind

    def to_python(self, value):
        text = super().to_python(value)
        found = spellings.find(self.kind, text)
        if found is None and text:
            raise ValidationError(
                _("“%(text)s” is not known here. Please write one of: %(words)s."),
                params={"text": text, "words": " / ".join(map(str, self.kind.labels))},
            )
        return found


class YesNo(Choice):
    def __init__(self):
        super().__init__(spellings.Answer)

    def to_python(self, value):
        return super().to_python(value) == spellings.Answer.YES


class Several(forms.CharField):
    """Any number of choices: those of the row, in the order of the choices."""

    unknown = _("Not known here: %(words)s.")

    def __init__(self, kind):
        super().__init__(required=False)
        self.kind = kind

    def to_python(self, value):
        found = self.find(value)
        return [known for known in self.kind.values if known in found]

    def find(self, value):
        words = [word.strip() for word in re.split(r"[;；、，,\n]", value or "") if word.strip()]
        found = {word: self.find_one(word) for word in words}
        if unknown := [word for word in words if not found[word]]:
            raise ValidationError(self.unknown, params={"words": " / ".join(unknown)})
        return list(found.values())

    def find_one(self, word):
        return spellings.find(self.kind, word)


class Facilities(Several):
    """States by kind, as in `微波炉（待维修）` or `microwave:needs_repair`; None where none is said."""

    unknown = _("Unknown facility: %(words)s.")

    def __init__(self):
        super().__init__(FacilityKind)

    def to_python(self, value):
        return dict(self.find(value))

    def find_one(self, word):
        if kind := spellings.find(FacilityKind, word):
            return kind, None
        parts = STATED.fullmatch(word)
        kind, state = filter(None, parts.groups()) if parts else ("", "")
        found = spellings.find(FacilityKind, kind), spellings.find(StationFacility.State, state)
        return found if all(found) else None


def of_model(name):
    """A model's own form field leaves the model's patterns to be checked later; here there is no later."""
    field = Station._meta.get_field(name)
    return field.formfield(validators=[each for each in field.validators if isinstance(each, RegexValidator)])


# A form would copy all of its fields for each row, which takes longer than reading the row.
FIELDS = {
    "code": of_model("code"),
    **{name: of_model(name) for name in ("name", "brand", "address", "landmark", "storey")},
    "is_street_facing": YesNo(),
    "latitude": Degrees(),
    "longitude": Degrees(),
    "coordinates_in": Choice(datum.Datum),
    "source_datum": Choice(datum.Datum),
    "position": Choice(Station.Position),
    **{name: of_model(name) for name in ("opening_hours", "hours_as_written")},
    "status": Choice(Station.Status),
    "access": Choice(Station.Access),
    "tier": Choice(Station.Tier),
    "build_mode": Choice(Station.BuildMode),
    **{name: of_model(name) for name in ("host", "partner")},
    "occupations": Several(Occupation),
    "roles": Several(Role),
    **{name: of_model(name) for name in ("design_theme", "amap_poi_id", "baidu_uid")},
    "map_checked_on": Day(),
    **{name: of_model(name) for name in ("phone", "about")},
    "is_demo": YesNo(),
    "facilities": Facilities(),
}


def read(texts):
    """(values by field, problems as pairs of field and reason) of a row of texts by field.

    Fields that the row does not mention have no value. An empty cell clears a text;
    for a choice it says nothing, so the station keeps its own.
    """
    values, problems = cleaned(FIELDS, texts, is_silent)
    in_doubt = {"source_datum", "coordinates_in"}.intersection(name for name, _reason in problems)
    if {"latitude", "longitude"} <= values.keys() and not in_doubt:
        problems += [("latitude", reason) for reason in place(values)]
    return values, problems


def cleaned(fields, texts, is_silent):
    """(values, problems) of those texts that say something; an empty one of a silent field does not."""
    values, problems = {}, []
    for name, field in fields.items():
        text = texts.get(name)
        if text or (text == "" and not is_silent(name)):
            try:
                values[name] = field.clean(GUARDED.sub("", text, count=1) if text[:1] == "'" else text)
            except ValidationError as error:
                problems += [(name, reason) for reason in error.messages]
    return values, problems


def is_silent(name):
    """Fields of which an empty cell says nothing."""
    return name == "code" or isinstance(FIELDS[name], Choice)


def place(values):
    """Turn the position into WGS-84, in which all positions are kept; reasons where it cannot be right."""
    point = values["latitude"], values["longitude"]
    source = values.pop("coordinates_in", values.get("source_datum", datum.Datum.WGS84))
    if point == (0, 0):
        return [_("0/0 stands for “unknown”. Please fill in the position.")]
    if not in_zhejiang(*point) and in_zhejiang(*reversed(point)):
        return [_("Latitude and longitude look swapped. Please exchange the two.")]
    # A centimetre. Rounded, a second run finds exactly what the first one kept.
    point = tuple(round(degrees, 7) for degrees in datum.to_wgs84(*point, source))
    if not in_zhejiang(*point):
        return [_("The position lies outside Zhejiang. Please check it.")]
    values["latitude"], values["longitude"] = point
    return []


def in_zhejiang(latitude, longitude):
    """The model's own limits decide."""
    try:
        Station._meta.get_field("latitude").run_validators(latitude)
        Station._meta.get_field("longitude").run_validators(longitude)
    except ValidationError:
        return False
    return True


def put_hours(station, values):
    """Fill in the opening hours of a row; what cannot be read for certain waits for a person.

    The text is kept as it was written: while the table still says the same, the hours
    that were made of it stay, and so does what a person made of it.
    """
    text, written = values.get("opening_hours"), values.get("hours_as_written")
    # A table with both columns is a copy of ours: what stands there was looked at before.
    if not text or text == station.opening_hours or (written is not None and is_osm(text)):
        if text is not None:
            station.opening_hours = text
        if written is not None or text == "":
            station.hours_as_written = written or ""
        return
    found = from_words(text)
    if found == text:
        station.opening_hours = text
    elif text != station.hours_as_written or not station.opening_hours:
        station.opening_hours, station.hours_as_written = found or "", text


@lru_cache(maxsize=4096)
def is_osm(text):
    try:
        hours.validate(text)
    except ValidationError:
        return False
    return True


from_words = lru_cache(maxsize=4096)(hour_texts.read)
