"""Pushes over the sandbox: real HTTP, a real token, and a death at every request."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from showlist_assets.domain.playlists.plan import Plan, PlannedTrack, ReserveTrack, Wording
from showlist_assets.domain.playlists.windows import Days
from showlist_assets.sandbox.config import SPOTIFY_CLIENT_ID
from showlist_assets.services.listeners.accounts import Account, AccountStore
from showlist_assets.services.playlists.cover import CoverError
from showlist_assets.services.playlists.departures import Departures
from showlist_assets.services.playlists.history import PlaylistHistory, history_rows
from showlist_assets.services.playlists.push import PushError, push, rollback
from showlist_assets.sources.failures import (
    NeedsConsent,
    NotAllowlisted,
    NotPremium,
    QuotaExceeded,
    SourceError,
)
from showlist_assets.sources.http.session import ApiSession
from showlist_assets.sources.spotify.login import SCOPES
from showlist_assets.sources.spotify.playlists import SpotifyPlaylists
from showlist_assets.sources.spotify.user_token import UserToken
from showlist_assets.storage.files import LocalFiles, StorageError
from showlist_assets_tests.domain.playlists.planned import planned_show
from showlist_assets_tests.domain.playlists.show_histories import fates_of, row

USER = "listener"
LOCAL_FILE = "spotify:local:Band:Album:Song:180"


class Killed(BaseException):
    """The process is gone; nobody catches this."""


class MortalSession(ApiSession):
    """Dies at the request whose number is ``dies_at``, before it is sent or after it landed."""

    dies_at: int | None = None
    dies_before = True
    after_removing = None
    sent = 0

    def send(self, request, **kwargs):
        is_fatal = "/api/token" not in request.url and self.sent == self.dies_at
        self.sent += "/api/token" not in request.url
        if is_fatal and self.dies_before:
            raise Killed
        response = super().send(request, **kwargs)
        if self.after_removing and request.method == "DELETE":
            self.after_removing()
        if is_fatal:
            raise Killed
        return response


class MortalFiles(LocalFiles):
    """Dies at the write whose number is ``dies_at``, before or after it."""

    dies_at: int | None = None
    dies_before = True
    written = 0

    def write(self, name, content):
        is_fatal = self.written == self.dies_at
        self.written += 1
        if is_fatal and self.dies_before:
            raise Killed
        super().write(name, content)
        if is_fatal:
            raise Killed


class Desk:
    """A listener who has agreed, the platform that writes for them, and what Spotify holds."""

    def __init__(self, sandbox, folder, user=USER):
        self.sandbox, self.user = sandbox, user
        self.now = sandbox.state.clock.now()
        self.today = self.now.date()
        catalog = sandbox.world.catalog
        self.tracks = [t for one in catalog.artists for t in catalog.tracks_of(one.id)][:400]
        self.store = AccountStore(folder / "accounts")
        self.store.save(
            Account(
                name="me",
                user_id=user,
                display_name="Robin",
                refresh_token=sandbox.listeners.consent(SCOPES, user),
                scopes=SCOPES,
                consented_at=self.now,
            )
        )
        self.files = MortalFiles(folder / "data")
        self.session = MortalSession("spotify", sleep=lambda _: None)
        self.session.authorize = UserToken(
            self.session,
            sandbox.env()["SHOWLIST_SPOTIFY_ACCOUNTS_URL"],
            SPOTIFY_CLIENT_ID,
            self.store.tokens("me"),
            clock=sandbox.state.clock.now,
        )
        self.runs = 0

    @property
    def history(self):
        return PlaylistHistory(self.files)

    def uris(self, numbers):
        return [f"spotify:track:{self.tracks[number].id}" for number in numbers]

    def plan(
        self, numbers, *, recipe="nyc", title="Live in NYC", text="Shows", day=7, show="", **more
    ):
        return Plan(
            recipe=recipe,
            title=title,
            description=text,
            tracks=tuple(
                self._planned(one, self.today + timedelta(days=day), show) for one in numbers
            ),
            left_out={"too far away": 3},
            **more,
        )

    def reserve(self, numbers, *, behind, **fields):
        day = self.today + timedelta(days=7)
        return tuple(
            ReserveTrack(replace(self._planned(one, day, ""), **fields), behind) for one in numbers
        )

    def _planned(self, number, day: date, show):
        return PlannedTrack(
            track_id=self.tracks[number].id,
            track_name=f"Song {number}",
            artist_name=f"Band {number}",
            spotify_artist_id=f"{number:022}",
            show_id=show or f"show-{number}",
            local_date=day,
            starts_at_local=None,
            venue_timezone=None,
            venue_name="The Hall",
            venue_city=None,
            state="NY",
            ticket_url=None,
            billing=1,
            why="",
        )

    def with_what(self):
        self.runs += 1
        return {
            "client": SpotifyPlaylists(self.session, self.sandbox.env()["SHOWLIST_SPOTIFY_URL"]),
            "history": self.history,
            "account": self.store.read("me"),
            "now": self.sandbox.state.clock.now(),
            "run_id": f"run-{self.runs}",
        }

    def push(self, plan, **options):
        return push(plan, **self.with_what(), **options)

    def rollback(self, recipe="nyc", **options):
        return rollback(recipe, **self.with_what(), **options)

    @property
    def playlists(self):
        return self.sandbox.listeners.playlists(self.user)

    @property
    def playlist(self):
        (only,) = self.playlists
        return only

    @property
    def live(self):
        return self.playlist.uris


@pytest.fixture
def desk(sandbox, tmp_path):
    return Desk(sandbox, tmp_path)


def test_the_first_push_makes_a_private_playlist_with_the_plan_in_its_order(desk):
    result = desk.push(desk.plan([3, 1, 2]))
    assert desk.live == desk.uris([3, 1, 2])
    assert not desk.playlist.public
    assert (desk.playlist.name, desk.playlist.description) == (
        "Live in NYC",
        "Shows (showlist: nyc)",
    )
    assert (result.outcome, len(result.added), result.kept) == ("done", 3, 0)
    assert result.playlist_id == desk.playlist.id


def test_an_unchanged_plan_costs_two_calls_and_no_write(desk):
    desk.push(desk.plan(range(80)))
    before = desk.playlist.snapshot_id
    result = desk.push(desk.plan(range(80)))
    assert (result.outcome, result.writes, result.calls) == ("unchanged", 0, 2)
    assert desk.playlist.snapshot_id == before
    assert len(desk.history.rows("nyc")) == 1


def test_after_a_changed_title_an_unchanged_plan_soon_costs_two_calls_again(desk):
    desk.push(desk.plan([1]))
    assert desk.push(desk.plan([1], title="This week")).writes == 1
    assert desk.playlist.name == "This week"
    desk.push(desk.plan([1], title="This week"))
    assert desk.push(desk.plan([1], title="This week")).calls == 2


def test_what_the_listener_added_keeps_its_neighbours_whatever_it_is(desk):
    desk.push(desk.plan([1, 2, 3]))
    own = [*desk.uris([50]), LOCAL_FILE]
    desk.sandbox.listeners.add_tracks(desk.playlist.id, own, 2)
    result = desk.push(desk.plan([3, 4]))
    assert desk.live == [*own, *desk.uris([3, 4])]
    assert result.additions == tuple(own)
    assert [track.label for track in result.removed] == ["Band 1 - Song 1", "Band 2 - Song 2"]
    assert "2 tracks of the listener's own stay" in result.words


def test_what_the_listener_took_out_does_not_come_back_for_another_night_either(desk):
    desk.push(desk.plan([1, 2, 3]))
    desk.sandbox.listeners.remove_tracks(desk.playlist.id, desk.uris([2]))
    result = desk.push(desk.plan([1, 2, 3]))
    assert desk.live == desk.uris([1, 3])
    assert (result.outcome, result.writes) == ("unchanged", 0)
    assert "took it out: Band 2 - Song 2" in result.words
    desk.push(desk.plan([1, 3, 4]))
    desk.push(desk.plan([1, 2, 3, 4]))
    assert desk.live == desk.uris([1, 3, 4])
    desk.sandbox.advance(days=9)
    desk.push(desk.plan([1, 2, 3, 4], day=20, show="another"))
    assert desk.live == desk.uris([1, 3, 4])


def test_each_song_that_is_taken_out_is_told_once_and_none_that_left(desk):
    told = []

    def push_it(numbers, **options):
        desk.push(desk.plan(numbers), taken_out=lambda track: told.append(track.label), **options)

    push_it([1, 2, 3, 4])
    desk.sandbox.listeners.remove_tracks(desk.playlist.id, desk.uris([2]))
    push_it([1, 2, 3, 4], dry_run=True)
    assert told == []
    push_it([1, 2, 3, 4])
    # Its show is over: the plan, and not the listener, has taken it out.
    push_it([1, 2, 4, 5])
    push_it([1, 2, 4, 5])
    assert told == ["Band 2 - Song 2"]
    desk.sandbox.listeners.remove_tracks(desk.playlist.id, desk.uris([5]))
    desk.rollback(to=1, taken_out=lambda track: told.append(track.label))
    push_it([1, 2, 4, 5])
    assert told == ["Band 2 - Song 2", "Band 5 - Song 5"]


def test_a_song_whose_show_is_over_or_off_says_nothing_of_its_artist(desk):
    told, options = [], {"taken_out": lambda track: told.append(track.label)}
    plan = desk.plan([1, 2, 3, 4, 5, 6])
    plan = changed(plan, 0, local_date=desk.today)
    plan = changed(plan, 1, local_date=desk.today, last_date=desk.today + timedelta(days=1))
    # As a playlist without shows has it: the day is that of the plan.
    plan = changed(plan, 2, local_date=desk.today, show_id="")
    desk.push(plan)
    desk.sandbox.listeners.remove_tracks(desk.playlist.id, desk.uris([1, 2, 3]))
    desk.push(plan, departures=Departures(today=desk.today), **options)
    assert told == ["Band 2 - Song 2", "Band 3 - Song 3"]
    desk.sandbox.listeners.remove_tracks(desk.playlist.id, desk.uris([5]))
    off = _departures(desk, desk.plan([5]), (0, "cancelled"))
    desk.push(plan, departures=off, **options)
    assert told == ["Band 2 - Song 2", "Band 3 - Song 3"]


def test_what_cannot_be_told_stops_no_push_and_is_told_once_with_a_later_one(desk):
    told = []

    def refuse(_):
        raise StorageError("Another process has held it.")

    def hear(track):
        told.append(track.label)

    desk.push(desk.plan([1, 2, 3, 4, 5]))
    desk.sandbox.listeners.remove_tracks(desk.playlist.id, desk.uris([2, 4]))
    result = desk.push(desk.plan([1, 2, 3, 5, 6]), taken_out=refuse)
    assert desk.live == desk.uris([1, 3, 5, 6])
    assert "2 songs were taken out" in result.words
    assert "Another process has held it." in result.words
    # Nothing to write, and still refused; a rollback tells it, too.
    assert "2 songs" in desk.push(desk.plan([1, 2, 3, 5, 6]), taken_out=refuse).words
    desk.push(desk.plan([1, 2, 3, 5, 6]), taken_out=hear)
    assert sorted(told) == ["Band 2 - Song 2", "Band 4 - Song 4"]
    desk.push(desk.plan([1, 2, 3, 5, 6]), taken_out=hear)
    desk.push(desk.plan([1, 2, 3, 5]), taken_out=hear)
    assert len(told) == 2


@pytest.mark.parametrize("taken", [[1, 2, 3], [1, 2], [2]])
def test_a_cleared_list_and_a_song_that_is_gone_from_spotify_say_nothing_of_artists(desk, taken):
    told = []
    desk.push(desk.plan([1, 2, 3]))
    desk.sandbox.listeners.remove_tracks(desk.playlist.id, desk.uris(taken))
    # As an item of which Spotify knows nothing any more.
    gone = "spotify:track:" + "9" * 22
    desk.sandbox.listeners.add_tracks(desk.playlist.id, [gone] * (taken == [2]))
    desk.push(desk.plan([1, 2, 3]), taken_out=told.append)
    assert told == []


@pytest.mark.parametrize("dies_before", [True, False])
def test_what_is_taken_out_is_told_although_the_push_dies(sandbox, tmp_path, dies_before):
    for number in range(12):
        sandbox.reset()
        desk, told = Desk(sandbox, tmp_path / str(number)), set()
        desk.push(desk.plan([1, 2, 3]))
        desk.sandbox.listeners.remove_tracks(desk.playlist.id, desk.uris([2]))
        desk.session.sent, desk.session.dies_at = 0, number
        desk.session.dies_before = dies_before
        with suppress(Killed):
            desk.push(desk.plan([1, 2, 4, 5]), taken_out=lambda track: told.add(track.label))  # noqa: B023
        desk.session.dies_at = None
        desk.push(desk.plan([1, 2, 4, 5]), taken_out=lambda track: told.add(track.label))  # noqa: B023
        assert told == {"Band 2 - Song 2"}


def changed(plan, number, **fields):
    """``plan`` with other fields of its track ``number``."""
    tracks = [
        replace(track, **fields) if index == number else track
        for index, track in enumerate(plan.tracks)
    ]
    return replace(plan, tracks=tuple(tracks))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ({"isrc": "US1"}, {"isrc": "US1", "spotify_artist_id": "b" * 22, "track_name": "Else"}),
        ({"track_name": "Blue Tile"}, {"track_name": "Blue tile - 2019 Remaster"}),
        ({"track_name": "Blue Tile"}, {"track_name": "Another one of the artist"}),
    ],
    ids=["same isrc", "same recording", "only song of the artist"],
)
def test_a_song_that_was_taken_out_stays_out_under_another_id(desk, old, new):
    desk.push(changed(desk.plan([1, 2]), 1, **old, spotify_artist_id="a" * 22))
    desk.sandbox.listeners.remove_tracks(desk.playlist.id, desk.uris([2]))
    fields = {"spotify_artist_id": "a" * 22, **new}
    again = changed(desk.plan([1, 3], show="seatgeek-99"), 1, **fields)
    assert [track.label for track in desk.push(again).withheld] == [
        f"Band 3 - {new.get('track_name', 'Song 3')}"
    ]
    assert desk.live == desk.uris([1])


def nights(desk, *songs, show="{}", artist="a" * 22):
    """A plan of one artist: for each night the number of its song; ``show`` names the nights."""
    plan = desk.plan(songs)
    tracks = [
        replace(
            track,
            spotify_artist_id=artist,
            show_id=show.format(night),
            local_date=desk.today + timedelta(days=5 + night),
        )
        for night, track in enumerate(plan.tracks)
    ]
    return replace(plan, tracks=tuple(tracks))


def test_a_night_whose_song_was_taken_out_gets_no_other_song_under_whatever_id(desk):
    desk.push(nights(desk, 1, 2, show="seatgeek-{}"))
    desk.sandbox.listeners.remove_tracks(desk.playlist.id, desk.uris([1]))
    result = desk.push(nights(desk, 3, 2, show="seatgeek-9{}"))
    assert desk.live == desk.uris([2])
    assert [track.label for track in result.withheld] == ["Band 3 - Song 3"]
    assert desk.push(nights(desk, 3, 2, show="seatgeek-7{}")).writes == 0
    desk.push(nights(desk, 3, 2, 4, show="seatgeek-{}"))
    assert desk.live == desk.uris([2, 4]), "another night of the artist is another show"
    desk.history.restore("nyc", "me", "Song 1")
    desk.push(nights(desk, 3, 2))
    assert desk.live == desk.uris([3, 2])


def test_a_show_under_another_id_costs_no_write_and_loses_nothing(desk):
    desk.push(nights(desk, 1, 2, 3, show="seatgeek-{}"))
    result = desk.push(nights(desk, 1, 2, 3, show="seatgeek-9{}"))
    assert (result.outcome, result.writes, result.removed) == ("unchanged", 0, ())


def worded_plan(desk, numbers, **more):
    """A plan whose title and description count its tracks and artists."""
    wording = Wording("{artist_count}", "{track_count}, {show_count}", ())
    return desk.plan(
        numbers,
        wording=wording,
        title=f"{len(numbers)} artists",
        text=f"{len(numbers)} tracks, {len(numbers)} shows",
        **more,
    )


def test_title_and_description_count_what_is_heard(desk):
    plan = worded_plan(desk, [1, 2, 3])
    desk.push(plan)
    desk.sandbox.listeners.remove_tracks(desk.playlist.id, desk.uris([2]))
    seen = desk.push(plan, dry_run=True)
    assert (seen.plan.title, seen.plan.description) == ("2 artists", "2 tracks, 2 shows")
    desk.push(plan)
    assert (desk.playlist.name, desk.playlist.description) == (
        "2 artists",
        "2 tracks, 2 shows (showlist: nyc)",
    )
    assert desk.push(plan).writes == 0
    filled = worded_plan(desk, [1, 2, 3], reserve=desk.reserve([9], behind=3))
    desk.push(filled)
    assert desk.playlist.name == "3 artists"
    desk.sandbox.listeners.remove_tracks(desk.playlist.id, desk.uris([1, 3, 9]))
    desk.push(plan)
    assert (desk.live, desk.playlist.name) == ([], "3 artists"), "of nothing nothing is told"


def test_the_cover_is_drawn_of_what_is_heard(desk):
    drawn = []

    def draw(plan):
        drawn.append(plan.title)
        return b"\xff\xd8\xff" + plan.title.encode()

    plan = worded_plan(desk, [1, 2])
    desk.push(plan, draw_cover=draw)
    desk.sandbox.listeners.remove_tracks(desk.playlist.id, desk.uris([2]))
    desk.push(plan, draw_cover=draw)
    assert drawn == ["2 artists", "1 artist"]
    assert desk.playlist.cover.endswith(b"1 artist")


def test_who_keeps_one_song_of_an_artist_has_not_taken_out_the_artist(desk):
    def of_one_artist(numbers):
        plan = desk.plan(numbers)
        one = tuple(replace(track, spotify_artist_id="a" * 22) for track in plan.tracks)
        return replace(plan, tracks=one)

    desk.push(of_one_artist([1, 2]))
    desk.sandbox.listeners.remove_tracks(desk.playlist.id, desk.uris([1]))
    desk.push(of_one_artist([1, 2, 3]))
    assert desk.live == desk.uris([2, 3])
    desk.sandbox.listeners.remove_tracks(desk.playlist.id, desk.uris([2, 3]))
    desk.push(replace(of_one_artist([1, 2, 3, 4]), reserve=desk.reserve([5], behind=0)))
    assert desk.live == desk.uris([5])


def test_the_list_is_filled_up_in_the_order_of_the_recipe(desk):
    reserve = desk.reserve([10], behind=1) + desk.reserve([11, 12], behind=3)
    plan = desk.plan([1, 2, 3], reserve=reserve)
    desk.push(plan)
    assert desk.live == desk.uris([1, 2, 3])
    desk.sandbox.listeners.remove_tracks(desk.playlist.id, desk.uris([2]))
    desk.push(plan)
    assert desk.live == desk.uris([1, 10, 3])
    assert desk.push(plan).writes == 0
    desk.sandbox.listeners.remove_tracks(desk.playlist.id, desk.uris([10]))
    desk.push(plan)
    assert desk.live == desk.uris([1, 3, 11])


@pytest.mark.parametrize("dies_before", [True, False])
def test_what_is_taken_out_after_a_push_died_stays_out(sandbox, tmp_path, dies_before):
    for number in range(12):
        sandbox.reset()
        desk = Desk(sandbox, tmp_path / str(number))
        desk.push(desk.plan([1, 2, 3]))
        if not died(desk, desk.plan([2, 4, 5]), "session", number, dies_before=dies_before):
            break
        taken = [uri for uri in desk.uris([2, 4]) if uri in desk.live]
        desk.sandbox.listeners.remove_tracks(desk.playlist.id, taken)
        desk.push(desk.plan([2, 4, 5, 6], show="another"))
        planned = desk.uris([2, 4, 5, 6])
        assert desk.live == [uri for uri in planned if uri not in taken]


@pytest.mark.parametrize("place", [0, 1, 2, 3])
def test_an_unchanged_plan_costs_no_write_wherever_own_items_lie(desk, place):
    desk.push(desk.plan([1, 2, 3]))
    own = [*desk.uris([50]), LOCAL_FILE, "spotify:track:null", "spotify:track:" + "9" * 22]
    desk.sandbox.listeners.add_tracks(desk.playlist.id, own, place)
    assert desk.push(desk.plan([1, 2, 3])).writes == 0
    assert desk.push(desk.plan([1, 2, 3])).calls == 2
    desk.push(desk.plan([3, 7, 1]))
    assert [uri for uri in desk.live if uri in own] == own
    assert [uri for uri in desk.live if uri not in own] == desk.uris([3, 7, 1])


def test_beyond_ten_thousand_items_nothing_is_sent(desk):
    desk.push(desk.plan([1]))
    own = desk.uris([50]) * 9_998
    desk.sandbox.listeners.add_tracks(desk.playlist.id, own)
    with pytest.raises(PushError, match=r"10,001 items, 9,998 of them the listener's own"):
        desk.push(desk.plan([1, 2, 3]))
    assert len(desk.live) == 9_999
    desk.push(desk.plan([2, 3]))
    assert len(desk.live) == 10_000


def test_a_track_that_the_listener_put_back_stays_for_good(desk):
    desk.push(desk.plan([1, 2]))
    desk.sandbox.listeners.remove_tracks(desk.playlist.id, desk.uris([2]))
    desk.push(desk.plan([1, 2]))
    desk.sandbox.listeners.add_tracks(desk.playlist.id, desk.uris([2]))
    desk.push(desk.plan([1, 2]))
    desk.push(desk.plan([3]))
    assert desk.live == desk.uris([3, 2])


def test_what_the_listener_adds_during_a_push_is_told_and_the_next_push_settles_it(desk):
    desk.push(desk.plan([1, 2]))
    add, playlist_id = desk.sandbox.listeners.add_tracks, desk.playlist.id
    desk.session.after_removing = lambda: add(playlist_id, desk.uris([50]))
    assert desk.push(desk.plan([2, 3])).outcome == "differs"
    desk.session.after_removing = None
    result = desk.push(desk.plan([2, 3]))
    assert (result.outcome, result.writes, desk.live) == ("unchanged", 0, desk.uris([2, 3, 50]))
    assert desk.push(desk.plan([2, 3])).calls == 2


def test_a_title_that_the_listener_changed_is_kept(desk):
    desk.push(desk.plan([1]))
    desk.playlist.name = "My nights out"
    desk.push(desk.plan([1, 2], title="Something new"))
    assert desk.playlist.name == "My nights out"
    assert desk.live == desk.uris([1, 2])


def test_a_description_that_spotify_tells_with_entities_is_not_written_again(desk):
    text = "Rock & roll\n at Robin's <place>"
    desk.push(desk.plan([1], text=text))
    desk.playlist.description = "Rock &amp; roll at Robin&#x27;s &lt;place&gt; (showlist: nyc)"
    assert desk.push(desk.plan([1], text=text)).writes == 0


def test_a_long_description_is_cut_and_keeps_its_marker(desk):
    desk.push(desk.plan([1], text="word " * 100))
    assert len(desk.playlist.description) <= 300
    assert desk.playlist.description.endswith("word… (showlist: nyc)")


def test_a_dry_run_writes_nothing_neither_at_spotify_nor_in_the_history(desk):
    first = desk.push(desk.plan([1, 2]), dry_run=True)
    assert (first.outcome, first.calls, len(first.added), desk.playlists) == ("dry run", 0, 2, [])
    desk.push(desk.plan([1, 2]))
    result = desk.push(desk.plan([2, 3]), dry_run=True)
    assert (len(result.added), len(result.removed), result.kept, result.writes) == (1, 1, 1, 2)
    assert desk.live == desk.uris([1, 2])
    assert len(desk.history.rows("nyc")) == 1


def test_an_empty_plan_keeps_the_old_list_and_says_why(desk):
    desk.push(desk.plan([1, 2]))
    result = desk.push(desk.plan([]))
    assert (result.outcome, result.calls) == ("empty", 0)
    assert "too far away" in result.words
    assert desk.live == desk.uris([1, 2])


def test_a_deleted_playlist_is_made_again_only_when_told(desk):
    desk.push(desk.plan([1]))
    desk.sandbox.listeners.unfollow(desk.playlist.id)
    result = desk.push(desk.plan([1, 2]))
    assert (result.outcome, result.writes, desk.playlists) == ("gone", 0, [])
    assert "--recreate" in result.words
    desk.push(desk.plan([1, 2]), recreate=True)
    assert desk.live == desk.uris([1, 2])
    assert desk.push(desk.plan([1, 2])).outcome == "unchanged"


def test_a_title_over_spotifys_limit_is_refused_before_any_call(desk):
    with pytest.raises(PushError, match="101 characters"):
        desk.push(desk.plan([1], title="x" * 101))
    assert desk.session.sent == 0


def test_two_recipes_never_write_to_one_playlist(desk):
    desk.push(desk.plan([1]))
    row = desk.history.rows("nyc")[-1]
    desk.history.save(row.model_copy(update={"recipe": "copy"}))
    with pytest.raises(PushError, match="one playlist"):
        desk.push(desk.plan([2], recipe="copy"))
    assert desk.live == desk.uris([1])


def test_a_playlist_of_somebody_else_is_left_alone(desk, tmp_path):
    desk.push(desk.plan([1]), public=True)
    desk.sandbox.listeners.add_listener("sam", "Sam")
    other = Desk(desk.sandbox, tmp_path, "sam")
    with pytest.raises(PushError, match="belongs to 'listener'"):
        other.push(other.plan([2]))
    assert desk.live == desk.uris([1])


@pytest.mark.parametrize(
    ("change", "failure"),
    [({"premium": False}, NotPremium), ({"allowlisted": False}, NotAllowlisted)],
)
def test_a_listener_whom_spotify_refuses_keeps_their_playlist(desk, change, failure):
    desk.push(desk.plan([1]))
    for name, value in change.items():
        setattr(desk.sandbox.listeners.listener(), name, value)
    with pytest.raises(failure):
        desk.push(desk.plan([2]))
    assert desk.live == desk.uris([1])


def test_a_revoked_consent_is_told_and_the_next_push_asks_nobody(desk):
    desk.push(desk.plan([1]))
    desk.sandbox.listeners.revoke()
    desk.sandbox.advance(hours=2)
    with pytest.raises(NeedsConsent):
        desk.push(desk.plan([2]))
    sent = desk.session.sent
    with pytest.raises(NeedsConsent, match="showlist login me"):
        desk.push(desk.plan([2]))
    assert desk.session.sent == sent
    assert desk.live == desk.uris([1])


def test_a_quota_that_ends_in_the_middle_is_noted_and_the_next_push_goes_on(desk):
    desk.push(desk.plan([1]))
    endpoint = "/v1/playlists/{id}/items"
    desk.sandbox.fault("spotify", "quota_exceeded", endpoint=endpoint, retry_after=80_000)
    with pytest.raises(QuotaExceeded) as caught:
        desk.push(desk.plan([2]))
    assert "goes on from what is live" in caught.value.__notes__[0]
    assert desk.history.rows("nyc")[-1].words == str(caught.value)
    assert desk.push(desk.plan([2])).outcome == "done"
    assert desk.live == desk.uris([2])


def test_a_rollback_brings_back_an_earlier_list_and_keeps_what_the_listener_added(desk):
    desk.push(desk.plan([1, 2], title="First"))
    desk.push(desk.plan([3], title="Second"))
    desk.sandbox.listeners.add_tracks(desk.playlist.id, desk.uris([50]))
    result = desk.rollback(to=1)
    assert desk.live == desk.uris([1, 2, 50])
    assert desk.playlist.name == "First"
    assert (result.outcome, desk.history.rows("nyc")[-1].rolled_back_to) == ("done", 1)


@pytest.mark.parametrize("number", [0, 2])
def test_a_rollback_to_a_push_that_never_was_names_those_that_were(desk, number):
    desk.push(desk.plan([1]))
    with pytest.raises(PushError, match="Finished ones: 1"):
        desk.rollback(to=number)


def test_a_cover_is_uploaded_once_and_a_refused_one_does_not_fail_the_push(desk):
    jpeg = b"\xff\xd8\xff" + b"0" * 100
    desk.push(desk.plan([1]), draw_cover=lambda _: jpeg)
    assert desk.playlist.cover == jpeg
    assert desk.push(desk.plan([1]), draw_cover=lambda _: jpeg).writes == 0
    result = desk.push(desk.plan([1, 2]), draw_cover=lambda _: b"no picture")
    assert (result.outcome, desk.live) == ("done", desk.uris([1, 2]))
    assert "cover was not uploaded" in result.words


def test_a_push_without_what_draws_covers_goes_on_and_says_so(desk):
    def draw(_):
        raise CoverError("Run `pip install 'showlist[cover]'`.")

    for tracks, outcome in (([1], "done"), ([1], "unchanged"), ([1, 2], "done")):
        result = desk.push(desk.plan(tracks), draw_cover=draw)
        assert (result.outcome, desk.live) == (outcome, desk.uris(tracks))
        assert "The cover was not drawn: Run `pip install 'showlist[cover]'`." in result.words


def no_push_yet(desk):
    return desk.plan(range(5)), []


def a_few_changes(desk):
    """Old list, the listener's changes, and a plan with another order, title and tracks."""
    desk.push(desk.plan(range(10)))
    desk.sandbox.listeners.add_tracks(desk.playlist.id, desk.uris([50, 51]), 3)
    desk.sandbox.listeners.remove_tracks(desk.playlist.id, desk.uris([4]))
    return desk.plan([9, 4, 2, 20, 21, 0], title="Another"), desk.uris([50, 51])


