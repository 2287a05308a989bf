"""Which decisions a person is asked to look at, and in which order."""

from __future__ import annotations

from datetime import timedelta

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from showlist_assets.domain.matching.review import to_review, to_review_by_state
from showlist_assets_tests.rows import NOW, TODAY, frame

_PAGE = {"query": "q", "rank": 1, "genres": ["rock"], "popularity": 12, "image_url": None}
_TWIN = {**_PAGE, "artist_id": "A" * 22, "name": "Paper Lantern"}
_OTHER = {**_PAGE, "artist_id": "B" * 22, "name": "Somebody Else", "rank": 2}
_NOBODY = {"outcome": "rejected", "spotify_artist_id": None, "spotify_artist_name": None}


def _decision(key: str, **columns):
    return {"performer_key": key, "performer_name": key.title(), "level": "low", **columns}


def _show(key: str, days: int = 3, **columns):
    on = TODAY + timedelta(days=days)
    return {"performer_key": key, "performer_name": key.title(), "local_date": on, **columns}


def _order(decisions, shows) -> list[str]:
    found = to_review(
        frame("matched_artists", *decisions), frame("expanded_artists", *shows), today=TODAY
    )
    return found["performer_key"].to_list()


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ((_decision("a"), _show("a", 2)), (_decision("b"), _show("b", 40))),
        ((_decision("a"), _show("a")), (_decision("b", level="medium"), _show("b"))),
        ((_decision("a"), _show("a")), (_decision("b"), _show("b", billing=3, role="support"))),
        (
            (_decision("a"), _show("a", performer_score=0.9)),
            (_decision("b"), _show("b", performer_score=0.1)),
        ),
    ],
    ids=["sooner", "weaker", "headliner", "bigger"],
)
def test_what_is_sooner_weaker_or_bigger_comes_first(first, second):
    assert _order([second[0], first[0]], [second[1], first[1]]) == ["a", "b"]


def test_what_needs_no_look_is_left_out():
    decisions = [
        _decision("sure", level="high"),
        _decision("by hand", method="override"),
        _decision("fest", rule="is_festival", **_NOBODY),
        _decision("nobody alike", candidates=[_OTHER], **_NOBODY),
        _decision("over"),
        _decision("weak"),
    ]
    shows = [_show(d["performer_key"]) for d in decisions if d["performer_key"] != "over"]
    assert _order(decisions, [*shows, _show("over", -1)]) == ["weak"]


def test_a_festival_is_looked_at_until_its_last_day_and_is_no_nearer_than_today():
    decisions = [_decision(key) for key in ("a", "b", "c")]
    shows = [
        _show("a", 0),
        _show("b", -5, last_date=TODAY),
        _show("c", -5, last_date=TODAY - timedelta(days=1)),
    ]
    assert _order(decisions, shows) == ["a", "b"]
    found = to_review(
        frame("matched_artists", *decisions), frame("expanded_artists", *shows), today=TODAY
    )
    assert found["priority"].n_unique() == 1


def test_a_rejection_with_a_look_alike_is_shown_with_the_reason():
    found = to_review(
        frame("matched_artists", _decision("paper lanterm", candidates=[_TWIN], **_NOBODY)),
        frame("expanded_artists", _show("paper lanterm")),
        today=TODAY,
    )
    assert "'Paper Lantern' is spelled much alike" in found["why"][0]


def test_the_candidate_that_may_be_meant_stands_before_all_others_of_a_rejection():
    pages = [{**_OTHER, "artist_id": str(number) * 22} for number in range(5)]
    row = _decision("paper lanterm", candidates=[*pages, _TWIN], **_NOBODY)
    shows = frame("expanded_artists", _show("paper lanterm"))
    found = to_review(frame("matched_artists", row), shows, today=TODAY)
    assert found["candidates"][0].struct.field("name").to_list()[0] == "Paper Lantern"


