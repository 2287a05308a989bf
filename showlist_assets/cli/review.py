"""``showlist review``: look at the weakest and most visible decisions, and correct them."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markup import escape

from showlist_assets.cli.options import BASE, Base, OfDemo, World, platform_of
from showlist_assets.cli.options import console as terminal
from showlist_assets.cli.review_shows import list_shows, review_shows, written_to
from showlist_assets.cli.to_hear import COLUMNS, what_to_hear
from showlist_assets.domain.quantities import counted

if TYPE_CHECKING:
    from collections.abc import Callable

    from rich.console import Console

    from showlist_assets.domain.matching.overrides import Override
    from showlist_assets.wiring import Platform

_CANDIDATES = 5
_HELP = "number = that artist, n = nobody, k = keep, a link or id, Enter = skip, q = quit"


def review(
    limit: Annotated[int, typer.Option(min=1, help="How many decisions to look at.")] = 20,
    sandbox: OfDemo = False,
    world: World = None,
    home: Base = BASE,
    listing: Annotated[bool, typer.Option("--list", help="Print them, ask nothing.")] = False,
    shows: Annotated[
        bool, typer.Option("--shows", help="Merged listings instead of matched artists.")
    ] = False,
) -> None:
    """Look at the weakest and most visible decisions, and correct them for good.

    Matches are corrected in overrides.yaml, merges of listings (--shows) in shows.yaml.
    """
    platform = platform_of(home, world, sandbox=sandbox)
    if listing or not sys.stdin.isatty():
        (list_shows if shows else list_cases)(platform, terminal, limit=limit)
    else:
        (review_shows if shows else review_cases)(platform, terminal, limit=limit)


def cases_of(platform: Platform, *, limit: int) -> list[dict[str, Any]]:
    """The decisions most worth a look, as ``domain.matching.review`` orders them.

    What the overrides already answer is left out, though no run has followed them yet.

    Raises:
        OverridesError: the file of overrides cannot be used.
    """
    import polars as pl

    from showlist_assets.domain.matching.review import to_review
    from showlist_assets.domain.matching.songs import without_song

    answered = platform.overrides.read()
    matched = platform.tables.read_all("matched_artists")
    found = to_review(
        matched.filter(~pl.col("performer_key").is_in(list(answered))),
        platform.tables.read_all("expanded_artists"),
        today=platform.now().date(),
        limit=limit,
        without_song=without_song(what_to_hear(platform, matched.select(COLUMNS))),
    )
    return found.to_dicts()


def list_cases(platform: Platform, console: Console, *, limit: int) -> int:
    """Print what ``review_cases`` would ask about, and ask nothing; returns how many there are."""
    cases = cases_of(platform, limit=limit)
    for case in cases:
        _print_case(case, console)
    if not cases:
        console.print(_why_none(platform))
    return len(cases)


def _why_none(platform: Platform) -> str:
    if platform.tables.states("matched_artists"):
        return "There is nothing to review."
    return "There is nothing to review yet: nobody was looked up on Spotify."


def review_cases(
    platform: Platform, console: Console, *, limit: int, ask: Callable[[str], str] = input
) -> int:
    """Ask about each decision, and write every answer to the file of overrides at once.

    Args:
        platform: Whose tables and overrides.
        console: Where the cases are printed.
        limit: How many decisions at most.
        ask: Puts a question and returns the answer.

    Returns:
        How many overrides were written; they take effect with the next run.

    Raises:
        OverridesError: the file as it is cannot be used.
        StorageError: the file cannot be written.
    """
    written = 0
    cases = cases_of(platform, limit=limit)
    if not cases:
        console.print(_why_none(platform))
    for case in cases:
        _print_case(case, console)
        answer = _answer(case, console, ask)
        if answer == "q":
            break
        if answer is None:
            continue
        platform.overrides.add(_override(case, answer, ask("note (Enter for none): ").strip()))
        written += 1
    said = written_to(written, "override", platform.overrides.uri)
    console.print(said, soft_wrap=True, markup=False)
    return written


def _answer(case: dict[str, Any], console: Console, ask: Callable[[str], str]) -> str | None:
    """An artist id, "nobody", "q", or None for a case that is skipped."""
    from showlist_assets.domain.matching.overrides import artist_id_from

    while True:
        said = ask(f"{_HELP}: ").strip()
        if not said:
            return None
        if said.lower() in ("q", "n"):
            return "q" if said.lower() == "q" else "nobody"
        if said.lower() == "k":
            return case["spotify_artist_id"] or "nobody"
        candidates = _candidates(case)
        if said.isdecimal() and 1 <= int(said) <= len(candidates):
            return str(candidates[int(said) - 1]["artist_id"])
        artist_id = artist_id_from(said)
        if artist_id:
            return artist_id
        console.print(f"{said!r} is none of these: {_HELP}.", markup=False)


def _override(case: dict[str, Any], answer: str, note: str) -> Override:
    from showlist_assets.domain.matching.overrides import Override

    return Override(
        performer=case["performer_name"],
        performer_key=case["performer_key"],
        artist_id=None if answer == "nobody" else answer,
        note=note,
    )


def _print_case(case: dict[str, Any], console: Console) -> None:
    when = case["next_show_on"] or "no date yet"
    role = "headliner" if case["billing"] == 1 else "support"
    console.print(f"\n[bold]{escape(case['performer_name'])}[/bold]  ({escape(case['why'])})")
    shows = counted(case["shows"], "show")
    console.print(
        f"  {when}, {escape(case['venue_city'] or '')} {case['state']}; {role}, {shows}",
        soft_wrap=True,
    )
    decided = case["spotify_artist_name"] or "nobody"
    console.print(f"  decided: {escape(decided)}. {escape(case['reason'])}", soft_wrap=True)
    for number, candidate in enumerate(_candidates(case), start=1):
        facts = [*candidate["genres"][:3]]
        if candidate["popularity"] is not None:
            facts.append(f"popularity {candidate['popularity']}")
        about = f" ({', '.join(facts)})" if facts else ""
        console.print(
            f"  {number}  {escape(candidate['name'] + about)}  "
            f"https://open.spotify.com/artist/{candidate['artist_id']}",
            soft_wrap=True,
        )


def _candidates(case: dict[str, Any]) -> list[dict[str, Any]]:
    """Five different artists that the searches returned, those of the most similar name first."""
    from showlist_assets.domain.matching.review import name_similarity

    distinct: dict[str, dict[str, Any]] = {}
    for candidate in case["candidates"]:
        distinct.setdefault(candidate["artist_id"], candidate)
    billed = case["performer_name"]
    nearest_first = sorted(
        distinct.values(), key=lambda candidate: -name_similarity(billed, candidate["name"])
    )
    return nearest_first[:_CANDIDATES]