def only_more(desk):
    desk.push(desk.plan(range(10)))
    desk.sandbox.listeners.add_tracks(desk.playlist.id, desk.uris([50]))
    return desk.plan(range(14)), desk.uris([50])


def only_fewer(desk):
    desk.push(desk.plan(range(10)))
    desk.sandbox.listeners.add_tracks(desk.playlist.id, desk.uris([50]), 0)
    desk.push(desk.plan(range(10)))
    return desk.plan([1, 3, 5]), desk.uris([50])


@pytest.mark.parametrize("situation", [no_push_yet, a_few_changes, only_more, only_fewer])
@pytest.mark.parametrize("dies_before", [True, False])
@pytest.mark.parametrize("what", ["session", "files"])
def test_wherever_a_push_dies_nothing_that_stays_is_missing(
    sandbox, tmp_path, situation, dies_before, what
):
    for number in range(30):
        sandbox.reset()
        desk = Desk(sandbox, tmp_path / str(number))
        plan, own = situation(desk)
        old = desk.playlists and desk.live
        if not died(desk, plan, what, number, dies_before=dies_before):
            break
        new = expected(plan, own, desk)
        stays = set(old or ()) & set(new)
        assert all(stays <= set(one.uris) <= {*(old or ()), *new} for one in desk.playlists)
        assert len(desk.playlists) <= 1
        assert set(own) <= set(desk.live if desk.playlists else ())
        if desk.playlists:
            desk.sandbox.listeners.add_tracks(desk.playlist.id, desk.uris([60]))
            new = [*new, *desk.uris([60])]
        desk.push(plan)
        assert_holds(desk, new, [*own, *desk.uris([60])])
        assert desk.playlist.name == plan.title
        assert desk.push(plan).writes == 0
    assert number >= (4 if what == "session" else 2)


