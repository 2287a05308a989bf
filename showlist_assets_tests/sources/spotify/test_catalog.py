from __future__ import annotations

import base64
import json
import logging
import subprocess
import sys
import traceback
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from showlist_assets.domain.catalog import FoundArtist, FoundTrack, SearchAnswer
from showlist_assets.sources.failures import (
    BadAnswer,
    EndpointGone,
    NotAllowlisted,
    NotFound,
    NotPremium,
    Permanent,
    QuotaExceeded,
    SourceError,
    Transient,
    WrongKey,
)
from showlist_assets.sources.spotify import catalog
from showlist_assets_tests.sandbox.clients import features, search
from showlist_assets_tests.sources.clients import Sleeps, session, spotify
from showlist_assets_tests.sources.conftest import Reply

TOKEN = {"access_token": "BQ-a-token", "token_type": "Bearer", "expires_in": 3600}
EMPTY = {"artists": {"items": []}, "tracks": {"items": []}}


@pytest.fixture
def artist(sandbox):
    return next(one for one in sandbox.world.catalog.artists if one.popularity > 60)


def api(serve, *replies, token=TOKEN):
    """A Spotify that gives a token and then answers with ``replies`` in turn."""
    left = list(replies)

    def answer(request):
        if request.path == "/api/token":
            return Reply(token)
        return left.pop(0) if len(left) > 1 else left[0]

    return serve(answer)


def test_one_search_call_finds_artists_and_tracks_in_the_order_of_the_answer(sandbox, artist):
    client = spotify(sandbox)
    found = client.search(artist.name)
    assert [one.artist_id for one in found.artists] == [
        one["id"] for one in search(sandbox, artist.name)
    ]
    assert [one.track_id for one in found.tracks] == [
        one["id"] for one in search(sandbox, artist.name, "track")
    ]
    assert artist.id in {one.artist_id for one in found.artists}
    assert found.tracks
    assert client.usage.sent == 2  # one of them for the token


def test_a_search_for_tracks_alone_is_one_call_and_brings_songs_that_a_name_does_not(sandbox):
    drowned = next(
        act.artist_id
        for event in sandbox.world.events[-2:]
        for act in event.performers
        if sandbox.world.catalog.tracks_of(act.artist_id)
    )
    name = sandbox.world.catalog.artist(drowned).name
    client = spotify(sandbox)
    by_name = client.search(name)
    assert drowned in {one.artist_id for one in by_name.artists}
    assert not any(drowned in track.artist_ids for track in by_name.tracks)
    before = client.usage.sent
    found = client.search_tracks(f'artist:"{name}"')
    assert any(drowned in track.artist_ids for track in found)
    assert any(drowned not in track.artist_ids for track in found), "strangers' among them"
    assert client.usage.sent == before + 1


def test_in_development_mode_popularity_followers_and_genres_are_unknown(sandbox, artist):
    found = spotify(sandbox).artist(artist.id)
    assert (found.artist_id, found.name) == (artist.id, artist.name)
    assert (found.popularity, found.followers, found.genres) == (None, None, ())


def test_with_extended_quota_they_are_known(start_sandbox):
    sandbox = start_sandbox(mode="extended", events=50)
    artist = sandbox.world.catalog.artists[0]
    found = spotify(sandbox).artist(artist.id)
    assert found.popularity == artist.popularity
    assert found.followers == artist.followers
    assert found.genres == artist.genres


def test_an_artist_that_does_not_exist_is_not_found(sandbox):
    with pytest.raises(NotFound, match="artists/0000000000000000000000"):
        spotify(sandbox).artist("0" * 22)


@pytest.mark.parametrize("odd", ["", "no id!", "spotify:track:4cOdK2wGLETKBW3PvgPWqT"])
def test_what_is_no_artist_id_is_refused_without_a_call(sandbox, odd):
    with pytest.raises(Permanent, match="id"):
        spotify(sandbox).artist(odd)
    assert sandbox.requests("spotify") == 0


def test_top_tracks_and_audio_features_come_with_extended_quota(start_sandbox):
    sandbox = start_sandbox(mode="extended", events=50)
    catalog, client = sandbox.world.catalog, spotify(sandbox)
    artist = next(one for one in catalog.artists if len(catalog.tracks_of(one.id)) > 3)
    tracks = client.top_tracks(artist.id)
    expected = [one.id for one in catalog.tracks_of(artist.id)[:10]]
    assert [one.track_id for one in tracks] == expected
    known = client.audio_features([*expected, "0" * 22])
    assert set(known) == {one for one in expected if catalog.track(one).features}
    assert client.usage.sent == 3


