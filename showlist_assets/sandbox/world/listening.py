"""What made-up listeners play: a plain taste, and two years of days that follow from it.

A listener is at home in three genres, has some artists of each, a few of whom play soon, and hears
a little of everything else. Each day is made from the seed, the listener and its date alone: as
time goes on plays are added, and none changes.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from itertools import accumulate
from random import Random
from typing import TYPE_CHECKING, Final

from showlist_assets.sandbox.world.co_listening import NO_GENRE, family_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from showlist_assets.sandbox.world.entities import Artist, Track
    from showlist_assets.sandbox.world.world import World

HEARD_MS: Final = 30_000
"""What Spotify counts as heard; anything shorter it does not tell of."""

_DAYS: Final = 730
_SHARES: Final = (0.5, 0.3, 0.2)
# Of those of a genre who play soon, this share is among the listener's; the rest is to be found.
_KNOWN_OF_BILLED: Final = 0.3
_OTHERS_OF_GENRE: Final = 18
_ELSEWHERE: Final = 0.06
_SAME_ARTIST_AGAIN: Final = 0.35
_SKIPPED, _CUT_SHORT = 0.15, 0.1
# UTC: a lunch and an evening in the west of the country.
_SESSIONS: Final = ((15, 0.45, 6), (20, 0.45, 7), (27, 0.85, 15))
# A world without concerts begins somewhere, too.
_SOME_DAY: Final = date(2026, 1, 1)


@dataclass(frozen=True, slots=True)
class Play:
    """One stream of a song, ``ended_at`` (UTC) in whole milliseconds."""

    ended_at: datetime
    track: Track
    ms_played: int
    offline: bool
    incognito: bool

    @property
    def started_at(self) -> datetime:
        """When it began."""
        return self.ended_at - timedelta(milliseconds=self.ms_played)

    @property
    def is_heard(self) -> bool:
        """Whether Spotify counts it."""
        return self.ms_played >= HEARD_MS


@dataclass(frozen=True, slots=True)
class MadeUpTaste:
    """The genres a listener is at home in, most first, and their artists with what each weighs."""

    families: tuple[str, ...]
    artists: tuple[Artist, ...]
    weights: tuple[float, ...]


class ListenerDays:
    """The days of one listener; nothing is made before it is asked for."""

    def __init__(self, world: World, seed: int, user_id: str) -> None:
        self._world, self._seed, self._user_id = world, seed, user_id
        self._made: list[Play] = []
        self._ends: list[datetime] = []
        self._next_day = self.first_day

    @cached_property
    def first_day(self) -> date:
        """The day of the first play: two years before the world's first concert."""
        days = (event.starts_at_utc.date() for event in self._world.events)
        return min(days, default=_SOME_DAY) - timedelta(days=_DAYS)

    @cached_property
    def taste(self) -> MadeUpTaste:
        """What the listener likes."""
        return _taste(self._world, Random(f"{self._seed}-{self._user_id}-taste"))

    def until(self, now: datetime) -> Sequence[Play]:
        """Everything that has ended by ``now``, the oldest first."""
        while self._next_day <= now.date():
            self._made += self._day(self._next_day)
            self._next_day += timedelta(days=1)
        if len(self._ends) < len(self._made):
            self._ends = [play.ended_at for play in self._made]
        return self._made[: bisect_right(self._ends, now)]

    def _day(self, day: date) -> Iterator[Play]:
        if not self.taste.artists:
            return
        rng = Random(f"{self._seed}-{self._user_id}-{day.toordinal()}")
        sums = self._sums(day)
        free_from = datetime.combine(day, time(), UTC)
        for hour, chance, usual in _SESSIONS:
            if rng.random() >= chance:
                continue
            begins = datetime.combine(day, time(), UTC) + timedelta(
                hours=hour, seconds=rng.randrange(5400), milliseconds=rng.randrange(1000)
            )
            for play in self._session(rng, max(begins, free_from), usual, sums):
                free_from = play.ended_at
                yield play

    def _session(
        self, rng: Random, begins: datetime, usual: int, sums: Sequence[float]
    ) -> Iterator[Play]:
        offline, incognito = rng.random() < 0.05, rng.random() < 0.02
        at, artist = begins, self._artist(rng, sums)
        for _ in range(rng.randint(usual // 2, usual * 3 // 2)):
            if rng.random() >= _SAME_ARTIST_AGAIN:
                artist = self._artist(rng, sums)
            tracks = self._world.catalog.tracks_of(artist.id)
            if not tracks:
                continue
            track = tracks[int(len(tracks) * rng.random() ** 1.7)]
            lasted = _ms_played(rng, track)
            at += timedelta(milliseconds=lasted)
            yield Play(at, track, lasted, offline, incognito)
            at += timedelta(milliseconds=rng.randrange(200, 3000))

    def _artist(self, rng: Random, sums: Sequence[float]) -> Artist:
        if rng.random() < _ELSEWHERE:
            artists = self._world.catalog.artists
            return artists[rng.randrange(len(artists))]
        liked = self.taste.artists
        return liked[min(bisect_right(sums, rng.random() * sums[-1]), len(liked) - 1)]

    def _sums(self, day: date) -> list[float]:
        """What weighs how much in that month: liking comes and goes."""
        month = Random(f"{self._seed}-{self._user_id}-month-{day.toordinal() // 30}")
        return [*accumulate(w * month.choice((0.3, 1, 1, 2.5)) for w in self.taste.weights)]


def _taste(world: World, rng: Random) -> MadeUpTaste:
    by_family: dict[str, list[Artist]] = {}
    for artist in world.catalog.artists:
        if artist.has_tracks:
            by_family.setdefault(family_of(artist), []).append(artist)
    billed = {one.artist_id for event in world.events for one in event.performers}
    # Of these, there is enough to choose from; artists without a genre are nobody's taste.
    by_size = sorted(by_family, key=lambda family: (-len(by_family[family]), family))
    rich = sorted(by_size, key=lambda family: family == NO_GENRE)[:12]
    families = tuple(rng.sample(rich, min(len(_SHARES), len(rich))))
    artists: list[Artist] = []
    weights: list[float] = []
    for family, part in zip(families, _SHARES, strict=False):
        chosen = _liked(by_family[family], billed, rng)
        total = sum(1 / (1 + rank) ** 0.7 for rank in range(len(chosen)))
        artists += chosen
        weights += [part / (1 + rank) ** 0.7 / total for rank in range(len(chosen))]
    return MadeUpTaste(families, tuple(artists), tuple(weights))


def _liked(artists: Sequence[Artist], billed: set[str | None], rng: Random) -> list[Artist]:
    """Some who play soon and some who do not, the famous sooner."""
    soon = [one for one in artists if one.id in billed and rng.random() < _KNOWN_OF_BILLED]
    others = [one for one in artists if one.id not in billed]
    keys = {one.id: rng.random() ** (20 / (5 + one.popularity)) for one in others}
    others.sort(key=lambda one: -keys[one.id])
    chosen = soon[: _OTHERS_OF_GENRE * 2] + others[:_OTHERS_OF_GENRE]
    rng.shuffle(chosen)
    return chosen


def _ms_played(rng: Random, track: Track) -> int:
    chance = rng.random()
    if chance < _SKIPPED:
        return min(track.duration_ms, rng.randrange(1_000, HEARD_MS))
    if chance < _SKIPPED + _CUT_SHORT and track.duration_ms > HEARD_MS:
        return rng.randrange(HEARD_MS, track.duration_ms)
    return track.duration_ms
