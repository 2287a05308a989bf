"""ListenBrainz Labs, over HTTP."""

from __future__ import annotations

from datetime import timedelta

import pytest

from showlist_assets.sources.failures import BadAnswer, SourceError, Transient, WrongSetting
from showlist_assets.sources.http.cache import ResponseCache
from showlist_assets.sources.http.call_store import open_call_store
from showlist_assets.sources.listenbrainz.labs import Labs, Neighbour, SimilarRecording
from showlist_assets_tests.clock import NOW
from showlist_assets_tests.sources import clients
from showlist_assets_tests.sources.clients import session
from showlist_assets_tests.sources.conftest import Reply
from showlist_assets_tests.sources.listenbrainz.documents import BAND, SONG, TRACK, mbid

ARTISTS = (
    "session_based_days_1_session_300_contribution_5_threshold_10_limit_100_filter_True_skip_30"
)
SONGS = "session_based_days_2_session_300_contribution_5_threshold_15_limit_50_skip_30"
OTHER = "session_based_days_3_session_300_contribution_5_threshold_15_limit_50_skip_30"


def labs(base, **options):
    made = {"algorithm": ARTISTS, "recordings_algorithm": SONGS, **options}
    return Labs(made.pop("session", session("listenbrainz_labs")), base, **made)


def neighbour(number, score, **more):
    return {
        "artist_mbid": mbid(number), "name": f"Band {number}", "comment": "", "type": "Group",
        "gender": None, "score": score, "reference_mbid": BAND, **more,
    }  # fmt: skip


def song(number, score, **more):
    return {
        "recording_mbid": mbid(number), "recording_name": f"Song {number}",
        "artist_credit_name": "A band", "[artist_credit_mbids]": [BAND], "release_name": None,
        "score": score, "reference_mbid": SONG, **more,
    }  # fmt: skip


def test_neighbours_of_one_artist_are_asked_in_one_call(serve):
    rows = [neighbour(1, 90), neighbour(2, 40, name=None), neighbour(1, 10)]
    server = serve(Reply([*rows, {**neighbour(9, 5), "artist_mbid": BAND}]))
    assert labs(server.url).similar_artists(BAND) == [
        Neighbour(mbid(1), "Band 1", 90.0),
        Neighbour(mbid(2), None, 40.0),
    ]
    (request,) = server.requests
    assert request.path == "/similar-artists/json"
    assert request.query == {"artist_mbids": BAND, "algorithm": ARTISTS}


def test_similar_songs_have_their_artists_under_either_name(serve):
    unbracketed = song(2, 7)
    unbracketed["artist_credit_mbids"] = unbracketed.pop("[artist_credit_mbids]")
    server = serve(Reply([song(1, 9), unbracketed, {**song(3, 2), "recording_mbid": SONG}]))
    assert labs(server.url).similar_recordings(SONG) == [
        SimilarRecording(mbid(1), "Song 1", "A band", (BAND,), 9.0),
        SimilarRecording(mbid(2), "Song 2", "A band", (BAND,), 7.0),
    ]
    assert server.requests[0].query == {"recording_mbids": SONG, "algorithm": SONGS}


@pytest.mark.parametrize("rows", [[], [{"comment": "No similar artists found!"}]])
def test_an_artist_whom_labs_does_not_know_has_no_neighbours(serve, rows):
    client = labs(serve(Reply(rows)).url)
    assert client.similar_artists(BAND) == []
    assert client.malformed == 0


def test_an_odd_row_costs_itself_and_is_counted(serve):
    odd = [neighbour(2, None), neighbour(3, -1), {**neighbour(4, 3), "artist_mbid": "x"}, 7]
    client = labs(serve(Reply([neighbour(1, 9), *odd])).url)
    assert [one.mbid for one in client.similar_artists(BAND)] == [mbid(1)]
    assert client.usage.malformed == 4


@pytest.mark.parametrize("body", [{}, None, [{"odd": 1}], "nonsense"])
def test_an_answer_of_which_nothing_can_be_read_is_no_lack_of_neighbours(serve, tmp_path, body):
    cache = ResponseCache(open_call_store(str(tmp_path)), clock=lambda: NOW)
    client = labs(serve(Reply(body)).url, session=session("listenbrainz_labs", cache=cache))
    with pytest.raises(BadAnswer, match="ListenBrainz Labs"):
        client.similar_artists(BAND)
    assert cache.entries() == []


