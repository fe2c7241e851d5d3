"""A change of a field in words of the reader's language, from what a line keeps: nothing is asked for."""

from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.utils import formats, timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.text import Truncator, capfirst
from django.utils.translation import get_language, gettext

LONGEST = 80  # letters of a value; the record beside has the whole


def sentence(model: type[models.Model] | None, name: str, old, new) -> str:
    """What has become of one field, for example: State: from “Working” to “Needs repair”."""
    field = field_of(model, name)
    words = {"field": capfirst(str(field.verbose_name)) if field else name}
    if isinstance(field, models.FileField):
        return gettext("%(field)s: another file") % words
    words |= {"old": in_words(field, old), "new": in_words(field, new)}
    if not words["old"]:
        return gettext("%(field)s: now “%(new)s”") % words
    if not words["new"]:
        return gettext("%(field)s: now empty, before “%(old)s”") % words
    return gettext("%(field)s: from “%(old)s” to “%(new)s”") % words


def field_of(model, name):
    """The field, or None where a later edition of the portal has it no more."""
    try:
        return model._meta.get_field(name) if model else None
    except FieldDoesNotExist:
        return None


def in_words(field, value) -> str:
    if value is None or value in ("", []):
        return ""
    if isinstance(value, list):
        comma = "、" if get_language().startswith("zh") else ", "
        return comma.join(labelled(field, each) for each in value)
    if isinstance(field, models.BooleanField):
        return gettext("Yes") if value else gettext("No")
    if isinstance(field, models.DateField):
        return day_or_moment(field, value)
    return Truncator(labelled(field, value)).chars(LONGEST)


def labelled(field, value) -> str:
    """A choice by its label; lists in JSON say theirs in the model's `labels_in_lists`."""
    choices = field.flatchoices if field else ()
    if field and not choices:
        choices = getattr(field.model, "labels_in_lists", {}).get(field.name, ())
    return str(dict(choices).get(value, value))


def day_or_moment(field, value) -> str:
    """A line gives dates back as texts."""
    if isinstance(field, models.DateTimeField):
        moment = parse_datetime(value) if isinstance(value, str) else value
        return formats.date_format(timezone.localtime(moment), "DATETIME_FORMAT")
    return formats.date_format(parse_date(value) if isinstance(value, str) else value, "DATE_FORMAT")
