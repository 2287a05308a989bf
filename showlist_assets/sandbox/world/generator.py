"""The generated world: concerts in all 51 states, with every hard case, the same for a seed."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from showlist_assets.sandbox.world.cast import Cast
from showlist_assets.sandbox.world.catalog import Catalog
from showlist_assets.sandbox.world.cities import CITIES, PRINTED_COUNTRIES, concerts_per_state
from showlist_assets.sandbox.world.entities import Event, Venue
from showlist_assets.sandbox.world.hard_cases import Billing, festivals, hard_cases, songless
from showlist_assets.sandbox.world.odd_listings import OddListing, odd_listings
from showlist_assets.sandbox.world.vocabulary import LAST_NAMES, NOUNS, PLACES, plural, venue_name
from showlist_assets.sandbox.world.world import World

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from random import Random

    from showlist_assets.sandbox.world.entities import Performer

_FURTHEST_DAY = 120
_CONCERTS_PER_VENUE = 6
_CONCERTS_PER_FESTIVAL = 75
_PAST_SHARE, _OTHER_SHARE = 0.10, 0.20
_SMALLEST_WITH_ODDITIES = 150
FIRST_ODD_VENUE_ID = 300_001
"""Each odd listing has a venue of its own, numbered from here."""
# Beyond those of odd listings.
_VENUES_BEFORE_ABROAD = 100_000
_FIRST_EVENT_ID = 6_100_000
_RELISTED_FROM, _RELISTED_EACH, _RELISTED_ID = 50, 150, 900_000
# SeatGeek prints this time of day for "not announced yet" (apparent in every time_tbd recording).
_TBD_TIME = time(3, 30)
_CURFEW = time(23)
_DOORS = (time(18, 30), time(19), time(19, 30), time(20), time(20, 30), time(21))


def generate_world(
    seed: int, concerts: int, today: date, *, countries: tuple[str, ...] = ("US",)
) -> World:
    """A world of about ``concerts`` upcoming concerts, 1 to 120 days after ``today``.

    Past concerts (one in ten) and sports, theater and comedy (one in five) come on top, so that a
    query without filters finds too much. Of ``countries`` the US comes first, and is the same
    whatever is beside it.
    """
    # Seeded with text, which Python digests alike in each process; a hash of it would be salted.
    rng = random.Random(f"{seed}:{today.isoformat()}")
    cast = Cast(rng)
    calendar = _Calendar(rng, today, concerts_per_state(concerts))
    acts: list[Performer] = []
    for billing in hard_cases(cast):
        acts += [one for one in billing.performers if one.kind == "artist"]
        calendar.book(billing)
    for billing in festivals(cast, max(1, concerts // _CONCERTS_PER_FESTIVAL), acts):
        calendar.book(billing)
    while calendar.has_room():
        billing = _tour(cast, acts)
        acts += billing.performers
        calendar.book(billing)
    calendar.add_past(acts, round(concerts * _PAST_SHARE))
    calendar.add_others(_not_concerts(cast, round(concerts * _OTHER_SHARE)))
    calendar.relist()
    cast.strangers(len(acts) * 2 // 3, acts)
    if concerts >= _SMALLEST_WITH_ODDITIES:
        calendar.add_odd(odd_listings(cast))
        calendar.add_others(songless(cast))
    for country in countries:
        if country != "US":
            _go_abroad(cast, acts, calendar, country, concerts)
    return World(events=calendar.events, catalog=Catalog(cast.artists))


def _go_abroad(
    cast: Cast, acts: list[Performer], calendar: _Calendar, country: str, concerts: int
) -> None:
    """The concerts of another country: half of them by who tours the US, too."""
    abroad = calendar.in_country(country, concerts_per_state(concerts, country))
    while abroad.has_room():
        is_known = cast.rng.random() < 0.5
        billing = Billing((cast.rng.choice(acts),)) if is_known else _tour(cast, acts)
        acts += [one for one in billing.performers if not is_known]
        abroad.book(billing)


def _tour(cast: Cast, acts: list[Performer]) -> Billing:
    """A headliner with up to three openers, the same on every date of the tour."""
    rng = cast.rng
    headliner = cast.act()
    openers = rng.choices((0, 1, 2, 3), (40, 35, 18, 7))[0]
    support = [
        rng.choice(acts) if acts and rng.random() < 0.12 else cast.act(rng.randint(0, 45))
        for _ in range(openers)
    ]
    lineup = tuple(dict.fromkeys((headliner, *support)))
    chance = rng.random()
    return Billing(
        lineup,
        title=_noticed(_title(rng, lineup), lineup, chance),
        dates=rng.choices((1, 2, 3, 5, 8), (58, 22, 11, 7, 2))[0],
        nights=2 if rng.random() < 0.04 else 1,
        status="cancelled"
        if chance < 0.005
        else "postponed"
        if 0.01 < chance < 0.015
        else "normal",
        time_tbd=0.02 < chance < 0.06,
        date_tbd=0.02 < chance < 0.025,
        is_free=chance > 0.94,
    )


def _noticed(title: str | None, lineup: tuple[Performer, ...], chance: float) -> str | None:
    """The title of half the tours that are off says so, where the status does not."""
    usual = title or _usual_title([performer.name for performer in lineup])
    if 0.005 <= chance <= 0.01:
        return f"[CANCELLED] {usual}"
    return f"POSTPONED: {usual} - New Date TBA" if 0.015 <= chance <= 0.02 else title


def _title(rng: Random, lineup: tuple[Performer, ...]) -> str | None:
    """A title that is more than the names; ``None`` for the usual one."""
    name = lineup[0].name
    chance = rng.random()
    if chance < 0.12:
        return f"{name}: The {rng.choice(NOUNS)} Tour"
    return f"{name} - {rng.choice(PLACES)} Sessions" if chance < 0.16 else None


def _not_concerts(cast: Cast, count: int) -> Iterator[Billing]:
    rng = cast.rng
    teams = [
        cast.billed(f"{place} {plural(rng.choice(NOUNS))}", None, None, kind="team")
        for place in PLACES
    ]
    for number in range(count):
        if number % 3 == 0:
            home, away = rng.sample(teams, 2)
            yield Billing((home, away), f"{away.name} at {home.name}", type="basketball")
            continue
        kind, name = (
            ("theater", f"The {rng.choice(NOUNS)}")
            if number % 3 == 1
            else (
                "comedy",
                f"{rng.choice(LAST_NAMES)} {rng.choice(('Laughs', 'Live', 'Uncut'))}",
            )
        )
        yield Billing((cast.billed(name, None, None, kind="show"),), type=kind)


@dataclass
class _Calendar:
    """Books billings into venues until every state has its share."""

    rng: Random
    today: date
    room: dict[str, int]
    events: list[Event] = field(default_factory=list)
    country: str = "US"

    def __post_init__(self) -> None:
        self._venues = dict(_venues(self.rng, self.room, self.country))
        self._slots = [state for state, count in self.room.items() for _ in range(count)]
        self.rng.shuffle(self._slots)
        self._taken_ahead: Counter[str] = Counter()

    def in_country(self, country: str, room: dict[str, int]) -> _Calendar:
        """One of another country, which books into the same events."""
        return _Calendar(self.rng, self.today, room, self.events, country)

    def has_room(self) -> bool:
        """Whether some state still lacks concerts."""
        while self._slots and self._taken_ahead[self._slots[-1]]:
            self._taken_ahead[self._slots.pop()] -= 1
        return bool(self._slots)

    def book(self, billing: Billing) -> None:
        """Places a billing on its dates, in as many states."""
        day = self.rng.randint(1, _FURTHEST_DAY)
        for _ in range(billing.dates):
            if not self.has_room():
                return
            state = self._slots.pop()
            venue = self.rng.choice(self._venues[state])
            for night in range(billing.nights):
                self._add(billing, venue, 1 + (day + night) % _FURTHEST_DAY)
            self._taken_ahead[state] += billing.nights - 1
            day = 1 + (day + self.rng.randint(1, 4)) % _FURTHEST_DAY

    def add_past(self, acts: list[Performer], count: int) -> None:
        """Concerts that are over."""
        for _ in range(count):
            venue = self._any_venue()
            self._add(Billing((self.rng.choice(acts),)), venue, -self.rng.randint(1, 90))

    def add_others(self, billings: Iterable[Billing]) -> None:
        """What is beside the states' shares, wherever there is a venue."""
        for billing in billings:
            self._add(billing, self._any_venue(), self.rng.randint(1, _FURTHEST_DAY))

    def relist(self) -> None:
        """Some shows a second time, under another id (seatgeek/api-support#42)."""
        concerts = [event for event in self.events if event.type == "concert"]
        for event in concerts[_RELISTED_FROM::_RELISTED_EACH]:
            self.events.append(replace(event, id=event.id + _RELISTED_ID))

    def add_odd(self, listings: Iterable[OddListing]) -> None:
        """Listings that are wrong in a field, each at a venue of its own."""
        for number, listing in enumerate(listings):
            venue = replace(
                listing.abroad or self._any_venue(), id=FIRST_ODD_VENUE_ID + 13 * number
            )
            venue = replace(venue, printed=listing.of_venue(venue))
            self._add(listing.billing, venue, self.rng.randint(1, _FURTHEST_DAY))
            event = self.events.pop()
            self.events.append(replace(event, printed=listing.of_event(event)))

    def _any_venue(self) -> Venue:
        return self.rng.choice(self._venues[self.rng.choice(list(self._venues))])

    def _add(self, billing: Billing, venue: Venue, day: int) -> None:
        rng = self.rng
        doors = _TBD_TIME if billing.time_tbd else rng.choice(_DOORS)
        local = datetime.combine(self.today + timedelta(days=day), doors)
        names = [performer.name for performer in billing.performers]
        lowest = rng.randint(12, 90)
        priced = not billing.is_free and rng.random() > 0.08
        self.events.append(
            Event(
                id=_FIRST_EVENT_ID + 3 * len(self.events) + rng.randint(0, 2),
                type=billing.type,
                title=billing.title or _usual_title(names),
                venue=venue,
                performers=billing.performers,
                starts_at_local=local,
                starts_at_utc=_in_utc(local, venue.timezone),
                announced_at=local - timedelta(days=rng.randint(100, 250), minutes=day),
                score=max(performer.score for performer in billing.performers),
                prices=(lowest, lowest + rng.randint(5, 300)) if priced else None,
                time_tbd=billing.time_tbd,
                date_tbd=billing.date_tbd,
                status=billing.status,
                ends_at_utc=_end(local, billing.days, venue.timezone),
            )
        )


