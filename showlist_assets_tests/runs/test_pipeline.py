"""Whole runs through Dagster, against the sandbox over real HTTP: what only a run shows.

What an asset makes of its input is tested where it is called as a function (``defs/assets``).
"""

from __future__ import annotations

import dagster as dg
import polars as pl
import pytest

from showlist_assets.defs.assets import upcoming
from showlist_assets.domain.tables.registry import TABLES
from showlist_assets_tests.platform_under_test import FILLED, checks, failures

pytestmark = pytest.mark.slow


def test_one_run_of_several_states_fills_every_table_of_each(finished_runs):
    for table in TABLES:
        assert set(finished_runs.store.states(table)) == set(FILLED)
        assert finished_runs.table(table).height > 0, table
    shows = finished_runs.table("upcoming_shows")
    assert set(shows["state"]) == set(FILLED)
    assert shows.select(TABLES["upcoming_shows"].primary_key()).is_unique().all()


def test_each_partition_says_how_many_rows_it_has_and_numbers_to_plot(finished_runs):
    for table in TABLES:
        of_states = {state: finished_runs.metadata(table, state) for state in FILLED}
        for state, metadata in of_states.items():
            stored = finished_runs.store.read(table, [state]).height
            assert metadata["dagster/partition_row_count"] == stored
            assert metadata["rejected_rows"] == 0
            assert metadata["bytes_stored"] > 0
            assert "| " in str(metadata["preview"])
        assert len({frozenset(metadata) for metadata in of_states.values()}) == 1, table
    assert 0 < finished_runs.metadata("matched_artists", "VT")["matched_share"] <= 1


def test_what_is_said_of_a_run_is_said_once_and_not_of_each_partition(finished_runs):
    of_run = finished_runs.of_run("matched_artists")
    assert of_run["spotify_calls"] > 0
    assert of_run["stopped_early"] == ""
    assert not set(of_run) & set(finished_runs.metadata("matched_artists", "WY"))


def test_development_mode_asks_no_removed_endpoint(finished_runs):
    asked = {
        (row["path"], row["status"])
        for row in finished_runs.requests_made
        if row["service"] == "spotify"
    }
    assert asked == {("/v1/search", 200)}


def test_a_second_run_with_nothing_new_asks_spotify_and_reccobeats_nothing(filled_platform):
    platform = filled_platform
    before = {table: platform.table(table) for table in TABLES}
    platform.must_run("VT", "WY")
    assert [platform.sandbox.requests(name) for name in ("spotify", "reccobeats")] == [0, 0]
    for table in set(TABLES) - {"raw_events"}:
        assert platform.table(table).equals(before[table]), table


def test_extended_mode_takes_spotifys_own_ranking_and_features(start_platform):
    platform = start_platform(mode="extended")
    platform.must_run("VT")
    tracks, features = platform.table("top_tracks"), platform.table("audio_features")
    assert set(tracks["ranking_source"]) == {"spotify_top_tracks"}
    assert "spotify" in set(features["features_source"])
    assert platform.table("matched_artists")["spotify_popularity"].drop_nulls().len() > 0


def test_the_day_s_calls_run_out_and_the_rest_is_found_the_next_day(start_platform):
    platform = start_platform(daily_quota=20)
    platform.set(SHOWLIST_SPOTIFY_BUDGET="100000")
    result = platform.must_run("WA")
    first = platform.table("matched_artists")
    pending = first.filter(pl.col("outcome") == "pending")
    assert pending.height > 0
    assert pending["reason"].str.contains("the day's calls are spent").any()
    assert not checks(result)["matched_artists", "few_pending"].passed
    dated = first.filter(pl.col("next_show_on").is_not_null() & (pl.col("rule") != "is_festival"))
    decided = dated.filter(pl.col("outcome") != "pending")["next_show_on"].max()
    assert decided <= dated.filter(pl.col("outcome") == "pending")["next_show_on"].min()

    spent = platform.sandbox.requests("spotify", status=200)
    while platform.table("matched_artists").filter(pl.col("outcome") == "pending").height:
        platform.wait(hours=25)
        platform.must_run("WA")
    done = platform.table("matched_artists")
    paid = platform.sandbox.requests("spotify", status=200)
    assert paid > spent
    asked = sum(
        len(queries) * max(1, times) for queries, times in done.select("queries", "misses").rows()
    )
    assert paid == asked, "an answer was paid for twice"
    untouched = done.join(
        first.filter(pl.col("outcome") == "matched"), on="performer_key", suffix="_first"
    )
    assert (untouched["decided_at"] == untouched["decided_at_first"]).all()


