"""Which events a SeatGeek query means: its filters, as predicates over events."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

from showlist_assets.sandbox.apis.seatgeek.payloads import event_stats, event_taxonomies
from showlist_assets.sandbox.world.text import slug, words

if TYPE_CHECKING:
    from showlist_assets.sandbox.state.event_index import EventIndex
    from showlist_assets.sandbox.world.entities import Event, Performer

Predicate = Callable[["Event"], bool]
Values = Callable[["Event"], Iterable[str]]

_OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "gt": operator.gt,
    "gte": operator.ge,
    "lt": operator.lt,
    "lte": operator.le,
}
_PERFORMER_FILTER = re.compile(r"performers(?:\[(primary|any|home_team|away_team)\])?\.(slug|id)")
_PRICES = ("listing_count", "average_price", "lowest_price", "highest_price")

# The filters that https://platform.seatgeek.com documents, as far as they mean one value.
_EQUAL: dict[str, Values] = {
    "id": lambda event: (str(event.id),),
    "type": lambda event: (event.type,),
    "venue.id": lambda event: (str(event.venue.id),),
    "venue.state": lambda event: (event.venue.state.casefold(),),
    "venue.city": lambda event: (event.venue.city.casefold(),),
    "venue.country": lambda event: (event.venue.country.casefold(),),
    "venue.postal_code": lambda event: (event.venue.postal_code,),
    "taxonomies.name": lambda event: (one["name"] for one in event_taxonomies(event)),
    "taxonomies.id": lambda event: (str(one["id"]) for one in event_taxonomies(event)),
}


class BadFilterError(ValueError):
    """A filter's value cannot be read; the service answers 400 with this text."""


def matching_events(index: EventIndex, query: list[tuple[str, str]]) -> list[Event]:
    """The events that pass every filter of ``query``, in order of UTC time.

    Several values of one filter, repeated or separated by commas, mean any of them. Parameters
    that are no filter are ignored, as the real service does.

    Raises:
        BadFilterError: a date or number cannot be read.
    """
    grouped: dict[str, list[str]] = {}
    for name, value in query:
        grouped.setdefault(name, []).extend(value.split(",") if name in _EQUAL else [value])
    states = grouped.get("venue.state", [])
    predicates = [made for item in grouped.items() if (made := _predicate(*item))]
    events = index.between(states[0] if len(states) == 1 else None, *_utc_range(grouped))
    return [event for event in events if all(passes(event) for passes in predicates)]


def _utc_range(grouped: dict[str, list[str]]) -> tuple[datetime | None, datetime | None]:
    """The widest stretch of UTC time the query can mean, to read fewer events."""
    lower = [
        _moment(value) for op in ("gt", "gte") for value in grouped.get(f"datetime_utc.{op}", ())
    ]
    upper = [
        _moment(value) for op in ("lt", "lte") for value in grouped.get(f"datetime_utc.{op}", ())
    ]
    return (max(lower) if lower else None, min(upper) if upper else None)


def _predicate(name: str, values: list[str]) -> Predicate | None:
    if name in _EQUAL:
        return _equal(_EQUAL[name], values)
    if found := _PERFORMER_FILTER.fullmatch(name):
        return _performer(found[1] or "any", found[2], values)
    if name == "q":
        return _text(values[-1])
    field, _, op = name.partition(".")
    if field in ("datetime_utc", "datetime_local"):
        return _time(field, op, values[-1])
    if field in _PRICES and op in _OPERATORS:
        return _price(field, op, values[-1])
    return None


def _equal(read: Values, values: list[str]) -> Predicate:
    wanted = {value.strip().casefold() for value in values}
    return lambda event: any(value in wanted for value in read(event))


def _performer(role: str, field: str, values: list[str]) -> Predicate:
    wanted = {value for given in values for value in given.split(",")}

    def passes(event: Event) -> bool:
        return any(
            (slug(one.name) if field == "slug" else str(one.id)) in wanted
            for one in _in_role(event, role)
        )

    return passes


def _in_role(event: Event, role: str) -> Iterator[Performer]:
    for index, performer in enumerate(event.performers):
        is_team = performer.kind == "team"
        if (
            role == "any"
            or (role == "primary" and index == 0)
            or (is_team and (role == "home_team") == (index == 0) and role != "primary")
        ):
            yield performer


def _text(value: str) -> Predicate:
    wanted = set(words(value))

    def passes(event: Event) -> bool:
        names = (event.title, event.venue.name, event.venue.city)
        said = {word for name in names for word in words(name)}
        said.update(word for one in event.performers for word in words(one.name))
        return wanted <= said

    return passes


def _time(field: str, op: str, value: str) -> Predicate | None:
    compare = _OPERATORS.get(op) if op else operator.eq
    if compare is None:
        return None
    moment = _moment(value)
    if field == "datetime_utc":
        return lambda event: compare(event.starts_at_utc, moment)
    # What has no local time is neither before nor after one.
    return lambda event: (
        event.printed.get("datetime_local", event) is not None
        and compare(event.starts_at_local, moment)
    )


def _price(field: str, op: str, value: str) -> Predicate:
    try:
        bound = float(value)
    except ValueError:
        raise BadFilterError(f"{field}.{op}: {value!r} is not a number") from None

    def passes(event: Event) -> bool:
        price = event_stats(event)[field]
        return price is not None and _OPERATORS[op](price, bound)

    return passes


def _moment(value: str) -> datetime:
    try:
        # SeatGeek prints and reads times without a zone.
        return datetime.fromisoformat(value.removesuffix("Z")).replace(tzinfo=None)
    except ValueError:
        raise BadFilterError(f"{value!r} is not a date or date and time (ISO 8601)") from None
