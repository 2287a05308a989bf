"""What an operator writes: the same in a folder and in a bucket, on one machine and on two."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from showlist_assets.domain.events.show_decisions import forget_entry
from showlist_assets.domain.feeds.feed import FeedError
from showlist_assets.domain.matching.overrides import Override, OverridesError
from showlist_assets.domain.playlists.recipe import Recipe, RecipeError
from showlist_assets.storage.feeds import FeedsFolder
from showlist_assets.storage.files import StorageError
from showlist_assets.storage.open_files import open_files
from showlist_assets.storage.operator_files import OperatorFolder, place_in_use
from showlist_assets.storage.overrides import OverridesFile
from showlist_assets.storage.recipes import RecipesFolder
from showlist_assets.storage.show_decisions import ShowDecisionsFile

_MINE = Recipe(name="mine", states="WY", title="Two: nights")
_FEED = {"from": "https://a.example/c.ics", "venue": "V", "city": "Albany", "state": "NY"}


@pytest.fixture(params=["folder", "bucket"])
def root(request, tmp_path):
    """Where an operator's things lie."""
    if request.param == "folder":
        return str(tmp_path)
    return f"{request.getfixturevalue('gcs_bucket')}/some/prefix"


def nobody(number):
    return Override(f"Act {number}", f"act {number}", None)


def put(root, name, text):
    open_files(root).write(name, text.encode())


def test_two_machines_lose_no_decision(root):
    machines = [OverridesFile(f"{root}/overrides.yaml") for _ in range(2)]
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda n: machines[n % 2].add(nobody(n)), range(8)))
    assert len(machines[0].read()) == 8
    decisions = [ShowDecisionsFile(f"{root}/shows.yaml") for _ in range(2)]
    with ThreadPoolExecutor(4) as threads:
        entries = [forget_entry(f"seatgeek-{n}") for n in range(6)]
        list(threads.map(lambda n: decisions[n % 2].add(entries[n]), range(6)))
    assert len(decisions[1].read().forgotten) == 6


def test_a_decision_is_taken_back_and_the_version_follows(root):
    file = OverridesFile(f"{root}/overrides.yaml")
    assert (file.read(), file.version) == ({}, "")
    file.remove("act 1")
    assert file.version == "", "nothing is written for nothing"
    file.add(nobody(1))
    first = file.version
    file.add(nobody(1))
    assert file.version == first
    file.add(nobody(2))
    assert file.version != first
    file.remove("act 1")
    assert list(file.read()) == ["act 2"]


def test_mistakes_are_told_with_the_place(root):
    put(root, "overrides.yaml", "- nobody\n")
    put(root, "recipes/mine.yaml", "statse: WY\n")
    open_files(root).write("recipes/raw.yaml", b"\xff\xfe")
    for place, do in (
        (f"{root}/overrides.yaml", OverridesFile(f"{root}/overrides.yaml").read),
        (f"{root}/recipes/mine.yaml", lambda: RecipesFolder(f"{root}/recipes").read("mine")),
        (f"{root}/recipes/raw.yaml", lambda: RecipesFolder(f"{root}/recipes").read("raw")),
        (f"{root}/recipes", lambda: RecipesFolder(f"{root}/recipes").read("other")),
        (f"{root}/feeds", lambda: FeedsFolder(f"{root}/feeds").read("other")),
    ):
        with pytest.raises((OverridesError, RecipeError, FeedError)) as told:
            do()
        assert place in str(told.value)


def test_recipes_are_written_read_and_left_alone_where_they_are_a_person_s(root):
    folder = RecipesFolder(f"{root}/recipes")
    assert folder.names() == []
    folder.write(_MINE)
    digest = folder.digest("mine")
    assert (folder.names(), folder.read("mine")) == (["mine"], _MINE)
    other = RecipesFolder(f"{root}/recipes")
    assert other.digest("mine") == digest
    other.write(_MINE.model_copy(update={"max_tracks": 7}))
    put(root, "recipes/by-hand.yml", "states: WY\n")
    folder = RecipesFolder(f"{root}/recipes/")
    assert folder.digest("mine") != digest
    with pytest.raises(RecipeError, match=r"by-hand\.yml was written by hand"):
        folder.write(_MINE.model_copy(update={"name": "by-hand"}))
    folder.delete("mine")
    assert folder.names() == ["by-hand"]
    assert not folder.write_new("by-hand.yml", b"")
    assert folder.write_new("recipe.schema.json", b"{}")
    assert folder.names() == ["by-hand"]


