"""Which rows of ``UpcomingShows`` a recipe lets through, and how many it leaves out for what."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

import polars as pl

from showlist_assets.domain.matching.overrides import artist_id_from
from showlist_assets.domain.names import normalize, without_article
from showlist_assets.domain.places import City, PlaceError, find_city, is_within
from showlist_assets.domain.playlists.recipe import Near, RecipeError
from showlist_assets.domain.playlists.taste_fit import is_of_use, with_fit, with_percentiles
from showlist_assets.domain.playlists.windows import WEEKDAYS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from showlist_assets.domain.playlists.ranges import Range
    from showlist_assets.domain.playlists.recipe import Choice, OnlyOrNever, Recipe
    from showlist_assets.domain.playlists.upcoming import Upcoming
    from showlist_assets.domain.playlists.windows import Days

# "Live and Let Die" is no live version, "Song - Live at Home" and "Song (Live)" are. Spotify prints
# the dash as a hyphen, others as they like.
_VERSION: Final = re.compile(r"\s[-\u2010-\u2015\u2212]\s.*|\([^)]*\)|\[[^\]]*\]")
SHOWS: Final = "show_id"
ARTISTS: Final = "spotify_artist_id"
TRACKS: Final = "track_id"
ACTS: Final = "performer_key"


class Rule(NamedTuple):
    """Rows stay where ``keeps`` is true; others are left out, counted by distinct ``counted``."""

    reason: str
    counted: str
    keeps: pl.Expr


def let_through(
    shows: Upcoming, recipe: Recipe, days: Days, taste: pl.DataFrame | None = None
) -> tuple[pl.DataFrame, dict[str, int]]:
    """The rows that ``recipe`` lets through, and how many were left out, by reason.

    A row counts for the first rule that it breaks: whole shows first, then artists, then tracks.
    The rows tell how their acts fit ``taste`` (``taste_fit``).

    Raises:
        RecipeError: a city of the recipe is not known.
    """
    left_out = {"second listings of one show": shows.doubles} if shows.doubles else {}
    acts = _acts(shows, recipe, days, taste)
    kept = _let_through(
        acts,
        [
            *_place_rules(shows.cities, recipe),
            *_show_rules(shows.venues, recipe, days),
            # Their rows say why (``UpcomingShows.why_no_track``).
            Rule("acts without a song", ACTS, pl.col("songs").is_not_null()),
            *_artist_rules(acts, shows.genres, recipe),
            *_taste_rules(recipe, taste),
        ],
        left_out,
    )
    rows = shows.rows_of(kept)
    return _let_through(rows, list(_track_rules(rows, recipe)), left_out), left_out


def _acts(shows: Upcoming, recipe: Recipe, days: Days, taste: pl.DataFrame | None) -> pl.DataFrame:
    """Whoever plays, with and without a song, and how each fits ``taste``."""
    same = [name for name in shows.acts.columns if name in shows.silent.columns]
    acts = pl.concat([shows.acts, shows.silent.select(same)], how="diagonal")
    fitting = with_fit(acts, taste)
    if taste is None:
        return fitting
    # Of those that venue or genre leave out, too: whom else to hear where and when one looks is
    # what a listener compares with.
    rules = [*_place_rules(shows.cities, recipe), *_time_rules(recipe, days)]
    in_window = pl.all_horizontal([rule.keeps.fill_null(value=False) for rule in rules])
    return with_percentiles(fitting, fitting.select(in_window).to_series())


def _let_through(
    rows: pl.DataFrame, rules: Iterable[Rule], left_out: dict[str, int]
) -> pl.DataFrame:
    """The rows that break no rule; the others are counted in ``left_out``."""
    for rule in rules:
        keeps = _keeping(rows, rule)
        if keeps.all():
            continue
        gone = rows[rule.counted].filter(~keeps)
        left_out[rule.reason] = left_out.get(rule.reason, 0) + gone.n_unique()
        rows = rows.filter(keeps)
    return rows


def songless_acts(
    shows: Upcoming, recipe: Recipe, days: Days, taste: pl.DataFrame | None = None
) -> pl.DataFrame:
    """The rows without a song that ``recipe`` would let through, were it not for that.

    Rules of tracks are not asked, and how sure a match must be only of those that are matched.
    """
    # A show's second listing is none of its own for those who have no song either.
    acts = (
        _acts(shows, recipe, days, taste)
        .filter(pl.col("songs").is_null())
        .join(shows.second, on=["state", "show_id"], how="anti", maintain_order="left")
    )
    rules = [
        *_place_rules(shows.cities, recipe),
        *_show_rules(shows.venues, recipe, days),
        *_artist_rules(acts, shows.genres, recipe),
        *_taste_rules(recipe, taste),
    ]
    for rule in rules:
        acts = acts.filter(_keeping(acts, rule))
    return acts


def _keeping(rows: pl.DataFrame, rule: Rule) -> pl.Series:
    """Of each row, whether it stays."""
    # A comparison with null is null: what is not known does not pass.
    return rows.with_columns(keeps=rule.keeps.fill_null(value=False))["keeps"]


def _place_rules(known: Sequence[City], recipe: Recipe) -> Iterator[Rule]:
    if recipe.near:
        circles = [_circle(near, known, recipe.name) for near in recipe.near]
        names = " or ".join(f"{near.radius} of {near.city}" for near in recipe.near)
        yield Rule(f"shows not within {names}", SHOWS, pl.any_horizontal(circles))


def _circle(near: Near, known: Sequence[City], recipe: str) -> pl.Expr:
    if near.position:
        return is_within(City(near.city, near.state, *near.position), near.kilometres)
    try:
        return is_within(find_city(near.city, near.state, list(known)), near.kilometres)
    except PlaceError as error:
        # A city without a venue of its own still lies somewhere, and its neighbours have some.
        if middle := near.known_position:
            return is_within(City(near.city, near.state, *middle), near.kilometres)
        # A state without any show says nothing about how its cities are spelled.
        if all(city.state != near.state for city in known):
            return pl.lit(value=False)
        raise RecipeError(f"Recipe {recipe!r}, near: {error}") from None


def _show_rules(venues: Iterable[str], recipe: Recipe, days: Days) -> Iterator[Rule]:
    yield from _time_rules(recipe, days)
    yield from _named_rules("shows at", "venues", SHOWS, "venue_name", recipe.venues, venues)
    yield from _range_rule("shows at venues of a size", SHOWS, "venue_capacity", recipe.capacity)
    yield from _range_rule("shows at a price", SHOWS, "lowest_price", recipe.price)
    yield from _choice_rule(
        "festivals", SHOWS, pl.col("event_kind") == "music_festival", recipe.festivals
    )


def _time_rules(recipe: Recipe, days: Days) -> Iterator[Rule]:
    date = pl.col("local_date")
    # A festival of several days is on on each of them.
    last = pl.coalesce("last_date", "local_date")
    yield Rule("shows without an announced date", SHOWS, date.is_not_null())
    yield Rule(f"shows outside {days}", SHOWS, (date <= days.last) & (last >= days.first))
    if recipe.weekdays:
        # Polars counts the days of the week from 1, Monday.
        numbers = [WEEKDAYS.index(day) + 1 for day in recipe.weekdays]
        its_days = pl.date_ranges(date.clip(days.first), last.clip(upper_bound=days.last))
        on_one = its_days.list.eval(pl.element().dt.weekday().is_in(numbers)).list.any()
        yield Rule(f"shows not on {', '.join(recipe.weekdays)}", SHOWS, on_one)


def _named_rules(
    what: str, plural: str, counted: str, column: str, wish: OnlyOrNever, present: Iterable[str]
) -> Iterator[Rule]:
    """The rules of names compared as wholes."""
    never, only = set(map(without_article, wish.never)), set(map(without_article, wish.only))
    if only:
        wanted = [name for name in present if without_article(name) in only]
        yield Rule(f"{what} other {plural}", counted, pl.col(column).is_in(wanted))
    if never:
        unwanted = [name for name in present if without_article(name) in never]
        yield Rule(f"{what} excluded {plural}", counted, ~pl.col(column).is_in(unwanted))


def _range_rule(what: str, counted: str, column: str, wished: Range | None) -> Iterator[Rule]:
    if wished is not None:
        number = pl.col(column)
        yield Rule(f"{what} unknown", counted, number.is_not_null())
        yield Rule(f"{what} not {wished}", counted, wished.holds(number))


def _is_version(shows: pl.DataFrame, wished: tuple[str, ...]) -> pl.Expr:
    named = [title for title in shows["track_name"].unique() if is_version(title, wished)]
    return pl.col("track_name").is_in(named)


def is_version(title: str, wished: Iterable[str]) -> bool:
    """Whether ``title`` says of itself that it is one of the ``wished`` versions."""
    return any(is_kind_of(part, wish) for part in _VERSION.findall(title) for wish in wished)


def _choice_rule(what: str, counted: str, is_one: pl.Expr, choice: Choice) -> Iterator[Rule]:
    if choice == "no":
        yield Rule(what, counted, ~is_one)
    if choice == "only":
        yield Rule(f"other than {what}", counted, is_one)


def _artist_rules(shows: pl.DataFrame, genres: Iterable[str], recipe: Recipe) -> Iterator[Rule]:
    if recipe.artists.only:
        yield Rule("other artists", ARTISTS, is_artist(shows, recipe.artists.only))
    if recipe.artists.never:
        yield Rule("excluded artists", ARTISTS, ~is_artist(shows, recipe.artists.never))
    if recipe.genres.only:
        yield Rule("artists of other genres", ARTISTS, _is_genre(recipe.genres.only, genres))
    if recipe.genres.never:
        yield Rule("artists of excluded genres", ARTISTS, ~_is_genre(recipe.genres.never, genres))
    yield from _choice_rule("openers", ARTISTS, pl.col("role") == "support", recipe.openers)
    if recipe.least_confidence:
        yield Rule(
            f"artists matched with a confidence under {recipe.least_confidence:g}",
            ARTISTS,
            (pl.col("match_confidence") >= recipe.least_confidence)
            | pl.col("spotify_artist_id").is_null(),
        )


def _taste_rules(recipe: Recipe, taste: pl.DataFrame | None) -> Iterator[Rule]:
    """Whoever is blocked is left out whatever is asked for; the rest needs a taste."""
    yield Rule("blocked acts", ACTS, ~pl.col("is_blocked"))
    if not is_of_use(taste):
        return
    plays, fits = pl.col("fit_basis").eq_missing(pl.lit("known")), pl.col("fit_percentile")
    if recipe.taste.known == "only":
        yield Rule("acts you do not play", ACTS, plays)
    if recipe.taste.known == "never":
        yield Rule("acts you play already", ACTS, ~plays)
    if recipe.unknown_taste == "leave out":
        yield Rule("acts of which nobody knows how they fit your taste", ACTS, fits.is_not_null())
    if recipe.taste.minimum:
        # Ranks are multiples of one over a count, which floating point may miss by a little.
        yield Rule(
            "acts below your taste", ACTS, fits.is_null() | (fits >= recipe.taste.minimum - 1e-9)
        )


def is_artist(shows: pl.DataFrame, names: tuple[str, ...]) -> pl.Expr:
    """Whether a row's artist is named, as billed or as on Spotify, or linked."""
    if not names:
        return pl.lit(value=False)
    ids = [found for name in names if (found := artist_id_from(name))]
    keys = set(map(without_article, names))
    # Whoever is not on Spotify has only a billed name.
    named = pl.col("spotify_artist_id").is_in(ids).fill_null(value=False)
    # A listener may know an act by either; a site's spelling is not always that of Spotify.
    for column in ("performer_name", "spotify_artist_name"):
        present = [
            name for name in shows[column].drop_nulls().unique() if without_article(name) in keys
        ]
        named |= pl.col(column).is_in(present).fill_null(value=False)
    return named


