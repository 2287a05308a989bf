"""The only place that puts the parts together: settings in, tables, clients, ledger, accounts out.

What belongs here: construction. What does not: behaviour (``services``, ``storage``, ``sources``),
and Dagster, which is handed a ``Platform`` as a resource (``defs.resources``). A secret is read
from the settings when a client is made and is kept nowhere else.

Libraries are imported where they are needed, because ``showlist status`` needs few of them.
"""

from __future__ import annotations

import logging
from datetime import timedelta
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal, TypeVar

from showlist_assets.settings import OPERATORS_WORK, OperatorsWork, Settings, SettingsError

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from datetime import datetime

    from pydantic import SecretStr

    from showlist_assets.domain.playlists.recipe import Recipe
    from showlist_assets.services.alerts import Alert, Alerts
    from showlist_assets.services.backup import Part
    from showlist_assets.services.forgetting_listeners import Forgotten
    from showlist_assets.services.heartbeat import Heartbeat
    from showlist_assets.services.listeners.accounts import Account, AccountStore
    from showlist_assets.services.listeners.feed_links import FeedLinks
    from showlist_assets.services.listeners.invitations import Invitations
    from showlist_assets.services.listeners.login import Login
    from showlist_assets.services.listeners.login_attempts import LoginAttempts
    from showlist_assets.services.listeners.reports import Reports
    from showlist_assets.services.listeners.sessions import Sessions
    from showlist_assets.services.listening.history import ListeningHistory
    from showlist_assets.services.listening.profile import ListeningProfiles
    from showlist_assets.services.listening.recordings import RecordingLookups
    from showlist_assets.services.listening.syncing import ListeningSync
    from showlist_assets.services.mail import MailServer
    from showlist_assets.services.playlists.digest_mail import DigestMail
    from showlist_assets.services.playlists.history import PlaylistHistory
    from showlist_assets.services.playlists.listeners_taste import ListenersTaste
    from showlist_assets.services.playlists.plan_files import PlanFiles
    from showlist_assets.services.playlists.refreshing import PlaylistRefresh, Refreshed
    from showlist_assets.services.playlists.saving import Saves
    from showlist_assets.services.playlists.workflow import PlaylistWorkflow
    from showlist_assets.services.table_changes import TableChanges
    from showlist_assets.services.taste.feedback import Feedback
    from showlist_assets.services.taste.local_model import LocalModel
    from showlist_assets.services.taste.shared_tables import SharedTables
    from showlist_assets.services.taste.suggestions import Suggestions
    from showlist_assets.services.taste.tastes import Tastes
    from showlist_assets.sources.event_source import EventSource
    from showlist_assets.sources.feeds.client import Feeds
    from showlist_assets.sources.http.cache import ResponseCache
    from showlist_assets.sources.http.call_store import CallStore
    from showlist_assets.sources.http.ledger import Allowance, Ledger, Purpose
    from showlist_assets.sources.http.session import ApiSession
    from showlist_assets.sources.listenbrainz.client import ListenBrainz
    from showlist_assets.sources.listenbrainz.labs import Labs
    from showlist_assets.sources.musicbrainz import MusicBrainz
    from showlist_assets.sources.reccobeats import ReccoBeats
    from showlist_assets.sources.seatgeek.client import SeatGeek
    from showlist_assets.sources.spotify.catalog import SpotifyCatalog
    from showlist_assets.sources.spotify.listening import SpotifyListening
    from showlist_assets.sources.spotify.playlists import SpotifyPlaylists
    from showlist_assets.sources.ticketmaster.client import Ticketmaster
    from showlist_assets.storage.bucket_protection import BucketProtection
    from showlist_assets.storage.feeds import FeedsFolder
    from showlist_assets.storage.fetch_record import FetchRecord
    from showlist_assets.storage.files import Files
    from showlist_assets.storage.last_backup import LastBackup
    from showlist_assets.storage.listening import ListeningStore
    from showlist_assets.storage.operator_files import Place
    from showlist_assets.storage.overrides import OverridesFile
    from showlist_assets.storage.recipes import RecipesFolder
    from showlist_assets.storage.shared_warehouse import SharedWarehouse
    from showlist_assets.storage.show_decisions import ShowDecisionsFile
    from showlist_assets.storage.tables import TableStore
    from showlist_assets.storage.tick_record import TickFile, TickRecord

