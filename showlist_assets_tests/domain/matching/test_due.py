from __future__ import annotations

from datetime import date, timedelta

import polars as pl
import pytest

from showlist_assets.domain.matching.due import (
    decisions_that_hold,
    due_again,
    pause_after,
    performers_by_urgency,
    performers_to_decide,
)
from showlist_assets.domain.matching.ladder import MATCHER_VERSION
from showlist_assets.domain.matching.replaced_rows import with_decisions
from showlist_assets.domain.tables.columns import polars_schema
from showlist_assets.domain.tables.registry import TABLES
from showlist_assets_tests.rows import NOW, TODAY, frame, pending

TOMORROW, NEXT_WEEK, YESTERDAY = (TODAY + timedelta(days=days) for days in (1, 7, -1))


def act(key, *, state="NY", on=TOMORROW, show="1", **columns):
    return {
        "state": state,
        "performer_key": key,
        "performer_name": key.title(),
        "show_id": show,
        "local_date": on,
        **columns,
    }


def urgent(*acts):
    return performers_by_urgency(frame("expanded_artists", *acts), today=TODAY)


def test_the_soonest_show_comes_first_then_the_billing_then_the_bigger_name():
    performers = urgent(
        act("over", on=YESTERDAY),
        act("no date", on=None),
        act("next week", on=NEXT_WEEK),
        act("small name", performer_score=0.1),
        act("big name", performer_score=0.9),
        act("unknown size"),
        act("opener", billing=2, performer_score=1.0),
    )
    assert performers["performer_key"].to_list() == [
        "big name", "small name", "unknown size", "opener", "next week", "no date", "over",
    ]  # fmt: skip


def test_later_acts_of_a_text_come_after_everybody_unless_they_have_a_bill_of_their_own():
    of_text = {"billed_text": "A; B; C"}
    found = urgent(
        act("a", billing=1, **of_text),
        act("b", billing=2, **of_text),
        act("c", billing=3, **of_text),
        act("support", billing=2, on=NEXT_WEEK, show="2"),
        act("c", on=NEXT_WEEK, show="3"),
    )
    assert found["performer_key"].to_list() == ["a", "c", "support", "b"]


def test_what_the_shows_of_a_state_say_about_a_performer_is_gathered():
    row = urgent(
        act("x", on=NEXT_WEEK, show="2", billing=1, venue_city="Utica", genres=["Folk", "Pop"]),
        act("x", on=TOMORROW, show="1", billing=3, venue_city="Albany", genres=["Rock", "Folk"],
            performer_name="The X"),
        act("x", on=YESTERDAY, show="0", source_spotify_artist_id="linked"),
    ).row(0, named=True)  # fmt: skip
    assert row["performer_name"] == "The X"
    assert (row["billing"], row["city"]) == (3, "Albany")
    assert row["genres"] == ["Rock", "Folk", "Pop"]
    assert (row["shows"], row["next_show_on"]) == (3, TOMORROW)
    assert row["source_spotify_artist_id"] == "linked"


@pytest.mark.parametrize(
    ("dates", "next_show_on"),
    [
        ([YESTERDAY, NEXT_WEEK], NEXT_WEEK),
        ([TODAY, NEXT_WEEK], TODAY),
        ([None, NEXT_WEEK], NEXT_WEEK),
        ([YESTERDAY, None], None),
        ([YESTERDAY - timedelta(days=9), YESTERDAY], YESTERDAY),
        ([None], None),
    ],
)
def test_shows_that_are_over_count_only_where_there_is_no_other(dates, next_show_on):
    acts = [act("x", on=on, show=str(n)) for n, on in enumerate(dates)]
    assert urgent(*acts)["next_show_on"].to_list() == [next_show_on]


def test_a_festival_that_is_on_is_not_over():
    found = urgent(
        act("tomorrow", show="1"),
        act("over", on=YESTERDAY - timedelta(days=2), last_date=YESTERDAY, show="2"),
        act("on", on=YESTERDAY, last_date=TODAY, show="3"),
    )
    assert found["performer_key"].to_list() == ["on", "tomorrow", "over"]
    assert found["next_show_on"].to_list()[0] == YESTERDAY, "when the show began"


def test_each_state_has_its_own_row_of_a_performer():
    performers = urgent(
        act("x", state="NY", on=NEXT_WEEK), act("x", state="PA"), act("y", state="NY")
    )
    assert performers.select("state", "performer_key", "next_show_on").rows() == [
        ("PA", "x", TOMORROW),
        ("NY", "y", TOMORROW),
        ("NY", "x", NEXT_WEEK),
    ]


def test_no_acts_are_no_performers_and_nothing_to_decide():
    performers = urgent()
    holding = decisions_that_hold(performers, frame("matched_artists"))
    assert holding.schema == polars_schema(TABLES["matched_artists"])
    assert performers_to_decide(performers, holding) == []


