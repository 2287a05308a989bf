"""A plan's page: what of a stranger's text may become a link."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from showlist_assets.domain.playlists.plan import Plan, PlannedTrack, missing_in_words
from showlist_assets.services.playlists.history import WrittenTrack
from showlist_assets.services.playlists.page import difference_page, plan_page
from showlist_assets.services.playlists.push_result import PushResult
from showlist_assets_tests.domain.playlists.planned import taste_note

_TRACK = PlannedTrack(
    track_id="track-1",
    track_name="Small Hours",
    artist_name="Paper Lantern",
    spotify_artist_id="artist-1",
    show_id="seatgeek-1",
    local_date=date(2026, 12, 4),
    starts_at_local=None,
    venue_timezone=None,
    venue_name="The Boiler Room",
    venue_city=None,
    state="NY",
    ticket_url="https://tickets.example/1",
    billing=1,
    why="Headlines.",
)


def _page(**fields: object) -> str:
    return plan_page(Plan("mine", "Live", "", (replace(_TRACK, **fields),), {}))


def test_a_show_links_to_its_tickets():
    text = "[Fri Dec 4, The Boiler Room, NY](https://tickets.example/1)"
    assert f"| {text} |" in _page()


@pytest.mark.parametrize(
    "link",
    [
        "javascript:alert(1)",
        "JAVASCRIPT:alert(1)",
        "java\nscript:alert(1)",
        "data:text/html,x",
        "https://[tickets",
        "https://tickets.example/a\nb",
        None,
    ],
)
def test_what_leads_nowhere_on_the_web_is_plain_text(link):
    page = _page(ticket_url=link)
    assert "| Fri Dec 4, The Boiler Room, NY |" in page
    assert "cript:" not in page
    assert "data:" not in page


def test_a_festival_has_its_first_and_its_last_day():
    assert "Fri Dec 4 to Sun Dec 6, The Boiler Room" in _page(last_date=date(2026, 12, 6))


def test_a_state_that_was_never_fetched_is_told_once_with_tracks_and_without():
    words = "Nothing is known yet of shows in Texas and Ohio"
    note = missing_in_words(("TX", "OH"))
    some = Plan("mine", "Live", "", (_TRACK,), {}, notes=(note,), missing=("TX", "OH"))
    none = replace(some, tracks=())
    for plan in (some, none):
        assert plan_page(plan).count(words) == 1
    assert none.why_empty.startswith("No show is known where this recipe looks.")


def test_the_page_shows_what_is_heard_and_not_what_was_taken_out():
    plan = Plan("mine", "2 tracks", "", (_TRACK, replace(_TRACK, track_name="Tin Roof")), {})
    heard = replace(plan, title="1 track", tracks=(_TRACK,))
    page = plan_page(plan, PushResult("mine", "dry run", plan=heard))
    assert "## 1 track" in page
    assert "Tin Roof" not in page


def test_the_page_names_the_shows_that_left():
    departed = ("left because cancelled: *NSYNC at The Hall on Fri Dec 4",)
    page = difference_page(PushResult("mine", "dry run", departed=departed))
    assert "- left because cancelled: \\*NSYNC at The Hall on Fri Dec 4" in page


def test_of_many_shows_that_left_the_sentence_names_some():
    departed = tuple(f"left because cancelled: Band {n} at The Hall on Fri Dec 4" for n in range(9))
    result = PushResult("mine", "done", departed=departed)
    assert result.words.count("Left because cancelled: ") == 5
    assert "And 4 more shows that are off or moved." in result.words
    assert difference_page(result).count("- left because") == 9


def _written(track: PlannedTrack) -> WrittenTrack:
    return WrittenTrack(
        uri=track.uri,
        show_id=track.show_id,
        local_date=track.local_date,
        label=f"{track.track_name} by {track.artist_name}",
    )


def test_a_track_is_told_once_and_one_that_would_be_added_is_marked():
    other = replace(_TRACK, track_id="track-2", track_name="Tin Roof")
    plan = Plan("mine", "Live", "", (_TRACK, other), {})
    gone = _written(replace(_TRACK, track_id="track-3", track_name="Old Song"))
    page = plan_page(
        plan, PushResult("mine", "dry run", added=(_written(other),), removed=(gone,), kept=1)
    )
    assert page.count("Tin Roof") == page.count("Small Hours") == 1
    assert "| 1 | [Small Hours]" in page
    assert "| 2 new | [Tin Roof]" in page
    assert "- removed: Old Song by Paper Lantern" in page
    first = plan_page(plan, PushResult("mine", "dry run", added=tuple(map(_written, plan.tracks))))
    assert " new |" not in first, "where all are new, none has to be marked"


def test_an_empty_plan_is_told_once_with_the_way_out():
    plan = Plan("mine", "Live", "0 shows, : .", (), {"shows not on sat": 1}, way_out="Try this.")
    empty = PushResult("mine", "empty", reason=plan.why_empty)
    for page in (plan_page(plan), plan_page(plan, empty)):
        assert page.count("Left out: 1 show not on sat. Try this.") == 1
        assert page.count("Nothing is left") == 1
        assert "0 shows" not in page


def test_one_show_that_left_is_told_in_the_singular():
    departed = tuple(f"left because cancelled: Band {n} at The Hall" for n in range(6))
    words = PushResult("mine", "done", departed=departed, writes=1, calls=1).words
    assert "And 1 more show that is off or moved." in words
    assert "(1 write, 1 call)" in words


def test_what_the_listener_plays_is_not_on_the_page():
    assert "Headlines." in _page(taste=taste_note())
    assert "Mitski" not in _page(taste=taste_note())
