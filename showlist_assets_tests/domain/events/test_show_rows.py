"""One row for each show, each column from the listing that knows best."""

from __future__ import annotations

from datetime import date, timedelta

import dataframely as dy
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from showlist_assets.domain.events.show_rows import show_rows
from showlist_assets.domain.tables.columns import of_several_states
from showlist_assets.domain.tables.shows import Shows
from showlist_assets_tests.clock import NOW
from showlist_assets_tests.domain.events.bills import performer
from showlist_assets_tests.domain.events.listed import (
    DAY,
    PREFERRED,
    at,
    grouped,
    listing,
    one_show,
    shows_of,
)
from showlist_assets_tests.rows import frame


def _names(show) -> list[str]:
    return [one["name"] for one in show["performers"]]


def test_a_show_of_one_listing_is_told_as_that_listing_tells_it():
    alone = listing(
        "seatgeek-7", "Tin Owl", is_resale=True, lowest_price=0.0, highest_price=40.0,
        latitude=42.6, longitude=-73.7, ticket_url="https://tickets.example/7",
        title="Tin Owl: Suite Seating", status="postponed", announced_at=NOW - timedelta(days=3),
    )  # fmt: skip
    raw_events = frame("raw_events", alone)
    show = shows_of(alone)
    shared = [name for name in Shows.columns() if name in raw_events.columns]
    assert show.select(shared).equals(raw_events.select(shared))
    assert show["show_id"].to_list() == ["seatgeek-7"]
    told = show["listings"][0][0]
    assert (told["event_id"], told["seen_at"], told["is_sure"]) == ("7", NOW, True)


def test_the_preferred_source_tells_and_others_fill_what_it_leaves_open():
    show = one_show(
        listing("seatgeek-b", title="Tin Owl at the Room", event_score=0.7, venue_capacity=500),
        listing("ticketmaster-a", title="Tin Owl", announced_at=NOW, fetched_at=NOW),
        listing("feeds-c", announced_at=NOW - timedelta(days=9),
                fetched_at=NOW + timedelta(hours=1)),
    )  # fmt: skip
    assert (show["title"], show["source"]) == ("Tin Owl", "ticketmaster")
    assert (show["event_score"], show["venue_capacity"]) == (0.7, 500)
    assert show["announced_at"] == NOW - timedelta(days=9)
    assert show["fetched_at"] == NOW + timedelta(hours=1)
    assert [one["source"] for one in show["listings"]] == list(PREFERRED)


def test_within_a_source_who_sells_first_tells_before_who_sells_again_and_offers_come_last():
    show = one_show(
        listing("ticketmaster-a", "Tin Owl", title="Tin Owl - VIP Package", highest_price=900.0),
        listing("ticketmaster-b", "Tin Owl", is_resale=True, title="Tin Owl Tickets"),
        listing("ticketmaster-c", "Tin Owl", title="Tin Owl", lowest_price=30.0),
        listing("seatgeek-d", "Tin Owl", title="Owl, Tin", highest_price=60.0),
    )
    assert [one["event_id"] for one in show["listings"]] == ["c", "b", "d", "a"]
    # What is sold beside a show is no price of its tickets.
    assert (show["lowest_price"], show["highest_price"]) == (30.0, 60.0)


def test_date_start_and_zone_are_those_of_one_listing_that_has_them():
    show = one_show(
        listing("ticketmaster-a", starts_at=None, starts_at_local=None, venue_timezone=None),
        listing("seatgeek-b", **at(19, 30)),
    )
    assert {name: show[name] for name in at(19)} == at(19, 30)
    assert show["venue_timezone"] == "America/New_York"


def _doors(hour: int, minute: int = 0):
    return {"doors_at_local": at(hour, minute)["starts_at_local"]}


