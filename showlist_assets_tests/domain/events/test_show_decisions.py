from __future__ import annotations

import pytest

from showlist_assets.domain.events.show_decisions import (
    ListingPair,
    ShowDecisions,
    ShowDecisionsError,
    VenueNames,
    forget_entry,
    join_entry,
    parse_listing,
    parse_show_decisions,
    part_entry,
    venue_entry,
)
from showlist_assets.storage.show_decisions import ShowDecisionsFile

ONE, OTHER, THIRD = ("ticketmaster", "G5v-1"), ("seatgeek", "012"), ("feeds", "hall:7@x:2026-12-04")


def test_a_file_that_is_not_there_says_nothing(tmp_path):
    assert ShowDecisionsFile(tmp_path / "shows.yaml").read() == ShowDecisions()


def test_every_kind_of_entry_is_read():
    text = """\
# by hand
- join: [ticketmaster-G5v-1, seatgeek-012]
  note: two titles of one night
- part: [ticketmaster-G5v-1, "feeds-hall:7@x:2026-12-04"]
- venue: [The Hall, Hall Tavern]
  in: Chicago, IL
- forget: seatgeek-9
"""
    assert parse_show_decisions(text) == ShowDecisions(
        joined=((ONE, OTHER),),
        parted=(ListingPair(ONE, THIRD),),
        venues=(VenueNames(("The Hall", "Hall Tavern"), "Chicago", "IL"),),
        forgotten=frozenset({("seatgeek", "9")}),
    )


def test_an_entry_of_three_listings_decides_each_two_of_them():
    joined = parse_show_decisions("- join: [ticketmaster-1, seatgeek-2, seatgeek-3]")
    assert joined.joined == ((("ticketmaster", "1"), ("seatgeek", "2"), ("seatgeek", "3")),)
    assert joined.decides(("seatgeek", "3"), ("ticketmaster", "1"))
    parted = parse_show_decisions("- part: [ticketmaster-1, seatgeek-2, seatgeek-3]")
    assert len(parted.parted) == 3
    assert parted.decides(("seatgeek", "3"), ("seatgeek", "2"))
    assert not parted.decides(("seatgeek", "3"), ("seatgeek", "4"))


def test_what_is_added_is_read_back_and_comments_stay(tmp_path):
    file = ShowDecisionsFile(tmp_path / "shows.yaml")
    file.path.write_text("# ours", "utf-8")
    file.add(join_entry("ticketmaster-G5v-1", "seatgeek-012", "same: night"))
    file.add(part_entry("ticketmaster-G5v-1", "feeds-hall:7@x:2026-12-04"))
    file.add(venue_entry(["The Hall", "Hall Tavern"], "Chicago", "IL"))
    file.add(forget_entry("seatgeek-9"))
    said = file.read()
    assert (said.joined, said.parted) == (((ONE, OTHER),), (ListingPair(ONE, THIRD),))
    assert said.venues[0].state == "IL"
    assert said.forgotten == {("seatgeek", "9")}
    assert file.path.read_text("utf-8").startswith("# ours\n")


def test_an_entry_that_contradicts_another_is_not_written(tmp_path):
    file = ShowDecisionsFile(tmp_path / "shows.yaml")
    file.add(join_entry("ticketmaster-1", "seatgeek-2"))
    with pytest.raises(ShowDecisionsError, match="both joined and parted"):
        file.add(part_entry("seatgeek-2", "ticketmaster-1"))
    assert not file.read().parted


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("join: [a, b]", "line 1: must be a list"),
        ("- join", "line 1: each entry has one of"),
        ("- join: [ticketmaster-1]", "name at least two"),
        ("- join: ticketmaster-1", "name at least two"),
        ("- join: [ticketmaster-1, songkick-2]", "'songkick-2' is no listing"),
        ("- join: [ticketmaster-1, seatgeek-2]\n  part: [a, b]", "has one of"),
        ("# x\n- joins: [ticketmaster-1, seatgeek-2]", "line 2: each entry has one of"),
        ("- venue: [The Hall, Hall]\n  in: Chicago", "where it is"),
        ("- venue: The Hall\n  in: Chicago, IL", "two names"),
        ("- forget: [", "not valid YAML"),
        ("- forget: \x07", "does not allow"),
        ("- forget:", "is no listing"),
        ("- venue: [A, [B]]\n  in: Chicago, IL", "line 1: a venue needs two names"),
        ("- join: [seatgeek-1, [seatgeek-2]]", "line 1: a list in the list is no listing"),
        ("- forget: seatgeek-1\n- join: " + "[" * 5000, "line 2: a list within lists"),
        ("- note:\n    " + "- " * 20 + "x", "line 2: a list within lists"),
        ("- forget: seatgeek-1\n  forget: seatgeek-2", "line 2: a second 'forget'"),
        ("- join: &all [seatgeek-1, *all]", "line 1: not valid YAML"),
        ("- ? [join]\n  : [seatgeek-1, seatgeek-2]", "line 1: not valid YAML"),
        (
            "- part: [seatgeek-1, seatgeek-2]\n\n- join: [seatgeek-2, seatgeek-1]",
            "line 1: .*both joined and parted: joined in line 3",
        ),
        (
            "- join: [feeds-1, feeds-2]\n- join: [feeds-3, feeds-2]\n- part: [feeds-1, feeds-3]",
            "line 3: .*joined in line 1 and 2",
        ),
    ],
)
def test_a_mistake_is_told_with_its_line(text, told):
    with pytest.raises(ShowDecisionsError, match=told):
        parse_show_decisions(text)


def test_a_listing_is_its_source_and_its_id():
    assert parse_listing(" feeds-hall:7 ") == ("feeds", "hall:7")
    assert parse_listing("seatgeek") is None
