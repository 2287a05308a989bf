"""What a listener says of artists, and whom a name or a link means."""

from __future__ import annotations

import pytest
from filelock import FileLock

from showlist_assets.services.listeners.account_key import AccountError
from showlist_assets.services.taste import feedback as feedback_module
from showlist_assets.services.taste.feedback import UnknownArtistError
from showlist_assets.settings import load_settings
from showlist_assets.storage.files import StorageError
from showlist_assets.web.views.taste import _said as line_of
from showlist_assets.wiring import Platform
from showlist_assets_tests.clock import NOW
from showlist_assets_tests.domain.playlists.show_rows import show_row, shows_of
from showlist_assets_tests.domain.recommendations.listening_rows import frame

_LINK = "https://open.spotify.com/artist/{}"
_ONE, _OTHER = "1" * 22, "2" * 22
_MBID, _ANOTHER = (f"{n}0bbcd88-8583-4ecf-9d56-4f05f02de513" for n in "01")


@pytest.fixture
def feedback(platform):
    """Of a platform on which Mitski plays soon, and two acts that are called Wolves."""
    made = Platform(load_settings(**platform.variables), clock=lambda: NOW)
    rows = shows_of(
        show_row("1", "mitski", spotify_artist_id="3" * 22, spotify_artist_name="Mitski"),
        show_row("2", "wolves", spotify_artist_id=_ONE, spotify_artist_name="Wolves"),
        show_row("3", "wolves.", spotify_artist_id=_OTHER, spotify_artist_name="Wolves"),
    )
    made.tables.write("upcoming_shows", "NY", rows)
    return made.taste_feedback


def said(feedback):
    return dict(feedback.read("me").sort("artist_key").select("artist_key", "verdict").iter_rows())


def test_the_last_word_on_an_artist_counts_however_they_are_named(feedback):
    feedback.say("me", "MITSKI", "more")
    meant = feedback.say("me", _LINK.format("3" * 22), "block")
    assert (meant.name, meant.is_known) == ("Mitski", True)
    assert said(feedback) == {f"spotify:{'3' * 22}": "block"}


def test_a_name_that_two_bear_is_said_of_both_and_a_link_of_one(feedback):
    feedback.say("me", _LINK.format(_ONE), "less")
    feedback.say("me", _LINK.format(_OTHER), "more")
    assert said(feedback) == {f"spotify:{_ONE}": "less", f"spotify:{_OTHER}": "more"}
    feedback.say("me", "Wolves", "block")
    assert said(feedback) == {"name:wolves": "block"}


def test_an_artist_whom_nobody_knows_yet_is_noted_all_the_same(feedback):
    assert not feedback.say("me", "Tomorrow's Band", "block").is_known
    assert said(feedback) == {"name:tomorrows band": "block"}


def test_nothing_is_nobody(feedback):
    with pytest.raises(UnknownArtistError):
        feedback.say("me", "  ", "block")


def test_a_song_that_is_taken_out_is_less_but_overrules_no_word(feedback):
    feedback.taken_out("me", _ONE, "Wolves")
    assert said(feedback) == {f"spotify:{_ONE}": "less"}
    feedback.say("me", _LINK.format(_ONE), "more")
    feedback.taken_out("me", _ONE, "Wolves")
    assert said(feedback) == {f"spotify:{_ONE}": "more"}


def test_what_was_said_can_be_taken_back_once(feedback):
    feedback.say("me", "Mitski", "less")
    assert feedback.take_back("me", "mitski") is not None
    assert feedback.take_back("me", "mitski") is None
    assert said(feedback) == {}


def test_listeners_know_nothing_of_each_other(feedback):
    feedback.say("me", "Mitski", "block")
    assert feedback.read("you").is_empty()


def test_a_listener_is_called_by_no_path(feedback):
    with pytest.raises(AccountError, match="cannot be the name"):
        feedback.say("../me", "Mitski", "block")


def test_what_listenbrainz_knows_overrules_no_word_that_was_said_here(feedback):
    feedback.say("me", "Mitski", "block")
    feedback.taken_out("me", _ONE, "Wolves")
    assert feedback.take_over("me", {"MITSKI": True, "Wolves": True, "Kyoto": False}) == 1
    assert said(feedback) == {
        f"spotify:{'3' * 22}": "block", f"spotify:{_ONE}": "less", "name:kyoto": "less",
    }  # fmt: skip


