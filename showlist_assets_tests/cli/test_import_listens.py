"""What a person reads of files that are read."""

from __future__ import annotations

import io
import json

import pytest
from rich.console import Console
from typer.testing import CliRunner

from showlist_assets.cli.app import app
from showlist_assets.cli.import_listens import import_into
from showlist_assets.settings import load_settings
from showlist_assets.wiring import Platform
from showlist_assets_tests.clock import NOW
from showlist_assets_tests.sources.listening_files.written import (
    RECORDING,
    SECOND,
    extended,
    listen,
)


@pytest.fixture
def made(platform):
    """A platform without a listener."""
    return Platform(load_settings(**platform.variables), clock=lambda: NOW)


def imported(platform, *files) -> str:
    console = Console(file=io.StringIO(), width=80, highlight=False)
    import_into(platform, files, "me", console)
    text = console.file.getvalue()
    assert all(len(line) <= 80 for line in text.splitlines())
    return " ".join(text.split())


def test_every_row_is_accounted_for_and_bad_ones_told_by_number(made, tmp_path):
    path = tmp_path / "Streaming_History_Audio_2022-2023_with_a_long_name_of_its_own_0.json"
    rows = [
        extended(), extended(ms_played=9), extended(incognito_mode=True), 7,
        extended(spotify_track_uri=None), extended(ts="1970-01-01T00:00:00Z"),
    ]  # fmt: skip
    path.write_text(json.dumps(rows))
    text = imported(made, path)
    assert (
        "6 rows, 1 new, 1 under 30 seconds, 1 not music, 1 in a private session and not kept, "
        "2 not readable, 2023-03-19 to 2023-03-19." in text
    )
    assert "Not read: rows 4, 6." in text
    assert "1 play of me known in all, 1 more than before." in text
    assert "Next: `showlist taste refresh me`" in text
    assert "1 row, 0 new" not in text
    assert "1 known before" in imported(made, path)


def test_lines_are_told_as_lines_and_no_more_than_ten(made, tmp_path):
    path = tmp_path / "[red]plays.jsonl"
    path.write_text(json.dumps(listen()) + "\n{" * 12)
    text = imported(made, path)
    assert "[red]plays.jsonl:" in text
    assert "Not read: lines 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, ..." in text


def test_what_cannot_be_used_is_told_beside_what_can(made, tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "1.json").write_text(json.dumps([extended()]))
    (tmp_path / "a" / "2.json").write_text(json.dumps([extended(ts="2023-03-20T18:31:37Z")]))
    (tmp_path / "a" / "Identity.json").write_text("{}")
    wrong = tmp_path / "wrong.json"
    wrong.write_text("{}")
    text = imported(made, tmp_path / "a", wrong)
    assert "wrong.json tells of no plays: what can be read is Spotify's" in text
    assert "1 other file told of no plays." in text
    assert "Together: 2 rows, 2 new." in text


def test_songs_that_are_hated_say_less_of_an_artist_unless_a_word_was_said(made, tmp_path):
    (tmp_path / "1.jsonl").write_text(json.dumps(listen()))
    said = {"recording_msid": "m", "recording_mbid": RECORDING, "score": -1, "created": SECOND}
    (tmp_path / "2.jsonl").write_text(json.dumps(said))
    assert "What was loved or hated counts for 1 artist." in imported(made, tmp_path)
    told = made.taste_feedback.read("me")
    assert told.select("artist_name", "verdict", "said_by").rows() == [
        ("Mitski", "less", "listenbrainz")
    ]
    made.taste_feedback.say("me", "Mitski", "more")
    imported(made, tmp_path)
    assert made.taste_feedback.read("me")["verdict"].to_list() == ["more"]


def test_the_command_fails_only_where_nothing_was_usable(tmp_path):
    (tmp_path / "1.json").write_text(json.dumps([extended()]))
    (tmp_path / "2.json").write_text("[]")
    home = ["--home", str(tmp_path / "home")]
    (tmp_path / "home").mkdir()
    run = CliRunner()
    failed = run.invoke(app, ["import", str(tmp_path / "2.json"), *home])
    assert failed.exit_code == 1
    both = run.invoke(app, ["import", str(tmp_path / "1.json"), str(tmp_path / "2.json"), *home])
    assert both.exit_code == 0, both.output