def _usual_title(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{names[0]} with {' and '.join(names[1:3])}"


def _venues(
    rng: Random, concerts: dict[str, int], country: str
) -> Iterator[tuple[str, list[Venue]]]:
    number = 0 if country == "US" else _VENUES_BEFORE_ABROAD
    for state, count in concerts.items():
        venues = []
        for index in range(1 + count // _CONCERTS_PER_VENUE):
            # The first city is the largest: half of a state's venues stand there.
            cities = CITIES[state]
            city = cities[0] if index % 2 == 0 else rng.choice(cities)
            number += 1
            venues.append(
                Venue(
                    id=400 + 13 * number,
                    name=venue_name(rng, city.name),
                    address=f"{rng.randint(10, 4999)} {rng.choice(LAST_NAMES)} Street",
                    city=city.name,
                    state=state,
                    postal_code=city.postal_code,
                    latitude=round(city.latitude + rng.uniform(-0.04, 0.04), 4),
                    longitude=round(city.longitude + rng.uniform(-0.04, 0.04), 4),
                    timezone=city.timezone,
                    capacity=rng.choice((0, 160, 300, 550, 900, 1800, 3200, 9000, 18_000)),
                    country=PRINTED_COUNTRIES[country],
                )
            )
        yield state, venues


def _end(local: datetime, days: int, timezone: str) -> datetime | None:
    last = local.date() + timedelta(days=days - 1)
    return _in_utc(datetime.combine(last, _CURFEW), timezone) if days > 1 else None


def _in_utc(local: datetime, timezone: str) -> datetime:
    return local.replace(tzinfo=_zone(timezone)).astimezone(UTC).replace(tzinfo=None)


@cache
def _zone(timezone: str) -> ZoneInfo:
    return ZoneInfo(timezone)
