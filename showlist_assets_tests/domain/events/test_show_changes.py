"""The history of shows: what each look at the table tells, and what it keeps to itself."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from showlist_assets.domain.events.show_absence import Doubted, certain_through
from showlist_assets.domain.events.show_changes import (
    NEWS,
    changes_since,
    last_known,
    show_changes,
)
from showlist_assets.domain.names import performer_key
from showlist_assets.domain.tables.columns import of_several_states
from showlist_assets.domain.tables.show_changes import CHANGES, ShowChanges
from showlist_assets_tests.clock import NOW
from showlist_assets_tests.domain.events.listed import DAY, at, listing, shows_of

_FAR = date(2027, 6, 1)


class History:
    """A history, and the looks that it is made of, a day apart."""

    def __init__(self) -> None:
        self.rows = ShowChanges.create_empty()
        self.now = NOW
        self.doubted: tuple[Doubted, ...] = ()

    def look(
        self,
        *listings: dict[str, Any],
        through: date | None = _FAR,
        covered: dict[tuple[str, str], date | None] | None = None,
        groups: tuple[tuple[str, ...], ...] = (),
        earlier: pl.DataFrame | None = None,
        feeds_read: dict[tuple[str, str], frozenset[str]] | None = None,
    ) -> list[tuple[str, str, str | None, str | None]]:
        """What a look tells: show, change, what was and what is."""
        shows = shows_of(*listings, groups=groups, earlier=earlier)
        walked = {("NY", source): through for source in ("seatgeek", "ticketmaster", "feeds")}
        walked |= covered or {}
        options: dict[str, Any] = {"covered": walked, "feeds_read": feeds_read, "now": self.now}
        found = show_changes(self.rows, shows, **options)
        self.rows = pl.concat([self.rows, found.rows])
        of_several_states(ShowChanges).validate(self.rows)
        self.doubted = found.doubted
        again = show_changes(self.rows, shows, **options)
        assert again.rows.is_empty()
        self.now += timedelta(days=1)
        return found.rows.select("show_id", "change", "was", "becomes").rows()

    def changes(self, *listings: dict[str, Any], **options: Any) -> list[tuple[str, str]]:
        """The news of a look: show and change."""
        told = self.look(*listings, **options)
        return [(show_id, change) for show_id, change, *_ in told if change in NEWS]


_OTHER = listing("seatgeek-other", "Grey Hen", title="Grey Hen")


def _owl(**columns: Any) -> dict[str, Any]:
    return listing("seatgeek-owl", "Tin Owl", **{"title": "Tin Owl", **columns})


def _after(before: dict[str, Any], after: dict[str, Any], **options: Any) -> list[tuple]:
    """What is told of one show that was ``before`` and is ``after``."""
    history = History()
    history.look(before, _OTHER)
    return [tuple(row[1:]) for row in history.look(after, _OTHER, **options)]


def test_the_first_look_at_a_state_knows_what_is_there_and_the_next_announces_what_is_new():
    history = History()
    assert history.look(_owl()) == [
        ("seatgeek-owl", "known", None, "Fri Dec 4 2026, 8:00 PM, The Boiler Room, Albany")
    ]
    assert history.changes(_owl(), _OTHER) == [("seatgeek-other", "announced")]


def test_what_a_source_lists_when_it_is_first_asked_is_no_news():
    history = History()
    history.look(_owl())
    known = listing("ticketmaster-a", "Mud Lark")
    assert history.changes(_owl(), known) == []
    later = listing("ticketmaster-b", "Mud Lark", **at(20, day=date(2026, 12, 9)))
    assert history.changes(_owl(), known, later) == [("ticketmaster-b", "announced")]


def test_a_show_that_is_off_when_it_is_first_met_is_not_announced():
    history = History()
    history.look(_OTHER)
    assert history.changes(_OTHER, _owl(status="cancelled")) == []
    assert history.changes(_OTHER, _owl()) == [("seatgeek-owl", "back")]


@pytest.mark.parametrize(
    ("after", "was", "becomes"),
    [
        (at(20, day=date(2026, 12, 11)), "Fri Dec 4 2026, 8:00 PM", "Fri Dec 11 2026, 8:00 PM"),
        (at(20, 30), "Fri Dec 4 2026, 8:00 PM", "Fri Dec 4 2026, 8:30 PM"),
        ({"venue_name": "Hen House"}, "The Boiler Room, Albany", "Hen House, Albany"),
        ({"venue_city": "Utica"}, "The Boiler Room, Albany", "The Boiler Room, Utica"),
        (
            {**at(19), "venue_name": "Hen House"},
            "Fri Dec 4 2026, 8:00 PM, The Boiler Room, Albany",
            "Fri Dec 4 2026, 7:00 PM, Hen House, Albany",
        ),
        (
            {"local_date": None, "starts_at_local": None, "starts_at": None},
            "Fri Dec 4 2026, 8:00 PM",
            "no date yet",
        ),
        (
            {"venue_name": "Hen House", "status": "rescheduled", "source": "ticketmaster"},
            "The Boiler Room, Albany",
            "Hen House, Albany",
        ),
    ],
)
def test_a_show_that_moved_is_told_with_what_was_and_what_is(after, was, becomes):
    before = shows_of(_owl(), _OTHER)
    moved = _owl(**after)
    groups = ((f"{moved['source']}-owl", "seatgeek-owl"),)
    both = (moved, _owl()) if "status" in after else (moved,)
    history = History()
    history.look(_owl(), _OTHER)
    told = history.look(*both, _OTHER, groups=groups, earlier=before)
    assert told == [("seatgeek-owl", "moved", was, becomes)]


@pytest.mark.parametrize(
    "after",
    [
        at(20, 29),
        {"starts_at_local": None, "starts_at": None},
        {"title": "Tin Owl: The Long Way Tour"},
        {"venue_name": "Boiler Room"},
        {"venue_city": None},
        {"performers": []},
        {
            "lowest_price": 9.0,
            "ticket_url": "https://a.example",
            "latitude": 42.0,
            "longitude": 1.0,
        },
        {"status": "rescheduled"},
    ],
)
def test_what_is_no_news_needs_no_row(after):
    assert _after(_owl(), _owl(**after)) == []


def test_a_start_a_last_day_or_a_source_that_is_known_at_last_is_no_news_but_is_kept():
    history = History()
    history.look(_owl(starts_at=None, starts_at_local=None), _OTHER)
    assert history.changes(_owl(), _OTHER) == []
    assert history.changes(_owl(last_date=date(2026, 12, 5)), _OTHER) == []
    late = {**at(22), "last_date": date(2026, 12, 5)}
    assert history.changes(_owl(**late), _OTHER) == [("seatgeek-owl", "moved")]
    assert history.changes(_owl(**at(22)), _OTHER) == [("seatgeek-owl", "moved")]


def test_a_date_that_is_known_at_last_is_news():
    undated = {"local_date": None, "starts_at_local": None, "starts_at": None}
    assert _after(_owl(**undated), _owl()) == [("moved", "no date yet", "Fri Dec 4 2026, 8:00 PM")]


def test_many_small_steps_are_a_move_in_the_end():
    history = History()
    history.look(_owl(), _OTHER)
    assert history.look(_owl(**at(20, 20)), _OTHER) == []
    told = history.look(_owl(**at(20, 40)), _OTHER)
    assert told == [("seatgeek-owl", "moved", "Fri Dec 4 2026, 8:00 PM", "Fri Dec 4 2026, 8:40 PM")]


def _billed(*acts: str, **columns: Any) -> dict[str, Any]:
    return listing("seatgeek-owl", *acts, **{"title": "Tin Owl", **columns})


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        (("Tin Owl",), ("TIN OWL", "Mud Lark"), [("line_up", None, "Mud Lark")]),
        (("Tin Owl", "Mud Lark"), ("Tin Owl", "Fen"), [("line_up", "Mud Lark", "Fen")]),
        (("Tin Owl", "Mud Lark"), ("Mud Lark", "Tin Owl"), []),
        (("Tin Owl",), (), []),
        # The title said it all the time.
        (("Mud Lark", "Tin Owl"), ("Mud Lark",), []),
    ],
)
def test_acts_that_join_or_leave_are_news_and_spelling_and_order_are_not(before, after, told):
    found = _after(_billed(*before), _billed(*after))
    assert [one for one in found if one[0] in NEWS] == told


def test_a_special_guest_is_no_act_and_a_name_out_of_the_title_did_not_join():
    history = History()
    history.look(_billed(), _OTHER)
    assert history.changes(_billed("Tin Owl", "Special Guest"), _OTHER) == []
    assert history.changes(_billed("Tin Owl"), _OTHER) == []


def test_acts_start_and_house_that_another_source_tells_otherwise_are_no_news():
    owl = _billed("Tin Owl", "Mud Lark")
    other = listing("ticketmaster-a", "Tin Owl", "Long Way Tour", title="Tin Owl",
                    venue_name="Albany Hall", **at(21))  # fmt: skip
    history = History()
    history.look(owl, _OTHER)
    before = shows_of(owl, _OTHER)
    groups = (("ticketmaster-a", "seatgeek-owl"),)
    assert history.changes(owl, other, _OTHER, groups=groups, earlier=before) == []
    # Now all four are known, of the listing that is preferred; from here on it tells of changes.
    both = shows_of(owl, other, _OTHER, groups=groups, earlier=before)
    told = history.changes(owl, {**other, **at(19)}, _OTHER, groups=groups, earlier=both)
    assert told == [("seatgeek-owl", "moved")]
    # Nobody left because the source that named them does not list the show any more.
    assert history.changes({**other, **at(19)}, _OTHER, earlier=both) == []
    assert history.changes({**other, **at(19)}, _OTHER, earlier=both) == []


def test_what_the_preferred_listing_told_stays_known_while_its_walk_is_not_complete():
    owl = _billed("Tin Owl", "Mud Lark")
    other = listing("ticketmaster-a", "Tin Owl", title="Tin Owl", venue_name="Albany Hall",
                    **at(21))  # fmt: skip
    groups = (("ticketmaster-a", "seatgeek-owl"),)
    history = History()
    history.look(owl, other, _OTHER, groups=groups)
    both = shows_of(owl, other, _OTHER, groups=groups)
    broken = {("NY", "ticketmaster"): None}
    assert history.look(owl, _OTHER, covered=broken, earlier=both) == []
    assert history.look(owl, other, _OTHER, groups=groups, earlier=both) == []


def test_a_show_that_is_postponed_cancelled_and_back_is_told_each_time():
    history = History()
    history.look(_owl(), _OTHER)
    postponed = _owl(status="postponed", local_date=None, starts_at=None, starts_at_local=None)
    assert history.look(postponed, _OTHER) == [
        ("seatgeek-owl", "postponed", "scheduled", "postponed")
    ]
    new_date = at(20, day=date(2027, 1, 9))
    assert history.look(_owl(status="rescheduled", **new_date), _OTHER) == [
        ("seatgeek-owl", "back", "postponed", "rescheduled"),
        ("seatgeek-owl", "moved", "Fri Dec 4 2026, 8:00 PM", "Sat Jan 9 2027, 8:00 PM"),
    ]
    assert history.changes(_owl(status="cancelled", **new_date), _OTHER) == [
        ("seatgeek-owl", "cancelled")
    ]
    assert history.changes(_owl(**new_date), _OTHER) == [("seatgeek-owl", "back")]


def test_a_show_that_nobody_lists_any_more_vanished_once_and_comes_back():
    history = History()
    history.look(_owl(), _OTHER)
    assert history.look(_OTHER) == [
        (
            "seatgeek-owl",
            "vanished",
            "Fri Dec 4 2026, 8:00 PM, The Boiler Room, Albany",
            "no source lists it any more",
        )
    ]
    assert history.look(_OTHER) == []
    assert history.look(_owl(), _OTHER) == [
        ("seatgeek-owl", "back", "presumed cancelled", "scheduled")
    ]


def test_only_what_a_complete_walk_would_have_met_vanishes():
    for through, expected in [
        (None, []),
        (DAY, []),
        (DAY + timedelta(days=1), []),
        (DAY + timedelta(days=2), [("seatgeek-owl", "vanished")]),
        (date.max, [("seatgeek-owl", "vanished")]),
    ]:
        history = History()
        history.look(_owl(), _OTHER)
        assert history.changes(_OTHER, through=through) == expected
        if not expected:
            assert history.changes(_OTHER) == [("seatgeek-owl", "vanished")]
    assert certain_through(date.min) == date.min


def test_every_source_that_listed_it_must_have_been_walked_also_one_that_came_later():
    owl, twin = _owl(), listing("ticketmaster-a", "Tin Owl", title="Tin Owl")
    groups = (("ticketmaster-a", "seatgeek-owl"),)
    history = History()
    history.look(owl, _OTHER)
    alone = shows_of(owl, _OTHER)
    history.look(owl, twin, _OTHER, groups=groups, earlier=alone)
    both = shows_of(owl, twin, _OTHER, groups=groups, earlier=alone)
    broken = {("NY", "ticketmaster"): None}
    assert history.look(_OTHER, covered=broken, earlier=both) == []
    assert history.look(_OTHER, covered=broken, earlier=both) == []
    assert history.changes(_OTHER, earlier=both) == [("seatgeek-owl", "vanished")]


def test_a_show_of_today_or_before_or_without_a_date_does_not_vanish():
    # Ten in the evening in New York, when it is the next day already by UTC.
    history = History()
    history.now = datetime(2026, 12, 5, 3, tzinfo=UTC)
    undated = {"local_date": None, "starts_at_local": None, "starts_at": None}
    tomorrow = listing("seatgeek-next", "Fen", **at(20, day=date(2026, 12, 5)))
    past = listing("seatgeek-past", "Elm", **at(20, day=date(2026, 12, 3)))
    far = listing("seatgeek-far", "Ash", **at(20, day=date(2027, 1, 5)))
    undated_show = listing("seatgeek-undated", "Oak", title="Oak", **undated)
    history.look(_owl(), tomorrow, past, far, undated_show)
    assert set(last_known(history.rows)["show_id"]) == {
        "seatgeek-owl", "seatgeek-next", "seatgeek-far", "seatgeek-undated",
    }  # fmt: skip
    history.now -= timedelta(days=1)
    assert history.changes(far) == [("seatgeek-next", "vanished")]


def test_a_show_that_is_over_is_no_news_whatever_is_told_of_it():
    history = History()
    history.look(_owl(), _OTHER)
    history.now = datetime(2026, 12, 6, 12, tzinfo=UTC)
    assert history.look(_owl(status="cancelled", venue_name="Hen House")) == []


def test_a_source_that_drops_half_of_its_shows_at_once_is_doubted():
    listed = [listing(f"seatgeek-{n}", f"Act {n}", title=f"Act {n}") for n in range(10)]
    history = History()
    history.look(*listed)
    assert history.changes(*listed[:5]) == []
    assert history.doubted == (Doubted("NY", "seatgeek", 5, 10),)
    told = history.changes(*listed[:6])
    assert told == [(f"seatgeek-{n}", "vanished") for n in range(6, 10)]
    assert history.doubted == ()


def test_a_source_that_lists_nothing_at_all_any_more_is_doubted():
    listed = [listing(f"seatgeek-{n}", f"Act {n}", title=f"Act {n}") for n in range(3)]
    history = History()
    history.look(*listed)
    assert history.changes() == []
    assert history.doubted == (Doubted("NY", "seatgeek", 3, 3),)


def test_a_broken_source_is_doubted_though_others_list_most_of_its_shows():
    pairs = [
        (listing(f"seatgeek-{n}", f"Act {n}"), listing(f"ticketmaster-{n}", f"Act {n}"))
        for n in range(9)
    ]
    groups = tuple((f"ticketmaster-{n}", f"seatgeek-{n}") for n in range(9))
    both = [one for pair in pairs for one in pair]
    history = History()
    history.look(*both, _owl(), groups=groups)
    before = shows_of(*both, _owl(), groups=groups)
    assert history.changes(*[twin for _, twin in pairs], earlier=before) == []
    assert history.doubted == (Doubted("NY", "seatgeek", 10, 10),)


@pytest.mark.parametrize(
    "start", [at(20), at(20, 30), {"starts_at_local": None, "starts_at": None}]
)
def test_a_show_that_is_listed_under_another_id_goes_on_without_news(start):
    history = History()
    history.look(_owl(), _OTHER)
    again = listing("seatgeek-new", "TIN OWL", title="Tin Owl live", **start)
    told = history.look(again, _OTHER)
    assert {row[:2] for row in told} == {("seatgeek-owl", "details"), ("seatgeek-new", "details")}
    assert ("seatgeek-owl", "details", None, "goes on as seatgeek-new") in told
    # From now on it is told under the new id, and the old one is not missed.
    assert history.changes(_OTHER) == [("seatgeek-new", "vanished")]
    assert history.changes(_owl(), _OTHER) == [("seatgeek-owl", "back")]


def test_a_show_whose_id_was_lost_goes_on_under_the_id_of_the_same_listing():
    owl, twin = _owl(), listing("ticketmaster-a", "Tin Owl", title="Tin Owl")
    groups = (("ticketmaster-a", "seatgeek-owl"),)
    history = History()
    history.look(owl, twin, groups=groups, earlier=shows_of(owl))
    told = history.look(owl, twin, groups=groups)
    assert [row[:2] for row in told] == [("seatgeek-owl", "details"), ("ticketmaster-a", "details")]


def test_a_vanished_show_that_is_listed_under_another_id_is_back():
    history = History()
    history.look(_owl(), _OTHER)
    history.look(_OTHER)
    again = listing("seatgeek-new", "Tin Owl")
    assert history.changes(again, _OTHER) == [("seatgeek-new", "back")]


def test_another_session_or_act_on_that_day_is_another_show():
    history = History()
    history.look(_owl(**at(18)), _OTHER)
    late = listing("seatgeek-late", "Tin Owl", **at(21))
    assert history.changes(late, _OTHER) == [
        ("seatgeek-late", "announced"),
        ("seatgeek-owl", "vanished"),
    ]


def test_states_that_were_not_looked_at_are_left_alone():
    history = History()
    history.look(_owl(), {**_owl(), "state": "NJ"})
    assert history.look(_owl()) == []
    assert set(history.rows["state"]) == {"NY", "NJ"}


def test_what_was_learnt_after_an_instant_is_told_in_its_order_and_only_news():
    history = History()
    history.look(_owl(), _OTHER)
    seen = history.now
    history.look(_owl(venue_name="Hen House"), _OTHER)
    history.look(_OTHER)
    told = changes_since(history.rows, seen - timedelta(hours=1))
    assert told["change"].to_list() == ["moved", "vanished"]
    assert changes_since(history.rows, seen)["change"].to_list() == ["vanished"]
    known = last_known(history.rows).filter(pl.col("show_id") == "seatgeek-owl")
    assert known.select("status", "venue_name").row(0) == ("vanished", "Hen House")


def test_a_clock_that_stands_still_does_not_mix_up_the_history():
    history = History()
    for hour in (20, 21, 20, 19):
        history.look(_owl(**at(hour)), _OTHER)
        history.now = NOW
    told = history.rows.filter(pl.col("show_id") == "seatgeek-owl").sort("changed_at")
    assert told["change"].to_list() == ["known", "moved", "moved", "moved"]
    assert told["changed_at"].is_unique().all()


_LISTINGS = st.lists(
    st.builds(
        lambda name, acts, status, day, hour, venue, title: listing(
            name, *acts, status=status, venue_name=venue, title=title,
            **at(hour, day=DAY + timedelta(days=day)),
        ),
        st.sampled_from([f"{source}-{n}" for source in ("seatgeek", "feeds") for n in range(4)]),
        st.lists(st.sampled_from(["Tin Owl", "Mud Lark", "Fen", "Elm"]), max_size=3),
        st.sampled_from(["scheduled", "cancelled", "postponed", "rescheduled"]),
        st.integers(-16, 3),
        st.sampled_from([18, 20, 21]),
        st.sampled_from(["Boiler Room", "Hen House"]),
        st.sampled_from(["Tin Owl", "An Evening of Elm"]),
    ),
    max_size=6,
    unique_by=lambda one: (one["source"], one["event_id"]),
)  # fmt: skip
_LOOKS = st.lists(
    st.tuples(
        _LISTINGS,
        st.sampled_from([None, DAY, _FAR]),
        st.lists(st.sampled_from(["seatgeek-1", "feeds-1", "feeds-2"]), max_size=3, unique=True),
    ),
    max_size=6,
)  # fmt: skip


@given(_LOOKS, st.randoms(use_true_random=False))
def test_the_history_only_grows_and_knows_every_show_that_is_there(looks, random):
    rows, now, earlier = ShowChanges.create_empty(), NOW, None
    for listings, through, group in looks:
        shows = shows_of(*listings, groups=[group], earlier=earlier)
        covered = {("NY", source): through for source in ("seatgeek", "feeds")}
        found = show_changes(rows, shows, covered=covered, now=now)
        mixed = shows.sample(fraction=1, shuffle=True, seed=random.randrange(99))
        other = show_changes(
            rows.sample(fraction=1, shuffle=True, seed=1), mixed, covered=covered, now=now
        )
        assert other.rows.equals(found.rows)
        rows = pl.concat([rows, found.rows])
        of_several_states(ShowChanges).validate(rows)
        assert show_changes(rows, shows, covered=covered, now=now).rows.is_empty()
        _knows(rows, shows, now)
        earlier, now = shows, now + timedelta(days=1)
    assert set(rows["change"]) <= set(CHANGES)


def _knows(rows: pl.DataFrame, shows: pl.DataFrame, now: datetime) -> None:
    """No change is lost: what is known last is what the table tells."""
    known = {row["show_id"]: row for row in last_known(rows).rows(named=True)}
    # Noon in New York.
    for show in shows.filter(pl.col("local_date") >= now.date()).rows(named=True):
        row = known[show["show_id"]]
        assert row["local_date"] == show["local_date"]
        off = ("cancelled", "postponed")
        assert (row["status"] in off) == (show["status"] in off)
        acts = {performer_key(act["name"]) for act in show["performers"]}
        assert acts <= {performer_key(name) for name in row["acts"]}
        assert {one["source"] for one in show["listings"]} <= set(row["sources"])


def _of_feed(name: str, uid: str, act: str) -> dict[str, Any]:
    return listing(f"feeds-{name}:{uid}", act, title=act)


@pytest.mark.parametrize(("read", "news"), [(("room", "barn"), ["vanished"]), (("barn",), [])])
def test_what_a_feed_listed_that_is_read_no_more_leaves_without_news(read, news):
    history = History()
    room, others = (
        _of_feed("room", "1", "Tin Owl"),
        [_of_feed("barn", str(number), f"Hen {number}") for number in range(4)],
    )
    feeds = {("NY", "feeds"): frozenset(read)}
    history.look(room, *others, feeds_read=feeds)
    told = history.changes(*others, feeds_read=feeds)
    assert [change for _, change in told] == news


def test_a_feed_that_is_gone_makes_its_source_no_doubtful_one():
    history = History()
    room = [_of_feed("room", str(number), f"Owl {number}") for number in range(20)]
    barn = [_of_feed("barn", str(number), f"Hen {number}") for number in range(4)]
    history.look(*room, *barn)
    told = history.changes(*barn[1:], feeds_read={("NY", "feeds"): frozenset({"barn"})})
    assert told == [("feeds-barn:0", "vanished")]
    assert history.doubted == ()
