"""Two machines with nothing in common but SHOWLIST_DATA_ROOT=gs://bucket/prefix."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from showlist_assets.cli.app import app
from showlist_assets.cli.doctor_places import place_findings
from showlist_assets.cli.ui import _kept_elsewhere
from showlist_assets.domain.matching.overrides import Override
from showlist_assets.domain.playlists.recipe import Recipe
from showlist_assets.settings import setting_names
from showlist_assets.storage.open_files import open_files
from showlist_assets.storage.published.publication import Publications
from showlist_assets_tests.clock import PINNED
from showlist_assets_tests.platform_under_test import PlatformUnderTest, failures

_FEED = {"from": "hall.csv", "venue": "The Hall", "city": "Cody", "state": "WY"}
_ACT, _KEY = "Old Faithful Trio", "old faithful trio"
_WORK = ("OVERRIDES", "SHOW_DECISIONS", "FEEDS", "RECIPES")


@pytest.fixture
def machine(gcs_bucket, sandbox, tmp_path, monkeypatch):
    """Starts a machine, or goes on at one: its home, and an empty folder to work in."""
    started = {}

    def at(name):
        folder = tmp_path / name / "work"
        if name not in started:
            folder.mkdir(parents=True)
            started[name] = PlatformUnderTest(sandbox, folder.parent)
            started[name].set(
                SHOWLIST_DATA_ROOT=f"{gcs_bucket}/showlist",
                **{f"SHOWLIST_{work}": "" for work in _WORK},
            )
        monkeypatch.chdir(folder)
        return started[name]

    return at


@pytest.mark.slow
def test_a_run_on_another_machine_finds_what_was_written_on_the_first(machine, gcs_bucket):
    here = machine("here").platform
    here.recipes.write(Recipe(name="mine", states="WY"))
    here.overrides.add(Override(_ACT, _KEY, None))
    here.feeds_folder.add("hall", _FEED)
    here.files.write("feeds/hall.csv", f"title,date\n{_ACT},{here.now():%Y-12-24}\n".encode())
    assert not list(Path.cwd().iterdir())

    there = machine("there")
    assert there.platform.recipes.names() == ["mine"]
    assert list(there.platform.overrides.read()) == [_KEY]
    there.must_run("WY")
    raw = there.table("raw_events").filter(source="feeds")
    assert raw["title"].to_list() == [_ACT]
    decided = there.table("matched_artists").filter(performer_key=_KEY)
    assert decided["reason"].to_list() == ["Decided by hand in overrides.yaml."]
    result = there.run_job("rebuild_warehouse")
    assert result.success, failures(result)
    assert there.metadata("warehouse")["uri"] == f"{gcs_bucket}/showlist/showlist.duckdb"
    assert [path.name for path in Path.cwd().iterdir()] == [".showlist"]

    machine("here")
    page = Publications(here.warehouse_file, fetch=here.shared_warehouse.fetch)
    published = page.current()
    assert published is not None
    assert published.missing(["WY"]) == frozenset()
    page.close()


def test_commands_write_into_the_bucket_and_say_so(gcs_bucket, tmp_path, monkeypatch):
    root = f"{gcs_bucket}/showlist"
    monkeypatch.chdir(tmp_path)
    for name in setting_names():
        monkeypatch.delenv(name, raising=False)
    for name, value in {**PINNED, "SHOWLIST_DATA_ROOT": root}.items():
        monkeypatch.setenv(name, value)

    def showlist(*arguments):
        result = CliRunner().invoke(app, arguments)
        return result.exit_code, " ".join(result.output.split())

    assert f"There is no recipe in {root}/recipes" in showlist("recipes")[1]
    status, said = showlist("recipes", "init")
    assert (status, f"Wrote {root}/recipes/taste.yaml" in said) == (0, True)
    assert f"Kept {root}/recipes/taste.yaml" in showlist("recipes", "init")[1]
    assert f"Wrote {root}/aside/taste.yaml" in showlist("recipes", "init", f"{root}/aside/")[1]
    assert "this-weekend-nyc New York this weekend" in showlist("recipes")[1]
    of_hall = ("--venue", "The Hall", "--city", "Cody", "--state", "WY", "--from", "hall.csv")
    Path("hall.csv").write_text(f"title,date\n{_ACT},2026-12-24\n")
    status, said = showlist("feeds", "add", "hall", *of_hall)
    assert status == 1
    assert f"gcloud storage cp {tmp_path}/hall.csv {root}/feeds/" in said
    open_files(root).write("feeds/hall.csv", Path("hall.csv").read_bytes())
    status, said = showlist("feeds", "add", "hall", *of_hall)
    assert (status, f"Wrote {root}/feeds/hall.yaml" in said) == (0, True), said
    assert f"{_ACT}, The Hall" in said
    assert "nothing is kept on this machine" in showlist("backup", "kept.zip")[1]
    monkeypatch.setenv("SHOWLIST_FEEDS", "feeds")
    showlist("feeds", "add", "hall", *of_hall)
    said = showlist("backup", "kept.zip")[1]
    assert f"Not in it, because it lies in a bucket: {root}/overrides.yaml, {root}/shows" in said
    assert {path.name for path in tmp_path.iterdir()} <= {
        ".showlist",
        "feeds",
        "hall.csv",
        "kept.zip",
    }


def test_doctor_tells_what_lies_in_the_bucket_and_what_was_left_here(machine, gcs_bucket):
    platform = machine("here").platform
    (found,) = place_findings(platform)
    root = f"{gcs_bucket}/showlist"
    assert (found.subject, found.verdict) == ("By hand", "ok")
    assert found.words == (
        f"0 recipes in {root}/recipes, 0 feeds in {root}/feeds, no {root}/overrides.yaml, "
        f"no {root}/shows.yaml."
    )
    Path("shows.yaml").write_text("")
    found, left = place_findings(platform)
    assert left.verdict == "missing"
    assert f"gcloud storage cp -r {Path.cwd()}/shows.yaml {root}/shows.yaml" in left.words
    platform.files.write("shows.yaml", b"")
    found, left = place_findings(platform)
    assert (left.verdict, f", {root}/shows.yaml." in found.words) == ("note", True)


def test_what_is_left_here_is_used_and_logged_once(machine, caplog):
    platform = machine("here").platform
    Path("overrides.yaml").write_text("- performer: Nobody\n  artist: nobody\n")
    for _ in range(2):
        assert len(platform.overrides.read()) == 1
    (told,) = [one.getMessage() for one in caplog.records if "overrides.yaml" in one.getMessage()]
    assert "is used, because there is no gs://" in told


def test_dagster_which_works_elsewhere_is_told_what_was_left_here(machine, gcs_bucket):
    platform = machine("here").platform
    Path("shows.yaml").write_text("")
    told = _kept_elsewhere(platform)
    assert told["SHOWLIST_SHOW_DECISIONS"] == str(Path.cwd() / "shows.yaml")
    assert told["SHOWLIST_RECIPES"] == f"{gcs_bucket}/showlist/recipes"
    assert told["SHOWLIST_DATA_ROOT"] == f"{gcs_bucket}/showlist"
