"""A recipe and the upcoming shows make a plan: which tracks, in which order, and why.

What belongs here: putting the steps together and why a track is there. What does not: the rules
(``filters``), the choice of tracks (``picking``), title and description (``wording``).
"""

from __future__ import annotations

from dataclasses import replace
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

import polars as pl

from showlist_assets.domain.names import without_article
from showlist_assets.domain.playlists.bad_fields import unusable_fields
from showlist_assets.domain.playlists.filters import is_kind_of, let_through, songless_acts
from showlist_assets.domain.playlists.picking import pick_tracks, week_of
from showlist_assets.domain.playlists.plan import (
    Plan,
    PlannedShow,
    PlannedTrack,
    ReserveTrack,
    UnheardAct,
    Wording,
    missing_in_words,
)
from showlist_assets.domain.playlists.show_fates import ShowFates
from showlist_assets.domain.playlists.taste_fit import (
    NOTHING_KNOWN,
    is_of_use,
    note_of,
    notes_of_shows,
)
from showlist_assets.domain.playlists.upcoming import Upcoming, upcoming_of
from showlist_assets.domain.playlists.way_out import nearest_way_out
from showlist_assets.domain.playlists.windows import window_days
from showlist_assets.domain.playlists.wording import worded
from showlist_assets.domain.quantities import counted
from showlist_assets.domain.states import BY_CODE, country_of_all
from showlist_assets.domain.tracks import release_year

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator
    from datetime import date

    from showlist_assets.domain.playlists.plan import TasteNote
    from showlist_assets.domain.playlists.recipe import OnlyOrNever, Recipe

__all__ = ["Plan", "PlannedShow", "PlannedTrack", "plan_playlist"]


def plan_playlist(
    recipe: Recipe,
    shows: pl.DataFrame,
    *,
    today: date,
    missing: Collection[str] = (),
    fates: ShowFates | None = None,
    taste: pl.DataFrame | None = None,
) -> Plan:
    """The playlist that ``recipe`` makes of ``shows`` (``UpcomingShows``).

    The same recipe, rows and day give the same plan, in whatever order the rows come. Without a
    track the plan says why (``Plan.why_empty``).

    Args:
        recipe: What the listener wants.
        shows: Whatever is upcoming.
        today: The listener's date.
        missing: Those of the recipe's states whose shows are not known, which is not "no shows".
        fates: What became of shows. What is off is off at once, also where ``shows`` are older.
        taste: How acts fit the taste of ``recipe.listener`` (``ShowTaste``), with whoever the
            recipe's account has blocked; None where nothing is known.

    Raises:
        RecipeError: a city of the recipe is not known; the message names the nearest ones.
    """
    its_own = shows.filter(pl.col("state").is_in(list(recipe.states)))
    upcoming = upcoming_of(its_own, fates or ShowFates())
    return plan_of(recipe, upcoming, today=today, missing=missing, taste=taste)


def plan_of(
    recipe: Recipe,
    shows: Upcoming,
    *,
    today: date,
    missing: Collection[str] = (),
    taste: pl.DataFrame | None = None,
) -> Plan:
    """As ``plan_playlist``, of the shows of the recipe's states that were sorted out before."""
    days = window_days(recipe.when, today=today)
    off = {"shows that are called off": shows.off} if shows.off else {}
    rows, left_out = let_through(shows, recipe, days, taste)
    # A surprise is drawn by the week and not the day: each new list costs calls to write.
    picked, reserve, over = pick_tracks(rows, recipe, week=week_of(today))
    told = taste if recipe.asks_for_taste and is_of_use(taste) else None
    tracks = tuple(_planned_track(row, recipe, told) for row in picked.iter_rows(named=True))
    wording = Wording(recipe.title, recipe.description, _places(recipe))
    title, description = worded(wording, tracks)
    unheard = songless_acts(shows, recipe, days, taste)
    fitting = {} if told is None else notes_of_shows(_who_plays(rows, unheard), told)
    planned = _planned_shows(rows, unheard, fitting)
    is_whole = recipe.calendar.shows == "all"
    unknown = tuple(state for state in recipe.states if state in missing)
    plan = Plan(
        recipe=recipe.name,
        title=title,
        description=description,
        tracks=tracks,
        left_out=off | left_out | over,
        shows=planned,
        notes=(
            *_missing_notes(recipe, unknown),
            *_unknown_names(recipe, shows),
            *_taste_notes(recipe, told),
            *unusable_fields(planned),
        ),
        reserve=tuple(
            ReserveTrack(_planned_track(row, recipe, told), row["behind"])
            for row in reserve.iter_rows(named=True)
        ),
        wording=wording,
        missing=unknown,
        songless=_songless_shows(unheard, rows, fitting) if is_whole else (),
        calendar_shows=recipe.calendar.shows,
        alarm=recipe.calendar.reminds_before,
    )
    return plan if tracks else replace(plan, way_out=_way_out(recipe, shows, today, taste))


