"""Every setting of the platform, in one place.

A setting is an environment variable, or a line in the file ``.env`` of the working directory; the
environment wins. A secret may also be a file, or lie in Google Secret Manager; these are looked at
last, in this order, and only for what is set nowhere else (``storage.secrets``). ``showlist
doctor`` prints what is set, ``.env.example`` lists what there is, and ``docs/settings.md`` is
generated from this module. Secrets are never printed.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from difflib import get_close_matches
from functools import cache
from ipaddress import ip_network
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal, get_args
from urllib.parse import SplitResult, urlsplit

from pydantic import AfterValidator, Field, SecretStr, ValidationError, ValidationInfo
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict
from typing_extensions import override

from showlist_assets.domain.states import COUNTRIES, country_in_file
from showlist_assets.errors import ShowlistError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from pydantic.fields import FieldInfo

_PREFIX = "SHOWLIST_"
# The preferred one first: Ticketmaster sells most tickets itself and tells what was called off,
# SeatGeek drops it; a venue's calendar knows its own nights and little else.
EVENT_SOURCES = ("ticketmaster", "seatgeek", "feeds")


OperatorsWork = Literal["overrides", "show_decisions", "recipes", "feeds"]
OPERATORS_WORK: Final[dict[OperatorsWork, str]] = {
    "overrides": "overrides.yaml",
    "show_decisions": "shows.yaml",
    "recipes": "recipes",
    "feeds": "feeds",
}
"""What an operator writes, or a program for them, and what it is called where nothing says."""


class SettingsError(ShowlistError):
    """A setting is unknown or cannot be used; the message says which, and what to do."""


def _base_url(value: str) -> str:
    """``https://host[/path]`` without a trailing slash or API version, which the clients add."""
    if not value.startswith(("http://", "https://")):
        raise ValueError("must begin with http:// or https://")
    bare = value.rstrip("/")
    for version in ("/v1", "/ws/2", "/2", "/v2", "/1"):
        bare = bare.removesuffix(version)
    return bare


def _data_root(value: str) -> str:
    # Taken for a folder, s3://x would silently become ./s3:/x.
    if "://" in value and not value.startswith("gs://"):
        raise ValueError("must be a folder, or begin with gs://")
    return value


def _folder(value: str) -> str:
    if value.startswith("gs://") and not value.removeprefix("gs://").strip("/"):
        raise ValueError("must name a bucket, such as gs://bucket/prefix")
    return _data_root(value)


def _file(value: str) -> str:
    """A path, or an object of a bucket."""
    if "://" not in value:
        return value
    bucket, _, name = value.removeprefix("gs://").partition("/")
    if not value.startswith("gs://") or not bucket or not name.strip("/"):
        raise ValueError("must be a file, or such as gs://bucket/name")
    return value


def _event_sources(value: str) -> str:
    """Names of sources with commas between, the preferred one first."""
    names = [name.strip().lower() for name in value.split(",") if name.strip()]
    unknown = sorted(set(names) - set(EVENT_SOURCES))
    if unknown or not names or len(set(names)) < len(names):
        raise ValueError(f"must name each of {', '.join(EVENT_SOURCES)} at most once")
    return ",".join(names)


def _us_first(country: str) -> tuple[bool, str]:
    return country != "US", country


def _country_names(value: str, info: ValidationInfo) -> str:
    """Codes of countries with commas between; those whose states are known."""
    known = set(COUNTRIES)
    if own := info.data.get("regions"):
        known.add(Path(own).stem.upper())
    names = [name.strip().upper() for name in value.split(",") if name.strip()]
    if not names or set(names) - known or len(set(names)) < len(names):
        raise ValueError(
            f"must name each of {', '.join(sorted(known, key=_us_first))} at most "
            "once, with commas between (docs/countries.md says how to add another)"
        )
    return ",".join(names)


def _regions_file(value: str) -> str:
    """The path of a country's file, which can be used."""
    country_in_file(Path(value).expanduser())
    return value


def _url_parts(value: str) -> SplitResult | None:
    """The parts of a URL; None where they, or its port, cannot be read."""
    try:
        parts = urlsplit(value.strip())
        # The port is read when it is asked for, and only then refused.
        is_readable = parts.port != 0
    except ValueError:
        return None
    return parts if is_readable else None


def _names_host(value: SecretStr, schemes: Collection[str]) -> bool:
    """Whether ``value`` is a URL of one of ``schemes``, with a host."""
    parts = _url_parts(value.get_secret_value())
    return parts is not None and parts.scheme in schemes and bool(parts.hostname)