def died(desk, plan, what, number, *, dies_before):
    """Push, dying at a step; whether the push had that many."""
    mortal = getattr(desk, what)
    so_far = desk.session.sent if what == "session" else desk.files.written
    mortal.dies_before, mortal.dies_at = dies_before, so_far + number
    try:
        desk.push(plan)
    except Killed:
        return True
    finally:
        mortal.dies_at = None
    return False


def assert_holds(desk, items, own):
    """Ours in the order of the plan, and the listener's in theirs."""
    for mine in (True, False):
        assert [uri for uri in desk.live if (uri in own) == mine] == [
            uri for uri in items if (uri in own) == mine
        ]


def expected(plan, own, desk):
    taken_out = desk.uris([4]) if plan.title == "Another" else []
    return [uri for uri in plan.uris if uri not in taken_out] + own


@pytest.mark.slow
@pytest.mark.parametrize("dies_before", [True, False])
def test_above_a_hundred_tracks_nothing_that_stays_is_ever_missing(sandbox, tmp_path, dies_before):
    for number in range(30):
        sandbox.reset()
        desk = Desk(sandbox, tmp_path / str(number))
        desk.push(desk.plan(range(130)))
        own = desk.uris([300, 301])
        desk.sandbox.listeners.add_tracks(desk.playlist.id, own, 40)
        old = desk.live
        plan = desk.plan([150, *range(60), 151, *range(70, 130), 65])
        if not died(desk, plan, "session", number, dies_before=dies_before):
            break
        assert set(old) & {*plan.uris, *own} <= set(desk.live)
        desk.push(plan)
        assert_holds(desk, [*plan.uris, *own], own)
    assert number > 8


