"""A JSON object with one long list, written item by item so that memory stays small."""

import json
from contextlib import contextmanager

text_of = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode


@contextmanager
def writing_list(path, name, *, head=None, tail=None):
    """Yields what takes the items. `head` stands before the list; `tail(count)` is asked at its end."""
    count = 0
    with path.open("w", encoding="utf-8", newline="\n") as file:

        def add(item):
            nonlocal count
            file.write(f"{',' if count else ''}\n{text_of(item)}")
            count += 1

        file.write("{" + "".join(f"{text_of(key)}:{text_of(value)}," for key, value in (head or {}).items()))
        file.write(f"{text_of(name)}:[")
        yield add
        file.write("\n]")
        for key, value in (tail(count) if tail else {}).items():
            file.write(f",{text_of(key)}:{text_of(value)}")
        file.write("}\n")