def _smtp_url(value: SecretStr) -> SecretStr:
    """``smtp[s]://[user:password@]host[:port]``; what is wrong is told without quoting it."""
    if not _names_host(value, ("smtp", "smtps")):
        raise ValueError(
            "must be smtp://host or smtps://host, with user:password@ before the host and :port "
            "behind it as needed (signs such as @ and / of a password written as %40 and %2F)"
        )
    return value


def _call_store(value: str) -> str:
    """A folder, or ``redis[s]://[user:password@]host[:port]``, which is not quoted."""
    if "://" in value and _url_parts(value) is None:
        raise ValueError(
            "must be a folder or redis://host:port, with user:password@ before the host as needed "
            "(signs such as @ and / of a password written as %40 and %2F)"
        )
    return value


def _alerts_address(value: SecretStr) -> SecretStr:
    """``mailto:me@example.org``, or an address of apprise; what is wrong is not quoted."""
    scheme, _, rest = value.get_secret_value().strip().partition(":")
    by_mail = scheme == "mailto" and not rest.startswith("//")
    local, _, host = rest.partition("@")
    if by_mail and not (local and host and rest.isprintable() and not set(rest) & set(" ,;<>")):
        raise ValueError("must name one address behind mailto:, such as mailto:me@example.org")
    if not by_mail and not (scheme.isalnum() and rest.startswith("//") and rest != "//"):
        raise ValueError("must be mailto:me@example.org, or an address of apprise (ntfy://topic)")
    return SecretStr(f"{scheme}:{rest}")


def _secret_web_url(value: SecretStr) -> SecretStr:
    """``http(s)://host[:port][/path]``; what is wrong is not quoted."""
    if not _names_host(value, ("http", "https")):
        raise ValueError("must be an address such as https://hc-ping.com/...")
    return value


def _in_utc(value: datetime) -> datetime:
    if value.tzinfo is None:
        return value.replace(tzinfo=UTC)
    return value.astimezone(UTC)


def _web_url(value: str) -> str:
    """``http(s)://host[:port][/path]``, without a slash at the end."""
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise ValueError("must be an address such as https://music.example.org")
    return value.rstrip("/")


def _addresses(value: str) -> str:
    """IP addresses and networks with commas between."""
    found = [each.strip() for each in value.split(",") if each.strip()]
    try:
        for each in found:
            ip_network(each)
    except ValueError:
        found = []
    if not found:
        raise ValueError("must be IP addresses or networks such as 127.0.0.1, 10.0.0.0/8")
    return ",".join(found)


def _secret_manager(value: str) -> str:
    """``projects/ID``, or with the beginning that the names of its secrets have."""
    from showlist_assets.storage.secret_manager import SECRET_MANAGER

    if not SECRET_MANAGER.fullmatch(value):
        raise ValueError("must be projects/ID, or projects/ID/secrets/BEGINNING-OF-NAMES")
    return value


def _secret_names(value: str) -> str:
    """Names of secrets with commas between."""
    names = [name.strip().upper() for name in value.split(",") if name.strip()]
    unknown = sorted(set(names) - set(secret_names()))
    if unknown or not names:
        raise ValueError(f"must name some of {', '.join(secret_names())}, with commas between")
    return ",".join(names)


WebUrl = Annotated[str, AfterValidator(_web_url)]
SecretManagerPlace = Annotated[str, AfterValidator(_secret_manager)]
SecretNames = Annotated[str, AfterValidator(_secret_names)]
Addresses = Annotated[str, AfterValidator(_addresses)]
DataRoot = Annotated[str, AfterValidator(_data_root)]
FileAddress = Annotated[str, AfterValidator(_file)]
FolderAddress = Annotated[str, AfterValidator(_folder)]
BaseUrl = Annotated[str, AfterValidator(_base_url)]
SourceNames = Annotated[str, AfterValidator(_event_sources)]
CountryNames = Annotated[str, AfterValidator(_country_names)]
RegionsFile = Annotated[str, AfterValidator(_regions_file)]
CallStorePlace = Annotated[str, AfterValidator(_call_store)]
SmtpUrl = Annotated[SecretStr, AfterValidator(_smtp_url)]
AlertsAddress = Annotated[SecretStr, AfterValidator(_alerts_address)]
SecretWebUrl = Annotated[SecretStr, AfterValidator(_secret_web_url)]
Instant = Annotated[datetime, AfterValidator(_in_utc)]


