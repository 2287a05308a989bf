"""The playlist that a wish would make of the published shows: what a push would write, unwritten.

What belongs here: asking the planner, and keeping its last answers. What does not: the planner
(``domain.playlists.planner``), reading the shows (``storage.published``) and showing the answer
(``web``).
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

import polars as pl

from showlist_assets.domain.playlists.filters import let_through
from showlist_assets.domain.playlists.planner import plan_of
from showlist_assets.domain.playlists.recipe import OnlyOrNever
from showlist_assets.domain.playlists.upcoming import joined
from showlist_assets.domain.playlists.windows import window_days
from showlist_assets.services.playlists.listeners_taste import no_taste, taste_for

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date, datetime

    from showlist_assets.domain.playlists.plan import Plan
    from showlist_assets.domain.playlists.recipe import Recipe
    from showlist_assets.domain.playlists.upcoming import Upcoming
    from showlist_assets.storage.published.publication import Publication

# A plan of a hundred tracks and its shows is some 200 kB.
_KEPT: Final = 48


@dataclass(frozen=True)
class Preview:
    """What a recipe would play today.

    Attributes:
        recipe: As asked.
        plan: As a push would write it into an empty playlist. Its calendar holds every show, so
            that ``plan.songless`` tells of the shows of which nobody can be heard.
        today: The date where the recipe's shows are.
        genres: How many artists each genre would leave, the commonest first.
    """

    recipe: Recipe
    plan: Plan
    today: date
    genres: tuple[tuple[str, int], ...]


class Previews:
    """Plans over the published shows; the last ones are kept until new shows are published."""

    def __init__(
        self,
        clock: Callable[[], datetime],
        taste_of: Callable[[str], pl.DataFrame | None] = no_taste,
    ) -> None:
        """Read nothing yet.

        Args:
            clock: The present (UTC).
            taste_of: How upcoming acts fit an account's taste, as ``PlaylistWorkflow`` takes it.
        """
        self._clock, self._taste_of, self._lock = clock, taste_of, Lock()
        self._kept: OrderedDict[object, Preview] = OrderedDict()

    def of(self, publication: Publication, recipe: Recipe, *, reader: str | None = None) -> Preview:
        """What ``recipe`` would play.

        Args:
            publication: What is published.
            recipe: As asked.
            reader: The account of whoever reads it. Taste counts only where that is the recipe's:
                what a listener plays, and whom they have blocked, is for nobody else.

        Raises:
            RecipeError: a place of the recipe is not known.
            AccountError: the listener's taste is encrypted with another key.
            StorageError: the published shows or the taste cannot be read.
        """
        today = self._clock().astimezone(ZoneInfo(recipe.timezone)).date()
        taste = taste_for(recipe, self._taste_of) if reader == recipe.account else None
        key = publication.id, recipe.model_dump_json(), today, _version(taste)
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        found = _preview(publication, recipe, today, taste)
        with self._lock:
            self._kept[key] = found
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        return found


def _version(taste: pl.DataFrame | None) -> int | None:
    """What is another number whenever ``taste`` would make another plan."""
    if taste is None:
        return None
    told = taste.sort("performer_key").drop("computed_at").serialize()
    return hash(told)


def _preview(
    publication: Publication, recipe: Recipe, today: date, taste: pl.DataFrame | None
) -> Preview:
    shows = joined(publication.upcoming(state) for state in recipe.states)
    whole = recipe.model_copy(
        update={"calendar": recipe.calendar.model_copy(update={"shows": "all"})}
    )
    missing = publication.missing(recipe.states)
    plan = plan_of(whole, shows, today=today, missing=missing, taste=taste)
    return Preview(recipe, plan, today, _genres(shows, recipe, today, taste))


def _genres(
    shows: Upcoming, recipe: Recipe, today: date, taste: pl.DataFrame | None
) -> tuple[tuple[str, int], ...]:
    """What else there is where and when the recipe looks, whatever it says of genres."""
    open_to_all = recipe.model_copy(update={"genres": OnlyOrNever(), "features": {}})
    heard, _ = let_through(shows, open_to_all, window_days(recipe.when, today=today), taste)
    counts = (
        # By an artist's best-known song: a genre says nothing of songs.
        heard.filter(pl.col("row_number") == 1)
        .select("spotify_artist_id", "genres")
        .unique("spotify_artist_id")
        .explode("genres")
        .drop_nulls("genres")
        .group_by("genres")
        .len("artists")
        .sort("artists", "genres", descending=[True, False])
    )
    return tuple(counts.iter_rows())
