"""``showlist review``: look at the weakest and most visible decisions, and correct them."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from showlist_assets.domain.overrides import Override, artist_id_from, with_override
from showlist_assets.domain.reviewing import name_similarity, to_review
from showlist_assets.tables import StorageError

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from rich.console import Console

    from showlist_assets.tables import TableStore

_CANDIDATES = 5
_HELP = "number = that artist, n = nobody, k = keep, a link or id, Enter = skip, q = quit"


def cases_of(store: TableStore, *, now: datetime, limit: int) -> list[dict[str, Any]]:
    """The decisions most worth a look, as ``domain.reviewing`` orders them."""
    found = to_review(
        store.read_all("matched_artists"),
        store.read_all("expanded_artists"),
        today=now.date(),
        limit=limit,
    )
    return found.to_dicts()


def list_cases(store: TableStore, console: Console, *, now: datetime, limit: int) -> int:
    """Print the decisions and ask nothing; returns how many there are."""
    cases = cases_of(store, now=now, limit=limit)
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
    cases = cases_of(store, now=now, limit=limit)
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
        if said in ("q", "n"):
            return "q" if said == "q" else "nobody"
        if said == "k":
            return case["spotify_artist_id"] or "nobody"
        candidates = _candidates(case)
        if said.isdigit() and 1 <= int(said) <= len(candidates):
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
    console.print(f"\n[bold]{_plain(case['performer_name'])}[/bold]  ({_plain(case['why'])})")
    console.print(
        f"  {when}, {_plain(case['venue_city'] or '')} {case['state']}, {role}", soft_wrap=True
    )
    decided = case["spotify_artist_name"] or "nobody"
    console.print(f"  decided: {_plain(decided)}. {_plain(case['reason'])}", soft_wrap=True)
    for number, candidate in enumerate(_candidates(case), start=1):
        facts = [*candidate["genres"][:3]]
        if candidate["popularity"] is not None:
            facts.append(f"popularity {candidate['popularity']}")
        about = f" ({', '.join(facts)})" if facts else ""
        console.print(
            f"  {number}  {_plain(candidate['name'] + about)}  "
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


def _plain(text: str) -> str:
    return text.replace("[", r"\[")


def _write(path: Path, override: Override) -> None:
    """Put ``override`` into the file, as a whole or not at all."""
    try:
        before = path.read_text(encoding="utf-8") if path.is_file() else ""
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(with_override(before, override))
        Path(temporary).replace(path)
    except OSError as error:
        raise StorageError(
            f"Cannot write {path}: {error.strerror}. Point SHOWLIST_OVERRIDES at a file that this "
            "user may write."
        ) from error
