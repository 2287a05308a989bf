"""The demo's last page at 80 and 120 columns, with and without a terminal."""

from __future__ import annotations

from io import StringIO

import pytest
from rich.cells import cell_len
from rich.console import Console

from showlist_assets.cli.demo_page import print_summary
from showlist_assets.cli.demo_summary import Summary
from showlist_assets.cli.run_progress import states_in_words

_SHOW = {
    "date": "2026-12-04", "venue": "The Long Hall of the Old Mill", "city": "Saratoga Springs",
    "state": "NY",
}  # fmt: skip


def _summary(**others) -> Summary:
    show = {
        **_SHOW, "time": "19:30", "performer": "An Act [with Brackets]", "set": "", "doors": "",
        "lowest_price": 25.0, "top_track": "A Song", "track_url": None, "ticket_url": None,
    }  # fmt: skip
    fields = {
        "states": ["CA", "NY", "TX"],
        "shows": 176,
        "listings": {"ticketmaster": 150, "feeds": 32},
        "listed_twice": 95,
        "performers": 3,
        "outcomes": {"matched": 1, "rejected": 1, "pending": 1},
        "reasons": {"No artist page has this name.": 1, "Nobody [yet].": 1200},
        "reused": {"decisions": 1, "audio_features": 2},
        "rejected_rows": {"raw_events": 1},
        "calls": {"spotify": 237, "feeds": 6},
        "next_shows": [
            show,
            {**show, "time": "", "set": "show 2 of 2 that evening", "lowest_price": 0.0},
            {**show, "lowest_price": None, "doors": "18:30"},
        ],
        "playlist": {
            "title": "Live near you: Dec 4", "tracks": ["An Act - A Song"] * 14,
            "songs": [{**_SHOW, "song": "An Act - A Song"}] * 14,
            "added": 0, "removed": 0, "kept": 14, "writes": 0,
        },
        "warehouse": "/somewhere/showlist.duckdb",
        "query": "select 1",
        "pages": {"digest": "/somewhere/d.html", "calendar": "/somewhere/c.ics"},
        "taste": {
            "plays": 12_575, "artists": 453, "by_basis": {"known": 1, "co-listening": 1},
            "closest": [{**_SHOW, "performer": "An Act [with Brackets]", "score": 2.0,
                         "basis": "known", "why": "You played them 336 times."}],
            "new": [{**_SHOW, "performer": "New Act", "city": None, "score": 0.9,
                     "basis": "co-listening",
                     "why": "You play An Act [with Brackets], Another One and A Third Act of many "
                            "words; ListenBrainz listeners play them together with New Act."}],
            "calls": {"listenbrainz": 1, "listenbrainz_labs": 541},
        },
        "discovered": {
            "title": "Made for you, Dec 4", "url": None, "tracks": ["Act - Song"] * 30,
            "added": 30, "removed": 0, "kept": 0, "writes": 2,
            "reason": {"song": "Act - Song [live]", "why": "You played Tin Owl: Lamp; people who "
                       "play it also play this."},
        },
    }  # fmt: skip
    return Summary(**{**fields, **others})


_STORY = {
    "began": "2026-11-27", "now": "2026-12-04",
    "announced": {**_SHOW, "act": "New Act", "title": "New Act", "time": "20:00"},
    "cancelled": {**_SHOW, "act": "Old Act", "title": "Old Act", "time": "20:00"},
    "calls": {"spotify": 3},
    "added": [{**_SHOW, "song": "New Act - Song", "why": "announced"}]
    + [{**_SHOW, "song": f"Later {n} - Song", "why": "next in line"} for n in range(9)],
    "removed": [{**_SHOW, "song": "Old Act - Song", "why": "cancelled"},
                {**_SHOW, "song": "Past Act - Song", "why": "over"}],
    "kept": 4, "writes": 5, "reused": {"decisions": 174, "audio_features": 650},
}  # fmt: skip


def _page(width: int, summary: Summary | None = None, **options) -> str:
    console = Console(file=StringIO(), width=width, **options)
    print_summary(summary or _summary(), console, open_ui="make ui")
    return console.file.getvalue()


@pytest.mark.parametrize("width", [80, 120])
@pytest.mark.parametrize("story", [{}, _STORY])
def test_nothing_but_what_is_copied_is_wider_than_the_terminal(width, story):
    page = _page(width, _summary(story=story))
    copied = [line for line in page.splitlines() if line.startswith("      ") and "/" in line]
    for line in page.splitlines():
        assert line in copied or cell_len(line) <= width
    # A command that is broken in two cannot be copied.
    assert any("import duckdb" in line and line.rstrip().endswith('"') for line in copied)


def test_a_pipe_gets_no_colour_and_a_terminal_may_refuse_it(monkeypatch: pytest.MonkeyPatch):
    assert "\x1b" not in _page(80)
    assert "\x1b[1m" in _page(80, force_terminal=True)
    monkeypatch.setenv("NO_COLOR", "1")
    coloured = _page(80, force_terminal=True, color_system="truecolor")
    assert not any(f"\x1b[{code}" in coloured for code in range(30, 50))


