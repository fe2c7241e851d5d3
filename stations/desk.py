"""What waits for a decision at stations: dangers, faults, photos, suggested sites."""


def awaiting_review():
    return []
