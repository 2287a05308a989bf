"""A whole world told by two sources at once: is any show doubled, lost or taken for another one?

    python -m showlist_assets_tests.benchmarks.two_sources --world FOLDER [--songs NY,PA]

The sandbox deals the concerts of a world folder (docs/sandbox.md) to SeatGeek, to Ticketmaster or
to both, and Ticketmaster tells them in its own way: other titles, other spellings of the house,
doors for the show, tickets that are resold, offers and early and late sessions. The real clients
fetch both, the platform merges, and the sandbox knows of which show each listing truly is.

With ``--songs`` the whole pipeline runs over these states (``all`` for every one), and the share of
the concerts is told that is in ``shows``, in ``upcoming_shows``, and there with a song.
"""

from __future__ import annotations

import argparse
import logging
import sys
import tempfile
import time
from collections import defaultdict
from dataclasses import dataclass, field
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING, Final

import polars as pl

from showlist_assets.domain.events.merged_shows import merged_shows
from showlist_assets.domain.events.show_decisions import ShowDecisions
from showlist_assets.domain.states import STATE_CODES, parse_states
from showlist_assets.sandbox.apis.ticketmaster.listings import first_listed
from showlist_assets.sandbox.config import SandboxConfig
from showlist_assets.sandbox.server import run_sandbox
from showlist_assets.services.event_fetching import fetch_events
from showlist_assets.settings import load_settings
from showlist_assets.wiring import Platform
from showlist_assets_tests.clock import NOW, pin

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from showlist_assets.sandbox.server import Sandbox
    from showlist_assets.storage.tables import TableStore

SOURCES: Final = ("ticketmaster", "seatgeek")
_SHOWN: Final = 12
_ENOUGH_CALLS: Final = 1_000_000


@dataclass
class Told:
    """What became of the true shows.

    Attributes:
        listings: By source, how many listings came.
        true_shows: How many shows these are truly of.
        shows: How many the platform has.
        doubled: True shows that the platform has more than once, with its ids.
        fused: Ids under which it has several true shows, with these.
        lost: Concerts of the world that are in no show.
    """

    listings: dict[str, int]
    true_shows: int
    shows: int
    doubled: dict[str, list[str]] = field(default_factory=dict)
    fused: dict[str, list[str]] = field(default_factory=dict)
    lost: list[str] = field(default_factory=list)


def config_of(world: Path | None, sources: Sequence[str] = SOURCES) -> SandboxConfig:
    """The sandbox of a measurement: every limit is far."""
    return SandboxConfig(
        world=world,
        sources=tuple(sources),
        dealt="split" if len(sources) > 1 else "both",
        ticketmaster_quota=_ENOUGH_CALLS,
        daily_quota=_ENOUGH_CALLS,
        window_limit=_ENOUGH_CALLS,
        clock=NOW,
    )


