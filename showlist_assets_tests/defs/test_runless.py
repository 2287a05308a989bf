"""What Dagster knows of a playlist that was saved outside its runs: a real instance is asked."""

from __future__ import annotations

import subprocess
import sys

import dagster as dg
import pytest

from showlist_assets.cli.demo_listener import connect_listener, connect_listening
from showlist_assets.defs.partitions import listeners_partitions
from showlist_assets.defs.runless import (
    LISTENERS_ASSETS,
    LISTENERS_JOBS,
    forget_in_dagster,
    report_refresh,
)
from showlist_assets.domain.playlists.recipe import parse_recipe
from showlist_assets.services.forgetting_listeners import Forgotten
from showlist_assets_tests.platform_under_test import instance_on_disk

WISH = "states: WA\nwhen: any time\ntracks_per_artist: 1\n"


@pytest.fixture
def instance(tmp_path):
    with instance_on_disk(tmp_path / "home") as instance:
        yield instance


@pytest.fixture
def saved(filled_platform):
    """A recipe and what came of its save."""
    platform = filled_platform.platform
    connect_listener(filled_platform.sandbox, platform)
    folder = platform.recipes.folder
    folder.mkdir()
    (folder / "mine.yaml").write_text(WISH)
    recipe = platform.recipes.read("mine")
    return recipe, platform.playlist_refresh.refresh(recipe, run_id="web page")


def metadata_of(instance, asset):
    found = instance.fetch_materializations(
        dg.AssetRecordsFilter(asset_key=dg.AssetKey(asset), asset_partitions=["mine"]), limit=9
    ).records
    return [
        {name: entry.value for name, entry in record.asset_materialization.metadata.items()}
        for record in found
    ]


def test_a_save_is_two_materializations_of_the_recipes_partition(instance, saved):
    recipe, refreshed = saved
    assert report_refresh(recipe, refreshed, by="web", instance=instance)
    assert instance.get_dynamic_partitions("recipes") == ["mine"]
    (plan,), (push,) = metadata_of(instance, "playlist_plans"), metadata_of(instance, "playlists")
    assert plan["from"] == push["from"] == "web"
    assert plan["account"] == "me"
    assert plan["tracks"] == len(refreshed.published.plan.tracks)
    assert push["outcome"] == "done"
    assert push["tracks_added"] == plan["tracks"]
    assert push["account"] == "me: its permission lasts"


def test_a_save_tells_what_a_run_tells(instance, saved, filled_platform):
    recipe, refreshed = saved
    report_refresh(recipe, refreshed, by="web", instance=instance)
    filled_platform.instance.add_dynamic_partitions("recipes", ["mine"])
    assert filled_platform.run_job("push_playlists", partition_key="mine").success
    for asset in ("playlist_plans", "playlists"):
        (of_save,) = metadata_of(instance, asset)
        (of_run,) = metadata_of(filled_platform.instance, asset)
        known = {name for name in of_run if not name.startswith("dagster/")}
        # Only runs compare before they push, and keep copies for the UI.
        only_runs = {"compared_with_spotify", "digest", "downloads"}
        assert known - only_runs == set(of_save) - {"from"}, asset


def test_the_checks_of_the_playlist_are_answered_too(instance, saved):
    recipe, refreshed = saved
    report_refresh(recipe, refreshed, by="web", instance=instance)
    for check in ("reads_back", "playlist_is_as_planned"):
        (record,) = instance.event_log_storage.get_asset_check_execution_history(
            dg.AssetCheckKey(dg.AssetKey("playlists"), check), limit=1
        )
        assert record.status.value == "SUCCEEDED"


def test_saves_of_one_recipe_are_recorded_one_after_the_other(instance, saved):
    for _ in range(2):
        assert report_refresh(*saved, by="web", instance=instance)
    assert len(metadata_of(instance, "playlists")) == 2


def test_without_a_home_of_dagster_nobody_is_told(saved, monkeypatch):
    monkeypatch.delenv("DAGSTER_HOME", raising=False)
    assert not report_refresh(*saved, by="web")