def test_the_doors_are_those_of_the_start_that_is_told():
    told = listing("feeds-c", **_doors(18, 30))
    for others, expected in (
        ([listing("ticketmaster-a"), listing("seatgeek-b")], _doors(18, 30)),
        # The preferred one that has any.
        ([listing("ticketmaster-a", **_doors(19))], _doors(19)),
        # Who tells the start comes before who is preferred and tells another.
        ([listing("ticketmaster-a"), listing("seatgeek-b", **at(20, 30), **_doors(19, 30))],
         _doors(18, 30)),
        # Nobody is let in after the start.
        ([listing("ticketmaster-a", **at(18))], {"doors_at_local": None}),
    ):  # fmt: skip
        assert one_show(*others, told)["doors_at_local"] == expected["doors_at_local"]


def test_doors_for_whoever_pays_more_are_not_those_of_the_show():
    early = listing("ticketmaster-a", "Tin Owl", title="Tin Owl - VIP Package", **_doors(17))
    plain = listing("seatgeek-b", "Tin Owl", title="Tin Owl")
    assert one_show(early, plain)["doors_at_local"] is None


def test_doors_of_the_old_house_or_time_are_not_those_of_a_show_that_moved():
    new = listing("seatgeek-b", "Tin Owl", title="Tin Owl", status="rescheduled",
                  venue_name="Hen House", **at(21))  # fmt: skip
    for changed in (at(20), {**at(21), "venue_name": "Boiler Room"}):
        old = listing("ticketmaster-a", "Tin Owl", title="CANCELLED: Tin Owl",
                      status="cancelled", **{**changed, **_doors(19)})  # fmt: skip
        assert one_show(old, new)["doors_at_local"] is None
        told = one_show(old, {**new, **_doors(20)})
        assert told["doors_at_local"] == _doors(20)["doors_at_local"]


def test_an_end_before_the_start_of_another_listing_is_none():
    end = at(21)["starts_at"]
    late, early = listing("ticketmaster-a", **at(22)), listing("seatgeek-b", ends_at=end)
    assert one_show(late, early)["ends_at"] is None
    assert one_show(listing("ticketmaster-a"), early)["ends_at"] == end


def test_the_house_and_its_position_are_not_those_of_a_resold_ticket():
    show = one_show(
        listing("ticketmaster-a", is_resale=True, venue_name="Albany Venue", venue_address="Albany",
                latitude=42.65, longitude=-73.75),
        listing("seatgeek-b", venue_postal_code="12207", latitude=1.0),
        listing("feeds-c", venue_name="Boiler Rm", latitude=42.6, longitude=-73.7),
    )  # fmt: skip
    assert (show["venue_name"], show["venue_address"]) == ("The Boiler Room", None)
    assert show["venue_postal_code"] == "12207"
    assert (show["latitude"], show["longitude"]) == (42.6, -73.7)


def test_a_house_that_is_not_announced_is_no_house():
    show = one_show(
        listing("ticketmaster-a", venue_name="Venue to be announced"), listing("seatgeek-b")
    )
    assert show["venue_name"] == "The Boiler Room"


def test_prices_are_the_lowest_and_the_highest_and_nothing_is_no_price_beside_another():
    free = listing("ticketmaster-a", lowest_price=0.0, highest_price=25.0)
    assert one_show(free, listing("seatgeek-b", lowest_price=20.0))["lowest_price"] == 20.0
    paid = one_show(free, listing("seatgeek-b", lowest_price=45.0))
    assert (paid["lowest_price"], paid["highest_price"]) == (45.0, 45.0)
    gratis = one_show(listing("ticketmaster-a", lowest_price=0.0), listing("seatgeek-b"))
    assert (gratis["lowest_price"], gratis["highest_price"]) == (0.0, None)


def test_the_bill_is_the_preferred_one_and_behind_it_whoever_only_others_name():
    show = one_show(
        listing("seatgeek-b", "Paper Lantern", "TIN OWL", "Tin Owl w/ Paper Lantern", "Grey Hen"),
        listing("ticketmaster-a", "Tin Owl", "Mud Lark"),
    )
    assert _names(show) == ["Tin Owl", "Mud Lark", "Paper Lantern", "Grey Hen"]


