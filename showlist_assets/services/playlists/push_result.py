"""What a push did, as data and in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from showlist_assets.domain.quantities import counted

if TYPE_CHECKING:
    from showlist_assets.domain.playlists.plan import Plan
    from showlist_assets.services.playlists.changes import PlannedChanges
    from showlist_assets.services.playlists.history import PushRow, WrittenTrack

Outcome = Literal["done", "unchanged", "dry run", "differs", "gone", "empty"]


@dataclass(frozen=True)
class PushResult:
    """What a push did, or would do.

    Attributes:
        outcome: "gone" and "empty" left everything as it was; "differs": Spotify tells another
            list than we wrote, and the next push goes on from there.
        reason: What more there is to say, such as why the plan is empty.
        added: Our tracks that were not there.
        removed: Our tracks that are not there any more.
        departed: Why shows left, where they are off or have moved, in sentences.
        kept: How many of our tracks were there and still are.
        additions: URIs of the listener's own.
        withheld: Planned tracks that the listener took out.
        plan: As it is heard: without what the listener took out, filled up, and worded so. None
            where no plan was compared with the playlist.
        writes: Requests that changed, or would change, something.
        calls: All requests.
        number: Of the row in the history; None where none was written.
    """

    recipe: str
    outcome: Outcome
    reason: str = ""
    added: tuple[WrittenTrack, ...] = ()
    removed: tuple[WrittenTrack, ...] = ()
    departed: tuple[str, ...] = ()
    kept: int = 0
    additions: tuple[str, ...] = ()
    withheld: tuple[WrittenTrack, ...] = ()
    plan: Plan | None = None
    writes: int = 0
    calls: int = 0
    snapshot: str | None = None
    number: int | None = None
    playlist_id: str | None = None
    playlist_url: str | None = None

    @property
    def words(self) -> str:
        """What happened, in a sentence or two."""
        if self.outcome == "empty":
            return (
                f"Recipe {self.recipe!r} has an empty plan, so its playlist stays as it is: "
                f"{self.reason}"
            )
        if self.outcome == "gone":
            return (
                f"The playlist of recipe {self.recipe!r} was deleted by its owner and is not made "
                f"again. Run `showlist push {self.recipe} --recreate` for a new one, or delete the "
                "recipe."
            )
        notes = [f"{words[:1].upper()}{words[1:]}." for words in self.departed[:_NAMED]]
        more = len(self.departed) - _NAMED
        if more > 0:
            verb = "is" if more == 1 else "are"
            notes.append(f"And {counted(more, 'more show')} that {verb} off or moved.")
        return self._said(notes)

    @property
    def summary(self) -> str:
        """The same without the shows that left, for whoever lists them beside it."""
        return self.words if self.outcome in ("empty", "gone") else self._said([])

    def _said(self, notes: list[str]) -> str:
        changes = f"{_BEGINNINGS[self.outcome]} {self._changes()}"
        return " ".join(part for part in (changes, *notes, *self._notes(), self.reason) if part)

    def _changes(self) -> str:
        changes = f"{len(self.added)} added, {len(self.removed)} removed, {self.kept} kept"
        return f"{changes} ({counted(self.writes, 'write')}, {counted(self.calls, 'call')})."

    def _notes(self) -> list[str]:
        notes = []
        if self.additions:
            notes.append(_own(len(self.additions)))
        if self.withheld:
            names = ", ".join(track.label for track in self.withheld[:3])
            more = " and others" if len(self.withheld) > 3 else ""
            notes.append(f"Not added again, since the listener took it out: {names}{more}.")
        return notes


def result_of(
    changes: PlannedChanges, outcome: Outcome, *, calls: int, row: PushRow | None = None
) -> PushResult:
    """What came of ``changes``; ``row`` is what the history says of it, if anything."""
    playlist, there = changes.found.playlist, changes.found.ours_there
    planned = changes.target.candidates
    return PushResult(
        recipe=changes.target.recipe,
        outcome=outcome,
        reason=" ".join(filter(None, (row.words if row else "", changes.without_cover))),
        added=tuple(planned[uri] for uri in changes.wanted.ours if uri not in there),
        removed=changes.removed,
        departed=changes.departed,
        kept=sum(uri in there for uri in changes.wanted.ours),
        additions=changes.wanted.additions,
        withheld=tuple(t for t in changes.target.tracks if t.uri in changes.skipped),
        plan=changes.plan,
        writes=changes.writes,
        calls=calls,
        snapshot=row.snapshot if row else (playlist.snapshot_id if playlist else None),
        number=row.number if row else None,
        playlist_id=row.playlist_id if row else (playlist.id if playlist else None),
        playlist_url=row.playlist_url if row else (playlist.url if playlist else None),
    )


_NAMED: Final = 5

_BEGINNINGS: Final[dict[str, str]] = {
    "done": "Pushed:",
    "unchanged": "Nothing to do:",
    "dry run": "A push would do this:",
    "differs": (
        "Spotify tells another list than was written; the next push goes on from there. Pushed:"
    ),
}


def _own(count: int) -> str:
    verb = "stays" if count == 1 else "stay"
    return f"{counted(count, 'track')} of the listener's own {verb}."