@pytest.mark.parametrize("kind", ["lost", "reset", "status", "truncated", "not_owner"])
def test_whatever_answer_goes_wrong_the_next_push_gets_there(sandbox, tmp_path, kind):
    for skip in range(6):
        sandbox.reset()
        desk = Desk(sandbox, tmp_path / str(skip))
        plan, own = a_few_changes(desk)
        desk.sandbox.fault("spotify", kind, skip=skip)
        with suppress(SourceError):
            desk.push(plan)
        sandbox.state.faults.clear()
        desk.push(plan)
        assert_holds(desk, expected(plan, own, desk), own)


@st.composite
def what_happens(draw):
    """Pushes, some of which die somewhere, and what the listener does in between."""
    push_step = st.tuples(
        st.just("push"),
        st.lists(st.integers(0, 12), unique=True, min_size=1, max_size=8),
        st.one_of(st.none(), st.integers(0, 7)),
        st.booleans(),
    )
    add_step = st.tuples(st.just("add"), st.integers(300, 310), st.integers(0, 8))
    take_step = st.tuples(st.just("take"), st.integers(0, 12))
    steps = st.lists(st.one_of(push_step, push_step, add_step, take_step), min_size=3, max_size=10)
    return draw(steps)


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=what_happens())
def test_whatever_happens_in_whatever_order_nothing_of_the_listeners_is_lost(
    sandbox, tmp_path_factory, steps
):
    sandbox.reset()
    desk = Desk(sandbox, tmp_path_factory.mktemp("life"))
    desk.push(desk.plan([0]))
    own, taken = [], set()
    for kind, *values in steps:
        if kind == "push":
            numbers, dies_at, dies_before = values
            plan = desk.plan(numbers)
            if not died(
                desk, plan, "session", -1 if dies_at is None else dies_at, dies_before=dies_before
            ):
                ours = [uri for uri in desk.live if uri not in own]
                assert ours == [uri for uri in plan.uris if uri in ours]
                assert set(plan.uris) - set(ours) <= taken
                assert not taken & set(ours)
                assert desk.push(plan).writes == 0
        elif kind == "add":
            (uri,) = desk.uris(values[:1])
            place = min(values[1], len(desk.live))
            desk.sandbox.listeners.add_tracks(desk.playlist.id, [uri], place)
            # A copy that stands before its twin changes nothing that can be told.
            own.insert(sum(one in own for one in desk.live[:place]), uri)
        else:
            taken |= {uri for uri in desk.uris(values) if uri in desk.live}
            desk.sandbox.listeners.remove_tracks(desk.playlist.id, desk.uris(values))
        assert [uri for uri in desk.live if uri in own] == own


