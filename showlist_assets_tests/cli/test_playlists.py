"""``showlist plan``, ``push``, ``history``, ``restore`` and ``rollback``, over filled tables."""

from __future__ import annotations

import re
import shutil
import stat
from datetime import timedelta

import polars as pl
import pytest
from filelock import FileLock
from icalendar import Calendar
from rich.console import Console
from typer.testing import CliRunner

from showlist_assets.cli.app import app
from showlist_assets.cli.demo_listener import connect_listener
from showlist_assets.cli.playlists import (
    push_recipes,
    restore_withheld,
    roll_recipe_back,
    show_history,
    show_plans,
)
from showlist_assets.domain.playlists.recipe import RecipeError
from showlist_assets.errors import ShowlistError
from showlist_assets.services.playlists import workflow
from showlist_assets.services.playlists.push import PushError
from showlist_assets_tests.sandbox.clients import control
from showlist_assets_tests.services.mailbox import mail_server


class Terminal:
    def __init__(self, platform) -> None:
        self.platform = platform
        self.folder = platform.folder / "recipes"
        self.folder.mkdir()

    def write(self, name: str, text: str = "states: WA\nwhen: any time\ntracks_per_artist: 1\n"):
        (self.folder / f"{name}.yaml").write_text(text)

    def says(self, command, *arguments, **options) -> str:
        # Wide enough for a description in one line.
        console = Console(record=True, width=400)
        command(self.platform.platform, *arguments, console, **options)
        return console.export_text()

    @property
    def playlist(self):
        (only,) = self.platform.sandbox.listeners.playlists()
        return only

    def take_out(self, *uris: str) -> None:
        self.platform.sandbox.listeners.remove_tracks(self.playlist.id, list(uris))


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


def test_a_push_mails_the_digest_once_and_goes_on_where_the_mail_fails(connected):
    connected.write("mine", "states: WA\nwhen: any time\nmail: you@example.org\n")
    with mail_server() as box:
        connected.platform.set(
            SHOWLIST_SMTP_URL=f"smtp://127.0.0.1:{box.port}", SHOWLIST_MAIL_FROM="me@example.org"
        )
        assert "mailed" not in connected.says(push_recipes, [], dry_run=True)
        told = connected.says(push_recipes, [])
        assert "1 digest mailed." in told
        assert "mailed" not in connected.says(push_recipes, [])
    (mail,) = box.mails
    url = re.search(r"https://\S*/playlist/\w+", told)[0]
    assert url in mail.get_body(["html"]).get_content()
    assert url in (connected.platform.root / "digests" / "mine.txt").read_text()
    # The server is gone, and somebody new shall be told.
    connected.write(
        "mine", "states: WA\nwhen: any time\nmail: [you@example.org, she@example.org]\n"
    )
    told = connected.says(push_recipes, [])
    assert "Nothing to do: 0 added" in told
    assert "cannot be reached" in told


def test_a_push_for_nobody_fails_in_one_sentence_and_sends_nothing(terminal, monkeypatch):
    terminal.write("mine")
    for name, value in terminal.platform.variables.items():
        monkeypatch.setenv(name, value)
    ended = CliRunner().invoke(app, ["push", "mine"])
    assert ended.exit_code == 1
    told = " ".join(ended.output.split())
    assert told.endswith(
        "Error: No account 'me' is connected, so nothing was sent to Spotify: "
        "run `showlist login me`."
    )
    assert terminal.platform.sandbox.requests("spotify") == 0


def test_the_plan_shows_the_title_and_description_that_are_written(connected):
    connected.write(
        "mine",
        "states: WA\nwhen: any time\ntracks_per_artist: 1\nmax_tracks: 500\n"
        'title: "{track_count} & more <in> {places}: {dates}"\n'
        'description: "{show_count} of {artist_count} at {venues}: *{artists}* [all]"\n',
    )
    for _ in range(2):
        shown = connected.says(show_plans, ["mine"])
        connected.says(push_recipes, ["mine"])
        playlist = connected.playlist
        assert playlist.name in shown
        assert playlist.description in shown
        assert playlist.name.startswith(f"{len(playlist.uris)} tracks & more <in>")
        connected.take_out(*playlist.uris[:3])


