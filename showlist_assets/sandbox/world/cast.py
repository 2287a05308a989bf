"""The people of a generated world: Spotify's artists, and performers as ticket sites bill them."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from showlist_assets.sandbox.world.entities import Artist, Performer
from showlist_assets.sandbox.world.ids import spotify_id
from showlist_assets.sandbox.world.vocabulary import GENRES, act_name

if TYPE_CHECKING:
    from collections.abc import Sequence
    from random import Random

    from showlist_assets.sandbox.world.entities import PerformerKind

_AFFIXES = (
    "{} (DJ Set)",
    "An Evening with {}",
    "{} & Friends",
    "{} (Solo)",
    "{}: Album Release Show",
    "{} Live",
)
_FIRST_PERFORMER_ID = 3_000
_GENRE_NAMES = tuple(GENRES)


class Cast:
    """Makes artists and performers; no two plain acts share a name."""

    def __init__(self, rng: Random) -> None:
        self.rng = rng
        self.artists: list[Artist] = []
        self._taken: set[str] = set()
        self._performers = 0

    def name(self, genre: str) -> str:
        """A name nobody in this world bears yet."""
        for attempt in range(50):
            name = act_name(self.rng, genre)
            if attempt > 20:
                # A large world outgrows two-word names: longer ones follow.
                name = f"{name} of {self.rng.choice(act_name(self.rng, 'Rock').split())}"
            if name.casefold() not in self._taken:
                break
        self._taken.add(name.casefold())
        return name

    def artist(
        self, name: str, genre: str, popularity: int | None = None, *, has_tracks: bool = True
    ) -> Artist:
        """A new artist on Spotify, namesakes allowed; most are little known, few famous."""
        rng = self.rng
        rank = int(rng.triangular(2, 92, 28)) if popularity is None else popularity
        artist = Artist(
            id=spotify_id("artist", name, len(self.artists), rng.random()),
            name=name,
            genres=tuple(rng.sample(GENRES[genre], rng.randint(1, 2))),
            popularity=rank,
            followers=int(10 ** (1 + rank / 15) * rng.uniform(0.5, 2)),
            has_tracks=has_tracks,
        )
        self.artists.append(artist)
        self._taken.add(name.casefold())
        return artist

    def billed(
        self, name: str, genre: str | None, artist: Artist | None, kind: PerformerKind = "artist"
    ) -> Performer:
        """A performer as the ticket site names it; ``artist`` is who it is on Spotify."""
        self._performers += 1
        fame = artist.popularity if artist else 15
        return Performer(
            id=_FIRST_PERFORMER_ID + 7 * self._performers,
            name=name,
            type={"team": "basketball", "show": "theater", "festival": "music_festival"}.get(
                kind, "band"
            ),
            kind=kind,
            genres=self._site_genres(genre) if genre else (),
            score=min(0.95, 0.2 + fame / 140 + self.rng.random() / 20),
            artist_id=artist.id if artist else None,
        )

    def act(self, popularity: int | None = None) -> Performer:
        """An act like most: on Spotify under the same name, or nearly."""
        genre = self.genre()
        name = self.name(genre)
        chance = self.rng.random()
        if chance < 0.06:
            return self.billed(name, genre, None)
        artist = self.artist(name, genre, popularity)
        if chance < 0.09:
            other = self.rng.choice([one for one in _GENRE_NAMES if one != genre])
            self.artist(name, other, max(0, artist.popularity - self.rng.randint(5, 40)))
        return self.billed(self._as_typed(name), genre, artist)

    def strangers(self, count: int, acts: Sequence[Performer]) -> None:
        """Artists who are not on tour, a quarter of them named almost like one who is."""
        for _ in range(count):
            genre = self.genre()
            if self.rng.random() < 0.25:
                near = _near_name(self.rng, self.rng.choice(acts).name)
                if near.casefold() not in self._taken:
                    self.artist(near, genre)
                    continue
            self.artist(self.name(genre), genre)

    def genre(self) -> str:
        """One of the ticket site's genres."""
        return self.rng.choice(_GENRE_NAMES)

    def _site_genres(self, genre: str) -> tuple[str, ...]:
        if self.rng.random() < 0.12:
            return ()
        extra = self.rng.choice(_GENRE_NAMES)
        return (genre, extra) if extra != genre and self.rng.random() < 0.3 else (genre,)

    def _as_typed(self, name: str) -> str:
        """A name as somebody at the ticket site typed it: mostly right."""
        chance = self.rng.random()
        if chance < 0.80:
            return name
        if chance < 0.85:
            return name.upper()
        if chance < 0.89:
            return name.removeprefix("The ") if name.startswith("The ") else f"The {name}"
        if chance < 0.93:
            return name.replace(" & ", " and ") if " & " in name else without_accents(name)
        if chance < 0.97:
            return self.rng.choice(_AFFIXES).format(name)
        return name.lower()


def without_accents(name: str) -> str:
    """A name as typed on a keyboard that has no accents."""
    apart = unicodedata.normalize("NFKD", name)
    return "".join(mark for mark in apart if not unicodedata.combining(mark))


def _near_name(rng: Random, name: str) -> str:
    """A name that differs in a word or a letter."""
    words = name.split()
    if len(words) > 1 and rng.random() < 0.6:
        words[rng.randrange(len(words))] = act_name(rng, "Rock").split()[-1]
        return " ".join(words)
    at = rng.randrange(len(name))
    return name[:at] + rng.choice("aeilnrst") + name[at + 1 :]
