"""Whole runs through Dagster, against the sandbox over real HTTP."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import dagster as dg
import polars as pl
import pytest

from showlist_assets.definitions import build_definitions
from showlist_assets.defs.assets import shows
from showlist_assets.domain.tables.schemas import TABLES
from showlist_assets_tests.platform_under_test import checks, failures


def test_one_run_of_several_states_fills_every_table_of_each(platform):
    platform.must_run("VT", "WY")
    for table in TABLES:
        assert set(platform.store.states(table)) == {"VT", "WY"}
        assert platform.table(table).height > 0, table
    shows = platform.table("upcoming_shows")
    assert set(shows["state"]) == {"VT", "WY"}
    assert shows.select(TABLES["upcoming_shows"].primary_key()).is_unique().all()


def test_each_partition_says_how_many_rows_it_has_and_numbers_to_plot(platform):
    platform.must_run("VT", "WY")
    for table in TABLES:
        for state in ("VT", "WY"):
            metadata = platform.metadata(table, state)
            stored = platform.store.read(table, [state]).height
            assert metadata["dagster/partition_row_count"] == stored
            assert metadata["rejected_rows"] == 0
            assert "| " in str(metadata["preview"])
    assert 0 < platform.metadata("matched_artists", "VT")["match_rate"] <= 1


def test_the_keys_of_the_numbers_are_the_same_in_every_run(platform):
    platform.must_run("WY")
    first = {table: set(platform.metadata(table, "WY")) for table in TABLES}
    platform.must_run("WY")
    assert {table: set(platform.metadata(table, "WY")) for table in TABLES} == first


def test_a_second_run_with_nothing_new_asks_spotify_and_reccobeats_nothing(platform):
    platform.must_run("VT", "WY")
    before = {table: platform.table(table) for table in TABLES}
    spent = {name: platform.sandbox.requests(name) for name in ("spotify", "reccobeats")}
    platform.must_run("VT", "WY")
    assert {name: platform.sandbox.requests(name) for name in spent} == spent
    for table in set(TABLES) - {"raw_events"}:
        assert platform.table(table).equals(before[table]), table


def test_an_artist_known_from_another_state_costs_no_call(platform):
    platform.must_run("CA")
    known = set(platform.table("matched_artists")["performer_key"])
    spent = platform.sandbox.requests("spotify")
    platform.must_run("NV")
    in_nevada = platform.store.read("matched_artists", ["NV"])
    new = in_nevada.filter(~pl.col("performer_key").is_in(known))
    asked = sum(len(queries) for queries in new["queries"])
    assert new.height < in_nevada.height, "the two states share no performer: pick others"
    # One more call is for the token of the new process.
    assert platform.sandbox.requests("spotify") - spent == asked
    reused = in_nevada.filter(
        pl.col("performer_key").is_in(known) & (pl.col("rule") != "is_festival")
    )
    assert set(reused["method"]) == {"known"}


def test_a_state_without_shows_gets_typed_empty_partitions(platform):
    platform.pretend(platform.sandbox.state.clock.now() + timedelta(days=400))
    result = platform.run("WY")
    assert result.success, failures(result)
    for table in TABLES:
        assert platform.store.states(table) == ["WY"]
        assert platform.table(table).is_empty()
    assert not checks(result)["raw_events", "has_events"].passed
    assert checks(result)["raw_events", "schema"].passed


def test_development_mode_asks_no_removed_endpoint(platform):
    platform.must_run("WA")
    asked = Counter(
        (row["path"], row["status"])
        for row in platform.sandbox.state.log.rows()
        if row["service"] == "spotify"
    )
    assert set(asked) == {("/v1/search", 200)}


def test_extended_mode_takes_spotifys_own_ranking_and_features(start_platform):
    platform = start_platform(mode="extended")
    platform.must_run("OR")
    tracks, features = platform.table("top_tracks"), platform.table("audio_features")
    assert set(tracks["ranking_source"]) == {"spotify_top_tracks"}
    assert "spotify" in set(features["features_source"])
    assert platform.table("matched_artists")["spotify_popularity"].drop_nulls().len() > 0
    spent = platform.sandbox.requests("spotify")
    platform.must_run("OR")
    assert platform.sandbox.requests("spotify") == spent


def test_only_shows_that_lie_ahead_come_out(platform):
    platform.must_run("CA")
    later = platform.sandbox.state.clock.now() + timedelta(days=45)
    platform.pretend(later)
    platform.must_run("CA")
    shows = platform.table("upcoming_shows")
    begun = shows.filter(pl.col("starts_at") <= later)
    assert begun.is_empty()
    assert shows.height > 0


def test_the_day_s_calls_run_out_and_the_rest_is_found_the_next_day(start_platform):
    platform = start_platform(daily_quota=20)
    platform.set(SHOWLIST_SPOTIFY_BUDGET="100000")
    result = platform.run("WA")
    assert result.success, failures(result)
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


def test_a_state_whose_source_fails_keeps_its_events_and_does_not_stop_the_others(platform):
    platform.must_run("VT", "WY")
    before = platform.store.read("raw_events", ["VT"])
    platform.wait(minutes=1)
    platform.sandbox.fault("seatgeek", "status", status=500, times=4)
    result = platform.run("VT", "WY")
    assert result.success, failures(result)
    assert platform.store.read("raw_events", ["VT"]).equals(before)
    assert platform.store.read("raw_events", ["WY"])["fetched_at"][0] > before["fetched_at"][0]
    stale = checks(result)["raw_events", "source_answered"]
    assert not stale.passed
    assert stale.metadata["stale"].value == {"VT": 1}
    assert "SeatGeek" in str(platform.metadata("raw_events", "VT")["stale_states"])


def test_a_run_in_which_no_state_could_be_fetched_fails_and_loses_nothing(platform):
    platform.must_run("WY")
    before = platform.table("raw_events")
    platform.sandbox.fault("seatgeek", "captcha", times=100)
    result = platform.run("WY")
    assert not result.success
    assert "captcha" in failures(result)
    assert "Traceback" not in failures(result)
    assert platform.table("raw_events").equals(before)


def test_a_failed_search_leaves_that_performer_pending_and_goes_on(platform):
    platform.sandbox.fault("spotify", "status", endpoint="/v1/search", status=500, times=4)
    result = platform.run("OR")
    assert result.success, failures(result)
    outcomes = Counter(platform.table("matched_artists")["outcome"])
    assert outcomes["pending"] == 1
    assert outcomes["matched"] > 0


def test_features_that_cannot_be_had_do_not_hold_back_the_shows(platform):
    platform.sandbox.fault("reccobeats", "status", status=503, times=100)
    result = platform.run("WY")
    assert result.success, failures(result)
    shows = platform.table("upcoming_shows")
    assert shows.height > 0
    assert shows["energy"].null_count() == shows.height
    assert "ReccoBeats" in str(platform.metadata("audio_features", "WY")["stopped_early"])
    platform.sandbox.reset()
    platform.must_run("WY")
    assert platform.table("upcoming_shows")["energy"].null_count() < shows.height


def test_a_transient_failure_is_retried_and_the_run_succeeds(platform):
    platform.sandbox.fault("seatgeek", "reset", times=1)
    platform.sandbox.fault("spotify", "truncated", endpoint="/v1/search", times=1)
    platform.must_run("WY")
    assert set(platform.table("matched_artists")["outcome"]) <= {"matched", "rejected"}


def test_an_expired_token_is_renewed_in_the_middle_of_a_run(platform):
    platform.sandbox.fault("spotify", "status", endpoint="/v1/search", status=401, times=1, skip=1)
    platform.must_run("OR")
    assert set(platform.table("matched_artists")["outcome"]) <= {"matched", "rejected"}
    assert platform.sandbox.requests("accounts") == 2


@pytest.mark.parametrize(
    ("variable", "named"),
    [
        ("SEATGEEK_CLIENT_ID", "SEATGEEK_CLIENT_ID"),
        ("SPOTIFY_CLIENT_SECRET", "SPOTIFY_CLIENT_SECRET"),
    ],
)
def test_a_wrong_key_fails_with_one_sentence_that_names_it(platform, variable, named):
    platform.set(**{variable: "hunter2-wrong"})
    result = platform.run("WY")
    assert not result.success
    assert named in failures(result)
    assert "hunter2" not in failures(result)
    assert "Traceback" not in failures(result)


def test_a_missing_key_is_named_with_the_remedy(platform, monkeypatch):
    monkeypatch.delenv("SPOTIFY_CLIENT_ID")
    result = platform.run("WY")
    assert not result.success
    assert "SPOTIFY_CLIENT_ID is not set" in failures(result)
    assert ".env" in failures(result)


def test_an_unreachable_api_names_its_address_and_the_setting(platform):
    platform.set(SHOWLIST_SEATGEEK_URL="http://127.0.0.1:9")
    result = platform.run("WY")
    assert not result.success
    assert "http://127.0.0.1:9" in failures(result)
    assert "SHOWLIST_SEATGEEK_URL" in failures(result)


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


def test_a_table_whose_rows_mostly_break_rules_is_not_replaced(platform, monkeypatch):
    platform.must_run("WA")
    before = platform.table("raw_events")
    from showlist_assets.domain.events import billing as events

    original = events._seatgeek_row

    def nameless(document, fetched_at):
        row, fault = original(document, fetched_at)
        return {**row, "title": None}, fault

    monkeypatch.setattr(events, "_seatgeek_row", nameless)
    result = platform.run("WA")
    assert not result.success
    assert not checks(result)["raw_events", "schema"].passed
    assert "WA: " in failures(result)
    assert "the partitions stay as they were" in failures(result)
    assert platform.table("raw_events").equals(before)


def test_a_refused_table_is_not_materialized_and_starts_no_playlist(platform, monkeypatch):
    platform.must_run("WA")
    before = platform.table("upcoming_shows")
    asset = dg.AssetKey("upcoming_shows")
    newest = platform.instance.get_latest_materialization_event(asset)
    join = shows.join_upcoming_shows
    monkeypatch.setattr(
        shows, "join_upcoming_shows", lambda *a, **k: join(*a, **k).with_columns(title=pl.lit(""))
    )
    result = platform.run("WA")
    assert not checks(result)["upcoming_shows", "schema"].passed
    assert platform.table("upcoming_shows").equals(before)
    assert result.asset_materializations_for_node("upcoming_shows") == []
    assert platform.instance.get_latest_materialization_event(asset) == newest
    assert platform.metadata("upcoming_shows", "WA")["dagster/partition_row_count"] == before.height


def test_a_few_bad_rows_are_set_aside_and_counted(platform, monkeypatch):
    from showlist_assets.domain.events import billing as events

    original, seen = events._seatgeek_row, []

    def one_without_a_title(document, fetched_at):
        row, fault = original(document, fetched_at)
        seen.append(row)
        return ({**row, "title": None} if len(seen) == 1 else row), fault

    monkeypatch.setattr(events, "_seatgeek_row", one_without_a_title)
    platform.must_run("WA")
    rejected = platform.store.read_rejected()
    assert rejected["table"].to_list() == ["raw_events"]
    assert "title must not be empty" in rejected["reason"][0]
    assert platform.metadata("raw_events", "WA")["rejected_rows"] == 1


def test_a_single_partition_works_just_as_a_range_does(platform):
    job = build_definitions().resolve_job_def("refresh_states")
    result = job.execute_in_process(instance=platform.instance, partition_key="WY")
    assert result.success
    records = platform.instance.fetch_materializations(
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
