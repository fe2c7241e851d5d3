"""Pages and verbs beside the floors: requests a second, as shares of each other."""

from portal.bench import report, rows
from portal.bench.world import World


def measure(*, rounds, seconds, people) -> tuple[str, str]:
    """What was measured on what, and the table."""
    world = World(people)
    floors = rows.the_floors()
    everything = [*floors, *rows.the_pages(), *rows.the_verbs(world)]
    rates = []
    for each in rows.in_turns(everything, rounds, seconds):
        rates.append(each)
        print(".", end="", flush=True)
    table = report.table([row.name for row in everything], [row.name for row in floors], rates)
    return report.machine(rounds, seconds), table
