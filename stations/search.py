"""Finding by characters, by full pinyin and by its initials: 台州, taizhou, tz."""

import unicodedata

import pypinyin

# Place names that the dictionary reads wrongly, with their syllables.
PLACES = {"莲都": ["lian", "du"]}
pypinyin.load_phrases_dict({name: [[part] for part in syllables] for name, syllables in PLACES.items()})


def plain(text) -> str:
    """The letters and digits alone: `Wi-Fi`, `ＷＩＦＩ` and `wi fi` are one word."""
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKC", text).casefold()))


def indexed(*texts) -> str:
    """All that may be typed to find these texts: each as it is, in pinyin, in initials."""
    words = []
    for text in filter(None, map(plain, texts)):
        syllables = pypinyin.lazy_pinyin(text)
        words += [text, "".join(syllables), "".join(part[0] for part in syllables)]
    return " ".join(dict.fromkeys(words))


def words(text) -> list[str]:
    """What somebody typed as the words that must all be found in `indexed` texts."""
    return [word for word in map(plain, text.replace("\0", "").split()) if word]
