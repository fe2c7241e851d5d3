"""What waits for a decision at the counter: redemptions to hand over."""


def awaiting_review():
    return []
