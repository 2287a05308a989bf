from __future__ import annotations

import pytest

from showlist_assets.services.listeners.feed_links import FeedLinks
from showlist_assets.storage.files import LocalFiles
from showlist_assets_tests.services.listeners.in_processes import everything_kept


@pytest.fixture
def links(tmp_path):
    return FeedLinks(LocalFiles(tmp_path / "accounts", private=True))


def test_a_secret_leads_to_its_recipe(links):
    tokens = {recipe: links.make(recipe) for recipe in ("mine", "theirs")}
    assert {links.recipe_of(token) for token in tokens.values()} == {"mine", "theirs"}
    assert links.recipe_of(tokens["mine"]) == "mine"
    for wrong in ("", "mine", tokens["mine"][:-1], tokens["mine"] + "x"):
        assert links.recipe_of(wrong) is None


def test_a_new_secret_ends_the_old_one(links):
    old, new = links.make("mine"), links.make("mine")
    assert (links.recipe_of(old), links.recipe_of(new)) == (None, "mine")


def test_one_that_is_removed_leads_nowhere(links):
    token = links.make("mine")
    assert links.has("mine")
    assert links.remove("mine")
    assert not links.remove("mine")
    assert not links.has("mine")
    assert links.recipe_of(token) is None


def test_all_of_a_listener_are_removed_and_no_others(links):
    for recipe in ("a", "b", "c"):
        links.make(recipe)
    assert links.remove_all(["a", "c", "never made"]) == ["a", "c"]
    assert (links.has("a"), links.has("b"), links.has("c")) == (False, True, False)


def test_no_secret_is_kept_and_the_file_is_for_its_owner_only(links, tmp_path):
    token = links.make("mine")
    assert token.encode() not in everything_kept(tmp_path)
    assert len(token) >= 43
    folder = tmp_path / "accounts"
    assert {file.stat().st_mode & 0o777 for file in folder.iterdir()} == {0o600}
