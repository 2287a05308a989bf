"""``showlist recipes`` and ``showlist recipes init``."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from showlist_assets.cli.app import app
from showlist_assets.cli.templates import example_recipes
from showlist_assets.settings import setting_names


@pytest.fixture
def showlist(tmp_path, monkeypatch):
    """Runs a command in an empty folder; returns its exit status and what it said."""
    monkeypatch.chdir(tmp_path)
    for name in setting_names():
        monkeypatch.delenv(name, raising=False)

    def run(*arguments):
        result = CliRunner().invoke(app, arguments)
        return result.exit_code, " ".join(result.output.split())

    return run


def test_the_examples_are_written_listed_and_readable(showlist, tmp_path):
    assert showlist("recipes", "init")[0] == 0
    written = {file.name for file in (tmp_path / "recipes").iterdir()}
    assert written == set(example_recipes())
    assert "recipe.schema.json" in written
    status, listed = showlist("recipes")
    assert status == 0
    assert "this-weekend-nyc New York this weekend: {dates} yes" in listed


def test_nothing_is_overwritten(showlist, tmp_path):
    mine = tmp_path / "elsewhere" / "this-weekend-nyc.yaml"
    mine.parent.mkdir()
    mine.write_text("states: NY\n")
    status, said = showlist("recipes", "init", "elsewhere")
    assert status == 0
    assert "Kept elsewhere/this-weekend-nyc.yaml" in said
    assert "Wrote elsewhere/quiet-evenings-bay-area.yaml" in said
    assert mine.read_text() == "states: NY\n"


def test_the_folder_of_the_settings_is_the_one_that_is_filled(showlist, tmp_path, monkeypatch):
    monkeypatch.setenv("SHOWLIST_RECIPES", "ours")
    showlist("recipes", "init")
    assert (tmp_path / "ours" / "this-weekend-nyc.yaml").is_file()
    assert "this-weekend-nyc" in showlist("recipes")[1]


def test_a_recipe_that_cannot_be_read_is_listed_with_its_mistake(showlist, tmp_path):
    showlist("recipes", "init")
    (tmp_path / "recipes" / "mine.yaml").write_text("states: NY\nwhne: today\n")
    status, listed = showlist("recipes")
    assert status == 1
    assert "mine.yaml, line 2" in listed
    assert "'when'" in listed
    assert "this-weekend-nyc New York this weekend: {dates} yes" in listed


def test_an_empty_folder_says_how_to_begin(showlist):
    status, said = showlist("recipes")
    assert status == 0
    assert "showlist recipes init" in said


def test_a_folder_that_cannot_be_written_is_named(showlist, tmp_path):
    (tmp_path / "recipes").write_text("in the way")
    status, said = showlist("recipes", "init")
    assert status == 1
    assert "Cannot write" in said