def _departures(desk, plan, *changes, planned=()):
    """What became of the shows of ``plan``: by number of its track and kind of change."""
    shows = [
        planned_show(
            track.show_id,
            local_date=track.local_date,
            starts_at_local=None,
            venue_name=track.venue_name,
            venue_city=None,
        )
        for track in plan.tracks
    ]
    rows = [row(show, "known") for show in shows]
    rows += [row(shows[number], change, 1) for number, change in changes]
    return Departures(
        fates_of(*rows), tuple(shows[n] for n in planned), Days(desk.today, date.max), desk.today
    )


def test_a_show_that_is_off_is_named_when_its_songs_leave(desk):
    plan = desk.plan([1, 2, 3])
    desk.push(plan)
    off = _departures(desk, plan, (0, "cancelled"), (1, "vanished"), planned=[2])
    day = f"{plan.tracks[0].local_date:%a %b} {plan.tracks[0].local_date.day}"
    words = (
        f"left because cancelled: Band 1 at The Hall on {day}",
        f"left because no longer listed: Band 2 at The Hall on {day}",
    )
    preview = desk.push(desk.plan([3]), departures=off, dry_run=True)
    result = desk.push(desk.plan([3]), departures=off)
    assert preview.departed == result.departed == words
    assert "Left because cancelled: Band 1 at The Hall" in result.words
    assert desk.history.last("nyc", "me").departed == words
    assert [row["departed"] for row in history_rows(desk.history)] == [list(words), []]
    assert desk.push(desk.plan([3]), departures=off).departed == ()