JSON = {"code": 400, "error": f"algorithm: value is not one of: '{ARTISTS}', '{SONGS}', '{OTHER}'"}
PAGE = f"<!DOCTYPE html><ul><li>{SONGS}</li><li>{OTHER}</li></ul>"


@pytest.mark.parametrize(
    "reply", [Reply(JSON, 400), Reply(PAGE, 400, {"Content-Type": "text/html"})]
)
def test_an_algorithm_that_labs_does_not_know_is_told_with_those_it_knows(serve, reply):
    server = serve(reply)
    with pytest.raises(WrongSetting) as caught:
        labs(server.url).similar_artists(BAND)
    assert "SHOWLIST_LISTENBRAINZ_ALGORITHM" in str(caught.value)
    assert str(caught.value).endswith(f"one of: {SONGS}, {OTHER}.")
    assert caught.value.source_is_down
    assert len(server.requests) == 1
    with pytest.raises(WrongSetting, match="SHOWLIST_LISTENBRAINZ_RECORDINGS_ALGORITHM"):
        labs(server.url, recordings_algorithm="session_based_mistaken").similar_recordings(SONG)


def test_a_check_of_an_algorithm_that_is_gone_fails(serve):
    with pytest.raises(WrongSetting):
        labs(serve(Reply(JSON, 400)).url).check()
    labs(serve(Reply([])).url).check()


@pytest.mark.parametrize(
    "down", [Reply("", 503), Reply(JSON, 400), Reply("<html>", 200), Reply({}, 429)]
)
@pytest.mark.parametrize(
    ("days", "asked", "serves"), [(29, 1, True), (90, 2, True), (121, 2, False)]
)
def test_earlier_neighbours_serve_and_are_told_while_labs_is_down(
    serve, tmp_path, down, days, asked, serves
):
    now = NOW
    cache = ResponseCache(open_call_store(str(tmp_path)), clock=lambda: now)
    server = serve(Reply([neighbour(1, 9)]), down)
    assert labs(server.url, session=session("listenbrainz_labs", cache=cache)).similar_artists(BAND)
    now = NOW + timedelta(days=days)
    client = labs(server.url, session=session("listenbrainz_labs", cache=cache))
    if serves:
        assert [one.mbid for one in client.similar_artists(BAND)] == [mbid(1)]
        assert client.usage.outdated == asked - 1
        assert bool(client.usage.failed) == (asked == 2)
        assert (len(server.requests) > 1) == (asked == 2)
    else:
        with pytest.raises(SourceError):
            client.similar_artists(BAND)


def test_ids_on_spotify_are_asked_by_a_hundred_and_each_song_has_a_list(serve):
    def answer(request):
        asked = [each["recording_mbid"] for each in request.json()]
        rows = [
            {"recording_mbid": each, "artist_name": "a", "track_name": "t", "release_name": None,
             "spotify_track_ids": [TRACK, TRACK, "odd"]}
            for each in asked if each != mbid(3)
        ]  # fmt: skip
        return Reply(rows)

    server = serve(answer)
    ids = labs(server.url).spotify_ids([mbid(n) for n in range(150)] + [mbid(1)])
    assert [len(request.json()) for request in server.requests] == [100, 50]
    assert ids[mbid(1)] == [TRACK]
    assert ids[mbid(3)] == []
    assert len(ids) == 150


def test_asking_for_ids_only_reads_and_is_repeated(serve):
    server = serve(Reply("", 502), Reply([]))
    assert labs(server.url).spotify_ids([SONG]) == {SONG: []}
    with pytest.raises(Transient):
        labs(serve(Reply("", 502)).url).spotify_ids([SONG])


def test_the_sandbox_s_bands_have_neighbours_songs_and_ids(sandbox):
    mbids = sandbox.state.listening.mbids
    client = clients.listenbrainz_labs(sandbox)
    artists = [one for one in sandbox.world.catalog.artists if mbids.of_artist(one.id)]
    found = {one.id: client.similar_artists(mbids.of_artist(one.id)) for one in artists[:20]}
    assert any(found.values())
    assert client.malformed == 0
    track = next(
        track for one in artists if found.get(one.id)
        for track in sandbox.world.catalog.tracks_of(one.id) if mbids.of_track(track)
    )  # fmt: skip
    songs = client.similar_recordings(mbids.of_track(track))
    ids = client.spotify_ids([song.mbid for song in songs])
    assert ids.keys() == {song.mbid for song in songs}
    assert any(ids.values())
    with pytest.raises(WrongSetting, match="one of: session_based_days_1825"):
        clients.listenbrainz_labs(sandbox, algorithm="session_based_mistaken").check()
