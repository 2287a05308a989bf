"""What a listener played, from Spotify, over HTTP."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from showlist_assets.sources.failures import BadAnswer, NeedsScope, NotAllowlisted
from showlist_assets.sources.http.cache import ResponseCache
from showlist_assets.sources.http.call_store import open_call_store
from showlist_assets.sources.spotify.listening import SpotifyListening
from showlist_assets.sources.spotify.login import LISTENING_SCOPES, SCOPES
from showlist_assets_tests.clock import NOW
from showlist_assets_tests.sources.clients import session
from showlist_assets_tests.sources.conftest import Reply

TRACK = "3n3Ppam7vgaVa1iaRUc9Lp"
NO_SCOPE = Reply({"error": {"status": 403, "message": "Insufficient client scope"}}, 403)


def listening(base, **options):
    made = {"session": session("spotify"), "api_url": base, **options}
    return SpotifyListening(made.pop("session"), made.pop("api_url"), **made)


def artist(number):
    # As in Development Mode: neither genres, popularity nor followers.
    name = f"Band {number}"
    return {"external_urls": {}, "href": "", "id": f"a{number}", "images": [], "name": name,
            "type": "artist", "uri": f"spotify:artist:a{number}"}  # fmt: skip


def played(at="2026-11-20T16:59:30.123Z", context=None, **track):
    told = {
        "id": TRACK, "uri": f"spotify:track:{TRACK}", "name": "A song", "duration_ms": 200_000,
        "artists": [{"id": "a1", "name": "Band 1"}, {"id": "a2", "name": "Band 2"}],
        "album": {"name": "An album"}, "external_ids": {"isrc": "USABC1234567"},
    }  # fmt: skip
    return {"track": {**told, **track}, "played_at": at, "context": context}


def page(*items):
    return Reply({"items": list(items), "next": None, "cursors": None, "limit": 50, "href": ""})


def test_a_play_is_a_row_with_its_end(serve):
    server = serve(page(played(context={"type": "playlist", "uri": "spotify:playlist:p"})))
    assert listening(server.url).recently_played() == [
        {
            "reported_at": datetime(2026, 11, 20, 16, 59, 30, 123000, UTC),
            "reported_means": "end",
            "track_name": "A song",
            "artist_name": "Band 1",
            "album_name": "An album",
            "spotify_track_id": TRACK,
            "isrc": "USABC1234567",
            "spotify_artist_ids": ["a1", "a2"],
            "duration_ms": 200_000,
            "context_uri": "spotify:playlist:p",
        }
    ]
    (request,) = server.requests
    assert request.path == "/v1/me/player/recently-played"
    # No "after": what Spotify tells late would be missed.
    assert request.query == {"limit": "50"}


def test_what_may_be_missing_in_development_mode_is_null(serve):
    (row,) = listening(serve(page(played(external_ids=None, album=None, duration_ms=None))).url)\
        .recently_played()  # fmt: skip
    assert (row["isrc"], row["album_name"], row["duration_ms"]) == (None, None, None)
    assert row["context_uri"] is None


def test_the_listener_s_own_files_are_left_out(serve):
    own = played(id=None, is_local=True, uri="spotify:local:x")
    client = listening(serve(page(own, played(id=None, uri="spotify:local:y"), played())).url)
    assert len(client.recently_played()) == 1
    assert client.malformed == 0


def test_an_odd_play_costs_itself_and_is_counted(serve):
    odd = [played("yesterday"), played(None), played(name=None), played(artists=[]), None, {}]
    client = listening(serve(page(*odd, played())).url)
    assert len(client.recently_played()) == 1
    assert client.usage.malformed == 6


def test_nothing_played_is_no_failure(serve):
    assert listening(serve(page()).url).recently_played() == []


@pytest.mark.parametrize("reply", [Reply({}), Reply([]), Reply({"items": None}), page({}, None)])
def test_an_answer_of_which_nothing_can_be_read_is_no_empty_list(serve, reply):
    client = listening(serve(reply).url)
    with pytest.raises(BadAnswer):
        client.recently_played()
    with pytest.raises(BadAnswer):
        client.top_artists("long_term")


def test_top_artists_are_one_call_in_their_order(serve):
    server = serve(page(artist(2), artist(1), {"id": "a3"}, artist(2)))
    client = listening(server.url)
    assert client.top_artists("short_term") == [("a2", "Band 2"), ("a1", "Band 1")]
    assert client.malformed == 1
    (request,) = server.requests
    assert request.path == "/v1/me/top/artists"
    assert request.query == {"time_range": "short_term", "limit": "50"}


@pytest.mark.parametrize(
    "ask", [SpotifyListening.recently_played, lambda one: one.top_artists("long_term")]
)
def test_a_consent_of_before_is_told_how_to_agree_and_costs_no_call(serve, ask):
    server = serve(NO_SCOPE)
    before = [scope for scope in SCOPES if scope not in LISTENING_SCOPES]
    with pytest.raises(NeedsScope, match="showlist login kim"):
        ask(listening(server.url, account="kim", scopes=before))
    assert server.requests == []
    # Where it is not known what was agreed to, Spotify's refusal says the same.
    with pytest.raises(NeedsScope, match="showlist login kim") as caught:
        ask(listening(server.url, account="kim", scopes=SCOPES))
    assert "Playlists go on" in str(caught.value)
    assert len(server.requests) == 1


def test_other_refusals_are_those_of_every_request(serve):
    refusal = Reply("User not registered in the Developer Dashboard", 403)
    with pytest.raises(NotAllowlisted):
        listening(serve(refusal).url).recently_played()


def test_nothing_of_a_listener_is_kept_in_the_cache(serve, tmp_path):
    cache = ResponseCache(open_call_store(str(tmp_path)), clock=lambda: NOW)
    server = serve(lambda request: page(played()) if "played" in request.path else page(artist(1)))
    for _ in range(2):
        client = listening(server.url, session=session("spotify", cache=cache))
        client.recently_played()
        client.top_artists("long_term")
    assert len(server.requests) == 4
    assert cache.entries() == []
