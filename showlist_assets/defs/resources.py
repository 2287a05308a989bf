"""The platform's resources: thin shells that build clients and stores from the settings.

What belongs here: construction. What does not: behaviour (``sources``, ``tables``). A secret is
read from the settings at the moment of use and is no field of a resource, so the UI, run
configuration and event log never hold one; an ``EnvVar`` field would show none either, but would
demand every variable, the optional ones too, before anything runs.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import dagster as dg

from showlist_assets.domain.matching.overrides import Override, OverridesError, parse_overrides
from showlist_assets.settings import Settings, SettingsError, load_settings
from showlist_assets.storage.tables import Files, TableStore, open_files, open_tables

if TYPE_CHECKING:
    from pydantic import SecretStr

    from showlist_assets.sources.http.cache import ResponseCache
    from showlist_assets.sources.http.call_store import CallStore
    from showlist_assets.sources.http.ledger import Allowance, Ledger, Purpose
    from showlist_assets.sources.http.session import ApiSession
    from showlist_assets.sources.reccobeats import ReccoBeats
    from showlist_assets.sources.seatgeek.client import SeatGeek
    from showlist_assets.sources.spotify.catalog import SpotifyCatalog
    from showlist_assets.storage.recipes import RecipesFolder


class Clock(dg.ConfigurableResource):
    """What time it is."""

    def now(self) -> datetime:
        """The present (UTC), or the instant that ``SHOWLIST_NOW`` pretends."""
        return load_settings().current_time()


class Tables(dg.ConfigurableResource):
    """The record: Parquet files under one root."""

    root: str

    def store(self) -> TableStore:
        """The tables under the root."""
        return open_tables(self.root)

    def files(self) -> Files:
        """Everything else that lies under the root."""
        return open_files(self.root)


class WarehouseFile(dg.ConfigurableResource):
    """The DuckDB file that people query."""

    path: str

    @property
    def location(self) -> Path:
        """Where the file lies, absolute."""
        return Path(self.path).expanduser().absolute()


class Recipes(dg.ConfigurableResource):
    """The recipes of the playlists."""

    path: str

    def folder(self) -> RecipesFolder:
        """The folder that holds them."""
        from showlist_assets.storage.recipes import RecipesFolder

        return RecipesFolder(self.path)


class OverridesFile(dg.ConfigurableResource):
    """The matches that were decided by hand."""

    path: str

    def read(self) -> dict[str, Override]:
        """The overrides by performer key; none where there is no such file.

        Raises:
            OverridesError: the file cannot be used; the message names the line.
        """
        file = Path(self.path).expanduser()
        try:
            text = file.read_text(encoding="utf-8") if file.is_file() else ""
        except UnicodeDecodeError:
            raise OverridesError(f"{file} is not UTF-8 text: save it as UTF-8.") from None
        return parse_overrides(text, source=str(file))


class SeatGeekResource(dg.ConfigurableResource):
    """SeatGeek's platform API, the source of events."""

    url: str

    def client(self) -> SeatGeek:
        """A client with the credentials of the settings."""
        from showlist_assets.sources.seatgeek.client import SeatGeek

        settings = load_settings()
        secret = settings.seatgeek_client_secret
        return SeatGeek(
            session=session_for("seatgeek", self.url, settings),
            base_url=self.url,
            client_id=_required(settings.seatgeek_client_id, "SEATGEEK_CLIENT_ID", "find concerts"),
            client_secret=secret.get_secret_value() if secret else None,
        )


class SpotifyResource(dg.ConfigurableResource):
    """Spotify's Web API, the catalogue of artists and tracks."""

    url: str
    accounts_url: str
    mode: str
    market: str

    def client(self, *, share: int | None = None) -> SpotifyCatalog:
        """A client with the credentials of the settings, which may make ``share`` calls at most."""
        from showlist_assets.sources.spotify.catalog import SpotifyCatalog

        settings = load_settings()
        purpose = "look up artists"
        return SpotifyCatalog(
            # Its rolling window is thirty seconds: a pause of that length is worth sitting out.
            session=session_for("spotify", self.url, settings, patience=35, share=share),
            api_url=self.url,
            accounts_url=self.accounts_url,
            client_id=_required(settings.spotify_client_id, "SPOTIFY_CLIENT_ID", purpose),
            client_secret=_required(
                settings.spotify_client_secret, "SPOTIFY_CLIENT_SECRET", purpose
            ),
            mode=settings.spotify_mode,
            market=self.market,
        )


