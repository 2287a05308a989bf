"""A recipe without shows: the playlist of songs that a listener may like and does not play.

What belongs here: which suggestions a recipe lets through, in which order, and why. What does not:
the suggestions themselves (``domain.recommendations.suggestions``).
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from showlist_assets.domain.names import normalize
from showlist_assets.domain.playlists.filters import is_version
from showlist_assets.domain.playlists.picking import OVER_THE_LIMIT, lots, week_of
from showlist_assets.domain.playlists.plan import (
    Plan,
    PlannedTrack,
    ReserveTrack,
    TasteNote,
    Wording,
)
from showlist_assets.domain.playlists.wording import worded

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from showlist_assets.domain.playlists.recipe import OnlyOrNever, Recipe

_LEFT_OUT: Final = {
    "no id": "songs that are not known on Spotify",
    "heard": "songs played of late",
    "blocked": "songs of artists you never want",
}
NOTHING_PLAYED: Final = (
    "Nothing is known of what {listener!r} plays: run `showlist import` with a file of Spotify, "
    "ListenBrainz or Last.fm, or `showlist listening connect {listener}`."
)
NOTHING_SIMILAR: Final = (
    "Nobody has told yet who else plays what {listener!r} played in the last 30 days: run "
    "`showlist taste refresh {listener}`, or wait for its next turn."
)


def plan_discovered(
    recipe: Recipe, suggestions: pl.DataFrame, *, today: date, is_heard: bool
) -> Plan:
    """The playlist that ``recipe`` makes of ``suggestions``, the best first.

    Args:
        recipe: With ``discover``.
        suggestions: ``TrackSuggestions`` of its listener.
        today: The listener's date.
        is_heard: Whether anything is known of what the listener plays.
    """
    left_out: Counter[str] = Counter()
    for status, count in suggestions.group_by("status").len().sort("status").iter_rows():
        if status in _LEFT_OUT:
            left_out[_LEFT_OUT[status]] = count
    rows = suggestions.filter(pl.col("status") == "id").sort(
        "score", "recording_mbid", descending=[True, False]
    )
    # One track of Spotify's may stand for two recordings.
    rows = rows.unique("spotify_track_id", keep="first", maintain_order=True)
    rows = _without_unwanted(rows, recipe, left_out)
    fitting = _few_of_an_artist(rows, recipe.tracks_per_artist)
    if over := len(rows) - len(fitting):
        left_out[f"tracks beyond {recipe.tracks_per_artist} per artist"] = over
    kept = fitting.head(recipe.max_tracks)
    if over := len(fitting) - len(kept):
        left_out[f"{OVER_THE_LIMIT} {recipe.max_tracks}"] = over
    spare = fitting.slice(recipe.max_tracks, recipe.max_tracks)
    tracks = tuple(_planned(row, today) for row in _ordered(kept, recipe, today).to_dicts())
    wording = Wording(recipe.title, recipe.description, ())
    title, description = worded(wording, tracks)
    return Plan(
        recipe=recipe.name,
        title=title,
        description=description,
        tracks=tracks,
        left_out=dict(left_out),
        reserve=tuple(ReserveTrack(_planned(row, today), len(tracks)) for row in spare.to_dicts()),
        wording=wording,
        is_discovered=True,
        way_out="" if tracks else _way_out(recipe, suggestions, is_heard=is_heard),
    )


def _way_out(recipe: Recipe, suggestions: pl.DataFrame, *, is_heard: bool) -> str:
    if not suggestions.is_empty():
        return ""
    return (NOTHING_SIMILAR if is_heard else NOTHING_PLAYED).format(listener=recipe.listener)


def _without_unwanted(rows: pl.DataFrame, recipe: Recipe, left_out: Counter[str]) -> pl.DataFrame:
    """``rows`` whose artist and version the recipe lets through; the others are counted."""
    by_artist = [_is_wanted(name, recipe.artists) for name in rows["artist_name"]]
    kept = rows.filter(pl.Series(by_artist, dtype=pl.Boolean))
    if gone := len(rows) - len(kept):
        left_out["songs of other artists than the recipe's"] = gone
    by_version = [_is_wanted_version(title, recipe.versions) for title in kept["track_name"]]
    found = kept.filter(pl.Series(by_version, dtype=pl.Boolean))
    if gone := len(kept) - len(found):
        left_out["tracks in another version"] = gone
    return found


def _is_wanted(artist: str, wish: OnlyOrNever) -> bool:
    name = normalize(artist)
    only, never = (_normalized(names) for names in (wish.only, wish.never))
    return name not in never and (not only or name in only)


def _normalized(names: Iterable[str]) -> set[str]:
    return {normalize(name) for name in names}


def _is_wanted_version(title: str, wish: OnlyOrNever) -> bool:
    return not is_version(title, wish.never) and (not wish.only or is_version(title, wish.only))


def _few_of_an_artist(rows: pl.DataFrame, most: int) -> pl.DataFrame:
    artist = pl.col("artist_name").str.to_lowercase()
    return rows.filter(pl.int_range(pl.len()).over(artist) < most)


def _ordered(rows: pl.DataFrame, recipe: Recipe, today: date) -> pl.DataFrame:
    if recipe.order == "shuffle":
        drawn = lots(rows["spotify_track_id"], week_of(today))
        return rows.with_columns(lot=drawn).sort("lot", "spotify_track_id").drop("lot")
    return _spread(rows)


def _spread(rows: pl.DataFrame) -> pl.DataFrame:
    """The best first, but no two songs of one artist in a row where another one can stand there."""
    waiting = list(range(len(rows)))
    artists = [name.lower() for name in rows["artist_name"]]
    order: list[int] = []
    while waiting:
        last = artists[order[-1]] if order else None
        following = next((one for one in waiting if artists[one] != last), waiting[0])
        waiting.remove(following)
        order.append(following)
    return rows[order] if order else rows


def _planned(row: dict[str, Any], today: date) -> PlannedTrack:
    return PlannedTrack(
        track_id=row["spotify_track_id"],
        track_name=row["track_name"],
        artist_name=row["artist_name"],
        # Nobody tells the artist's id on Spotify; what tells artists apart is enough.
        spotify_artist_id=f"mbid:{(row['artist_mbids'] or [normalize(row['artist_name'])])[0]}",
        show_id="",
        local_date=today,
        starts_at_local=None,
        venue_timezone=None,
        venue_name="",
        venue_city=None,
        state="",
        ticket_url=None,
        billing=0,
        why="People who play what you play also play this.",
        duration_ms=row["duration_ms"],
        taste=TasteNote(
            artist=row["artist_name"],
            basis="co-listening",
            words=_words(row["because"]),
            because=tuple(row["because"]),
        ),
    )


def _words(songs: list[str]) -> str:
    *others, last = songs
    named = f"{', '.join(others)} and {last}" if others else last
    return f"You played {named}; people who play {'them' if others else 'it'} also play this."
