from __future__ import annotations

from datetime import timedelta

import pytest

from showlist_assets.domain.matching.evidence import Evidence, evidence_of
from showlist_assets.domain.matching.overrides import Override
from showlist_assets.domain.matching.rows import (
    copied_row,
    decided_row,
    not_an_artist_row,
    overridden_row,
    pending_row,
)
from showlist_assets.domain.matching.types import Decision
from showlist_assets_tests.domain.matching.performers import performer, some_evidence, stored
from showlist_assets_tests.rows import NOW, TODAY, frame

NEXT_WEEK = TODAY + timedelta(days=7)
NOBODY = Decision("rejected", None, 0.0, "none", "Nobody has that name.", "no_equal_name")


def test_a_rejected_row_names_nobody():
    row = stored(decided_row(performer(), NOBODY, some_evidence(), method="search", at=NOW))
    assert (row["spotify_artist_id"], row["confidence"]) == (None, 0.0)


@pytest.mark.parametrize(
    ("kind", "rule", "says"),
    [("festival", "is_festival", "the festival itself"), ("other", "is_other", "not an act")],
)
def test_a_festival_or_a_venue_is_rejected_without_a_search(kind, rule, says):
    row = stored(not_an_artist_row(performer(act_kind=kind), at=NOW))
    assert (row["outcome"], row["method"], row["rule"]) == ("rejected", "none", rule)
    assert says in row["reason"]


def test_a_pending_row_without_evidence_was_never_asked():
    row = stored(pending_row(performer(), reason="Spent.", at=NOW))
    assert row["asked_at"] is None
    assert evidence_of(row) == Evidence()


def test_a_decision_copied_to_another_state_tells_that_state_s_shows():
    row = frame("matched_artists", {}).row(0, named=True)
    there = performer(state="PA", name="PAPER LANTERN", next_show_on=NEXT_WEEK)
    copied = stored(copied_row(row, there))
    assert (copied["state"], copied["method"]) == ("PA", "known")
    assert (copied["performer_name"], copied["next_show_on"]) == ("PAPER LANTERN", NEXT_WEEK)
    assert copied["spotify_artist_id"] == row["spotify_artist_id"]


def test_a_miss_is_counted_once_an_answer_and_looked_at_again_after_the_pause():
    asked_now, asked_before = some_evidence(), some_evidence()
    asked_now.misses = asked_before.misses = 2
    asked_before.asked_at = NOW - timedelta(days=1)
    again = [
        stored(decided_row(performer(), NOBODY, seen, method="search", at=NOW))
        for seen in (asked_now, asked_before)
    ]
    assert [row["misses"] for row in again] == [3, 2]
    assert [row["ask_again_at"] for row in again] == [
        NOW + timedelta(days=4), NOW - timedelta(days=1) + timedelta(days=2),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("artist_id", "outcome", "name"),
    [("artist-2", "matched", "Paper Lanterns"), (None, "rejected", None)],
)
def test_a_row_decided_by_hand_says_so_and_is_not_looked_at_again(artist_id, outcome, name):
    override = Override("Paper Lantern", "paper lantern", artist_id, "The duo.")
    row = stored(overridden_row(performer(), override, some_evidence(), at=NOW))
    assert (row["outcome"], row["method"], row["spotify_artist_name"]) == (
        outcome, "override", name,
    )  # fmt: skip
    assert row["reason"] == "Decided by hand in overrides.yaml: The duo."
    assert (row["misses"], row["ask_again_at"]) == (0, None)