def fetched_and_merged(
    sandbox: Sandbox, folder: Path, states: Sequence[str]
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """``raw_events`` of the real clients, and the ``shows`` that they make."""
    platform = Platform(
        load_settings(
            **sandbox.env(),
            SHOWLIST_DATA_ROOT=str(folder / "data"),
            SHOWLIST_EVENT_SOURCES=",".join(sandbox.state.config.sources),
        )
    )
    fetched = fetch_events(
        platform.event_sources(), states, now=NOW, log=logging.getLogger(__name__)
    )
    if fetched.failures:
        raise RuntimeError(f"A source did not answer: {fetched.failures}")
    raw = pl.concat(fetched.good)
    merged = merged_shows(raw, preferred=platform.event_source_names, decisions=ShowDecisions())
    return raw, merged.shows


def judged(
    raw: pl.DataFrame,
    shows: pl.DataFrame,
    truth: Mapping[tuple[str, str], str],
    events: Sequence[str],
) -> Told:
    """Compare what was merged with what is true.

    Args:
        raw: ``RawEvents``.
        shows: ``Shows`` made of it.
        truth: By source and id, the show that a listing is of; "" for none.
        events: The concerts that should be there.
    """
    places: dict[str, set[str]] = defaultdict(set)
    held: dict[str, set[str]] = defaultdict(set)
    for show_id, source, event_id in _listings(shows).iter_rows():
        show = truth[source, event_id]
        if show:
            places[show].add(show_id)
            held[show_id].add(show)
    came = raw.get_column("source").value_counts().sort("source")
    return Told(
        listings=dict(came.iter_rows()),
        true_shows=len(places),
        shows=shows.height,
        doubled={show: sorted(ids) for show, ids in places.items() if len(ids) > 1},
        fused={show_id: sorted(them) for show_id, them in held.items() if len(them) > 1},
        lost=[event for event in events if event not in places],
    )


def _listings(shows: pl.DataFrame) -> pl.DataFrame:
    """Show, source and id of every listing."""
    return (
        shows.select("show_id", "listings")
        .explode("listings")
        .unnest("listings")
        .select("show_id", "source", "event_id")
    )


def truth_of(sandbox: Sandbox) -> dict[tuple[str, str], str]:
    """By source and id, the show that a listing of the sources that are asked is truly of."""
    asked = sandbox.state.config.sources
    return {key: show for key, show in sandbox.listed_shows().items() if key[0] in asked}


def shows_of_events(
    shows: pl.DataFrame, truth: Mapping[tuple[str, str], str]
) -> dict[str, set[str]]:
    """By each true show, the ids under which the platform has it."""
    found: dict[str, set[str]] = defaultdict(set)
    for show_id, source, event_id in _listings(shows).iter_rows():
        found[truth[source, event_id]].add(show_id)
    return found


def events_of(sandbox: Sandbox, states: Collection[str]) -> list[str]:
    """The world's coming concerts in ``states``, each once; neither plays nor other countries."""
    events, now = sandbox.state.events.events, sandbox.state.clock.now().replace(tzinfo=None)
    firsts = first_listed(events)
    return sorted(
        {
            str(firsts[one.id])
            for one in events
            if one.type in ("concert", "music_festival")
            and one.venue.state in states
            and one.venue.country == "US"
            and (one.ends_at_utc or one.starts_at_utc) >= now
        }
    )


def coverage(
    store: TableStore, events: Sequence[str], truth: Mapping[tuple[str, str], str]
) -> dict[str, int]:
    """How many of ``events`` are in ``shows``, in ``upcoming_shows``, and there with a song."""
    shows = store.read_all("shows")
    ids = shows_of_events(shows, truth)
    off = set(shows.filter(pl.col("status").is_in(["cancelled", "postponed"]))["show_id"])
    upcoming = store.read_all("upcoming_shows")
    there = set(upcoming["show_id"])
    heard = set(upcoming.filter(pl.col("track_id").is_not_null())["show_id"])
    return {
        "handed in": len(events),
        "in shows": sum(one in ids for one in events),
        "of these called off": sum(bool(ids[one]) and ids[one] <= off for one in events),
        "in upcoming_shows": sum(bool(ids[one] & there) for one in events),
        "with a song": sum(bool(ids[one] & heard) for one in events),
    }


def measure(world: Path | None, songs: Sequence[str] = ()) -> None:
    """Print what became of the world's concerts, told by two sources and by one."""
    states = STATE_CODES
    two = told(config_of(world), states)
    one = told(config_of(world, ("seatgeek",)), states)
    wrong = fused_by_the_second(two, one)
    listings = ", ".join(f"{count} of {name}" for name, count in two.listings.items())
    print(f"concerts of the world: {one.true_shows}; told by SeatGeek alone: {one.shows} shows,")
    print(f"  because {len(one.fused)} have several of its listings, which one source has twice")
    print(f"listings of both: {listings}, of {two.true_shows} true shows; {two.shows} shows")
    print(f"lost: {len(two.lost)} {two.lost[:_SHOWN]}")
    share = len(two.doubled) / two.true_shows
    print(f"doubled: {len(two.doubled)} ({share:.2%}) {list(two.doubled)[:_SHOWN]}")
    print(f"fused by the second source: {len(wrong)} {wrong[:_SHOWN]}")
    if songs:
        _measure_songs(world, songs)


def fused_by_the_second(two: Told, one: Told) -> list[list[str]]:
    """True shows in one of the platform's, which are not so where one source tells them all."""
    known = {pair for them in one.fused.values() for pair in combinations(them, 2)}
    return [them for them in two.fused.values() if not known.issuperset(combinations(them, 2))]


def told(config: SandboxConfig, states: Sequence[str]) -> Told:
    """What becomes of the concerts of a sandbox in ``states``."""
    with tempfile.TemporaryDirectory() as folder, run_sandbox(config) as sandbox:
        raw, shows = fetched_and_merged(sandbox, Path(folder), states)
        return judged(raw, shows, truth_of(sandbox), events_of(sandbox, states))


def _measure_songs(world: Path | None, states: Sequence[str]) -> None:
    with tempfile.TemporaryDirectory() as folder, run_sandbox(config_of(world)) as sandbox:
        began = time.monotonic()
        store = _materialized(sandbox, Path(folder), states)
        events = events_of(sandbox, states)
        found = coverage(store, events, truth_of(sandbox))
        print(f"{len(states)} states through the whole pipeline, {time.monotonic() - began:.0f} s")
    for name, count in found.items():
        print(f"  {name}: {count} ({count / max(1, len(events)):.4f})")


def _materialized(sandbox: Sandbox, folder: Path, states: Sequence[str]) -> TableStore:
    """The tables after a refresh of ``states``, as the schedule starts it."""
    import dagster as dg

    from showlist_assets.definitions import build_definitions
    from showlist_assets.defs.partitions import range_tags, ranges_covering

    settings = load_settings(
        **sandbox.env(),
        SHOWLIST_DATA_ROOT=str(folder / "data"),
        SHOWLIST_EVENT_SOURCES=",".join(sandbox.state.config.sources),
        SHOWLIST_OVERRIDES=str(folder / "overrides.yaml"),
        SHOWLIST_SHOW_DECISIONS=str(folder / "shows.yaml"),
    )
    platform = Platform(settings)
    job = build_definitions(platform=platform).resolve_job_def("refresh_states")
    quiet = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
    (folder / "dagster").mkdir()
    with dg.DagsterInstance.ephemeral(str(folder / "dagster")) as instance:
        for first, last in ranges_covering(list(states), among=STATE_CODES):
            job.execute_in_process(
                instance=instance, tags=range_tags(first, last), run_config=quiet
            )
    return platform.tables


def main() -> int:
    """Measure; the exit status is 1 where there is nothing to measure."""
    arguments = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    arguments.add_argument("--world", type=Path, required=True, help="a folder with events.csv")
    arguments.add_argument("--songs", default="", help="USPS codes, or all")
    options = arguments.parse_args()
    if not (options.world / "events.csv").is_file():
        print(f"{options.world} has no events.csv: there is nothing to measure.")
        return 1
    pin()
    named = ",".join(STATE_CODES) if options.songs == "all" else options.songs
    measure(options.world, parse_states(named) if named else [])
    return 0


if __name__ == "__main__":
    sys.exit(main())