# A URL can hold a password; its other parts are shown.
_MAY_BE_SECRET: Final[dict[str, Any]] = {"may_be_secret": True}


class _SecretsElsewhere(PydanticBaseSettingsSource):
    """Secrets that neither arguments nor the environment nor ``.env`` hold."""

    @override
    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        # Read all at once, by ``__call__``.
        del field
        return None, field_name, False

    @override
    def __call__(self) -> dict[str, Any]:
        """Read those that are set nowhere else.

        Raises:
            SettingsError: one is there, and cannot be read.
        """
        from showlist_assets.storage.secret_manager import SecretsError
        from showlist_assets.storage.secrets import read_secrets

        manager, only = self._said("SHOWLIST_SECRET_MANAGER"), self._said("SHOWLIST_SECRET_NAMES")
        try:
            in_manager = _secret_names(only).split(",") if only else secret_names()
            if manager:
                _secret_manager(manager)
        except ValueError:
            # Which pydantic says of the settings themselves, with all else that is wrong.
            return {}
        try:
            return read_secrets(
                [name for name in secret_names() if not self._said(name)],
                folder=self._said("SHOWLIST_SECRETS_DIR"),
                manager=manager,
                in_manager=in_manager,
                known=secret_names(),
            )
        except SecretsError as error:
            raise SettingsError(str(error)) from None

    def _said(self, name: str) -> str:
        """What arguments, environment or ``.env`` say of the setting ``name``; "" if nothing."""
        said = self.current_state
        value = said.get(name) or said.get(setting_names()[name])
        return str(value) if value else ""


def machine_time() -> datetime:
    """The present by the machine's clock (UTC): the only place of the platform that asks it."""
    return datetime.now(UTC)  # noqa: TID251