def test_audio_features_are_asked_by_the_hundred(start_sandbox):
    sandbox = start_sandbox(mode="extended", events=50)
    catalog = sandbox.world.catalog
    ids = [track.id for one in catalog.artists for track in catalog.tracks_of(one.id)][:250]
    assert spotify(sandbox).audio_features(ids).keys() <= set(ids)
    assert sandbox.requests("spotify", "/v1/audio-features") == 3
    assert spotify(sandbox).audio_features([]) == {}


@pytest.mark.parametrize("ask", ["top_tracks", "audio_features"])
def test_in_development_mode_what_is_gone_is_gone_after_one_repetition(sandbox, artist, ask):
    with pytest.raises(EndpointGone, match="SHOWLIST_SPOTIFY_MODE=development"):
        getattr(spotify(sandbox), ask)(artist.id if ask == "top_tracks" else [artist.id])
    assert sandbox.requests("spotify", status=403) == 2


def test_an_expired_token_is_renewed_once_and_the_question_repeated(sandbox, artist):
    client = spotify(sandbox)
    client.search(artist.name)
    sandbox.advance(hours=1, minutes=1)
    assert client.search(artist.name).artists
    assert sandbox.requests("accounts", "/api/token") == 2
    assert sandbox.requests("spotify", "/v1/search", 401) == 1


def test_a_stray_401_costs_one_token(sandbox, artist):
    sandbox.fault("spotify", "status", status=401)
    assert spotify(sandbox).search(artist.name).artists
    assert sandbox.requests("accounts") == 2


def test_a_token_that_is_never_taken_is_renewed_once_and_may_be_tried_later(sandbox):
    sandbox.fault("spotify", "status", status=401, times=9)
    with pytest.raises(Transient, match="just given") as caught:
        spotify(sandbox).search("Wilco")
    assert sandbox.requests("accounts") == sandbox.requests("spotify") == 2
    assert "q=Wilco" in str(caught.value)


def test_threads_share_one_token(sandbox):
    client = spotify(sandbox)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(client.search, [f"Name {number}" for number in range(16)]))
    assert sandbox.requests("accounts") == 1
    assert sandbox.requests("spotify", "/v1/search", 200) == 16


def test_threads_share_one_renewal(sandbox):
    client = spotify(sandbox)
    client.search("music")
    sandbox.advance(hours=2)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(client.search, [f"Name {number}" for number in range(16)]))
    assert sandbox.requests("accounts") == 2


def test_an_odd_answer_of_one_thread_is_asked_for_again_by_that_one_alone(serve):
    odd = EMPTY | {"artists": {"items": [{"id": "a", "name": "A"}, {"id": 7}]}}

    def answer(request):
        if request.path == "/api/token":
            return Reply(TOKEN)
        return Reply(odd if request.query["q"] == "odd" else EMPTY)

    server = serve(answer)
    client = spotify(server.url)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(client.search, ["odd", *map(str, range(15)), "odd"]))
    asked = Counter(request.query.get("q") for request in server.requests if request.query)
    assert asked.pop("odd") == 4
    assert set(asked.values()) == {1}
    assert (client.malformed, client.usage.malformed) == (4, 4)


def test_the_connection_is_kept_between_calls(serve):
    server = api(serve, Reply(EMPTY))
    client = spotify(server.url)
    for name in ("One", "Two", "Three"):
        client.search(name)
    assert server.connections == 1


def test_every_question_names_the_market(serve):
    server = api(serve, Reply(EMPTY | {"tracks": {"items": []}}))
    client = spotify(server.url, market="CA")
    client.search("Wilco")
    assert server.requests[-1].query == {
        "q": "Wilco", "type": "artist,track", "limit": "10", "offset": "0", "market": "CA"
    }  # fmt: skip


def test_with_extended_quota_a_search_brings_ten_more_songs_of_its_artists(serve):
    artists = [{"id": f"artist-{n}", "name": f"Artist {n}"} for n in range(20)]
    credited = [artists[9]] * 11 + [artists[10], {"id": "stranger", "name": "S"}] + [artists[0]] * 7
    tracks = [
        {"id": f"track-{n}", "name": f"Song {n}", "artists": [artist]}
        for n, artist in enumerate(credited)
    ]
    server = api(serve, Reply({"artists": {"items": artists}, "tracks": {"items": tracks}}))
    found = spotify(server.url, mode="extended").search("Wilco")
    assert server.requests[-1].query["limit"] == "20"
    assert len(found.artists) == 10
    assert [track.track_id for track in found.tracks] == [
        f"track-{n}" for n in (*range(11), *range(13, 20))
    ]


@pytest.mark.parametrize(
    "wrong", [{"client_id": "someone-elses"}, {"client_secret": "another-hidden-word"}]
)
def test_a_wrong_key_names_the_variables_and_not_the_key(sandbox, wrong):
    client = spotify(sandbox, **wrong)
    with pytest.raises(WrongKey, match="SPOTIFY_CLIENT_ID and SPOTIFY_CLIENT_SECRET") as caught:
        client.check()
    assert next(iter(wrong.values())) not in repr(caught.value)
    assert client.usage.sent == 1