def test_a_match_without_a_song_is_shown_however_sure_it_is():
    decisions = [
        _decision("heard", level="high", spotify_artist_id="A" * 22),
        _decision("silent", level="high", spotify_artist_id="B" * 22),
        _decision("by hand", method="override", spotify_artist_id="B" * 22),
    ]
    found = to_review(
        frame("matched_artists", *decisions),
        frame("expanded_artists", *(_show(each["performer_key"]) for each in decisions)),
        today=TODAY,
        without_song=["B" * 22],
    )
    assert found.select("performer_key", "why").rows() == [
        ("silent", "high confidence, and no song was found")
    ]


def test_a_performer_of_several_states_is_one_case_at_the_soonest_show():
    found = to_review(
        frame("matched_artists", _decision("a", state="CA"), _decision("a", state="NY")),
        frame(
            "expanded_artists",
            _show("a", 9, state="CA", show_id="1", venue_city="Fresno"),
            _show("a", 2, state="NY", show_id="2", venue_city="Albany"),
        ),
        today=TODAY,
    )
    shown = found.select("shows", "state", "venue_city", "next_show_on").rows()
    assert shown == [(2, "NY", "Albany", TODAY + timedelta(days=2))]


def test_a_correction_made_in_one_state_settles_the_others():
    decisions = [_decision("a", state="CA"), _decision("a", state="NY", method="override")]
    assert _order(decisions, [_show("a")]) == []


def test_where_states_differ_the_newest_decision_counts():
    old = _decision("a", state="CA", decided_at=NOW - timedelta(days=7))
    assert _order([old, _decision("a", state="NY", level="high")], [_show("a")]) == []


def test_a_limit_keeps_the_most_urgent_and_no_decisions_are_no_cases():
    decisions, shows = frame("matched_artists"), frame("expanded_artists", _show("a", 9))
    assert to_review(decisions, shows, today=TODAY).is_empty()
    many = frame("matched_artists", *(_decision(key) for key in "abc"))
    dates = frame("expanded_artists", *(_show(key, 9 - n) for n, key in enumerate("abc")))
    kept = to_review(many, dates, today=TODAY, limit=2)
    assert kept["performer_key"].to_list() == ["c", "b"]


DECISIONS = st.lists(
    st.fixed_dictionaries(
        {
            "state": st.sampled_from(["CA", "NY"]),
            "performer_key": st.sampled_from(["paper lantern", "b", "c"]),
            "level": st.sampled_from(["low", "medium", "high"]),
            "method": st.sampled_from(["override", "search_by_name"]),
            "spotify_artist_id": st.sampled_from(["A" * 22, "B" * 22]),
        }
    ),
    max_size=5,
    unique_by=lambda row: (row["state"], row["performer_key"]),
)
SHOWS = st.lists(
    st.tuples(
        st.sampled_from(["CA", "NY"]),
        st.sampled_from(["paper lantern", "b", "c"]),
        st.integers(-1, 3),
    ),
    max_size=5,
    unique_by=lambda row: row[:2],
)


@given(DECISIONS, SHOWS, st.sets(st.sampled_from(["CA", "NY"])))
def test_the_cases_of_each_state_are_those_that_it_has_alone(decisions, shows, silent):
    rejected = {**_decision("rejected", state="NY", candidates=[_TWIN]), **_NOBODY}
    decided = frame("matched_artists", *decisions, rejected)
    billed = frame(
        "expanded_artists",
        *(_show(key, days, state=state, show_id=state + key) for state, key, days in shows),
        _show("rejected", state="NY"),
    )
    without_song = pl.DataFrame(
        {"state": sorted(silent), "spotify_artist_id": ["A" * 22] * len(silent)},
        schema={"state": pl.String, "spotify_artist_id": pl.String},
    )
    together = to_review_by_state(decided, billed, today=TODAY, limit=2, without_song=without_song)
    for state in ("CA", "NY"):
        alone = to_review(
            decided.filter(state=state),
            billed.filter(state=state),
            today=TODAY,
            limit=2,
            without_song=["A" * 22] if state in silent else [],
        )
        assert together.filter(state=state).equals(alone)
