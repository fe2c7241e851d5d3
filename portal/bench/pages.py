"""Pages and verbs beside the floors: requests a second, as shares of each other."""

from portal.bench import report, rows
from portal.bench.client import fire
from portal.bench.world import World


def measure(*, rounds, seconds, people) -> tuple[str, str]:
    """What was measured on what, and the table."""
    world = World(people)
    floors = rows.the_floors()
    everything = [*floors, *rows.the_pages(), *rows.the_verbs(world)]
    # The first round warms up. Rows take turns, so that whatever else the machine does hits all alike.
    rates = [one_round(everything, seconds) for _n in range(rounds + 1)][1:]
    table = report.table([row.name for row in everything], [row.name for row in floors], rates)
    return report.machine(rounds, seconds), table


def one_round(everything, seconds) -> dict:
    rates = {}
    for row in everything:
        rates[row.name] = fire(row.requests(), status=row.status, seconds=seconds)
        row.undo()
    print(".", end="", flush=True)
    return rates
