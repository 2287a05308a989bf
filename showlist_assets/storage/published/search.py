"""Finding artists, venues, cities and shows by what somebody types."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

from rapidfuzz import fuzz, process

from showlist_assets.domain.names import fold
from showlist_assets.domain.venue_keys import venue_key
from showlist_assets.storage.published.rows import read_rows

if TYPE_CHECKING:
    from datetime import date

    from duckdb import DuckDBPyConnection

Kind = Literal["artist", "venue", "city", "show"]
_LONGEST: Final = 100
_MOST: Final = 50
_ALIKE: Final = 65


@dataclass(frozen=True)
class SearchHit:
    """Something that is called as somebody typed.

    Attributes:
        key: Names it in an address: a performer's key, a venue's key, "City, ST", a show's id.
        shows: How many are ahead.
        next_show: The date of the first one.
        match: 0 the whole name, 1 its beginning, 2 the beginning of a word, 3 within a word.
    """

    kind: Kind
    key: str
    name: str
    city: str | None
    state: str | None
    shows: int
    next_show: date | None
    match: int


def _folded(column: str) -> str:
    return f"lower(strip_accents({column}))"


def _match(column: str) -> str:
    """How well a folded column matches; ``contains`` has no sign with a meaning of its own."""
    return (
        f"case when {column} = $text then 0 when starts_with({column}, $text) then 1 "
        f"when contains(' ' || {column}, ' ' || $text) then 2 else 3 end"
    )


_AHEAD: Final = (
    "status in ('scheduled', 'rescheduled') "
    "and (local_date is null or coalesce(last_date, local_date) >= $today)"
)
_ORDER: Final = "order by match, shows desc, name limit $limit"
# Names are looked for in the table that has each once, and their shows counted afterwards.
_ARTISTS: Final = f"""
    with named as (
        select performer_key, performer_name, least({_match("billed")}, {_match("page")}) as match
        from (
            select performer_key, performer_name, {_folded("performer_name")} as billed,
                   {_folded("coalesce(spotify_artist_name, '')")} as page
            from matched_artists
        )
        where contains(billed, $text) or contains(page, $text)
    )
    select any_value(named.performer_key) as key, any_value(named.performer_name) as name,
           null::varchar as city, null::varchar as state,
           count(distinct (u.state, u.show_id)) as shows, min(u.local_date) as next_show,
           any_value(match) as match
    from named join (
        select performer_key, state, show_id, local_date from upcoming_shows
        where row_number = 1
          and (local_date is null or coalesce(last_date, local_date) >= $today)
    ) u on u.performer_key = named.performer_key
    group by named.performer_key {_ORDER}
"""  # noqa: S608  our own words
_VENUES: Final = f"""
    select '' as key, venue_name as name, venue_city as city, state, count(*) as shows,
           min(local_date) as next_show, any_value({_match("folded")}) as match
    from (
        select *, {_folded("venue_name")} as folded from shows_with_listings where {_AHEAD}
    )
    where contains(folded, $text)
    group by venue_name, venue_city, state {_ORDER}
"""  # noqa: S608  our own words
_CITIES: Final = f"""
    select venue_city || ', ' || state as key, venue_city as name, venue_city as city, state,
           count(*) as shows, min(local_date) as next_show,
           any_value({_match("folded")}) as match
    from (
        select *, {_folded("venue_city")} as folded from shows_with_listings where {_AHEAD}
    )
    where contains(folded, $text)
    group by venue_city, state {_ORDER}
"""  # noqa: S608  our own words
_SHOWS: Final = f"""
    select show_id as key, title as name, venue_city as city, state, 1 as shows,
           local_date as next_show, {_match("folded")} as match
    from (
        select *, {_folded("title")} as folded from shows_with_listings where {_AHEAD}
    )
    where contains(folded, $text)
    order by match, local_date nulls last, show_id limit $limit
"""  # noqa: S608  our own words
# The likely ones, before they are compared with more care.
_NAMES: Final = f"""
    select name from (
        select distinct performer_name as name from matched_artists
        union select distinct venue_name from shows_with_listings
        union select distinct venue_city from shows_with_listings
    )
    where name is not null
    order by jaro_winkler_similarity({_folded("name")}, $text) desc, name limit $limit
"""  # noqa: S608  our own words
_QUERIES: Final[dict[Kind, str]] = {
    "artist": _ARTISTS,
    "venue": _VENUES,
    "city": _CITIES,
    "show": _SHOWS,
}


def search(
    cursor: DuckDBPyConnection, text: str, *, today: date, limit: int = 8
) -> dict[Kind, tuple[SearchHit, ...]]:
    """What has shows ahead and is called like ``text``: up to ``limit`` of each kind, best first.

    Case and accents tell nothing; a blank text finds nothing.
    """
    wanted = " ".join(text.split())[:_LONGEST]
    if not wanted:
        return dict.fromkeys(_QUERIES, ())
    values = {"today": today, "limit": max(0, min(limit, _MOST))}
    values["text"] = _as_folded(cursor, wanted)
    return {
        kind: tuple(_hit(kind, row) for row in read_rows(cursor, query, values))
        for kind, query in _QUERIES.items()
    }


def did_you_mean(cursor: DuckDBPyConnection, text: str, *, limit: int = 3) -> tuple[str, ...]:
    """Names of artists, venues and cities spelled nearly as ``text``, the nearest first."""
    wanted = fold(text[:_LONGEST])
    if not wanted:
        return ()
    found = read_rows(cursor, _NAMES, {"text": _as_folded(cursor, wanted), "limit": _MOST})
    nearest = process.extract(
        wanted,
        [fold(row["name"]) for row in found],
        scorer=fuzz.ratio,
        score_cutoff=_ALIKE,
        limit=max(0, min(limit, _MOST)),
    )
    return tuple(dict.fromkeys(found[index]["name"] for _, _, index in nearest))


def _as_folded(cursor: DuckDBPyConnection, text: str) -> str:
    # By DuckDB as well, so that both sides are folded by one rule.
    found = read_rows(cursor, f"select {_folded('$text')} as text", {"text": text})
    return str(found[0]["text"])


def _hit(kind: Kind, row: dict[str, Any]) -> SearchHit:
    if kind == "venue":
        row = {**row, "key": venue_key(row["name"], row["city"], row["state"])}
    return SearchHit(kind=kind, **row)
