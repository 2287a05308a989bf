"""What becomes of a decision: looked at again, overridden by hand, decided by newer rules."""

from __future__ import annotations

import csv
from datetime import timedelta

import polars as pl
import pytest

from showlist_assets.domain.matching import decisions
from showlist_assets_tests.platform_under_test import checks, failures

_EVENT = {
    "event_id": "e1",
    "name": "Brackish Lanterns",
    "starts_at_utc": "2026-03-02 20:00:00+00:00",
    "genre": "Rock",
    "attraction_names": "Brackish Lanterns",
    "attraction_segments": "Music",
    "attraction_genres": "Rock",
    "attraction_types": "Group",
    "attraction_ids": "a1",
    "venue_id": "v1",
    "venue_name": "The Boiler Room",
    "venue_street": "1 Main St",
    "venue_city": "Cheyenne",
    "venue_state": "WY",
    "venue_timezone": "America/Denver",
}
_LATER = "2026-06-01 20:00:00+00:00"
_COLUMNS = (
    "event_id", "name", "starts_at_utc", "ends_at_utc", "genre", "sub_genre", "min_price",
    "max_price", "attraction_names", "attraction_ids", "attraction_segments",
    "attraction_genres", "attraction_types", "venue_id", "venue_name", "venue_street",
    "venue_city", "venue_state", "venue_timezone", "venue_capacity",
)  # fmt: skip
_ARTIST_ID = "0brackishLanterns00000"


