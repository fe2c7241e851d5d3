"""A "no" that carries its sentence: what is wrong, and what the person can do about it."""


class Refusal(Exception):
    """Raised by a verb that must not go on.

    `code` is for programs (`"full"`), `sentence` for people, translated when it is shown.
    """

    def __init__(self, code, sentence):
        super().__init__(code)
        self.code = code
        self.sentence = sentence

    def __str__(self):
        return str(self.sentence)


def first_refusal(checks, *subjects):
    """The first refusal that `checks` raise for the subjects, or None: the same list guards and explains."""
    try:
        for check in checks:
            check(*subjects)
    except Refusal as refusal:
        return refusal
    return None
