"""What the services of one running sandbox share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from showlist_assets.sandbox.state.clock import Clock
from showlist_assets.sandbox.state.consents import Consents
from showlist_assets.sandbox.state.event_changes import changed
from showlist_assets.sandbox.state.event_index import EventIndex
from showlist_assets.sandbox.state.faults import FaultQueue
from showlist_assets.sandbox.state.limits import PacedLimits, SpotifyLimits, TicketmasterLimits
from showlist_assets.sandbox.state.listeners import Listeners
from showlist_assets.sandbox.state.listening import Listening
from showlist_assets.sandbox.state.request_log import RequestLog
from showlist_assets.sandbox.state.search import CatalogSearch
from showlist_assets.sandbox.state.tokens import TokenBook

if TYPE_CHECKING:
    from collections.abc import Mapping

    from showlist_assets.sandbox.config import SandboxConfig
    from showlist_assets.sandbox.world.entities import Event
    from showlist_assets.sandbox.world.world import World


class SandboxState:
    """The world, and everything about a run that ``reset`` brings back to its beginning."""

    def __init__(self, config: SandboxConfig, world: World, services: tuple[str, ...]) -> None:
        self.config = config
        self.world = world
        self.clock = Clock(config.clock, running=config.running)
        self.events = EventIndex(world.events)
        # What happened to them, in order: with the world, that is all there is to know.
        self.event_changes: list[dict[str, Any]] = []
        self.search = CatalogSearch(world.catalog)
        self.limits = SpotifyLimits(config.window_limit, config.daily_quota)
        self.ticketmaster_limits = TicketmasterLimits(
            config.ticketmaster_pace, config.ticketmaster_quota
        )
        self.paced_limits = PacedLimits(config.listenbrainz_window, config.musicbrainz_pace)
        self.tokens = TokenBook(config.seed)
        self.consents = Consents(config.seed)
        self.listeners = Listeners(self.clock, self.consents, config.seed)
        self.listening = Listening(world, config.seed, self.clock, self.listeners)
        self.log = RequestLog()
        self.log.clock = self.clock
        self.faults = FaultQueue(services)

    def change_event(self, change: Mapping[str, Any]) -> Event:
        """Does ``change`` (``event_changes.changed``) to an event, and returns the event.

        Raises:
            ValueError: there is no such event or venue.
        """
        self.events, event = changed(self.events, change)
        self.event_changes.append(dict(change))
        return event

    def reset(self) -> None:
        """As just started: nothing counted or ordered, events, clock and listeners as they were."""
        self.clock.reset()
        self.limits.clear()
        self.ticketmaster_limits.clear()
        self.paced_limits.clear()
        self.tokens.clear()
        self.consents.clear()
        self.listeners.clear()
        self.listening.clear()
        self.log.clear()
        self.faults.clear()
        self.events = EventIndex(self.world.events)
        self.event_changes.clear()
