"""What every page stands on: the platform, the published shows, and how the page is reached.

What belongs here: the parts and the address. What does not: a page (``pages``).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from threading import Lock
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from datetime import datetime

    from showlist_assets.domain.playlists.recipe import Recipe
    from showlist_assets.services.listeners.feed_links import FeedLinks
    from showlist_assets.services.listeners.invitations import Invitations
    from showlist_assets.services.listeners.sessions import Sessions
    from showlist_assets.services.playlists.preview import Previews
    from showlist_assets.services.playlists.refreshing import Refreshed
    from showlist_assets.services.playlists.saving import Saves
    from showlist_assets.storage.published.publication import Publications
    from showlist_assets.web.pace import Pace
    from showlist_assets.web.upkeep import Upkeep
    from showlist_assets.wiring import Platform

DEFAULT_PORT: Final = 8300
CALLBACK: Final = "/auth/callback"
LOOPBACK: Final = ("127.0.0.1", "localhost", "::1")
# As the settings of an app at Spotify take them; a name such as localhost is refused there.
_LITERAL_LOOPBACK: Final = ("127.0.0.1", "::1")


@dataclass(frozen=True, kw_only=True)
class SiteOptions:
    """How the page is reached, and who may look.

    Attributes:
        host: Where it listens.
        port: see ``host``.
        public_url: Its address as browsers know it, with its path if it has one, without a slash
            at the end; empty: http://127.0.0.1:PORT.
        guests: Whether somebody without an account may look.
        place: Where a visitor who has said nothing is shown concerts; empty: where most are.
        dagster_url: Dagster's UI, for the owner; empty: unknown.
        is_made_up: Whether its shows are the sandbox's.
        listen_at: Where songs, artists and playlists are opened.
    """

    host: str = "127.0.0.1"
    port: int = DEFAULT_PORT
    public_url: str = ""
    guests: bool = True
    place: str = ""
    dagster_url: str = ""
    is_made_up: bool = False
    listen_at: str = "https://open.spotify.com"

    @property
    def address(self) -> str:
        """The page's address, without a slash at the end."""
        return self.public_url.rstrip("/") or f"http://127.0.0.1:{self.port}"

    @property
    def prefix(self) -> str:
        """The path under which it lies, such as /music; mostly empty."""
        return urlsplit(self.address).path.rstrip("/")

    @property
    def redirect_uri(self) -> str:
        """Where Spotify sends listeners back; it must be one of the app's redirect URIs."""
        return f"{self.address}{CALLBACK}"

    @property
    def is_led_back_to(self) -> bool:
        """Whether Spotify sends a browser there: not over plain HTTP, but to this machine itself.

        https://developer.spotify.com/documentation/web-api/concepts/redirect_uri
        """
        return self.is_https or urlsplit(self.address).hostname in _LITERAL_LOOPBACK

    @property
    def is_https(self) -> bool:
        """Whether browsers reach it encrypted."""
        return self.address.startswith("https://")

    @property
    def hosts(self) -> tuple[str, ...]:
        """The names that a request may be for: nobody else's name may point here."""
        named = (*LOOPBACK, urlsplit(self.address).hostname or LOOPBACK[0])
        # As a request names an address of IPv6.
        return tuple(f"[{name}]" if ":" in name else name for name in named)


def _report_to_dagster(recipe: Recipe, refreshed: Refreshed) -> None:
    # On the thread of a save that is over: importing Dagster takes two seconds and 80 MB.
    from showlist_assets.defs.runless import report_refresh

    report_refresh(recipe, refreshed, by="web")


class Site:
    """The parts behind the pages; one for each running page.

    Attributes:
        platform: Whose shows and playlists are shown.
        options: How it is reached.
        reading: Is held while a file of plays is read: one at a time.
    """

    def __init__(self, platform: Platform, options: SiteOptions) -> None:
        """Open nothing yet."""
        self.platform, self.options = platform, options
        # Each takes some hundred megabytes of memory.
        self.reading = Lock()

    def now(self) -> datetime:
        """The present (UTC)."""
        return self.platform.now()

    @cached_property
    def publications(self) -> Publications:
        """The published file, as it is now."""
        from showlist_assets.storage.published.publication import Publications

        shared = self.platform.shared_warehouse
        fetch = shared.fetch if shared else None
        return Publications(self.platform.warehouse_file, fetch=fetch)

    @cached_property
    def previews(self) -> Previews:
        """The playlists of wishes."""
        from showlist_assets.services.playlists.preview import Previews

        return Previews(self.now, self.platform.listeners_taste.of)

    def taste_version(self, account: str | None) -> str:
        """What changes whenever anything does that pages tell of an account's taste."""
        if account is None:
            return ""
        store = self.platform.listening_store
        told = (store.version(account, table) for table in ("show_taste", "taste_feedback"))
        return "\x1f".join(told)

    @cached_property
    def pace(self) -> Pace:
        """How often who may ask for what."""
        from showlist_assets.web.pace import Pace

        return Pace()

    @cached_property
    def sessions(self) -> Sessions:
        """Who is logged in at the page."""
        return self.platform.web_sessions

    @cached_property
    def invitations(self) -> Invitations:
        """Who may log in besides the owner."""
        return self.platform.invitations

    @cached_property
    def feed_links(self) -> FeedLinks:
        """The secret addresses of calendars and feeds."""
        return self.platform.feed_links

    @cached_property
    def saves(self) -> Saves:
        """What is being written to Spotify for somebody who waits."""
        return self.platform.saves(report=_report_to_dagster)

    @cached_property
    def upkeep(self) -> Upkeep:
        """Whether playlists are kept up to date by themselves."""
        from showlist_assets.web.upkeep import Upkeep, ask_scheduler

        return Upkeep(lambda: ask_scheduler(self.platform))

    def close(self) -> None:
        """Close what is open."""
        if "saves" in self.__dict__:
            self.saves.close()
        self.publications.close()
