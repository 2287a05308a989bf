"""A push: make a listener's playlist what the plan says, and be able to die at any moment.

What belongs here: the order of things (intent, writes, reading back, history) and what is refused.
What does not: which writes are needed (``changes``), how they are sent
(``sources.spotify.playlists``), how pushes are remembered (``history``) and what is said
of them (``push_result``). ``docs/playlists.md`` explains the rules.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, TypeAlias

from showlist_assets.domain.playlists.diff import MOST_ITEMS, Add, Remove
from showlist_assets.domain.playlists.templates import LONGEST_TITLE
from showlist_assets.domain.quantities import counted
from showlist_assets.errors import ShowlistError
from showlist_assets.services.playlists.changes import Target, digest, planned_changes, target_of
from showlist_assets.services.playlists.departures import Departures
from showlist_assets.services.playlists.history import PushRow
from showlist_assets.services.playlists.live import LivePlaylistState, has_marker
from showlist_assets.services.playlists.push_result import PushResult, result_of
from showlist_assets.sources.failures import NeedsConsent, NotFound, SourceError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from showlist_assets.domain.playlists.diff import Edit
    from showlist_assets.domain.playlists.planner import Plan
    from showlist_assets.services.listeners.accounts import Account
    from showlist_assets.services.playlists.changes import DrawCover, PlannedChanges
    from showlist_assets.services.playlists.history import PlaylistHistory, Status, WrittenTrack
    from showlist_assets.services.playlists.push_result import Outcome
    from showlist_assets.sources.spotify.playlists import LivePlaylist, SpotifyPlaylists

    TakenOut: TypeAlias = Callable[[WrittenTrack], object]


class PushError(ShowlistError):
    """A push that is refused before anything is written; the message says what to do."""


class PushUnderWay(PushError):
    """Another process is pushing the recipe."""


class PlaylistOfAnother(PushError):
    """The playlist is another listener's, or another recipe writes to it."""


class PlaylistTooLong(PushError):
    """With the listener's own tracks it would have more items than Spotify takes."""


@dataclass(frozen=True)
class PushContext:
    """Whom a push is for, and what it works with.

    Attributes:
        now: The present (UTC).
        run_id: Of the run that pushes.
        departures: What is known of the shows of tracks that leave.
        taken_out: Hears of each song that the listener has taken out since the last push, while
            its show lies ahead.
    """

    client: SpotifyPlaylists
    history: PlaylistHistory
    account: Account
    now: datetime
    run_id: str
    departures: Departures = field(default_factory=Departures)
    taken_out: TakenOut | None = None


def push(
    plan: Plan,
    *,
    client: SpotifyPlaylists,
    history: PlaylistHistory,
    account: Account,
    now: datetime,
    run_id: str,
    public: bool = False,
    draw_cover: DrawCover | None = None,
    departures: Departures | None = None,
    taken_out: TakenOut | None = None,
    dry_run: bool = False,
    recreate: bool = False,
) -> PushResult:
    """Make the recipe's playlist what ``plan`` says.

    Args:
        plan: What it should hold.
        client: Of the listener.
        history: What was written so far.
        account: Whose playlist it is.
        now: The present (UTC).
        run_id: Of the run that pushes.
        public: Whether it shows on the listener's profile.
        draw_cover: Makes the JPEG of a plan, to be uploaded if it is another one than last time.
        departures: What is known of shows whose songs leave. Of an empty plan, which leaves the
            playlist as it is, those of shows that are off leave all the same.
        taken_out: Hears of each song that the listener has taken out since the last push, while
            its show lies ahead; again if the push dies before it has noted that. Where it raises
            an error of ours, the push goes on, and the next one tells it.
        dry_run: Only read, and say what would be written.
        recreate: Make a new playlist if the listener has deleted the old one.

    Raises:
        PushError: refused; nothing was written.
        SourceError: Spotify or the ledger ended it; the next push goes on from there.
        StorageError: the history cannot be kept.
    """
    departures = departures or Departures()
    context = PushContext(client, history, account, now, run_id, departures, taken_out)
    if plan.tracks:
        target = target_of(plan, public=public, draw_cover=draw_cover)
        return _Push(target, context, recreate=recreate).run(dry_run=dry_run)
    empty = PushResult(plan.recipe, "empty", reason=plan.why_empty or "no show fits the recipe")
    left = _what_is_still_on(history.last(plan.recipe, account.name), departures)
    if left is None:
        return empty
    reason = f"Nothing else was changed, since the plan is empty: {empty.reason}"
    result = _Push(left, context).run(dry_run=dry_run)
    return replace(result, reason=" ".join(filter(None, (result.reason, reason))))


