"""A run as a table to read."""


def table(outcome) -> str:
    run = outcome.run
    head = {
        "operations": run.operations,
        "seed, clients": f"{run.seed}, {run.clients}",
        "seconds": f"{outcome.seconds:.1f}",
        "operations a second": f"{run.operations / outcome.seconds:.0f}",
        "hard stops of the server": outcome.stops,
    }
    counts = {told(what): n for what, n in sorted(outcome.counts.items(), key=lambda item: told(item[0]))}
    verdict = "Everything is as it was answered." if outcome.is_right else "SOMETHING IS WRONG."
    parts = (lines(head), lines(counts), lines(outcome.broken), "\n".join([*outcome.wrong, verdict]))
    return "\n\n".join(parts)


def told(what):
    return what if isinstance(what, str) else ": ".join(map(str, what))


def lines(rows):
    return "\n".join(f"{what:<46}{n if isinstance(n, str) else f'{n:,}':>12}" for what, n in rows.items())