def test_the_instance_of_the_environment_is_told(saved, monkeypatch, tmp_path):
    home = tmp_path / "dagster home"
    home.mkdir()
    (home / "dagster.yaml").write_text("telemetry: {enabled: false}\n")
    monkeypatch.setenv("DAGSTER_HOME", str(home))
    assert report_refresh(*saved, by="web")
    with dg.DagsterInstance.get() as instance:
        assert len(metadata_of(instance, "playlists")) == 1


def test_an_instance_that_fails_is_logged_and_not_raised(saved, monkeypatch, tmp_path, caplog):
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "dagster.yaml").write_text("storage: nonsense\n")
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path / "broken"))
    assert not report_refresh(*saved, by="web")
    assert "was not told of the save of mine" in caplog.text


def test_what_runs_copied_of_a_listener_goes_with_them(filled_platform, tmp_path):
    under_test = filled_platform
    (tmp_path / "kept").mkdir()
    with dg.instance_for_test(temp_dir=str(tmp_path / "kept")) as instance:
        under_test.instance = instance
        folder = under_test.platform.recipes.folder
        folder.mkdir()
        for name in ("mine", "theirs"):
            (folder / f"{name}.yaml").write_text(WISH)
        instance.add_dynamic_partitions("recipes", ["mine", "theirs"])
        for name in ("mine", "theirs"):
            job = under_test.run_job(
                "push_playlists",
                partition_key=name,
                asset_selection=[dg.AssetKey("playlist_plans")],
            )
            assert job.success
        copies = [path.name for path in (tmp_path / "kept").rglob("*.ics")]
        assert sorted(copies) == ["mine.ics", "theirs.ics"]
        gone = Forgotten(had_account=True, had_invitation=False, recipes=("mine",), left=())
        assert forget_in_dagster(gone, instance)
        left = [path.name for path in (tmp_path / "kept").rglob("*") if path.is_file()]
        assert not [name for name in left if name.startswith("mine.")]
        assert {"theirs.ics", "theirs.html"} <= set(left)
        assert instance.get_dynamic_partitions("recipes") == ["theirs"]


def test_what_runs_counted_of_a_listener_goes_with_them(platform):
    assets = {"listen_reports", "listens", "taste", "show_taste", "track_suggestions"}
    chosen = platform.definitions.resolve_asset_graph()
    assert set(LISTENERS_ASSETS) == assets
    assert assets == {
        key.to_user_string()
        for key in chosen.get_all_asset_keys()
        if chosen.get(key).partitions_def == listeners_partitions
    }
    platform.instance = instance = instance_on_disk(platform.folder / "dagster")
    instance.add_dynamic_partitions("listeners", ["me", "zoe"])
    connect_listening(platform.platform)
    for account in ("me", "zoe"):
        for job in LISTENERS_JOBS:
            assert platform.run_job(job, partition_key=account).success
    for account, left in (("me", {"zoe"}), ("zoe", set())):
        platform.platform.forget_listener(account)
        gone = Forgotten(had_account=False, had_invitation=False, recipes=(), left=(),
                         account=account)  # fmt: skip
        assert forget_in_dagster(gone, instance)
        assert set(instance.get_dynamic_partitions("listeners")) == left
        for asset in map(dg.AssetKey, assets):
            assert instance.get_materialized_partitions(asset) == left
            assert instance.has_asset_key(asset) == bool(left)
        assert len(instance.get_runs()) == 2 * len(left)


@pytest.mark.slow
def test_nothing_of_dagster_is_imported_until_a_save_is_reported():
    script = (
        "import sys\n"
        "import showlist_assets.web.app, showlist_assets.web.site\n"
        "import showlist_assets.services.playlists.saving, showlist_assets.defs.runless\n"
        "from showlist_assets.settings import load_settings\n"
        "from showlist_assets.wiring import Platform\n"
        "platform = Platform(load_settings())\n"
        "platform.saves(), platform.web_sessions, platform.invitations, platform.login_attempts\n"
        "print([name for name in sys.modules if name.partition('.')[0] == 'dagster'])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False, timeout=120
    )
    assert done.stdout == "[]\n", done.stderr


def test_the_recipe_of_a_save_need_not_be_in_the_folder(instance, saved):
    recipe = parse_recipe(WISH, name="elsewhere", source="elsewhere")
    assert report_refresh(recipe, saved[1], by="web", instance=instance)
    assert instance.get_dynamic_partitions("recipes") == ["elsewhere"]
