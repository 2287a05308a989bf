"""The fault drill: a world of faults and kills must end with the tables of a world without.

python -m showlist_assets_tests.drill --seed 7 --days 14
python -m showlist_assets_tests.drill --sources ticketmaster,seatgeek --down ticketmaster:4:3
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from showlist_assets.domain.states import parse_states
from showlist_assets_tests.drill.comparison import differences
from showlist_assets_tests.drill.simulated_life import Drill, Life, live
from showlist_assets_tests.drill.trouble import Outage, bad_days

if TYPE_CHECKING:
    from collections.abc import Sequence

    from showlist_assets_tests.drill.trouble import BadDay


def both_worlds(
    drill: Drill, trouble: Sequence[BadDay], folder: Path, *, quiet: bool = False
) -> tuple[Life, Life]:
    """The world without faults and the one with them, lived through side by side."""
    with ThreadPoolExecutor() as pool:
        calm = pool.submit(live, drill, folder / "calm", [], _silence)
        troubled = pool.submit(
            live, drill, folder / "troubled", trouble, _silence if quiet else _say
        )
        return calm.result(), troubled.result()


def verdict(calm: Life, troubled: Life) -> list[str]:
    """Everything that is not as it should be."""
    waiting = {"without": calm.promises.pending, "with": troubled.promises.pending}
    return [
        *(f"without faults: {each}" for each in calm.promises.broken),
        *troubled.promises.broken,
        *(f"{count} pending {which} faults" for which, count in waiting.items() if count),
        *differences(calm.store, troubled.store),
    ]


def main() -> int:
    """Run the drill; the exit status is 1 where something is not as it should be."""
    options, began = _options(), time.monotonic()
    drill = Drill(
        tuple(parse_states(options.states)),
        options.days,
        options.tail,
        options.budget,
        sources=tuple(options.sources.split(",")),
    )
    trouble = bad_days(options.seed, drill.days, drill.sources)
    for outage in options.down:
        trouble = outage.added_to(trouble)
    with tempfile.TemporaryDirectory() as folder:
        calm, troubled = both_worlds(drill, trouble, Path(folder))
        wrong = verdict(calm, troubled)
    _say(
        f"{troubled.kills} kills, {troubled.failed_runs} failed runs; {troubled.calls} Spotify "
        f"calls with faults, {calm.calls} without; {time.monotonic() - began:.0f} s"
    )
    for each in wrong:
        _say(f"WRONG (seed {options.seed}): {each}")
    if not wrong:
        _say("Every promise held, and all tables are those of the world without faults.")
    return int(bool(wrong))


def _options() -> argparse.Namespace:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--seed", type=int, default=7)
    arguments.add_argument("--days", type=int, default=14, help="days of trouble")
    arguments.add_argument("--tail", type=int, default=5, help="quiet days after them")
    arguments.add_argument("--states", default="MA,IN,NV", help="USPS codes")
    arguments.add_argument("--budget", type=int, default=12, help="Spotify calls in 24 hours")
    arguments.add_argument("--sources", default="seatgeek", help="event sources, with commas")
    arguments.add_argument(
        "--down",
        type=_outage,
        action="append",
        default=[],
        metavar="SOURCE:FIRST:DAYS",
        help="a source that answers nothing from the day FIRST on (0 is the first), for DAYS",
    )
    return arguments.parse_args()


def _outage(text: str) -> Outage:
    source, first, days = text.split(":")
    return Outage(source, int(first), int(days))


def _say(line: str) -> None:
    print(line, flush=True)


def _silence(_: str) -> None:
    pass


if __name__ == "__main__":
    sys.exit(main())
