"""The steps of a playlist, as the assets and the command line take them: plan it, push it.

What belongs here: which part is asked in which order, and that one recipe is pushed by one process
at a time. What does not: what each part does (``domain.playlists.planner``, ``push``,
``services.listeners.accounts``) and where the parts come from (``wiring``).
"""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from functools import partial
from typing import TYPE_CHECKING, Final, TypeAlias
from zoneinfo import ZoneInfo

from showlist_assets.domain.playlists.discovering import plan_discovered
from showlist_assets.domain.playlists.planner import plan_playlist
from showlist_assets.domain.playlists.show_fates import ShowFates
from showlist_assets.domain.playlists.windows import window_days
from showlist_assets.domain.playlists.wording import dates_in_words
from showlist_assets.services.listeners.accounts import (
    AccountError,
    account_status,
    needs_attention,
)
from showlist_assets.services.playlists.departures import Departures
from showlist_assets.services.playlists.listeners_taste import (
    no_taste,
    nothing_suggested,
    taste_for,
)
from showlist_assets.services.playlists.push import PushUnderWay, push, rollback
from showlist_assets.storage.files import LockTimeout

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import date, datetime

    import polars as pl

    from showlist_assets.domain.playlists.plan import Plan
    from showlist_assets.domain.playlists.recipe import Recipe
    from showlist_assets.services.listeners.accounts import Account, AccountStore
    from showlist_assets.services.playlists.history import PlaylistHistory, WrittenTrack
    from showlist_assets.services.playlists.listeners_taste import Suggested
    from showlist_assets.services.playlists.push_result import PushResult
    from showlist_assets.sources.spotify.playlists import SpotifyPlaylists
    from showlist_assets.storage.fetch_record import FetchRecord
    from showlist_assets.storage.tables import TableStore

    TakenOut: TypeAlias = Callable[[str, str, str], object]

NO_ACCOUNT: Final = (
    "No account {name!r} is connected, so nothing was sent to Spotify: run `showlist login {name}`."
)
_LOCK_SECONDS: Final = 30.0