@pytest.mark.parametrize(
    ("kind", "failure"),
    [
        ("quota_exceeded", QuotaExceeded),
        ("not_premium", NotPremium),
        ("not_allowlisted", NotAllowlisted),
    ],
)
def test_a_refusal_that_lasts_ends_at_once(sandbox, kind, failure):
    sandbox.fault("spotify", kind, times=9)
    sleeps = Sleeps()
    with pytest.raises(failure):
        spotify(sandbox, session=session("spotify", sleep=sleeps)).search("Wilco")
    assert sleeps == []
    assert sandbox.requests("spotify") == 1


def test_a_spent_quota_tells_when_calls_are_allowed_again(start_sandbox):
    client = spotify(start_sandbox(daily_quota=2, events=50))
    client.search("One")
    client.search("Two")
    with pytest.raises(QuotaExceeded) as caught:
        client.search("Three")
    assert caught.value.retry_after > 80_000


def test_a_stumbling_token_endpoint_is_asked_again(sandbox):
    sandbox.fault("accounts", "status", times=2)
    spotify(sandbox).check()
    assert sandbox.requests("accounts") == 3


@pytest.mark.parametrize(
    "token", [{}, [], None, {"access_token": None, "expires_in": 1}, {"access_token": "x"}]
)
def test_an_odd_token_is_a_bad_answer(serve, token):
    with pytest.raises(BadAnswer, match="not a token"):
        spotify(api(serve, Reply(EMPTY), token=token).url).check()


def test_a_token_in_a_broken_answer_is_not_told(sandbox):
    sandbox.fault("accounts", "cut_json", times=9)
    with pytest.raises(BadAnswer, match="access_token") as caught:
        spotify(sandbox).check()
    assert "BQ" not in str(caught.value)


@pytest.mark.parametrize(
    "body",
    [
        [],
        None,
        {},
        {"artists": EMPTY["artists"]},
        EMPTY | {"artists": None},
        EMPTY | {"tracks": {"items": None}},
        EMPTY | {"artists": {"items": [{"id": 7, "name": "Wilco"}, {"uri": "x"}, "Wilco"]}},
    ],
)
def test_an_answer_that_cannot_be_read_is_no_answer_of_nothing(serve, body):
    with pytest.raises(BadAnswer):
        spotify(api(serve, Reply(body)).url).search("Wilco")


def test_nothing_found_is_an_answer(serve):
    assert spotify(api(serve, Reply(EMPTY)).url).search("Nobody") == SearchAnswer((), ())


def test_items_with_odd_or_absent_fields_are_read_as_far_as_they_go(serve, caplog):
    by = [None, {"id": "a1", "name": "Wilco"}, {"id": None, "name": "x"}]
    body = {
        "artists": {
            "items": [
                None,
                {"id": "a1", "name": "Wilco", "genres": ["rock", 3], "popularity": "high",
                 "followers": {"total": None}, "images": [{}, {"url": "https://i/1"}]},
                {"id": "a2", "name": "Wilco", "genres": None, "followers": [], "images": {}},
                {"id": "a3"},
            ]
        },
        "tracks": {
            "items": [
                {"id": "t1", "name": "One", "artists": by, "album": None, "external_ids": [],
                 "duration_ms": "long", "explicit": "no"},
                {"id": "t2", "name": "Two", "artists": []},
            ]
        },
    }  # fmt: skip
    found = spotify(api(serve, Reply(body)).url).search("Wilco")
    assert found.artists == (
        FoundArtist("a1", "Wilco", ("rock",), None, None, "https://i/1"),
        FoundArtist("a2", "Wilco", (), None, None, None),
    )
    nothing = dict.fromkeys(
        ["album_name", "album_image_url", "release_date", "duration_ms", "explicit", "isrc",
         "popularity"]
    )  # fmt: skip
    assert found.tracks == (
        FoundTrack("t1", "One", artist_ids=("a1",), artist_names=("Wilco",), **nothing),
    )
    assert "1 of 3 items were malformed" in caplog.text


def test_what_no_table_can_hold_is_not_let_in(serve):
    body = json.dumps(
        EMPTY
        | {
            "artists": {
                "items": [
                    {"id": "a1", "name": "Tin \ud83d Sparrow", "genres": ["", 3, "ro\udc00ck"],
                     "popularity": 2**40, "followers": {"total": True},
                     "images": [None, {"url": 7}, {"url": "https://i/2"}]},
                ]
            }
        }
    )  # fmt: skip
    found = spotify(api(serve, Reply(body)).url).search("Tin Sparrow")
    assert found.artists == (
        FoundArtist("a1", "Tin ? Sparrow", ("ro?ck",), None, None, "https://i/2"),
    )


