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


def test_a_recipe_is_looked_at_by_its_name(showlist, tmp_path):
    showlist("recipes", "init")
    (tmp_path / "recipes" / "mine.yaml").write_text("states: NY\nwhne: today\n")
    status, said = showlist("recipes", "this-weekend-nyc")
    assert status == 0
    assert "New York this weekend" in said
    assert "mine" not in said
    status, said = showlist("recipes", "this-weekend-nyc", "mine")
    assert status == 1
    assert "mine.yaml, line 2" in said


@pytest.mark.parametrize("command", [["recipes"], ["plan"], ["history"], ["push"]])
@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("this-wekend-nyc", "Did you mean 'this-weekend-nyc'?"),
        ("weekend", "Did you mean 'this-weekend-nyc'"),
        ("zzz", "`showlist recipes` lists them."),
    ],
)
def test_a_wrong_name_is_told_with_the_nearest(command, name, words, showlist):
    showlist("recipes", "init")
    status, said = showlist(*command, name)
    assert status == 1
    assert f"There is no recipe '{name}' in" in said
    assert words in said


def test_a_slip_of_a_command_is_told_as_such(showlist):
    status, said = showlist("recipes", "inti")
    assert status == 2
    assert "Did you mean 'init'?" in said


@pytest.mark.parametrize("field", ["title", "description"])
@pytest.mark.parametrize("sign", [r"\x07", r"\x1b", r"\x9b", r"\u202e"])
def test_a_character_that_steers_a_terminal_is_refused_with_its_line(
    field, sign, showlist, tmp_path
):
    (tmp_path / "recipes").mkdir()
    (tmp_path / "recipes" / "mine.yaml").write_text(f'states: NY\n{field}: "a{sign}b"\n')
    status, said = showlist("recipes")
    assert status == 1
    code = f"U+{int(sign[2:], 16):04X}"
    assert f"mine.yaml, line 2: {field}: holds a character that cannot be seen ({code})" in said


@pytest.mark.parametrize(
    "title", [r"a\nb", r"a\tb", "العربية \u200f2026", "\U0001f469\u200d\U0001f3a4 נגינה"]
)
def test_breaks_of_lines_and_other_scripts_are_no_such_characters(title, showlist, tmp_path):
    (tmp_path / "recipes").mkdir()
    (tmp_path / "recipes" / "mine.yaml").write_text(f'states: NY\ntitle: "{title}"\n')
    assert showlist("recipes")[0] == 0
