from __future__ import annotations

from typing import Any

from showlist_assets.domain.events.alias_proposals import proposed_aliases
from showlist_assets.domain.events.merging import merge_listings
from showlist_assets.domain.events.venue_names import VenueAlias, VenueAliases, read_venue
from showlist_assets_tests.domain.events.listings import listing, raw

GEEK: dict[str, Any] = {"source": "seatgeek", "venue_name": "Bell Harbour Velour"}


def proposed(*listings: dict[str, Any]) -> list[tuple[Any, ...]]:
    events = raw(*listings)
    return proposed_aliases(events, merge_listings(events)).rows()


def test_one_sure_show_teaches_two_names_of_a_house():
    velour = listing("1", "Paper Lantern", venue_name="Velour")
    assert proposed(velour, listing("2", "Paper Lantern", **GEEK)) == [
        ("NY", "albany", "Bell Harbour Velour", "Velour", 1)
    ]


def test_names_that_the_rule_takes_for_one_anyway_are_not_proposed():
    other = {**GEEK, "venue_name": "The Velour Theatre"}
    velour = listing("1", "Paper Lantern", venue_name="Velour")
    assert not proposed(velour, listing("2", "Paper Lantern", **other))


def test_a_list_that_uses_both_names_means_two_houses():
    assert not proposed(
        listing("1", "Paper Lantern", venue_name="Velour"),
        listing("2", "Paper Lantern", **GEEK),
        listing("3", "Salt Ferry", venue_name="Bell Harbour Velour"),
    )


def test_a_doubtful_or_moved_show_teaches_nothing():
    velour = listing("1", "Paper Lantern", None, venue_name="Velour")
    assert not proposed(velour, listing("2", "Paper Lantern", **GEEK))
    moved = listing("1", "Paper Lantern - MOVED TO THE VELOUR", venue_name="Velour")
    assert not proposed(moved, listing("2", "Paper Lantern", **GEEK))
    mill = listing("1", "Paper Lantern", venue_name="Old Mill")
    assert not proposed(mill, listing("2", "Paper Lantern", **GEEK))


def test_what_is_proposed_can_be_told_as_an_alias():
    velour = listing("1", "Paper Lantern", venue_name="Velour")
    ((state, city, one, other, _),) = proposed(velour, listing("2", "Paper Lantern", **GEEK))
    aliases = VenueAliases((VenueAlias(state, city, one, other),))
    here, there = (read_venue(name, "Albany", "NY", None) for name in (other, one))
    assert aliases.tell("NY", here, there)
    assert not aliases.tell("VT", here, there)
