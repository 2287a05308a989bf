"""What Dagster loads: the graph, its documentation, the schedule, and what loading costs."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import warnings
from datetime import datetime
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

import dagster as dg
import pytest

from showlist_assets.definitions import build_definitions, defs
from showlist_assets.defs.assets.external import external_assets
from showlist_assets.defs.schedules import weekly_refresh
from showlist_assets.domain.states import STATE_CODES
from showlist_assets.domain.tables.registry import TABLES
from showlist_assets.settings import Settings
from showlist_assets.wiring import Platform
from showlist_assets_tests.defs.called import FakePlatform, call
from showlist_assets_tests.rows import frame

PROJECT = Path(__file__).parents[1]

_UPSTREAM = {
    "raw_events": {"seatgeek", "ticketmaster", "feeds"},
    "shows": {"raw_events"},
    "show_changes": {"shows"},
    "expanded_artists": {"shows"},
    "matched_artists": {"expanded_artists", "spotify_catalog"},
    "top_tracks": {"matched_artists"},
    "audio_features": {"top_tracks", "reccobeats"},
    "upcoming_shows": {
        "shows", "expanded_artists", "matched_artists", "top_tracks", "audio_features",
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


def _of_groups(*groups: str) -> set[str]:
    graph = defs.resolve_asset_graph()
    keys = graph.get_all_asset_keys()
    return {key.path[-1] for key in keys if graph.get(key).group_name in groups}


def test_each_stage_is_a_group():
    graph = defs.resolve_asset_graph()
    groups = {graph.get(key).group_name for key in graph.materializable_asset_keys}
    assert groups == {
        "events", "artists", "tracks", "upcoming", "playlists", "warehouse",
        "listening", "recommendations",
    }  # fmt: skip
    assert _of_groups("upcoming") == {"upcoming_shows", "show_changes"}
    # A service stands with what it feeds.
    assert _of_groups("events", "artists", "tracks", "upcoming") == set(TABLES) | {
        "seatgeek", "ticketmaster", "feeds", "spotify_catalog", "reccobeats",
    }  # fmt: skip


def test_what_the_ui_shows_as_plain_text_has_no_markup():
    graph = defs.resolve_asset_graph()
    automations = [*defs.resolve_all_job_defs(), *defs.schedules, *defs.sensors]
    # The list of assets shows a description in one line, an automation's stands in a tooltip.
    described = {key.path[-1]: graph.get(key).description for key in graph.get_all_asset_keys()}
    described |= {one.name: one.description for one in automations if one.description}
    assert [name for name, words in described.items() if set("`*") & set(words)] == []


def test_every_kind_has_an_icon_of_dagster_s():
    graph = defs.resolve_asset_graph()
    kinds = {kind for key in graph.get_all_asset_keys() for kind in graph.get(key).kinds}
    # Other kinds are words on a grey pill.
    assert kinds <= {"duckdb", "json", "parquet", "polars", "python", "source", "task"}


def test_a_resource_is_called_by_a_name():
    for name, resource in defs.resources.items():
        assert resource.description, name
        assert resource.resource_fn.__name__ != "<lambda>", name


@pytest.mark.parametrize(
    ("job", "assets"),
    [
        ("refresh_states", set(TABLES)),
        (
            "catch_up_states",
            set(TABLES) - {"raw_events", "shows", "show_changes", "expanded_artists"},
        ),
        ("push_playlists", {"playlist_plans", "playlists"}),
        ("rebuild_warehouse", {"warehouse"}),
    ],
)
def test_a_job_makes_the_assets_of_its_stages(job, assets):
    made = defs.resolve_job_def(job).asset_layer.executable_asset_keys
    assert {key.path[-1] for key in made} == assets


def test_what_leaves_the_tables_is_checked_too():
    checked = {key.asset_key.path[-1] for key in defs.resolve_asset_graph().asset_check_keys}
    assert {"warehouse", "playlists"} <= checked


def test_the_graph_begins_and_ends_in_the_real_world():
    assert {spec.key.path[-1] for spec in external_assets} == {
        "seatgeek", "ticketmaster", "feeds", "spotify_catalog", "reccobeats",
        "spotify_playlists",
    }  # fmt: skip
    (end,) = [spec for spec in external_assets if spec.key.path[-1] == "spotify_playlists"]
    assert [dep.asset_key.path[-1] for dep in end.deps] == ["playlists"]
    assert all(spec.description for spec in external_assets)


def _ranges_of_a_monday(states_per_run: int) -> list[dg.RunRequest]:
    nine = datetime(2026, 11, 23, 9, tzinfo=ZoneInfo("America/New_York"))
    with dg.build_schedule_context(
        scheduled_execution_time=nine,
        resources={"platform": Platform(Settings(states_per_run=states_per_run))},
    ) as context:
        return list(weekly_refresh(context))


@pytest.mark.parametrize(("states_per_run", "runs"), [(17, 3), (25, 3), (51, 1), (1, 51)])
def test_the_weekly_schedule_covers_all_states_in_a_few_runs(states_per_run, runs):
    requests = _ranges_of_a_monday(states_per_run)
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
    assert len(requests) == runs


def test_a_tick_evaluated_twice_asks_for_the_same_runs():
    first, again = _ranges_of_a_monday(17), _ranges_of_a_monday(17)
    assert [r.run_key for r in first] == [r.run_key for r in again]
    assert first[0].run_key == "2026-W48/CA-IN"
    assert weekly_refresh.cron_schedule == "0 9 * * 1"
    assert weekly_refresh.execution_timezone == "America/New_York"


@pytest.mark.slow
def test_loading_the_definitions_costs_less_than_two_cpu_seconds_more_than_dagster():
    script = (
        "import time; import dagster; t = time.process_time();"
        "import showlist_assets.definitions; print(time.process_time() - t)"
    )
    process = partial(
        subprocess.run, [sys.executable, "-c", script], capture_output=True, check=True
    )
    # Where the machine was busy with others, once more.
    assert any(float(process().stdout) < 2.0 for _ in range(2))


# What a run that asks nobody and pushes nothing has no use for; with all of them, a process takes a
# third longer to start.
_NOT_TO_LOAD = (
    "spotipy", "duckdb", "dagster_gcp", "google.cloud.storage", "requests", "requests_cache",
    "redis", "pyrate_limiter", "icalendar", "cryptography", "fastapi", "jinja2", "apprise",
    "pandas", "scipy", "dagster_webserver", "showlist_assets.sandbox.server",
    "showlist_assets.web.app",
)  # fmt: skip


@pytest.mark.slow
def test_loading_the_definitions_uses_nothing_in_beta_or_deprecated_and_no_heavy_library():
    script = (
        "import sys, warnings, dagster as dg;"
        "[warnings.simplefilter('error', category) for category in"
        " (dg.BetaWarning, dg.PreviewWarning, dg.SupersessionWarning, DeprecationWarning)];"
        "import showlist_assets.definitions;"
        f"print([m for m in {_NOT_TO_LOAD} if m in sys.modules])"
    )
    found = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )
    assert found.stdout.strip() == "[]", found.stderr


def test_an_asset_uses_nothing_deprecated_when_it_is_called(tmp_path):
    from showlist_assets.defs.assets.shows import expanded_artists

    with warnings.catch_warnings():
        for category in (DeprecationWarning, dg.SupersessionWarning, dg.PreviewWarning):
            warnings.simplefilter("error", category)
        called = call(expanded_artists, FakePlatform(tmp_path), shows=frame("shows", {}))
    assert called.frame.height == 1


def test_no_secret_is_in_a_resource():
    settings = Settings(spotify_client_secret="hunter2-secret", seatgeek_client_id="hunter2-id")
    definitions = build_definitions(settings)
    for resource in definitions.resources.values():
        assert "hunter2" not in repr(resource)
        assert "hunter2" not in str(getattr(resource, "description", ""))
        assert "hunter2" not in str(getattr(resource, "config_schema", ""))


@pytest.mark.slow
@pytest.mark.parametrize(
    "command",
    [
        ("dg", "check", "defs"),
        ("dagster", "definitions", "validate", "-m", "showlist_assets.definitions"),
    ],
    ids=" ".join,
)
def test_dagster_s_own_tools_find_the_definitions(command, tmp_path):
    found = _in_a_project(PROJECT, tmp_path, *command)
    assert found.returncode == 0, found.stdout + found.stderr


@pytest.mark.slow
def test_a_scaffolded_asset_is_picked_up_beside_the_others(tmp_path):
    copy = tmp_path / "project"
    copy.mkdir()
    for name in ("pyproject.toml", "setup.cfg"):
        shutil.copy(PROJECT / name, copy)
    caches = shutil.ignore_patterns("__pycache__")
    shutil.copytree(PROJECT / "showlist_assets", copy / "showlist_assets", ignore=caches)
    home = tmp_path / "home"
    scaffold = ("dg", "scaffold", "defs", "dagster.asset", "assets/setlists.py")
    made = _in_a_project(copy, home, *scaffold)
    assert made.returncode == 0, made.stdout + made.stderr
    assert (copy / "showlist_assets" / "defs" / "assets" / "setlists.py").is_file()
    found = _in_a_project(copy, home, "dg", "list", "defs", "--json")
    assert found.returncode == 0, found.stdout + found.stderr
    listed = {asset["asset_key"] for asset in json.loads(found.stdout)["assets"]}
    assert "setlists" in listed
    assert set(_UPSTREAM) <= listed


def _in_a_project(project: Path, home: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """Run one of Dagster's tools as a person would who stands in ``project``."""
    home.mkdir(exist_ok=True)
    environment = {
        **os.environ,
        "DAGSTER_HOME": str(home),
        "HOME": str(home),
        "PYTHONPATH": str(project),
        "DAGSTER_DISABLE_TELEMETRY": "1",
    }
    tool = Path(sys.executable).with_name(command[0])
    return subprocess.run(
        [tool, *command[1:]],
        cwd=project,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
    )
