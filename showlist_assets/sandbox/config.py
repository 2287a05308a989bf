"""How a sandbox is set up, and the credentials it accepts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

Mode = Literal["development", "extended"]
Dealt = Literal["both", "split"]

SEATGEEK_CLIENT_ID = "sandbox-seatgeek-client"
SEATGEEK_CLIENT_SECRET = "sandbox-seatgeek-not-a-secret"  # noqa: S105
TICKETMASTER_API_KEY = "sandbox-ticketmaster-not-a-secret"
LISTENBRAINZ_TOKEN = "sandbox-listenbrainz-not-a-secret"  # noqa: S105
LISTENBRAINZ_PRIVATE_TOKEN = "sandbox-private-listener-not-a-secret"  # noqa: S105
SPOTIFY_CLIENT_ID = "sandbox-spotify-client"
SPOTIFY_APP_NAME = "Showlist"
SPOTIFY_CLIENT_SECRET = "sandbox-spotify-not-a-secret"  # noqa: S105


@dataclass(frozen=True, slots=True)
class SandboxConfig:
    """Everything that decides what a sandbox answers; two equal ones answer alike.

    Attributes:
        port: TCP port on 127.0.0.1; 0 takes a free one.
        seed: which generated world.
        events: upcoming concerts of a generated world, festivals included.
        countries: where a generated world's concerts are: the US, and Canada ("CA") beside it if
            it is named.
        mode: whether Spotify treats the app as Development Mode or Extended Quota.
        world: a folder of real data to serve instead of a generated world (``docs/sandbox.md``).
        sources: the event sources whose credentials ``Sandbox.env`` hands out, so that they are
            asked.
        dealt: whether SeatGeek and Ticketmaster both list every concert, or each some and both
            some (``world.dealing``).
        ticketmaster_cap: how many items of a list Ticketmaster's pages reach.
        ticketmaster_quota: Ticketmaster calls per rolling 24 hours.
        ticketmaster_pace: Ticketmaster calls per second; 0 for as many as may be. A clock that
            stands still never ends a second.
        spotify_links: give one performer in six the Spotify link SeatGeek once documented.
        daily_quota: Spotify calls per rolling 24 hours.
        window_limit: Spotify calls per rolling 30 seconds.
        listenbrainz_window: calls per 5 seconds at ListenBrainz, and as many at its Labs; 0 for as
            many as may be. A clock that stands still never ends them.
        musicbrainz_pace: MusicBrainz calls per second; 0 for as many as may be.
        rotate: answer every refresh with a new refresh token and refuse the old one, as Spotify
            does for apps without a secret.
        latency_ms: added to every answer of a service.
        clock: the time, in UTC, at which the sandbox's clock begins. ``None`` follows the machine's
            clock.
        running: whether a clock that was given runs on from there; otherwise it stands until moved.
        folder: where listeners, playlists, counts, the clock and what happened to concerts are kept
            from one start to the next; ``None`` forgets them.
        stays: whether other processes may ask this one, because it runs until a person ends it.
        accounts_host: the name under which ``Sandbox.env`` tells the accounts service:
            127.0.0.1, or ``localhost``, which browsers take for another site than that address.
    """

    port: int = 0
    seed: int = 1
    events: int = 600
    mode: Mode = "development"
    world: Path | None = None
    sources: tuple[str, ...] = ("seatgeek",)
    dealt: Dealt = "both"
    ticketmaster_cap: int = 1000
    ticketmaster_quota: int = 5000
    ticketmaster_pace: int = 0
    spotify_links: bool = False
    # Spotify tells no number; apps of 2026 were stopped after 800 to 1,400 calls in a day
    # (Yooooomi/your_spotify#629, eXPerience83/news-bulletin-playlist#156).
    daily_quota: int = 1000
    window_limit: int = 1000
    listenbrainz_window: int = 0
    musicbrainz_pace: int = 0
    countries: tuple[str, ...] = ("US",)
    rotate: bool = False
    latency_ms: int = 0
    clock: datetime | None = None
    running: bool = False
    folder: Path | None = None
    stays: bool = False
    accounts_host: Literal["127.0.0.1", "localhost"] = "127.0.0.1"
