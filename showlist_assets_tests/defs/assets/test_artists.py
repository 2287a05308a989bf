"""``matched_artists``, called with bills and a search that knows a few artists."""

from __future__ import annotations

from datetime import date, timedelta

import dagster as dg
import polars as pl
import pytest

from showlist_assets.defs.assets.artists import matched_artists
from showlist_assets.defs.jobs import CALLS_TAG
from showlist_assets.domain.matching import due, rows
from showlist_assets.sources.failures import (
    BudgetSpent,
    NotPremium,
    QuotaExceeded,
    Transient,
)
from showlist_assets_tests.defs.called import (
    FakePlatform,
    FakeSpotify,
    artist,
    call,
    sums_agree,
    try_to_call,
)
from showlist_assets_tests.rows import frame, pending

LANTERN, SPARROW, MILES = artist("Paper Lantern"), artist("Tin Sparrow"), artist("Slow Miles")


def billed(name, state="NY", **columns):
    return {"performer_key": name.lower(), "performer_name": name, "state": state, **columns}


def bill(*names, state="NY"):
    """Each on a show of its own, a day after the one before."""
    return frame(
        "expanded_artists",
        *(
            billed(name, state, show_id=f"seatgeek-{day}", local_date=date(2026, 12, day))
            for day, name in enumerate(names, start=4)
        ),
    )


@pytest.fixture
def platform(tmp_path):
    return FakePlatform(tmp_path)


@pytest.fixture
def spotify(platform):
    platform.fakes["spotify"] = FakeSpotify(LANTERN, SPARROW, MILES)
    return platform.fakes["spotify"]


def outcomes(called):
    return dict(called.frame.select("performer_name", "outcome").iter_rows())


@pytest.fixture
def decided(platform, spotify):
    """Decides a bill, keeps the rows as a run does, and forgets the questions."""

    def decide(*names, state="NY"):
        called = call(matched_artists, platform, state, expanded_artists=bill(*names, state=state))
        platform.store("matched_artists", called.frame, state)
        spotify.asked.clear()
        return called

    return decide


def test_each_partition_s_numbers_are_its_own_and_the_calls_are_the_run_s(platform, spotify):
    both = pl.concat([bill("Paper Lantern", "Slow Miles Now"), bill("Tin Sparrow", state="TX")])
    called = call(matched_artists, platform, "NY", "TX", expanded_artists=both)
    shares = {state: of_state["matched_share"] for state, of_state in called.of_state.items()}
    assert shares == {"NY": 0.5, "TX": 1.0}
    assert sums_agree(called, "matched_artists")
    assert [called.of_state[state]["decided_in_this_run"] for state in ("NY", "TX")] == [2, 1]
    resolved = "shows_next_60_days_resolved_share"
    assert [called.of_state[state][resolved] for state in ("NY", "TX")] == [1.0, 1.0]
    assert "Slow Miles Now" in called.of_state["NY"]["to_review"].value
    assert "Slow Miles Now" not in called.of_state["TX"]["to_review"].value
    assert called.of_run["spotify_calls"] == len(spotify.asked)
    assert called.of_run["stopped_early"] == ""


def test_a_number_is_given_under_the_same_name_whatever_happened(platform, spotify):
    first = call(matched_artists, platform, expanded_artists=bill("Paper Lantern"))
    platform.store("matched_artists", first.frame)
    spotify.failures = [NotPremium("no Premium")]
    spotify.artists = []
    refused = call(matched_artists, platform, expanded_artists=bill("Paper Lantern", "Other"))
    empty = call(matched_artists, platform, expanded_artists=bill("Other").clear())
    for called in (refused, empty):
        assert set(called.of_state["NY"]) == set(first.of_state["NY"])
        assert set(called.of_run) == set(first.of_run)


def test_what_was_decided_before_costs_no_call_in_any_state(platform, spotify, decided):
    first = decided("Paper Lantern", "Nobody Known")
    again = call(matched_artists, platform, expanded_artists=bill("Paper Lantern", "Nobody Known"))
    assert again.frame.equals(first.frame)
    assert again.of_state["NY"]["decided_in_earlier_runs"] == 2
    elsewhere = call(
        matched_artists,
        platform,
        "TX",
        expanded_artists=bill("Paper Lantern", "Tin Sparrow", state="TX"),
    )
    assert spotify.asked == ["Tin Sparrow"]
    assert dict(elsewhere.frame.select("performer_name", "method").iter_rows()) == {
        "Paper Lantern": "known",
        "Tin Sparrow": "search",
    }