def test_what_listenbrainz_knows_may_change_and_then_stays(feedback):
    assert feedback.take_over("me", {"Mitski": True}) == 1
    assert feedback.take_over("me", {"Mitski": True, " ": True}) == 0
    assert feedback.take_over("me", {"Mitski": False}) == 1
    assert said(feedback) == {f"spotify:{'3' * 22}": "less"}
    feedback.say("me", "Mitski", "more")
    assert feedback.take_over("me", {"Mitski": False}) == 0


@pytest.mark.parametrize("link", [
    f"https://open.spotify.com/track/{_ONE}", f"spotify:album:{_ONE}",
    f"open.spotify.com/playlist/{_ONE}", "https://spotify.link/abc", "https://example.com/mitski",
])  # fmt: skip
def test_a_link_to_something_else_is_nobody(feedback, link):
    with pytest.raises(UnknownArtistError, match="no link to an artist"):
        feedback.say("me", link, "block")
    assert said(feedback) == {}
    # Which earlier versions have noted as a name.
    assert feedback.take_back("me", link) is None


def test_songs_without_shows_that_are_taken_out_are_told_of_each_artist_and_taken_back(feedback):
    feedback.taken_out("me", f"mbid:{_MBID}", "Kyoto")
    feedback.taken_out("me", f"mbid:{_ANOTHER}", "Wolves")
    feedback.taken_out("me", "mbid:nobody knows", "Nobody Knows")
    assert set(said(feedback)) == {f"mbid:{_MBID}", f"mbid:{_ANOTHER}", "name:nobody knows"}
    for row in feedback.read("me").iter_rows(named=True):
        assert feedback.take_back("me", line_of(row).artist) is not None
    assert said(feedback) == {}
    feedback.taken_out("me", f"mbid:{_MBID}", "Kyoto")
    assert feedback.take_back("me", "KYOTO") is not None
    assert said(feedback) == {}


@pytest.mark.parametrize("name", ["Mitski", "Mitski Miyawaki"])
def test_one_artist_has_one_row_under_whichever_id(feedback, name):
    row = {"artist_key": f"mbid:{_MBID}", "artist_name": name, "artist_mbid": _MBID,
           "spotify_artist_id": "3" * 22, "plays": 3, "weight": 1.0, "verdict": "none"}  # fmt: skip
    feedback._store.write("me", "taste", frame("taste", [row]))
    feedback.taken_out("me", f"mbid:{_MBID}", name)
    feedback.say("me", _LINK.format("3" * 22), "more")
    assert said(feedback) == {f"spotify:{'3' * 22}": "more"}
    feedback.taken_out("me", f"mbid:{_MBID}", name)
    assert said(feedback) == {f"spotify:{'3' * 22}": "more"}


def test_rows_of_earlier_versions_are_read_rightly_and_can_be_taken_back(feedback):
    word = {"verdict": "less", "said_by": "playlist", "said_at": NOW}
    names = {f"spotify:mbid:{_MBID}": "Kyoto", "spotify:mbid:cleo": "Cleo", "name:cleo": "Cleo"}
    rows = [{"artist_key": key, "artist_name": name, **word} for key, name in names.items()]
    feedback._store.write("me", "taste_feedback", frame("taste_feedback", rows))
    assert said(feedback) == {f"mbid:{_MBID}": "less", "name:cleo": "less"}
    feedback.say("me", "Kyoto", "block")
    assert feedback.take_back("me", "Cleo") is not None
    assert said(feedback) == {"name:kyoto": "block"}


def test_whoever_holds_the_file_for_long_is_told(feedback, monkeypatch):
    monkeypatch.setattr(feedback_module, "_LOCK_SECONDS", 0.01)
    feedback.say("me", "Mitski", "more")
    file = feedback._accounts.folder / "me.taste.lock"
    with FileLock(file), pytest.raises(StorageError, match="Try again"):
        feedback.taken_out("me", _ONE, "Wolves")
