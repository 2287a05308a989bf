"""The first page: what it counts, what became of named bands, and where to go from nothing."""

from __future__ import annotations

import re
from urllib.parse import quote

import pytest

from showlist_assets_tests.web.markup import look

NEW_YORK = "where=NY&when=any+time&most=1000"


@pytest.fixture(scope="module")
def lineup(demo_page):
    """What is there to hear in New York, as the API tells it."""
    return demo_page.get(f"/api/lineup?{NEW_YORK}").json()


def test_the_headline_counts_the_shows_that_are_heard_and_says_what_else_there_is(
    demo_page, lineup
):
    found = look(demo_page, f"/?{NEW_YORK}")
    heard = {song["show_id"] for song in lineup["songs"]}
    assert f"{len(lineup['songs'])} songs from {len(heard)} shows" in found.text
    silent = len(lineup["shows"]) - len(heard)
    words = rf"\b{silent:,} more shows? below (has|have) no song"
    assert silent <= 0 or re.search(words, found.text)


def test_a_limit_that_cuts_songs_off_is_told(demo_page):
    found = look(demo_page, "/?where=NY&when=any+time&most=5")
    assert "5 songs from" in found.text
    assert re.search(r"\d+ more songs? would fit", found.text)


def test_each_band_that_was_named_is_told_of(demo_page, lineup):
    artist = next(song["artist"] for song in lineup["songs"] if song["artist"].isascii())
    misspelled = f"{artist[:3]}q{artist[3:]}"
    bands = quote("\n".join([artist, misspelled, "Nobody At All Xyzzyq"]))
    found = look(demo_page, f"/?{NEW_YORK}&bands={bands}")
    told = found.text.replace(" :", ":").replace(" ?", "?")
    assert f"{artist}: here" in told
    assert f"{misspelled}: no show of theirs is known; did you mean {artist}?" in told
    assert "Nobody At All Xyzzyq: no show of theirs is known" in told


def test_a_band_that_plays_elsewhere_is_told_with_the_place(demo_page, lineup):
    in_vermont = demo_page.get("/api/lineup?where=VT&when=any+time&most=1000").json()
    there = {song["artist"] for song in in_vermont["songs"]}
    artist = next(song["artist"] for song in lineup["songs"] if song["artist"] not in there)
    found = look(demo_page, f"/?where=VT&when=any+time&bands={quote(artist)}")
    assert re.search(rf"{re.escape(artist)} ?: next in .+, NY", found.text)


def test_a_place_of_which_nothing_is_known_leads_to_where_something_is(demo_page):
    found = look(demo_page, "/?where=Chicago,+IL")
    assert "Nothing to play here yet" in found.text
    assert re.search(r"What plays in New York: [\d,]+ shows?", found.text)


def test_whoever_has_asked_for_nothing_yet_hears_something(demo_page):
    assert re.search(r"[1-9]\d* songs? from [1-9]\d* shows?", look(demo_page, "/").text)