def test_a_song_that_was_taken_out_counts_as_less_for_its_artist(connected):
    connected.write("mine")
    connected.says(push_recipes, ["mine"])
    connected.take_out(connected.playlist.uris[0])
    feedback = connected.platform.platform.taste_feedback
    assert feedback.read("me").is_empty()
    connected.says(push_recipes, ["mine"])
    (row,) = feedback.read("me").rows(named=True)
    assert (row["verdict"], row["said_by"]) == ("less", "playlist")
    assert row["artist_name"] in connected.says(show_history, "mine", limit=1)
    # Whoever takes it back is not told the same again.
    assert feedback.take_back("me", row["artist_name"])
    connected.says(push_recipes, ["mine"])
    assert feedback.read("me").is_empty()


def test_what_was_taken_out_is_told_and_comes_back_when_it_is_restored(connected):
    connected.write("mine")
    connected.says(push_recipes, ["mine"])
    before = list(connected.playlist.uris)
    connected.take_out(before[0], before[2])
    assert "since the listener took it out" in connected.says(push_recipes, ["mine"])
    told = connected.says(show_history, "mine", limit=1)
    assert told.count("Withheld from mine: ") == 2
    assert "with everything else of the artist (`showlist restore mine`" in told

    back = connected.says(restore_withheld, "mine", before[0])
    assert back.count("No longer withheld: ") == 1
    connected.says(push_recipes, ["mine"])
    assert connected.playlist.uris == [before[0], before[1], *before[3:]]
    connected.says(restore_withheld, "mine", None)
    connected.says(push_recipes, ["mine"])
    assert connected.playlist.uris == before
    assert "Withheld" not in connected.says(show_history, None, limit=1)


@pytest.mark.parametrize(
    ("what", "words"), [("no such song", "Nothing like 'no such song' is"), (None, "Nothing is")]
)
def test_what_is_not_withheld_cannot_be_restored(connected, what, words):
    connected.write("mine")
    connected.says(push_recipes, ["mine"])
    with pytest.raises(ShowlistError, match=f"{words} withheld from 'mine'"):
        connected.says(restore_withheld, "mine", what)


def replace_in_shows(connected, **columns) -> None:
    tables = connected.platform.platform.tables
    rows = tables.read("upcoming_shows", ["WA"]).with_columns(**columns)
    tables.write("upcoming_shows", "WA", rows.select(tables.read("upcoming_shows", ["WA"]).columns))


@pytest.mark.parametrize("relisted", [False, True], ids=["as listed", "under another show id"])
def test_the_same_recording_stays_out_under_another_id(connected, relisted):
    connected.write("mine", "states: WA\nwhen: any time\ntracks_per_artist: 10\n")
    connected.says(push_recipes, ["mine"])
    shows = connected.platform.table("upcoming_shows").filter(pl.col("state") == "WA")
    several = shows.filter(pl.col("track_id").n_unique().over("spotify_artist_id") > 1)
    old = several["track_id"][0]
    assert several["isrc"][0], "the code came all the way from the search"
    elsewhere = connected.platform.table("top_tracks").filter(pl.col("state") != "WA")
    known = set(shows["track_id"])
    new = next(one for one in elsewhere["track_id"] if one not in known)
    connected.take_out(f"spotify:track:{old}")
    is_old = pl.col("track_id") == old
    replace_in_shows(
        connected,
        track_id=pl.when(is_old).then(pl.lit(new)).otherwise("track_id"),
        track_name=pl.when(is_old).then(pl.lit("Another Name")).otherwise("track_name"),
    )
    if relisted:
        replace_in_shows(connected, show_id=pl.concat_str("show_id", pl.lit("0")))
    told = connected.says(push_recipes, ["mine"])
    assert "since the listener took it out: " in told
    assert not {f"spotify:track:{one}" for one in (old, new)} & set(connected.playlist.uris)


