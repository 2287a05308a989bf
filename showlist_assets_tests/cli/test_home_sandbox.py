"""A home's sandbox lasts: demo, UI and every command meet the same world, and two never fight."""

from __future__ import annotations

import json
import re
import shutil
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from threading import Timer
from typing import TYPE_CHECKING

import dagster as dg
import pytest
import requests
from typer.testing import CliRunner

from showlist_assets.cli.app import app
from showlist_assets.cli.demo_listener import DISCOVERED, RECIPE, connect_listener
from showlist_assets.cli.demo_story import PASSES, let_a_week_pass
from showlist_assets.cli.home_sandbox import sandbox_of
from showlist_assets.cli.homes import Home, sandbox_home
from showlist_assets.cli.options import platform_of, sandbox_config
from showlist_assets.definitions import build_definitions
from showlist_assets.defs.partitions import range_tags
from showlist_assets.defs.sensors import playlist_refresh_sensor
from showlist_assets.sandbox.control.client import SandboxElsewhere
from showlist_assets.sandbox.state.lasting import LastingWorld
from showlist_assets.settings import load_settings, setting_names
from showlist_assets.wiring import Platform
from showlist_assets_tests.cli.test_accounts import free_port
from showlist_assets_tests.clock import PINNED
from showlist_assets_tests.platform_under_test import failures
from showlist_assets_tests.services.listeners.test_login import answer_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from click.testing import Result

    from showlist_assets_tests.commands import FinishedDemo

# Those of the demo of the suite.
_STATES = "VT,NY"
_QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


def showlist(*arguments: str, input: str | None = None) -> Result:  # noqa: A002
    return CliRunner().invoke(app, list(arguments), input=input, env={"COLUMNS": "200"})


def says(*arguments: str, input: str | None = None) -> str:  # noqa: A002
    result = showlist(*arguments, "--sandbox", input=input)
    assert result.exit_code == 0, result.output
    return result.output


