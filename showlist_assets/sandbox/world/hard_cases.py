"""Every billing that is hard to match or to read, once in each world of 150 concerts or more."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import cycle
from typing import TYPE_CHECKING

from showlist_assets.sandbox.world.cast import without_accents
from showlist_assets.sandbox.world.vocabulary import ACCENTED, NON_LATIN, NOUNS, PLACES, SHORT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from showlist_assets.sandbox.world.cast import Cast
    from showlist_assets.sandbox.world.entities import Artist, EventStatus, Performer


@dataclass(frozen=True, slots=True)
class Billing:
    """Who plays together, on how many dates and nights, and what is odd about it.

    Each night is an event of its own; one event of a festival may last several ``days``.
    """

    performers: tuple[Performer, ...]
    title: str | None = None
    type: str = "concert"
    dates: int = 1
    nights: int = 1
    status: EventStatus = "normal"
    time_tbd: bool = False
    date_tbd: bool = False
    is_free: bool = False
    days: int = 1


def hard_cases(cast: Cast) -> Iterator[Billing]:
    """All of them; what each is for stands at its maker."""
    for make in (
        _tributes,
        _namesakes,
        _co_bills,
        _odd_spellings,
        _affixes,
        _near_names,
        _odd_dates,
        _the_or_not,
        _stands,
        _open_doors,
    ):
        yield from make(cast)


def festivals(cast: Cast, count: int, acts: list[Performer]) -> Iterator[Billing]:
    """Many performers, the festival itself posing as the first of them."""
    for number in range(count):
        place, noun = cast.rng.choice(PLACES), cast.rng.choice(NOUNS)
        name = cast.rng.choice((f"{place} {noun} Festival", f"{noun}fest {place}", f"{place} Fest"))
        itself = cast.billed(name, None, None, kind="festival")
        lineup = cast.rng.sample(acts, min(len(acts), cast.rng.randint(6, 14)))
        title = f"{name} - {cast.rng.choice(('Weekend Pass', 'Saturday', '3 Day Pass'))}"
        yield Billing(
            (itself, *lineup),
            title=title,
            type="music_festival",
            time_tbd=number % 2 == 0,
            days=1 if title.endswith("Saturday") else 3,
        )


def songless(cast: Cast) -> Iterator[Billing]:
    """Two artists whose own songs no search for the name brings.

    Those of the first drown beneath far more popular artists of a longer name; the second has none.
    """
    drowned = _artist(cast, "Indie", 12)
    for longer, popularity in (("Orchestra", 95), ("Revival", 94)):
        cast.artist(f"{drowned.name} {longer}", "Pop", popularity)
    yield Billing((cast.billed(drowned.name, "Indie", drowned),))
    name = cast.name("Indie")
    silent = cast.artist(name, "Indie", 6, has_tracks=False)
    yield Billing((cast.billed(name, "Indie", silent),))


def _tributes(cast: Cast) -> Iterator[Billing]:
    """Acts named after an artist who has a page; some have a page of their own, most have none."""
    templates = cycle(("{} Tribute", "The Music of {}", "Almost {}", "{} - A Tribute to {}"))
    for number, template in zip(range(8), templates, strict=False):
        honoured = _artist(cast, "Rock", 70 + number)
        adjective = cast.rng.choice(("Forever", "Simply", "Absolutely"))
        parts = [honoured.name] if template.count("{}") == 1 else [adjective, honoured.name]
        name = template.format(*parts)
        own_page = cast.artist(name, "Rock", 12) if number % 3 == 0 else None
        yield Billing((cast.billed(name, "Rock", own_page, kind="tribute"),), dates=2)
    candle = "Candlelight: Strings Play "
    honoured = _artist(cast, "Pop", 88)
    show = cast.billed(candle + honoured.name, "Classical", None, kind="tribute")
    yield Billing((show,), title=show.name)


def _namesakes(cast: Cast) -> Iterator[Billing]:
    """Two or three artists of one name; the genre says who plays, sometimes the lesser known."""
    for number, (played, others) in enumerate(
        (("Jazz", ("Pop",)), ("Punk", ("Electronic", "Folk")), ("Country", ("Hip-Hop",)))
    ):
        name = cast.name("Rock")
        artist = cast.artist(name, played, 35)
        for step, other in enumerate(others):
            cast.artist(name, other, 75 - 25 * step if number % 2 else 20 - step)
        yield Billing((cast.billed(name, played, artist),), dates=2)


def _co_bills(cast: Cast) -> Iterator[Billing]:
    """Two artists billed as one performer."""
    for joint in (" & ", " with ", " / ", " + ", " and "):
        first, second = _artist(cast, "Indie", 45), _artist(cast, "Indie", 30)
        together = cast.billed(f"{first.name}{joint}{second.name}", "Indie", first)
        yield Billing((together,), title=together.name)


def _odd_spellings(cast: Cast) -> Iterator[Billing]:
    """Accents that the ticket site loses, letters that are not Latin, names of few signs."""
    for number, name in enumerate(ACCENTED):
        artist = cast.artist(name, cast.genre())
        typed = (without_accents(name), name.upper(), name)[number % 3]
        yield Billing((cast.billed(typed, None, artist),))
    for name in (*NON_LATIN, *SHORT):
        yield Billing((cast.billed(name, cast.genre(), cast.artist(name, cast.genre())),))


def _affixes(cast: Cast) -> Iterator[Billing]:
    """What promoters write around a name."""
    for template in (
        "{} (DJ Set)",
        "An Evening with {}",
        "{} & Friends",
        "{} (18+)",
        "Club Level Seating: {}",
        "{} - Early Show",
        "{} Presents: The Long Night",
    ):
        artist = _artist(cast, cast.genre(), 50)
        # Forms of real listings; ticket sites sell seats of a club level as an event of its own.
        yield Billing((cast.billed(template.format(artist.name), None, artist),))


def _near_names(cast: Cast) -> Iterator[Billing]:
    """An act Spotify does not know, one letter away from a famous one it does."""
    for _ in range(4):
        famous = _artist(cast, "Pop", 85)
        at = len(famous.name) // 2
        # A rule that corrects slips takes these for the famous one ("George Clanton").
        near = famous.name[:at] + famous.name[at + 1 :]
        yield Billing((cast.billed(near, "Folk", None),))


def _odd_dates(cast: Cast) -> Iterator[Billing]:
    """Times and dates not announced, shows off or moved, shows without prices."""
    for status in ("cancelled", "postponed", "rescheduled"):
        yield Billing((cast.act(),), status=status, dates=2)
    yield Billing((cast.act(60),), time_tbd=True, dates=4)
    yield Billing((cast.act(70),), time_tbd=True, date_tbd=True, dates=2)
    yield Billing((cast.act(),), is_free=True, dates=3)


def _the_or_not(cast: Cast) -> Iterator[Billing]:
    """Two artists, "X" and "The X", who both play."""
    noun = cast.name("Rock").removeprefix("The ")
    for name in (noun, f"The {noun}"):
        yield Billing((cast.billed(name, "Rock", cast.artist(name, "Rock", 40)),))


def _stands(cast: Cast) -> Iterator[Billing]:
    """Two nights at one venue, and one artist in many states with openers in billing order."""
    yield Billing((cast.act(80), cast.act(40)), nights=2)
    yield Billing((cast.act(85), cast.act(45), cast.act(25), cast.act(10)), dates=8)


def _open_doors(cast: Cast) -> Iterator[Billing]:
    """A venue's note posing as a performer, as "Open from" does on the real site."""
    for name in ("Open from 6pm", "Doors & Dinner"):
        note = cast.billed(name, None, None, kind="venue")
        yield Billing((note, cast.act()), title=name)


def _artist(cast: Cast, genre: str, popularity: int) -> Artist:
    return cast.artist(cast.name(genre), genre, popularity)