def test_a_plan_tells_which_states_were_never_fetched(connected):
    connected.write("mine", "states: [WA, OR, TX]\nwhen: any time\ntracks_per_artist: 1\n")
    platform = connected.platform.platform
    platform.tables.write("upcoming_shows", "OR", platform.tables.read("upcoming_shows", []))
    assert "Nothing is known yet of shows in Texas:" in connected.says(show_plans, ["mine"])
    failed = {("OR", "seatgeek"): "Down."}
    platform.fetch_record.note_failures(failed, stored=[], at=platform.now())
    told = connected.says(show_plans, ["mine"])
    assert "Nothing is known yet of shows in Oregon and Texas:" in told
    connected.write("empty", "states: TX\nwhen: any time\n")
    assert "No show is known where this recipe looks" in connected.says(push_recipes, ["empty"])


def test_what_tells_of_a_listener_is_for_its_owner_only(connected):
    connected.write("mine")
    connected.says(push_recipes, ["mine"])
    root = connected.platform.root
    folders = ("playlist_plans", "playlist_history", "calendars", "digests")
    files = [file for folder in folders for file in (root / folder).iterdir()]
    assert {file.suffix for file in files} == {".json", ".ics", ".md", ".html", ".txt"}
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}


def _shows_with_one_song_each(connected) -> list[dict]:
    """Shows of the playlist, the soonest first, whose artist is on no other show."""
    uris = set(connected.playlist.uris)
    rows = connected.platform.table("upcoming_shows").filter(pl.col("state") == "WA")
    alone = pl.col("show_id").n_unique().over("spotify_artist_id") == 1
    ahead = pl.col("local_date") > connected.platform.platform.now().date() + timedelta(days=10)
    first = rows.filter(
        pl.col("track_id").is_not_null() & alone & ahead & (pl.col("row_number") == 1)
    )
    in_playlist = pl.concat_str(pl.lit("spotify:track:"), "track_id").is_in(list(uris))
    found = first.filter(in_playlist, pl.col("show_id").str.starts_with("seatgeek-"))
    return found.sort("local_date", "show_id").unique("show_id", maintain_order=True).to_dicts()


def _event(show: dict) -> str:
    return show["show_id"].removeprefix("seatgeek-")


def test_shows_that_are_off_leave_the_playlist_and_are_named_everywhere(connected):
    connected.write("mine", "states: WA\nwhen: next 2 months\ntracks_per_artist: 1\n")
    sandbox, root = connected.platform.sandbox, connected.platform.root
    connected.says(push_recipes, ["mine"])
    cancelled, postponed, moved, removed, *_ = _shows_with_one_song_each(connected)
    control(sandbox, "POST", f"events/{_event(cancelled)}", status="cancelled")
    control(sandbox, "POST", f"events/{_event(postponed)}", status="postponed")
    control(sandbox, "POST", f"events/{_event(moved)}", move_days=90)
    control(sandbox, "POST", f"events/{_event(removed)}", removed=True)
    connected.platform.wait(days=1)
    connected.platform.must_run("WA")

    preview = connected.says(show_plans, ["mine"])
    told = connected.says(push_recipes, ["mine"])
    history = connected.says(show_history, "mine", limit=1)
    for show, words in (
        (cancelled, "because cancelled"),
        (postponed, "because postponed"),
        (moved, "because moved out of"),
        (removed, "because no longer listed"),
    ):
        day = f"{show['local_date']:%a %b} {show['local_date'].day}"
        where = f"at {show['venue_name']} on {day}"
        for said in (preview, told, history):
            line, *_ = {
                line
                for line in re.split(r"\n|\. (?=Left )", said)
                if words in line and where in line
            }
            assert show["spotify_artist_name"] in line
        assert f"spotify:track:{show['track_id']}" not in connected.playlist.uris

    events = {
        str(event["uid"]).removesuffix("@showlist"): event
        for event in Calendar.from_ical((root / "calendars" / "mine.ics").read_bytes()).walk(
            "VEVENT"
        )
    }
    status = {
        one["show_id"]: events[one["show_id"]]["status"]
        for one in (cancelled, postponed, moved, removed)
    }
    assert list(status.values()) == ["CANCELLED", "TENTATIVE", "CONFIRMED", "CANCELLED"]
    assert all(int(events[show_id]["sequence"]) == 1 for show_id in status)
    assert str(events[moved["show_id"]].start)[:10] > str(moved["local_date"] + timedelta(days=88))

    digest = (root / "digests" / "mine.md").read_text()
    parts = dict(part.split("\n", 1) for part in digest.split("## ")[1:])
    for show, heading in (
        (cancelled, "Cancelled"),
        (postponed, "Postponed"),
        (moved, "Moved"),
        (removed, "No longer listed"),
    ):
        assert show["spotify_artist_name"] in parts[heading].replace("\\", "")
    assert "Gone" not in parts
    assert "left because" not in connected.says(push_recipes, ["mine"]).lower()


