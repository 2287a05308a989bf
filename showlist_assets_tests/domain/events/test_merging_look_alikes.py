"""Listings that look alike and are two shows, and what bounds the comparing of a full house."""

from __future__ import annotations

from time import process_time
from typing import Any

import pytest

from showlist_assets_tests.domain.events.listings import are_one, listing, merged, shows

GEEK: dict[str, Any] = {"source": "seatgeek"}
ONE_SOURCE: dict[str, Any] = {}
SOURCES = pytest.mark.parametrize("second", [ONE_SOURCE, GEEK], ids=["one source", "two"])
BILLS = pytest.mark.parametrize("is_billed", [False, True], ids=["no bill", "billed"])


def _listing(
    event_id: str, title: str, at: str | None = "20:00", *, is_billed: bool, **columns: Any
) -> dict[str, Any]:
    acts = title.split(" w/ ") if is_billed else ()
    return listing(event_id, title, at, acts=acts, **columns)


@SOURCES
@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Boiler Room - Upstairs", "Boiler Room - Downstairs"),
        ("Velour Main Stage", "Velour Side Stage"),
        ("Velour Front Room", "Velour Back Room"),
        ("Velour Inside", "Velour Outside"),
        ("Velour, Studio A", "Velour, Studio B"),
        ("Velour (Room 1)", "Velour (Room 2)"),
    ],
)
def test_opposite_rooms_are_other_houses(one: str, other: str, second: dict[str, Any]):
    owl = listing("1", "Tin Owl w/ DJ Fox", acts=["Tin Owl", "DJ Fox"], venue_name=one)
    lark = listing("2", "Mud Lark w/ DJ Fox", acts=["Mud Lark", "DJ Fox"], venue_name=other)
    assert not are_one(owl, lark | second)
    # The same act: one list means two shows by it, and of two lists one may be wrong.
    same = merged(owl, owl | {"event_id": "2", "venue_name": other} | second)
    assert (len(shows(same)) == 1) == (second == GEEK)
    assert len(shows(same)) == 2 or not same.listings["is_sure"].all()


def test_a_room_and_its_house_are_one_house():
    assert are_one(
        listing("1", "Tin Owl", acts=["Tin Owl"], venue_name="Velour"),
        listing("2", "Tin Owl", acts=["Tin Owl"], venue_name="Velour - Upstairs", **GEEK),
    )


@SOURCES
@BILLS
@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Act 0001 Owlish", "Act 0002 Owlish"),
        ("Owlish Nights Vol. 1", "Owlish Nights Vol. 2"),
        ("Owlish Nights, Pt. II", "Owlish Nights, Pt. III"),
        ("Owls 1998", "Owls 1999"),
        ("Owlish Jam #12", "Owlish Jam #13"),
    ],
)
def test_a_number_is_a_word_and_no_slip(
    one: str, other: str, is_billed: bool, second: dict[str, Any]
):
    here = _listing("1", one, is_billed=is_billed)
    assert not are_one(here, _listing("2", other, is_billed=is_billed, **second))


@BILLS
@pytest.mark.parametrize(
    ("one", "other"), [("Tin Owls", "Tin Howls"), ("Algernon Wickets", "Algemon Wicketts")]
)
def test_a_slip_is_one_of_two_sources_and_a_person_may_look(one: str, other: str, is_billed: bool):
    here = _listing("1", one, is_billed=is_billed)
    assert not are_one(here, _listing("2", other, is_billed=is_billed))
    told = merged(here, _listing("2", other, is_billed=is_billed, **GEEK))
    assert len(shows(told)) == 1
    assert not told.listings["is_sure"].all()


def test_titles_nearly_alike_join_no_bills_of_other_acts():
    here = listing("1", "Songs of the Deep Harbour", acts=["Tin Owl"])
    assert not are_one(here, listing("2", "Songs of the Deep Harbor", acts=["Mud Lark"], **GEEK))
    assert are_one(here, listing("2", "Songs of the Deep Harbor", **GEEK))


@SOURCES
@BILLS
@pytest.mark.parametrize(
    ("one", "other", "starts"),
    [
        ("Tin Owl 7:30 Set", "Tin Owl 9:30 Set", ("20:00", "20:00")),
        ("Tin Owl - 1st Set", "Tin Owl - 2nd Set", ("20:00", "20:45")),
        ("Tin Owl, First Show", "Tin Owl, Second Show", (None, None)),
        ("Tin Owl (7pm show)", "Tin Owl (9pm show)", (None, None)),
        ("Tin Owl (Set 1)", "Tin Owl (Set 2)", ("20:00", "20:00")),
        ("Tin Owl", "Tin Owl for Kids", ("20:00", "18:00")),
        ("Tin Owl", "Tin Owl (DJ Set)", ("20:00", "22:00")),
        ("Tin Owl", "A Tribute to Tin Owl", ("20:00", "21:00")),
        ("Tin Owl", "The Music of Tin Owl: A Tribute", ("20:00", "22:00")),
        ("Tin Owl w/ DJ Fox", "Mud Lark w/ DJ Fox", ("20:00", "20:00")),
        ("Tin Owl w/ DJ Fox", "Mud Lark w/ DJ Fox", ("20:00", "22:00")),
    ],
)
def test_titles_that_tell_two_shows_apart_are_believed(
    one: str,
    other: str,
    starts: tuple[str | None, str | None],
    is_billed: bool,
    second: dict[str, Any],
):
    here = _listing("1", one, starts[0], is_billed=is_billed)
    assert not are_one(here, _listing("2", other, starts[1], is_billed=is_billed, **second))


@pytest.mark.parametrize(
    ("one", "other", "is_sure"),
    [
        ("Tin Owl (7pm show)", "Tin Owl (7:30pm show)", True),
        ("Tin Owl - 1st Set", "Tin Owl", True),
        ("Tin Owl (DJ Set)", "Tin Owl", False),
        ("Tin Owl for Kids", "Tin Owl", False),
        ("A Tribute to Tin Owl", "Tin Owl", False),
        ("Tin Howl: A Tribute to Tin Owl", "Tin Howl", True),
        ("Tin Owl w/ DJ Fox", "DJ Fox", True),
        ("Tin Owl w/ DJ Fox", "DJ Fox w/ Tin Owl", True),
    ],
)
def test_what_two_sources_say_of_one_start_is_one_show(one: str, other: str, is_sure: bool):
    told = merged(listing("1", one), listing("2", other, **GEEK))
    assert len(shows(told)) == 1
    assert told.listings["is_sure"].all() == is_sure


_FULL = 1_500


@SOURCES
@pytest.mark.parametrize(
    ("title", "count"), [("Act {:04} Owlish", _FULL), ("Paper Lantern", 1)], ids=["other", "same"]
)
def test_a_house_with_a_thousand_listings_of_a_day_is_compared_in_bounded_time(
    title: str, count: int, second: dict[str, Any]
):
    listings = [
        _listing(str(n), title.format(n), is_billed=True) | (second if n % 2 else {})
        for n in range(_FULL)
    ]
    began = process_time()
    told = merged(*listings)
    assert process_time() - began < 6
    assert len(shows(told)) == count


def test_in_a_house_with_a_thousand_listings_two_sources_still_meet():
    def of(source: str) -> list[dict[str, Any]]:
        # Each name twice, and no name near another one of its words.
        return [
            listing(
                f"{source} {n}", f"Owl{n} Lark{n * 7}", source=source, acts=[f"Owl{n} Lark{n * 7}"]
            )
            for n in range(400)
        ]

    assert len(shows(merged(*of("seatgeek"), *of("ticketmaster")))) == 400
