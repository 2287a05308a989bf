"""The digest as plain text, and which shows and songs it tells of."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from showlist_assets.domain.playlists.digest import Changes
from showlist_assets.domain.playlists.digest_content import Digest, subject
from showlist_assets.domain.playlists.digest_text import digest_markdown, digest_text
from showlist_assets_tests.domain.playlists.planned import (
    plan_of,
    planned_show,
    planned_track,
    taste_note,
)

_TODAY = date(2026, 11, 30)
_NOTHING = Changes((), (), (), ())


def text_of(*shows, tracks=(), found=_NOTHING, today=_TODAY, **how) -> str:
    plan = replace(plan_of(*shows), tracks=tracks)
    return digest_text(Digest(plan=plan, found=found, today=today, **how))


def test_a_first_digest_reads_from_top_to_bottom():
    show = planned_show(lowest_price=25.0)
    tracks = (planned_track(show),)
    text = text_of(show, tracks=tracks, is_first=True, playlist_url="https://spotify.example/1")
    assert (
        text
        == """\
Live in New York
Monday, November 30, 2026

1 show, and 1 song to hear before.
Playlist: https://spotify.example/1


ALL SHOWS
---------

Fri Dec 4
  8:00 PM  Paper Lantern with Tin Owl
  The Boiler Room, New York, NY, from $25
    Paper Lantern: Night Train
    https://open.spotify.com/track/song1
  Tickets: https://tickets.example/1
  Map: https://www.openstreetmap.org/search?query=The%20Boiler%20Room%2C%20New%20York%2C%20NY


Times are those of the venue. Made by Showlist.
"""
    )


def test_the_doors_are_told_where_somebody_can_go():
    show = planned_show(doors_at_local=datetime(2026, 12, 4, 19, 30), lowest_price=25.0)  # noqa: DTZ001
    assert "  The Boiler Room, New York, NY, doors 7:30 PM, from $25\n" in text_of(
        show, is_first=True
    )
    plan = plan_of(show)
    told = digest_markdown(Digest(plan=plan, found=_NOTHING, today=_TODAY, is_first=True))
    assert "Fri Dec 4, 8:00 PM (doors 7:30 PM): Paper Lantern" in told
    off = Digest(plan=plan, found=replace(_NOTHING, cancelled=(show,)), today=show.last_day)
    plan_without = replace(off, plan=plan_of())
    assert "doors" not in digest_text(plan_without)
    assert "doors" not in digest_markdown(plan_without)


def test_a_later_digest_tells_the_changes_and_then_the_week_ahead():
    week, later = planned_show("a"), planned_show("b", local_date=_TODAY + timedelta(days=9))
    found = replace(_NOTHING, new=(later,), leaving_soon=(week,))
    text = text_of(week, later, found=found, since=date(2026, 11, 23))
    assert "2 shows. Since Mon Nov 23: 1 new." in text
    assert text.index("\nNEW\n") < text.index("\nLEAVING SOON\n") < text.index("\nTHE WEEK AHEAD\n")
    ahead = text.partition("THE WEEK AHEAD")[2]
    assert "Fri Dec 4" in ahead
    assert "And 1 more show until Wed Dec 9." in ahead


def test_the_week_ahead_has_today_and_the_seventh_day_and_what_is_on_already():
    days = [planned_show(str(n), local_date=_TODAY + timedelta(days=n)) for n in (0, 6, 7)]
    on = planned_show("on", local_date=_TODAY - timedelta(days=1), last_date=_TODAY)
    ahead = text_of(on, *days).partition("THE WEEK AHEAD")[2]
    assert [
        day in ahead for day in ("Sun Nov 29 to Mon Nov 30", "\nMon Nov 30\n", "Sun Dec 6\n")
    ] == [True] * 3
    assert "And 1 more show until Mon Dec 7." in ahead


def test_where_the_week_is_empty_the_next_shows_are_told():
    shows = [planned_show(str(n), local_date=_TODAY + timedelta(days=20 + n)) for n in range(7)]
    text = text_of(*shows)
    assert "THE WEEK AHEAD" not in text
    assert "And 2 more shows until" in text.partition("NEXT UP")[2]


def test_a_song_for_another_night_is_named_unless_two_artists_share_the_name():
    one, other = planned_show("1"), planned_show("2")
    track = planned_track(one)
    assert text_of(one, other, tracks=(track,), is_first=True).count("Night Train") == 2
    namesake = planned_track(one, "song2", spotify_artist_id="another", track_name="Fog")
    text = text_of(one, other, tracks=(track, namesake), is_first=True)
    assert text.count("Night Train") == 1


def test_the_subject_says_what_is_news():
    plan = plan_of(planned_show())
    digest = Digest(plan=plan, found=_NOTHING, today=_TODAY, is_first=True)
    assert subject(digest) == "Live in New York: 1 show"
    found = replace(_NOTHING, new=plan.shows, cancelled=plan.shows)
    assert subject(replace(digest, is_first=False, found=found)) == (
        "Live in New York: 1 new, 1 cancelled"
    )


def flush_left(text: str) -> list[str]:
    return [line for line in text.splitlines() if line and not line.startswith(" ")]


@given(st.text(max_size=200))
def test_no_name_begins_a_line_of_its_own_or_steers_a_terminal(name):
    def told(name: str) -> str:
        show = planned_show(title="", artists=(f"A {name}",), venue_name=f"B {name}")
        return text_of(show, is_first=True)

    text = told(name)
    assert flush_left(text) == flush_left(told(""))
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", text)


def test_how_a_show_fits_the_taste_is_told_unless_others_read_it_or_it_is_off():
    show = planned_show(taste=taste_note())
    alone = planned_show(artists=("Tin Owl",), taste=taste_note())
    assert "\n  Tin Owl: You play Mitski.\n" in text_of(show, is_first=True)
    assert "\n  You play Mitski.\n" in text_of(alone, is_first=True)
    assert "Mitski" not in text_of(show, is_first=True, tells_taste=False)
    unknown = planned_show(taste=taste_note(basis="none", percentile=None))
    assert "Mitski" not in text_of(unknown, is_first=True)
    assert "Mitski" not in text_of(found=replace(_NOTHING, cancelled=(show,)))
    told = Digest(plan=plan_of(show), found=_NOTHING, today=_TODAY, is_first=True)
    assert (
        digest_markdown(told)
        .rstrip()
        .endswith("You play Mitski. [Tickets](https://tickets.example/1)")
    )