def test_features_mean_the_same_at_spotify_and_at_reccobeats(start_sandbox):
    sandbox = start_sandbox(mode="extended", events=50)
    catalog = sandbox.world.catalog
    ids = [one.id for one in catalog.tracks_of(catalog.artists[0].id)]
    known = spotify(sandbox).audio_features(ids)
    told = {one["href"].rpartition("/")[2]: one for one in features(sandbox, ids)}
    assert known
    assert {one: round(found.tempo, 3) for one, found in known.items()} == {
        one: round(told[one]["tempo"], 3) for one in known
    }


@pytest.mark.parametrize(
    ("service", "kind"), [("accounts", "status"), ("spotify", "reset"), ("spotify", "not_premium")]
)
def test_no_secret_or_token_is_in_any_log_or_trace(sandbox, caplog, service, kind):
    client = spotify(sandbox)
    client.check()
    # Whoever turns DEBUG on later must not get them either.
    for name in ("", "urllib3", "spotipy", "spotipy.client", "spotipy.oauth2"):
        caplog.set_level(logging.DEBUG, logger=name or None)
    client.search("Wilco")
    sandbox.advance(hours=2)
    sandbox.fault(service, kind, times=20)
    with pytest.raises(SourceError) as caught:
        client.search("Wilco")
    env, token = sandbox.env(), client._session.authorize.given
    pair = f"{env['SPOTIFY_CLIENT_ID']}:{env['SPOTIFY_CLIENT_SECRET']}".encode()
    told = f"{caplog.text}{''.join(traceback.format_exception(caught.value))}{client!r}"
    assert "/v1/search" in told
    for secret in (
        env["SPOTIFY_CLIENT_ID"],
        env["SPOTIFY_CLIENT_SECRET"],
        base64.b64encode(pair).decode(),
        token,
        "Bearer",
    ):
        assert secret not in told


def test_spotipy_is_loaded_only_when_somebody_asks():
    code = "import sys, showlist_assets.sources.spotify.catalog; sys.exit('spotipy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_after_an_odd_token_the_next_question_fetches_another(serve):
    tokens = [Reply({"token_type": "Bearer"})] * 4

    def answer(request):
        if request.path.endswith("token"):
            return tokens.pop() if tokens else Reply({"access_token": "t", "expires_in": 3600})
        return Reply(EMPTY)

    client = spotify(serve(answer).url)
    with pytest.raises(BadAnswer):
        client.search("Wilco")
    tokens.clear()
    assert client.search("Wilco").artists == ()


def test_an_answer_with_an_odd_item_is_not_believed_before_it_is_repeated(sandbox):
    client = spotify(sandbox)
    name = sandbox.world.catalog.artists[0].name
    whole = client.search(name)
    sandbox.fault("spotify", "malformed_item")
    assert client.search(name) == whole
    assert client.malformed > 0
    sandbox.fault("spotify", "malformed_item", times=2)
    assert len(client.search(name).artists) == len(whole.artists) - 1


def test_a_name_that_is_too_long_is_searched_for_by_its_first_whole_words(sandbox, artist):
    listed = f"{artist.name} " + "with many friends of the long night " * 9
    found = spotify(sandbox).search(listed)
    assert found.artists == spotify(sandbox).search(listed[:250].rpartition(" ")[0]).artists


@given(st.text(alphabet="ab \u00e9", min_size=1, max_size=600))
def test_no_query_is_longer_than_the_api_takes_and_none_is_emptied(name):
    query = catalog._as_query(name)
    assert len(query) <= 250
    assert name.startswith(query)
    assert query.strip() or not name[:250].strip()
    whole = len(query) == len(name) or name[len(query)] == " " or " " not in name[:251].strip()
    assert whole


def test_escapes_in_names_are_decoded_once(serve):
    track = {
        "id": "t", "name": "Salt &amp; Ash", "artists": [{"id": "a", "name": "Oak &amp;amp; Elm"}],
        "album": {"name": "Tin%20Days"},
    }  # fmt: skip
    oak = {"id": "a", "name": "Oak &amp; Elm", "genres": ["r&amp;b", "drum%20and%20bass"]}
    artists = {"items": [oak, {"id": "b", "name": "R&B 100%"}]}
    body = {"artists": artists, "tracks": {"items": [track]}}
    found = spotify(api(serve, Reply(body)).url).search("Oak")
    assert [one.name for one in found.artists] == ["Oak & Elm", "R&B 100%"]
    assert found.artists[0].genres == ("r&b", "drum and bass")
    (song,) = found.tracks
    assert (song.track_name, song.artist_names) == ("Salt & Ash", ("Oak &amp; Elm",))
    assert song.album_name == "Tin Days"