def test_a_state_s_own_decision_holds_as_it_is_but_for_the_shows_it_counts():
    stored = frame("matched_artists", {"shows": 9, "next_show_on": date(2026, 1, 1)})
    holding = decisions_that_hold(urgent(act("paper lantern")), stored)
    expected = stored.with_columns(shows=pl.lit(1, pl.Int32), next_show_on=pl.lit(TOMORROW))
    assert holding.equals(expected)


@pytest.mark.parametrize(
    ("method", "told_as"),
    [
        ("search", "known"),
        ("known", "known"),
        ("source_link", "known"),
        ("none", "none"),
    ],
)
def test_a_decision_of_another_state_is_taken_over_and_says_so(method, told_as):
    stored = frame("matched_artists", {"state": "PA", "method": method})
    row = decisions_that_hold(urgent(act("paper lantern")), stored).row(0, named=True)
    assert (row["state"], row["method"], row["shows"]) == ("NY", told_as, 1)
    assert row["spotify_artist_id"] == "artist-1"


@pytest.mark.parametrize("method", ["override", "search"])
def test_a_decision_by_hand_holds_only_as_long_as_the_hand_says_so(method):
    stored = frame("matched_artists", {"method": method})
    overridden = ["paper lantern"] if method == "search" else []
    performers = urgent(act("paper lantern"))
    assert decisions_that_hold(performers, stored, overridden=overridden).is_empty()


def test_of_several_states_the_newest_decision_is_taken_over_but_the_own_one_wins():
    stored = frame(
        "matched_artists",
        {"state": "PA", "spotify_artist_id": "newest", "decided_at": NOW},
        {"state": "TX", "spotify_artist_id": "older", "decided_at": NOW - timedelta(days=1)},
        {"state": "VT", "spotify_artist_id": "own", "decided_at": NOW - timedelta(days=9)},
    )
    performers = urgent(act("paper lantern", state="NY"), act("paper lantern", state="VT"))
    holding = decisions_that_hold(performers, stored)
    assert dict(holding.select("state", "spotify_artist_id").rows()) == {
        "NY": "newest",
        "VT": "own",
    }


@pytest.mark.parametrize("row", [pending(), {"matcher_version": f"not {MATCHER_VERSION}"}])
def test_a_pending_decision_or_one_by_other_rules_never_holds(row):
    stored = frame("matched_artists", row, {"state": "PA", **row})
    performers = urgent(act("paper lantern"))
    holding = decisions_that_hold(performers, stored)
    assert holding.is_empty()
    assert [each.key for each in performers_to_decide(performers, holding)] == ["paper lantern"]


def test_only_performers_without_a_decision_in_their_state_are_left_most_urgent_first():
    performers = urgent(
        act("later", on=NEXT_WEEK), act("known"), act("known", state="PA"), act("soon")
    )
    holding = frame("matched_artists", {"performer_key": "known", "state": "NY"})
    left = performers_to_decide(performers, holding)
    assert [(each.state, each.key) for each in left] == [
        ("PA", "known"), ("NY", "soon"), ("NY", "later"),
    ]  # fmt: skip
    assert left[0].as_billed.name == "Known"


def test_who_is_looked_for_again_comes_after_everybody_new():
    performers = urgent(act("missed"), act("waiting"), act("new", on=NEXT_WEEK))
    nobody = {"outcome": "rejected", "spotify_artist_id": None}
    holding = frame(
        "matched_artists",
        {"performer_key": "missed", "ask_again_at": NOW, **nobody},
        {"performer_key": "waiting", "ask_again_at": NOW + timedelta(hours=1), **nobody},
    )
    due = due_again(holding, now=NOW)
    assert due["performer_key"].to_list() == ["missed"]
    wanted = performers_to_decide(performers, holding, due)
    assert [each.key for each in wanted] == ["new", "missed"]


def test_the_pauses_double_up_to_a_month():
    days = [pause_after(misses).days for misses in range(1, 9)]
    assert days == [1, 2, 4, 8, 16, 32, 32, 32]


def test_decisions_come_by_state_and_performer_and_new_ones_take_the_place_of_old_ones():
    def rows(*keys, **columns):
        told = [{"state": state, "performer_key": key, **columns} for state, key in keys]
        return frame("matched_artists", *told)

    old = rows(("TX", "a"), ("TX", "b"), ("NY", "c"), ("NY", "d"))
    new = rows(("TX", "0"), ("NY", "c"), ("PA", "z"), rule="new")
    found = with_decisions(old, new, instead_of=new)
    assert found.select("state", "performer_key", "rule").rows() == [
        ("NY", "c", "new"),
        ("NY", "d", old["rule"][0]),
        ("PA", "z", "new"),
        ("TX", "0", "new"),
        ("TX", "a", old["rule"][0]),
        ("TX", "b", old["rule"][0]),
    ]
    nothing = old.clear()
    assert with_decisions(nothing, nothing).equals(nothing)
