"""An artist in full: shows ahead, songs, and on what it was decided who this is on Spotify."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from showlist_assets.domain.matching.equality import equality
from showlist_assets.domain.matching.review import name_similarity
from showlist_assets.domain.names import performer_key as key_of_name
from showlist_assets.storage.published.rows import read_as, read_rows
from showlist_assets.storage.published.songs import songs_of
from showlist_assets.storage.published.summaries import Condition, ShowSummary, read_summaries

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

    from duckdb import DuckDBPyConnection

    from showlist_assets.storage.published.songs import Song

_MOST_CANDIDATES: Final = 20
_MOST_SHOWS: Final = 200
_EQUAL: Final = {
    "equal_name": "the same name",
    "article": "the same name but for an article",
    "spacing": "the same name, spaced in another way",
    "sort_name": "the same name, the last one first",
    "script": "the same name in another script",
    "short_form": "a shorter form of the name",
}


@dataclass(frozen=True)
class Candidate:
    """An artist that a search returned.

    Attributes:
        rank: Its best position in an answer.
        likeness: How alike the names are spelled, 0 to 1; nothing was decided by it.
        why: How its name relates to the billed one, in words.
        is_chosen: Whether it was taken.
    """

    spotify_artist_id: str
    name: str
    genres: tuple[str, ...]
    popularity: int | None
    rank: int
    likeness: float
    why: str
    is_chosen: bool

    @property
    def artist_url(self) -> str:
        """The artist's page on Spotify."""
        return f"https://open.spotify.com/artist/{self.spotify_artist_id}"


@dataclass(frozen=True)
class ScorePart:
    """A part of the score that the decision was given."""

    part: str
    value: float


@dataclass(frozen=True)
class ArtistPage:
    """All that is known of one performer.

    Attributes:
        name: As billed on the soonest show.
        billed_as: All the names under which the same artist is billed.
        outcome: "matched", "rejected" or "pending"; None for what is not looked up.
        level: How sure the match is, in a word.
        is_decided_by_hand: Whether a person decided.
        candidates: Whoever was considered: who was taken first, then the best spelled.
        shows: Those ahead, the soonest first.
    """

    performer_key: str
    name: str
    billed_as: tuple[str, ...]
    act_kind: str | None
    outcome: str | None
    method: str | None
    spotify_artist_id: str | None
    spotify_artist_name: str | None
    image_url: str | None
    genres: tuple[str, ...]
    confidence: float | None
    level: str | None
    rule: str | None
    reason: str | None
    parts: tuple[ScorePart, ...]
    candidates: tuple[Candidate, ...]
    decided_at: datetime | None
    asked_at: datetime | None
    ask_again_at: datetime | None
    songs: tuple[Song, ...]
    shows: tuple[ShowSummary, ...]

    @property
    def is_decided_by_hand(self) -> bool:
        """Whether a person decided who this is."""
        return self.method == "override"

    @property
    def artist_url(self) -> str | None:
        """The artist's page on Spotify."""
        one = self.spotify_artist_id
        return f"https://open.spotify.com/artist/{one}" if one else None


_DECISION: Final = """
    select performer_key, performer_name as name, outcome, method, spotify_artist_id,
           spotify_artist_name, spotify_image_url as image_url, spotify_genres as genres,
           confidence, level, rule, reason, parts, candidates, decided_at, asked_at, ask_again_at
    from matched_artists
"""
_BILLED: Final = """
    select performer_key, arg_min(performer_name, local_date) as name,
           arg_min(act_kind, local_date) as act_kind
    from expanded_artists where performer_key = $key group by performer_key
"""
_GENRES: Final = """
    select genre from (
        select unnest(genres) as genre from expanded_artists
        where list_contains($keys, performer_key)
    )
    group by genre order by count(*) desc, genre limit 10
"""


def artist(cursor: DuckDBPyConnection, performer_key: str) -> ArtistPage | None:
    """The performer of that key; None where nobody has it."""
    found = read_rows(cursor, f"{_DECISION} where performer_key = $key", {"key": performer_key})
    billed = read_rows(cursor, _BILLED, {"key": performer_key})
    if not found and not billed:
        return None
    told: dict[str, Any] = found[0] if found else _undecided(billed[0])
    told["act_kind"] = billed[0]["act_kind"] if billed else None
    return _page(cursor, told)


def artist_by_spotify_id(cursor: DuckDBPyConnection, spotify_artist_id: str) -> ArtistPage | None:
    """The performer who is that artist; of several billings, the one with most shows."""
    found = read_rows(
        cursor,
        "select performer_key from matched_artists where spotify_artist_id = $id "
        "order by shows desc, performer_key limit 1",
        {"id": spotify_artist_id},
    )
    return artist(cursor, found[0]["performer_key"]) if found else None