def test_a_song_that_leaves_a_show_that_goes_ahead_is_not_explained(desk):
    plan = desk.plan([1, 2])
    desk.push(plan)
    assert desk.push(desk.plan([2]), departures=_departures(desk, plan)).departed == ()
    late = desk.plan([2], day=1)
    desk.push(late)
    departures = _departures(desk, late, (0, "cancelled"), planned=[0])
    assert desk.push(desk.plan([5]), departures=departures).departed == (), "it is let through"


def test_a_show_that_leaves_while_its_song_stays_for_another_night_is_named_once(desk):
    plan = desk.plan([1, 2])
    desk.push(plan)
    off = _departures(desk, plan, (0, "cancelled"))
    again = changed(plan, 0, show_id="another", local_date=desk.today + timedelta(days=9))
    result = desk.push(again, departures=off)
    (words,) = result.departed
    assert words.startswith(
        "left because cancelled: Band 1 (whose song stays for another night) at"
    )
    assert (result.outcome, result.writes) == ("unchanged", 0)
    assert desk.history.last("nyc", "me").ours[0].show_id == "another"
    assert desk.push(again, departures=off).departed == ()
    assert len(desk.history.rows("nyc")) == 2


def test_a_song_that_stands_for_another_show_is_noted_without_a_row(desk):
    plan = desk.plan([1, 2])
    desk.push(plan)
    again = changed(plan, 0, show_id="another")
    assert desk.push(again).outcome == "unchanged"
    (row_of_push,) = desk.history.rows("nyc")
    assert [track.show_id for track in row_of_push.ours] == ["another", "show-2"]