class Settings(BaseSettings):
    """The settings, validated; read them with ``load_settings``."""

    model_config = SettingsConfigDict(
        env_file=".env",
        # .env.example has empty lines to fill in, the optional ones included.
        env_ignore_empty=True,
        # .env may hold what other programs read; `_unknown_names` looks at ours.
        extra="ignore",
        frozen=True,
        # An error would quote a secret that it refuses.
        hide_input_in_errors=True,
        populate_by_name=True,
    )

    @classmethod
    @override
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """As ``_SecretsElsewhere`` describes; the first that knows a setting counts."""
        # Not pydantic's own folder of secrets, which takes every setting from there.
        del file_secret_settings
        return init_settings, env_settings, dotenv_settings, _SecretsElsewhere(settings_cls)

    data_root: DataRoot = Field(
        default=".showlist/live/data",
        alias="SHOWLIST_DATA_ROOT",
        description="Where the tables live: a folder, or gs://bucket/prefix. In a bucket lies all "
        "that must survive, unless a setting places it elsewhere: accounts, recipes, feeds and "
        "decisions by hand, too (docs/upgrade.md).",
    )
    warehouse: FileAddress | None = Field(
        default=None,
        alias="SHOWLIST_WAREHOUSE",
        description="The DuckDB file to publish: a path, or gs://bucket/name, of which this "
        "machine keeps a copy; by default showlist.duckdb in the data root.",
    )
    overrides: FileAddress | None = Field(
        default=None,
        alias="SHOWLIST_OVERRIDES",
        description="The file of matches decided by hand, a path or gs://bucket/name; `showlist "
        "review` writes it. By default overrides.yaml of the working directory; of the data root, "
        "where that is a bucket.",
    )
    show_decisions: FileAddress | None = Field(
        default=None,
        alias="SHOWLIST_SHOW_DECISIONS",
        description="The file of listings that were joined, parted or forgotten by hand, and of "
        "names of one venue (docs/merging.md); by default shows.yaml, in the same place.",
    )
    recipes: FolderAddress | None = Field(
        default=None,
        alias="SHOWLIST_RECIPES",
        description="The folder of playlist recipes (docs/recipes.md), or gs://bucket/prefix; by "
        "default recipes, in the same place.",
    )
    feeds: FolderAddress | None = Field(
        default=None,
        alias="SHOWLIST_FEEDS",
        description="The folder of venues' calendars (docs/feeds.md), or gs://bucket/prefix; by "
        "default feeds, in the same place.",
    )
    call_store: CallStorePlace | None = Field(
        default=None,
        alias="SHOWLIST_CALL_STORE",
        json_schema_extra=_MAY_BE_SECRET,
        description="Where answers and the ledger of calls are kept: a folder, or "
        "redis://host:port where several machines share them; by default the folder calls beside "
        "the data root (in .showlist, where the data root is a bucket).",
    )
    cache_megabytes: int = Field(
        default=200,
        ge=1,
        alias="SHOWLIST_CACHE_MEGABYTES",
        description="How large the kept answers may grow; the oldest are dropped. A Redis bounds "
        "itself (maxmemory).",
    )
    # Before `countries`, whose check asks for it.
    regions: RegionsFile | None = Field(
        default=None,
        alias="SHOWLIST_REGIONS",
        description="A file with the states of one more country, such as de.toml: its name is the "
        "country's code (docs/countries.md).",
    )
    countries: CountryNames = Field(
        default="US",
        alias="SHOWLIST_COUNTRIES",
        description="The countries whose states and provinces are the partitions, in the order of "
        "their runs, with commas between: US, CA, or that of SHOWLIST_REGIONS "
        "(docs/countries.md).",
    )
    event_sources: SourceNames | None = Field(
        default=None,
        alias="SHOWLIST_EVENT_SOURCES",
        description="Where concerts are looked for, the preferred source first: ticketmaster, "
        "seatgeek, feeds, with commas between. By default each that has a key, and feeds if there "
        "are any.",
    )
    ticketmaster_api_key: SecretStr | None = Field(
        default=None,
        alias="TICKETMASTER_API_KEY",
        description="Ticketmaster Discovery API key, given at once at developer.ticketmaster.com.",
    )
    # developer.ticketmaster.com/products-and-docs/apis/getting-started: 5,000 a day and 5 a second,
    # more for apps that ask for it.
    ticketmaster_budget: int = Field(
        default=5000,
        ge=0,
        alias="SHOWLIST_TICKETMASTER_BUDGET",
        description="Ticketmaster calls in any 24 hours; a free key has 5,000.",
    )
    ticketmaster_pace: int = Field(
        default=5,
        ge=1,
        alias="SHOWLIST_TICKETMASTER_PACE",
        description="Ticketmaster calls in any second; a free key has 5.",
    )
    # New accounts wait for approval since October 2024 (seatgeek/api-support#169, #189, #192); old
    # ids work.
    seatgeek_client_id: SecretStr | None = Field(
        default=None, alias="SEATGEEK_CLIENT_ID", description="SeatGeek client id."
    )
    seatgeek_client_secret: SecretStr | None = Field(
        default=None,
        alias="SEATGEEK_CLIENT_SECRET",
        description="SeatGeek client secret; optional.",
    )
    spotify_client_id: SecretStr | None = Field(
        default=None, alias="SPOTIFY_CLIENT_ID", description="Client id of your Spotify app."
    )
    spotify_client_secret: SecretStr | None = Field(
        default=None, alias="SPOTIFY_CLIENT_SECRET", description="Client secret of the same app."
    )
    # Since 2025 only organisations with 250,000 monthly users get Extended Quota:
    # https://developer.spotify.com/documentation/web-api/concepts/quota-modes
    spotify_mode: Literal["development", "extended"] = Field(
        default="development",
        alias="SHOWLIST_SPOTIFY_MODE",
        description="What the Spotify app may do: development (any app registered today), or "
        "extended (Extended Quota: top tracks, audio features, popularity).",
    )
    accounts: FolderAddress | None = Field(
        default=None,
        alias="SHOWLIST_ACCOUNTS",
        description="Where the listeners who logged in are kept, encrypted: a folder, or "
        "gs://bucket/prefix; by default the folder accounts beside the data root, or in it where "
        "that is a bucket.",
    )
    account_key: SecretStr | None = Field(
        default=None,
        alias="SHOWLIST_ACCOUNT_KEY",
        description="The Fernet key of the accounts. Without one, a key is made and kept in a file "
        "beside their folder (accounts.key) that only its owner can read; accounts in a bucket "
        "need one.",
    )
    # Of the address 127.0.0.1 and not ``localhost``, which Spotify refuses since 2025:
    # https://developer.spotify.com/documentation/web-api/concepts/redirect_uri
    login_port: int = Field(
        default=8888,
        ge=1,
        le=65535,
        alias="SHOWLIST_LOGIN_PORT",
        description="Port of 127.0.0.1 where `showlist login` waits for Spotify's answer. "
        "http://127.0.0.1:8888/callback must be a redirect URI of your Spotify app.",
    )
    # With neither a market nor a listener, all content counts as unavailable (OpenAPI description).
    spotify_market: str = Field(
        default="US",
        alias="SHOWLIST_SPOTIFY_MARKET",
        pattern="^[A-Z]{2}$",
        description="Country whose catalogue is searched.",
    )
    # Apps of 2026 were locked out after 800 to 1,400 calls in a day (Yooooomi/your_spotify#629,
    # eXPerience83/news-bulletin-playlist#156), for up to 15 hours (Waynting/GuessSong#27).
    spotify_budget: int = Field(
        default=500,
        ge=0,
        alias="SHOWLIST_SPOTIFY_BUDGET",
        description="Spotify calls in any 24 hours. Spotify publishes no number; 500 are safe for "
        "an app in Development Mode.",
    )
    # An unchanged playlist costs two reads, a changed one a few calls more (docs/adr/0009).
    spotify_reserve: int = Field(
        default=50,
        ge=0,
        alias="SHOWLIST_SPOTIFY_RESERVE",
        description="How many of these are kept for playlists, so that lookups cannot use all.",
    )
    # The window is Spotify's, its size unpublished:
    # https://developer.spotify.com/documentation/web-api/concepts/rate-limits
    spotify_window: int = Field(
        default=90,
        ge=1,
        alias="SHOWLIST_SPOTIFY_WINDOW",
        description="Spotify calls in any 30 seconds.",
    )
    top_tracks: Literal["as needed", "always"] = Field(
        default="as needed",
        alias="SHOWLIST_TOP_TRACKS",
        description="With Extended Quota, whether Spotify's own top tracks are asked for of every "
        "artist (always, one call each), or only of those whose search brought fewer than ten "
        "songs of theirs.",
    )
    # Four keep the window of an app with Extended Quota full at any usual latency (docs/adr/0028).
    lookup_threads: int = Field(
        default=4,
        ge=1,
        le=16,
        alias="SHOWLIST_LOOKUP_THREADS",
        description="How many requests to Spotify may be on their way at once. Budgets and windows "
        "hold for all together. Of other services a few are, six at most; 1 asks every one of them "
        "one after the other, too.",
    )
    calls_per_run: int | None = Field(
        default=None,
        ge=0,
        alias="SHOWLIST_CALLS_PER_RUN",
        description="Spotify lookups that one run may make; by default what its schedule allots, "
        "and the day's budget for a run by hand.",
    )
    seatgeek_url: BaseUrl = Field(
        default="https://api.seatgeek.com",
        alias="SHOWLIST_SEATGEEK_URL",
        description="Base URL of SeatGeek's platform API.",
    )
    ticketmaster_url: BaseUrl = Field(
        default="https://app.ticketmaster.com/discovery",
        alias="SHOWLIST_TICKETMASTER_URL",
        description="Base URL of Ticketmaster's Discovery API.",
    )
    spotify_url: BaseUrl = Field(
        default="https://api.spotify.com",
        alias="SHOWLIST_SPOTIFY_URL",
        description="Base URL of Spotify's Web API.",
    )
    spotify_accounts_url: BaseUrl = Field(
        default="https://accounts.spotify.com",
        alias="SHOWLIST_SPOTIFY_ACCOUNTS_URL",
        description="Base URL of Spotify's accounts service.",
    )
    reccobeats_url: BaseUrl = Field(
        default="https://api.reccobeats.com",
        alias="SHOWLIST_RECCOBEATS_URL",
        description="Base URL of ReccoBeats, which knows audio features without a key.",
    )
    # After playlists, before lookups: a poll that comes late loses plays, a lookup only waits
    # (docs/adr/0005).
    spotify_listening: int = Field(
        default=60,
        ge=0,
        alias="SHOWLIST_SPOTIFY_LISTENING",
        description="How many of Spotify's calls in any 24 hours may read what listeners played; "
        "0 reads nothing.",
    )
    listenbrainz_url: BaseUrl = Field(
        default="https://api.listenbrainz.org",
        alias="SHOWLIST_LISTENBRAINZ_URL",
        description="Base URL of ListenBrainz, which knows what listeners played.",
    )
    listenbrainz_labs_url: BaseUrl = Field(
        default="https://labs.api.listenbrainz.org",
        alias="SHOWLIST_LISTENBRAINZ_LABS_URL",
        description="Base URL of ListenBrainz Labs, which knows who is played by the same people.",
    )
    musicbrainz_url: BaseUrl = Field(
        default="https://musicbrainz.org",
        alias="SHOWLIST_MUSICBRAINZ_URL",
        description="Base URL of MusicBrainz, which knows an artist's pages elsewhere.",
    )
    # ListenBrainz tells in each answer how many are left, and the session obeys; 30 in 5 seconds
    # were measured in July 2026.
    listenbrainz_pace: int = Field(
        default=30,
        ge=1,
        alias="SHOWLIST_LISTENBRAINZ_PACE",
        description="ListenBrainz calls in any 5 seconds, and as many at its Labs.",
    )
    # musicbrainz.org/doc/MusicBrainz_API/Rate_Limiting
    musicbrainz_pace: int = Field(
        default=1,
        ge=1,
        alias="SHOWLIST_MUSICBRAINZ_PACE",
        description="MusicBrainz calls in any second; it asks for no more than one.",
    )
    listenbrainz_token: SecretStr | None = Field(
        default=None,
        alias="LISTENBRAINZ_TOKEN",
        description="Your token of ListenBrainz (listenbrainz.org/settings): it looks songs up by "
        "their names. Free.",
    )
    # A closed list at Labs, whose names come and go; `showlist doctor` tells whether this one is
    # alive, and Labs names the others when it is not.
    listenbrainz_algorithm: str = Field(
        default="session_based_days_7500_session_300_contribution_5_threshold_10_limit_100"
        "_filter_True_skip_30",
        alias="SHOWLIST_LISTENBRAINZ_ALGORITHM",
        pattern=r"^\w+$",
        description="How ListenBrainz Labs counts who is played together; one of its own list.",
    )
    # Another closed list than that of artists.
    listenbrainz_recordings_algorithm: str = Field(
        default="session_based_days_9000_session_300_contribution_5_threshold_15_limit_50_skip_30",
        alias="SHOWLIST_LISTENBRAINZ_RECORDINGS_ALGORITHM",
        pattern=r"^\w+$",
        description="The same for songs that are played together; a list of its own.",
    )
    contact: str | None = Field(
        default=None,
        alias="SHOWLIST_CONTACT",
        pattern=r"^[!-'*-~]{3,200}$",
        description="A page or an e-mail address at which MusicBrainz and ListenBrainz can reach "
        "whoever runs this Showlist, as they ask of every program; it is sent to them alone.",
    )
    mail_server: SmtpUrl | None = Field(
        default=None,
        alias="SHOWLIST_SMTP_URL",
        description="The mail server that sends digests to the addresses of a recipe's `mail`: "
        "smtps://user:password@host:465, or smtp://user:password@host:587, which is encrypted "
        "(STARTTLS) before the password is sent.",
    )
    mail_from: str | None = Field(
        default=None,
        alias="SHOWLIST_MAIL_FROM",
        description="Who these mails are from, such as Showlist <me@example.org>; by default the "
        "user of the mail server, if that is an address.",
    )
    alerts: AlertsAddress | None = Field(
        default=None,
        alias="SHOWLIST_ALERTS",
        description="Where it is told what failed (docs/operations.md#alerts): "
        "mailto:me@example.org, by the mail server above; or an address of apprise, such as "
        "ntfy://topic or slack://..., which needs the extra `alerts`.",
    )
    heartbeat: SecretWebUrl | None = Field(
        default=None,
        alias="SHOWLIST_HEARTBEAT",
        description="An address of an outside watch, such as healthchecks.io, that is called after "
        "each good weekly refresh and each good tick, and with /fail behind it after a failed one.",
    )
    log_format: Literal["plain", "json"] = Field(
        default="plain",
        alias="SHOWLIST_LOG_FORMAT",
        description="How runs, `showlist tick` and `showlist web` write what they log: plain, or "
        "json, an object a line on stderr (docs/operations.md#logs).",
    )
    web_url: WebUrl | None = Field(
        default=None,
        alias="SHOWLIST_WEB_URL",
        description="The address at which browsers reach the listener's page (`showlist web`), "
        "with its path if it has one, such as https://music.example.org; by default "
        "http://127.0.0.1:8300. Its address and /auth/callback must be a redirect URI of your "
        "Spotify app.",
    )
    web_guests: bool | None = Field(
        default=None,
        alias="SHOWLIST_WEB_GUESTS",
        description="Whether somebody without an account may look at the page: yes or no; by "
        "default only where the page is reached on this machine alone.",
    )
    web_place: str = Field(
        default="",
        alias="SHOWLIST_WEB_PLACE",
        description="The ZIP, city or state that the page begins with; by default the city with "
        "the most shows.",
    )
    web_proxies: Addresses | None = Field(
        default=None,
        alias="SHOWLIST_WEB_PROXIES",
        description="The addresses of the proxies in front of the page, with commas between, such "
        "as 127.0.0.1 or 10.0.0.0/8: what they say of a visitor's address is believed, so that "
        "requests are counted by visitor. By default nobody is believed.",
    )
    dagster_url: WebUrl | None = Field(
        default=None,
        alias="SHOWLIST_DAGSTER_URL",
        description="Where Dagster's UI is, for the owner's page.",
    )
    secrets_dir: str | None = Field(
        default=None,
        alias="SHOWLIST_SECRETS_DIR",
        description="A folder of files that are called as secret settings are and hold their "
        "values, as compose, Kubernetes and Cloud Run mount them (docs/operations.md#secrets); by "
        "default /run/secrets, where there is one. The environment and .env count more.",
    )
    secret_manager: SecretManagerPlace | None = Field(
        default=None,
        alias="SHOWLIST_SECRET_MANAGER",
        description="projects/ID of Google Cloud: secrets that are set nowhere else are read from "
        "its Secret Manager, where each is called as its setting is; "
        "projects/ID/secrets/showlist- where showlist- stands before each name. Needs the extra "
        "`gcp`.",
    )
    secret_names: SecretNames | None = Field(
        default=None,
        alias="SHOWLIST_SECRET_NAMES",
        description="Which secrets are looked for there, with commas between; by default all. "
        "Needed where the account may read single secrets only: of one that does not exist it is "
        "told that it may not read it.",
    )
    # Three runs for 51 states. A run costs some 12 CPU seconds whatever it does, and its memory
    # grows with its states (docs/measured.md, "A nation").
    states_per_run: int = Field(
        default=17,
        ge=1,
        le=51,
        alias="SHOWLIST_STATES_PER_RUN",
        description="How many states one run of the weekly schedule or of a backfill covers.",
    )
    retries: int = Field(
        default=5,
        ge=0,
        le=10,
        alias="SHOWLIST_RETRIES",
        description="How often a failed asset is tried again; each wait doubles.",
    )
    retry_delay_seconds: float = Field(
        default=2.5,
        ge=0,
        alias="SHOWLIST_RETRY_DELAY_SECONDS",
        description="The first of these waits.",
    )
    runs_kept_days: int = Field(
        default=90,
        ge=0,
        alias="SHOWLIST_RUNS_KEPT_DAYS",
        description="For how many days Dagster's runs are kept, with their events and logs; 0 for "
        "ever. One with the newest result of something stays.",
    )
    now: Instant | None = Field(
        default=None,
        alias="SHOWLIST_NOW",
        description="Pretend that it is this instant (ISO 8601, UTC): for demos and tests.",
    )

    clock_ahead: timedelta = Field(
        default=timedelta(),
        alias="SHOWLIST_CLOCK_AHEAD",
        description="Pretend that it is so much later than that, or than it is (ISO 8601, such as "
        "P7D): for the sandbox, whose time can be moved.",
    )
    apis_known_as: str | None = Field(
        default=None,
        alias="SHOWLIST_APIS_KNOWN_AS",
        pattern=r"^[A-Za-z0-9][A-Za-z0-9.-]*$",
        description="What the ledger and the kept answers call the place where the APIs answer, "
        "for a stand-in whose port changes, as the sandbox's does; by default its address.",
    )

    def current_time(self) -> datetime:
        """The present, or the instant that ``SHOWLIST_NOW`` and ``_CLOCK_AHEAD`` pretend (UTC)."""
        return (self.now or machine_time()) + self.clock_ahead

    @property
    def call_store_place(self) -> str:
        """The folder or the Redis URL of the answers and the ledger."""
        return self.call_store or str(self._beside_data_root("calls"))

    @property
    def accounts_place(self) -> str:
        """The folder, absolute, or the bucket of the listeners who logged in."""
        if self.accounts and self.accounts.startswith("gs://"):
            return self.accounts
        if self.accounts:
            return str(Path(self.accounts).expanduser().absolute())
        return self._in_bucket("accounts") or str(self._beside_data_root("accounts").absolute())

    @property
    def accounts_of_before(self) -> Path | None:
        """The folder of this machine that Showlist 0.1 kept accounts in beside tables in a bucket.

        None where accounts lie on this machine.
        """
        return Path(".showlist/accounts") if self.accounts_place.startswith("gs://") else None

    def chosen_place_of(self, work: OperatorsWork) -> str | None:
        """Where it lies, a path or an address in a bucket.

        None where nothing says so and the data root is a bucket: there, unless it was left here.
        """
        chosen: str | None = getattr(self, work)
        return chosen or (None if self._in_bucket("") else OPERATORS_WORK[work])

    @property
    def warehouse_object(self) -> str | None:
        """The address of the published file in a bucket; None where it lies on this machine."""
        if self.warehouse:
            return self.warehouse if self.warehouse.startswith("gs://") else None
        return self._in_bucket("showlist.duckdb")

    @property
    def backup_record(self) -> Path:
        """The file that tells when `showlist backup` wrote its last one."""
        return self._beside_data_root("last_backup")

    def _in_bucket(self, name: str) -> str | None:
        """The address of ``name`` in the data root; None where that is a folder."""
        is_bucket = self.data_root.startswith("gs://")
        return f"{self.data_root.rstrip('/')}/{name}" if is_bucket else None

    def _beside_data_root(self, name: str) -> Path:
        """A folder of this machine beside the tables; in .showlist where these are in a bucket."""
        if self.data_root.startswith("gs://"):
            return Path(".showlist") / name
        return Path(self.data_root).expanduser().absolute().parent / name

    @property
    def warehouse_path(self) -> Path:
        """The DuckDB file that is published on this machine."""
        if self.warehouse and not self.warehouse.startswith("gs://"):
            return Path(self.warehouse)
        # A link is how the file is published, and a bucket has none.
        if self.data_root.startswith("gs://"):
            return Path(".showlist") / "showlist.duckdb"
        return Path(self.data_root) / "showlist.duckdb"


