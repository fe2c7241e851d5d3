"""Finding by characters, by full pinyin and by its initials: 台州, taizhou, tz."""

import unicodedata
from functools import lru_cache

import pypinyin
from django.db.models import Q

# Place names that the dictionary reads wrongly, with their syllables. Alone, 长 in a place name is cháng.
PLACES = {
    "莲都": ["lian", "du"],
    "乐成": ["yue", "cheng"],
    "会稽": ["kuai", "ji"],
    "莘塍": ["xin", "cheng"],
    "崧厦": ["song", "xia"],
}
pypinyin.load_phrases_dict({name: [[part] for part in syllables] for name, syllables in PLACES.items()})
pypinyin.load_single_dict({ord("长"): "cháng,zhǎng"})


def plain(text) -> str:
    """The letters and digits alone: `Wi-Fi`, `ＷＩＦＩ` and `wi fi` are one word."""
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKC", text).casefold()))


def indexed(*texts) -> str:
    """All that may be typed to find these texts: each as it is, in pinyin, in initials."""
    found = (word for text in filter(None, map(plain, texts)) for word in readings(text))
    return " ".join(dict.fromkeys(found))


@lru_cache(maxsize=1024)
def readings(text) -> list[str]:
    if text.isascii():
        return [text]
    syllables = pypinyin.lazy_pinyin(text)
    initials = (part if part.isdigit() else part[0] for part in syllables)
    return [text, "".join(syllables), "".join(initials)]


def words(text) -> list[str]:
    """What somebody typed as the words that must all be found in `indexed` texts."""
    return [word for word in map(plain, text.replace("\0", "").split()) if word]


ENDING = 4  # digits of a number that somebody remembers
LOOKUPS = ("contains", "icontains", "startswith", "endswith", "exact", "iexact")


def matches(paths, text) -> Q:
    """Rows in which every word is found along one of the paths, each with a lookup or without.

    A path to a `search` field finds pinyin too; what ends with `__endswith` is a number, which is
    looked up only for its last four digits or more.
    """
    found = Q()
    for typed in text.replace("\0", "").split():
        found &= found_along(paths, typed)
    return found


def found_along(paths, typed) -> Q:
    found, word = Q(), plain(typed)
    for path in paths:
        last = path.rsplit("__", 1)[-1]
        if last == "search":
            found |= Q(**{f"{path}__contains": word}) if word else Q()
        elif last == "endswith":
            found |= Q(**{path: word}) if word.isdecimal() and len(word) >= ENDING else Q()
        elif last in LOOKUPS:
            found |= Q(**{path: typed.casefold()})
        else:
            found |= Q(**{f"{path}__icontains": typed})
    return found or Q(pk__in=[])