def _what_is_still_on(last: PushRow | None, departures: Departures) -> Target | None:
    """What the ``last`` push wrote, without shows that are off; None where none is."""
    left = departures.still_on(last.ours) if last else ()
    if last is None or len(left) == len(last.ours):
        return None
    return Target(last.recipe, last.details, left)


def rollback(
    recipe: str,
    *,
    to: int,
    client: SpotifyPlaylists,
    history: PlaylistHistory,
    account: Account,
    now: datetime,
    run_id: str,
    departures: Departures | None = None,
    taken_out: TakenOut | None = None,
    dry_run: bool = False,
) -> PushResult:
    """Bring back what push number ``to`` of ``recipe`` left, by the same rules as any push.

    The listener's own tracks stay as they are, and what the listener has taken out since does not
    come back. The next push of the plan undoes it.

    Raises:
        PushError, SourceError, StorageError: as ``push``.
    """
    row = history.row(recipe, to)
    if row is None or row.status != "done" or row.account != account.name:
        good = [str(one.number) for one in history.rows(recipe) if one.status == "done"]
        raise PushError(
            f"Recipe {recipe!r} has no finished push {to} for account {account.name!r} to go back "
            f"to. Finished ones: {', '.join(good) or 'none'}."
        )
    target = Target(recipe, row.details, row.ours, rolls_back_to=to)
    departures = departures or Departures()
    context = PushContext(client, history, account, now, run_id, departures, taken_out)
    return _Push(target, context).run(dry_run=dry_run)


