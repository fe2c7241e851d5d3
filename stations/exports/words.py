"""The site's own word for a choice, looked up once: a display method translates all its choices each time."""

from functools import cache

from django.conf import settings
from django.utils.translation import override


@cache
def word(choices, value) -> str:
    with override(settings.LANGUAGE_CODE):
        return str(choices(value).label)
