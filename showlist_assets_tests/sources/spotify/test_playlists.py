from __future__ import annotations

import pytest
import requests.auth

from showlist_assets.sandbox.config import SPOTIFY_CLIENT_ID
from showlist_assets.sources.failures import BadAnswer, NotFound, NotOwner, Transient
from showlist_assets.sources.spotify.login import SCOPES, Tokens
from showlist_assets.sources.spotify.playlists import COVER_BYTES_AT_MOST, SpotifyPlaylists
from showlist_assets.sources.spotify.user_token import UserToken
from showlist_assets_tests.sources.clients import session
from showlist_assets_tests.sources.conftest import Reply


class TokensInMemory:
    def __init__(self, tokens):
        self.tokens = tokens

    def lock(self):
        from contextlib import nullcontext

        return nullcontext()

    def read(self):
        return self.tokens

    def write(self, tokens, *, instead_of):
        if self.tokens == instead_of:
            self.tokens = tokens
        return self.tokens

    def end(self):
        raise AssertionError


class Bearer(requests.auth.AuthBase):
    def __call__(self, request):
        request.headers["Authorization"] = "Bearer a-token"
        return request


@pytest.fixture
def playlists(sandbox):
    env = sandbox.env()
    refresh = sandbox.listeners.consent(SCOPES)
    sending = session("spotify")
    sending.authorize = UserToken(
        sending,
        env["SHOWLIST_SPOTIFY_ACCOUNTS_URL"],
        SPOTIFY_CLIENT_ID,
        TokensInMemory(Tokens(None, None, refresh, SCOPES)),
        clock=sandbox.state.clock.now,
    )
    return SpotifyPlaylists(sending, env["SHOWLIST_SPOTIFY_URL"])


@pytest.fixture
def uris(sandbox):
    catalog = sandbox.world.catalog
    tracks = [track for one in catalog.artists for track in catalog.tracks_of(one.id)]
    return [f"spotify:track:{track.id}" for track in tracks[:150]]


def over(server):
    sending = session("spotify")
    sending.authorize = Bearer()
    return SpotifyPlaylists(sending, server.url)


def test_a_new_playlist_is_empty_private_and_the_listeners(playlists):
    made = playlists.create("Live", "Shows", public=False)
    assert (made.name, made.description, made.public) == ("Live", "Shows", False)
    assert made.owner_id == playlists.me()
    assert playlists.details(made.id) == made
    assert playlists.items(made.id) == []
    assert playlists.is_followed(made.id)


def test_items_come_in_the_order_of_the_list_over_all_pages(playlists, uris):
    made = playlists.create("Live", "", public=False)
    playlists.add(made.id, uris[:100], 0)
    playlists.add(made.id, uris[100:], 50)
    calls = playlists.calls
    assert playlists.items(made.id) == uris[:50] + uris[100:] + uris[50:100]
    assert playlists.calls - calls == 3


def test_every_write_names_a_new_snapshot(playlists, uris):
    made = playlists.create("Live", "", public=False)
    added = playlists.add(made.id, uris[:5], 0)
    moved = playlists.move(made.id, 3, 2, 0, added)
    assert playlists.items(made.id) == [*uris[3:5], *uris[:3]]
    removed = playlists.remove(made.id, uris[:1], moved)
    assert playlists.items(made.id) == [*uris[3:5], *uris[1:3]]
    assert len({made.snapshot_id, added, moved, removed}) == 4
    assert playlists.details(made.id).snapshot_id == removed


def test_only_the_details_that_are_given_change(playlists):
    made = playlists.create("Live", "Shows", public=False)
    playlists.change_details(made.id, name="Tonight")
    changed = playlists.details(made.id)
    assert (changed.name, changed.description, changed.public) == ("Tonight", "Shows", False)


