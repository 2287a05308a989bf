"""Which handler a case is for: by its keys, and by what kind of value is right."""

from __future__ import annotations

from typing import TYPE_CHECKING

from showlist_assets_tests.reported_cases import (
    events,
    matching,
    operation,
    planning,
    playlist_items,
)
from showlist_assets_tests.reported_cases.cases import Case, Found, unclear

if TYPE_CHECKING:
    from collections.abc import Callable

# By the keys that a case must have.
_BY_KEYS: tuple[tuple[tuple[str, ...], Callable[[Case], Found]], ...] = (
    (("location",), events.location),
    (("venues",), events.circle),
    (("bills",), matching.bills),
    (("billing", "answer"), matching.billing),
    (("billing",), matching.listing),
    (("printed", "page"), matching.equal_names),
    (("recipe city", "venues in"), planning.city_by_another_name),
    (("recipe", "shows"), planning.heard),
    (("withheld", "plan"), planning.withheld),
    (("release_date",), planning.release_year),
    (("track_name", "versions"), planning.version),
    (("calendar",), planning.calendar_again),
    (("live", "planned"), playlist_items.writes),
    (("own", "planned"), playlist_items.too_many),
    (("page",), playlist_items.items_of_a_page),
    (("steps",), operation.sensor),
    (("folder",), operation.folder),
    (("requests",), operation.login),
)


def handled(case: Case) -> Found:
    """What became of the case."""
    handler = _handler(case)
    if handler is None:
        return unclear(f"no handler for a case of {sorted(set(case.given) - {'right'})}")
    try:
        return handler(case)
    except Exception as error:  # noqa: BLE001  the other cases are to be seen all the same
        return Found(f"{type(error).__name__}: {error}", is_right=False)


def _handler(case: Case) -> Callable[[Case], Found] | None:
    if "event" in case:
        return _of_an_event(case)
    if "performers" in case:
        is_kind = str(case.right).startswith("act_kind")
        return events.kinds if is_kind else matching.refused_for_good
    if "shows" in case and "recipe" not in case:
        is_listing = isinstance(case["shows"][0], list)
        return planning.listed_twice if is_listing else planning.one_bad_field
    return next((handler for keys, handler in _BY_KEYS if all(key in case for key in keys)), None)


def _of_an_event(case: Case) -> Callable[[Case], Found]:
    if isinstance(case.right, list):
        return events.bill
    return events.columns if isinstance(case.right, dict) else events.taken_or_set_aside
