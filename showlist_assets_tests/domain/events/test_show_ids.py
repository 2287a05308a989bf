"""A show keeps its id while listings come and go, and no two shows have the same."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from showlist_assets.domain.events.show_ids import show_ids


def test_a_new_show_is_named_after_its_first_listing():
    assert show_ids({1: ["ticketmaster-b", "seatgeek-a"]}, {}) == {1: "ticketmaster-b"}


def test_a_show_keeps_its_id_when_listings_join_and_when_the_first_one_disappears():
    earlier = {"seatgeek-a": ["seatgeek-a"]}
    assert show_ids({1: ["ticketmaster-b", "seatgeek-a"]}, earlier) == {1: "seatgeek-a"}
    joined = {"seatgeek-a": ["ticketmaster-b", "seatgeek-a"]}
    assert show_ids({1: ["ticketmaster-b"]}, joined) == {1: "seatgeek-a"}


def test_of_two_shows_that_become_one_the_preferred_listings_stays():
    earlier = {"seatgeek-a": ["seatgeek-a"], "ticketmaster-b": ["ticketmaster-b"]}
    assert show_ids({1: ["ticketmaster-b", "seatgeek-a"]}, earlier) == {1: "ticketmaster-b"}
    assert show_ids({1: ["seatgeek-a", "ticketmaster-b"]}, earlier) == {1: "seatgeek-a"}


def test_of_two_parts_the_one_with_the_listing_that_named_the_show_keeps_its_id():
    earlier = {"seatgeek-a": ["ticketmaster-b", "ticketmaster-c", "seatgeek-a"]}
    assert show_ids({1: ["ticketmaster-b", "ticketmaster-c"], 2: ["seatgeek-a"]}, earlier) == {
        1: "ticketmaster-b",
        2: "seatgeek-a",
    }


def test_without_that_listing_the_larger_part_keeps_it_and_of_equal_ones_the_first():
    earlier = {"seatgeek-a": ["feeds-b", "feeds-c", "feeds-d"]}
    assert show_ids({1: ["feeds-b"], 2: ["feeds-c", "feeds-d"]}, earlier) == {
        1: "feeds-b",
        2: "seatgeek-a",
    }
    assert show_ids({1: ["feeds-c"], 2: ["feeds-b"]}, earlier) == {1: "feeds-c", 2: "seatgeek-a"}


def test_a_listing_that_comes_back_alone_does_not_take_the_id_that_it_once_gave():
    earlier = {"seatgeek-a": ["ticketmaster-b"]}
    now = {1: ["ticketmaster-b"], 2: ["seatgeek-a"]}
    assert show_ids(now, earlier) == {1: "seatgeek-a", 2: "seatgeek-a-2"}
    assert show_ids(now, {"seatgeek-a": now[1], "seatgeek-a-2": now[2]}) == {
        1: "seatgeek-a",
        2: "seatgeek-a-2",
    }


_NAMES = [f"{source}-{number}" for source in ("s", "t") for number in ("1", "2", "1-2", "1-3")]


@st.composite
def _looks(draw: st.DrawFn) -> list[dict[int, list[str]]]:
    """Partitions of some of the listings into shows, one for each look."""
    looks = []
    for _ in range(draw(st.integers(1, 5))):
        shows: dict[int, list[str]] = {}
        for name in draw(st.permutations(_NAMES)):
            show = draw(st.none() | st.integers(0, 5))
            if show is not None:
                shows.setdefault(show, []).append(name)
        looks.append(shows)
    return looks


@given(_looks())
def test_ids_are_unique_and_stay_whatever_becomes_of_the_listings(looks):
    earlier: dict[str, list[str]] = {}
    for shows in looks:
        ids = show_ids(shows, earlier)
        assert ids.keys() == shows.keys()
        assert len(set(ids.values())) == len(ids)
        assert show_ids(dict(reversed(shows.items())), earlier) == ids
        for show, listings in shows.items():
            sharing = [one for one, before in earlier.items() if set(before) & set(listings)]
            # Alone with its past it keeps the id; with several pasts it has one of theirs, unless
            # another part of them kept it.
            alone = [
                one
                for one in sharing
                if not any(set(earlier[one]) & set(other) for other in shows.values()
                           if other is not listings)
            ]  # fmt: skip
            if alone:
                assert ids[show] in sharing
        earlier = {ids[show]: listings for show, listings in shows.items()}
        assert show_ids(shows, earlier) == ids
