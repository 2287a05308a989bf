"""The plans as they were last made, and the files that come with them, under the data root.

``playlist_plans/RECIPE.json`` is the plan, ``calendars/RECIPE.ics`` its shows for a calendar, with
``.json`` for whoever writes the next one, and ``digests/RECIPE.html``, ``.txt`` and ``.md`` what
changed since the plan before, with ``.json`` for whoever learns later where the playlist is. Where
a recipe asks for taste, all of them say what the listener plays: they are their owner's alone, and
others get what ``digest_for_others`` and ``calendar_for_others`` make of them.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from pydantic import TypeAdapter, ValidationError

from showlist_assets.domain.playlists.calendar_entries import CalendarEntry, calendar_entries
from showlist_assets.domain.playlists.calendar_file import calendar_file
from showlist_assets.domain.playlists.calendar_shows import (
    calendar_shows,
    calendar_title,
    songs_to_hear,
)
from showlist_assets.domain.playlists.digest import Changes, changes
from showlist_assets.domain.playlists.digest_content import Digest
from showlist_assets.domain.playlists.digest_page import digest_html
from showlist_assets.domain.playlists.digest_text import digest_markdown, digest_text
from showlist_assets.domain.playlists.plan import Plan
from showlist_assets.domain.playlists.show_fates import ShowFates
from showlist_assets.storage.files import StorageError

if TYPE_CHECKING:
    from datetime import date, datetime

    from showlist_assets.storage.files import Files

_PLAN: Final = TypeAdapter(Plan)
_ENTRIES: Final = TypeAdapter(tuple[CalendarEntry, ...])
_DIGEST: Final = TypeAdapter(Digest)


class PlanFiles:
    """Plans by recipe; each is replaced as a whole."""

    def __init__(self, files: Files) -> None:
        self._files = files

    def read(self, recipe: str) -> Plan | None:
        """The plan that was made last; None if there is none.

        Raises:
            StorageError: it cannot be read.
        """
        content = self._files.read(_file(recipe))
        try:
            return _PLAN.validate_json(content) if content else None
        except ValidationError as error:
            raise StorageError(
                f"{self._files.uri(_file(recipe))} is not a readable plan. Delete it and "
                f"materialize playlist_plans for {recipe} again."
            ) from error

    def publish(
        self,
        plan: Plan,
        *,
        today: date,
        now: datetime,
        fates: ShowFates | None = None,
        playlist_url: str = "",
    ) -> Changes:
        """Keep ``plan`` with its calendar and digest; returns what changed since the plan before.

        Args:
            plan: The new one.
            today: The listener's date.
            now: The present (UTC).
            fates: What became of shows, as far as that is known.
            playlist_url: Where the playlist is, if it has been written.

        Raises:
            StorageError: a file cannot be read or written.
        """
        before, fates = self.read(plan.recipe), fates or ShowFates()
        found = changes(
            plan,
            # The first plan is compared with itself: all of its shows would be news otherwise.
            before.shows if before else plan.shows,
            today=today,
            fates=fates,
            since=before.published_at if before else None,
            now=now,
        )
        entries = self._calendar_entries(plan, before, found, fates, today, now)
        digest = Digest(
            plan=plan,
            found=found,
            today=today,
            is_first=before is None,
            # The listener's date then, of which an instant in UTC tells nothing.
            since=earlier.today if before and (earlier := self._digest(plan.recipe)) else None,
            playlist_url=playlist_url,
        )
        kept = replace(plan, published_at=now)
        for name, content in {
            self.calendar(plan.recipe): calendar_file(
                entries, name=calendar_title(plan), now=now, alarm=plan.alarm
            ),
            _entries_file(plan.recipe): _ENTRIES.dump_json(entries, indent=1),
            **_digest_files(digest),
            # Last, so that whoever dies before it finds the same changes again.
            _file(plan.recipe): _PLAN.dump_json(kept, indent=1),
        }.items():
            self._files.write(name, content)
        return found

    def link_playlist(self, recipe: str, url: str) -> None:
        """Let the recipe's digest lead to its playlist, which was made after it was written.

        Raises:
            StorageError: a file cannot be read or written.
        """
        digest = self._digest(recipe)
        if digest and digest.playlist_url != url:
            for name, text in _digest_files(replace(digest, playlist_url=url)).items():
                self._files.write(name, text)

    def _digest(self, recipe: str) -> Digest | None:
        """What the digest told last; None where there is none, or one of another version."""
        content = self._files.read(_digest_file(recipe))
        try:
            return _DIGEST.validate_json(content) if content else None
        except ValidationError:
            return None

    def _calendar_entries(
        self,
        plan: Plan,
        before: Plan | None,
        found: Changes,
        fates: ShowFates,
        today: date,
        now: datetime,
    ) -> tuple[CalendarEntry, ...]:
        earlier, floor = self.read_entries(plan.recipe), 0
        if earlier is None:
            # Earlier versions kept no entries, and numbered the whole file by the minute.
            floor = int(now.timestamp() // 60) if before else 0
            was = before.shows if before else ()
            earlier = calendar_entries((), was, fates, today=today, now=now, floor=floor)
        relisted = {move.before.show_id for move in found.relisted}
        return calendar_entries(
            earlier,
            calendar_shows(plan),
            fates,
            today=today,
            now=now,
            # Whatever of these the calendar does not hold.
            also_on=(*plan.shows, *plan.songless),
            songs=songs_to_hear(plan),
            relisted=relisted,
            floor=floor,
        )

    def read_entries(self, recipe: str) -> tuple[CalendarEntry, ...] | None:
        """What the recipe's calendar tells and remembers; None if there is none.

        Raises:
            StorageError: it cannot be read.
        """
        content = self._files.read(_entries_file(recipe))
        try:
            return _ENTRIES.validate_json(content) if content else None
        except ValidationError as error:
            uri = self._files.uri(_entries_file(recipe))
            raise StorageError(
                f"{uri} are no readable entries of a calendar. Delete it and materialize "
                f"playlist_plans for {recipe} again: shows that were called off before are then "
                "left out of the calendar, not crossed out in it."
            ) from error

    def calendar(self, recipe: str) -> str:
        """Name of the recipe's calendar file."""
        return f"calendars/{recipe}.ics"

    def read_calendar(self, recipe: str) -> bytes | None:
        """The recipe's calendar as it was last written; None if there is none.

        Raises:
            StorageError: it cannot be read.
        """
        return self._files.read(self.calendar(recipe))

    def read_digest(self, recipe: str, ending: str) -> bytes | None:
        """The recipe's digest as it was last written ("html", "md", "txt"); None if there is none.

        Raises:
            StorageError: it cannot be read.
        """
        return self._files.read(f"digests/{recipe}.{ending}")

    def digest_for_others(self, recipe: str, ending: str) -> bytes | None:
        """As ``read_digest``, without what the listener plays.

        Raises:
            StorageError: it cannot be read.
        """
        digest = self._digest(recipe)
        if digest is None:
            return self.read_digest(recipe, ending)
        return _digest_files(replace(digest, tells_taste=False))[f"digests/{recipe}.{ending}"]

    def calendar_for_others(self, recipe: str, *, now: datetime) -> bytes | None:
        """As ``read_calendar``, without what the listener plays.

        Raises:
            StorageError: it cannot be read.
        """
        entries, plan = self.read_entries(recipe) or (), self.read(recipe)
        if plan is None or all(entry.show.taste is None for entry in entries):
            return self.read_calendar(recipe)
        impersonal = (replace(entry, show=replace(entry.show, taste=None)) for entry in entries)
        return calendar_file(impersonal, name=calendar_title(plan), now=now, alarm=plan.alarm)

    def last_digest(self, recipe: str) -> Digest | None:
        """What the recipe's digest told last; None where there is none, or an unreadable one.

        Raises:
            StorageError: it cannot be read.
        """
        return self._digest(recipe)

    def remove(self, recipe: str) -> None:
        """Delete the recipe's plan, calendar and digest.

        Raises:
            StorageError: one cannot be deleted.
        """
        for name in (
            *(f"digests/{recipe}.{ending}" for ending in ("md", "txt", "html", "json")),
            self.calendar(recipe),
            _entries_file(recipe),
            _file(recipe),
        ):
            self._files.delete(name)

    def places(self, recipe: str) -> dict[str, str]:
        """Where a person finds what belongs to the recipe."""
        return {
            "plan": self._files.uri(_file(recipe)),
            "calendar": self._files.uri(self.calendar(recipe)),
            "digest": self._files.uri(f"digests/{recipe}.html"),
        }


def _digest_files(digest: Digest) -> dict[str, bytes]:
    recipe = digest.plan.recipe
    return {
        f"digests/{recipe}.md": digest_markdown(digest).encode(),
        f"digests/{recipe}.txt": digest_text(digest).encode(),
        f"digests/{recipe}.html": digest_html(digest).encode(),
        _digest_file(recipe): _DIGEST.dump_json(digest, indent=1),
    }


def _digest_file(recipe: str) -> str:
    return f"digests/{recipe}.json"


def _entries_file(recipe: str) -> str:
    return f"calendars/{recipe}.json"


def _file(recipe: str) -> str:
    return f"playlist_plans/{recipe}.json"