def _world(folder, *artists: tuple[str, str]):
    """A world folder of two shows of one band, and the artists that Spotify knows."""
    folder.mkdir()
    with (folder / "events.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, _COLUMNS)
        writer.writeheader()
        writer.writerow(_EVENT)
        writer.writerow({**_EVENT, "event_id": "e2", "starts_at_utc": _LATER})
    with (folder / "catalog.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["artist_id", "name", "genres", "popularity", "followers"])
        writer.writerows([artist_id, name, "rock", 30, 900] for artist_id, name in artists)
    return folder


def test_a_band_is_found_once_it_is_on_spotify_and_asked_about_ever_less_often(
    start_platform, start_sandbox, tmp_path
):
    stranger = ("1strangerOfTheDay00000", "Somebody Else")
    platform = start_platform(world=_world(tmp_path / "before", stranger))
    start = platform.sandbox.state.clock.now()
    asked_on = []
    for day in (0, 1, 2, 3, 6, 7):
        platform.pretend(start + timedelta(days=day, minutes=day))
        before = platform.sandbox.requests("spotify")
        platform.must_run("WY")
        if platform.sandbox.requests("spotify") > before:
            asked_on.append(day)
    assert asked_on == [0, 1, 3, 7]
    row = platform.table("matched_artists").row(0, named=True)
    assert (row["outcome"], row["misses"]) == ("rejected", 4)

    found_at = _world(tmp_path / "after", stranger, (_ARTIST_ID, "Brackish Lanterns"))
    platform.set(**start_sandbox(world=found_at).env())
    platform.pretend(start + timedelta(days=10))
    platform.must_run("WY")
    assert platform.table("matched_artists")["outcome"].to_list() == ["rejected"]
    platform.pretend(start + timedelta(days=16))
    platform.must_run("WY")
    row = platform.table("matched_artists").row(0, named=True)
    assert (row["outcome"], row["spotify_artist_id"]) == ("matched", _ARTIST_ID)
    assert (row["misses"], row["ask_again_at"]) == (0, None)


def test_the_pauses_double_up_to_a_month():
    days = [decisions.pause_after(misses).days for misses in range(1, 9)]
    assert days == [1, 2, 4, 8, 16, 32, 32, 32]


def test_a_miss_that_cannot_be_asked_about_again_stays_as_it_was(start_platform, tmp_path):
    platform = start_platform(world=_world(tmp_path / "world", ("1stranger0000000000000", "No")))
    platform.must_run("WY")
    before = platform.table("matched_artists")
    platform.pretend(platform.sandbox.state.clock.now() + timedelta(days=2))
    platform.sandbox.fault("spotify", "quota_exceeded", times=100)
    platform.must_run("WY")
    assert platform.table("matched_artists").equals(before)


def test_newer_rules_decide_again_from_what_is_stored_without_a_call(platform, monkeypatch):
    platform.must_run("OR")
    before = platform.table("matched_artists")
    spent = platform.sandbox.requests("spotify")
    monkeypatch.setattr(decisions, "MATCHER_VERSION", "newer")
    platform.must_run("OR")
    after = platform.table("matched_artists")
    assert platform.sandbox.requests("spotify") == spent
    assert set(after["matcher_version"]) == {"newer"}
    same = ["performer_key", "outcome", "spotify_artist_id", "reason", "candidates", "asked_at"]
    assert after.select(same).equals(before.select(same))


@pytest.fixture
def overridable(platform):
    """A platform after a first run, with a place for overrides."""
    platform.set(SHOWLIST_OVERRIDES=str(platform.folder / "overrides.yaml"))
    platform.must_run("OR")
    return platform


def _override(platform, text: str) -> None:
    (platform.folder / "overrides.yaml").write_text(text)


def _row(platform, key: str) -> dict[str, object]:
    found = platform.table("matched_artists").filter(pl.col("performer_key") == key)
    return found.row(0, named=True)


def _a_matched_row(platform) -> dict[str, object]:
    matched = platform.table("matched_artists").filter(
        (pl.col("outcome") == "matched") & (pl.col("candidates").list.len() > 1)
    )
    return matched.row(0, named=True)


def test_an_override_to_nobody_takes_the_artist_out_without_a_call(overridable):
    row = _a_matched_row(overridable)
    spent = overridable.sandbox.requests("spotify")
    _override(
        overridable, f'- performer: "{row["performer_name"]}"\n  artist: nobody\n  note: DJ\n'
    )
    overridable.must_run("OR")
    after = _row(overridable, row["performer_key"])
    assert (after["outcome"], after["method"]) == ("rejected", "override")
    assert after["reason"] == "Decided by hand in overrides.yaml: DJ"
    assert overridable.sandbox.requests("spotify") == spent
    shows = overridable.table("upcoming_shows")
    assert row["performer_key"] not in set(shows["performer_key"])


def test_an_override_that_is_taken_back_leaves_the_decision_to_the_rules_again(overridable):
    row = _a_matched_row(overridable)
    spent = overridable.sandbox.requests("spotify")
    _override(overridable, f'- performer: "{row["performer_name"]}"\n  artist: nobody\n')
    overridable.must_run("OR")
    _override(overridable, "")
    overridable.must_run("OR")
    after = _row(overridable, row["performer_key"])
    assert after["spotify_artist_id"] == row["spotify_artist_id"]
    assert overridable.sandbox.requests("spotify") == spent


def test_an_override_to_another_artist_wins_and_brings_that_artist_s_tracks(overridable):
    row = _a_matched_row(overridable)
    other = next(
        candidate
        for candidate in row["candidates"]
        if candidate["artist_id"] != row["spotify_artist_id"]
    )
    link = f"https://open.spotify.com/artist/{other['artist_id']}?si=abc"
    _override(overridable, f'- performer: "{row["performer_name"]}"\n  artist: {link}\n')
    overridable.must_run("OR")
    after = _row(overridable, row["performer_key"])
    assert (after["outcome"], after["method"]) == ("matched", "override")
    assert after["spotify_artist_name"] == other["name"]
    tracks = overridable.table("top_tracks")
    assert other["artist_id"] in set(tracks["spotify_artist_id"])
    spent = overridable.sandbox.requests("spotify")
    overridable.must_run("OR")
    assert overridable.sandbox.requests("spotify") == spent


def test_an_override_may_name_an_artist_that_no_search_returned(overridable):
    row = _a_matched_row(overridable)
    seen = {candidate["artist_id"] for candidate in row["candidates"]}
    stranger = next(a for a in overridable.sandbox.world.catalog.artists if a.id not in seen)
    _override(overridable, f'- performer: "{row["performer_name"]}"\n  artist: {stranger.id}\n')
    overridable.must_run("OR")
    after = _row(overridable, row["performer_key"])
    assert (after["spotify_artist_id"], after["spotify_artist_name"]) == (
        stranger.id,
        stranger.name,
    )


def test_an_override_to_an_artist_spotify_does_not_know_is_reported(overridable):
    row = _a_matched_row(overridable)
    _override(overridable, f'- performer: "{row["performer_name"]}"\n  artist: {"0" * 22}\n')
    result = overridable.run("OR")
    assert result.success, failures(result)
    assert _row(overridable, row["performer_key"])["spotify_artist_id"] == row["spotify_artist_id"]
    assert not checks(result)["matched_artists", "overrides_are_known"].passed
    unknown = overridable.metadata("matched_artists", "OR")["unknown_override_ids"]
    assert unknown == {row["performer_key"]: "0" * 22}


def test_a_mistake_in_the_overrides_is_told_with_its_line(overridable):
    _override(overridable, '- performer: "Somebody"\n  artits: nobody\n')
    before = overridable.table("matched_artists")
    result = overridable.run("OR")
    assert not result.success
    assert "overrides.yaml" in failures(result)
    assert "line 2" in failures(result)
    assert "artist" in failures(result)
    assert overridable.table("matched_artists").equals(before)
