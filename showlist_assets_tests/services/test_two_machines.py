"""Two machines with homes of their own over one bucket: nobody is locked out, no row is lost."""

from __future__ import annotations

import pytest
from cryptography.fernet import Fernet

from showlist_assets.services.listeners.accounts import Account
from showlist_assets.settings import load_settings
from showlist_assets.sources.spotify.login import SCOPES
from showlist_assets.wiring import Platform
from showlist_assets_tests.clock import PINNED
from showlist_assets_tests.services.machines import Machine, at_once


@pytest.fixture(scope="module")
def rotating_sandbox():
    from showlist_assets.sandbox.config import SandboxConfig
    from showlist_assets.sandbox.server import start_sandbox
    from showlist_assets_tests import clock

    running = start_sandbox(SandboxConfig(rotate=True, events=20, clock=clock.NOW))
    yield running
    running.stop()


@pytest.fixture(scope="module")
def two_machines(tmp_path_factory):
    homes = tmp_path_factory.mktemp("machines")
    running = [Machine(homes / "one"), Machine(homes / "two")]
    assert [each.answer() for each in running] == ["started"] * 2
    yield running
    for each in running:
        each.end()


@pytest.fixture
def variables(rotating_sandbox, gcs_bucket, _gcs_service):
    rotating_sandbox.reset()
    return {
        **PINNED,
        **rotating_sandbox.env(),
        "SHOWLIST_DATA_ROOT": f"{gcs_bucket}/data",
        "SHOWLIST_ACCOUNT_KEY": Fernet.generate_key().decode(),
    }


@pytest.fixture
def machines(two_machines, variables, _gcs_service):
    emulator = f"import os; os.environ['STORAGE_EMULATOR_HOST'] = {_gcs_service!r}"
    assert at_once(two_machines, variables, emulator) == [None, None]
    return two_machines


@pytest.fixture
def platform(rotating_sandbox, variables, tmp_path, monkeypatch):
    """As a third machine has it, where the listener has just logged in."""
    monkeypatch.chdir(tmp_path)
    third = Platform(load_settings(**variables))
    third.accounts.save(
        Account(
            name="me",
            user_id="listener",
            display_name="Robin",
            refresh_token=rotating_sandbox.listeners.consent(SCOPES),
            scopes=SCOPES,
            consented_at=third.now(),
        )
    )
    return third


_RENEW = """
client = platform.playlists_client(platform.accounts.read("me"))
told = [client.mine(), platform.accounts.read("me").tokens.access_token][1]
"""


def test_two_that_renew_at_once_share_one_renewal(machines, variables, platform, rotating_sandbox):
    one, other = at_once(machines, variables, _RENEW)
    assert one == other == platform.accounts.read("me").tokens.access_token
    assert rotating_sandbox.requests("accounts", "/api/token") == 1
    # The listener is not locked out an hour later, on any machine.
    rotating_sandbox.advance(hours=2)
    later = {**variables, "SHOWLIST_NOW": rotating_sandbox.state.clock.now().isoformat()}
    again, once_more = at_once(machines, later, _RENEW)
    assert again == once_more != one
    assert rotating_sandbox.requests("accounts", "/api/token") == 2


_PUSH = """
from datetime import timedelta
from showlist_assets.domain.playlists.plan import Plan, PlannedTrack
from showlist_assets.domain.playlists.recipe import Recipe
recipe = Recipe(name="nyc", states=["NY"])
songs = range(10 * machine, 10 * machine + 5)
tracks = tuple(
    PlannedTrack(
        track_id=TRACKS[song], track_name=f"Song {song}", artist_name=f"Band {song}",
        spotify_artist_id=f"{song:022}", show_id=f"show-{song}",
        local_date=platform.now().date() + timedelta(days=7), starts_at_local=None,
        venue_timezone=None, venue_name="The Hall", venue_city=None, state="NY",
        ticket_url=None, billing=1, why="",
    )
    for song in songs
)
plan = Plan(recipe="nyc", title="Live", description="Shows", tracks=tracks, left_out={})
told = platform.playlists.push(recipe, plan, run_id=f"run-{machine}").outcome
"""


def test_two_that_push_one_recipe_at_once_make_one_playlist(
    machines, variables, platform, rotating_sandbox
):
    catalog = rotating_sandbox.world.catalog
    tracks = [t.id for one in catalog.artists for t in catalog.tracks_of(one.id)][:20]
    statement = f"TRACKS = {tracks!r}\n{_PUSH}"
    assert at_once(machines, variables, statement) == ["done", "done"]
    (playlist,) = rotating_sandbox.listeners.playlists("listener")
    rows = platform.history.rows("nyc")
    assert [(row.number, row.status) for row in rows] == [(1, "done"), (2, "done")]
    assert {row.run_id for row in rows} == {"run-0", "run-1"}
    assert tuple(playlist.uris) == rows[-1].after
    assert not platform.playlists.is_under_way("nyc")
    assert platform.accounts.files.names("locks") == []


_ROWS = """
from datetime import timedelta
from showlist_assets.services.playlists.history import Details, PushRow
history = platform.history
for nth in range(6):
    row = PushRow(
        number=history.next_number("nyc"), recipe="nyc", account="me", user_id="listener",
        run_id=f"{machine}-{nth}", started_at=platform.now(),
        details=Details(title="Live", description="", public=False),
    )
    row = history.save(row)
    history.save(row.model_copy(update={"status": "done"}))
"""


def test_rows_of_two_that_nothing_keeps_apart_all_survive(machines, variables, platform):
    """As where a machine was cut off, and another one took its lock over."""
    assert at_once(machines, variables, _ROWS) == [None, None]
    rows = platform.history.rows("nyc")
    assert [row.number for row in rows] == list(range(1, 13))
    assert {row.run_id for row in rows} == {f"{one}-{nth}" for one in (0, 1) for nth in range(6)}
    assert {row.status for row in rows} == {"done"}


_INVITATION = "told = platform.invitations.use(TOKEN) is not None"


def test_an_invitation_lets_one_in_on_whichever_machine(machines, variables, platform):
    token = platform.invitations.invite("sam")
    used = at_once(machines, variables, f"TOKEN = {token!r}\n{_INVITATION}")
    assert sorted(used) == [False, True]


_SIXTH = """
from showlist_assets.services.listeners.accounts import Account
told = 0
for name in NAMES[machine]:
    try:
        account = platform.accounts.read("me").model_copy(update={"name": name})
        platform.accounts.save(account)
    except Exception as error:
        assert "no room" in str(error)
    else:
        told += 1
"""


def test_five_find_room_on_all_machines_together(machines, variables, platform):
    names = [["ada", "bob", "cem"], ["dan", "eva", "fay"]]
    assert sum(at_once(machines, variables, f"NAMES = {names!r}\n{_SIXTH}")) == 4
    assert len(platform.accounts.names()) == 5
