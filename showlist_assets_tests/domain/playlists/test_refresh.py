"""When a recipe that keeps itself is pushed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from showlist_assets.domain.playlists.recipe import Recipe
from showlist_assets.domain.playlists.refresh import (
    HeldChanges,
    is_due,
    refresh_week,
    with_changes,
)

_FRIDAY = datetime(2026, 11, 20, 17, tzinfo=UTC)
_STATES = ("NY", "NJ", "CT")


def _recipe(refresh: str) -> Recipe:
    return Recipe(name="mine", states=_STATES, refresh=refresh)


@pytest.mark.parametrize(
    ("now", "week"),
    [
        # Nine in New York is 14 UTC in winter and 13 UTC in summer.
        (datetime(2026, 11, 23, 13, 59, tzinfo=UTC), "2026-W47"),
        (datetime(2026, 11, 23, 14, 0, tzinfo=UTC), "2026-W48"),
        (datetime(2026, 7, 6, 12, 59, tzinfo=UTC), "2026-W27"),
        (datetime(2026, 7, 6, 13, 0, tzinfo=UTC), "2026-W28"),
        # The clocks were set back on the Sunday, and are set forward.
        (datetime(2026, 11, 2, 14, 0, tzinfo=UTC), "2026-W45"),
        (datetime(2026, 3, 9, 13, 0, tzinfo=UTC), "2026-W11"),
        # The first Monday of 2027 begins its first week.
        (datetime(2027, 1, 4, 13, 59, tzinfo=UTC), "2026-W53"),
        (datetime(2027, 1, 4, 14, 0, tzinfo=UTC), "2027-W01"),
    ],
)
def test_a_week_begins_on_monday_at_nine_in_new_york(now, week):
    assert refresh_week(now) == week


def test_changes_add_up_within_a_week_and_only_of_its_own_states():
    recipe = _recipe("weekly")
    held = with_changes(None, {"NY": 5, "CA": 9}, recipe, now=_FRIDAY)
    assert held == HeldChanges(5, "2026-W47", ("NY",))
    held = with_changes(held, {"CT": 7}, recipe, now=_FRIDAY)
    assert held == HeldChanges(7, "2026-W47", ("CT", "NY"))
    assert with_changes(held, {"CA": 11}, recipe, now=_FRIDAY) == held
    later = with_changes(held, {"NJ": 12}, recipe, now=_FRIDAY + timedelta(days=7))
    assert later == HeldChanges(12, "2026-W48", ("NJ",))


@given(
    st.lists(
        st.tuples(st.integers(0, 600), st.sets(st.sampled_from([*_STATES, "CA"]))), max_size=60
    )
)
def test_a_weekly_recipe_is_pushed_at_most_once_a_week_and_nothing_is_lost(ticks):
    recipe, now = _recipe("weekly"), _FRIDAY
    held, pushed_in, pushes = None, None, []
    for number, (hours, states) in enumerate(ticks, start=1):
        now += timedelta(hours=hours / 10)
        before = held
        held = with_changes(held, dict.fromkeys(states, number), recipe, now=now)
        if is_due(recipe, held, edited=False, pushed_in=pushed_in, now=now):
            pushes.append(refresh_week(now))
            held, pushed_in = None, pushes[-1]
        else:
            assert (held is None) == (before is None and not states & {*_STATES})
    assert len(set(pushes)) == len(pushes)
    # A Wednesday of a later week: whatever is held goes out.
    after = now + timedelta(days=16 - now.isoweekday() + 1)
    assert is_due(recipe, held, edited=False, pushed_in=pushed_in, now=after) == bool(held)


@pytest.mark.parametrize(
    ("refresh", "edited", "due"),
    [
        ("on change", False, True),
        ("on change", True, True),
        ("weekly", False, False),
        ("weekly", True, True),
        ("never", False, False),
        ("never", True, False),
    ],
)
def test_who_waits_for_an_edit_gets_it_unless_it_is_never_refreshed(refresh, edited, due):
    held = HeldChanges(1, "2026-W47", _STATES)
    assert is_due(_recipe(refresh), held, edited=edited, pushed_in="2026-W47", now=_FRIDAY) == due


@pytest.mark.parametrize("refresh", ["on change", "weekly", "never"])
def test_without_a_change_there_is_no_push(refresh):
    assert not is_due(_recipe(refresh), None, edited=False, pushed_in=None, now=_FRIDAY)