def _way_out(recipe: Recipe, shows: Upcoming, today: date, taste: pl.DataFrame | None) -> str:
    def songs_of(loosened: Recipe) -> list[date]:
        rows, _ = let_through(shows, loosened, window_days(loosened.when, today=today), taste)
        picked, _, _ = pick_tracks(rows, loosened, week=week_of(today))
        return list(picked["local_date"])

    return nearest_way_out(recipe, songs_of)


def _who_plays(rows: pl.DataFrame, unheard: pl.DataFrame) -> pl.DataFrame:
    return pl.concat([rows.select(_OF_AN_ACT), unheard.select(_OF_AN_ACT)])


def _taste_notes(recipe: Recipe, told: pl.DataFrame | None) -> Iterator[str]:
    if recipe.asks_for_taste and told is None:
        yield NOTHING_KNOWN.format(listener=recipe.listener)


def _planned_track(row: dict[str, Any], recipe: Recipe, taste: pl.DataFrame | None) -> PlannedTrack:
    return PlannedTrack(
        track_id=row["track_id"],
        track_name=row["track_name"],
        artist_name=row["spotify_artist_name"],
        spotify_artist_id=row["spotify_artist_id"],
        show_id=row["show_id"],
        local_date=row["local_date"],
        starts_at_local=row["starts_at_local"],
        venue_timezone=row["venue_timezone"],
        venue_name=row["venue_name"],
        venue_city=row["venue_city"],
        state=row["state"],
        ticket_url=row["ticket_url"],
        billing=row["billing"],
        why=_why(row, recipe),
        role=row["role"],
        show_title=row["title"],
        explicit=row["explicit"],
        duration_ms=row["duration_ms"],
        energy=row["energy"],
        last_date=row["last_date"],
        isrc=row["isrc"],
        taste=None if taste is None else note_of(row, taste),
    )


def _why(row: dict[str, Any], recipe: Recipe) -> str:
    plays = "Plays" if row["event_kind"] == "music_festival" else "Headlines"
    if plays == "Headlines" and row["role"] == "support":
        plays = "Opens"
    city = f", {row['venue_city']}" if row["venue_city"] else ""
    more = row["nights"] - 1
    nights = f", and {counted(more, 'more night')}" if more else ""
    known = "; a band you know" if row["comes_first"] else ""
    features = "".join(
        f"; {feature} {row[feature]:g}" for feature in recipe.features if row[feature] is not None
    )
    return (
        f"{plays} {_days(row)} at {row['venue_name']}{city}{nights}{known}; "
        f"{_pick_in_words(row, recipe)}{features}."
    )


def _pick_in_words(row: dict[str, Any], recipe: Recipe) -> str:
    if recipe.pick == "newest" and (year := release_year(row["release_date"])):
        return f"one of their newest tracks ({year})"
    if recipe.pick == "surprise":
        return "this week's surprise among their tracks"
    return f"number {row['track_rank']} of their best-known tracks"


def _days(row: dict[str, Any]) -> str:
    if row["last_date"] is None:
        return f"on {_day(row['local_date'])}"
    return f"from {_day(row['local_date'])} to {_day(row['last_date'])}"


def _day(day: date) -> str:
    return f"{day:%a %b} {day.day}"


def _places(recipe: Recipe) -> tuple[str, ...]:
    if recipe.near:
        return tuple(dict.fromkeys(near.city for near in recipe.near))
    if country := country_of_all(recipe.states):
        return (country.name,)
    return tuple(BY_CODE[state].name for state in recipe.states)


_Fitting = dict[tuple[str, str], "TasteNote"]


def _planned_shows(
    rows: pl.DataFrame, unheard: pl.DataFrame, fitting: _Fitting
) -> tuple[PlannedShow, ...]:
    """Each show once, by date, with its artists in the order of the bill."""
    return _shows_of(rows, "spotify_artist_name", _unheard_acts(unheard), fitting)