def setting_names() -> dict[str, str]:
    """Environment variable -> field name, in the order they are documented."""
    return {str(field.alias): name for name, field in Settings.model_fields.items()}


@cache
def secret_names() -> tuple[str, ...]:
    """The environment variables of the settings that are secret, or may hold a password."""
    return tuple(
        str(field.alias)
        for field in Settings.model_fields.values()
        if field.json_schema_extra == _MAY_BE_SECRET or _has_secret(field.annotation)
    )


def _has_secret(annotation: Any) -> bool:
    return annotation is SecretStr or any(map(_has_secret, get_args(annotation)))


def load_settings(**overrides: Any) -> Settings:
    """The settings of this process.

    Raises:
        SettingsError: unknown ``SHOWLIST_`` variables, or values that cannot be used: all of them;
            or a secret that is there and cannot be read.
    """
    try:
        unknown = _unknown_names()
        settings, unusable = _read(overrides)
    except UnicodeDecodeError:
        raise SettingsError(".env is not UTF-8 text: save it as UTF-8.") from None
    if settings is None or unknown:
        raise SettingsError("\n".join([*unknown, *_in_words(unusable)]))
    return settings


def _read(overrides: dict[str, Any]) -> tuple[Settings | None, list[str]]:
    """The settings; or None, with what is wrong with each value."""
    try:
        return Settings(**overrides), []
    except ValidationError as error:
        return None, [
            f"{each['loc'][0] if each['loc'] else 'a setting'} cannot be used: "
            f"{each['msg'].removeprefix('Value error, ').removesuffix('.')}."
            for each in error.errors(include_input=False, include_url=False)
        ]