class ReccoBeatsResource(dg.ConfigurableResource):
    """ReccoBeats, which knows audio features without a key."""

    url: str

    def client(self) -> ReccoBeats:
        """A client; no credentials are needed."""
        from showlist_assets.sources.reccobeats import ReccoBeats

        session = session_for("reccobeats", self.url, load_settings())
        return ReccoBeats(session=session, base_url=self.url)


def session_for(
    service: str,
    base_url: str,
    settings: Settings,
    *,
    patience: float = 10.0,
    share: int | None = None,
) -> ApiSession:
    """A session that reuses kept answers and enters every call in the ledger."""
    from showlist_assets.sources.http.call_store import open_call_store
    from showlist_assets.sources.http.session import ApiSession

    store = open_call_store(settings.call_store_place)
    return ApiSession(
        service,
        patience=patience,
        cache=cache_in(store, settings),
        ledger=ledger_of(service, base_url, settings, store=store, share=share),
    )


def cache_in(store: CallStore, settings: Settings) -> ResponseCache:
    """The cache in ``store``."""
    from showlist_assets.sources.http.cache import ResponseCache

    return ResponseCache(
        store, clock=settings.current_time, max_bytes=settings.cache_megabytes * 1_000_000
    )


def spotify_allowance(settings: Settings) -> Allowance:
    """What Spotify may be asked."""
    from showlist_assets.sources.http.ledger import Allowance

    return Allowance(settings.spotify_budget, settings.spotify_reserve, settings.spotify_window)


def ledger_of(
    service: str,
    base_url: str,
    settings: Settings,
    *,
    store: CallStore | None = None,
    purpose: Purpose = "lookup",
    share: int | None = None,
) -> Ledger:
    """The ledger of the service at ``base_url``, as ``purpose`` sees it."""
    from showlist_assets.sources.http.call_store import open_call_store
    from showlist_assets.sources.http.endpoints import api_at
    from showlist_assets.sources.http.ledger import Allowance, Ledger

    return Ledger(
        store or open_call_store(settings.call_store_place),
        api_at(service, base_url),
        spotify_allowance(settings) if service == "spotify" else Allowance(),
        clock=settings.current_time,
        purpose=purpose,
        share=share,
    )


def _required(secret: SecretStr | None, name: str, purpose: str) -> str:
    if secret is None:
        raise SettingsError(
            f"{name} is not set, so Showlist cannot {purpose}. Put it into .env (see .env.example) "
            "or the environment; `showlist doctor` lists what is missing, `showlist demo` needs no "
            "keys."
        )
    return secret.get_secret_value()


def seatgeek_resource(settings: Settings) -> SeatGeekResource:
    """SeatGeek as ``settings`` configure it."""
    return SeatGeekResource(url=settings.seatgeek_url)


def spotify_resource(settings: Settings) -> SpotifyResource:
    """Spotify as ``settings`` configure it."""
    return SpotifyResource(
        url=settings.spotify_url,
        accounts_url=settings.spotify_accounts_url,
        mode=settings.spotify_mode,
        market=settings.spotify_market,
    )


def reccobeats_resource(settings: Settings) -> ReccoBeatsResource:
    """ReccoBeats as ``settings`` configure it."""
    return ReccoBeatsResource(url=settings.reccobeats_url)


def default_resources(settings: Settings) -> dict[str, dg.ConfigurableResource]:
    """The resources as the settings configure them, under the names that the assets ask for."""
    return {
        "clock": Clock(),
        "tables": Tables(root=settings.data_root),
        "warehouse_file": WarehouseFile(path=str(settings.warehouse_path)),
        "overrides_file": OverridesFile(path=settings.overrides),
        "recipes": Recipes(path=settings.recipes),
        "seatgeek": seatgeek_resource(settings),
        "spotify": spotify_resource(settings),
        "reccobeats": reccobeats_resource(settings),
    }