def test_strays_of_a_folder_are_told_with_their_place(root):
    for name in ("mine.yaml", "mine.yml", "Friday Night.yaml", "._mine.yaml", "deeper/x.yaml"):
        put(root, f"recipes/{name}", "states: WY\n")
    folder = RecipesFolder(f"{root}/recipes")
    assert folder.names() == ["mine"]
    misnamed, doubled = folder.strays()
    assert misnamed.startswith(f"{root}/recipes/Friday Night.yaml is left out")
    assert doubled.startswith(f"{root}/recipes/mine.yml is left out")


def test_feeds_are_added_once_with_the_calendars_beside_them(root):
    folder = FeedsFolder(f"{root}/feeds")
    assert folder.add("room", _FEED) == f"{root}/feeds/room.yaml"
    with pytest.raises(FeedError, match=r"already: edit or delete .*/feeds/room\.yaml"):
        FeedsFolder(f"{root}/feeds").add("room", _FEED)
    put(root, "feeds/hall.csv", "date\n")
    assert (folder.names(), folder.read("room").city) == (["room"], "Albany")
    assert FeedsFolder(f"{root}/feeds").beside("hall.csv") == b"date\n"
    assert FeedsFolder(f"{root}/feeds").beside("none.csv") is None


def test_a_bucket_is_listed_once_a_second_and_read_where_something_changed(gcs_bucket, monkeypatch):
    root, now = gcs_bucket, [0.0]
    folder = OperatorFolder(f"{root}/recipes", setting="S", elapsed=lambda: now[0])
    asked = []
    for name in ("stamps", "read_versioned"):
        wire = getattr(folder._files, name)
        monkeypatch.setattr(
            folder._files, name, lambda at, name=name, wire=wire: (asked.append(name), wire(at))[1]
        )
    put(root, "recipes/a.yaml", "1")
    for _ in range(3):
        assert (folder.names(), folder.read("a.yaml")) == (["a.yaml"], b"1")
    assert asked == ["stamps", "read_versioned"]
    put(root, "recipes/a.yaml", "2")
    now[0] = 2.0
    assert folder.read("a.yaml") == b"2"
    open_files(root).delete("recipes/a.yaml")
    assert folder.read("a.yaml") is not None, "within the second"
    now[0] = 4.0
    assert folder.read("a.yaml") is None


def test_what_was_left_on_this_machine_counts_until_the_bucket_has_some(
    gcs_bucket, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    data_root = open_files(f"{gcs_bucket}/x")
    assert place_in_use("recipes", data_root).address == f"{gcs_bucket}/x/recipes"
    Path("recipes").mkdir()
    Path("recipes/recipe.schema.json").write_text("{}")
    assert place_in_use("recipes", data_root).words == "", "no recipe is nobody's work"
    Path("recipes/mine.yaml").write_text("states: WY\n")
    Path("overrides.yaml").write_text("")
    for name in ("recipes", "overrides.yaml"):
        place = place_in_use(name, data_root)
        assert place.address == str(tmp_path / name)
        assert f"gcloud storage cp -r {tmp_path / name} {gcs_bucket}/x/{name}" in place.words
    data_root.write("recipes/mine.yaml", b"")
    data_root.write("overrides.yaml", b"")
    for name in ("recipes", "overrides.yaml"):
        place = place_in_use(name, data_root)
        assert place.address == f"{gcs_bucket}/x/{name}"
        assert place.words.startswith(f"{tmp_path / name} is not used")


@pytest.mark.usefixtures("gcs_bucket")
def test_a_bucket_that_cannot_be_reached_is_no_empty_folder():
    with pytest.raises(StorageError, match=r"gs://no-such-bucket/x/recipes"):
        RecipesFolder("gs://no-such-bucket/x/recipes").names()
    with pytest.raises(StorageError, match="SHOWLIST_OVERRIDES"):
        OverridesFile("gs://no-such-bucket/x/overrides.yaml").read()
