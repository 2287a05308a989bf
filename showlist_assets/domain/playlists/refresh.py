"""When a recipe that is pushed by itself is due: at each change, once a week, or never.

What belongs here: the decision. What does not: where changes are found and runs are started
(``defs.sensors``).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from showlist_assets.domain.playlists.picking import week_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from showlist_assets.domain.playlists.recipe import Recipe

_NEW_YORK: Final = ZoneInfo("America/New_York")
# When all states are fetched anew (``weekly_refresh``): a push in the night before it would hold
# last week's shows until the next one.
_WEEK_BEGINS: Final = timedelta(hours=9)


@dataclass(frozen=True)
class HeldChanges:
    """Changes of shows that a recipe has not been pushed for.

    Attributes:
        upto: What the newest of them is known by; grows with time.
        week: The week in which the newest was seen.
        states: The states that have changed in that week, or the listener whose songs have.
    """

    upto: int
    week: str
    states: tuple[str, ...]


def refresh_week(now: datetime) -> str:
    """The week of a weekly recipe, such as 2026-W47: from Monday at nine in New York."""
    return week_of(_into_the_week(now).date())


def _into_the_week(now: datetime) -> datetime:
    # The wall clock: nine is nine in the weeks in which the clocks are changed, too.
    return now.astimezone(_NEW_YORK).replace(tzinfo=None) - _WEEK_BEGINS


def with_changes(
    held: HeldChanges | None, changed: Mapping[str, int], recipe: Recipe, *, now: datetime
) -> HeldChanges | None:
    """``held`` and what of ``changed`` (newest change by what recipes follow) it looks at."""
    seen = {each: changed[each] for each in recipe.follows if each in changed}
    if not seen:
        return held
    week = refresh_week(now)
    before: Iterable[str] = held.states if held and held.week == week else ()
    upto = max(*seen.values(), held.upto if held else 0)
    return HeldChanges(upto, week, tuple(sorted({*before, *seen})))


def is_due(
    recipe: Recipe,
    held: HeldChanges | None,
    *,
    edited: bool,
    pushed_in: str | None,
    now: datetime,
) -> bool:
    """Whether ``recipe`` is pushed now.

    Once a week means: when every state of it has changed in the week, so that a push amid Monday's
    refresh does not leave the rest for the next; from Tuesday on, at whatever change there is.

    Args:
        recipe: Whose ``refresh`` decides.
        held: What it has not been pushed for.
        edited: Whether its file is new or has changed: somebody waits for that.
        pushed_in: The week (``refresh_week``) of its last push, if known.
        now: The present.
    """
    if recipe.refresh == "never" or (held is None and not edited):
        return False
    if edited or held is None or recipe.refresh == "on change":
        return True
    week = refresh_week(now)
    if pushed_in == week:
        return False
    is_whole = held.week == week and set(recipe.follows) <= set(held.states)
    return is_whole or _into_the_week(now).isoweekday() > 1
