"""The clients under test, pointed at a sandbox or at a server of one's own; nothing sleeps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from showlist_assets.sandbox.config import LISTENBRAINZ_TOKEN, TICKETMASTER_API_KEY
from showlist_assets.settings import Settings
from showlist_assets.sources.http.session import ApiSession
from showlist_assets.sources.listenbrainz.client import ListenBrainz
from showlist_assets.sources.listenbrainz.labs import Labs
from showlist_assets.sources.musicbrainz import MusicBrainz
from showlist_assets.sources.reccobeats import ReccoBeats
from showlist_assets.sources.seatgeek.client import SeatGeek
from showlist_assets.sources.spotify.catalog import SpotifyCatalog
from showlist_assets.sources.ticketmaster.client import Ticketmaster

if TYPE_CHECKING:
    from showlist_assets.sandbox.server import Sandbox


class Sleeps(list[float]):
    """Stands in for ``time.sleep`` and keeps what it was asked to wait."""

    def __call__(self, seconds: float) -> None:
        self.append(seconds)


def session(service: str, **options: Any) -> ApiSession:
    return ApiSession(service, **{"sleep": Sleeps(), **options})


def seatgeek(base: Sandbox | str, **options: Any) -> SeatGeek:
    env = {} if isinstance(base, str) else base.env()
    return SeatGeek(
        **{
            "session": session("seatgeek"),
            "base_url": env.get("SHOWLIST_SEATGEEK_URL", base),
            "client_id": env.get("SEATGEEK_CLIENT_ID", "an-id"),
            "client_secret": env.get("SEATGEEK_CLIENT_SECRET"),
            **options,
        }
    )


def ticketmaster(base: Sandbox | str, **options: Any) -> Ticketmaster:
    url = base if isinstance(base, str) else base.env()["SHOWLIST_TICKETMASTER_URL"]
    key = "a-hidden-key" if isinstance(base, str) else TICKETMASTER_API_KEY
    made = {"session": session("ticketmaster"), "base_url": url, "api_key": key}
    return Ticketmaster(**{**made, **options})


def spotify(base: Sandbox | str, **options: Any) -> SpotifyCatalog:
    env = {} if isinstance(base, str) else base.env()
    return SpotifyCatalog(
        **{
            "session": session("spotify"),
            "api_url": env.get("SHOWLIST_SPOTIFY_URL", base),
            "accounts_url": env.get("SHOWLIST_SPOTIFY_ACCOUNTS_URL", base),
            "client_id": env.get("SPOTIFY_CLIENT_ID", "an-id"),
            "client_secret": env.get("SPOTIFY_CLIENT_SECRET", "a-hidden-one"),
            "mode": env.get("SHOWLIST_SPOTIFY_MODE", "development"),
            **options,
        }
    )


def reccobeats(base: Sandbox | str, **options: Any) -> ReccoBeats:
    url = base if isinstance(base, str) else base.env()["SHOWLIST_RECCOBEATS_URL"]
    return ReccoBeats(**{"session": session("reccobeats"), "base_url": url, **options})


def listenbrainz(base: Sandbox | str, **options: Any) -> ListenBrainz:
    env = {} if isinstance(base, str) else base.env()
    made = {
        "session": session("listenbrainz"),
        "base_url": env.get("SHOWLIST_LISTENBRAINZ_URL", base),
        "token": LISTENBRAINZ_TOKEN,
    }
    return ListenBrainz(**{**made, **options})


def listenbrainz_labs(base: Sandbox | str, **options: Any) -> Labs:
    env = {} if isinstance(base, str) else base.env()
    fields = Settings.model_fields
    made = {
        "session": session("listenbrainz_labs"),
        "base_url": env.get("SHOWLIST_LISTENBRAINZ_LABS_URL", base),
        "algorithm": fields["listenbrainz_algorithm"].default,
        "recordings_algorithm": fields["listenbrainz_recordings_algorithm"].default,
    }
    return Labs(**{**made, **options})


def musicbrainz(base: Sandbox | str, **options: Any) -> MusicBrainz:
    url = base if isinstance(base, str) else base.env()["SHOWLIST_MUSICBRAINZ_URL"]
    return MusicBrainz(**{"session": session("musicbrainz"), "base_url": url, **options})
