"""What was written into playlists: when, by which run, for whom, and what was there before.

What belongs here: the rows and where they lie. What does not: what a row means for the next push
(``push``). One JSON file per recipe, ``<root>/playlist_history/RECIPE.json``, is replaced
as a whole with each row, so whoever dies in the middle leaves the rows of before; and only while it
is what was read, so that of two machines neither loses a row.
"""

from __future__ import annotations

from datetime import date
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, TypeAdapter, ValidationError

from showlist_assets.domain.same_show import show_identity
from showlist_assets.storage.files import StorageError, change_file

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from showlist_assets.domain.same_show import ShowIdentity
    from showlist_assets.storage.files import Files

FOLDER: Final = "playlist_history"
ROWS_KEPT: Final = 60
"""Pushes of a recipe that can be rolled back to; Spotify's content is not kept for ever."""

Status = Literal["started", "done", "differs"]


class _Row(BaseModel):
    model_config = ConfigDict(frozen=True)


class WrittenTrack(_Row):
    """One of our tracks, and the show that it stands for.

    Rows of earlier versions know neither artist nor recording, or not the venue: there, the URI
    alone tells a song, and no show is known again under another id.

    Attributes:
        show_id: As its source listed it then; ``show`` is what holds.
        local_date: The first day of the show.
        last_date: The last one of a show of several days.
        label: Artist and track as people read them.
        artist_name: As people read it; empty in rows of earlier versions.
        artist_id: Of whom it stands for.
        isrc: International recording code.
        recording: Equal for the same recording of the artist under another id.
        with_artist: Of a withheld one: every other song of the artist is withheld with it.
        with_show: Of a withheld one: every other song of the artist for this show is withheld with
            it, under whatever id the show is listed.
        untold: Of a withheld one: whoever hears what is taken out could not hear it yet.
    """

    uri: str
    show_id: str
    local_date: date
    last_date: date | None = None
    venue_name: str = ""
    venue_city: str | None = None
    state: str = ""
    label: str = ""
    artist_name: str = ""
    artist_id: str = ""
    isrc: str | None = None
    recording: str = ""
    with_artist: bool = False
    with_show: bool = False
    untold: bool = False

    @property
    def last_day(self) -> date:
        """The last on which the show plays."""
        return self.last_date or self.local_date

    @property
    def show(self) -> ShowIdentity | None:
        """The artist's show whatever its id; None in rows that do not tell."""
        if not self.artist_id or not self.venue_name:
            return None
        return show_identity(
            self.artist_id,
            venue_name=self.venue_name,
            venue_city=self.venue_city,
            state=self.state,
            local_date=self.local_date,
        )

    def is_named(self, words: str) -> bool:
        """Whether a person means this one: by label, part of it, URI or id."""
        return words.casefold() in self.label.casefold() or words in (
            self.uri,
            self.uri.rpartition(":")[2],
        )

    def is_song(self, other: WrittenTrack) -> bool:
        """Whether ``other`` is the same song, whatever show it stands for."""
        return (
            self.uri == other.uri
            or (bool(self.isrc) and _bare(self.isrc) == _bare(other.isrc))
            or (self.recording != "" and self.recording == other.recording)
        )

    def keeps_out(self, other: WrittenTrack) -> bool:
        """Whether ``other`` stays out because this one was taken out."""
        same_artist = self.artist_id != "" and self.artist_id == other.artist_id
        same_show = self.show is not None and self.show == other.show
        return (
            self.is_song(other)
            or (self.with_artist and same_artist)
            or (self.with_show and same_show)
        )


def _bare(isrc: str | None) -> str:
    # Printed with hyphens by some, and in small letters.
    return (isrc or "").replace("-", "").upper()


class WriteStep(_Row):
    """What one write of the list brings and takes, by URI; a move does neither."""

    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()

    def landed_in(self, live: Collection[str]) -> bool:
        """Whether it has been done, as far as ``live`` tells."""
        if self.added:
            return any(uri in live for uri in self.added)
        return not any(uri in live for uri in self.removed)


class Details(_Row):
    """How the playlist presents itself; ``public`` is None where Spotify does not say."""

    title: str
    description: str
    public: bool | None


