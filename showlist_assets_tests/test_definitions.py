"""What Dagster loads: the graph, its documentation, the schedule, and what loading costs."""

from __future__ import annotations

import subprocess
import sys
from datetime import datetime
from zoneinfo import ZoneInfo

import dagster as dg
import pytest

from showlist_assets.definitions import build_definitions, defs
from showlist_assets.defs.assets.external import external_assets
from showlist_assets.defs.schedules import weekly_refresh
from showlist_assets.domain.states import STATE_CODES
from showlist_assets.domain.tables.schemas import TABLES

_UPSTREAM = {
    "raw_events": {"seatgeek"},
    "expanded_artists": {"raw_events"},
    "matched_artists": {"expanded_artists", "spotify_catalog"},
    "top_tracks": {"matched_artists"},
    "audio_features": {"top_tracks", "reccobeats"},
    "upcoming_shows": {
        "raw_events", "expanded_artists", "matched_artists", "top_tracks", "audio_features",
    },
    "warehouse": set(TABLES),
}  # fmt: skip


def test_the_definitions_are_loadable():
    dg.Definitions.validate_loadable(defs)


def test_the_lineage_is_the_documented_one():
    graph = defs.resolve_asset_graph()
    for asset, upstream in _UPSTREAM.items():
        parents = {key.path[-1] for key in graph.get(dg.AssetKey(asset)).parent_keys}
        assert parents == upstream, asset


@pytest.mark.parametrize("asset", list(_UPSTREAM))
def test_every_asset_introduces_itself(asset):
    node = defs.resolve_asset_graph().get(dg.AssetKey(asset))
    assert len(node.description) > 60
    assert node.owners == ["team:showlist"]
    assert node.kinds
    assert node.group_name == "showlist"
    assert node.freshness_policy is not None


@pytest.mark.parametrize("table", list(TABLES))
def test_every_column_of_a_table_is_described_and_traced(table):
    metadata = defs.resolve_asset_graph().get(dg.AssetKey(table)).metadata
    columns = metadata["dagster/column_schema"].columns
    assert [column.name for column in columns] == TABLES[table].column_names()
    assert all(column.description for column in columns)
    lineage = metadata["dagster/column_lineage"].deps_by_column
    known = {key.path[-1] for key in defs.resolve_asset_graph().get_all_asset_keys()}
    for column, deps in lineage.items():
        assert column in TABLES[table].column_names()
        for dep in deps:
            upstream = dep.asset_key.path[-1]
            assert upstream in known
            if upstream in TABLES:
                assert dep.column_name in TABLES[upstream].column_names()


@pytest.mark.parametrize("table", list(TABLES))
def test_every_table_has_blocking_and_warning_checks(table):
    graph = defs.resolve_asset_graph()
    specs = {key.name: graph.get_check_spec(key) for key in graph.asset_check_keys
             if key.asset_key == dg.AssetKey(table)}  # fmt: skip
    assert {name for name, spec in specs.items() if spec.blocking} == {"schema", "keys"}
    assert len(specs) > 2
    assert all(spec.description for spec in specs.values())


def test_there_is_one_partition_per_state_and_the_heaviest_come_first():
    partitions = defs.resolve_asset_graph().get(dg.AssetKey("raw_events")).partitions_def
    assert list(partitions.get_partition_keys()) == list(STATE_CODES)
    assert len(set(STATE_CODES)) == 51
    assert STATE_CODES[:4] == ("CA", "NY", "TX", "FL")


def test_the_graph_begins_and_ends_in_the_real_world():
    assert {spec.key.path[-1] for spec in external_assets} == {
        "seatgeek", "spotify_catalog", "reccobeats", "spotify_playlists",
    }  # fmt: skip
    (end,) = [spec for spec in external_assets if spec.key.path[-1] == "spotify_playlists"]
    assert [dep.asset_key.path[-1] for dep in end.deps] == ["playlists"]
    assert all(spec.description for spec in external_assets)


def _monday_tick() -> list[dg.RunRequest]:
    nine = datetime(2026, 11, 23, 9, tzinfo=ZoneInfo("America/New_York"))
    context = dg.build_schedule_context(scheduled_execution_time=nine)
    return list(weekly_refresh(context))


def test_the_weekly_schedule_covers_all_states_in_a_few_runs():
    assert weekly_refresh.cron_schedule == "0 9 * * 1"
    assert weekly_refresh.execution_timezone == "America/New_York"
    requests = _monday_tick()
    ranges = [
        (
            request.tags["dagster/asset_partition_range_start"],
            request.tags["dagster/asset_partition_range_end"],
        )
        for request in requests
    ]
    covered = [
        state
        for first, last in ranges
        for state in STATE_CODES[STATE_CODES.index(first) : STATE_CODES.index(last) + 1]
    ]
    assert covered == list(STATE_CODES)
    assert len(requests) == 3


def test_a_tick_evaluated_twice_asks_for_the_same_runs():
    assert [r.run_key for r in _monday_tick()] == [r.run_key for r in _monday_tick()]
    assert _monday_tick()[0].run_key == "2026-W48/CA-IN"


def test_the_number_of_states_per_run_is_a_setting(monkeypatch):
    monkeypatch.setenv("SHOWLIST_STATES_PER_RUN", "25")
    assert len(_monday_tick()) == 3
    monkeypatch.setenv("SHOWLIST_STATES_PER_RUN", "51")
    assert len(_monday_tick()) == 1


def test_a_failed_asset_is_retried_after_two_and_a_half_seconds_doubling_five_times():
    found = subprocess.run(
        [
            sys.executable,
            "-c",
            (
                "from showlist_assets.defs.assets.events import raw_events as a;"
                "p = a.op.retry_policy; print(p.max_retries, p.delay, p.backoff.name)"
            ),
        ],
        env={"PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert found.stdout.split() == ["5", "2.5", "EXPONENTIAL"]


def test_loading_the_definitions_costs_less_than_two_cpu_seconds_more_than_dagster():
    script = (
        "import time; import dagster; t = time.process_time();"
        "import showlist_assets.definitions; print(time.process_time() - t)"
    )
    costs = [
        float(
            subprocess.run([sys.executable, "-c", script], capture_output=True, check=True).stdout
        )
        for _ in range(2)
    ]
    assert min(costs) < 2.0


def test_loading_the_definitions_uses_nothing_in_beta_and_no_heavy_library():
    script = (
        "import sys, warnings, dagster as dg;"
        "[warnings.simplefilter('error', category) for category in"
        " (dg.BetaWarning, dg.PreviewWarning, dg.SupersessionWarning)];"
        "import showlist_assets.definitions;"
        "print([m for m in ('spotipy', 'duckdb', 'dagster_gcp') if m in sys.modules])"
    )
    found = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )
    assert found.stdout.strip() == "[]", found.stderr


def test_no_secret_is_in_the_configuration_of_a_resource(monkeypatch):
    monkeypatch.setenv("SPOTIFY_CLIENT_SECRET", "hunter2-secret")
    monkeypatch.setenv("SEATGEEK_CLIENT_ID", "hunter2-id")
    resources = build_definitions().resources
    assert "hunter2" not in repr(resources)
    for resource in resources.values():
        assert "hunter2" not in str(resource.model_dump())
