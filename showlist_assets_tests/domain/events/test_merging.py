"""Which listings are one show: the rule's sentences, with invented acts and houses."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from showlist_assets.domain.events.listing_groups import ListingDecision
from showlist_assets.domain.events.merging import Merged, merge_listings
from showlist_assets.domain.events.venue_names import VenueAlias, VenueAliases
from showlist_assets_tests.domain.events.listings import (
    DAY,
    are_one,
    listing,
    merged,
    raw,
    shows,
)

GEEK: dict[str, Any] = {"source": "seatgeek"}


def feed(name: str) -> dict[str, Any]:
    return {"source": "feeds", "platform": name}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Paper Lantern", "Paper Lantern"),
        ("Paper Lantern", "PAPER LANTERN - Long Way Down Tour 2026"),
        ("Paper Lantern", "Paper Lantern with Salt Ferry & The Low Tide"),
        ("Salt Ferry, Paper Lantern", "Harbour Concerts Presents: Paper Lantern"),
        ("The Paper Lanterns", "An Evening With Paper Lanterns (21+)"),
        ("Paper Lantern *SOLD OUT*", "Paper Lantern live at Lantern Hall!"),
        ("Paper Lantern + Salt Ferry", "Salt Ferry / Paper Lantern"),
        ("Algemon Wicketts", "Algernon Wickets"),
        ("Songs of the Deep Harbour", "Songs of the Deep Harbor"),
        ("99", "99"),
        ("OPEN MIC", "Open Mic (21+)"),
    ],
)
def test_one_act_at_one_house_is_one_show_whatever_support_and_tour_are_printed(
    one: str, other: str
):
    assert are_one(listing("1", one), listing("2", other, **GEEK))


def test_an_act_of_the_bill_that_the_other_title_names_is_enough():
    harvest = listing("1", "Harvest Ball", acts=["Paper Lantern", "Salt Ferry"])
    assert are_one(harvest, listing("2", "Salt Ferry", **GEEK))


def test_other_acts_at_the_same_house_and_start_are_another_show_that_a_person_may_look_at():
    result = merged(listing("1", "Paper Lantern"), listing("2", "Salt Ferry", **GEEK))
    assert shows(result) == {frozenset("1"), frozenset("2")}
    assert result.doubtful.select("one_event_id", "other_event_id", "merged").rows() == [
        ("2", "1", False)
    ]


@pytest.mark.parametrize(
    "alias",
    [
        "The Lantern",
        "Lantern Hall - NY",
        "Lantern Theatre",
        "Lantern Hall (Albany)",
        "Lantern-Hall",
        "Lanternhall",
        "Old Mill Lantern Hall",
    ],
)
def test_a_house_goes_by_many_names(alias: str):
    assert are_one(
        listing("1", "Paper Lantern", acts=["Paper Lantern"]),
        listing("2", "Paper Lantern", venue_name=alias, **GEEK),
    )


def test_a_room_of_the_house_needs_the_act_or_the_same_start():
    room = {"venue_name": "Velour Loft", **GEEK}
    songs = listing("1", "Songs of the Harbour", venue_name="Velour")
    act = merged(
        listing("1", "Paper Lantern", venue_name="Velour"),
        listing("2", "Paper Lantern", "21:30", **room),
    )
    assert shows(act) == {frozenset("12")}
    assert not act.listings["is_sure"].all()
    assert are_one(songs, listing("2", "Songs of the Harbor", **room))
    assert not are_one(songs, listing("2", "Songs of the Harbor", "21:30", **room))


def test_two_rooms_with_other_acts_are_two_shows():
    assert not are_one(
        listing("1", "Paper Lantern", venue_name="Velour Upstairs"),
        listing("2", "Salt Ferry", venue_name="Velour Downstairs", **GEEK),
    )


def test_a_venue_of_the_same_name_in_another_city_is_another_venue():
    here = {"latitude": 42.65, "longitude": -73.75}
    far = {"venue_city": "Buffalo", "latitude": 42.88, "longitude": -78.88, **GEEK}
    assert not are_one(listing("1", "Paper Lantern", **here), listing("2", "Paper Lantern", **far))
    # As far as anybody knows it is a chain's.
    assert not are_one(
        listing("1", "Paper Lantern"), listing("2", "Paper Lantern", venue_city="Buffalo", **GEEK)
    )
    near = {"venue_city": "Colonie", "latitude": 42.7, "longitude": -73.8, **GEEK}
    result = merged(listing("1", "Paper Lantern", **here), listing("2", "Paper Lantern", **near))
    assert shows(result) == {frozenset("12")}
    assert not result.listings["is_sure"].all()


def test_a_series_that_both_sources_have_in_two_cities_is_a_show_in_each():
    cities = {"Albany": (42.65, -73.75), "Colonie": (42.7, -73.8)}
    result = merged(
        *(
            listing(
                f"{city} {source}",
                "Gospel Feast",
                venue_city=city,
                latitude=at[0],
                longitude=at[1],
                source=source,
            )
            for city, at in cities.items()
            for source in ("seatgeek", "ticketmaster")
        )
    )
    assert len(shows(result)) == 2


def test_a_suburb_or_a_misspelt_city_is_the_same_city():
    for city in ("Albnay", "Albany Park", None):
        assert are_one(
            listing("1", "Paper Lantern"), listing("2", "Paper Lantern", venue_city=city, **GEEK)
        )


def test_two_nights_are_two_shows():
    assert not are_one(
        listing("1", "Paper Lantern"),
        listing("2", "Paper Lantern", local_date=DAY + timedelta(days=1), **GEEK),
    )


def test_two_states_are_never_one_show():
    assert not are_one(
        listing("1", "Paper Lantern"), listing("2", "Paper Lantern", state="VT", **GEEK)
    )


def test_one_source_lists_early_and_late_as_two_shows():
    assert not are_one(
        listing("1", "Paper Lantern", "19:00"), listing("2", "Paper Lantern", "21:30")
    )
    assert not are_one(
        listing("1", "Paper Lantern (Early Show)", None),
        listing("2", "Paper Lantern (Late Show)", None, **GEEK),
    )


def test_one_row_of_another_source_goes_to_the_nearer_session():
    result = merged(
        listing("early", "Paper Lantern", "18:30"),
        listing("late", "Paper Lantern", "21:30"),
        listing("told once", "Paper Lantern", "19:00", **GEEK),
    )
    assert shows(result) == {frozenset(("early", "told once")), frozenset(("late",))}


def test_two_sources_with_two_sessions_each_are_told_one_to_one():
    result = merged(
        listing("e1", "Paper Lantern", "19:00"),
        listing("l1", "Paper Lantern", "22:00"),
        listing("e2", "Paper Lantern", "20:00", **GEEK),
        listing("l2", "Paper Lantern", "22:30", **GEEK),
    )
    assert shows(result) == {frozenset(("e1", "e2")), frozenset(("l1", "l2"))}


@pytest.mark.parametrize(
    ("start", "is_one", "is_sure"),
    [("18:30", True, True), ("18:00", True, False), ("17:30", False, True)],
)
def test_sources_may_print_doors_or_show_and_what_lies_further_is_another_session(
    start: str, is_one: bool, is_sure: bool
):
    result = merged(
        listing("1", "Paper Lantern", start), listing("2", "Paper Lantern", "20:00", **GEEK)
    )
    assert (shows(result) == {frozenset("12")}) == is_one
    assert result.listings["is_sure"].all() == is_sure
    # Whatever was decided, a person may look at what is not sure.
    assert (result.doubtful.height == 1) == (start != "18:30")


def test_a_pass_for_several_days_is_no_day_of_it():
    for title in (
        "Paper Lantern - 2 Day Pass",
        "3-DAY TICKET: Paper Lantern",
        "Lantern Weekend Pass",
    ):
        assert not are_one(
            listing("1", "Paper Lantern"), listing("2", title, acts=["Paper Lantern"], **GEEK)
        )
    assert are_one(listing("1", "Vampire Weekend"), listing("2", "Vampire Weekend Tickets", **GEEK))


def test_a_day_of_a_festival_is_not_the_whole_of_it():
    whole = listing("1", "Lantern Fest", last_date=DAY + timedelta(days=2))
    assert not are_one(whole, listing("2", "Lantern Fest - Friday", **GEEK))
    same = listing("2", "Lantern Fest", last_date=DAY + timedelta(days=2), **GEEK)
    assert merged(whole, same).listings["is_sure"].all()
    one_day = merged(whole, listing("2", "Lantern Fest", **GEEK))
    assert shows(one_day) == {frozenset("12")}
    assert not one_day.listings["is_sure"].all()


@pytest.mark.parametrize(
    ("title", "at"),
    [
        ("Club Level Seating: Paper Lantern", "20:00"),
        ("Paper Lantern Ticket + Hotel Deals", "20:00"),
        ("Paper Lantern - Suite Reservation", "19:30"),
        ("Paper Lantern Livestream from Lantern Hall", "20:00"),
        ("EARLY ENTRY Paper Lantern", "17:30"),
        ("Paper Lantern Post Show Meet & Greet Upgrade - Event Ticket Required", "22:30"),
    ],
)
def test_what_is_sold_beside_the_tickets_is_the_same_show(title: str, at: str):
    assert are_one(
        listing("1", "Paper Lantern: The Tour", acts=["Paper Lantern"]), listing("2", title, at)
    )


def test_two_offers_of_two_shows_do_not_meet_in_the_name_of_the_offer():
    package = "Big Promoter - Meet and Greet Package"
    assert not are_one(
        listing("1", "Paper Lantern Meet & Greet", acts=["Paper Lantern", package]),
        listing("2", "Salt Ferry Meet & Greet", acts=["Salt Ferry", package]),
    )


def test_a_promoter_who_presents_two_shows_does_not_make_them_one():
    assert not are_one(
        listing("1", "Harbour Concerts Presents: Paper Lantern"),
        listing("2", "Harbour Concerts Presents: Salt Ferry", **GEEK),
    )
    assert are_one(
        listing("1", "Paper Lantern Presents The Long Way Down"),
        listing("2", "Paper Lantern", **GEEK),
    )


def test_a_resale_twin_lies_in_the_middle_of_the_city_and_is_the_same_show():
    twin = {"platform": "resale", "is_resale": True, "venue_id": "Z9", "venue_name": "Lantern - NY"}
    result = merged(
        listing("1", "Paper Lantern", "19:00", venue_id="K1", latitude=42.65, longitude=-73.75),
        listing("2", "Paper Lantern", "20:00", latitude=43.5, longitude=-74.5, **twin),
    )
    assert shows(result) == {frozenset("12")}


def test_one_record_of_a_house_has_one_clock_and_a_second_record_may_print_doors():
    one = listing("1", "Paper Lantern", "19:00", venue_id="K1")
    other = {"platform": "ticketweb", "source": "ticketmaster"}
    assert not are_one(one, listing("2", "Paper Lantern", "20:00", venue_id="K1", **other))
    assert are_one(one, listing("2", "Paper Lantern", "20:00", venue_id="K2", **other))


def test_a_shop_that_lists_one_show_twice_is_told_once():
    assert are_one(
        listing("1", "NIGHT MARKET RAVE"), listing("2", "Night Market Rave", platform="resale")
    )


def test_a_moved_show_is_listed_at_both_houses():
    result = merged(
        listing("1", "Paper Lantern - MOVED TO THE OLD MILL", venue_name="Lantern Hall"),
        listing("2", "Paper Lantern", venue_name="Old Mill"),
    )
    assert shows(result) == {frozenset("12")}
    assert result.listings["is_sure"].all()
    assert "says that it moved" in " ".join(result.listings["why"])
    for notice in ("MOVED TO THE OLD MILL: ", "Show Moved To Old Mill - "):
        moved = listing("1", f"{notice}Paper Lantern", venue_name="Lantern Hall")
        tribute = listing("2", "Paper Lantern: A Tribute", venue_name="Old Mill")
        assert are_one(moved, listing("2", "Paper Lantern with Salt Ferry", venue_name="Old Mill"))
        assert are_one(moved, tribute)
    # Without a word of it one source knows two shows of an act that plays twice.
    assert not are_one(
        listing("1", "Paper Lantern", "18:00"), listing("2", "Paper Lantern", venue_name="Old Mill")
    )


def test_a_listing_that_does_not_name_its_house_is_of_the_one_where_the_act_plays():
    nowhere = listing("2", "Paper Lantern", venue_name="Venue to be announced", **GEEK)
    assert are_one(listing("1", "Paper Lantern"), nowhere)
    assert not are_one(listing("1", "Salt Ferry"), nowhere)


def test_houses_with_addresses_of_their_own_on_one_point_lie_in_the_middle_of_their_city():
    def at(venue: str, address: str | None) -> dict[str, Any]:
        point = {"latitude": 36.17, "longitude": -115.14}
        return {"venue_name": venue, "venue_address": address, **point}

    one = listing("1", "Songs of the Deep Harbour", **at("Copa Room", "255 E. Flamingo Rd"))
    title = "Songs of the Deep Harbor"
    elsewhere = listing("2", title, **at("Thunderland", "3850 S Boulevard"), **GEEK)
    assert not are_one(one, elsewhere)
    assert are_one(one, listing("2", title, **at("Thunderland", None), **GEEK))


def test_a_part_of_the_citys_name_is_no_act():
    vegas = {"venue_city": "Las Vegas", "venue_name": "Copa Room"}
    assert not are_one(
        listing("1", "Paper Lantern (Vegas)", **vegas),
        listing("2", "Salt Ferry (Vegas)", **vegas, **GEEK),
    )
    assert are_one(listing("1", "Vegas", **vegas), listing("2", "Vegas", **vegas, **GEEK))


def test_a_promoters_calendar_names_its_own_house_and_the_merge_is_doubtful():
    result = merged(
        listing("1", "Paper Lantern", venue_name="Velour"),
        listing("2", "Paper Lantern", venue_name="Old Mill", **feed("velour-calendar")),
    )
    assert shows(result) == {frozenset("12")}
    assert result.listings.filter(~pl.col("is_sure"))["event_id"].to_list() == ["2"]
    (row,) = result.doubtful.iter_rows(named=True)
    assert row["merged"]
    assert "another venue" in row["why"]


def test_a_source_with_the_act_at_two_houses_of_a_day_knows_two_shows():
    result = merged(
        listing("shop", "Paper Lantern", "17:30", venue_name="Tape Shop"),
        listing("club", "Paper Lantern", "20:30", venue_name="Velour"),
        listing("told", "Paper Lantern", "20:30", venue_name="Velour", **GEEK),
    )
    assert shows(result) == {frozenset(("shop",)), frozenset(("club", "told"))}


def test_a_support_act_alone_joins_no_shows_at_two_houses():
    assert not are_one(
        listing("1", "Paper Lantern", acts=["Paper Lantern", "Salt Ferry"], venue_name="Velour"),
        listing("2", "Low Tide", acts=["Low Tide", "Salt Ferry"], venue_name="Old Mill", **GEEK),
    )


def test_a_name_at_three_houses_of_a_day_is_a_festival_or_a_series():
    result = merged(
        listing("1", "Laugh Harvest", acts=["Laugh Harvest"], venue_name="Velour"),
        listing("2", "Laugh Harvest", acts=["Laugh Harvest"], venue_name="Old Mill", **GEEK),
        listing("3", "Laugh Harvest", acts=["Laugh Harvest"], venue_name="Dome", **feed("a")),
    )
    assert len(shows(result)) == 3


def test_an_afterparty_is_a_show_of_its_own():
    assert not are_one(
        listing("1", "Paper Lantern", "20:00"),
        listing("2", "Paper Lantern Afterparty", "23:00", **GEEK),
    )


def test_two_feeds_are_two_sources():
    assert are_one(
        listing("1", "Paper Lantern", "19:00", **feed("velour")),
        listing("2", "Paper Lantern", "21:00", **feed("city-list")),
    )
    assert not are_one(
        listing("1", "Paper Lantern", "19:00", **feed("velour")),
        listing("2", "Paper Lantern", "21:00", **feed("velour")),
    )


def test_without_a_date_only_one_address_makes_one_show():
    page = {"local_date": None, "ticket_url": "https://www.tickets.example/paper-lantern?utm=1"}
    known = listing("1", "Paper Lantern", ticket_url="https://tickets.example/paper-lantern/")
    assert are_one(known, listing("2", "Paper Lantern", None, **page, **GEEK))
    assert not are_one(known, listing("2", "Paper Lantern", None, local_date=None, **GEEK))


def test_a_listing_without_a_date_does_not_make_two_nights_one():
    page = "https://tickets.example/paper-lantern"
    result = merged(
        listing("1", "Paper Lantern", ticket_url=page),
        listing("2", "Paper Lantern", ticket_url=page, local_date=DAY + timedelta(days=1)),
        listing("3", "Paper Lantern", None, ticket_url=page, local_date=None, **GEEK),
    )
    assert len(shows(result)) == 2


def test_an_alias_of_the_operator_makes_two_names_one_house():
    one = listing("1", "Songs of the Harbour", venue_name="Velour")
    other = listing("2", "Songs of the Harbor", venue_name="Room 9", **GEEK)
    known = VenueAliases((VenueAlias("NY", "Albany", "The Velour", "Room 9"),))
    elsewhere = VenueAliases((VenueAlias("NY", "Buffalo", "The Velour", "Room 9"),))
    assert not are_one(one, other)
    assert are_one(one, other, aliases=known)
    assert not are_one(one, other, aliases=elsewhere)


def decision(one: str, other: str, *, are_one: bool) -> ListingDecision:
    return ListingDecision(("ticketmaster", one), ("ticketmaster", other), are_one)


def test_what_an_operator_joins_is_one_show_even_of_two_days():
    moved = listing("2", "Salt Ferry", local_date=date(2027, 1, 9))
    result = merged(
        listing("1", "Paper Lantern"), moved, decided=[decision("1", "2", are_one=True)]
    )
    assert shows(result) == {frozenset("12")}
    assert result.listings["is_sure"].all()
    assert result.listings["why"].to_list()[1] == "joined by hand with ticketmaster 1"


def test_listings_of_joined_ones_follow_them():
    later = date(2027, 1, 9)
    result = merged(
        listing("1", "Paper Lantern"),
        listing("2", "Paper Lantern", local_date=later),
        listing("3", "Paper Lantern", **GEEK),
        listing("4", "Paper Lantern", local_date=later, **GEEK),
        decided=[decision("1", "2", are_one=True)],
    )
    assert shows(result) == {frozenset("1234")}


def test_what_an_operator_parts_is_not_joined_through_a_third():
    result = merged(
        listing("1", "Paper Lantern"),
        listing("2", "Paper Lantern", platform="resale"),
        listing("3", "Paper Lantern", **GEEK),
        decided=[decision("1", "2", are_one=False)],
    )
    groups = {next(iter(show & {"1", "2"})) for show in shows(result)}
    assert groups == {"1", "2"}
    assert result.doubtful.is_empty()


def test_of_contradicting_decisions_the_one_to_part_wins():
    both = [decision("1", "2", are_one=True), decision("2", "1", are_one=False)]
    assert not are_one(listing("1", "Paper Lantern"), listing("2", "Paper Lantern"), decided=both)


def test_every_listing_says_why_it_is_the_show():
    result = merged(
        listing("Z1", "Paper Lantern"),
        listing("77", "Paper Lantern", **GEEK),
        listing("Z2", "Salt Ferry", venue_name="Velour"),
    )
    assert dict(result.listings.select("event_id", "why").rows()) == {
        "77": "the preferred listing of this show",
        "Z1": "the same venue, act and start as seatgeek 77",
        "Z2": "no other listing is this show",
    }
    turned = merge_listings(
        raw(listing("Z1", "Paper Lantern"), listing("77", "Paper Lantern", **GEEK)),
        preferred=("ticketmaster", "seatgeek"),
    )
    assert turned.listings["why"].to_list() == [
        "the same venue, act and start as ticketmaster Z1",
        "the preferred listing of this show",
    ]


def test_no_listings_are_no_shows():
    result = merge_listings(raw())
    assert result.listings.is_empty()
    assert result.doubtful.is_empty()


# What holds of any listings. Few words, so that much meets by chance.
_ACTS = ("Paper Lantern", "Salt Ferry", "Low Tide")
_TITLES = (
    "{}",
    "{} - The Tour",
    "{} with Low Tide",
    "{} 2 Day Pass",
    "Sea presents {}",
    "{} (Late)",
)
_HOUSES = ("Velour", "Velour Loft", "The Velour - NY", "Old Mill")


@st.composite
def _listings(draw: st.DrawFn) -> list[dict[str, Any]]:
    def one(index: int) -> dict[str, Any]:
        act = draw(st.sampled_from(_ACTS))
        source = draw(st.sampled_from(("seatgeek", "ticketmaster", "feeds")))
        return listing(
            str(index),
            draw(st.sampled_from(_TITLES)).format(act),
            draw(st.sampled_from((None, "18:00", "19:00", "20:00", "22:30"))),
            acts=draw(st.sampled_from(((), (act,)))),
            source=source,
            platform=draw(st.sampled_from(("a", "b"))),
            venue_name=draw(st.sampled_from(_HOUSES)),
            venue_city=draw(st.sampled_from(("Albany", "Troy", None))),
            local_date=draw(st.sampled_from((None, DAY, DAY + timedelta(days=1)))),
            ticket_url=draw(st.sampled_from((None, "https://tickets.example/a"))),
        )

    return [one(index) for index in range(draw(st.integers(1, 7)))]


def _decisions(rows: list[dict[str, Any]]) -> st.SearchStrategy[list[ListingDecision]]:
    keys = st.sampled_from([(row["source"], row["event_id"]) for row in rows])
    one = st.builds(ListingDecision, keys, keys, st.booleans())
    return st.lists(one.filter(lambda decided: decided.one != decided.other), max_size=3)


def _same(one: Merged, other: Merged) -> bool:
    return one.listings.equals(other.listings) and one.doubtful.equals(other.doubtful)


@given(st.data())
def test_the_order_of_rows_is_irrelevant_and_each_listing_is_in_one_show(data: st.DataObject):
    rows = data.draw(_listings())
    decided = data.draw(_decisions(rows)) if len(rows) > 1 else []
    result = merged(*rows, decided=decided)
    assert _same(result, merged(*data.draw(st.permutations(rows)), decided=decided))
    assert sorted(result.listings["event_id"]) == sorted(row["event_id"] for row in rows)
    days = result.listings.join(raw(*rows), on=["source", "event_id"])
    if not any(one.are_one for one in decided):
        per_show = days.group_by("group").agg(pl.col("local_date").drop_nulls().n_unique())
        assert per_show["local_date"].max() <= 1


@given(st.data())
def test_decisions_win(data: st.DataObject):
    rows = data.draw(_listings())
    decided = data.draw(_decisions(rows)) if len(rows) > 1 else []
    groups = {
        (row["source"], row["event_id"]): row["group"]
        for row in merged(*rows, decided=decided).listings.iter_rows(named=True)
    }
    parted = [one for one in decided if not one.are_one]
    assert all(groups[one.one] != groups[one.other] for one in parted)
    if not parted:
        assert all(groups[one.one] == groups[one.other] for one in decided)


@given(_listings())
def test_a_stranger_changes_no_show_and_merging_again_changes_nothing(rows: list[dict[str, Any]]):
    stranger = listing("stranger", "Quiet Engine", "13:15", venue_name="Dome", venue_city="Utica")
    alone = shows(merged(*rows))
    assert shows(merged(*rows, stranger)) == alone | {frozenset(("stranger",))}
    assert all(shows(merged(*_of(rows, show))) == {show} for show in alone)


def _of(rows: list[dict[str, Any]], show: frozenset[str]) -> list[dict[str, Any]]:
    return [row for row in rows if row["event_id"] in show]