def _is_genre(wished: tuple[str, ...], present: Iterable[str]) -> pl.Expr:
    named = [genre for genre in present if any(is_kind_of(genre, wish) for wish in wished)]
    return pl.col("genres").list.eval(pl.element().is_in(named)).list.any()


def is_kind_of(genre: str, wish: str) -> bool:
    """Whether the words of ``wish`` stand in ``genre``: "indie rock" is rock, "rockabilly" not."""
    return f" {normalize(wish)} " in f" {normalize(genre)} "


def _track_rules(shows: pl.DataFrame, recipe: Recipe) -> Iterator[Rule]:
    yield from _choice_rule("explicit tracks", TRACKS, pl.col("explicit"), recipe.explicit)
    if recipe.versions.only:
        is_one = _is_version(shows, recipe.versions.only)
        yield Rule("tracks of other versions", TRACKS, is_one)
    if recipe.versions.never:
        is_one = _is_version(shows, recipe.versions.never)
        yield Rule("tracks of excluded versions", TRACKS, ~is_one)
    for feature, wished in sorted(recipe.features.items()):
        number = pl.col(feature)
        if recipe.unknown_features == "leave out":
            yield Rule(f"tracks whose {feature} is unknown", TRACKS, number.is_not_null())
        yield Rule(
            f"tracks with {feature} not {wished}", TRACKS, number.is_null() | wished.holds(number)
        )
