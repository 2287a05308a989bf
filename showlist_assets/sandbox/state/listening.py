"""What listeners have played by now, and in what ways Spotify's list of it is wrong.

Plays are made up from the world (``world.listening``): nothing of them is kept, and a clock that
is moved ahead makes new ones.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from showlist_assets.sandbox.state.listeners import DEFAULT_LISTENER
from showlist_assets.sandbox.world.co_listening import CoListening
from showlist_assets.sandbox.world.listening import ListenerDays
from showlist_assets.sandbox.world.mbids import MusicBrainzIds, share

if TYPE_CHECKING:
    from collections.abc import Sequence

    from showlist_assets.sandbox.state.clock import Clock
    from showlist_assets.sandbox.state.listeners import Listeners
    from showlist_assets.sandbox.world.listening import Play
    from showlist_assets.sandbox.world.world import World

LISTENBRAINZ_USER: Final = "demo-listener"
"""The name at ListenBrainz of the listener whom there is to begin with."""

PRIVATE_USER: Final = "private-listener"
"""A user of ListenBrainz whose plays nobody else may see; no listener of Spotify's."""


@dataclass(frozen=True, slots=True)
class Quirks:
    """What is wrong with Spotify's list of recent plays, as clients report.

    Attributes:
        stamps: whether ``played_at`` is when a play ended or when it began (spotify/web-api#1083).
        omitted: the share of plays that it never tells of (#666).
        delay_hours: how late a play is told (#918, #1441).
    """

    stamps: str = "end"
    omitted: float = 0.0
    delay_hours: float = 0.0

    def __post_init__(self) -> None:
        if self.stamps not in ("end", "start"):
            raise ValueError('stamps is "end" or "start".')
        if not 0 <= self.omitted <= 1 or self.delay_hours < 0:
            raise ValueError("omitted is a share from 0 to 1, delay_hours is not negative.")


class Listening:
    """Everybody's plays, and what MusicBrainz and ListenBrainz know of the artists.

    Attributes:
        mbids: the ids of MusicBrainz.
        together: who is played by the same people.
        quirks: of Spotify's list.
    """

    def __init__(self, world: World, seed: int, clock: Clock, listeners: Listeners) -> None:
        self._world, self._seed = world, seed
        self._clock, self._listeners = clock, listeners
        self._days: dict[str, ListenerDays] = {}
        self.mbids = MusicBrainzIds(world.catalog)
        self.together = CoListening(world.catalog.artists)
        self.quirks = Quirks()

    def days_of(self, user_id: str = DEFAULT_LISTENER) -> ListenerDays:
        """The listener's days, their taste among them."""
        if user_id not in self._days:
            self._days[user_id] = ListenerDays(self._world, self._seed, user_id)
        return self._days[user_id]

    def plays(self, user_id: str = DEFAULT_LISTENER) -> Sequence[Play]:
        """What the listener has played by now, the oldest first, skipped songs among it."""
        return self.days_of(user_id).until(self._clock.now())

    def recently_told(self, user_id: str) -> list[Play]:
        """What Spotify tells of, the newest first: heard, told by now, and not left out."""
        until = self._clock.now() - timedelta(hours=self.quirks.delay_hours)
        told = (
            play
            for play in reversed(self.plays(user_id))
            if play.is_heard and not play.incognito and play.ended_at <= until
        )
        left_out = self.quirks.omitted
        return [play for play in told if not left_out or share(user_id, play.ended_at) >= left_out]

    def user_behind(self, listenbrainz_name: str) -> str | None:
        """The listener whom ListenBrainz knows by that name: any but the first by their id."""
        if listenbrainz_name.casefold() == LISTENBRAINZ_USER:
            return DEFAULT_LISTENER
        if listenbrainz_name.casefold() == PRIVATE_USER:
            return PRIVATE_USER
        known = {one.user_id.casefold(): one.user_id for one in self._listeners.everyone()}
        found = known.get(listenbrainz_name.casefold())
        return None if found == DEFAULT_LISTENER else found

    def change_quirks(self, **changes: Any) -> Quirks:
        """Makes Spotify's list wrong in other ways.

        Raises:
            ValueError: there is no such way.
        """
        self.quirks = replace(self.quirks, **changes)
        return self.quirks

    def clear(self) -> None:
        """Spotify's list is right again; what was played was played."""
        self.quirks = Quirks()
