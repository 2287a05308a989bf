"""Names of venues that merged shows have shown to be one house: proposals for an operator's file.

What belongs here: learning from merges. What does not: reading or writing the operator's file
(``storage``), and using aliases (``merging_rules``).
"""

from __future__ import annotations

from collections import defaultdict
from itertools import combinations
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import polars as pl

from showlist_assets.domain.events.listing_names import says_moved
from showlist_assets.domain.events.venue_names import VenueRelation, read_venue, venue_relation
from showlist_assets.domain.places import city_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from showlist_assets.domain.events.merging import Merged

SCHEMA: Final = pl.Schema(
    {
        "state": pl.String(),
        "city": pl.String(),
        "one_name": pl.String(),
        "other_name": pl.String(),
        "shows": pl.Int64(),
    }
)
# One show that nobody needs to look at is enough; of doubtful ones, two nights.
_DOUBTFUL_SHOWS: Final = 2


class _Names(NamedTuple):
    state: str
    city: str
    one: str
    other: str


def proposed_aliases(raw_events: pl.DataFrame, merged: Merged) -> pl.DataFrame:
    """Pairs of names of one venue, which their words alone do not show, with the shows that did.

    A list that uses both names means two houses, and a show that moved was at two: neither is
    proposed.

    Args:
        raw_events: ``RawEvents``.
        merged: What ``merge_listings`` made of them.
    """
    rows = raw_events.join(merged.listings, on=["state", "source", "event_id"], how="inner").select(
        "state", "group", "is_sure", "local_date", "title", "venue_name", "venue_city",
        "venue_address",
        lister=pl.concat_str("source", "platform", separator="/"),
    )  # fmt: skip
    lists = _names_by_list(rows)
    shared = rows.filter(pl.col("venue_name").n_unique().over("group") > 1).sort("group")
    sure: defaultdict[_Names, set[Any]] = defaultdict(set)
    doubtful: defaultdict[_Names, set[Any]] = defaultdict(set)
    for show in shared.partition_by("group"):
        for names, is_sure in _names_of_show(show.to_dicts()):
            (sure if is_sure else doubtful)[names].add(show["local_date"][0])
    proposals = [
        {**_columns(names), "shows": len(sure[names] | doubtful[names])}
        for names in sorted({*sure, *doubtful})
        if (sure[names] or len(doubtful[names]) >= _DOUBTFUL_SHOWS)
        and not any(names.one in used and names.other in used for used in lists[names.state])
    ]
    return pl.DataFrame(proposals, schema=SCHEMA, orient="row")


def _names_by_list(rows: pl.DataFrame) -> Mapping[str, list[set[str]]]:
    """The venue names that each list of a state uses."""
    used: defaultdict[str, list[set[str]]] = defaultdict(list)
    names = rows.group_by("state", "lister").agg(pl.col("venue_name").unique())
    for state, _, of_list in names.iter_rows():
        used[state].append(set(of_list))
    return used


def _names_of_show(listings: Iterable[Mapping[str, Any]]) -> Iterator[tuple[_Names, bool]]:
    told = list(listings)
    if any(says_moved(listing["title"]) for listing in told):
        return
    for one, other in combinations(told, 2):
        first, second = sorted((one["venue_name"], other["venue_name"]))
        here = read_venue(one["venue_name"], one["venue_city"], one["state"], one["venue_address"])
        there = read_venue(
            other["venue_name"], other["venue_city"], other["state"], other["venue_address"]
        )
        # Houses without a word in common are a promoter's and another one, or a silent move.
        if here.city == there.city and venue_relation(here, there) is VenueRelation.PART:
            names = _Names(one["state"], city_key(one["venue_city"]), first, second)
            yield names, one["is_sure"] and other["is_sure"]


def _columns(names: _Names) -> dict[str, str]:
    return {
        "state": names.state,
        "city": names.city,
        "one_name": names.one,
        "other_name": names.other,
    }
