"""What is told of a show that several listings tell of: which listing each fact is taken from.

The order of listings: one that says the show moved elsewhere comes last, and before it what is sold
beside a show (suites, packages, passes); then by source as the operator prefers them; within a
source whoever sells first before whoever sells again.

* Every fact is that of the first listing that knows it.
* Date, start, end and zone go together, and so do the venue's name and address. Of a show that
  moved they are those of the listing at the new place. A resold ticket's venue and position come
  last: they are often those of the city. The doors are those of that start.
* Off on one platform beats on elsewhere, because resellers go on selling; but a show that moved is
  not off where it went.
* The bill is the first listing's, and behind it whoever only others name.
* Prices are the lowest and the highest of all listings of the show itself. No money at all is a
  price only where no listing has another: shops print 0 for what they do not know.

What belongs here: these rules. What does not: which listings are one show
(``domain.events.merging``), and the show's id (``show_ids``).
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from showlist_assets.domain.events.doors import doors_before
from showlist_assets.domain.events.listing_names import read_names
from showlist_assets.domain.names import normalize, performer_key, without_article

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from typing import TypeAlias

    Row: TypeAlias = Mapping[str, Any]

LISTING_COLUMNS: Final = (
    "source", "event_id", "platform", "is_resale", "title", "status", "ticket_url", "lowest_price",
    "highest_price", "seen_at", "why", "is_sure",
)  # fmt: skip
_TIMES: Final = ("starts_at", "starts_at_local", "local_date", "venue_timezone")
_HOUSE: Final = ("venue_name", "venue_address", "venue_city", "venue_postal_code")
_POSITION: Final = ("latitude", "longitude")
_MOVED_TO: Final = re.compile(
    r"\b(?:(?:moved|relocated|moving|venue change[ds]?) to|now (?:at|in)) (?P<place>.+)"
)
_NO_HOUSE: Final = re.compile(r"(?:venue |location )?(?:tba|tbd|to be (?:announced|determined))")
_GRAVITY: Final = ("scheduled", "rescheduled", "postponed", "cancelled")
# What stands between names in a name that is a whole bill, or beside one.
_LINKS: Final = frozenset({
    "a", "and", "concert", "feat", "featuring", "ft", "guest", "guests", "in", "live", "plus",
    "present", "presents", "special", "support", "supporting", "the", "tour", "vs", "w", "with",
    "x",
})  # fmt: skip
_LAST: Final = datetime.max.replace(tzinfo=UTC)


def show_facts(listings: Sequence[Row], preferred: Sequence[str]) -> dict[str, Any]:
    """The columns of ``Shows`` but ``show_id``, told from the listings of one show.

    Args:
        listings: ``RawEvents`` rows with ``why`` and ``is_sure``, in any order.
        preferred: Sources, the one to believe first.
    """
    elsewhere = {id(one) for one in _pointing_elsewhere(listings)}
    beside = {id(one) for one in listings if _is_beside(one)}
    plain = [one for one in listings if id(one) not in beside] or listings
    here = [one for one in plain if id(one) not in elsewhere] or plain
    status = _status(here, is_moved=bool(elsewhere))
    behind = {id(one) for one in listings if _is_behind(one, status)} | elsewhere
    ranked = sorted(
        listings, key=lambda one: (id(one) in behind, id(one) in beside, *_rank(one, preferred))
    )
    shown = [one for one in ranked if id(one) not in beside] or ranked
    places = _by_place(ranked, status, behind)
    house = places[0]
    times = _times(ranked if status != "rescheduled" else places, house)
    return {
        "state": house["state"],
        "title": ranked[0]["title"],
        "kind": ranked[0]["kind"],
        "status": status,
        **times,
        "doors_at_local": _doors(shown, times, house, moved=status == "rescheduled"),
        "performers": bill_of(
            [one["performers"] for one in shown if one["performers"]]
            or [one["performers"] for one in ranked]
        ),
        **{column: house[column] for column in _HOUSE},
        **_of_house(places, house, moved=status == "rescheduled"),
        "event_score": _first(ranked, "event_score"),
        **_prices(shown),
        "listing_count": _first(shown, "listing_count"),
        "ticket_url": _ticket_url(ranked, status),
        "source": ranked[0]["source"],
        "announced_at": min(filter(None, (one["announced_at"] for one in ranked)), default=None),
        "fetched_at": max(one["fetched_at"] for one in ranked),
        "listings": [
            {name: one["fetched_at" if name == "seen_at" else name] for name in LISTING_COLUMNS}
            for one in ranked
        ],
    }


def _pointing_elsewhere(listings: Sequence[Row]) -> list[Row]:
    """Listings of the old place of a show that moved: their titles say where to."""
    found = [one for one in listings if _points_elsewhere(one)]
    return found if len(found) < len(listings) else []


def _points_elsewhere(listing: Row) -> bool:
    place = _MOVED_TO.search(normalize(listing["title"]))
    # Some shops change the listing's house as well, and then the title names its own.
    return place is not None and without_article(listing["venue_name"]) not in place["place"]


def _is_beside(listing: Row) -> bool:
    """Whether it sells something beside the show, or several days at once."""
    acts = [act["name"] for act in listing["performers"]]
    names = read_names(listing["title"], acts, listing["venue_name"], listing["venue_city"])
    return names.is_offer or names.is_pass


def _status(here: Sequence[Row], *, is_moved: bool) -> str:
    """The status of a show by its listings; ``is_moved`` where one points elsewhere."""
    said = {one["status"] for one in here}
    off = [one for one in here if one["status"] == "cancelled"]
    if off:
        moved = (one for one in here if one["status"] == "rescheduled" and not one["is_resale"])
        went = any(all(_is_elsewhere(one, other) for other in off) for one in moved)
        return "rescheduled" if went else "cancelled"
    if is_moved or "rescheduled" in said:
        return "rescheduled"
    return "postponed" if "postponed" in said else "scheduled"


def _is_elsewhere(one: Row, other: Row) -> bool:
    """Whether one is another place, day or start than the other."""
    return (
        without_article(one["venue_name"]) != without_article(other["venue_name"])
        or one["local_date"] != other["local_date"]
        or one["starts_at_local"] != other["starts_at_local"]
    )


def _is_behind(listing: Row, status: str) -> bool:
    """Whether it still tells of what the show no longer is."""
    return bool(listing["status"] == "cancelled" and status != "cancelled")


def _rank(listing: Row, preferred: Sequence[str]) -> tuple[Any, ...]:
    source = listing["source"]
    return (
        preferred.index(source) if source in preferred else len(preferred),
        source,
        listing["is_resale"],
        _GRAVITY.index(listing["status"]),
        listing["announced_at"] or _LAST,
        listing["event_id"],
    )


def _by_place(ranked: Sequence[Row], status: str, behind: set[int]) -> list[Row]:
    """The listings, whoever knows best where the show is first."""
    is_new = {
        id(one)
        for one in ranked
        if status == one["status"] == "rescheduled" and not one["is_resale"]
    }
    return sorted(
        ranked,
        key=lambda one: (
            id(one) in behind,
            id(one) not in is_new,
            _NO_HOUSE.fullmatch(normalize(one["venue_name"])) is not None,
            one["is_resale"],
            one["venue_city"] is None,
        ),
    )


def _times(ranked: Sequence[Row], house: Row) -> dict[str, Any]:
    """Date, start, end and zone, so that they agree: of the day that the first listing names."""
    day = _first(ranked, "local_date")
    on_day = [one for one in ranked if one["local_date"] == day]
    timed = min(
        on_day, key=lambda one: (one["starts_at"] is None) + (one["starts_at_local"] is None)
    )
    times = {column: timed[column] for column in _TIMES}
    if timed["starts_at"] is None:
        times["venue_timezone"] = timed["venue_timezone"] or house["venue_timezone"]
    ending = next((one for one in (timed, *on_day) if one["ends_at"] or one["last_date"]), timed)
    ends_at, start = ending["ends_at"], timed["starts_at"]
    is_over_before = ends_at and start and ends_at <= start
    return {
        **times,
        "ends_at": None if is_over_before else ends_at,
        "last_date": ending["last_date"],
    }


def _doors(shown: Sequence[Row], times: Row, house: Row, *, moved: bool) -> datetime | None:
    """Those of a listing with the very start, else of another of that day whose doors fit it.

    Of a show that moved only the former count, and at the new house: others may tell of the old
    evening. Whatever is sold beside a show may let people in earlier.
    """
    start, key = times["starts_at_local"], without_article(house["venue_name"])
    on_day = [one for one in shown if one["local_date"] == times["local_date"]]
    same = [one for one in on_day if one["starts_at_local"] == start]
    told = (
        [one for one in same if without_article(one["venue_name"]) == key]
        if moved
        else [*same, *on_day]
    )
    fitting = (doors_before(start, one["doors_at_local"]) for one in told)
    return next(filter(None, fitting), None)


def _of_house(places: Sequence[Row], house: Row, *, moved: bool) -> dict[str, Any]:
    """Position and size; of a show that moved only from those who tell of the same house."""
    key = without_article(house["venue_name"])
    told = [one for one in places if not moved or without_article(one["venue_name"]) == key]
    known = [one for one in told if all(one[axis] is not None for axis in _POSITION)]
    at = min(known, key=lambda one: one["is_resale"], default=None)
    return {
        **{axis: at and at[axis] for axis in _POSITION},
        "venue_capacity": _first(told, "venue_capacity"),
    }


def _prices(shown: Sequence[Row]) -> dict[str, Any]:
    lowest = [one["lowest_price"] for one in shown if one["lowest_price"] is not None]
    highest = [one["highest_price"] for one in shown if one["highest_price"] is not None]
    return {
        "lowest_price": min(filter(None, lowest), default=0.0 if lowest else None),
        # One listing may have only a price from which tickets are had.
        "highest_price": max(highest + lowest) if highest else None,
        "average_price": _first(shown, "average_price"),
        "median_price": _first(shown, "median_price"),
    }


def _ticket_url(ranked: Sequence[Row], status: str) -> str | None:
    # Of a show that is off, the page that says so, rather than whoever still sells.
    best = sorted(ranked, key=lambda one: (one["status"] == "cancelled") != (status == "cancelled"))
    url: str | None = _first(best, "ticket_url")
    return url


def _first(listings: Sequence[Row], column: str) -> Any:
    return next((one[column] for one in listings if one[column] is not None), None)


def bill_of(bills: Sequence[Sequence[Row]]) -> list[dict[str, Any]]:
    """One bill of several, the preferred first: each act once, with what any of them knows of it.

    A name of another bill that is made of names already there ("A w/ B") is no further act.
    """
    acts: dict[str, dict[str, Any]] = {}
    for bill in bills:
        is_first = not acts
        for performer in bill:
            key = performer_key(performer["name"])
            if key in acts:
                acts[key] = _completed(acts[key], performer)
            elif key and (is_first or not _is_made_of(performer["name"], acts)):
                acts[key] = {**performer, "is_primary": performer["is_primary"] and is_first}
    return list(acts.values())


def _completed(act: dict[str, Any], other: Row) -> dict[str, Any]:
    # The source's own id and page of a performer stay together.
    own = {"performer_id", "url", "is_primary", "name"}
    return {
        column: value if column in own or value not in (None, []) else other[column]
        for column, value in act.items()
    }


def _is_made_of(name: str, keys: Iterable[str]) -> bool:
    text = f" {normalize(name)} ".replace(" ", "  ")
    left = text
    for key in sorted(map(normalize, keys), key=len, reverse=True):
        left = left.replace(f" {key} ".replace(" ", "  "), "  ")
    return left != text and _LINKS.issuperset(left.split())