def find_artist(cursor: DuckDBPyConnection, text: str) -> ArtistPage | None:
    """Whom an address names: a performer's key, a Spotify artist's id, or a name as billed."""
    return (
        artist(cursor, text)
        or artist_by_spotify_id(cursor, text)
        or artist(cursor, key_of_name(text))
    )


@dataclass(frozen=True)
class NextShow:
    """Where a performer plays next."""

    performer_key: str
    name: str
    city: str | None
    state: str
    local_date: date | None


def next_shows(cursor: DuckDBPyConnection, performer_keys: Iterable[str]) -> dict[str, NextShow]:
    """By key, the next show of each performer that has one ahead, wherever it is."""
    found = read_as(
        cursor,
        NextShow,
        """
        select performer_key, performer_name as name, venue_city as city, state, local_date
        from upcoming_shows
        where row_number = 1 and list_contains($keys, performer_key)
        qualify row_number() over (
            partition by performer_key order by local_date nulls last, state, show_id
        ) = 1
        """,
        {"keys": list(performer_keys)},
    )
    return {one.performer_key: one for one in found}


def _page(cursor: DuckDBPyConnection, told: dict[str, Any]) -> ArtistPage:
    one = told["spotify_artist_id"]
    names = _billings(cursor, one) if one else {}
    keys = list(names) or [told["performer_key"]]
    printed = [row["genre"] for row in read_rows(cursor, _GENRES, {"keys": keys})]
    candidates = _candidates(told["name"], told.pop("candidates"), one)
    return ArtistPage(
        **{
            **told,
            "genres": tuple(dict.fromkeys((*printed, *told["genres"]))),
            "parts": tuple(ScorePart(**part) for part in told["parts"]),
        },
        billed_as=tuple(dict.fromkeys(names.values())) or (told["name"],),
        candidates=candidates,
        songs=songs_of(cursor, one) if one else (),
        shows=shows_of(cursor, keys),
    )


def _billings(cursor: DuckDBPyConnection, spotify_artist_id: str) -> dict[str, str]:
    found = read_rows(
        cursor,
        "select performer_key, performer_name from matched_artists "
        "where spotify_artist_id = $id order by shows desc, performer_key limit 20",
        {"id": spotify_artist_id},
    )
    return {row["performer_key"]: row["performer_name"] for row in found}


def shows_of(cursor: DuckDBPyConnection, keys: Iterable[str]) -> tuple[ShowSummary, ...]:
    """The shows ahead on which any of these performers plays, the soonest first."""
    # First which shows, then all of their acts: in one query, DuckDB would group the whole country.
    found = read_rows(
        cursor,
        "select distinct state, show_id from upcoming_shows "
        "where row_number = 1 and list_contains($keys, performer_key)",
        {"keys": list(keys)},
    )
    condition = (
        Condition()
        .one_of("state", (row["state"] for row in found))
        .one_of("show_id", (row["show_id"] for row in found))
    )
    return read_summaries(cursor, condition, limit=_MOST_SHOWS)


def _undecided(billed: dict[str, Any]) -> dict[str, Any]:
    unknown: dict[str, Any] = dict.fromkeys(
        ("outcome", "method", "spotify_artist_id", "spotify_artist_name", "image_url",
         "confidence", "level", "rule", "reason", "decided_at", "asked_at", "ask_again_at")
    )  # fmt: skip
    return {
        **unknown,
        "performer_key": billed["performer_key"],
        "name": billed["name"],
        "genres": (),
        "parts": (),
        "candidates": (),
    }


def _candidates(
    billed: str, found: Iterable[dict[str, Any]], chosen: str | None
) -> tuple[Candidate, ...]:
    """Each artist once, at its best rank."""
    best: dict[str, dict[str, Any]] = {}
    for one in found:
        seen = best.setdefault(one["artist_id"], one)
        if one["rank"] < seen["rank"]:
            best[one["artist_id"]] = one
    considered = [_candidate(billed, one, chosen) for one in best.values()]
    considered.sort(key=lambda one: (not one.is_chosen, -one.likeness, one.rank))
    return tuple(considered[:_MOST_CANDIDATES])


def _candidate(billed: str, one: dict[str, Any], chosen: str | None) -> Candidate:
    how = equality(billed, one["name"])
    return Candidate(
        spotify_artist_id=one["artist_id"],
        name=one["name"],
        genres=one["genres"],
        popularity=one["popularity"],
        rank=one["rank"],
        likeness=round(name_similarity(billed, one["name"]) / 100, 2),
        why=_EQUAL[how] if how else "another name",
        is_chosen=one["artist_id"] == chosen,
    )