def test_an_override_wins_and_brings_that_artist_s_tracks_to_the_shows(filled_platform):
    platform = filled_platform
    matched = platform.store.read("matched_artists", ["WA"]).filter(
        (pl.col("outcome") == "matched") & (pl.col("candidates").list.len() > 1)
    )
    row = matched.row(0, named=True)
    other = next(
        candidate
        for candidate in row["candidates"]
        if candidate["artist_id"] != row["spotify_artist_id"]
    )
    link = f"https://open.spotify.com/artist/{other['artist_id']}?si=abc"
    (platform.folder / "overrides.yaml").write_text(
        f'- performer: "{row["performer_name"]}"\n  artist: {link}\n'
    )
    platform.must_run("WA")
    shows = platform.store.read("upcoming_shows", ["WA"])
    of_the_act = shows.filter(pl.col("performer_key") == row["performer_key"])
    assert set(of_the_act["spotify_artist_id"]) == {other["artist_id"]}
    spent = platform.sandbox.requests("spotify")
    platform.must_run("WA")
    assert platform.sandbox.requests("spotify") == spent


def test_a_refused_table_is_not_materialized_and_starts_no_playlist(filled_platform, monkeypatch):
    before = filled_platform.table("upcoming_shows")
    join = upcoming.join_upcoming_shows
    monkeypatch.setattr(
        upcoming,
        "join_upcoming_shows",
        lambda *a, **k: join(*a, **k).with_columns(title=pl.lit("")),
    )
    result = filled_platform.run("WA")
    assert not result.success
    assert not checks(result)["upcoming_shows", "schema"].passed
    assert "its partitions stay as they were" in failures(result)
    assert filled_platform.table("upcoming_shows").equals(before)
    assert result.asset_materializations_for_node("upcoming_shows") == []
    newest = filled_platform.instance.get_latest_materialization_event
    assert newest(dg.AssetKey("upcoming_shows")) is None
    assert newest(dg.AssetKey("audio_features")) is not None


@pytest.mark.parametrize("named", ["SEATGEEK_CLIENT_ID", "SPOTIFY_CLIENT_SECRET"])
def test_a_wrong_key_fails_with_one_sentence_that_names_it(platform, named):
    platform.set(**{named: "hunter2-wrong"})
    result = platform.run("WY")
    assert not result.success
    assert named in failures(result)
    assert "hunter2" not in failures(result)
    assert "Traceback" not in failures(result)


def test_a_missing_key_is_named_with_the_remedy(platform):
    del platform.variables["SPOTIFY_CLIENT_ID"]
    result = platform.run("WY")
    assert not result.success
    assert "SPOTIFY_CLIENT_ID is not set" in failures(result)
    assert ".env" in failures(result)


def test_no_secret_is_in_any_event_of_a_run_or_any_stored_file(platform, caplog):
    caplog.set_level("DEBUG")
    platform.must_run("WY")
    platform.sandbox.fault("spotify", "not_premium", times=100)
    platform.sandbox.fault("seatgeek", "status", status=403, times=1)
    platform.run("VT")
    secrets = [
        value
        for name, value in platform.sandbox.env().items()
        if name.endswith(("CLIENT_ID", "CLIENT_SECRET"))
    ]
    told = [caplog.text]
    for run in platform.instance.get_runs():
        told += [entry.to_json() for entry in platform.instance.all_logs(run.run_id)]
        told.append(str(run.run_config) + str(run.tags))
    files = [path for path in platform.root.rglob("*") if path.is_file()]
    told += [path.read_bytes().decode("latin-1") for path in files]
    for secret in secrets:
        assert secret not in "".join(told)


def test_a_single_partition_works_just_as_a_range_does(filled_platform):
    result = filled_platform.run_job("refresh_states", partition_key="WY")
    assert result.success, failures(result)
    records = filled_platform.instance.fetch_materializations(
        dg.AssetKey("upcoming_shows"), limit=5
    ).records
    assert [record.partition_key for record in records] == ["WY"]


def test_an_unwritable_data_root_fails_at_once_with_one_sentence(platform):
    platform.set(SHOWLIST_DATA_ROOT="/proc/none", SHOWLIST_CALL_STORE=str(platform.folder))
    result = platform.run("WY")
    assert not result.success
    assert "/proc/none/raw_events/WY.parquet" in failures(result)
    assert "SHOWLIST_DATA_ROOT" in failures(result)
    assert "Traceback" not in failures(result)
    assert platform.sandbox.requests("spotify") == 0
