"""When two listings are one show: the same act at the same venue on the same day.

Sources list a show again under another id (seatgeek/api-support#42), and list one show twice. What
belongs here: telling that by what a person would look at. What does not: what becomes of it
(``domain.playlists``).
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Final, NamedTuple

from showlist_assets.domain.names import normalize, without_article
from showlist_assets.domain.places import city_key

if TYPE_CHECKING:
    from collections.abc import Iterable

# Doors and show, or two clocks of one evening; an early and a late show are further apart.
_ONE_START: Final = timedelta(minutes=45)


class ShowIdentity(NamedTuple):
    """Equal for the listings of one act's day at one venue, whatever their ids and spelling.

    An early and a late show share it: ``is_one_start`` tells them apart.
    """

    act: str
    venue: str
    city: str
    state: str
    local_date: date | None


def show_identity(
    act: str, *, venue_name: str, venue_city: str | None, state: str, local_date: date | None
) -> ShowIdentity:
    """The identity of a show for one ``act`` of its bill, by a name or by an id.

    Args:
        act: A name as billed or as on Spotify, or a Spotify id; always the same kind of the two.
        venue_name: As printed.
        venue_city: As printed, if known.
        state: USPS code.
        local_date: The date at the venue; an unknown one equals only another unknown one.
    """
    key = normalize(act)
    return ShowIdentity(key, without_article(venue_name), city_key(venue_city), state, local_date)


def is_one_start(one: datetime | None, other: datetime | None) -> bool:
    """Whether two starts on one day may be the same; an unknown one may be any."""
    return one is None or other is None or abs(one - other) < _ONE_START


class Listing(NamedTuple):
    """A listing at one venue on one day; ``acts`` are whoever it bills, by name or by id."""

    show_id: str
    starts_at_local: datetime | None
    acts: frozenset[str]


def first_listings(listings: Iterable[Listing]) -> dict[str, str]:
    """The listing that stands for each one that is one too many.

    Args:
        listings: Of one venue and day, the one to prefer first.
    """
    stands: dict[str, str] = {}
    kept: list[Listing] = []
    for listing in listings:
        first = next((one for one in kept if _is_one_show(one, listing)), None)
        if first is None:
            kept.append(listing)
        else:
            stands[listing.show_id] = first.show_id
    return stands


def _is_one_show(one: Listing, other: Listing) -> bool:
    return not one.acts.isdisjoint(other.acts) and is_one_start(
        one.starts_at_local, other.starts_at_local
    )