_log = logging.getLogger(__name__)
_Work = TypeVar("_Work", "RecipesFolder", "FeedsFolder", "OverridesFile", "ShowDecisionsFile")

Service = Literal[
    "seatgeek",
    "ticketmaster",
    "spotify",
    "reccobeats",
    "listenbrainz",
    "listenbrainz_labs",
    "musicbrainz",
]
SERVICES: Final[tuple[Service, ...]] = (
    "spotify",
    "seatgeek",
    "ticketmaster",
    "reccobeats",
    "listenbrainz",
    "listenbrainz_labs",
    "musicbrainz",
)

# Spotify's rolling window is thirty seconds; whatever is no lockout (``diagnosis.LONG_WAIT``) is
# worth sitting out, or a minute's pause leaves performers pending until tomorrow.
_PATIENCE: Final = {
    "spotify": 61.0,
    # Their windows are seconds long, and nobody waits for an answer.
    "listenbrainz": 61.0,
    "listenbrainz_labs": 61.0,
    "musicbrainz": 61.0,
}
_PATIENCE_WITH_OTHERS: Final = 10.0
_WANT_A_CONTACT: Final = ("listenbrainz", "listenbrainz_labs", "musicbrainz")


class Platform:
    """The parts of one Showlist, as its settings configure them.

    Two of them in one process share nothing but the countries that are known
    (``domain.states``): making one reads the setting's file of regions, if there is one. Else it
    reads, writes and sends nothing.

    Attributes:
        settings: What everything here is made from.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        clock: Callable[[], datetime] | None = None,
        gcs_client: Callable[[], Any] | None = None,
    ) -> None:
        """Make nothing yet.

        Args:
            settings: Of this platform.
            clock: The present (UTC); by default that of the settings.
            gcs_client: Makes the client of a bucket; by default with the machine's credentials.
        """
        # One for all that lies in a bucket: each asks for a token of its own.
        self.settings, self._gcs_client = settings, cache(gcs_client or _default_gcs_client)
        self.now = clock or settings.current_time
        if settings.regions:
            from showlist_assets.domain.states import add_country_file

            add_country_file(Path(settings.regions).expanduser())
        self._works: dict[tuple[OperatorsWork, str], Any] = {}
        self._places: dict[OperatorsWork, Place] = {}

    @cached_property
    def states(self) -> tuple[str, ...]:
        """The partitions: the states of the countries that it covers, in the order of their runs.

        Raises:
            CountryError: one is not known.
        """
        from showlist_assets.domain.states import states_of_countries

        return states_of_countries(self.settings.countries.split(","))

    # What lies on disk or in a bucket

    @cached_property
    def files(self) -> Files:
        """Whatever lies under the data root."""
        from showlist_assets.storage.open_files import open_files

        return open_files(self.settings.data_root, gcs_client=self._gcs_client)

    @cached_property
    def _listener_files(self) -> Files:
        """Those of the data root that are about a listener."""
        from showlist_assets.storage.open_files import open_files

        root = self.settings.data_root
        return open_files(root, gcs_client=self._gcs_client, private=True)

    @cached_property
    def tables(self) -> TableStore:
        """The record: a Parquet file per table and state."""
        from showlist_assets.storage.tables import TableStore

        return TableStore(self.files)

    @property
    def fetch_record(self) -> FetchRecord:
        """How each source of events answered for each state."""
        from showlist_assets.storage.fetch_record import FetchRecord

        return FetchRecord(self.files, self.event_source_names)

    @property
    def tick_file(self) -> TickFile:
        """What `showlist tick` has dealt with."""
        from showlist_assets.storage.tick_record import TickFile

        return TickFile(self._listener_files)

    def tick_lock(self) -> AbstractContextManager[None]:
        """While it is held, no other tick looks at the same data root.

        Raises:
            LockTimeout: another one does.
        """
        # Not 0, by which the lock of a machine that died would stand for ever in a bucket.
        return self._listener_files.lock("tick", patience=0.1)

    def table_changes(self, record: TickRecord) -> TableChanges:
        """What recipes and rankings follow, as far as ``record`` knows it."""
        from showlist_assets.services.table_changes import TableChanges

        return TableChanges(record, self.files, self.listening_store)

    @property
    def last_backup(self) -> LastBackup:
        """When `showlist backup` wrote its last one."""
        from showlist_assets.storage.last_backup import LastBackup

        return LastBackup(self.settings.backup_record)

    def bucket_protection(self) -> BucketProtection | None:
        """How the bucket of the tables keeps them; None where this account may not see it.

        Raises:
            StorageError: they lie in no bucket, or it does not answer.
        """
        from showlist_assets.storage.bucket_protection import bucket_protection
        from showlist_assets.storage.files import StorageError

        root = self.settings.data_root
        if not root.startswith("gs://"):
            raise StorageError(f"{root} is no bucket.")
        return bucket_protection(self._gcs_client, root.removeprefix("gs://").partition("/")[0])

    @property
    def warehouse_file(self) -> Path:
        """Where the DuckDB file is published, absolute."""
        return self.settings.warehouse_path.expanduser().absolute()

    @cached_property
    def shared_warehouse(self) -> SharedWarehouse | None:
        """The published file as several machines have it; None where it lies on this one alone."""
        address = self.settings.warehouse_object
        if address is None:
            return None
        from showlist_assets.storage.shared_warehouse import SharedWarehouse

        return SharedWarehouse(address, self.warehouse_file, gcs_client=self._gcs_client)

    # What an operator writes, or a program for them

    @property
    def recipes(self) -> RecipesFolder:
        """The folder of the playlists' recipes."""
        from showlist_assets.storage.recipes import RecipesFolder

        return self._in_use(RecipesFolder, "recipes")

    @property
    def feeds_folder(self) -> FeedsFolder:
        """The folder of venues' calendars."""
        from showlist_assets.storage.feeds import FeedsFolder

        return self._in_use(FeedsFolder, "feeds")

    @property
    def overrides(self) -> OverridesFile:
        """The matches that were decided by hand."""
        from showlist_assets.storage.overrides import OverridesFile

        return self._in_use(OverridesFile, "overrides")

    @cached_property
    def reports(self) -> Reports:
        """What listeners said of matches."""
        from showlist_assets.services.listeners.reports import Reports

        return Reports(self.accounts.files, clock=self.now)

    @property
    def show_decisions(self) -> ShowDecisionsFile:
        """What an operator said of shows and venues."""
        from showlist_assets.storage.show_decisions import ShowDecisionsFile

        return self._in_use(ShowDecisionsFile, "show_decisions")

    def place_of(self, work: OperatorsWork) -> Place:
        """Where it is read and written: as set, or else by ``place_in_use``.

        Raises:
            StorageError: the bucket cannot be asked.
        """
        from showlist_assets.storage.operator_files import Place, place_in_use

        settings, name = self.settings, OPERATORS_WORK[work]
        chosen = settings.chosen_place_of(work)
        place = Place(chosen) if chosen else place_in_use(name, self.files)
        if place.words and self._places.get(work) != place:
            _log.warning("%s", place.words)
        self._places[work] = place
        return place

    def _in_use(self, kind: type[_Work], work: OperatorsWork) -> _Work:
        """What ``kind`` opens; kept, because it remembers what it has read of a bucket."""
        address = self.place_of(work).address
        if (work, address) not in self._works:
            self._works[work, address] = kind(address, gcs_client=self._gcs_client)
        found: _Work = self._works[work, address]
        return found

    # What is asked of the APIs, and what they answered

    @cached_property
    def call_store(self) -> CallStore:
        """Where answers and the ledger of calls are kept."""
        from showlist_assets.sources.http.call_store import open_call_store

        return open_call_store(self.settings.call_store_place)

    @property
    def cache(self) -> ResponseCache:
        """The answers that are kept."""
        from showlist_assets.sources.http.cache import ResponseCache

        return ResponseCache(
            self.call_store,
            clock=self.now,
            max_bytes=self.settings.cache_megabytes * 1_000_000,
            known_as=self.settings.apis_known_as,
        )

    @property
    def spotify_allowance(self) -> Allowance:
        """What Spotify may be asked."""
        from showlist_assets.sources.http.ledger import Allowance

        settings = self.settings
        return Allowance(
            settings.spotify_budget,
            settings.spotify_reserve,
            settings.spotify_window,
            listening=settings.spotify_listening,
        )

    @property
    def ticketmaster_allowance(self) -> Allowance:
        """What Ticketmaster may be asked."""
        from showlist_assets.sources.http.ledger import Allowance

        return Allowance(
            self.settings.ticketmaster_budget,
            window=self.settings.ticketmaster_pace,
            window_length=timedelta(seconds=1),
        )

    @property
    def _allowances(self) -> dict[str, Allowance]:
        """What each service may be asked; whoever is not named, as much as anybody likes."""
        from showlist_assets.sources.http.ledger import Allowance

        settings = self.settings
        listenbrainz = Allowance(
            window=settings.listenbrainz_pace, window_length=timedelta(seconds=5)
        )
        return {
            "spotify": self.spotify_allowance,
            "ticketmaster": self.ticketmaster_allowance,
            "listenbrainz": listenbrainz,
            "listenbrainz_labs": listenbrainz,
            "musicbrainz": Allowance(
                window=settings.musicbrainz_pace, window_length=timedelta(seconds=1)
            ),
        }

    def ledger(
        self, service: Service, *, purpose: Purpose = "lookup", share: int | None = None
    ) -> Ledger:
        """The calls of ``service``, as ``purpose`` sees them; it may make ``share`` at most."""
        from showlist_assets.sources.http.endpoints import api_at
        from showlist_assets.sources.http.ledger import Allowance, Ledger

        return Ledger(
            self.call_store,
            api_at(service, self._url_of(service), self.settings.apis_known_as),
            self._allowances.get(service, Allowance()),
            clock=self.now,
            purpose=purpose,
            share=share,
        )

    def ledger_elsewhere(self, api: str) -> Ledger:
        """The calls of an API at an address that is not configured any more."""
        from showlist_assets.sources.http.ledger import Allowance, Ledger

        return Ledger(self.call_store, api, Allowance(), clock=self.now)

    def _url_of(self, service: Service) -> str:
        url: str = getattr(self.settings, f"{service}_url")
        return url

    def _session(self, service: Service, *, share: int | None = None) -> ApiSession:
        """A session that reuses kept answers and enters every call in the ledger."""
        from showlist_assets.sources.http.session import ApiSession

        return ApiSession(
            service,
            patience=_PATIENCE.get(service, _PATIENCE_WITH_OTHERS),
            cache=self.cache,
            ledger=self.ledger(service, share=share),
            contact=self.settings.contact if service in _WANT_A_CONTACT else None,
        )

    # The sources

    @property
    def event_source_names(self) -> tuple[str, ...]:
        """Where concerts are looked for, the preferred source first; empty if nowhere."""
        from showlist_assets.settings import EVENT_SOURCES

        chosen = self.settings.event_sources
        if chosen:
            return tuple(chosen.split(","))
        return tuple(name for name in EVENT_SOURCES if self.can_be_asked(name))

    def can_be_asked(self, source: str) -> bool:
        """Whether ``source`` of events has its key; feeds, whether there is any."""
        if source == "seatgeek":
            return self.settings.seatgeek_client_id is not None
        if source == "feeds":
            return bool(self.feeds_folder.names())
        return source == "ticketmaster" and self.settings.ticketmaster_api_key is not None

    def event_sources(self) -> list[EventSource]:
        """A client of each source of events, the preferred one first.

        One whose key cannot be sent is there all the same, and says so for every state.

        Raises:
            SettingsError: there is none, or one that was chosen lacks its key, or has no feed.
        """
        from showlist_assets.sources.event_source import UnusableSource
        from showlist_assets.sources.failures import SourceError

        clients: dict[str, Callable[[], EventSource]] = {
            "seatgeek": self.seatgeek,
            "ticketmaster": self.ticketmaster,
            "feeds": self.feeds,
        }
        sources: list[EventSource] = []
        for name in self.event_source_names:
            try:
                sources.append(clients[name]())
            except SourceError as failure:
                sources.append(UnusableSource(name, failure))
        if self.settings.event_sources and not all(map(self.can_be_asked, self.event_source_names)):
            # Where a key is missing, the client has said so.
            raise SettingsError(
                f"SHOWLIST_EVENT_SOURCES names feeds, and {self.feeds_folder.uri} has none. Add "
                "one (`showlist feeds add`), or leave feeds out."
            )
        if not sources:
            raise SettingsError(
                "No source of events is configured, so Showlist cannot find concerts. A "
                "Ticketmaster key is given at once (developer.ticketmaster.com): put it into .env "
                "as TICKETMASTER_API_KEY, or see docs/feeds.md for calendars of venues; `showlist "
                "doctor` lists what is missing, `showlist demo` needs no keys."
            )
        return sources

    def seatgeek(self) -> SeatGeek:
        """A client of SeatGeek.

        Raises:
            SettingsError: its client id is not set.
        """
        from showlist_assets.sources.seatgeek.client import SeatGeek

        secret = self.settings.seatgeek_client_secret
        return SeatGeek(
            session=self._session("seatgeek"),
            base_url=self.settings.seatgeek_url,
            client_id=_required(
                self.settings.seatgeek_client_id, "SEATGEEK_CLIENT_ID", "find concerts"
            ),
            client_secret=secret.get_secret_value() if secret else None,
        )

    def ticketmaster(self) -> Ticketmaster:
        """A client of Ticketmaster.

        Raises:
            SettingsError: its API key is not set.
        """
        from showlist_assets.sources.ticketmaster.client import Ticketmaster

        return Ticketmaster(
            session=self._session("ticketmaster"),
            base_url=self.settings.ticketmaster_url,
            api_key=_required(
                self.settings.ticketmaster_api_key, "TICKETMASTER_API_KEY", "ask Ticketmaster"
            ),
        )

    def feeds(self, folder: FeedsFolder | None = None) -> Feeds:
        """The calendars of venues in a folder; by default that of the settings."""
        from showlist_assets.sources.feeds.client import Feeds
        from showlist_assets.sources.feeds.copies import FeedCopies
        from showlist_assets.sources.feeds.session import FeedSession

        folder = folder or self.feeds_folder
        feeds, broken = folder.read_all()
        return Feeds(
            feeds,
            # Without a cache and a ledger: each feed has a copy and an interval of its own.
            FeedSession(patience=_PATIENCE_WITH_OTHERS),
            FeedCopies(self.call_store),
            folder=folder.folder,
            beside=folder.beside,
            clock=self.now,
            broken=broken,
        )

    def spotify(self, *, share: int | None = None) -> SpotifyCatalog:
        """A client of Spotify's catalogue, which may make ``share`` calls at most.

        Raises:
            SettingsError: the app's client id or secret is not set.
        """
        from showlist_assets.sources.spotify.catalog import SpotifyCatalog

        settings, purpose = self.settings, "look up artists"
        return SpotifyCatalog(
            session=self._session("spotify", share=share),
            api_url=settings.spotify_url,
            accounts_url=settings.spotify_accounts_url,
            client_id=_required(settings.spotify_client_id, "SPOTIFY_CLIENT_ID", purpose),
            client_secret=_required(
                settings.spotify_client_secret, "SPOTIFY_CLIENT_SECRET", purpose
            ),
            mode=settings.spotify_mode,
            market=settings.spotify_market,
        )

    def reccobeats(self) -> ReccoBeats:
        """A client of ReccoBeats, which takes no credentials."""
        from showlist_assets.sources.reccobeats import ReccoBeats

        return ReccoBeats(
            session=self._session("reccobeats"), base_url=self.settings.reccobeats_url
        )

    def listenbrainz(self, token: SecretStr | None = None) -> ListenBrainz:
        """A client of ListenBrainz, with a listener's own token or the operator's."""
        from showlist_assets.sources.listenbrainz.client import ListenBrainz

        chosen = token or self.settings.listenbrainz_token
        return ListenBrainz(
            self._session("listenbrainz"),
            self.settings.listenbrainz_url,
            token=chosen.get_secret_value() if chosen else None,
            is_listeners=token is not None,
        )

    def labs(self) -> Labs:
        """A client of ListenBrainz Labs, which takes no credentials."""
        from showlist_assets.sources.listenbrainz.labs import Labs

        return Labs(
            self._session("listenbrainz_labs"),
            self.settings.listenbrainz_labs_url,
            algorithm=self.settings.listenbrainz_algorithm,
            recordings_algorithm=self.settings.listenbrainz_recordings_algorithm,
        )

    def musicbrainz(self) -> MusicBrainz:
        """A client of MusicBrainz, which takes no credentials."""
        from showlist_assets.sources.musicbrainz import MusicBrainz

        return MusicBrainz(self._session("musicbrainz"), self.settings.musicbrainz_url)

    # Listeners and their playlists

    @cached_property
    def accounts(self) -> AccountStore:
        """The listeners who logged in."""
        from showlist_assets.services.listeners.accounts import AccountStore, open_account_files

        settings = self.settings
        return AccountStore(
            open_account_files(settings.accounts_place, self._gcs_client),
            settings.account_key,
            left_behind=settings.accounts_of_before,
        )

    # What they play, and what they may like

    @cached_property
    def listening_store(self) -> ListeningStore:
        """What is kept of each listener's listening, encrypted."""
        from showlist_assets.storage.listening import ListeningStore

        return ListeningStore(self._listener_files, self.accounts)

    @cached_property
    def listening(self) -> ListeningHistory:
        """What listeners play: who may change it when."""
        from showlist_assets.services.listening.history import ListeningHistory

        return ListeningHistory(self.listening_store, self.accounts, clock=self.now)

    @cached_property
    def listening_profiles(self) -> ListeningProfiles:
        """What listeners have connected, and how far it was read."""
        from showlist_assets.services.listening.profile import ListeningProfiles

        return ListeningProfiles(self.listening_store, self.listening)

    @property
    def listening_sync(self) -> ListeningSync:
        """Asking the services that listeners have connected."""
        from showlist_assets.services.listening.polling import SpotifyPolls
        from showlist_assets.services.listening.syncing import ListeningSync

        history, profiles = self.listening, self.listening_profiles
        return ListeningSync(
            history,
            profiles,
            SpotifyPolls(history, profiles, clock=self.now),
            self.accounts,
            listenbrainz=self.listenbrainz,
            spotify=self.spotify_listening,
            clock=self.now,
        )

    @property
    def recording_lookups(self) -> RecordingLookups:
        """Asking for the ids of songs that are known by their names."""
        from showlist_assets.services.listening.recordings import RecordingLookups

        can_look_up = self.settings.listenbrainz_token is not None
        client = self.listenbrainz if can_look_up else None
        return RecordingLookups(self.listening, client, clock=self.now)

    @cached_property
    def shared_tables(self) -> SharedTables:
        """What is known of artists, whoever plays them."""
        from showlist_assets.services.taste.shared_tables import SharedTables
        from showlist_assets.storage.similarity import SimilarityStore

        store = SimilarityStore(self._listener_files)
        return SharedTables(store, self.accounts.files)

    @property
    def local_model(self) -> LocalModel:
        """Neighbours learnt from an operator's own data."""
        from showlist_assets.services.taste.local_model import LocalModel

        return LocalModel(self.shared_tables, clock=self.now)

    @property
    def tastes(self) -> Tastes:
        """How upcoming performers fit each listener."""
        from showlist_assets.services.taste.artist_ids import ArtistIdLookups
        from showlist_assets.services.taste.similar_artists import SimilarArtists
        from showlist_assets.services.taste.tastes import Tastes

        shared, clock = self.shared_tables, self.now
        can_look_up = self.settings.listenbrainz_token is not None
        return Tastes(
            store=self.listening_store,
            alone=self.listening.alone,
            shared=shared,
            tables=self.tables,
            artist_ids=ArtistIdLookups(
                shared,
                self.musicbrainz,
                self.listenbrainz if can_look_up else None,
                clock=clock,
            ),
            similar=SimilarArtists(shared, self.labs, self.listenbrainz, clock=clock),
            clock=clock,
        )

    @property
    def suggestions(self) -> Suggestions:
        """Which songs each listener may like."""
        from showlist_assets.services.taste.suggestions import Suggestions

        return Suggestions(
            self.listening_store,
            self.shared_tables,
            self.labs,
            alone=self.listening.alone,
            clock=self.now,
        )

    @property
    def taste_feedback(self) -> Feedback:
        """What listeners said of artists."""
        from showlist_assets.services.taste.feedback import Feedback

        return Feedback(self.listening_store, self.tables, self.accounts, clock=self.now)

    @property
    def login(self) -> Login:
        """How a listener becomes an account.

        Raises:
            SettingsError: no Spotify app is configured.
        """
        from showlist_assets.services.listeners.login import Login
        from showlist_assets.sources.http.session import ApiSession

        ledger = self.ledger("spotify", purpose="playlist")
        return Login(
            accounts=self.accounts,
            ledger=ledger,
            # Without the cache: an answer is for this one login.
            session=ApiSession("spotify", ledger=ledger),
            api_url=self.settings.spotify_url,
            accounts_url=self.settings.spotify_accounts_url,
            client_id=_required(self.settings.spotify_client_id, "SPOTIFY_CLIENT_ID", "log in"),
            clock=self.now,
        )

    @cached_property
    def web_sessions(self) -> Sessions:
        """Who is logged in at the page."""
        from showlist_assets.services.listeners.sessions import Sessions

        return Sessions(self.accounts, clock=self.now)

    @cached_property
    def invitations(self) -> Invitations:
        """Who may log in at the page besides its owner."""
        from showlist_assets.services.listeners.invitations import Invitations

        return Invitations(self.accounts, clock=self.now)

    @cached_property
    def feed_links(self) -> FeedLinks:
        """The secret addresses of playlists' calendars and feeds."""
        from showlist_assets.services.listeners.feed_links import FeedLinks

        return FeedLinks(self.accounts.files)

    @cached_property
    def login_attempts(self) -> LoginAttempts:
        """The logins at the page that Spotify has not answered yet."""
        from showlist_assets.services.listeners.login_attempts import LoginAttempts

        return LoginAttempts(self.now)

    def forget_listener(self, name: str) -> Forgotten:
        """Delete all that is kept of the account ``name`` outside of Dagster.

        Raises:
            AccountError, PushError, RecipeError, StorageError: as ``forgetting_listeners``.
        """
        from showlist_assets.services.forgetting_listeners import ListenersTraces, forget

        traces = ListenersTraces(
            accounts=self.accounts,
            sessions=self.web_sessions,
            invitations=self.invitations,
            feed_links=self.feed_links,
            reports=self.reports,
            recipes=self.recipes,
            workflow=self.playlists,
            history=self.history,
            plans=self.plans,
            digest_mail=self.digest_mail,
            listening=self.listening,
        )
        return forget(traces, name)

    @property
    def history(self) -> PlaylistHistory:
        """What was ever pushed."""
        from showlist_assets.services.playlists.history import PlaylistHistory

        return PlaylistHistory(self._listener_files)

    @property
    def plans(self) -> PlanFiles:
        """The plans, calendars and digests that were made last."""
        from showlist_assets.services.playlists.plan_files import PlanFiles

        return PlanFiles(self._listener_files)

    def mail_server(self) -> MailServer | None:
        """What sends mails; None where none is configured.

        Raises:
            MailError: it is not known whom mails are from.
        """
        from showlist_assets.services.mail import MailServer

        url = self.settings.mail_server
        return MailServer(url.get_secret_value(), self.settings.mail_from) if url else None

    @property
    def alerts(self) -> Alerts | None:
        """What tells of failures; None where no address is set."""
        from showlist_assets.services.alerts import Alerts, sender
        from showlist_assets.storage.alert_record import AlertFile

        address = self.settings.alerts
        if address is None:
            return None
        send = sender(address.get_secret_value(), self.mail_server)
        return Alerts(send, AlertFile(self._listener_files), clock=self.now)

    @property
    def heartbeat(self) -> Heartbeat:
        """The sign of life for an outside watch; without an address it calls nobody."""
        from showlist_assets.services.heartbeat import Heartbeat

        return Heartbeat(self.settings.heartbeat)

    def troubles(self) -> list[Alert]:
        """What is wrong for longer than a run.

        Raises:
            AccountError: the accounts cannot be read.
            StorageError: the notes of what was fetched cannot be.
        """
        from showlist_assets.services.troubles import troubles

        return list(troubles(self.accounts.all(), self.fetch_record.fetches(), now=self.now()))

    @property
    def digest_mail(self) -> DigestMail:
        """The digests that are mailed, and who was told what."""
        from showlist_assets.services.playlists.digest_mail import DigestMail

        return DigestMail(self._listener_files, self.plans, self.mail_server)

    @property
    def playlists(self) -> PlaylistWorkflow:
        """Planning, pushing and rolling back the playlists of recipes."""
        from showlist_assets.services.playlists.workflow import PlaylistWorkflow

        return PlaylistWorkflow(
            tables=self.tables,
            fetch_record=self.fetch_record,
            accounts=self.accounts,
            history=self.history,
            client_for=self.playlists_client,
            clock=self.now,
            taste_of=self.listeners_taste.of,
            suggestions_for=self.listeners_taste.suggestions,
            taken_out=self.taste_feedback.taken_out,
        )

    @cached_property
    def listeners_taste(self) -> ListenersTaste:
        """The tastes that are kept, as plans are made with them."""
        from showlist_assets.services.playlists.listeners_taste import ListenersTaste

        return ListenersTaste(
            self.listening_store,
            zone_of=lambda account: self.listening_profiles.read(account).timezone,
            artist_ids=lambda: self.shared_tables.read("artist_ids"),
        )

    @property
    def playlist_refresh(self) -> PlaylistRefresh:
        """All steps of a playlist, as a run, a command and the page take them."""
        from showlist_assets.services.playlists.refreshing import PlaylistRefresh

        return PlaylistRefresh(self.playlists, self.plans, self.digest_mail, clock=self.now)

    def saves(self, report: Callable[[Recipe, Refreshed], object] | None = None) -> Saves:
        """The saves of one page; ``report`` hears of each that was done."""
        from showlist_assets.services.playlists.saving import Saves

        return Saves(
            self.playlist_refresh,
            self.history,
            calls_back_at=self._playlist_calls_back_at,
            report=report,
            clock=self.now,
        )

    def _playlist_calls_back_at(self) -> datetime | None:
        """When Spotify may be called for playlists; None where that never comes."""
        ledger = self.ledger("spotify", purpose="playlist")
        free_at, paused_until = ledger.free_at(), ledger.paused_until()
        return max(free_at, paused_until) if free_at and paused_until else free_at

    def playlists_client(self, account: Account) -> SpotifyPlaylists:
        """A client that writes the playlists of ``account``.

        Raises:
            SettingsError: no Spotify app is configured.
        """
        from showlist_assets.sources.spotify.playlists import SpotifyPlaylists

        session = self._session_of(account, "playlist", "write a playlist")
        return SpotifyPlaylists(session, self.settings.spotify_url)

    def spotify_listening(self, account: Account) -> SpotifyListening:
        """A client that reads what ``account`` played.

        Raises:
            SettingsError: no Spotify app is configured.
        """
        from showlist_assets.sources.spotify.listening import SpotifyListening

        session = self._session_of(account, "listening", "read what a listener played")
        return SpotifyListening(
            session, self.settings.spotify_url, account=account.name, scopes=account.scopes
        )

    def _session_of(self, account: Account, purpose: Purpose, task: str) -> ApiSession:
        """A session with the token of ``account``.

        Raises:
            SettingsError: no Spotify app is configured, so nobody can do the ``task``.
        """
        from showlist_assets.sources.http.session import ApiSession
        from showlist_assets.sources.spotify.user_token import UserToken

        settings = self.settings
        # Without the cache: what a listener did a minute ago must be seen.
        session = ApiSession(
            "spotify",
            patience=_PATIENCE["spotify"],
            ledger=self.ledger("spotify", purpose=purpose),
        )
        session.authorize = UserToken(
            session,
            settings.spotify_accounts_url,
            _required(settings.spotify_client_id, "SPOTIFY_CLIENT_ID", task),
            self.accounts.tokens(account.name),
            clock=self.now,
        )
        return session

    def kept_parts(self, *, world: Path | None = None) -> tuple[Part, ...]:
        """What a backup holds of this machine; a bucket and a Redis are kept where they are.

        ``world`` is what a sandbox keeps, if there is one.
        """
        from showlist_assets.services.backup import kept_parts

        settings = self.settings
        data, calls = settings.data_root, settings.call_store_place
        return kept_parts(
            accounts=self.accounts.folder,
            data=None if "://" in data else Path(data).expanduser().absolute(),
            calls=None if "://" in calls else Path(calls).expanduser().absolute(),
            recipes=self.recipes.folder,
            feeds=self.feeds_folder.folder,
            overrides=self.overrides.path,
            show_decisions=self.show_decisions.path,
            world=world,
        )


def _default_gcs_client() -> Any:
    from google.cloud.storage import Client

    return Client()


def _required(secret: SecretStr | None, name: str, purpose: str) -> str:
    if secret is None:
        raise SettingsError(
            f"{name} is not set, so Showlist cannot {purpose}. Put it into .env (see .env.example) "
            "or the environment; `showlist doctor` lists what is missing, `showlist demo` needs no "
            "keys."
        )
    return secret.get_secret_value()