@pytest.mark.parametrize(
    ("setting", "tags", "share"),
    [(None, {}, None), (None, {CALLS_TAG: "7"}, 7), (3, {CALLS_TAG: "7"}, 3), (0, {}, 0)],
)
def test_the_share_of_calls_is_the_setting_s_or_else_the_run_s(
    tmp_path, spotify, setting, tags, share
):
    platform = FakePlatform(tmp_path, calls_per_run=setting)
    platform.fakes["spotify"] = spotify
    call(matched_artists, platform, run_tags=tags, expanded_artists=bill("Paper Lantern"))
    assert spotify.share == share


def test_one_search_that_fails_leaves_that_performer_pending_and_goes_on(platform, spotify):
    spotify.failures = [Transient("Spotify answered 500")]
    called = call(matched_artists, platform, expanded_artists=bill("Paper Lantern", "Tin Sparrow"))
    assert outcomes(called) == {"Paper Lantern": "pending", "Tin Sparrow": "matched"}
    assert called.of_run["stopped_early"] == "Spotify answered 500"
    assert not called.checks["few_pending"].passed
    platform.store("matched_artists", called.frame)
    again = call(matched_artists, platform, expanded_artists=bill("Paper Lantern", "Tin Sparrow"))
    assert set(outcomes(again).values()) == {"matched"}


def test_the_first_cause_is_told_and_the_soonest_shows_were_looked_up(platform, spotify):
    spent = [BudgetSpent(f"refused {number}") for number in range(9)]
    spotify.failures = [None, QuotaExceeded("the day's calls are spent"), *spent]
    called = call(
        matched_artists,
        platform,
        expanded_artists=bill("Paper Lantern", "Tin Sparrow", "Slow Miles"),
    )
    assert outcomes(called) == {
        "Paper Lantern": "matched",
        "Tin Sparrow": "pending",
        "Slow Miles": "pending",
    }
    assert called.of_run["stopped_early"] == "the day's calls are spent"
    assert "the day's calls are spent" in " ".join(called.frame["reason"])


def test_a_spent_day_fails_no_run_and_an_outage_before_the_first_answer_does(platform, spotify):
    spotify.failures = [BudgetSpent("no call is free")]
    called = call(matched_artists, platform, expanded_artists=bill("Paper Lantern"))
    assert outcomes(called) == {"Paper Lantern": "pending"}
    spotify.failures = [NotPremium("no active Premium subscription")]
    failure = try_to_call(matched_artists, platform, expanded_artists=bill("Paper Lantern")).failure
    assert isinstance(failure, dg.Failure)
    assert failure.description == "no active Premium subscription"


def test_an_outage_leaves_what_is_known_and_fails_no_run(platform, spotify, decided):
    decided("Paper Lantern")
    spotify.failures = [NotPremium("no active Premium subscription")]
    called = call(
        matched_artists,
        platform,
        expanded_artists=bill("Paper Lantern", "Tin Sparrow", "Slow Miles"),
    )
    assert list(outcomes(called).values()).count("pending") == 2
    assert spotify.asked == ["Tin Sparrow"]
    assert called.of_run["stopped_early"] == "no active Premium subscription"


def test_a_band_is_found_once_it_is_on_spotify_and_asked_about_ever_less_often(
    platform, spotify, decided
):
    spotify.artists = []
    start, asked_on = platform.at, []
    for day in (0, 1, 2, 3, 6, 7):
        # A minute later each day, as the schedule is never on the second.
        platform.at = start + timedelta(days=day, minutes=day)
        before = len(spotify.asked)
        called = call(matched_artists, platform, expanded_artists=bill("Paper Lantern"))
        platform.store("matched_artists", called.frame)
        if len(spotify.asked) > before:
            asked_on.append(day)
    assert asked_on == [0, 1, 3, 7]
    assert called.frame["misses"].to_list() == [4]
    assert called.of_state["NY"]["looked_for_again_in_this_run"] == 1

    spotify.artists = [LANTERN]
    platform.at = start + timedelta(days=10)
    assert outcomes(decided("Paper Lantern")) == {"Paper Lantern": "rejected"}
    platform.at = start + timedelta(days=16)
    (row,) = decided("Paper Lantern").frame.to_dicts()
    assert (row["outcome"], row["spotify_artist_id"]) == ("matched", LANTERN.artist_id)
    assert (row["misses"], row["ask_again_at"]) == (0, None)


