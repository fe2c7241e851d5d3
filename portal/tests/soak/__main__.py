"""`python -m portal.tests.soak`: a run with its table; 1 when anything went wrong."""

import sys
from argparse import ArgumentParser
from functools import partial

from portal.tests import own_server
from portal.tests.soak import report, run
from portal.tests.soak.plan import Run


def main():
    words = ArgumentParser(prog="python -m portal.tests.soak", description=__doc__)
    words.add_argument("--operations", type=int, default=200_000)
    words.add_argument("--stops", type=int, default=20, help="of the server, hard")
    words.add_argument("--seed", type=int, default=1)
    words.add_argument("--clients", type=int, default=32)
    wanted = Run(**vars(words.parse_args()))
    if not own_server.programs():
        print("This needs PostgreSQL's initdb and pg_ctl. On Debian: apt-get install postgresql")
        return 1
    with own_server.running() as server:
        outcome = run.soak(server, wanted, say=partial(print, flush=True))
    print(f"\n{report.table(outcome)}")
    return 0 if outcome.is_right else 1


if __name__ == "__main__":
    sys.exit(main())
