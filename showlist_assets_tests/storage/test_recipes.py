"""The folder of recipes: which files are recipes, and what is said of the others."""

from __future__ import annotations

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from showlist_assets.domain.playlists.recipe import Recipe, RecipeError
from showlist_assets.storage.files import StorageError
from showlist_assets.storage.recipes import RecipesFolder, recipe_name

_MINE = Recipe(name="mine", states="WY", title="Two: nights", genres={"only": ["folk"]})


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


def test_what_a_program_writes_is_read_as_the_same_recipe_and_known_as_its_own(tmp_path):
    folder = RecipesFolder(tmp_path / "recipes")
    folder.write(_MINE)
    assert folder.read("mine") == _MINE
    assert folder.written_by("mine") == "the web page"
    assert not folder.is_written_by_hand("mine")
    file = tmp_path / "recipes" / "mine.yaml"
    umask = os.umask(0)
    os.umask(umask)
    assert file.stat().st_mode & 0o777 == 0o666 & ~umask
    assert [one.name for one in file.parent.iterdir()] == ["mine.yaml"], "nothing is left beside it"


def test_a_program_writes_over_its_own_file_and_deletes_it(tmp_path):
    folder = RecipesFolder(tmp_path)
    folder.write(_MINE)
    changed = _MINE.model_copy(update={"max_tracks": 7})
    folder.write(changed)
    assert folder.read("mine") == changed
    folder.delete("mine")
    assert folder.names() == []


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("folk", "rock"),
        lambda text: text + "# my favourites\n",
        lambda text: text.replace("states", "\nstates"),
        lambda text: "# mine\n" + text,
        lambda text: text.partition("\n")[2],
        lambda text: text.replace("web page", "kitchen (1)"),
        lambda _: "",
    ],
)
def test_a_file_that_a_person_has_changed_is_never_written_over_or_deleted(tmp_path, change):
    folder = RecipesFolder(tmp_path)
    folder.write(_MINE)
    file = tmp_path / "mine.yaml"
    file.write_text(change(file.read_text()))
    kept = file.read_text()
    assert folder.is_written_by_hand("mine")
    with pytest.raises(RecipeError, match=r"mine\.yaml was written by hand"):
        folder.write(_MINE)
    with pytest.raises(RecipeError, match="by hand"):
        folder.delete("mine")
    assert file.read_text() == kept


def test_a_file_that_was_changed_and_changed_back_is_the_program_s_again(tmp_path):
    folder = RecipesFolder(tmp_path)
    folder.write(_MINE)
    file = tmp_path / "mine.yaml"
    written = file.read_text()
    file.write_text(written + "cover: true\n")
    file.write_bytes(written.replace("\n", "\r\n").encode())
    assert folder.written_by("mine") == "the web page"


def test_a_program_leaves_the_file_of_another_alone(tmp_path, write):
    folder = RecipesFolder(tmp_path)
    folder.write(_MINE, by="the kitchen radio")
    with pytest.raises(RecipeError, match="by the kitchen radio"):
        folder.write(_MINE)
    write("friday.yml")
    with pytest.raises(RecipeError, match=r"friday\.yml was written by hand"):
        folder.write(_MINE.model_copy(update={"name": "friday"}))


@pytest.mark.parametrize("name", ["../mine", "Mine", "mine.yaml", "", ".mine", "m" * 61])
def test_no_file_outside_the_folder_s_names_is_written_or_deleted(tmp_path, name):
    folder = RecipesFolder(tmp_path / "recipes")
    with pytest.raises(RecipeError):
        folder.write(_MINE.model_copy(update={"name": name}))
    with pytest.raises(RecipeError):
        folder.delete(name)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_written_to_is_told_with_the_setting(tmp_path):
    (tmp_path / "recipes").write_text("no folder")
    with pytest.raises(StorageError, match="SHOWLIST_RECIPES"):
        RecipesFolder(tmp_path / "recipes").write(_MINE)


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("New York: {dates}", "me-new-york"),
        ("Zoë & Ødegård's café", "me-zoe-and-odegards-cafe"),
        ("\u6771\u4eac", "me-playlist"),
        ("", "me-playlist"),
        ("{", "me-playlist"),
        ("New York", "me-new-york"),
        ("../../etc/passwd", "me-etc-passwd"),
    ],
)
def test_a_recipe_is_named_after_its_account_and_title(title, name):
    assert recipe_name("me", title, ()) == name


@given(
    st.from_regex(r"[a-z0-9][a-z0-9_-]{0,39}", fullmatch=True),
    st.text(),
    st.integers(0, 12),
)
def test_a_recipe_s_name_is_always_usable_and_its_own(account, title, others):
    taken: set[str] = set()
    for _ in range(others):
        taken.add(recipe_name(account, title, taken))
    name = recipe_name(account, title, taken)
    assert len(taken) == others
    assert name not in taken
    assert Recipe(name=name, states="WY")
    assert RecipesFolder("nowhere").uri_of(name).endswith(f"/nowhere/{name}.yaml")
    assert len(name) <= 60
