"""The charts on the first page of the workplace, counted over what the reader reaches."""


def charts(reached) -> list:
    return []
