"""The form of a wish: every field as a real input, with what is chosen and what else there is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from showlist_assets.domain.playlists.windows import WEEKDAYS
from showlist_assets.web import wording
from showlist_assets.web.tastes import NOBODYS, VisitorsTaste

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from showlist_assets.domain.playlists.wish import Wish

RADII: Final = (5, 10, 25, 50, 100, 200)
WHENS: Final = {
    "today": "Today",
    "this weekend": "This weekend",
    "next 7 days": "7 days",
    "next 14 days": "14 days",
    "next 3 months": "3 months",
    "any time": "Any time",
}
_FITS: Final = {"0": "anybody", "50": "the better half", "75": "the best 25%", "90": "the best 10%"}
_GENRES_SHOWN: Final = 12
_GENRES_MORE: Final = 40
_DAY_NAMES: Final = dict(
    zip(WEEKDAYS, ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"), strict=True)
)


@dataclass(frozen=True)
class Choice:
    """One of several values of a field.

    Attributes:
        count: How many artists it would leave; None where that is not counted.
    """

    value: str
    label: str
    is_chosen: bool
    count: int | None = None


TasteHint: TypeAlias = Literal["", "log in", "tell"]
"""How somebody comes by wishes of taste: by logging in, or by telling what they play."""


@dataclass(frozen=True)
class TasteFields:
    """What may be wished of taste."""

    prefer: tuple[Choice, ...]
    fit: tuple[Choice, ...]
    known: tuple[Choice, ...]
    unknown: tuple[Choice, ...]


@dataclass(frozen=True)
class Form:
    """What the form holds, in the order in which it asks.

    Attributes:
        taste: What may be wished of taste; None where nothing is known of the visitor's.
        taste_kept: In its place, what the address says of it, by names.
    """

    where: str
    places: tuple[str, ...]
    radius: tuple[Choice, ...]
    when: tuple[Choice, ...]
    first_day: str
    last_day: str
    days: tuple[Choice, ...]
    genres: tuple[Choice, ...]
    more_genres: tuple[Choice, ...]
    without: tuple[Choice, ...]
    loud: tuple[Choice, ...]
    bands: str
    bands_are: tuple[Choice, ...]
    price: str
    rooms: tuple[Choice, ...]
    openers: tuple[Choice, ...]
    tracks: tuple[Choice, ...]
    order: tuple[Choice, ...]
    pick: tuple[Choice, ...]
    clean: bool
    most: str
    never: tuple[str, ...]
    venues: tuple[str, ...]
    taste: TasteFields | None
    taste_kept: tuple[tuple[str, str], ...]
    taste_hint: TasteHint
    is_detailed: bool


def form_of(
    wish: Wish,
    genres: Sequence[tuple[str, int]],
    *,
    days: tuple[date, date] | None = None,
    places: Iterable[str] = (),
    where: str = "",
    taste: VisitorsTaste = NOBODYS,
) -> Form:
    """The form that would send ``wish``.

    Args:
        wish: What is chosen.
        genres: What else there is, the commonest first, with how many artists each.
        days: Of a window that was picked by hand.
        places: What to offer while somebody types.
        where: What the field of the place holds, where the wish says nothing.
        taste: What is known of the visitor's.
    """
    first, others = _genres(wish, genres)
    return Form(
        where=wish.where or where,
        places=tuple(places),
        radius=_choices(
            {str(one): f"{one} miles" for one in sorted({*RADII, wish.radius})}, str(wish.radius)
        ),
        when=_whens(wish, is_picked=days is not None),
        first_day=days[0].isoformat() if days else "",
        last_day=days[1].isoformat() if days else "",
        days=tuple(Choice(one, name, one in wish.days) for one, name in _DAY_NAMES.items()),
        genres=first,
        more_genres=others,
        without=tuple(Choice(one, wording.printed(one), is_chosen=True) for one in wish.without),
        loud=_choices(
            {"any": "Any", "calm": "Calm", "lively": "Lively", "loud": "Loud"}, wish.loud
        ),
        bands="\n".join(wish.bands),
        bands_are=_choices({"first": "these first", "only": "only these"}, wish.bands_are),
        price="" if wish.price is None else str(wish.price),
        rooms=_choices(
            {"any": "Any size", "small": "Up to 500", "medium": "Up to 2,000"}, wish.rooms
        ),
        openers=_choices({"yes": "with", "no": "without", "only": "only openers"}, wish.openers),
        tracks=_choices({str(number): str(number) for number in range(1, 11)}, str(wish.tracks)),
        order=_orders(wish, taste),
        pick=_choices(
            {"best known": "best known", "newest": "newest", "surprise": "a surprise"}, wish.pick
        ),
        clean=wish.clean,
        most=str(wish.most),
        never=wish.never,
        venues=wish.venue,
        taste=_taste(wish) if taste.is_known else None,
        taste_kept=() if taste.is_known else _taste_kept(wish),
        taste_hint=_hint(taste),
        is_detailed=_is_detailed(wish),
    )


def _hint(taste: VisitorsTaste) -> TasteHint:
    if taste.is_known:
        return ""
    return "tell" if taste.is_listener else "log in"


def _orders(wish: Wish, taste: VisitorsTaste) -> tuple[Choice, ...]:
    labels = {
        "date": "by date",
        "popularity": "biggest first",
        "energy arc": "rising, then calming",
        "smooth": "smooth from song to song",
        "shuffle": "shuffled weekly",
    }
    if taste.is_known or wish.order == "taste":
        labels["taste"] = "closest to my taste first"
    return _choices(labels, wish.order)


def _taste(wish: Wish) -> TasteFields:
    own = {} if str(wish.fit) in _FITS else {str(wish.fit): f"the best {100 - wish.fit}%"}
    return TasteFields(
        prefer=_choices(
            {
                "soonest": "who plays soonest",
                "biggest": "the biggest",
                "surprise": "a surprise",
                "taste": "closest to my taste",
            },
            wish.prefer,
        ),
        fit=_choices({**_FITS, **own}, str(wish.fit)),
        known=_choices(
            {
                "any": "with others",
                "prefer": "first",
                "only": "only these",
                "never": "never, only new to me",
            },
            wish.known,
        ),
        unknown=_choices({"keep": "last", "leave out": "left out"}, wish.unknown_taste),
    )


def _taste_kept(wish: Wish) -> tuple[tuple[str, str], ...]:
    """What is said of taste, by its names in the address."""
    said = wish.model_dump(
        exclude_defaults=True, include={"prefer", "fit", "known", "unknown_taste"}
    )
    return tuple((name, str(value)) for name, value in said.items())


def _genres(
    wish: Wish, genres: Sequence[tuple[str, int]]
) -> tuple[tuple[Choice, ...], tuple[Choice, ...]]:
    """Those that are chosen and the commonest, and the others that there are."""
    counts: dict[str, int] = {}
    # A wish has small letters; sources print a genre in several ways, the commonest first here.
    labels: dict[str, str] = {}
    for genre, count in genres:
        counts[genre.lower()] = counts.get(genre.lower(), 0) + count
        labels.setdefault(genre.lower(), genre)
    names = [*wish.genre, *(name for name in counts if name not in wish.genre)]
    shown = [
        Choice(name, wording.printed(labels.get(name, name)), name in wish.genre, counts.get(name))
        for name in names
    ]
    first = max(_GENRES_SHOWN, len(wish.genre))
    return tuple(shown[:first]), tuple(shown[first : first + _GENRES_MORE])


def _is_detailed(wish: Wish) -> bool:
    """Whether something is chosen that stands under "More"."""
    fields = ("price", "rooms", "openers", "tracks", "order", "pick", "clean", "most", "without")
    return any(getattr(wish, name) != type(wish).model_fields[name].default for name in fields)


def _whens(wish: Wish, *, is_picked: bool) -> tuple[Choice, ...]:
    """The usual windows, and the wish's own where it is none of them."""
    own = {} if is_picked or wish.when in WHENS else {wish.when: wording.sentence(wish.when)}
    return _choices({**WHENS, **own}, "" if is_picked else wish.when)


def _choices(labels: dict[str, str], chosen: str) -> tuple[Choice, ...]:
    return tuple(Choice(value, label, value == chosen) for value, label in labels.items())
