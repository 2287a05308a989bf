"""What an operator's file makes of the listings."""

from __future__ import annotations

from time import process_time
from typing import Any

from showlist_assets.domain.events.merged_shows import merged_listings
from showlist_assets.domain.events.show_decisions import parse_show_decisions
from showlist_assets_tests.domain.events.listings import listing, raw, shows

PREFERRED = ("ticketmaster", "seatgeek", "feeds")


def _decided(text: str, *listings: dict[str, Any]) -> set[frozenset[str]]:
    decisions = parse_show_decisions(text)
    return shows(merged_listings(raw(*listings), preferred=PREFERRED, decisions=decisions))


def test_an_entry_joins_what_is_still_listed_of_it_in_each_state():
    text = "- join: [ticketmaster-1, ticketmaster-gone, ticketmaster-2, ticketmaster-3]"
    found = _decided(
        text,
        listing("1", "Paper Lantern"),
        listing("2", "Paper Lantern", state="VT"),
        listing("3", "Salt Ferry"),
    )
    assert found == {frozenset("13"), frozenset("2")}


def test_an_entry_of_many_listings_takes_no_time_for_all_pairs():
    count = 1_500
    listings = [listing(str(n), f"Act {n} Owlish") for n in range(count)]
    text = f"- join: [{', '.join(f'ticketmaster-{n}' for n in range(count))}]"
    began = process_time()
    found = _decided(text, *listings)
    assert len(found) == 1
    assert process_time() - began < 5
