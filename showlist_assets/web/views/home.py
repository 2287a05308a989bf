"""The first page: what plays near a place, as the playlist that a push would write."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from showlist_assets.domain.gazetteer import Place
from showlist_assets.domain.playlists.picking import OVER_THE_LIMIT
from showlist_assets.domain.playlists.plan import NEVER_FETCHED, left_out_in_words
from showlist_assets.domain.playlists.taste_fit import NOTHING_KNOWN
from showlist_assets.domain.playlists.windows import window_days
from showlist_assets.domain.playlists.wish import query_of
from showlist_assets.domain.quantities import counted
from showlist_assets.domain.states import BY_CODE
from showlist_assets.web import wording
from showlist_assets.web.tastes import NOBODYS, VisitorsTaste
from showlist_assets.web.views.form import WHENS, Form, form_of
from showlist_assets.web.views.lineup import Day, days_of, shows_heard, songs_in_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from showlist_assets.domain.gazetteer import Area
    from showlist_assets.domain.playlists.plan import Plan
    from showlist_assets.domain.playlists.wish import Wish
    from showlist_assets.services.playlists.preview import Preview
    from showlist_assets.web.map import MapView
    from showlist_assets.web.views.bands import Band

# A page of some 15 kB, compressed; the rest is one link away.
SHOWS_A_PAGE: Final = 30
_FEWEST_BARS: Final = 5
# How the planner says it, and names commands.
_NO_TASTE: Final = NOTHING_KNOWN.partition("{")[0]


@dataclass(frozen=True)
class Other:
    """Another wish, one link away.

    Attributes:
        label: What the link says.
        query: The wish, for an address.
        note: What it would bring; empty: nothing is said.
    """

    label: str
    query: str
    note: str = ""


@dataclass(frozen=True)
class Home:
    """The lineup and the form beside it.

    Attributes:
        query: The whole wish, canonical.
        headline: What there is, in a line.
        where: The place and the days, in a line.
        mistakes: What of the address could not be used, each in a sentence.
        left_out: What did not make it, with how many, by reason.
        notes: What the planner would have the listener look at.
        ways_out: Where nothing is left: other wishes that leave something.
        meant: Other places of the name.
        more: The same wish, to be asked for more shows; empty: all are there.
        shown: How many shows the page lists at most.
        beside: What the headline does not count, in sentences.
        bands: What became of the bands that were typed.
    """

    query: str
    form: Form
    headline: str
    where: str
    title: str
    days: tuple[Day, ...]
    strip: tuple[tuple[Day, int], ...]
    songs: int
    shows: int
    mistakes: tuple[str, ...]
    left_out: tuple[tuple[str, int], ...]
    notes: tuple[str, ...]
    why_empty: str
    ways_out: tuple[Other, ...]
    meant: tuple[Other, ...]
    more: str
    shown: int
    beside: tuple[str, ...]
    bands: tuple[Band, ...]
    map: MapView | None


def home_of(
    wish: Wish,
    place: Place | Area,
    preview: Preview,
    *,
    mistakes: Sequence[str] = (),
    meant: Iterable[Place | Area] = (),
    shown: int = SHOWS_A_PAGE,
    ways_out: Sequence[Other] = (),
    drawn: MapView | None = None,
    bands: Iterable[Band] = (),
    taste: VisitorsTaste = NOBODYS,
) -> Home:
    """The page of ``wish`` at ``place``."""
    plan = preview.plan
    days = days_of(plan, place, taste)
    shows = sum(len(one.shows) for one in days)
    window = window_days(wish.when, today=preview.today)
    picked = None if wish.when in WHENS or " to " not in wish.when else (window.first, window.last)
    return Home(
        query=query_of(wish),
        form=form_of(wish, preview.genres, days=picked, where=place.label, taste=taste),
        headline=_headline(plan, shows),
        beside=_beside(plan, shows),
        bands=tuple(bands),
        where=where_in_words(wish, place, window.first, window.last),
        title=plan.title,
        days=first_shows(days, shown),
        strip=_strip(days),
        songs=len(plan.tracks),
        shows=shows,
        mistakes=tuple(mistakes),
        left_out=tuple(plan.left_out.items()),
        notes=notes_of(plan),
        why_empty=why_empty(plan),
        ways_out=tuple(ways_out),
        meant=tuple(
            Other(one.label, query_of(wish.model_copy(update={"where": one.label})))
            for one in meant
        ),
        more=query_of(wish) if shows > shown else "",
        shown=shown,
        map=drawn,
    )


def _headline(plan: Plan, shows: int) -> str:
    if not plan.tracks:
        return "Nothing to play here yet" if not shows else f"{counted(shows, 'show')}, no song"
    return songs_in_words(plan)


def _beside(plan: Plan, shows: int) -> tuple[str, ...]:
    if not plan.tracks:
        return ()
    found = []
    if silent := shows - shows_heard(plan):
        own = "has no song of its own" if silent == 1 else "have no song of their own"
        found.append(f"{counted(silent, 'more show')} below {own}.")
    over = [count for why, count in plan.left_out.items() if why.startswith(OVER_THE_LIMIT)]
    if over:
        found.append(f"{counted(over[0], 'more song')} would fit: “More wishes” has the limit.")
    return tuple(found)


def why_empty(plan: Plan) -> str:
    """Why nothing plays; how a recipe's file would be changed is for those who write one."""
    if plan.tracks or (plan.missing and not plan.left_out):
        return ""
    return left_out_in_words(plan.left_out) or "No show with a known artist is announced here yet."


def notes_of(plan: Plan) -> tuple[str, ...]:
    """What the planner says to a listener; of missing states it says what an operator can do."""
    told = [words for words in plan.notes if not words.startswith(_NO_TASTE)]
    if len(told) < len(plan.notes):
        told.append("Nothing is known here of what you play, so this does not go by taste.")
    if not plan.missing:
        return tuple(told)
    names = [BY_CODE[state].name for state in plan.missing]
    listed = " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))
    told = [words for words in told if NEVER_FETCHED not in words]
    return (f"Shows in {listed} are not known here yet.", *told)


def where_in_words(wish: Wish, place: Place | Area, first: date, last: date) -> str:
    """Such as "within 25 miles of New York, NY, Nov 26 to Dec 9"."""
    days = wording.day(first) if first == last else f"{wording.day(first)} to {wording.day(last)}"
    if wish.when == "any time":
        days = "any time"
    if isinstance(place, Place):
        return f"within {wish.radius} miles of {place.label}, {days}"
    return f"in {place.label}, {days}"


def first_shows(days: Sequence[Day], count: int) -> tuple[Day, ...]:
    """The first ``count`` shows, in their days."""
    found: list[Day] = []
    for one in days:
        if count <= 0:
            break
        found.append(replace(one, shows=one.shows[:count]))
        count -= len(one.shows)
    return tuple(found)


def _strip(days: Sequence[Day]) -> tuple[tuple[Day, int], ...]:
    """Each day with how tall its bar is, 1 to 10; none where bars would tell nothing."""
    if len(days) < _FEWEST_BARS:
        return ()
    most = max((len(one.shows) for one in days), default=1)
    return tuple((one, max(1, round(10 * len(one.shows) / most))) for one in days)