def test_a_miss_that_cannot_be_asked_about_again_stays_as_it_was(platform, spotify, decided):
    before = decided("Nobody Known")
    platform.at += timedelta(days=2)
    spotify.failures = [QuotaExceeded("the day's calls are spent")] * 9
    assert decided("Nobody Known").frame.equals(before.frame)


def test_newer_rules_decide_again_from_what_is_stored_without_a_call(
    platform, spotify, decided, monkeypatch
):
    before = decided("Paper Lantern", "Nobody Known").frame
    for module in (due, rows):
        monkeypatch.setattr(module, "MATCHER_VERSION", "newer")
    after = call(
        matched_artists, platform, expanded_artists=bill("Paper Lantern", "Nobody Known")
    ).frame
    assert spotify.asked == []
    assert set(after["matcher_version"]) == {"newer"}
    same = ["performer_key", "outcome", "spotify_artist_id", "reason", "candidates", "asked_at"]
    assert after.select(same).equals(before.select(same))


def override(platform, text):
    platform.overrides.path.write_text(text)


def test_an_override_to_nobody_wins_without_a_call_and_may_be_taken_back(
    platform, spotify, decided
):
    decided("Paper Lantern")
    override(platform, '- performer: "Paper Lantern"\n  artist: nobody\n  note: DJ\n')
    (row,) = decided("Paper Lantern").frame.to_dicts()
    assert (row["outcome"], row["method"]) == ("rejected", "override")
    assert row["reason"] == "Decided by hand in overrides.yaml: DJ"
    override(platform, "")
    called = call(matched_artists, platform, expanded_artists=bill("Paper Lantern"))
    assert called.frame["spotify_artist_id"].to_list() == [LANTERN.artist_id]
    assert spotify.asked == []


def test_an_override_to_an_artist_no_search_returned_brings_that_artist_s_tracks(
    platform, spotify, decided
):
    decided("Paper Lantern")
    link = f"https://open.spotify.com/artist/{'7' * 22}?si=abc"
    spotify.artists.append(artist("Slow Hours", "7" * 22))
    override(platform, f'- performer: "Paper Lantern"\n  artist: {link}\n')
    (row,) = decided("Paper Lantern").frame.to_dicts()
    assert (row["method"], row["spotify_artist_name"]) == ("override", "Slow Hours")
    assert {track["artist_ids"][0] for track in row["found_tracks"]} >= {"7" * 22}
    again = call(matched_artists, platform, expanded_artists=bill("Paper Lantern"))
    assert again.frame["spotify_artist_name"].to_list() == ["Slow Hours"]
    assert spotify.asked == []


@pytest.mark.usefixtures("spotify")
def test_an_override_to_an_artist_spotify_does_not_know_is_reported_where_it_counts(platform):
    override(platform, f'- performer: "Paper Lantern"\n  artist: {"0" * 22}\n')
    both = pl.concat([bill("Paper Lantern"), bill("Tin Sparrow", state="TX")])
    called = call(matched_artists, platform, "NY", "TX", expanded_artists=both)
    assert outcomes(called)["Paper Lantern"] == "matched"
    known = called.checks["overrides_are_known"]
    assert not known.passed
    assert known.metadata["failing_states"].value == {"NY": 1}
    assert called.of_state["NY"]["unknown_override_ids"] == {"paper lantern": "0" * 22}
    assert "unknown_override_ids" not in called.of_state["TX"]


def test_a_mistake_in_the_overrides_is_told_with_its_line(platform, spotify):
    override(platform, '- performer: "Somebody"\n  artits: nobody\n')
    failure = try_to_call(matched_artists, platform, expanded_artists=bill("Paper Lantern")).failure
    assert isinstance(failure, dg.Failure)
    assert "overrides.yaml, line 2" in failure.description
    assert "artist" in failure.description
    assert spotify.asked == []


def test_a_pending_row_of_another_state_decides_nothing(platform, spotify):
    waiting = {"state": "TX", **pending(), "queries": [], "asked_at": None}
    platform.store("matched_artists", frame("matched_artists", waiting), "TX")
    called = call(matched_artists, platform, expanded_artists=bill("Paper Lantern"))
    assert spotify.asked == ["Paper Lantern"]
    assert outcomes(called) == {"Paper Lantern": "matched"}


def songs_of_row(row):
    artist_id = row["spotify_artist_id"]
    return [track for track in row["found_tracks"] if artist_id in track["artist_ids"]]


