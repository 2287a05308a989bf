"""``showlist review --shows``: look at doubtful merges of listings, and settle them.

What belongs here: asking and printing. What does not: what is doubtful (``domain.events.merging``)
and which names of venues may be one (``alias_proposals``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from rich.markup import escape

from showlist_assets.domain.clock_times import clock_time
from showlist_assets.domain.quantities import counted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import polars as pl
    from rich.console import Console

    from showlist_assets.wiring import Platform

_HELP: Final = "j = one show, p = two shows, Enter = leave it, q = quit"
_VENUE_HELP: Final = "y = one venue, Enter = leave it, q = quit"
_SHOWN: Final = (
    "title", "local_date", "starts_at_local", "venue_name", "venue_city", "platform", "ticket_url",
)  # fmt: skip


def list_shows(platform: Platform, console: Console, *, limit: int) -> int:
    """Print what ``review_shows`` would ask about; returns how many there are."""
    pairs, venues = _cases(platform, limit)
    for pair in pairs:
        _print_pair(pair, console)
    for venue in venues:
        _print_venue(venue, console)
    if not pairs and not venues:
        console.print("No merge of listings is in doubt.")
    return len(pairs) + len(venues)


def review_shows(
    platform: Platform, console: Console, *, limit: int, ask: Callable[[str], str] = input
) -> int:
    """Ask about each doubtful pair and each proposed alias, and write every answer at once.

    Returns:
        How many decisions were written; they take effect with the next run.

    Raises:
        ShowDecisionsError, StorageError: the file as it is cannot be used, read or written.
    """
    pairs, venues = _cases(platform, limit)
    if not pairs and not venues:
        console.print("No merge of listings is in doubt.")
    written = 0
    for entry in _answers(pairs, venues, console, ask):
        platform.show_decisions.add(entry)
        written += 1
    console.print(
        written_to(written, "decision", platform.show_decisions.uri),
        soft_wrap=True,
        markup=False,
    )
    return written


def written_to(count: int, noun: str, uri: str) -> str:
    """What became of a person's answers."""
    verb = "counts" if count == 1 else "count"
    return f"{counted(count, noun)} written to {uri}: {verb} from the next run on."


def _answers(
    pairs: list[dict[str, Any]],
    venues: list[dict[str, Any]],
    console: Console,
    ask: Callable[[str], str],
) -> Iterator[str]:
    """The entries that the answers make, one by one."""
    from showlist_assets.domain.events.show_decisions import join_entry, part_entry, venue_entry

    for pair in pairs:
        _print_pair(pair, console)
        said = ask(f"{_HELP}: ").strip().lower()
        if said == "q":
            return
        if said in ("j", "p"):
            entry = join_entry if said == "j" else part_entry
            yield entry(pair["one"]["id"], pair["other"]["id"])
    for venue in venues:
        _print_venue(venue, console)
        said = ask(f"{_VENUE_HELP}: ").strip().lower()
        if said == "q":
            return
        if said == "y":
            names = [venue["one_name"], venue["other_name"]]
            yield venue_entry(names, venue["city"], venue["state"])


def _cases(platform: Platform, limit: int) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Doubtful pairs, each with both listings, soonest first; and proposed names of one venue."""
    from showlist_assets.domain.events.alias_proposals import proposed_aliases
    from showlist_assets.domain.events.merged_shows import merged_listings

    raw = platform.tables.read_all("raw_events")
    decisions = platform.show_decisions.read()
    merged = merged_listings(raw, preferred=platform.event_source_names, decisions=decisions)
    pairs = [
        pair
        for pair in _with_listings(raw, merged.doubtful)
        if not decisions.decides(pair["one"]["key"], pair["other"]["key"])
    ]
    pairs.sort(key=lambda pair: (pair["one"]["local_date"] is None, pair["one"]["local_date"]))
    known = {frozenset((venue.state, *venue.names)) for venue in decisions.venues}
    venues = [
        row
        for row in proposed_aliases(raw, merged).to_dicts()
        if frozenset((row["state"], row["one_name"], row["other_name"])) not in known
    ]
    return pairs[:limit], venues[: max(0, limit - len(pairs))]


def _with_listings(raw: pl.DataFrame, doubtful: pl.DataFrame) -> list[dict[str, Any]]:
    from showlist_assets.domain.events.show_decisions import listing_id

    wanted = {
        (row[f"{side}_source"], row[f"{side}_event_id"])
        for row in doubtful.iter_rows(named=True)
        for side in ("one", "other")
    }
    listed = {
        key: {**row, "key": key, "id": listing_id(*key)}
        for row in raw.select("source", "event_id", *_SHOWN).iter_rows(named=True)
        if (key := (row["source"], row["event_id"])) in wanted
    }
    return [
        {
            "merged": row["merged"],
            "why": row["why"],
            "one": listed[row["one_source"], row["one_event_id"]],
            "other": listed[row["other_source"], row["other_event_id"]],
        }
        for row in doubtful.iter_rows(named=True)
    ]


def _print_pair(pair: dict[str, Any], console: Console) -> None:
    now = "one show now" if pair["merged"] else "two shows now"
    console.print(f"\n[bold]{now}[/bold]: {escape(pair['why'])}", soft_wrap=True)
    for side in ("one", "other"):
        row = pair[side]
        start = row["starts_at_local"]
        when = (
            f"{start:%a %d %b %Y} {clock_time(start)}"
            if start
            else f"{row['local_date']}, no time yet"
        )
        where = ", ".join(filter(None, (row["venue_name"], row["venue_city"])))
        console.print(f"  {escape(row['title'])}", soft_wrap=True)
        console.print(
            f"    {when}; {escape(where)}; {escape(row['platform'])}; {escape(row['id'])}",
            soft_wrap=True,
        )
        if row["ticket_url"]:
            console.print(f"    {escape(row['ticket_url'])}", soft_wrap=True)


def _print_venue(venue: dict[str, Any], console: Console) -> None:
    console.print(
        f"\n[bold]one venue?[/bold] {escape(venue['one_name'])} and "
        f"{escape(venue['other_name'])} in {escape(venue['city'])}, {venue['state']}: "
        f"{counted(venue['shows'], 'show was', 'shows were')} listed under both names.",
        soft_wrap=True,
    )
