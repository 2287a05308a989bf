"""``showlist review``: look at the weakest and most visible decisions, and correct them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl
from rich.markup import escape

from showlist_assets.domain.matching.overrides import (
    Override,
    OverridesError,
    artist_id_from,
    parse_overrides,
    with_override,
)
from showlist_assets.domain.matching.review import name_similarity, to_review
from showlist_assets.storage.tables import LocalFiles, StorageError

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    from rich.console import Console

    from showlist_assets.storage.tables import TableStore

_CANDIDATES = 5
_HELP = "number = that artist, n = nobody, k = keep, a link or id, Enter = skip, q = quit"


def cases_of(
    store: TableStore, *, now: datetime, limit: int, path: Path | None = None
) -> list[dict[str, Any]]:
    """The decisions most worth a look, as ``domain.reviewing`` orders them.

    What the file ``path`` already answers is left out, though no run has followed it yet.

    Raises:
        OverridesError: the file cannot be used.
    """
    answered = parse_overrides(_text_of(path), source=str(path)) if path else {}
    matched = store.read_all("matched_artists")
    found = to_review(
        matched.filter(~pl.col("performer_key").is_in(list(answered))),
        store.read_all("expanded_artists"),
        today=now.date(),
        limit=limit,
    )
    return found.to_dicts()


def list_cases(
    store: TableStore, console: Console, *, now: datetime, limit: int, path: Path | None = None
) -> int:
    """Print what ``review_cases`` would ask about, and ask nothing; returns how many there are."""
    cases = cases_of(store, now=now, limit=limit, path=path)
    for case in cases:
        _print_case(case, console)
    if not cases:
        console.print("There is nothing to review.")
    return len(cases)


def review_cases(
    store: TableStore,
    path: Path,
    console: Console,
    *,
    now: datetime,
    limit: int,
    ask: Callable[[str], str] = input,
) -> int:
    """Ask about each decision, and write every answer to ``path`` at once.

    Args:
        store: The record.
        path: ``overrides.yaml``.
        console: Where the cases are printed.
        now: The present (UTC).
        limit: How many decisions at most.
        ask: Puts a question and returns the answer.

    Returns:
        How many overrides were written; they take effect with the next run.

    Raises:
        OverridesError: the file as it is cannot be used.
        StorageError: the file cannot be written.
    """
    written = 0
    cases = cases_of(store, now=now, limit=limit, path=path)
    if not cases:
        console.print("There is nothing to review.")
    for case in cases:
        _print_case(case, console)
        answer = _answer(case, console, ask)
        if answer == "q":
            break
        if answer is None:
            continue
        _write(path, _override(case, answer, ask("note (Enter for none): ").strip()))
        written += 1
    console.print(f"{written} overrides written to {path}; they count from the next run on.")
    return written


def _answer(case: dict[str, Any], console: Console, ask: Callable[[str], str]) -> str | None:
    """An artist id, "nobody", "q", or None for a case that is skipped."""
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
    shows = f"{case['shows']} show{'s' if case['shows'] > 1 else ''}"
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
    distinct: dict[str, dict[str, Any]] = {}
    for candidate in case["candidates"]:
        distinct.setdefault(candidate["artist_id"], candidate)
    billed = case["performer_name"]
    nearest_first = sorted(
        distinct.values(), key=lambda candidate: -name_similarity(billed, candidate["name"])
    )
    return nearest_first[:_CANDIDATES]


def _text_of(path: Path) -> str:
    """The file's text with its line breaks as they are; empty where there is no file."""
    try:
        return path.read_bytes().decode("utf-8") if path.is_file() else ""
    except UnicodeDecodeError as error:
        raise OverridesError(f"{path}: is not UTF-8 text. Save it as UTF-8.") from error
    except OSError as error:
        raise StorageError(
            f"Cannot read {path}: {error.strerror or error}. Point SHOWLIST_OVERRIDES at a file "
            "that this user may read."
        ) from error


def _write(path: Path, override: Override) -> None:
    """Put ``override`` into the file, as a whole or not at all."""
    text = with_override(_text_of(path), override, source=str(path))
    # A link to a file kept elsewhere stays a link.
    file = path.expanduser().resolve()
    try:
        LocalFiles(file.parent).write(file.name, text.encode("utf-8"))
    except StorageError as error:
        raise StorageError(
            f"Cannot write {path}: {error.__cause__}. Point SHOWLIST_OVERRIDES at a file that this "
            "user may write."
        ) from error
