"""A sandbox with a folder: the next start finds the world as it was left, wherever it answers."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from showlist_assets.sandbox.config import SandboxConfig
from showlist_assets.sandbox.server import RunningElsewhereError, run_sandbox, start_sandbox
from showlist_assets.sandbox.state.lasting import LastingWorld, LastingWorldError
from showlist_assets.sandbox.state.stored_playlists import Entry, StoredPlaylist
from showlist_assets.sandbox.world.world import WorldError
from showlist_assets.settings import load_settings
from showlist_assets_tests.clock import NOW
from showlist_assets_tests.sandbox import listeners
from showlist_assets_tests.sandbox.clients import control, events, search


@pytest.fixture
def config(tmp_path):
    return SandboxConfig(events=60, clock=NOW, folder=tmp_path / "home" / "world")


def test_what_was_done_in_one_process_is_there_in_the_next_at_another_port(config):
    with run_sandbox(config) as first:
        first.listeners.add_listener("kim", "Kim", premium=False)
        token = first.consent(listeners.PLAYLIST_SCOPES, "listener")
        playlist = first.listeners.create_playlist("Mine", description="of mine")
        playlist.cover = b"\xff\xd8jpeg"
        snapshot = first.listeners.add_tracks(playlist.id, ["spotify:track:a", "spotify:track:b"])
        deleted = first.listeners.create_playlist("Gone")
        first.listeners.unfollow(deleted.id)
        cancelled, removed = (event["id"] for event in events(first)[:2])
        control(first, "POST", f"events/{cancelled}", status="cancelled")
        control(first, "POST", f"events/{removed}", removed=True)
        first.advance(days=7)
        search(first, "whoever")
        asked, now = first.state.log.rows(), first.state.clock.now()
        used, url = first.state.limits.daily.used(now), first.url

    elsewhere = replace(config, port=_another_port(url))
    with run_sandbox(elsewhere) as second:
        assert second.url != url
        assert [one.display_name for one in second.listeners.everyone()] == [
            "Robin Listener",
            "Kim",
        ]
        assert not second.listeners.listener("kim").premium
        assert [one.name for one in second.listeners.playlists()] == ["Mine"]
        kept = second.listeners.playlist(playlist.id)
        assert (kept.uris, kept.snapshot_id) == (playlist.uris, snapshot)
        assert (kept.cover, kept.description) == (playlist.cover, "of mine")
        assert second.listeners.create_playlist("New").id not in (playlist.id, deleted.id)
        assert second.consent_holds(token)
        assert listeners.refresh(second, token).ok
        assert second.state.clock.now() == now == NOW + timedelta(days=7)
        assert second.state.events.by_id[cancelled].status == "cancelled"
        assert removed not in second.state.events.by_id
        assert [row for row in second.state.log.rows() if row["path"] != "/api/token"] == [
            row for row in asked if row["path"] != "/api/token"
        ]
        assert second.state.limits.daily.used(now) == used == 1
        assert second.consent(listeners.PLAYLIST_SCOPES, "listener") != token


def _another_port(url: str) -> int:
    """A free one: while the old one is taken, the system gives another."""
    with socket.socket() as old, socket.socket() as other:
        old.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        old.bind(("127.0.0.1", int(url.rpartition(":")[2])))
        other.bind(("127.0.0.1", 0))
        return int(other.getsockname()[1])


def test_it_comes_back_at_the_same_port_while_nobody_has_taken_it(config):
    with run_sandbox(config) as first:
        url = first.url
    with run_sandbox(config) as again:
        assert again.url == url
    taken = SandboxConfig(events=60, port=int(url.rpartition(":")[2]))
    with run_sandbox(taken), run_sandbox(config) as moved:
        assert moved.url != url
        assert search(moved, "whoever") is not None


def test_its_name_and_clock_are_settings_and_its_port_is_not_its_name(config):
    with run_sandbox(config) as first:
        first.advance(hours=36)
        settings = load_settings(**first.env())
        assert settings.apis_known_as == "sandbox"
        assert settings.current_time() == first.state.clock.now()
        told = first.env()
    assert LastingWorld(config.folder).environment() == told


def test_the_concerts_stay_from_day_to_day_and_pass(config):
    with run_sandbox(config) as first:
        known = [event.id for event in first.world.events]
    later = replace(config, clock=NOW + timedelta(days=20))
    with run_sandbox(later) as second:
        assert [event.id for event in second.world.events] == known
        assert len(events(second)) > 0


@pytest.mark.parametrize(
    "other", [{"seed": 2}, {"events": 70}, {"clock": NOW + timedelta(days=61)}]
)
def test_another_world_or_one_that_is_over_has_another_name_and_the_same_listeners(config, other):
    with run_sandbox(config) as first:
        playlist = first.listeners.create_playlist("Mine")
        control(first, "POST", f"events/{events(first)[0]['id']}", status="cancelled")
        search(first, "whoever")
    with run_sandbox(replace(config, **other)) as second:
        assert second.env()["SHOWLIST_APIS_KNOWN_AS"] == "sandbox-2"
        assert second.listeners.playlist(playlist.id).name == "Mine"
        assert second.state.event_changes == []
        # Who counts anew elsewhere counts anew here.
        assert second.state.limits.daily.used(second.state.clock.now()) == 0
    with run_sandbox(replace(config, **other)) as third:
        assert third.env()["SHOWLIST_APIS_KNOWN_AS"] == "sandbox-2"


def test_two_processes_never_serve_the_same_world(config):
    with run_sandbox(replace(config, stays=True)) as first:
        with pytest.raises(RunningElsewhereError, match="--home"):
            start_sandbox(config)
        assert LastingWorld(config.folder).address() == first.url
    assert LastingWorld(config.folder).address() is None
    start_sandbox(config).stop()


def test_a_process_that_was_killed_leaves_what_listeners_did(config, tmp_path):
    script = (
        "import sys, time; from datetime import datetime; from pathlib import Path\n"
        "from showlist_assets.sandbox.config import SandboxConfig\n"
        "from showlist_assets.sandbox.server import start_sandbox\n"
        "sandbox = start_sandbox(SandboxConfig(events=60, folder=Path(sys.argv[1]),"
        " clock=datetime.fromisoformat(sys.argv[2])))\n"
        "print(sandbox.url, flush=True); time.sleep(60)"
    )
    command = [sys.executable, "-c", script, str(config.folder), NOW.isoformat()]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=tmp_path) as process:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        body = {"user_id": "kim", "display_name": "Kim"}
        requests.post(f"{url}/_sandbox/listeners", json=body, timeout=10).raise_for_status()
        process.send_signal(signal.SIGKILL)
    with run_sandbox(config) as sandbox:
        assert sandbox.display_name("kim") == "Kim"


@pytest.mark.parametrize("name", ["world.json", "listeners.json", "counts.json"])
def test_a_damaged_file_is_named_with_the_remedy(config, name):
    with run_sandbox(config) as sandbox:
        sandbox.listeners.create_playlist("Mine")
    (config.folder / name).write_text('{"half": ')
    with pytest.raises(LastingWorldError, match=r"cannot be read.*Delete .*world to begin"):
        start_sandbox(config)
    # Whoever deletes the folder may start at once.
    (config.folder / name).unlink()
    start_sandbox(config).stop()


def test_a_world_that_cannot_be_served_leaves_nothing_behind(config, tmp_path):
    with pytest.raises(WorldError):
        start_sandbox(replace(config, world=tmp_path / "none"))
    assert list(tmp_path.iterdir()) == []


def test_a_reset_is_kept_as_well(config):
    with run_sandbox(config) as first:
        first.listeners.create_playlist("Mine")
        first.advance(days=1)
        control(first, "POST", "reset")
    with run_sandbox(config) as second:
        assert second.listeners.playlists() == []
        assert second.state.clock.now() == NOW


def test_without_a_folder_nothing_is_kept_and_nothing_is_called_by_a_name(start_sandbox):
    assert "SHOWLIST_APIS_KNOWN_AS" not in start_sandbox(events=60).env()


_MOMENTS = st.datetimes(timezones=st.just(UTC), min_value=datetime(2000, 1, 1))  # noqa: DTZ001


@given(
    entries=st.lists(st.tuples(st.text(max_size=9), _MOMENTS, st.text(max_size=5)), max_size=5),
    changes=st.integers(0, 5),
    cover=st.none() | st.binary(max_size=20),
    name=st.text(max_size=9),
)
def test_a_playlist_survives_being_written_down(entries, changes, cover, name):
    playlist = StoredPlaylist("p", "listener", name, cover=cover)
    playlist.replace([Entry(*entry) for entry in entries])
    for _ in range(changes):
        playlist.changed()
    again = StoredPlaylist.from_kept(json.loads(json.dumps(playlist.kept())))
    assert again.kept() == playlist.kept()
    assert again.snapshot_id == playlist.snapshot_id
    again.remove(again.uris, again.snapshot_id)
    assert again.uris == []


def test_listeners_have_played_the_same_in_the_next_process_and_more_since(config):
    with run_sandbox(config) as first:
        before = [play.ended_at for play in first.state.listening.plays()]
        first.advance(days=7)
    later = replace(config, clock=NOW + timedelta(days=1))
    with run_sandbox(later) as second:
        after = [play.ended_at for play in second.state.listening.plays()]
    assert after[: len(before)] == before
    assert len(after) > len(before)