class PushRow(_Row):
    """One push: stored as "started" before its first write, and again when it is over.

    Attributes:
        number: Counts the pushes of the recipe, from 1.
        status: "differs" where Spotify told another list after the writes than we had written.
        words: Why it went no further, where it did not.
        started_at: UTC, as all times here.
        playlist_id: None until the playlist is there.
        before: The whole list that was live, as URIs.
        ours_before: Those of them that were ours.
        ours: What we want in it, in order.
        additions: What the listener has added, in order.
        items: The whole list that we want, as URIs.
        steps: The writes that lead there; None in rows of earlier versions.
        sent: How many of them have been answered.
        withheld: What the listener has taken out; it stays out until they bring it back.
        departed: Why shows left, where they are off or have moved, in sentences.
        details_before: What was live of our own title, description and visibility.
        snapshot: Spotify's name for the state that we left.
        calls: Requests it took.
        rolled_back_to: The push whose list this one brought back.
        cover: Digest of the picture that was uploaded last.
    """

    number: int
    recipe: str
    account: str
    user_id: str
    run_id: str
    status: Status = "started"
    words: str = ""
    started_at: AwareDatetime
    finished_at: AwareDatetime | None = None
    playlist_id: str | None = None
    playlist_url: str | None = None
    before: tuple[str, ...] = ()
    ours_before: tuple[WrittenTrack, ...] = ()
    ours: tuple[WrittenTrack, ...] = ()
    additions: tuple[str, ...] = ()
    items: tuple[str, ...] = ()
    steps: tuple[WriteStep, ...] | None = None
    sent: int = 0
    withheld: tuple[WrittenTrack, ...] = ()
    departed: tuple[str, ...] = ()
    details: Details
    details_before: Details | None = None
    # None after "differs": the next push must read the list.
    snapshot: str | None = None
    calls: int = 0
    rolled_back_to: int | None = None
    cover: str | None = None

    def is_of_push(self, other: PushRow) -> bool:
        """Whether both tell of one push, whatever number each gives it."""
        return (self.run_id, self.account, self.started_at) == (
            other.run_id,
            other.account,
            other.started_at,
        )

    @property
    def after(self) -> tuple[str, ...]:
        """The whole list as it should be live after this push."""
        # Earlier versions had the listener's own behind ours and did not note the list.
        return self.items or (*(track.uri for track in self.ours), *self.additions)

    def left_behind(self, live: Collection[str]) -> set[str]:
        """What this push had in the list when it ended, wherever it died; ``live`` is there now.

        At most one write was under way then, whole or not at all: one of its tracks tells.
        """
        if self.status == "done":
            return set(self.after)
        if self.steps is None:
            return set(self.before) & {track.uri for track in self.ours}
        known = set(self.before)
        under_way = [step for step in self.steps[self.sent : self.sent + 1] if step.landed_in(live)]
        for step in (*self.steps[: self.sent], *under_way):
            known = (known | set(step.added)) - set(step.removed)
        return known


_ROWS: Final = TypeAdapter(list[PushRow])


