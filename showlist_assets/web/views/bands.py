"""What became of the bands that a visitor has typed: who plays here, who elsewhere, who nowhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from showlist_assets.domain.names import performer_key
from showlist_assets.domain.playlists.wish import query_of
from showlist_assets.storage.published.artists import next_shows
from showlist_assets.storage.published.search import did_you_mean
from showlist_assets.web import wording

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from showlist_assets.domain.playlists.plan import Plan
    from showlist_assets.domain.playlists.wish import Wish
    from showlist_assets.storage.published.artists import NextShow

_TOLD: Final = 30
# Each looks through all names.
_SPELLINGS_ASKED: Final = 5


@dataclass(frozen=True)
class Band:
    """A band that was typed.

    Attributes:
        words: What became of it; empty: it plays here.
        meant: The band that is spelled nearly so; empty: none.
        query: The wish with that one in its place.
    """

    name: str
    words: str = ""
    meant: str = ""
    query: str = ""


def bands_of(wish: Wish, plan: Plan, cursor: DuckDBPyConnection) -> tuple[Band, ...]:
    """The first of the wish's bands in their order, with what is known of each."""
    typed = {name: performer_key(name) for name in wish.bands[:_TOLD]}
    here = _keys_of(plan)
    elsewhere = next_shows(cursor, set(typed.values()) - here)
    asked = 0
    found = []
    for name, key in typed.items():
        if key in here:
            found.append(Band(name))
        elif key in elsewhere:
            found.append(Band(name, _elsewhere(elsewhere[key])))
        else:
            asked += 1
            found.append(_unknown(wish, name, cursor if asked <= _SPELLINGS_ASKED else None))
    return tuple(found)


def _keys_of(plan: Plan) -> set[str]:
    names = {track.artist_name for track in plan.tracks}
    for show in (*plan.shows, *plan.songless):
        names.update(show.artists, (act.name for act in show.unheard))
    return set(map(performer_key, names))


def _elsewhere(show: NextShow) -> str:
    where = f"{show.city}, {show.state}" if show.city else show.state
    when = f" on {wording.day(show.local_date)}" if show.local_date else ""
    return f"next in {wording.printed(where)}{when}"


def _unknown(wish: Wish, name: str, cursor: DuckDBPyConnection | None) -> Band:
    nearest = did_you_mean(cursor, name, limit=1) if cursor else ()
    if not nearest:
        return Band(name, "no show of theirs is known")
    bands = tuple(nearest[0] if band == name else band for band in wish.bands)
    query = query_of(wish.model_copy(update={"bands": bands}))
    return Band(name, "no show of theirs is known", wording.printed(nearest[0]), query)