def test_who_was_found_without_a_song_is_searched_for_once_more_after_all_others(platform, spotify):
    spotify.drowned = [LANTERN, MILES]
    called = call(
        matched_artists,
        platform,
        expanded_artists=bill("Paper Lantern", "Slow Miles", "Tin Sparrow"),
    )
    assert spotify.asked == [
        "Paper Lantern", "Slow Miles", "Tin Sparrow", 'artist:"Paper Lantern"',
        'artist:"Slow Miles"',
    ]  # fmt: skip
    assert all(songs_of_row(row) for row in called.frame.iter_rows(named=True))
    assert called.of_run["spotify_calls"] == 5
    assert called.of_state["NY"]["artists_without_song"] == 0
    assert called.of_state["NY"]["shows_next_60_days_with_songs"] == 3


def test_who_has_no_song_is_counted_reviewed_and_never_asked_about_again(
    platform, spotify, decided
):
    spotify.silent = [LANTERN]
    first = decided("Paper Lantern", "Tin Sparrow")
    of_state = first.of_state["NY"]
    assert of_state["artists_without_song"] == 1
    assert (
        of_state["shows_next_60_days_with_songs"],
        of_state["shows_next_60_days_nobody_to_hear"],
        of_state["shows_next_60_days_resolved"],
    ) == (1, 1, 2)
    assert "no song was found" in of_state["to_review"].value
    again = call(matched_artists, platform, expanded_artists=bill("Paper Lantern", "Tin Sparrow"))
    elsewhere = call(
        matched_artists, platform, "TX", expanded_artists=bill("Paper Lantern", state="TX")
    )
    assert spotify.asked == []
    assert again.frame.equals(first.frame)
    assert elsewhere.of_state["TX"]["artists_without_song"] == 1


def test_songs_wait_for_calls_and_a_show_without_them_is_not_resolved(platform, spotify, decided):
    spotify.drowned = [LANTERN, MILES]
    spotify.failures = [None, None, None, BudgetSpent("no call is free")]
    called = decided("Paper Lantern", "Slow Miles")
    assert called.of_run["stopped_early"] == "no call is free"
    assert set(outcomes(called).values()) == {"matched"}
    assert called.of_state["NY"]["artists_without_song"] == 0, "not known yet"
    assert called.of_state["NY"]["shows_next_60_days_resolved"] == 1
    # Of older tables, too: whoever was never asked about is, once.
    platform.at += timedelta(days=1)
    again = call(matched_artists, platform, expanded_artists=bill("Paper Lantern", "Slow Miles"))
    assert spotify.asked == ['artist:"Slow Miles"']
    assert again.of_state["NY"]["shows_next_60_days_resolved"] == 2
    assert again.of_run["stopped_early"] == ""


def test_a_state_takes_the_songs_that_another_one_found(platform, spotify, decided):
    spotify.drowned = [LANTERN]
    spotify.failures = [None, BudgetSpent("no call is free")]
    decided("Paper Lantern")
    decided("Paper Lantern", state="TX")
    called = call(matched_artists, platform, expanded_artists=bill("Paper Lantern"))
    assert spotify.asked == []
    assert songs_of_row(called.frame.row(0, named=True))


def test_another_name_of_the_artist_costs_no_second_search_for_songs(platform, spotify, decided):
    spotify.silent = [LANTERN]
    decided("Paper Lantern")
    call(matched_artists, platform, expanded_artists=bill("Paper Lantern (Live)"))
    assert spotify.asked == ["Paper Lantern (Live)"]


def test_with_extended_quota_no_songs_are_searched_for(tmp_path, spotify):
    platform = FakePlatform(tmp_path, spotify_mode="extended")
    platform.fakes["spotify"] = spotify
    spotify.drowned = [LANTERN]
    called = call(matched_artists, platform, expanded_artists=bill("Paper Lantern"))
    assert spotify.asked == ["Paper Lantern"]
    assert called.of_state["NY"]["artists_without_song"] == 0


def test_an_act_costs_no_call_where_the_text_it_was_read_off_was_searched(
    platform, spotify, decided
):
    spotify.artists = [artist("Paper Lantern")]
    text = "Paper Lantern with Tin Sparrow"
    decided(text)
    acts = frame(
        "expanded_artists",
        billed("Paper Lantern", billed_text=text),
        billed("Tin Sparrow", billed_text=text, billing=2),
    )
    called = call(matched_artists, platform, expanded_artists=acts)
    assert spotify.asked == ["Tin Sparrow"]
    assert outcomes(called) == {"Paper Lantern": "matched", "Tin Sparrow": "rejected"}
    platform.store("matched_artists", called.frame)
    call(matched_artists, platform, expanded_artists=acts)
    assert spotify.asked == ["Tin Sparrow"]