class PlaylistWorkflow:
    """Plans recipes over the stored shows, and pushes plans to their listeners' accounts."""

    def __init__(
        self,
        *,
        tables: TableStore,
        fetch_record: FetchRecord,
        accounts: AccountStore,
        history: PlaylistHistory,
        client_for: Callable[[Account], SpotifyPlaylists],
        clock: Callable[[], datetime],
        taste_of: Callable[[str], pl.DataFrame | None] = no_taste,
        suggestions_for: Callable[[str], Suggested] = nothing_suggested,
        taken_out: TakenOut | None = None,
    ) -> None:
        """Read and send nothing yet.

        Args:
            tables: Hold the upcoming shows.
            fetch_record: Tells which states were never fetched.
            accounts: The listeners who logged in.
            history: What was pushed before.
            client_for: Makes the client that writes an account's playlists.
            clock: The present (UTC).
            taste_of: How upcoming acts fit an account's taste (``ShowTaste``); None where nothing
                is known.
            suggestions_for: Which songs an account may like.
            taken_out: Hears of each song that a listener has taken out of a playlist: the account,
                the artist's id (as ``WrittenTrack`` has it) and name.
        """
        self._suggestions_for, self._taken_out = suggestions_for, taken_out
        self._tables, self._fetch_record = tables, fetch_record
        self._accounts, self._history = accounts, history
        self._client_for, self._clock, self._taste_of = client_for, clock, taste_of

    def today(self, recipe: Recipe) -> date:
        """The date where the recipe's shows are; of several zones, that of its first state."""
        return self._clock().astimezone(ZoneInfo(recipe.timezone)).date()

    def plan(self, recipe: Recipe) -> Plan:
        """The playlist of ``recipe`` from the stored shows.

        Raises:
            RecipeError: a place of the recipe is not known.
            AccountError: the listener's taste is encrypted with another key.
            StorageError: the shows or the taste cannot be read.
        """
        if recipe.discover:
            found = self._suggestions_for(recipe.listener)
            return plan_discovered(
                recipe, found.songs, today=self.today(recipe), is_heard=found.is_heard
            )
        shows = self._tables.read("upcoming_shows", recipe.states)
        return plan_playlist(
            recipe,
            shows,
            today=self.today(recipe),
            missing=self._missing(recipe.states),
            fates=self.fates(recipe),
            taste=taste_for(recipe, self._taste_of),
        )

    def fates(self, recipe: Recipe) -> ShowFates:
        """What became of the shows of the recipe's states; nothing in an installation without it.

        Raises:
            StorageError: the history of shows cannot be read.
        """
        return ShowFates(self._tables.read("show_changes", recipe.states))

    def _missing(self, states: Iterable[str]) -> set[str]:
        """Those of ``states`` that were never fetched, or were never asked for at all."""
        stored = self._tables.states("upcoming_shows")
        return (set(states) - set(stored)) | self._fetch_record.missing(states)

    def push(
        self,
        recipe: Recipe,
        plan: Plan,
        *,
        run_id: str,
        dry_run: bool = False,
        recreate: bool = False,
        patience: float | None = None,
    ) -> PushResult | None:
        """Make the listener's playlist what ``plan`` says; None while no account is connected.

        Args:
            recipe: Whose playlist it is.
            plan: What it should hold.
            run_id: Of the run that pushes.
            dry_run: Only read, and say what would be written.
            recreate: Make a new playlist if the listener has deleted the old one.
            patience: Seconds to wait for another push of the recipe; by default half a minute.

        Raises:
            PushError: refused; nothing was written.
            SourceError: Spotify or the ledger ended it; the next push goes on from there.
            AccountError, SettingsError, StorageError: as their messages say.
        """
        account = self._accounts.find(recipe.account)
        if account is None:
            return None
        with self.alone(recipe.name, patience):
            return push(
                plan,
                client=self._client_for(account),
                history=self._history,
                account=account,
                now=self._clock(),
                run_id=run_id,
                public=recipe.public,
                # Drawing takes Pillow, which a preview should not need.
                draw_cover=partial(_cover, recipe) if recipe.cover and not dry_run else None,
                departures=self._departures(recipe, plan),
                taken_out=partial(self._tell_of_taken_out, account.name),
                dry_run=dry_run,
                recreate=recreate,
            )

    def _tell_of_taken_out(self, account: str, track: WrittenTrack) -> None:
        # Rows of earlier versions know no artist.
        if self._taken_out and track.artist_name:
            self._taken_out(account, track.artist_id, track.artist_name)

    def _departures(self, recipe: Recipe, plan: Plan) -> Departures:
        today = self.today(recipe)
        days = window_days(recipe.when, today=today)
        return Departures(self.fates(recipe), plan.shows, days, today)

    def roll_back(
        self, recipe: Recipe, to: int, *, run_id: str, dry_run: bool = False
    ) -> PushResult:
        """Bring back what push number ``to`` left.

        Raises:
            AccountError: no account is connected.
            PushError, SourceError, StorageError: as ``push``.
        """
        account = self._accounts.find(recipe.account)
        if account is None:
            raise AccountError(NO_ACCOUNT.format(name=recipe.account))
        with self.alone(recipe.name):
            return rollback(
                recipe.name,
                to=to,
                client=self._client_for(account),
                history=self._history,
                account=account,
                now=self._clock(),
                run_id=run_id,
                departures=Departures(self.fates(recipe), today=self.today(recipe)),
                taken_out=partial(self._tell_of_taken_out, account.name),
                dry_run=dry_run,
            )

    def restore(self, recipe: Recipe, wanted: str | None) -> list[WrittenTrack]:
        """Withhold no longer what ``wanted`` names (None: everything); the next push may add it.

        Raises:
            PushUnderWay: a push is under way.
            StorageError: the history cannot be read or written.
        """
        with self.alone(recipe.name):
            return self._history.restore(recipe.name, recipe.account, wanted)

    def playlist_url(self, recipe: Recipe) -> str:
        """Where the listener's playlist is, as far as the last push told; else empty.

        Raises:
            StorageError: the history cannot be read.
        """
        row = self._history.last(recipe.name, recipe.account)
        return (row.playlist_url if row else None) or ""

    def account_warning(self, recipe: Recipe) -> str:
        """What the listener should know of the permission soon; empty while all is well."""
        account, now = self._accounts.find(recipe.account), self._clock()
        if account is None or not needs_attention(account, now=now):
            return ""
        return f"Account {account.name}: {account_status(account, now=now)}."

    def is_under_way(self, recipe: str) -> bool:
        """Whether somebody pushes the recipe right now, in this process or another.

        On several machines: also for some twenty seconds after one has died while pushing.
        """
        folder = self._accounts.folder
        # Looking makes no folder.
        if folder and not folder.is_dir():
            return False
        try:
            with self._accounts.files.lock(_lock_of(recipe), patience=0):
                return False
        except LockTimeout:
            return True

    @contextmanager
    def alone(self, recipe: str, patience: float | None = None) -> Iterator[None]:
        """A context in which no other process pushes the recipe, on any machine.

        Args:
            recipe: Its name.
            patience: Seconds to wait for another one; by default half a minute.

        Raises:
            PushUnderWay: another one goes on pushing.
        """
        # Spotify has neither transactions nor a lock, and its PUT takes no snapshot
        # (docs/adr/0009).
        held = self._accounts.files.lock(
            _lock_of(recipe), patience=_LOCK_SECONDS if patience is None else patience
        )
        with ExitStack() as stack:
            try:
                stack.enter_context(held)
            except LockTimeout:
                raise PushUnderWay(
                    f"Another push of recipe {recipe!r} is under way. Wait for it to end."
                ) from None
            yield


def _lock_of(recipe: str) -> str:
    return f"{recipe}.push"


def _cover(recipe: Recipe, plan: Plan) -> bytes:
    from showlist_assets.services.playlists.cover import draw_cover

    return draw_cover(plan.title, dates_in_words(plan.tracks), seed=recipe.name)
