"""What Spotify tells of recent plays and of top artists, over the sandbox."""

from __future__ import annotations

from datetime import timedelta

import pytest

from showlist_assets.cli.demo_listener import connect_listener
from showlist_assets.services.listening.profile import ListeningProfile
from showlist_assets.sources.spotify.login import LISTENING_SCOPES, SCOPES


class Spotify:
    """A listener who has logged in, and whose plays are looked at."""

    def __init__(self, platform) -> None:
        self.under_test = platform
        connect_listener(platform.sandbox, platform.platform)

    def sync(self, *sources):
        platform = self.under_test.platform
        return platform.listening_sync.sync("me", list(sources) or ["spotify_poll"])

    def read(self, table):
        return self.under_test.platform.listening.read("me", table)

    @property
    def due(self) -> list[str]:
        return self.under_test.platform.listening_sync.due("me")

    def wait(self, **time) -> None:
        self.under_test.wait(**time)

    @property
    def gaps(self) -> list[tuple[str, str | None]]:
        gaps = self.read("listening_gaps").sort("from_at")
        return list(gaps.select("reason", "closed_by").iter_rows())

    def heard(self) -> list:
        """What was heard by now, as it is."""
        plays = self.under_test.sandbox.state.listening.plays()
        return [play for play in plays if play.is_heard and not play.incognito]


@pytest.fixture
def spotify(platform) -> Spotify:
    return Spotify(platform)


def test_looks_when_they_are_due_tell_every_play_and_find_no_gap(spotify):
    spotify.sync()
    begin = len(spotify.heard())
    for _ in range(60):
        spotify.wait(minutes=30)
        if "spotify_poll" in spotify.due:
            spotify.sync()
    spotify.sync()
    played = spotify.heard()[begin:]
    known = set(spotify.read("listen_reports")["reported_at"])
    assert played
    assert {play.ended_at.replace(microsecond=0) for play in played} <= {
        at.replace(microsecond=0) for at in known
    }
    assert spotify.gaps == []
    polls = spotify.read("listening_polls")
    # Of thirty hours.
    assert polls.height <= 38
    assert spotify.read("listens").height == spotify.read("listen_reports").height


def test_a_look_after_days_has_missed_plays_until_an_import_tells_them(spotify):
    spotify.sync()
    spotify.wait(days=3)
    assert "spotify_poll" in spotify.due
    spotify.sync()
    assert spotify.gaps == [("away", None)]
    assert spotify.read("listens").height == 100
    platform = spotify.under_test.platform
    platform.listening_profiles.save("me", ListeningProfile(listenbrainz_name="demo-listener"))
    assert spotify.sync("listenbrainz").troubles == {}
    ((_, closed_by),) = spotify.gaps
    assert closed_by == f"listenbrainz-{platform.now():%Y-%m-%d}"


def test_a_permission_that_had_ended_is_the_reason_of_the_gap(spotify):
    spotify.sync()
    spotify.under_test.sandbox.listeners.revoke()
    spotify.wait(days=1)
    assert "showlist login me" in spotify.sync().troubles["spotify_poll"]
    # Tried again in an hour, and not with every tick.
    assert "spotify_poll" not in spotify.due
    spotify.wait(days=2)
    assert "spotify_poll" in spotify.due
    connect_listener(spotify.under_test.sandbox, spotify.under_test.platform)
    assert spotify.sync().troubles == {}
    assert spotify.gaps == [("consent", None)]


def test_who_agreed_to_playlists_only_is_told_so_and_no_call_is_made(spotify):
    platform = spotify.under_test.platform
    account = platform.accounts.read("me")
    scopes = tuple(scope for scope in SCOPES if scope not in LISTENING_SCOPES)
    platform.accounts.save(account.model_copy(update={"scopes": scopes}))
    before = spotify.under_test.sandbox.requests("spotify")
    troubles = spotify.sync("spotify_poll", "spotify_top").troubles
    assert {"spotify_poll", "spotify_top"} == set(troubles)
    assert all("showlist login me" in words for words in troubles.values())
    assert spotify.under_test.sandbox.requests("spotify") == before


def test_what_spotify_tells_hours_late_is_a_delay(spotify):
    sandbox = spotify.under_test.sandbox
    spotify.sync()
    # Into an evening, after which nothing is told for a day.
    first = next(
        play for play in spotify.under_test.sandbox.state.listening.days_of()
        .until(sandbox.state.clock.now() + timedelta(days=3))
        if play.ended_at > sandbox.state.clock.now() + timedelta(hours=6)
    )  # fmt: skip
    sandbox.state.listening.change_quirks(delay_hours=12.0)
    for _ in range(14):
        spotify.wait(hours=1)
        spotify.sync()
    sandbox.state.listening.change_quirks(delay_hours=0.0)
    spotify.wait(hours=12)
    spotify.sync()
    assert first.ended_at in set(spotify.read("listen_reports")["reported_at"])
    assert "delayed" in [reason for reason, _ in spotify.gaps]


def test_top_artists_are_asked_for_in_three_calls_a_week(spotify):
    assert "spotify_top" in spotify.due
    sandbox = spotify.under_test.sandbox
    assert spotify.sync("spotify_top").troubles == {}
    assert sandbox.requests("spotify", "/v1/me/top/artists") == 3
    top = spotify.read("top_artists")
    assert set(top["time_range"]) == {"short_term", "medium_term", "long_term"}
    assert top["rank"].min() == 1
    assert "spotify_top" not in spotify.due
    spotify.wait(days=7)
    assert "spotify_top" in spotify.due
    spotify.sync("spotify_top")
    # Only the newest lists are kept.
    assert spotify.read("top_artists")["asked_at"].unique().len() == 1


def test_calls_for_plays_stop_at_their_own_purse(spotify):
    spotify.under_test.set(SHOWLIST_SPOTIFY_LISTENING="1")
    synced = spotify.sync("spotify_poll", "spotify_top")
    assert synced.returned == {"spotify_poll": 50}
    assert "spotify_top" in synced.troubles
    assert spotify.under_test.platform.ledger("spotify", purpose="playlist").free_at() is not None
