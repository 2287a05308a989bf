"""The plans as they were last made, and the files that come with them, under the data root.

``playlist_plans/RECIPE.json`` is the plan, ``calendars/RECIPE.ics`` its shows for a calendar, with
``.json`` for whoever writes the next one, and ``digests/RECIPE.md`` and ``.html`` what changed
since the plan before.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from pydantic import TypeAdapter, ValidationError

from showlist_assets.domain.playlists.calendar_entries import CalendarEntry, calendar_entries
from showlist_assets.domain.playlists.calendar_file import calendar_file
from showlist_assets.domain.playlists.digest import Changes, changes, digest_html, digest_markdown
from showlist_assets.domain.playlists.plan import Plan
from showlist_assets.domain.playlists.show_fates import ShowFates
from showlist_assets.storage.files import StorageError

if TYPE_CHECKING:
    from datetime import date, datetime

    from showlist_assets.storage.files import Files

_PLAN: Final = TypeAdapter(Plan)
_ENTRIES: Final = TypeAdapter(tuple[CalendarEntry, ...])


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
        self, plan: Plan, *, today: date, now: datetime, fates: ShowFates | None = None
    ) -> Changes:
        """Keep ``plan`` with its calendar and digest; returns what changed since the plan before.

        Args:
            plan: The new one.
            today: The listener's date.
            now: The present (UTC).
            fates: What became of shows, as far as that is known.

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
        kept = replace(plan, published_at=now)
        for name, content in {
            self.calendar(plan.recipe): calendar_file(entries, name=plan.title, now=now),
            _entries_file(plan.recipe): _ENTRIES.dump_json(entries, indent=1),
            f"digests/{plan.recipe}.md": digest_markdown(plan, found).encode(),
            f"digests/{plan.recipe}.html": digest_html(plan, found).encode(),
            # Last, so that whoever dies before it finds the same changes again.
            _file(plan.recipe): _PLAN.dump_json(kept, indent=1),
        }.items():
            self._files.write(name, content)
        return found

    def _calendar_entries(
        self,
        plan: Plan,
        before: Plan | None,
        found: Changes,
        fates: ShowFates,
        today: date,
        now: datetime,
    ) -> tuple[CalendarEntry, ...]:
        earlier, floor = self._earlier_entries(plan.recipe), 0
        if earlier is None:
            # Earlier versions kept no entries, and numbered the whole file by the minute.
            floor = int(now.timestamp() // 60) if before else 0
            was = before.shows if before else ()
            earlier = calendar_entries((), was, fates, today=today, now=now, floor=floor)
        relisted = {move.before.show_id for move in found.relisted}
        return calendar_entries(
            earlier, plan.shows, fates, today=today, now=now, relisted=relisted, floor=floor
        )

    def _earlier_entries(self, recipe: str) -> tuple[CalendarEntry, ...] | None:
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

    def places(self, recipe: str) -> dict[str, str]:
        """Where a person finds what belongs to the recipe."""
        return {
            "plan": self._files.uri(_file(recipe)),
            "calendar": self._files.uri(self.calendar(recipe)),
            "digest": self._files.uri(f"digests/{recipe}.html"),
        }


def _entries_file(recipe: str) -> str:
    return f"calendars/{recipe}.json"


def _file(recipe: str) -> str:
    return f"playlist_plans/{recipe}.json"
