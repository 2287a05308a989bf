"""The plans as they were last made, and the files that come with them, under the data root.

``playlist_plans/RECIPE.json`` is the plan, ``calendars/RECIPE.ics`` its shows for a calendar, and
``digests/RECIPE.md`` and ``.html`` what changed since the plan before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pydantic import TypeAdapter, ValidationError

from showlist_assets.domain.playlists.calendar_file import calendar_file
from showlist_assets.domain.playlists.digest import Changes, changes, digest_html, digest_markdown
from showlist_assets.domain.playlists.plan import Plan
from showlist_assets.storage.files import StorageError

if TYPE_CHECKING:
    from datetime import date, datetime

    from showlist_assets.storage.files import Files

_PLAN: Final = TypeAdapter(Plan)


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

    def publish(self, plan: Plan, *, today: date, now: datetime) -> Changes:
        """Keep ``plan`` with its calendar and digest; returns what changed since the plan before.

        Args:
            plan: The new one.
            today: The listener's date.
            now: The present (UTC).

        Raises:
            StorageError: a file cannot be read or written.
        """
        before = self.read(plan.recipe)
        # The first plan is compared with itself: all of its shows would be news otherwise.
        found = changes(plan, before.shows if before else plan.shows, today=today)
        # A calendar that was given the file would show a show under both of its ids.
        gone = (*found.gone, *(move.before for move in found.relisted))
        for name, content in {
            self.calendar(plan.recipe): calendar_file(
                plan.shows, name=plan.title, now=now, gone=gone
            ),
            f"digests/{plan.recipe}.md": digest_markdown(plan, found).encode(),
            f"digests/{plan.recipe}.html": digest_html(plan, found).encode(),
            # Last, so that whoever dies before it finds the same changes again.
            _file(plan.recipe): _PLAN.dump_json(plan, indent=1),
        }.items():
            self._files.write(name, content)
        return found

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


def _file(recipe: str) -> str:
    return f"playlist_plans/{recipe}.json"
