"""What a person reads of what is known of their plays, and connects."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta

import polars as pl
import pytest
from rich.console import Console
from typer import BadParameter
from typer.testing import CliRunner

from showlist_assets.cli.app import app
from showlist_assets.cli.demo_listener import connect_listener, connect_listening
from showlist_assets.cli.listening import (
    connect_listener as connect,
)
from showlist_assets.cli.listening import print_listening, sync_listener
from showlist_assets.domain.listening.days import ZoneError
from showlist_assets.domain.listening.reports import as_reports
from showlist_assets.domain.tables.columns import polars_schema
from showlist_assets.domain.tables.listening.listening_gaps import ListeningGaps
from showlist_assets.services.listening.history import Told
from showlist_assets.settings import setting_names

_TOKEN = "a-token-of-nobody-else"


def printed(command, *arguments, **options) -> str:
    console = Console(file=io.StringIO(), width=80, highlight=False)
    command(*arguments, console, **options)
    text = console.file.getvalue()
    assert all(len(line) <= 80 for line in text.splitlines())
    assert _TOKEN not in text
    return " ".join(text.split())


@pytest.fixture
def showlist(platform, monkeypatch):
    """Runs a command over the platform; returns its status and its words."""

    def run(*arguments, answer=None):
        for name in setting_names():
            monkeypatch.delenv(name, raising=False)
        for name, value in platform.variables.items():
            monkeypatch.setenv(name, value)
        result = CliRunner().invoke(app, ["listening", *map(str, arguments)], input=answer)
        assert _TOKEN not in result.output
        return result.exit_code, " ".join(result.output.split())

    return run


def _import(platform, *, long_name: str = "") -> None:
    rows = [
        {
            "reported_at": datetime(2026, 11, day, 5, 30, tzinfo=UTC),
            "reported_means": "end",
            "track_name": f"Song {day} {long_name}",
            "artist_name": f"[bold]Band {day}",
            "ms_played": 180_000,
        }
        for day in (1, 2, 3)
    ]
    reports = as_reports(rows, source="spotify_account", import_id="1", received_at=platform.now())
    told = Told(import_id="1", source="spotify_account", rows=9, too_short=6, sha256="0" * 64)
    platform.listening.add("me", reports, told)
    platform.listening.rebuild("me")


def test_of_whom_nothing_is_known_it_is_said_what_to_do(platform):
    told = printed(print_listening, platform.platform, "me")
    assert "Connected: nothing." in told
    assert "No play of me is known: `showlist import FILE`" in told
    assert "`showlist listening connect me`" in told


def test_plays_are_told_in_the_listeners_days_and_each_ends_somewhere(platform):
    own = platform.platform
    _import(own, long_name="with a name that is longer than any line of any terminal has room for")
    told = printed(print_listening, own, "me")
    assert "3 plays from 2026-11-01 to 2026-11-03 05:27 (UTC)." in told
    printed(connect, own, "me", timezone="America/Los_Angeles")
    told = printed(print_listening, own, "me")
    # Half past five in the morning (UTC) is the evening before.
    assert "3 plays from 2026-10-31 to 2026-11-02 21:27 (America/Los_Angeles)." in told
    assert "Told by spotify_account (3)." in told
    assert "too short: 6 (66.7%)" in told
    own.recording_lookups.ask("me")
    # A name is no markup.
    assert "[bold]Band 1: Song 1" in printed(print_listening, own, "me")


def test_gaps_and_the_next_look_are_told_in_the_listeners_zone(platform):
    connect_listener(platform.sandbox, platform.platform)
    printed(connect, platform.platform, "me", timezone="America/New_York")
    printed(sync_listener, platform.platform, "me")
    platform.wait(days=3)
    own = platform.platform
    printed(sync_listener, own, "me")
    told = printed(print_listening, own, "me")
    (gap,) = own.listening.read("me", "listening_gaps").rows(named=True)
    # New York is five hours behind in November.
    since, until = (gap[end] - timedelta(hours=5) for end in ("from_at", "until_at"))
    assert (
        f"Plays may be missing from {since:%Y-%m-%d %H:%M} to {until:%Y-%m-%d %H:%M} (away)" in told
    )
    assert "Spotify is looked at again from" in told


def test_a_gap_that_is_covered_is_not_told(platform):
    _import(platform.platform)
    now = platform.platform.now()
    gap = pl.DataFrame([(now, "1", now, "wall", "1")], schema=polars_schema(ListeningGaps),
                       orient="row")  # fmt: skip
    platform.platform.listening.add_gaps("me", gap)
    assert "may be missing" not in printed(print_listening, platform.platform, "me")


def test_what_is_left_out_of_connect_stays_as_it_was(platform):
    own = platform.platform
    told = printed(connect, own, "me", listenbrainz="somebody", token=_TOKEN)
    assert "Connected for me: listenbrainz." in told
    assert "`showlist listening sync me` asks them now." in told
    printed(connect, own, "me", timezone="America/New_York")
    profile = own.listening_profiles.read("me")
    assert profile.listenbrainz_name == "somebody"
    assert profile.listenbrainz_token.get_secret_value() == _TOKEN
    printed(connect, own, "me", spotify=False)
    assert not own.listening_profiles.read("me").spotify_top


def test_a_token_is_not_sent_in_another_name(platform):
    own = platform.platform
    printed(connect, own, "me", listenbrainz="somebody", token=_TOKEN)
    printed(connect, own, "me", listenbrainz=" somebody ")
    assert own.listening_profiles.read("me").listenbrainz_token.get_secret_value() == _TOKEN
    printed(connect, own, "me", listenbrainz="another", timezone="America/New_York")
    profile = own.listening_profiles.read("me")
    assert (profile.listenbrainz_name, profile.listenbrainz_token) == ("another", None)
    with pytest.raises(BadParameter, match="--listenbrainz NAME"):
        printed(connect, own, "zoe", token=_TOKEN)


def test_a_name_of_nothing_disconnects(platform):
    own = platform.platform
    printed(connect, own, "me", listenbrainz="somebody", token=_TOKEN)
    assert "Connected for me: nothing yet." in printed(connect, own, "me", listenbrainz=" ")
    profile = own.listening_profiles.read("me")
    assert (profile.listenbrainz_name, profile.listenbrainz_token) == (None, None)


def test_a_file_without_a_token_is_told_in_a_sentence(showlist, tmp_path):
    (tmp_path / "binary").write_bytes(b"\xff\x00\xfe")
    (tmp_path / "empty").write_text("\n")
    (tmp_path / "words").write_text("no token\nat all")
    for name in ("nosuch", "binary", "empty", "words", "."):
        given = ("--listenbrainz", "somebody", "--token-file", tmp_path / name)
        status, told = showlist("connect", "me", *given)
        assert status == 2, (name, told)
        assert "Traceback" not in told
        # The terminal's box goes around it.
        words = " ".join(told.replace("│", " ").split())
        assert "is no token" in words or "cannot be read" in words


def test_a_zone_that_is_none_changes_nothing(platform):
    with pytest.raises(ZoneError, match="America/New_York"):
        printed(connect, platform.platform, "me", timezone="Gotham", listenbrainz="x")
    assert platform.platform.listening_profiles.read("me").listenbrainz_name is None


def test_a_token_comes_from_a_file_or_a_question_and_is_nowhere_in_clear(showlist, tmp_path):
    file = tmp_path / "token"
    file.write_text(f"{_TOKEN}\n")
    status, told = showlist("connect", "me", "--listenbrainz", "private-listener",
                            "--token-file", file)  # fmt: skip
    assert (status, "Connected for me: listenbrainz." in told) == (0, True)
    file.unlink()
    status, told = showlist("sync", "me")
    assert status == 0
    assert "listenbrainz: ListenBrainz does not take this listener's token." in told
    asked = ("connect", "zoe", "--listenbrainz", "zoe", "--ask-token")
    status, _ = showlist(*asked, answer=f"{_TOKEN}\n")
    assert status == 0
    assert "--token" not in showlist("connect", "--help")[1].replace("--token-file", "")
    for kept in tmp_path.rglob("*"):
        if kept.is_file():
            assert _TOKEN.encode() not in kept.read_bytes(), kept


def test_a_sync_says_what_each_source_told(platform, showlist):
    status, told = showlist("sync", "me")
    assert (status, "Nothing is connected for me" in told) == (0, True)
    connect_listening(platform.platform)
    connect_listener(platform.sandbox, platform.platform)
    status, told = showlist("sync", "me")
    assert status == 0
    assert "listenbrainz: " in told
    assert "spotify_poll: 50 told, 50 new." in told
    assert "spotify_top: 150 told" in told
    assert "known in all." in told
    # The account's name is enough.
    assert showlist("me") == showlist("show", "me") == showlist()
    assert "Told by" in showlist("me")[1]


def test_a_name_that_leads_out_of_the_folder_is_refused(showlist):
    for command in ("show", "sync"):
        status, told = showlist(command, "../me")
        assert status != 0, told
        assert "Traceback" not in told