def test_a_push_needs_no_history_of_shows(connected):
    connected.write("mine")
    shutil.rmtree(connected.platform.root / "show_changes")
    connected.says(push_recipes, ["mine"])
    track = connected.playlist.uris[0].rpartition(":")[2]
    tables = connected.platform.platform.tables
    rows = tables.read("upcoming_shows", ["WA"]).filter(pl.col("track_id") != track)
    tables.write("upcoming_shows", "WA", rows)
    assert "Pushed:" in connected.says(push_recipes, ["mine"])


def _at_80_columns(connected, command, *arguments, **options) -> list[str]:
    console = Console(record=True, width=80)
    command(connected.platform.platform, *arguments, console, **options)
    return console.export_text().splitlines()


def test_a_plan_tells_each_song_once_and_marks_what_is_new(connected):
    connected.write("mine")
    first = "\n".join(_at_80_columns(connected, show_plans, ["mine"]))
    assert "\n+ " not in first, "where all are new, none has to be marked"
    connected.says(push_recipes, ["mine"])
    connected.write("mine", "states: WA\nwhen: any time\ntracks_per_artist: 2\n")
    lines = _at_80_columns(connected, show_plans, ["mine"])
    songs = [line for line in lines if re.match(r"[+ ] +[0-9]+  ", line)]
    before = len(connected.playlist.uris)
    new = [line for line in songs if line.startswith("+")]
    assert (len(songs) - len(new), len(new) > 0) == (before, True)
    assert f"A push would do this: {len(new)} added, 0 removed, {before} kept" in "\n".join(lines)
    assert not [line for line in lines if "added: " in line]


def test_an_empty_plan_is_told_once_with_the_nearest_way_out(connected):
    connected.write("mine", "states: WA\nwhen: any time\nprice: '>= 5000'\n")
    for live in (True, False):
        told = " ".join(connected.says(show_plans, ["mine"], live=live).split())
        assert told.count("Nothing is left of what is upcoming.") == 1
        assert told.count("Left out: ") == 1
        assert told.count("Without 'price' it would hold ") == 1


def test_the_history_can_be_read_at_80_columns(connected):
    connected.write("a-recipe-with-quite-a-long-name-of-its-own-as-people-write")
    connected.says(push_recipes, [])
    connected.take_out(connected.playlist.uris[0])
    connected.says(push_recipes, [])
    lines = _at_80_columns(connected, show_history, None, limit=20)
    heading, header, *rows = lines[:4]
    assert heading.startswith("a-recipe-with-quite-a-long-name-of-its-own-as-people-write  Live in")
    assert header.split() == [
        "push", "when", "(UTC)", "status", "added", "removed", "tracks", "calls", "account",
    ]  # fmt: skip
    assert [row.split()[0] for row in rows] == ["2", "1"]
    assert all(len(row.split()) == 9 for row in rows), "no row breaks"