def test_the_page_says_what_was_found_what_is_next_and_how_to_go_on():
    page = _page(120)
    assert "Showlist: California, New York and Texas" in page
    assert "182: 150 of Ticketmaster, 32 of venues' pages" in page
    assert "176; 95 are listed more than once" in page
    assert "3: 1 found on Spotify, 1 not, 1 still to be looked up" in page
    assert "1 decision and the audio features of 2 songs, from earlier runs" in page
    assert "1 row of raw_events" in page
    assert "1,200  Nobody [yet]." in page
    for words in (
        "Fri Dec 4",
        "7:30 PM",
        "doors 6:30 PM",
        "An Act [with Brackets]",
        "from $25",
        "Saratoga Springs",
    ):
        assert words in page
    assert "14 songs), 0 added, 0 taken out, 14 kept (0 writes)" in page
    assert "and 2 more songs" in page
    for way in ("make ui", "showlist plan --sandbox", "import duckdb", "showlist doctor", "c.ics"):
        assert way in page


@pytest.mark.parametrize(
    ("story", "reused", "words"),
    [
        ({}, {"decisions": 0, "audio_features": 0}, "nothing: before this run, nothing was known"),
        (
            _STORY,
            {"decisions": 0, "audio_features": 0},
            "nothing at first, when nothing was known; a week later, 174 decisions and the audio",
        ),
        (_STORY, {"decisions": 3, "audio_features": 2}, "3 decisions and the audio features of 2"),
    ],
)
def test_what_was_reused_is_true_where_it_is_read(story, reused, words):
    (row,) = [
        line
        for line in _page(200, _summary(story=story, reused=reused)).splitlines()
        if line.strip().startswith("Reused")
    ]
    assert words in row
    assert ("a week later" in row) == (story == _STORY and not any(reused.values()))


def test_two_shows_of_one_evening_are_told_apart():
    page = _page(80)
    assert "show 2 of 2 that evening" in page
    assert "time open" in page
    assert ", free" in page


def test_the_week_is_told_with_what_came_went_and_why():
    page = _page(120, _summary(story=_STORY))
    assert "A week passed: it is Fri Dec 4" in page
    assert "New Act, Fri Dec 4, 8:00 PM" in page
    assert "3 calls to Spotify (237 before)" in page
    assert "10 songs added, 2 taken out, 4 kept (5 writes)" in page
    assert "announced this week: Fri Dec 4" in page
    assert "cancelled: Fri Dec 4" in page
    assert "over: Fri Dec 4" in page
    assert "and 8 more for the shows that are next in line" in page
    assert "showlist demo --story" in page


def test_who_is_closest_to_what_the_listener_plays_is_told_with_the_reason():
    page = _page(120)
    assert "Closest to what you play" in page
    assert "An Act [with Brackets], The Long Hall of the Old Mill, Saratoga Springs NY" in page
    assert "You played them 336 times." in page
    assert "and of those whom you do not play yet:" in page
    assert "New Act, The Long Hall of the Old Mill, NY" in page
    assert "12,575 plays, with these calls: ListenBrainz 1, ListenBrainz Labs 541." in page
    assert "The AI generated playlist: Made for you, Dec 4 (30 songs)" in page
    assert "30 added, 0 taken out, 0 kept (2 writes)" in page
    assert "Act - Song [live]" in page
    assert "You played Tin Owl: Lamp; people who play it also play this." in page
    assert "showlist taste --sandbox" in page


def test_where_everything_is_known_nobody_was_asked():
    summary = _summary()
    summary.taste |= {"calls": {}, "new": []}
    summary.discovered |= {"reason": {}, "tracks": []}
    page = _page(80, summary)
    assert "Learned from 12,575 plays." in page
    assert "whom you do not play yet:" not in page
    assert "(0 songs)" in page
    assert "Nobody has told yet who else plays what you play." in " ".join(page.split())


def test_a_listener_of_whom_nothing_is_known_has_a_page_too():
    page = _page(80, _summary(taste={"calls": {}}, discovered={}))
    assert "Closest" not in page
    assert "AI generated" not in page
    assert "showlist taste" not in page


def test_a_world_without_news_or_shows_has_a_page_too():
    quiet = {**_STORY, "announced": None, "cancelled": None, "added": [], "removed": []}
    page = _page(80, _summary(story=quiet, next_shows=[], playlist={}, reasons={}, pages={}))
    assert "None with a song was found" in page
    assert "announced" not in page
    assert "0 songs added, 0 taken out" in page


@pytest.mark.parametrize(
    ("states", "words"),
    [
        (["WY"], "Wyoming"),
        (["CA", "NY"], "California and New York"),
        (["CA", "NY", "TX", "FL", "IL", "PA"],
         "California, New York, Texas, Florida, Illinois and Pennsylvania"),
        (["CA", "NY", "TX", "FL", "IL", "PA", "OH"],
         "California, New York, Texas, Florida, Illinois and 2 more states"),
    ],
)  # fmt: skip
def test_states_are_named_and_not_given_as_a_range_of_letters(states, words):
    assert states_in_words(states) == words
