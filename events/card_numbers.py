"""Numbers of points cards: nine drawn digits and a check digit by Luhn's rule (ISO/IEC 7812-1).

The rule finds every single wrong digit and every swap of two neighbours but 09 and 90. Cards of earlier times
have eight digits without a check digit. Whatever is longer is a code from a phone, see `passes.new_code`.
"""

import re
import secrets
import unicodedata

LENGTH = 10
BEFORE = 8  # digits of the cards issued until 2026, all of them drawn


def plain(text: str) -> str:
    """As it is kept: without the gaps in which it is printed, whatever keyboard has typed it."""
    return re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", text))


def draw() -> str:
    digits = f"{secrets.randbelow(10 ** (LENGTH - 1)):0{LENGTH - 1}d}"
    return digits + check_digit(digits)


def check_digit(digits: str) -> str:
    doubled = [int(digit) * 2 for digit in digits[::-2]]
    total = sum(n - 9 if n > 9 else n for n in doubled) + sum(map(int, digits[-2::-2]))
    return str(-total % 10)


def is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal()


def is_mistyped(number: str) -> bool:
    """Whether these digits cannot be on any card."""
    if len(number) == BEFORE:
        return False
    return len(number) != LENGTH or check_digit(number[:-1]) != number[-1]


def is_code(text: str) -> bool:
    return is_number(text) and len(text) > LENGTH


def grouped(number: str) -> str:
    """12 3456 7890, as people read it out."""
    return " ".join(filter(None, (number[:-8], number[-8:-4], number[-4:])))