def _songless_shows(
    unheard: pl.DataFrame, rows: pl.DataFrame, fitting: _Fitting
) -> tuple[PlannedShow, ...]:
    """The shows of which nobody can be heard."""
    silent = unheard.join(rows, on=_SHOW, how="anti", maintain_order="left")
    return _shows_of(silent, "performer_name", _unheard_acts(silent), fitting)


def _shows_of(
    rows: pl.DataFrame,
    name: str,
    unheard: dict[tuple[str, str], tuple[UnheardAct, ...]],
    fitting: _Fitting,
) -> tuple[PlannedShow, ...]:
    bills = (
        rows.sort("local_date", "starts_at_local", "show_id", "billing", "performer_key")
        .group_by(_SHOW, maintain_order=True)
        .agg(
            pl.col(name).unique(maintain_order=True).alias("artists"),
            pl.col("spotify_artist_id")
            .filter(pl.col(name).is_first_distinct())
            .alias("artist_ids"),
            pl.col(*_SHOW_COLUMNS).first(),
        )
        .sort("local_date", "starts_at_local", "show_id", nulls_last=True)
    )
    return tuple(
        PlannedShow(
            **{
                **row,
                "artists": tuple(row["artists"]),
                "artist_ids": tuple(one or "" for one in row["artist_ids"]),
            },
            unheard=unheard.get((row["state"], row["show_id"]), ()),
            taste=fitting.get((row["state"], row["show_id"])),
        )
        for row in bills.iter_rows(named=True)
    )


def _unheard_acts(rows: pl.DataFrame) -> dict[tuple[str, str], tuple[UnheardAct, ...]]:
    """By state and show, in the order of the bill."""
    found: dict[tuple[str, str], tuple[UnheardAct, ...]] = {}
    for row in rows.sort("billing", "performer_key").iter_rows(named=True):
        key = row["state"], row["show_id"]
        act = UnheardAct(row["performer_name"], row["why_no_track"] or "")
        found[key] = (*found.get(key, ()), act)
    return found


_SHOW = ["state", "show_id"]
_OF_AN_ACT = [
    *_SHOW, "billing", "performer_key", "performer_name", "spotify_artist_name", "fit_row",
    "fit_percentile",
]  # fmt: skip
_SHOW_COLUMNS = (
    "title", "local_date", "venue_name", "starts_at", "starts_at_local", "doors_at_local",
    "venue_timezone",
    "venue_address", "venue_city", "venue_postal_code", "latitude", "longitude", "ticket_url",
    "lowest_price", "status", "ends_at", "last_date",
)  # fmt: skip


def _missing_notes(recipe: Recipe, unknown: tuple[str, ...]) -> Iterator[str]:
    """Of states never fetched: those that are asked for, and those that a circle reaches into."""
    circles = {near.state: "" for near in recipe.near}
    for near in recipe.near:
        for state in near.states:
            circles.setdefault(state, f"{near.radius} of {near.city}")
    within = {state: circles.get(state, "") for state in unknown}
    for circle in dict.fromkeys(within.values()):
        yield missing_in_words([state for state in unknown if within[state] == circle], circle)


def _unknown_names(recipe: Recipe, shows: Upcoming) -> Iterator[str]:
    """Venues and genres of the recipe that no show has: often a slip of the pen."""
    if not shows.venues:
        return
    yield from _unknown(
        "venue", recipe.venues, shows.venues, lambda key, wish: key == without_article(wish)
    )
    yield from _unknown("genre", recipe.genres, shows.genres, is_kind_of)


def _unknown(
    what: str,
    wish: OnlyOrNever,
    present: Collection[str],
    is_meant: Callable[[str, str], bool],
) -> Iterator[str]:
    if not wish.only + wish.never:
        return
    known = {without_article(name): name for name in sorted(present)}
    for name in wish.only + wish.never:
        if any(is_meant(key, name) for key in known):
            continue
        near = get_close_matches(without_article(name), known, n=1, cutoff=0.8)
        # What is excluded and not on is no mistake, unless it looks like one.
        if near or name in wish.only:
            hint = f" Did you mean {known[near[0]]!r}?" if near else ""
            yield f"No upcoming show has the {what} {name!r}.{hint}"