@pytest.fixture(scope="module")
def demo_home(
    finished_demo: FinishedDemo, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Path]:
    """The folder in which a demo has run, where the commands of the test start."""
    folder = tmp_path_factory.mktemp("demo") / "folder"
    shutil.copytree(finished_demo.folder, folder, symlinks=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        for name in setting_names():
            patch.delenv(name, raising=False)
        patch.setenv("SHOWLIST_NOW", PINNED["SHOWLIST_NOW"])
        # Whatever keys the operator has, the sandbox's home meets the sandbox alone.
        patch.setenv("SPOTIFY_CLIENT_ID", "of-the-operator")
        yield folder


@pytest.fixture
def home(demo_home: Path) -> Home:
    return sandbox_home(demo_home / ".showlist", None)


@pytest.mark.slow
def test_a_second_demo_finds_the_playlist_and_writes_nothing(demo_home):
    kept = len(platform_of(sandbox=True).history.last(RECIPE, "me").ours)
    result = showlist("demo", "--states", _STATES, "--no-story", "--json", "second.json")
    assert result.exit_code == 0, result.output
    assert f"Nothing to do: 0 added, 0 removed, {kept} kept (0 writes" in result.output
    told = json.loads((demo_home / "second.json").read_text())
    # This run's calls, and not all that the world has ever been asked.
    assert told["calls"]["spotify"] == 0


@pytest.mark.slow
@pytest.mark.usefixtures("demo_home")
def test_every_command_is_about_the_home_and_its_sandbox():
    assert "0 added, 0 removed" in says("plan", RECIPE)
    assert "0 writes" in says("push", RECIPE)
    assert "Robin Listener" in says("accounts")
    assert RECIPE in says("history")
    assert RECIPE in says("recipes")
    assert "ahead" in says("feeds", "check")
    assert says("feeds", "list") == says("feeds")
    assert "answers" in says("cache")
    pushed = platform_of(sandbox=True).history.last(RECIPE, "me").number
    assert "0 writes" in says("rollback", RECIPE, "--to", str(pushed))
    assert showlist("restore", RECIPE, "--sandbox").output.count("Nothing is withheld") == 1
    assert says("review", "--list", "--limit", "1")
    assert says("review", "--shows", "--list", "--limit", "1")
    assert "SPOTIFY_CLIENT_ID is not set" not in says("doctor")


@pytest.mark.slow
@pytest.mark.usefixtures("demo_home")
def test_the_budget_is_one_number_and_no_dead_port_has_a_line():
    for _ in range(2):
        says("push", RECIPE)
    lines = says("status").splitlines()
    assert [line for line in lines if "127.0.0.1" in line] == []
    (spotify,) = (line for line in lines if line.startswith("Spotify"))
    assert re.search(r"of 1,000 calls in 24 hours", spotify)
    assert "of 1000 Spotify calls" in says("doctor")
    assert {name.partition("@")[2] for name in platform_of(sandbox=True).call_store.buckets()} == {
        "sandbox"
    }


@pytest.mark.slow
def test_a_login_leads_to_the_sandboxes_page_and_lasts(demo_home, monkeypatch):
    pages = []

    def paste(_: str) -> str:
        # The page is the sandbox's own, and it is asked while the command waits.
        page = next(word for word in told if "/authorize?" in word)
        pages.append(page)
        return answer_of(page)

    told: list[str] = []
    monkeypatch.setattr(
        "showlist_assets.cli.accounts.terminal.print",
        lambda *words, **_: told.extend(str(words[0]).split() if words else []),
    )
    monkeypatch.setattr("showlist_assets.cli.accounts.terminal.input", paste)
    result = showlist("login", "kim", "--no-browser", "--sandbox")
    assert result.exit_code == 0, result.output
    assert pages[0].startswith("http://127.0.0.1:")
    monkeypatch.undo()
    monkeypatch.chdir(demo_home)
    monkeypatch.setenv("SHOWLIST_NOW", PINNED["SHOWLIST_NOW"])
    assert "kim" in says("accounts")
    says("logout", "kim")
    assert "kim" not in says("accounts")
    assert showlist("forget", "kim", "--yes", "--sandbox").exit_code == 1


@pytest.mark.slow
def test_a_command_that_waits_for_another_one_says_so(home, capsys):
    other = ExitStack()
    other.enter_context(sandbox_of(home, sandbox_config(home=home)))
    Timer(0.5, other.close).start()
    with sandbox_of(home, sandbox_config(home=home)):
        assert capsys.readouterr().err.count("Waiting for another command") == 1


@pytest.mark.slow
def test_a_command_asks_the_sandbox_that_the_ui_serves(home):
    config = replace(sandbox_config(home=home), stays=True)
    with sandbox_of(home, config) as served:
        with sandbox_of(home, sandbox_config(home=home)) as found:
            assert isinstance(found, SandboxElsewhere)
            assert (found.url, found.sources, found.env()) == (
                served.url,
                served.sources,
                served.env(),
            )
            asked = served.requests("spotify")
            assert "0 writes" in says("push", RECIPE)
            assert found.requests("spotify") == served.requests("spotify") > asked
            assert found.writes() == served.writes()
            platform = Platform(load_settings(**home.sandbox_settings(found)))
            known = platform.accounts.read("me").refresh_token.get_secret_value()
            assert connect_listener(found, platform).refresh_token.get_secret_value() == known
            platform.accounts.remove("me")
            assert connect_listener(found, platform).display_name == "Robin Listener"
            assert "0 writes" in says("push", RECIPE)
        assert requests.get(f"{served.url}/_sandbox/clock", timeout=10).ok


@pytest.mark.slow
def test_the_world_is_as_the_home_has_it_unless_a_flag_says_otherwise(home):
    assert sandbox_config(home=home).sources == ("ticketmaster", "seatgeek", "feeds")
    chosen = sandbox_config(home=home, sources="seatgeek", quota=7)
    with sandbox_of(Home(home.root.parent / "other"), chosen):
        pass
    again = sandbox_config(home=Home(home.root.parent / "other"))
    assert (again.sources, again.dealt, again.daily_quota) == (("seatgeek",), "both", 7)


@pytest.mark.slow
def test_the_clock_that_was_moved_is_every_commands_clock(home):
    before = platform_of(sandbox=True).now()
    with sandbox_of(home, sandbox_config(home=home)) as running:
        running.advance(days=3)
    try:
        after = platform_of(sandbox=True).now()
        assert (after - before).days == 3
        assert "0 writes" in says("plan", RECIPE) or "removed" in says("plan", RECIPE)
    finally:
        with sandbox_of(home, sandbox_config(home=home)) as running:
            running.advance(days=-3)
    assert platform_of(sandbox=True).now() == before
    # Before the week of the demo passed, there was nothing to tell.
    week = PASSES.total_seconds()
    with sandbox_of(home, sandbox_config(home=home)) as running:
        running.advance(seconds=-week)
    assert "SHOWLIST_CLOCK_AHEAD" not in LastingWorld(home.world).environment()
    with sandbox_of(home, sandbox_config(home=home)) as running:
        running.advance(seconds=week)


def test_an_option_before_a_subcommand_is_refused_rather_than_ignored(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = showlist("feeds", "--sandbox", "check")
    assert result.exit_code == 2
    assert "give --sandbox after check" in result.output


@pytest.mark.parametrize("command", ["push", "accounts", "doctor", "recipes", "feeds"])
def test_without_a_demo_a_command_says_so(command, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = showlist(command, "--sandbox")
    assert result.exit_code == 1
    assert "run `showlist demo` first" in result.output
    assert list(tmp_path.iterdir()) == []


def test_a_chosen_home_without_a_sandbox_is_that_of_real_keys(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in setting_names():
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SHOWLIST_CALL_STORE", str(tmp_path / "elsewhere"))
    settings = platform_of(Path("homes")).settings
    assert settings.data_root == str(tmp_path / "homes" / "live" / "data")
    assert settings.accounts == str(tmp_path / "homes" / "live" / "accounts")
    # What the environment says counts more; what an operator edits is where they work.
    assert settings.call_store == str(tmp_path / "elsewhere")
    assert settings.chosen_place_of("overrides") == "overrides.yaml"


def _instance(home: Home) -> dg.DagsterInstance:
    return dg.DagsterInstance.from_config(str(home.dagster))


def _run(defs: dg.Definitions, instance: dg.DagsterInstance, job: str, **options: object) -> None:
    result = defs.resolve_job_def(job).execute_in_process(
        instance=instance, run_config=_QUIET, raise_on_error=False, **options
    )
    assert result.success, failures(result)


@pytest.mark.slow
def test_what_the_ui_materializes_the_sensor_pushes_to_the_playlist_of_the_demo(home):
    """As after ``make demo`` and ``make ui``: in another process, at another port."""
    elsewhere = replace(sandbox_config(home=home), port=free_port(), stays=True)
    with sandbox_of(home, elsewhere) as served, _instance(home) as instance:
        before = Platform(load_settings(**home.sandbox_settings(served)))
        pushed = before.history.last(RECIPE, "me")
        playlist = served.listeners.playlist(pushed.playlist_id)
        assert playlist.uris == [track.uri for track in pushed.ours]
        story = let_a_week_pass(served, before, _STATES.split(","))
        off = story.cancelled
        assert off

        # What `showlist ui` hands to Dagster's processes, which make their definitions of it.
        settings = load_settings(**home.sandbox_settings(served))
        defs = build_definitions(settings)
        _run(defs, instance, "refresh_states", tags=range_tags(off["state"], off["state"]))
        # The sensor has seen what the demo pushed.
        ticked = {"upto": 0, "recipes": {}, "ticks": 0}
        with dg.build_sensor_context(
            instance=instance,
            cursor=json.dumps(ticked),
            definitions=defs,
            resources={"platform": Platform(settings)},
        ) as context:
            found = playlist_refresh_sensor(context)
        # The songs made for the listener follow what is suggested, which this cursor has not seen.
        keys = {request.partition_key for request in found.run_requests}
        assert keys == {RECIPE, DISCOVERED}
        _run(defs, instance, "push_playlists", partition_key=RECIPE)

        after = Platform(settings).history.last(RECIPE, "me")
        assert (after.playlist_id, after.status) == (pushed.playlist_id, "done")
        lost = {track.uri for track in pushed.ours} - {track.uri for track in after.ours}
        gone = [track for track in pushed.ours if track.uri in lost]
        assert off["act"] in {track.artist_name for track in gone}
        assert playlist.uris == [track.uri for track in after.ours]
        for_listener = before.history.last(DISCOVERED, "me").playlist_id
        ids = {one.id for one in served.listeners.playlists()}
        assert ids == {playlist.id, for_listener}, "no playlist was made anew"
