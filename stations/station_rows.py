"""One row of a table of stations as a form: its words become values, or reasons why not."""

import re
import unicodedata

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from stations import datum, hours, spellings
from stations.models import FacilityKind, Station

DEGREES = re.compile(r"(?:北纬|东经|N|E)?([+-]?\d{1,3}(?:\.\d+)?)(?:[°º度])?(?:N|E)?", re.IGNORECASE)


class Degrees(forms.CharField):
    def to_python(self, value):
        text = super().to_python(value)
        if not text:
            return text
        # NFKC makes full-width digits plain ones (and turns º into a letter, so that goes first).
        plain = "".join(unicodedata.normalize("NFKC", text.replace("º", "°")).split())
        match = DEGREES.fullmatch(plain)
        if not match:
            raise ValidationError(
                _("“%(text)s” is not a number of degrees such as 28.6759."), params={"text": text}
            )
        return float(match[1])


class Choice(forms.CharField):
    """A choice by its value, its label in any language of the site, or a usual short form."""

    def __init__(self, kind):
        super().__init__()
        self.kind = kind

    def to_python(self, value):
        text = super().to_python(value)
        found = spellings.choices(self.kind).get(spellings.plain(text))
        if found is None and text:
            raise ValidationError(
                _("“%(text)s” is not known here. Please write one of: %(words)s."),
                params={"text": text, "words": " / ".join(map(str, self.kind.labels))},
            )
        return found


class Facilities(forms.CharField):
    def __init__(self):
        super().__init__(required=False)

    def to_python(self, value):
        words = [word.strip() for word in re.split(r"[;；、，,\n]", value or "") if word.strip()]
        known = spellings.choices(FacilityKind)
        unknown = [word for word in words if spellings.plain(word) not in known]
        if unknown:
            raise ValidationError(_("Unknown facility: %(words)s."), params={"words": " / ".join(unknown)})
        return {known[spellings.plain(word)] for word in words}


def of_model(name, **kwargs):
    return Station._meta.get_field(name).formfield(**kwargs)


class StationRow(forms.Form):
    """Takes texts by field; fields that the row does not mention are left out of `cleaned_data`.

    An empty cell clears a text. For a choice it says nothing, so the station keeps its own.
    A plain form: a ModelForm would ask the database about constraints at every row, see `Register`.
    """

    code = forms.RegexField(
        r"^[0-9A-Za-z-]+$",
        max_length=20,
        error_messages={"invalid": _("A code has only letters, digits and hyphens.")},
    )
    name = of_model("name")
    brand = of_model("brand")
    address = of_model("address")
    latitude = Degrees()
    longitude = Degrees()
    source_datum = Choice(datum.Datum)
    position = Choice(Station.Position)
    opening_hours = of_model("opening_hours", validators=[hours.validate])
    status = Choice(Station.Status)
    access = Choice(Station.Access)
    tier = Choice(Station.Tier)
    phone = of_model("phone")
    about = of_model("about")
    is_demo = Choice(spellings.Answer)
    facilities = Facilities()

    def __init__(self, texts):
        given = {name: text for name, text in texts.items() if text or not self.is_silent(name)}
        super().__init__(given)
        for name in self.fields.keys() - given.keys():
            del self.fields[name]

    def is_silent(self, name):
        """Fields of which an empty cell says nothing."""
        return name == "code" or isinstance(self.base_fields.get(name), Choice)

    def clean_is_demo(self):
        return self.cleaned_data["is_demo"] == spellings.Answer.YES

    def clean(self):
        """Check the position and turn it into WGS-84, in which all positions are kept."""
        values = self.cleaned_data
        if not {"latitude", "longitude"} <= values.keys() or self.has_error("source_datum"):
            return values
        point = values["latitude"], values["longitude"]
        reason = self.misplaced(point)
        if not reason:
            point = datum.to_wgs84(*point, values.get("source_datum", datum.Datum.WGS84))
            # A centimetre. Rounded, a second run finds exactly what the first one kept.
            values["latitude"], values["longitude"] = (round(degrees, 7) for degrees in point)
            if not in_zhejiang(*point):
                reason = _("The position lies outside Zhejiang. Please check it.")
        if reason:
            self.add_error("latitude", reason)
        return values

    def misplaced(self, point):
        if point == (0, 0):
            return _("0/0 stands for “unknown”. Please fill in the position.")
        if not in_zhejiang(*point) and in_zhejiang(*reversed(point)):
            return _("Latitude and longitude look swapped. Please exchange the two.")
        return ""


def in_zhejiang(latitude, longitude):
    """The model's own limits decide."""
    try:
        Station._meta.get_field("latitude").run_validators(latitude)
        Station._meta.get_field("longitude").run_validators(longitude)
    except ValidationError:
        return False
    return True