class _Push:
    """One push of one target."""

    def __init__(self, target: Target, context: PushContext, *, recreate: bool = False) -> None:
        self._target, self._context, self._recreate = target, context, recreate
        self._client, self._history = context.client, context.history
        self._calls_before = context.client.calls
        self._untold: tuple[WrittenTrack, ...] = ()
        self._trouble = ""

    def run(self, *, dry_run: bool) -> PushResult:
        self._refuse_what_cannot_be_pushed()
        last = self._history.last(self._target.recipe, self._context.account.name)
        if last is None and dry_run:
            return self._result(self._changes_for(LivePlaylistState(None)), "dry run")
        found = self._find(last)
        if found is None:
            return self._gone(last)
        changes = self._changes_for(found)
        if dry_run:
            return self._result(changes, "dry run")
        return self._write(changes) if changes.writes else self._unchanged(changes)

    def _refuse_what_cannot_be_pushed(self) -> None:
        title, account = self._target.details.title, self._context.account
        if not 0 < len(title) <= LONGEST_TITLE:
            raise PushError(
                f"The title of recipe {self._target.recipe!r} has {len(title)} characters; Spotify "
                f"takes 1 to {LONGEST_TITLE}. Shorten it: {title[:LONGEST_TITLE]!r}"
            )
        if account.needs_consent:
            raise NeedsConsent(
                f"The permission of account {account.name!r} has ended, so its playlists stay as "
                f"they are. Run `showlist login {account.name}`.",
                service="spotify",
                what=f"pushing {self._target.recipe}",
            )

    def _find(self, last: PushRow | None) -> LivePlaylistState | None:
        """The playlist as it is; None where its owner has deleted it and did not ask for another.

        Raises:
            PushError: it is not this listener's.
        """
        if last and last.playlist_id:
            playlist = self._if_not_deleted(last.playlist_id)
            if playlist:
                return LivePlaylistState(playlist, self._items(playlist, last), last)
            if not self._recreate:
                return None
        marked = self._marked()
        return (
            LivePlaylistState(marked, tuple(self._client.items(marked.id)))
            if marked
            else LivePlaylistState(None)
        )

    def _if_not_deleted(self, playlist_id: str) -> LivePlaylist | None:
        try:
            playlist = self._client.details(playlist_id)
        except NotFound:
            return None
        account = self._context.account
        if playlist.owner_id != account.user_id:
            if self._recreate:
                return None
            raise PlaylistOfAnother(
                f"The playlist of recipe {self._target.recipe!r} ({playlist.url}) belongs to "
                f"{playlist.owner_id!r}, and account {account.name!r} is {account.user_id!r}. It "
                "was left alone. Log in as its owner, or push with --recreate for a new playlist."
            )
        # Spotify deletes no playlist: its owner stops following it, and it can still be read and
        # written (https://developer.spotify.com/documentation/web-api/concepts/playlists).
        return playlist if self._client.is_followed(playlist_id) else None

    def _items(self, playlist: LivePlaylist, last: PushRow) -> tuple[str, ...]:
        """The list; not asked for where the snapshot says that it is as we left it."""
        # A request per 50 items is spared. An older snapshot than ours is told for some 30 s after
        # a write (news-bulletin-playlist#168); then the list is read, which does no harm.
        if last.status == "done" and last.snapshot and last.snapshot == playlist.snapshot_id:
            return last.after
        return tuple(self._client.items(playlist.id))

    def _marked(self) -> LivePlaylist | None:
        """The listener's playlist with our marker: made by a push that died before noting it."""
        owner = self._context.account.user_id
        for playlist in self._client.mine():
            if playlist.owner_id == owner and has_marker(playlist, self._target.recipe):
                return playlist
        return None

    def _changes_for(self, found: LivePlaylistState) -> PlannedChanges:
        # What an earlier push did not have leaves for that, whatever became of its show.
        rolls_back = self._target.rolls_back_to is not None
        departures = Departures() if rolls_back else self._context.departures
        changes = planned_changes(self._target, found, departures)
        if changes.edits and len(changes.wanted.items) > MOST_ITEMS:
            own = len(changes.wanted.additions)
            raise PlaylistTooLong(
                f"The playlist of recipe {self._target.recipe!r} would have "
                f"{len(changes.wanted.items):,} items, {own:,} of them the listener's own; Spotify "
                f"takes {MOST_ITEMS:,}. Nothing was written. Take some out, or give the recipe "
                "fewer tracks (`max_tracks`)."
            )
        return changes

    def _unchanged(self, changes: PlannedChanges) -> PushResult:
        """Note what the listener did by hand, so that the next push need not read the list.

        And which shows left, though their songs stay: it is told once.
        """
        playlist, last = changes.found.playlist, changes.found.last
        snapshot = playlist.snapshot_id if playlist else None
        self._tell_of_taken_out(changes.found)
        if last and changes.found.is_as_we_left_it and not changes.departed:
            # The same songs may stand for other shows by now.
            noted = last.model_copy(
                update={
                    "snapshot": snapshot,
                    "ours": changes.ours,
                    "withheld": self._with_untold(last.withheld),
                }
            )
            if noted != last:
                self._history.save(noted)
            return self._result(changes, "unchanged")
        row = self._intent(changes).model_copy(update={"status": "done", "snapshot": snapshot})
        return self._closed(changes, row, "unchanged")

    def _write(self, changes: PlannedChanges) -> PushResult:
        self._refuse_a_second_writer(changes.found)
        self._tell_of_taken_out(changes.found)
        self._note(self._intent(changes))
        try:
            self._make_playlist()
            row = self._written(changes)
        except SourceError as failure:
            self._note(self._noted.model_copy(update={"words": str(failure), "calls": self._calls}))
            # Not sent again: the write may have landed, and tracks would be there twice.
            failure.add_note(
                f"The push of {self._target.recipe!r} stopped there. Nothing of the listener's is "
                "lost; the next push goes on from what is live."
            )
            raise
        return self._closed(changes, row, "done" if row.status == "done" else "differs")

    def _tell_of_taken_out(self, found: LivePlaylistState) -> None:
        """Before the row that knows of it, or a death between the two would keep it from all."""
        hears = self._context.taken_out
        if hears is None:
            self._untold = found.still_untold
            return
        waiting = [*found.still_untold, *self._context.departures.ahead(found.newly_taken_out)]
        try:
            while waiting:
                hears(waiting[0])
                del waiting[0]
        except ShowlistError as failure:
            # What somebody likes is not worth failing for: the next push tells it.
            self._trouble = (
                f"That {counted(len(waiting), 'song')} {'was' if len(waiting) == 1 else 'were'} "
                f"taken out is noted in the taste later: {failure}"
            )
        self._untold = tuple(waiting)

    def _with_untold(self, withheld: Iterable[WrittenTrack]) -> tuple[WrittenTrack, ...]:
        untold = {track.uri for track in self._untold}
        return tuple(track.model_copy(update={"untold": track.uri in untold}) for track in withheld)

    def _note(self, row: PushRow) -> None:
        """Store ``row``, from which whoever comes after a death knows how far this push was."""
        self._noted = self._history.save(row)

    def _written(self, changes: PlannedChanges) -> PushRow:
        """The row after every write, reading back and the cover."""
        playlist_id = str(self._noted.playlist_id)
        if changes.details:
            self._client.change_details(
                playlist_id,
                name=changes.details.get("title"),
                description=changes.details.get("description"),
                public=changes.details.get("public"),
            )
        snapshot = self._send_all(playlist_id, changes)
        as_wanted = self._reads_back(playlist_id, changes)
        status: Status = "done" if as_wanted else "differs"
        end = {"status": status, "snapshot": snapshot if as_wanted else None}
        return self._with_cover(self._noted.model_copy(update=end), changes.cover)

    def _with_cover(self, row: PushRow, cover: bytes | None) -> PushRow:
        """``row`` after the cover, which is not worth failing for: the next push tries again."""
        if cover is None:
            return row
        try:
            # The endpoint has a rate limit of its own
            # (https://developer.spotify.com/documentation/web-api/concepts/rate-limits).
            self._client.upload_cover(str(row.playlist_id), cover)
        except (SourceError, ValueError) as failure:
            return row.model_copy(update={"words": f"The cover was not uploaded: {failure}"})
        return row.model_copy(update={"cover": digest(cover)})

    def _closed(self, changes: PlannedChanges, row: PushRow, outcome: Outcome) -> PushResult:
        row = row.model_copy(update={"finished_at": self._context.now, "calls": self._calls})
        return self._result(changes, outcome, self._history.save(row))

    def _refuse_a_second_writer(self, found: LivePlaylistState) -> None:
        if found.playlist is None:
            return
        others = set(self._history.writers_of(found.playlist.id)) - {self._target.recipe}
        if others:
            raise PlaylistOfAnother(
                f"Recipe {self._target.recipe!r} and {', '.join(sorted(others))} would write to "
                f"one playlist ({found.playlist.url}), each undoing the other. Nothing was "
                "written. Keep one of the recipes, or take the marker out of the description."
            )

    def _intent(self, changes: PlannedChanges) -> PushRow:
        """The row that tells a later push what may have been written by then."""
        context, recipe, noted = self._context, self._target.recipe, changes.noted()
        return PushRow(
            number=self._history.next_number(recipe),
            recipe=recipe,
            account=context.account.name,
            user_id=context.account.user_id,
            run_id=context.run_id,
            started_at=context.now,
            **{**noted, "withheld": self._with_untold(noted["withheld"])},
        )

    def _make_playlist(self) -> None:
        """Make the playlist where there is none yet."""
        if self._noted.playlist_id:
            return
        wanted = self._noted.details
        # With the marker in its description: whoever dies before the next line leaves a playlist
        # that is found again by it (docs/adr/0009).
        made = self._client.create(wanted.title, wanted.description, public=bool(wanted.public))
        found = {"playlist_id": made.id, "playlist_url": made.url}
        self._note(self._noted.model_copy(update=found))

    def _send_all(self, playlist_id: str, changes: PlannedChanges) -> str | None:
        """Send every edit of the list; returns the last snapshot."""
        playlist = changes.found.playlist
        # Changed details have just made another snapshot than the one that was read.
        snapshot = None if changes.details or not playlist else playlist.snapshot_id
        for number, edit in enumerate(changes.edits, start=1):
            snapshot = self._send(playlist_id, edit, snapshot)
            # What is missing later is then known to have been there: the listener took it out.
            self._note(self._noted.model_copy(update={"sent": number}))
        return snapshot

    def _send(self, playlist_id: str, edit: Edit, snapshot: str | None) -> str:
        client = self._client
        if isinstance(edit, Add):
            return client.add(playlist_id, edit.uris, edit.position)
        if isinstance(edit, Remove):
            return client.remove(playlist_id, edit.uris, snapshot)
        return client.move(playlist_id, edit.start, edit.length, edit.before, snapshot)

    def _reads_back(self, playlist_id: str, changes: PlannedChanges) -> bool:
        """Whether the list is what we wrote; asked twice, since an answer may be a moment old."""
        if not changes.edits:
            return True
        wanted = list(changes.wanted.items)
        # Items and not the snapshot: they are right 0.6 s after a write, the snapshot after 30 s
        # (eXPerience83/news-bulletin-playlist#168).
        return any(self._client.items(playlist_id) == wanted for _ in range(2))

    def _gone(self, last: PushRow | None) -> PushResult:
        return PushResult(
            self._target.recipe,
            "gone",
            calls=self._calls,
            playlist_id=last.playlist_id if last else None,
            playlist_url=last.playlist_url if last else None,
        )

    @property
    def _calls(self) -> int:
        return self._client.calls - self._calls_before

    def _result(
        self, changes: PlannedChanges, outcome: Outcome, row: PushRow | None = None
    ) -> PushResult:
        result = result_of(changes, outcome, calls=self._calls, row=row)
        return replace(result, reason=" ".join(filter(None, (result.reason, self._trouble))))
