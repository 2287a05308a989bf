"""``showlist feeds``: writing, listing and reading the calendars of venues."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from showlist_assets.cli.app import app
from showlist_assets.settings import setting_names
from showlist_assets_tests.clock import PINNED

CALENDAR = (
    "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:1\nDTSTART:20261204T200000\nSUMMARY:Paper Lantern\n"
    "END:VEVENT\nBEGIN:VEVENT\nUID:2\nDTSTART:20261205T200000\nSUMMARY:Crane\nSTATUS:CANCELLED\n"
    "END:VEVENT\nBEGIN:VEVENT\nUID:3\nSUMMARY:Some day\nEND:VEVENT\nEND:VCALENDAR\n"
)
ROOM = ("--venue", "The Room", "--city", "Albany", "--state", "NY")


@pytest.fixture
def showlist(tmp_path, monkeypatch):
    """Runs a command in a folder with one calendar; returns its exit status and what it said."""
    monkeypatch.chdir(tmp_path)
    for name in setting_names():
        monkeypatch.delenv(name, raising=False)
    for name, value in PINNED.items():
        monkeypatch.setenv(name, value)
    (tmp_path / "room.ics").write_text(CALENDAR)

    def run(*arguments):
        result = CliRunner().invoke(app, ["feeds", *arguments])
        return result.exit_code, " ".join(result.output.split())

    return run


def test_a_feed_is_written_and_read_at_once(showlist, tmp_path):
    status, said = showlist("add", "room", "--from", "room.ics", *ROOM, "--every", "1 day")
    assert status == 0
    assert "ics: 2 shows ahead (1 cancelled), 1 set aside" in said
    assert "2026-12-04 8:00 PM Paper Lantern, The Room" in said
    assert "2026-12-05 8:00 PM Crane (cancelled), The Room" in said
    assert "feed room, entry 3: it has no start (DTSTART)" in said
    written = (tmp_path / "feeds" / "room.yaml").read_text()
    assert "every: 1 day" in written
    assert showlist("check")[0] == showlist("check", "room")[0] == 0


def test_a_title_is_printed_as_it_stands_whatever_a_console_could_read_into_it(showlist, tmp_path):
    (tmp_path / "odd.csv").write_text("date,time,title\n2026-12-04,20:00,[red]Owl[/red] :x:\n")
    status, said = showlist("add", "odd", "--from", "odd.csv", *ROOM)
    assert status == 0
    assert "[red]Owl[/red] :x:, The Room" in said


def test_a_feed_is_listed_with_what_it_said(showlist):
    showlist("add", "room", "--from", "room.ics", *ROOM)
    status, said = showlist("list")
    assert status == 0
    assert "room ics The Room 2 2026-11-20 17:00 UTC" in said
    assert showlist() == (status, said)


def test_a_list_asks_no_host(showlist, sandbox, tmp_path):
    (tmp_path / "feeds").mkdir()
    for name, text in list(sandbox.feed_files().items())[:3]:
        (tmp_path / "feeds" / name).write_text(text)
    status, said = showlist("list")
    assert (status, sandbox.requests("feeds")) == (1, 0)
    assert "It was never read." in said
    assert showlist("check")[0] == 0
    asked = sandbox.requests("feeds")
    assert asked == 3
    status, said = showlist("list")
    assert (status, sandbox.requests("feeds")) == (0, asked)
    assert "2026-11-20 17:00 UTC" in said


def test_a_broken_feed_is_told_and_the_others_are_read(showlist, tmp_path):
    showlist("add", "room", "--from", "room.ics", *ROOM)
    (tmp_path / "feeds" / "mistaken.yaml").write_text("from: room.ics\nvenu: A\n")
    for command in ("check", "list"):
        status, said = showlist(command)
        assert status == 1
        assert "did you mean 'venue'" in said
        assert "room" in said
        assert "2026-11-20 17:00 UTC" in said


def test_a_calendar_that_cannot_be_read_keeps_its_file_to_be_corrected(showlist, tmp_path):
    status, said = showlist("add", "room", "--from", "nowhere.ics", *ROOM)
    assert status == 1
    assert "cannot read" in said
    assert "correct it" in said
    assert (tmp_path / "feeds" / "room.yaml").is_file()


def test_a_mistake_writes_nothing(showlist, tmp_path):
    status, said = showlist("add", "room", "--from", "room.ics", "--venue", "The Room")
    assert status == 1
    assert "needs 'city' and 'state'" in said
    assert not (tmp_path / "feeds").exists()
    assert showlist("check", "room")[0] == 1


def test_a_file_elsewhere_can_be_checked(showlist, tmp_path):
    other = tmp_path / "other"
    other.mkdir()
    (other / "mine.csv").write_text("date,title\n2026-12-04,Paper Lantern\nsoon,Crane\n")
    (other / "mine.yaml").write_text("from: mine.csv\nvenue: A\ncity: Albany\nstate: NY\n")
    status, said = showlist("check", str(other / "mine.yaml"))
    assert status == 0
    assert "csv: 1 show ahead, 1 set aside" in said
    assert "line 3: date: 'soon' is no date" in said


def test_an_empty_folder_says_how_to_begin(showlist):
    for command in ("list", "check"):
        status, said = showlist(command)
        assert status == 0
        assert "showlist feeds add" in said


def test_the_doctor_reads_every_feed(showlist, sandbox, tmp_path):
    from showlist_assets.cli.doctor import findings
    from showlist_assets.settings import load_settings
    from showlist_assets.wiring import Platform

    def of_feeds():
        settings = load_settings(SHOWLIST_RECCOBEATS_URL=f"{sandbox.url}/reccobeats")
        found = {each.subject: each for each in findings(Platform(settings))}
        assert "Concerts" not in found
        return found["Feeds"]

    showlist("add", "room", "--from", "room.ics", *ROOM)
    assert of_feeds().verdict == "ok"
    (tmp_path / "room.ics").unlink()
    assert (of_feeds().verdict, "room.ics" in of_feeds().words) == ("broken", True)