def test_of_an_empty_plan_what_is_off_leaves_all_the_same(desk):
    plan = desk.plan([1, 2])
    desk.push(plan)
    nothing = replace(plan, tracks=())
    assert desk.push(nothing, departures=_departures(desk, plan)).outcome == "empty"
    assert desk.live == desk.uris([1, 2])
    desk.sandbox.listeners.add_tracks(desk.playlist.id, desk.uris([50]))
    off = _departures(desk, plan, (0, "cancelled"))
    assert desk.push(nothing, departures=off, dry_run=True).outcome == "dry run"
    result = desk.push(nothing, departures=off)
    assert desk.live == desk.uris([2, 50])
    assert (result.outcome, len(result.departed)) == ("done", 1)
    assert "Nothing else was changed, since the plan is empty" in result.words
    assert desk.push(nothing, departures=off).outcome == "empty"
    both = _departures(desk, plan, (0, "cancelled"), (1, "postponed"))
    assert len(desk.push(nothing, departures=both).departed) == 1
    assert desk.live == desk.uris([50])


def test_a_row_of_an_earlier_version_names_the_song_instead_of_the_act(desk):
    plan = desk.plan([1, 2])
    desk.push(plan)
    last = desk.history.last("nyc", "me")
    old = tuple(track.model_copy(update={"artist_name": ""}) for track in last.ours)
    desk.history.save(last.model_copy(update={"ours": old}))
    off = _departures(desk, plan, (0, "cancelled"))
    (words,) = desk.push(desk.plan([2]), departures=off).departed
    assert words.startswith("left because cancelled: Band 1 - Song 1 at The Hall on")
