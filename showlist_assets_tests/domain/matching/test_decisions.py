from __future__ import annotations

from datetime import date, timedelta

import polars as pl
import pytest

from showlist_assets.domain.matching import decisions
from showlist_assets.domain.matching.decisions import Evidence
from showlist_assets.domain.matching.ladder import MATCHER_VERSION, Candidate, Decision, decide
from showlist_assets.domain.tables.schemas import TABLES, polars_schema
from showlist_assets_tests.rows import NOW, TODAY, found_track, frame, pending

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
    return decisions.performers_by_urgency(frame("expanded_artists", *acts), today=TODAY)


def one_performer(**columns):
    """The performer of a single row of ``ExpandedArtists``."""
    performers = urgent(act("paper lantern", **columns))
    return decisions.performers_to_decide(performers, frame("matched_artists"))[0]


def decision_row(table_row, **columns):
    rows = decisions.decisions_frame([table_row])
    TABLES["matched_artists"].validate(rows)
    return rows.row(0, named=True) | columns


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
    holding = decisions.decisions_that_hold(performers, frame("matched_artists"))
    assert holding.schema == polars_schema(TABLES["matched_artists"])
    assert decisions.performers_to_decide(performers, holding) == []


def test_a_state_s_own_decision_holds_as_it_is_but_for_the_shows_it_counts():
    stored = frame("matched_artists", {"shows": 9, "next_show_on": date(2026, 1, 1)})
    holding = decisions.decisions_that_hold(urgent(act("paper lantern")), stored)
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
    row = decisions.decisions_that_hold(urgent(act("paper lantern")), stored).row(0, named=True)
    assert (row["state"], row["method"], row["shows"]) == ("NY", told_as, 1)
    assert row["spotify_artist_id"] == "artist-1"


@pytest.mark.parametrize("method", ["override", "search"])
def test_a_decision_by_hand_holds_only_as_long_as_the_hand_says_so(method):
    stored = frame("matched_artists", {"method": method})
    overridden = ["paper lantern"] if method == "search" else []
    performers = urgent(act("paper lantern"))
    assert decisions.decisions_that_hold(performers, stored, overridden=overridden).is_empty()


def test_of_several_states_the_newest_decision_is_taken_over_but_the_own_one_wins():
    stored = frame(
        "matched_artists",
        {"state": "PA", "spotify_artist_id": "newest", "decided_at": NOW},
        {"state": "TX", "spotify_artist_id": "older", "decided_at": NOW - timedelta(days=1)},
        {"state": "VT", "spotify_artist_id": "own", "decided_at": NOW - timedelta(days=9)},
    )
    performers = urgent(act("paper lantern", state="NY"), act("paper lantern", state="VT"))
    holding = decisions.decisions_that_hold(performers, stored)
    assert dict(holding.select("state", "spotify_artist_id").rows()) == {
        "NY": "newest",
        "VT": "own",
    }


@pytest.mark.parametrize("row", [pending(), {"matcher_version": f"not {MATCHER_VERSION}"}])
def test_a_pending_decision_or_one_by_other_rules_never_holds(row):
    stored = frame("matched_artists", row, {"state": "PA", **row})
    performers = urgent(act("paper lantern"))
    holding = decisions.decisions_that_hold(performers, stored)
    assert holding.is_empty()
    assert [each.key for each in decisions.performers_to_decide(performers, holding)] == [
        "paper lantern"
    ]


def test_only_performers_without_a_decision_in_their_state_are_left_most_urgent_first():
    performers = urgent(
        act("later", on=NEXT_WEEK), act("known"), act("known", state="PA"), act("soon")
    )
    holding = frame("matched_artists", {"performer_key": "known", "state": "NY"})
    left = decisions.performers_to_decide(performers, holding)
    assert [(each.state, each.key) for each in left] == [
        ("PA", "known"), ("NY", "soon"), ("NY", "later"),
    ]  # fmt: skip
    assert left[0].as_billed.name == "Known"


def evidence():
    return Evidence(
        answers={
            "Paper Lantern": [
                Candidate("artist-1", "Paper Lantern", ("indie",), None, 1),
                Candidate("artist-2", "Paper Lanterns", (), 40, 2),
            ],
            "Lantern": [],
        },
        image_urls={"artist-1": "https://i.scdn.co/1", "artist-2": None},
        tracks=[found_track("t1"), found_track("t2", isrc="USX")],
        asked_at=NOW,
    )


def test_what_was_paid_for_survives_in_a_decided_row():
    performer = one_performer()
    verdict = decide(performer.as_billed, evidence().answers)
    row = decision_row(
        decisions.decided_row(performer, verdict, evidence(), method="search", at=NOW)
    )
    assert row["spotify_artist_id"] == "artist-1"
    assert row["spotify_image_url"] == "https://i.scdn.co/1"
    assert decisions.evidence_of(row) == evidence()
    assert decide(performer.as_billed, decisions.evidence_of(row).answers) == verdict


def test_what_was_paid_for_survives_in_a_pending_row():
    performer = one_performer()
    row = decision_row(
        decisions.pending_row(performer, reason="Spent.", at=NOW, evidence=evidence())
    )
    assert row["outcome"] == "pending"
    assert decisions.evidence_of(row) == evidence()


def test_a_pending_row_without_evidence_was_never_asked():
    row = decision_row(decisions.pending_row(one_performer(), reason="Spent.", at=NOW))
    assert row["asked_at"] is None
    assert decisions.evidence_of(row) == Evidence()


def test_a_rejected_row_names_nobody():
    nobody = Decision("rejected", None, 0.0, "none", "Nobody has that name.", "no_equal_name")
    row = decision_row(
        decisions.decided_row(one_performer(), nobody, evidence(), method="search", at=NOW)
    )
    assert (row["spotify_artist_id"], row["confidence"]) == (None, 0.0)


@pytest.mark.parametrize(
    ("kind", "rule", "says"),
    [("festival", "is_festival", "the festival itself"), ("other", "is_other", "not an act")],
)
def test_a_festival_or_a_venue_is_rejected_without_a_search(kind, rule, says):
    row = decision_row(decisions.not_an_artist_row(one_performer(act_kind=kind), at=NOW))
    assert (row["outcome"], row["method"], row["rule"]) == ("rejected", "none", rule)
    assert says in row["reason"]


def test_the_newest_answers_are_remembered_whichever_state_paid_for_them():
    old = {"asked_at": NOW - timedelta(days=3), "matcher_version": "0"}
    stored = frame(
        "matched_artists",
        {"state": "PA", "queries": ["new"]},
        {"state": "TX", "queries": ["old"], **old},
        {"state": "VT", "performer_key": "somebody else"},
        {"state": "WY", "queries": [], **pending(), "asked_at": None},
    )
    remembered = decisions.earlier_evidence([one_performer()], stored)
    assert list(remembered) == ["paper lantern"]
    assert remembered["paper lantern"].answers == {"new": []}


def test_a_decision_copied_to_another_state_tells_that_state_s_shows():
    row = frame("matched_artists", {}).row(0, named=True)
    performer = one_performer(state="PA", performer_name="PAPER LANTERN", on=NEXT_WEEK)
    copied = decision_row(decisions.copied_row(row, performer))
    assert (copied["state"], copied["method"]) == ("PA", "known")
    assert (copied["performer_name"], copied["next_show_on"]) == ("PAPER LANTERN", NEXT_WEEK)
    assert copied["spotify_artist_id"] == row["spotify_artist_id"]