def test_the_whole_library_is_listed_page_by_page(playlists, sandbox):
    names = [f"Playlist {number}" for number in range(60)]
    for name in names:
        sandbox.listeners.create_playlist(name)
    assert sorted(one.name for one in playlists.mine()) == sorted(names)


def test_an_unfollowed_playlist_is_still_there_but_not_in_the_library(playlists, sandbox):
    made = playlists.create("Live", "", public=False)
    sandbox.listeners.unfollow(made.id)
    assert playlists.details(made.id).id == made.id
    assert not playlists.is_followed(made.id)


def test_a_foreign_playlist_is_not_written_to(playlists, sandbox, uris):
    sandbox.listeners.add_listener("sam", "Sam")
    theirs = sandbox.listeners.create_playlist("Theirs", "sam")
    with pytest.raises(NotOwner):
        playlists.add(theirs.id, uris[:1], 0)
    with pytest.raises(NotOwner):
        playlists.items(theirs.id)


def test_a_playlist_that_does_not_exist_is_not_found(playlists):
    with pytest.raises(NotFound):
        playlists.details("0" * 22)


def test_a_cover_is_uploaded_and_one_too_large_is_refused_here(playlists, sandbox):
    made = playlists.create("Live", "", public=False)
    jpeg = b"\xff\xd8\xff" + b"0" * 1000
    playlists.upload_cover(made.id, jpeg)
    assert sandbox.listeners.playlist(made.id).cover == jpeg
    with pytest.raises(ValueError, match="Make it smaller"):
        playlists.upload_cover(made.id, b"0" * COVER_BYTES_AT_MOST)


def test_a_token_that_is_not_taken_is_renewed_and_the_write_sent_once_more(
    playlists, sandbox, uris
):
    made = playlists.create("Live", "", public=False)
    sandbox.fault("spotify", "status", status=401)
    playlists.add(made.id, uris[:2], 0)
    assert playlists.items(made.id) == uris[:2]


def test_a_token_that_is_never_taken_is_renewed_once_and_nothing_is_written(
    playlists, sandbox, uris
):
    made = playlists.create("Live", "", public=False)
    before = sandbox.requests("spotify")
    sandbox.fault("spotify", "status", status=401, times=2)
    with pytest.raises(Transient, match="just given"):
        playlists.add(made.id, uris[:2], 0)
    assert sandbox.requests("spotify") - before == 2
    assert playlists.items(made.id) == []


def test_a_write_that_may_have_landed_is_never_repeated(playlists, sandbox, uris):
    made = playlists.create("Live", "", public=False)
    sandbox.fault("spotify", "lost")
    with pytest.raises(Transient):
        playlists.add(made.id, uris[:2], 0)
    assert playlists.items(made.id) == uris[:2]


def test_the_old_name_of_an_item_is_read_and_an_unknown_item_takes_a_place(serve):
    rows = [{"track": {"uri": "spotify:track:a"}}, {"item": None}, {"item": {"uri": "u"}}]
    server = serve(Reply({"items": rows, "total": 3}))
    assert over(server).items("p") == ["spotify:track:a", "", "u"]


def test_a_list_of_nothing_but_gone_items_is_a_list(serve):
    server = serve(Reply({"items": [{"item": None}], "total": 1}))
    assert over(server).items("p") == [""]


@pytest.mark.parametrize(
    "page",
    [
        {"items": [], "total": 3},
        {"items": [{"item": {"uri": "u"}}] * 4, "total": 3},
        {"items": [{"item": {}}], "total": 1},
        {"items": None, "total": 0},
        {"total": 0},
        [],
    ],
)
def test_pages_that_do_not_add_up_are_no_list(serve, page):
    with pytest.raises(BadAnswer):
        over(serve(Reply(page))).items("p")


@pytest.mark.parametrize("answer", [[], [1], {"a": 1}, [True, False]])
def test_an_unreadable_answer_does_not_count_as_deleted(serve, answer):
    with pytest.raises(BadAnswer):
        over(serve(Reply(answer))).is_followed("p")
