"""Finding by characters, by full pinyin and by its initials: 台州, taizhou, tz."""

import unicodedata
from functools import lru_cache

import pypinyin

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