def test_ids_of_an_act_are_carried_over_and_its_own_are_kept():
    known = performer("Tin Owl", spotify_artist_id="s" * 22, musicbrainz_id="mb", genres=["folk"])
    other = performer("Tin Owl", performer_id="77", spotify_artist_id="x" * 22, url="https://a")
    show = one_show(
        listing("feeds-c", performers=[known]),
        listing("seatgeek-b", performers=[other]),
        listing("ticketmaster-a", "Tin Owl"),
    )
    (act,) = show["performers"]
    assert (act["spotify_artist_id"], act["musicbrainz_id"]) == ("x" * 22, "mb")
    assert (act["performer_id"], act["url"], act["genres"]) == ("7", None, ["folk"])


@pytest.mark.parametrize(
    ("statuses", "expected"),
    [
        (("scheduled", "cancelled"), "cancelled"),
        (("cancelled", "postponed"), "cancelled"),
        (("scheduled", "postponed"), "postponed"),
        (("postponed", "rescheduled"), "rescheduled"),
        (("scheduled", "rescheduled"), "rescheduled"),
        # Neither says that it is somewhere else, so nobody should wait at a closed door.
        (("cancelled", "rescheduled"), "cancelled"),
    ],
)
def test_the_gravest_listing_tells_the_status(statuses, expected):
    for first, second in (statuses, statuses[::-1]):
        show = one_show(
            listing("ticketmaster-a", status=first), listing("seatgeek-b", status=second)
        )
        assert show["status"] == expected


def test_a_cancelled_offer_does_not_cancel_the_show():
    offer = listing("ticketmaster-a", title="Tin Owl - Meet & Greet", status="cancelled")
    assert one_show(offer, listing("ticketmaster-b", title="Tin Owl"))["status"] == "scheduled"
    assert one_show(offer)["status"] == "cancelled"


def test_of_a_cancelled_show_the_page_that_says_so_is_linked_and_else_one_that_sells():
    off = listing("ticketmaster-a", status="cancelled", ticket_url="https://off.example")
    on = listing("ticketmaster-b", ticket_url="https://on.example", is_resale=True)
    assert one_show(off, on)["ticket_url"] == "https://off.example"
    moved = {**on, "status": "rescheduled", "is_resale": False, "venue_name": "Hen House"}
    assert one_show(off, moved)["ticket_url"] == "https://on.example"


def test_a_show_that_moved_is_told_by_the_listing_of_the_new_place():
    old = listing("ticketmaster-a", title="MOVED TO THE CELLAR: Tin Owl", status="rescheduled",
                  latitude=1.0, longitude=1.0, venue_capacity=9000)  # fmt: skip
    new = listing("ticketmaster-b", title="Tin Owl", venue_name="The Cellar", venue_city="Troy")
    show = one_show(old, new)
    assert (show["title"], show["status"]) == ("Tin Owl", "rescheduled")
    assert (show["venue_name"], show["venue_city"]) == ("The Cellar", "Troy")
    assert (show["latitude"], show["longitude"], show["venue_capacity"]) == (None, None, None)
    # The shop may change the house in the listing whose title says so.
    told = one_show({**old, "venue_name": "The Cellar"}, listing("seatgeek-c", title="Tin Owl"))
    assert (told["venue_name"], told["status"]) == ("The Cellar", "rescheduled")


def test_a_cancelled_date_and_one_at_another_house_are_a_show_that_moved():
    off = listing("ticketmaster-a", title="CANCELLED: Tin Owl", status="cancelled")
    new = listing("seatgeek-b", title="Tin Owl", status="rescheduled", venue_name="Hen House",
                  **at(21))  # fmt: skip
    show = one_show(off, new)
    assert (show["status"], show["venue_name"], show["title"]) == (
        "rescheduled", "Hen House", "Tin Owl",
    )  # fmt: skip
    assert show["starts_at_local"] == at(21)["starts_at_local"]
    # A reseller that goes on under another time moves nothing.
    assert one_show(off, {**new, "is_resale": True})["status"] == "cancelled"


