"""Matches that are worth an owner's look, and what listeners said of others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from showlist_assets.domain.matching.review import name_similarity
from showlist_assets.domain.quantities import counted
from showlist_assets.web import wording
from showlist_assets.web.rendering import segment

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from showlist_assets.services.listeners.reports import Report

_CANDIDATES: Final = 4


@dataclass(frozen=True)
class Option:
    """An artist of Spotify's that it may be."""

    spotify_id: str
    name: str
    facts: str
    is_chosen: bool


@dataclass(frozen=True)
class Case:
    """A decision to look at; ``path`` is the page of the artist."""

    path: str
    name: str
    why: str
    facts: str
    decided: str
    options: tuple[Option, ...]
    is_nobody: bool


@dataclass(frozen=True)
class Said:
    """What a listener said of a match."""

    path: str
    name: str
    who: str
    words: str


@dataclass(frozen=True)
class Review:
    """What is to be looked at; ``pending`` waits for calls and needs nobody."""

    said: tuple[Said, ...]
    cases: tuple[Case, ...]
    pending: int


def review_of(
    cases: Iterable[dict[str, Any]], reports: Sequence[Report], pending: int, *, now: datetime
) -> Review:
    """The page of ``cases`` and ``reports``."""
    return Review(
        said=tuple(
            Said(
                path=f"/artists/{segment(one.performer_key)}",
                name=wording.printed(one.performer),
                who=f"{one.account}, {wording.ago(one.at, now)}",
                words=wording.printed(one.words) or "Wrong band.",
            )
            for one in reports
        ),
        cases=tuple(map(_case, cases)),
        pending=pending,
    )


def _case(case: dict[str, Any]) -> Case:
    when = wording.day(case["next_show_on"]) if case["next_show_on"] else "no date yet"
    where = ", ".join(filter(None, (wording.printed(case["venue_city"] or ""), case["state"])))
    role = "headliner" if case["billing"] == 1 else "support"
    facts = (when, where, role, counted(case["shows"], "show"))
    chosen = case["spotify_artist_id"]
    return Case(
        path=f"/artists/{segment(case['performer_key'])}",
        name=wording.printed(case["performer_name"]),
        why=wording.sentence(case["why"]),
        facts=" · ".join(facts),
        decided=wording.printed(case["reason"] or ""),
        options=tuple(_options(case, chosen)),
        is_nobody=chosen is None,
    )


def _options(case: dict[str, Any], chosen: str | None) -> Iterable[Option]:
    distinct = {one["artist_id"]: one for one in reversed(case["candidates"])}
    billed = case["performer_name"]
    likest = sorted(
        distinct.values(),
        key=lambda one: (one["artist_id"] != chosen, -name_similarity(billed, one["name"])),
    )
    for one in likest[:_CANDIDATES]:
        genres = ", ".join(map(wording.printed, one["genres"][:2]))
        yield Option(
            one["artist_id"], wording.printed(one["name"]), genres, one["artist_id"] == chosen
        )
