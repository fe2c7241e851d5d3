"""What waits for a decision about volunteers: credentials, hours to confirm."""


def awaiting_review():
    return []
