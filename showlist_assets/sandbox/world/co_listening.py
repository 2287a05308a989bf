"""Who is played by the same people, in a made-up population of listeners.

A mixture: each listener is of one kind, most at home in one genre or scene, less in its family, and
hears the famous everywhere. Counts are what is to be expected of so many listeners, with a little
chance for each pair; so they grow with fame, as ListenBrainz' do, and the little known fall below
the threshold.
"""

from __future__ import annotations

import math
from collections import Counter
from functools import cached_property, lru_cache
from itertools import product
from typing import TYPE_CHECKING, Final

from showlist_assets.sandbox.world.mbids import share
from showlist_assets.sandbox.world.vocabulary import GENRES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from showlist_assets.sandbox.world.entities import Artist

_LISTENERS: Final = 2_000_000
# How much a listener hears of everything, and more of the own family, and more of the own genre.
_ANYWHERE, _IN_FAMILY, _AT_HOME = 0.004, 0.146, 0.35
# Sessions that a pair is heard together in, capped at five a listener.
_SESSIONS: Final = 2.5
_THRESHOLD: Final = 10
_MOST: Final = 100
_LUCK: Final = 3
_SCENES: Final = 3
_FAMILIES: Final = {genre: family for family, genres in GENRES.items() for genre in genres}
NO_GENRE: Final = "unknown"
"""The family of artists without a genre."""

_Labels = tuple[str, ...]


class CoListening:
    """What the population plays; nothing is counted before it is asked for."""

    def __init__(self, artists: Sequence[Artist]) -> None:
        self._artists = artists
        self._likeness = lru_cache(maxsize=50_000)(self._how_alike)
        # By artist: whoever shows a taste asks for the same ones again.
        self.neighbours = lru_cache(maxsize=512)(self._neighbours)

    def listeners(self, artist: Artist) -> int:
        """How many people play the artist."""
        labels = _labels(artist)
        heard = sum(
            _ANYWHERE + _IN_FAMILY * self._families[_family(label)] + _AT_HOME * self._kinds[label]
            for label in labels
        )
        return round(_LISTENERS * heard / len(labels) * _pull(artist))

    def listens(self, artist: Artist) -> int:
        """How often the artist was played."""
        return round(self.listeners(artist) * (4 + 30 * share("listens", artist.id)))

    def _neighbours(self, artist: Artist) -> tuple[tuple[Artist, int], ...]:
        """Who is heard in the same sessions, and how often: the hundred largest counts.

        Not divided by anybody's fame.
        """
        if not _pull(artist):
            return ()
        labels = _labels(artist)
        found = []
        for others, group in self._groups.items():
            factor = _LISTENERS * _SESSIONS * _pull(artist) * self._likeness(labels, others)
            least = _THRESHOLD / (_LUCK * factor)
            for pull, other in group:
                if pull < least:
                    break
                count = round(factor * pull * _luck(artist, other))
                if count >= _THRESHOLD and other is not artist:
                    found.append((other, count))
        found.sort(key=lambda pair: (-pair[1], pair[0].id))
        return tuple(found[:_MOST])

    def _how_alike(self, some: _Labels, others: _Labels) -> float:
        """The share of the population that hears both, if all there were as famous as can be."""
        pairs = [*product(some, others)]
        return sum(self._heard_both(one, other) for one, other in pairs) / len(pairs)

    def _heard_both(self, one: str, other: str) -> float:
        """Over all kinds of listeners, what they hear of ``one`` times what of ``other``."""
        family, others = _family(one), _family(other)
        kinds, families = self._kinds, self._families
        alike = _ANYWHERE**2 + _ANYWHERE * (
            _IN_FAMILY * (families[family] + families[others])
            + _AT_HOME * (kinds[one] + kinds[other])
        )
        if family == others:
            alike += _IN_FAMILY**2 * families[family]
            alike += _IN_FAMILY * _AT_HOME * (kinds[one] + kinds[other])
        if one == other:
            alike += _AT_HOME**2 * kinds[one]
        return alike

    @cached_property
    def _kinds(self) -> dict[str, float]:
        """The kinds of listeners: as many are at home in a label as it has artists."""
        counted = Counter(label for artist in self._artists for label in _labels(artist))
        total = counted.total()
        return {label: count / total for label, count in counted.items()}

    @cached_property
    def _families(self) -> dict[str, float]:
        families: Counter[str] = Counter()
        for label, part in self._kinds.items():
            families[_family(label)] += part  # type: ignore[assignment]
        return dict(families)

    @cached_property
    def _groups(self) -> dict[_Labels, list[tuple[float, Artist]]]:
        """Those whom somebody plays, by their labels, the most played first."""
        groups: dict[_Labels, list[tuple[float, Artist]]] = {}
        for artist in self._artists:
            if artist.has_tracks and (pull := _pull(artist)):
                groups.setdefault(_labels(artist), []).append((pull, artist))
        for group in groups.values():
            group.sort(key=lambda pair: (-pair[0], pair[1].id))
        return groups


def family_of(artist: Artist) -> str:
    """The genre at large; a real artist's first genre where the made-up ones do not know it."""
    return _family(artist.genres[0] if artist.genres else NO_GENRE)


def _family(label: str) -> str:
    genre = label.partition(", scene ")[0]
    return _FAMILIES.get(genre, genre)


def _labels(artist: Artist) -> _Labels:
    """What listeners are at home in: the artist's genres, and a scene within the family."""
    scene = int(share("scene", artist.id) * _SCENES)
    return (*sorted(artist.genres), f"{family_of(artist)}, scene {scene}")


def _pull(artist: Artist) -> float:
    """How likely somebody who is at home there plays this artist: ten times per 40 of fame.

    Nobody of them plays many of the little known, whom only their own town has heard of.
    """
    if share("unheard", artist.id) < 0.76 - 0.0135 * artist.popularity:
        return 0.0
    return float(10 ** ((artist.popularity - 100) / 40))


def _luck(artist: Artist, other: Artist) -> float:
    """What chance makes of a pair, the same both ways; less than ``_LUCK``-fold."""
    first, second = sorted((artist.id, other.id))
    # Two numbers of 0 to 1 summed, to have more around the middle.
    return math.exp(share("pair", first, second) + share("pair", second, first) - 1)
