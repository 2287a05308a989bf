"""The folder of recipes: which files are recipes, and what is said of the others."""

from __future__ import annotations

import pytest

from showlist_assets.domain.playlists.recipe import RecipeError
from showlist_assets.storage.recipes import RecipesFolder


@pytest.fixture
def write(tmp_path):
    def write(name, text="states: WY\n"):
        (tmp_path / name).write_text(text)

    return write


def test_a_folder_that_is_not_there_holds_none(tmp_path):
    assert RecipesFolder(tmp_path / "nowhere").names() == []


def test_both_endings_are_recipes(tmp_path, write):
    write("friday.yml")
    write("mine.yaml")
    folder = RecipesFolder(tmp_path)
    assert folder.names() == ["friday", "mine"]
    assert folder.read("friday").states == folder.read("mine").states
    assert folder.digest("friday") == folder.digest("mine")
    assert folder.strays() == []


@pytest.mark.parametrize("hidden", ["._mine.yaml", ".mine.yaml", "._friday.yml", ".#mine.yaml"])
def test_hidden_files_are_ignored(tmp_path, write, hidden):
    write("mine.yaml")
    (tmp_path / hidden).write_bytes(b"\x00\x05\x16\x07")
    folder = RecipesFolder(tmp_path)
    assert (folder.names(), folder.strays()) == (["mine"], [])


@pytest.mark.parametrize("name", ["Friday Night.yaml", "mine (copy).yml", "Ümlaut.yaml"])
def test_a_name_that_cannot_be_a_recipe_s_is_left_out_and_told(tmp_path, write, name):
    write("mine.yaml")
    write(name)
    folder = RecipesFolder(tmp_path)
    assert folder.names() == ["mine"]
    (words,) = folder.strays()
    assert name in words
    assert "small letters" in words


def test_of_two_files_of_one_name_one_is_the_recipe_and_the_other_is_told(tmp_path, write):
    write("mine.yaml", "states: WY\n")
    write("mine.yml", "states: NY\n")
    folder = RecipesFolder(tmp_path)
    assert folder.names() == ["mine"]
    assert list(folder.read("mine").states) == ["WY"]
    (words,) = folder.strays()
    assert "mine.yml is left out" in words


def test_a_folder_with_a_recipe_s_name_is_none(tmp_path):
    (tmp_path / "mine.yaml").mkdir()
    folder = RecipesFolder(tmp_path)
    assert folder.names() == []
    with pytest.raises(RecipeError, match="no recipe 'mine'"):
        folder.read("mine")


def test_a_mistake_names_the_file_as_it_is_called(tmp_path, write):
    write("friday.yml", "statse: WY\n")
    with pytest.raises(RecipeError, match=r"friday\.yml"):
        RecipesFolder(tmp_path).read("friday")