def test_earlier_ids_stay_and_states_do_not_share_them():
    first = shows_of(listing("seatgeek-b"), {**listing("seatgeek-b"), "state": "NJ"})
    again = shows_of(
        listing("ticketmaster-a"),
        listing("seatgeek-b"),
        {**listing("ticketmaster-a"), "state": "NJ"},
        groups=[["ticketmaster-a", "seatgeek-b"]], earlier=first,
    )  # fmt: skip
    assert again.select("state", "show_id").rows() == [
        ("NJ", "ticketmaster-a"),
        ("NY", "seatgeek-b"),
    ]


def test_no_listings_are_no_shows():
    none = frame("raw_events").clear()
    shows = show_rows(none, grouped(none), preferred=PREFERRED)
    assert shows.is_empty()
    assert shows.schema == Shows.create_empty().schema


_LISTED = st.lists(
    st.fixed_dictionaries(
        {
            "state": st.sampled_from(["NY", "NJ"]),
            "source": st.sampled_from(PREFERRED),
            "event_id": st.sampled_from(["1", "2", "1-2"]),
            "group": st.none() | st.integers(0, 3),
            "title": st.sampled_from(
                ["Tin Owl", "CANCELLED Tin Owl", "Tin Owl moved to Hen House"]
            ),
            "status": st.sampled_from(["scheduled", "cancelled", "rescheduled", "postponed"]),
            "is_resale": st.booleans(),
            "local_date": st.sampled_from([None, DAY, date(2026, 12, 5)]),
            "starts_at": st.sampled_from([None, at(20)["starts_at"]]),
            "starts_at_local": st.sampled_from([None, at(20)["starts_at_local"]]),
            "doors_at_local": st.sampled_from(
                [None, at(19)["starts_at_local"], at(21)["starts_at_local"]]
            ),
            "ends_at": st.sampled_from([None, at(20)["starts_at"], at(23)["starts_at"]]),
            "latitude": st.none() | st.just(42.0),
            "longitude": st.none() | st.just(-73.0),
            "lowest_price": st.none() | st.floats(0, 50),
            "highest_price": st.none() | st.floats(0, 90),
            "performers": st.lists(st.sampled_from(["Tin Owl", "Hen", " "]).map(performer)),
            "venue_name": st.sampled_from(["Hen House", "Boiler Room"]),
        }
    ),
    unique_by=lambda one: (one["state"], one["source"], one["event_id"]),
)


@given(_LISTED, _LISTED, st.randoms(use_true_random=False))
def test_whatever_is_listed_every_listing_is_in_one_valid_row(earlier, listed, random):
    before = _rows(earlier)
    shows = _rows(listed, before)
    of_several_states(Shows).validate(shows)
    told = shows.select("state", pl.col("listings")).explode("listings").drop_nulls()
    assert sorted((s, one["source"], one["event_id"]) for s, one in told.rows()) == sorted(
        (one["state"], one["source"], one["event_id"]) for one in listed
    )
    for show in shows.rows(named=True):
        if show["ends_at"] and show["starts_at"] and len(show["listings"]) > 1:
            assert show["ends_at"] > show["starts_at"]
        if show["doors_at_local"] and len(show["listings"]) > 1:
            assert show["doors_at_local"] <= show["starts_at_local"]
    mixed = random.sample(listed, len(listed))
    assert _rows(mixed, before.sample(fraction=1, shuffle=True, seed=1)).equals(shows)
    assert _rows(listed, shows).equals(shows)


def _rows(listed, earlier: dy.DataFrame | pl.DataFrame | None = None) -> pl.DataFrame:
    rows = [{name: value for name, value in one.items() if name != "group"} for one in listed]
    raw_events = frame("raw_events", *rows)
    groups = pl.DataFrame(
        [
            {**{name: one[name] for name in ("state", "source", "event_id", "group")},
             "why": "", "is_sure": False}
            for one in listed
            if one["group"] is not None
        ],
        schema=grouped(raw_events).schema,
    )  # fmt: skip
    return show_rows(raw_events, groups, preferred=PREFERRED, earlier=earlier)