def _in_words(unusable: list[str]) -> list[str]:
    """The faults a line each, and in the last what to do about all of them."""
    if not unusable:
        return []
    *others, last = unusable
    where = "in the environment or in .env; docs/settings.md explains every setting."
    return [*others, f"{last} Correct {'them' if others else 'it'} {where}"]


def _unknown_names() -> list[str]:
    """A sentence for each variable that looks like a setting and is none."""
    # A misspelled name would silently be the default (docs/adr/0011); pydantic sees known ones
    # only.
    known = setting_names()
    names = sorted(set(os.environ) | _names_in_env_file())
    return [
        f"{name} is not a setting of Showlist. {_hint(name, known)}"
        for name in names
        if name.startswith(_PREFIX) and name not in known
    ]


def _hint(name: str, known: Iterable[str]) -> str:
    # Without the prefix: all of them begin alike.
    ends = [each.removeprefix(_PREFIX) for each in known if each.startswith(_PREFIX)]
    near = get_close_matches(name.removeprefix(_PREFIX), ends, n=1, cutoff=0.6)
    return f"Did you mean {_PREFIX}{near[0]}?" if near else "docs/settings.md lists them."


def _names_in_env_file() -> set[str]:
    from dotenv import dotenv_values

    return set(dotenv_values(".env")) if Path(".env").is_file() else set()
