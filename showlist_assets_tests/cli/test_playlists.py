"""``showlist plan``, ``push``, ``history`` and ``rollback``, over tables that a run has filled."""

from __future__ import annotations

import pytest
from filelock import FileLock
from rich.console import Console

from showlist_assets.cli.demo_listener import connect_listener
from showlist_assets.cli.playlists import (
    push_recipes,
    roll_recipe_back,
    show_history,
    show_plans,
)
from showlist_assets.domain.playlists.recipe import RecipeError
from showlist_assets.services.playlists import workflow
from showlist_assets.services.playlists.push import PushError


class Terminal:
    def __init__(self, platform) -> None:
        self.platform = platform
        self.folder = platform.folder / "recipes"
        self.folder.mkdir()

    def write(self, name: str, text: str = "states: WA\nwhen: any time\ntracks_per_artist: 1\n"):
        (self.folder / f"{name}.yaml").write_text(text)

    def says(self, command, *arguments, **options) -> str:
        console = Console(record=True, width=200)
        command(self.platform.platform, *arguments, console, **options)
        return console.export_text()


@pytest.fixture
def terminal(filled_platform) -> Terminal:
    return Terminal(filled_platform)


@pytest.fixture
def connected(terminal) -> Terminal:
    connect_listener(terminal.platform.sandbox, terminal.platform.platform)
    return terminal


def test_a_plan_is_shown_with_the_show_behind_each_track(terminal):
    terminal.write("mine")
    told = terminal.says(show_plans, ["mine"])
    assert "Live in Washington" in told
    assert "Headlines on" in told
    assert "run `showlist login me`" in told


def test_a_plan_of_the_demo_asks_nobody_what_is_live(connected):
    connected.write("mine")
    before = connected.platform.sandbox.requests("spotify")
    told = connected.says(show_plans, ["mine"], live=False)
    assert "Live in Washington" in told
    assert "showlist login" not in told
    assert connected.platform.sandbox.requests("spotify") == before


def test_a_push_a_second_one_and_the_way_back(connected):
    listeners = connected.platform.sandbox.listeners
    connected.write("mine")
    assert "Pushed:" in connected.says(push_recipes, [])
    (playlist,) = listeners.playlists()
    first = list(playlist.uris)
    assert "Nothing to do:" in connected.says(push_recipes, ["mine"])

    connected.write("mine", "states: WA\nwhen: any time\ntracks_per_artist: 1\nmax_tracks: 3\n")
    assert "A push would do this" in connected.says(push_recipes, ["mine"], dry_run=True)
    assert list(playlist.uris) == first
    listeners.add_tracks(playlist.id, [first[-1]])
    assert "Pushed:" in connected.says(push_recipes, ["mine"])
    assert len(playlist.uris) < len(first)
    assert "mine" in connected.says(show_history, None, limit=5)

    connected.says(roll_recipe_back, "mine", 1)
    assert set(playlist.uris) >= set(first)
    assert "back to push 1" in connected.says(show_history, "mine", limit=1)


def test_a_deleted_playlist_is_not_made_again_without_being_told(connected):
    listeners = connected.platform.sandbox.listeners
    connected.write("mine")
    connected.says(push_recipes, [])
    listeners.unfollow(listeners.playlists()[0].id)
    assert "--recreate" in connected.says(push_recipes, [])
    assert not listeners.playlists()
    assert "Pushed:" in connected.says(push_recipes, [], recreate=True)
    assert len(listeners.playlists()) == 1


def test_one_recipe_that_fails_does_not_stop_the_others(connected):
    connected.write("alpha", "states: WA\nnear: {city: Atlantis, state: WA}\nwhen: any time\n")
    connected.write("beta")
    console = Console(record=True, width=200)
    assert not push_recipes(connected.platform.platform, [], console)
    told = console.export_text()
    assert "Atlantis" in told
    assert "Pushed:" in told


def test_an_ended_permission_is_told_with_the_remedy(connected):
    connected.write("mine")
    connected.platform.sandbox.listeners.revoke()
    told = connected.says(push_recipes, [])
    assert "showlist login me" in told
    assert "Spotify has ended the permission" in told


def test_a_permission_that_ends_within_a_month_is_told_with_every_push(connected):
    connected.write("mine")
    assert "days left" not in connected.says(push_recipes, [])
    connected.platform.wait(days=155)
    assert "days left" in connected.says(push_recipes, [])


def test_a_push_does_not_start_beside_another_one(connected, monkeypatch):
    connected.write("mine")
    monkeypatch.setattr(workflow, "_LOCK_SECONDS", 0.05)
    folder = connected.platform.platform.accounts.folder
    with FileLock(folder / "mine.push.lock", thread_local=False):
        assert "under way" in connected.says(push_recipes, [])
    assert connected.platform.sandbox.writes("spotify") == 0


@pytest.mark.parametrize(
    ("name", "words"), [("mnie", "Did you mean 'mine'"), ("../mine", "no recipe")]
)
def test_an_unknown_recipe_is_refused_with_the_nearest_name(terminal, name, words):
    terminal.write("mine")
    with pytest.raises(RecipeError, match=words):
        terminal.says(show_plans, [name])


@pytest.mark.parametrize(
    "bad", ["states: WA\nnear: {city: Atlantis, state: WA}\nwhen: any time\n", "statse: WA\n", "\0"]
)
def test_plans_of_several_recipes_never_stop_at_the_first(terminal, bad):
    terminal.write("alpha", bad)
    terminal.write("beta")
    for names in ([], ["alpha", "beta"], ["nobody", "beta"]):
        console = Console(record=True, width=200)
        assert not show_plans(terminal.platform.platform, names, console)
        told = console.export_text()
        assert "Error:" in told
        assert "Headlines on" in told, "the other is planned"


def test_a_file_that_is_left_out_is_told_and_the_others_are_pushed(connected):
    connected.write("Not A Name")
    connected.write("._beta")
    connected.write("beta")
    console = Console(record=True, width=200)
    assert not push_recipes(connected.platform.platform, [], console)
    told = console.export_text()
    assert "Not A Name.yaml is left out" in told
    assert "._beta" not in told
    assert "Pushed:" in told
    assert push_recipes(connected.platform.platform, ["beta"], console)


def test_a_push_that_was_never_made_cannot_be_gone_back_to(connected):
    connected.write("mine")
    connected.says(push_recipes, [])
    with pytest.raises(PushError, match="no finished push 7"):
        connected.says(roll_recipe_back, "mine", 7)


def test_an_empty_folder_says_where_to_read_on(terminal):
    told = terminal.says(push_recipes, [])
    assert "showlist recipes init" in told
    assert "docs/recipes.md" in told


def test_the_files_of_a_plan_lie_under_the_data_root(connected):
    connected.write("mine")
    connected.says(push_recipes, [])
    root = connected.platform.root
    assert (root / "calendars" / "mine.ics").read_bytes().startswith(b"BEGIN:VCALENDAR")
    assert "Live in Washington" in (root / "digests" / "mine.html").read_text()
    connected.platform.wait(days=30)
    connected.says(push_recipes, [])
    assert (root / "digests" / "mine.md").read_text()