class PlaylistHistory:
    """The rows of every recipe. Pushes of one recipe must not run at the same time.

    Where they do, because a machine was cut off, each still has rows and a number of its own.
    """

    def __init__(self, files: Files) -> None:
        self._files = files

    def recipes(self) -> list[str]:
        """Recipes that were ever pushed, sorted."""
        return [Path(name).stem for name in self._files.names(FOLDER) if name.endswith(".json")]

    def rows(self, recipe: str) -> list[PushRow]:
        """The last ``ROWS_KEPT`` pushes of ``recipe``, oldest first.

        Raises:
            StorageError: they cannot be read.
        """
        return self._parsed(recipe, self._files.read(_file(recipe)))

    def _parsed(self, recipe: str, content: bytes | None) -> list[PushRow]:
        try:
            return _ROWS.validate_json(content) if content else []
        except ValidationError as error:
            raise StorageError(
                f"{self._files.uri(_file(recipe))} is not a readable history. Restore it from a "
                "backup. Without it, a push takes every track in the playlist for the listener's "
                "own and removes none of them."
            ) from error

    def row(self, recipe: str, number: int) -> PushRow | None:
        """Push ``number`` of ``recipe``, if it is kept."""
        return next((row for row in self.rows(recipe) if row.number == number), None)

    def last(self, recipe: str, account: str) -> PushRow | None:
        """The newest push of ``recipe`` for ``account``, however it ended."""
        rows = self.rows(recipe)
        return next((row for row in reversed(rows) if row.account == account), None)

    def next_number(self, recipe: str) -> int:
        """The number of the next push."""
        return _next_number(self.rows(recipe))

    def writers_of(self, playlist_id: str) -> list[str]:
        """Recipes whose newest push wrote to the playlist."""
        newest = {recipe: self.rows(recipe)[-1:] for recipe in self.recipes()}
        return [
            recipe
            for recipe, rows in newest.items()
            if any(row.playlist_id == playlist_id for row in rows)
        ]

    def save(self, row: PushRow) -> PushRow:
        """Add ``row``, or put it in the place of the one of the same push and number.

        Returns:
            The row as it is kept: with the next number, where another push has taken its own.

        Raises:
            StorageError: it cannot be written; the rows of before are untouched.
        """
        kept = row

        def changed(rows: list[PushRow]) -> list[PushRow]:
            nonlocal kept
            same = next((one for one in rows if one.number == row.number), None)
            is_free = same is None or same.is_of_push(row)
            kept = row if is_free else row.model_copy(update={"number": _next_number(rows)})
            others = [one for one in rows if one.number != kept.number]
            return sorted([*others, kept], key=lambda one: one.number)

        self._change(row.recipe, changed)
        return kept

    def restore(self, recipe: str, account: str, wanted: str | None) -> list[WrittenTrack]:
        """Withhold no longer what ``wanted`` names: a song's label, a URI, an artist; None: all.

        Returns:
            What is not withheld any more; the next push may bring it back.
        """
        back: list[WrittenTrack] = []

        def changed(rows: list[PushRow]) -> list[PushRow]:
            nonlocal back
            last = next((row for row in reversed(rows) if row.account == account), None)
            withheld = last.withheld if last else ()
            back = [track for track in withheld if wanted is None or track.is_named(wanted)]
            if last is None or not back:
                return rows
            now = last.model_copy(update={"withheld": _left_withheld(withheld, back)})
            return [now if row is last else row for row in rows]

        self._change(recipe, changed)
        return back

    def forget(self, recipe: str, account: str) -> None:
        """Remove every row of ``account`` among those of ``recipe``."""
        self._change(recipe, lambda rows: [row for row in rows if row.account != account])

    def _change(self, recipe: str, change: Callable[[list[PushRow]], list[PushRow]]) -> None:
        """Keep what ``change`` makes of the rows, called again on what another one has written."""

        def changed(content: bytes | None) -> bytes | None:
            before = self._parsed(recipe, content)
            # Spotify's terms allow no indefinite storage of its content (docs/TERMS.md).
            after = change(before)[-ROWS_KEPT:]
            if after == before:
                return content
            return _ROWS.dump_json(after, indent=1) if after else None

        change_file(self._files, _file(recipe), changed)


def _next_number(rows: list[PushRow]) -> int:
    return max((row.number for row in rows), default=0) + 1


def _left_withheld(
    withheld: tuple[WrittenTrack, ...], back: list[WrittenTrack]
) -> tuple[WrittenTrack, ...]:
    """What stays withheld without ``back``, which takes its artists and shows with it."""
    artists = {track.artist_id for track in back if track.with_artist}
    shows = {track.show for track in back if track.with_show}
    return tuple(
        track.model_copy(
            update={
                "with_artist": track.with_artist and track.artist_id not in artists,
                "with_show": track.with_show and track.show not in shows,
            }
        )
        for track in withheld
        if track not in back
    )


def history_rows(history: PlaylistHistory, recipe: str | None = None) -> list[dict[str, Any]]:
    """What a person wants to see of the pushes, newest first, of one recipe or of all.

    Each has recipe, number, started_at (UTC), status, added, removed, tracks, listeners (tracks of
    the listener's own), calls, account, run_id, snapshot, rolled_back_to, title, playlist_url,
    words, departed (why shows left, where they are off or have moved).
    """
    names = history.recipes() if recipe is None else [recipe]
    rows = [_line(row) for name in names for row in history.rows(name)]
    return sorted(rows, key=itemgetter("started_at", "number"), reverse=True)


def _line(row: PushRow) -> dict[str, Any]:
    before, after = set(row.before), set(row.after)
    return {
        "recipe": row.recipe,
        "number": row.number,
        "started_at": row.started_at,
        "status": row.status,
        "added": len(after - before),
        "removed": len(before - after),
        "tracks": len(row.ours),
        "listeners": len(row.additions),
        "calls": row.calls,
        "account": row.account,
        "run_id": row.run_id,
        "snapshot": row.snapshot,
        "rolled_back_to": row.rolled_back_to,
        "title": row.details.title,
        "playlist_url": row.playlist_url,
        "words": row.words,
        "departed": list(row.departed),
    }


def _file(recipe: str) -> str:
    return f"{FOLDER}/{recipe}.json"
