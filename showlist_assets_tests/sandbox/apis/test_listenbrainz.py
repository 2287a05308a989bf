"""ListenBrainz, its Labs and MusicBrainz over the made-up world: shapes, refusals and limits."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import requests

from showlist_assets.sandbox.apis.listenbrainz.labs import ALGORITHMS
from showlist_assets.sandbox.config import LISTENBRAINZ_PRIVATE_TOKEN
from showlist_assets.sandbox.world.co_listening import family_of
from showlist_assets_tests.sandbox.shapes import differences

ARTISTS_ALGORITHM = ALGORITHMS["similar-artists"][4]
SONGS_ALGORITHM = ALGORITHMS["similar-recordings"][0]
LISTEN = {
    "inserted_at": 1,
    "listened_at": 1,
    "recording_msid": "",
    "user_name": "",
    "track_metadata": {
        "artist_name": "",
        "track_name": "",
        "release_name": "",
        "additional_info": {
            "artist_names": [""],
            "discnumber": 1,
            "duration_ms": 1,
            "isrc": "",
            "music_service": "",
            "origin_url": "",
            "recording_msid": "",
            "release_artist_name": "",
            "release_artist_names": [""],
            "spotify_album_artist_ids": [""],
            "spotify_album_id": "",
            "spotify_artist_ids": [""],
            "spotify_id": "",
            "submission_client": "",
            "tracknumber": 1,
        },
        "mbid_mapping": {
            "artist_mbids": [""],
            "artists": [{"artist_credit_name": "", "artist_mbid": "", "join_phrase": ""}],
            "caa_id": None,
            "caa_release_mbid": None,
            "recording_mbid": "",
            "recording_name": "",
            "release_mbid": "",
        },
    },
}


def ask(sandbox, path, *, token="", service="LISTENBRAINZ", **query):
    url = sandbox.env()[f"SHOWLIST_{service}_URL"] + path
    headers = {"Authorization": f"Token {token}"} if token else {}
    return requests.get(url, params=query, headers=headers, timeout=30)


def post(sandbox, path, body, *, token=None, service="LISTENBRAINZ"):
    env = sandbox.env()
    token = env["LISTENBRAINZ_TOKEN"] if token is None else token
    headers = {"Authorization": f"Token {token}"} if token else {}
    url = env[f"SHOWLIST_{service}_URL"] + path
    return requests.post(url, json=body, headers=headers, timeout=30)


def listens(sandbox, user="demo-listener", **query):
    return ask(sandbox, f"/1/user/{user}/listens", **query).json()["payload"]["listens"]


def known_artists(sandbox):
    """Artists whom MusicBrainz knows, with their MBIDs."""
    mbids = sandbox.state.listening.mbids
    artists = sandbox.world.catalog.artists
    return [(one, mbid) for one in artists if (mbid := mbids.of_artist(one.id))]


def similar(sandbox, mbid):
    answer = ask(
        sandbox,
        "/similar-artists/json",
        service="LISTENBRAINZ_LABS",
        artist_mbids=mbid,
        algorithm=ARTISTS_ALGORITHM,
    )
    return answer.json()


# Listens


def test_a_listen_has_the_keys_that_the_reader_of_spotify_sends(sandbox):
    told = listens(sandbox, count=200)
    assert [found for one in told for found in differences(one, LISTEN)] == []
    mapped = [one["track_metadata"]["mbid_mapping"] for one in told]
    assert 0.05 < mapped.count(None) / len(mapped) < 0.5


def test_listened_at_is_the_end_of_a_play_and_skipped_songs_are_absent(sandbox):
    heard = [play for play in sandbox.state.listening.plays() if play.is_heard][-300:]
    ends = [int(play.ended_at.timestamp()) for play in heard if not play.incognito]
    assert [one["listened_at"] for one in listens(sandbox, count=len(ends))] == ends[::-1]


def test_pages_are_of_25_up_to_1000_and_reach_every_listen_once(sandbox):
    assert len(listens(sandbox)) == 25
    assert len(listens(sandbox, count=5000)) == 1000
    found, older = [], {}
    while page := listens(sandbox, count=1000, **older):
        found += page
        older = {"max_ts": page[-1]["listened_at"]}
    times = [one["listened_at"] for one in found]
    assert times == sorted(set(times), reverse=True)
    assert len(times) > 10_000
    assert datetime.fromtimestamp(times[0], UTC) <= sandbox.state.clock.now()


def test_both_ends_are_exclusive_and_min_ts_alone_begins_with_the_oldest(sandbox):
    newest = listens(sandbox, count=10)
    times = [one["listened_at"] for one in newest]
    between = listens(sandbox, max_ts=times[2], min_ts=times[6])
    assert [one["listened_at"] for one in between] == times[3:6]
    assert [one["listened_at"] for one in listens(sandbox, min_ts=times[6], count=2)] == times[4:6]


def test_time_that_passes_adds_listens_and_changes_none(sandbox):
    before = listens(sandbox, count=1000)
    sandbox.advance(days=7)
    after = listens(sandbox, count=1000)
    new = [one for one in after if one["listened_at"] > before[0]["listened_at"]]
    assert 30 < len(new) < 400
    assert after[len(new) :] == before[: 1000 - len(new)]


def test_two_sandboxes_of_one_seed_tell_the_same(sandbox, start_sandbox):
    other = start_sandbox()
    assert listens(other, count=100) == listens(sandbox, count=100)
    _, mbid = known_artists(sandbox)[3]
    assert similar(other, mbid) == similar(sandbox, mbid)
    assert listens(start_sandbox(seed=2), count=100) != listens(sandbox, count=100)


def test_other_listeners_have_a_name_and_a_taste_of_their_own(sandbox):
    sandbox.listeners.add_listener("kim", "Kim")
    assert listens(sandbox, "kim", count=50) != listens(sandbox, count=50)


@pytest.mark.parametrize(
    ("user", "query", "status", "words"),
    [
        ("nobody", {}, 404, "Cannot find user: nobody"),
        ("private-listener", {}, 403, "private"),
        ("demo-listener", {"token": "wrong"}, 401, "Invalid authorization token."),
        ("demo-listener", {"count": "many"}, 400, "count"),
        ("demo-listener", {"max_ts": 5, "min_ts": 5}, 400, "max_ts should be greater"),
        ("demo-listener", {"max_ts": 10**30}, 400, "max_ts"),
    ],
)
def test_what_is_refused_says_why(sandbox, user, query, status, words):
    answer = ask(sandbox, f"/1/user/{user}/listens", **query)
    assert answer.status_code == answer.json()["code"] == status
    assert words in answer.json()["error"]


def test_private_listens_are_for_their_owners_token(sandbox):
    path = "/1/user/private-listener/listens"
    assert ask(sandbox, path, token=LISTENBRAINZ_PRIVATE_TOKEN).ok
    assert ask(sandbox, path, token=sandbox.env()["LISTENBRAINZ_TOKEN"]).status_code == 403


def test_a_token_can_be_asked_about(sandbox):
    good = ask(sandbox, "/1/validate-token", token=sandbox.env()["LISTENBRAINZ_TOKEN"]).json()
    assert (good["valid"], good["user_name"]) == (True, "demo-listener")
    assert ask(sandbox, "/1/validate-token", token="wrong").json()["valid"] is False
    assert ask(sandbox, "/1/validate-token").status_code == 400


# Lookup and popularity


def test_songs_are_found_by_their_names_in_order(sandbox):
    songs = {one["track_metadata"]["track_name"]: one["track_metadata"] for one in listens(sandbox)}
    asked = [
        {"artist_name": one["artist_name"], "recording_name": title} for title, one in songs.items()
    ]
    asked.insert(1, {"artist_name": "Nobody Has This Name", "recording_name": "Nothing"})
    found = post(sandbox, "/1/metadata/lookup/", {"recordings": asked}).json()
    assert [one["recording_arg"] for one in found] == [one["recording_name"] for one in asked]
    assert "recording_mbid" not in found[1]
    for one in found:
        mapping = songs.get(one["recording_arg"], {}).get("mbid_mapping")
        assert one.get("recording_mbid") == (mapping and mapping["recording_mbid"])


@pytest.mark.parametrize(
    ("path", "body", "token", "status"),
    [
        ("/1/metadata/lookup/", {"recordings": [{}] * 51}, None, 400),
        ("/1/metadata/lookup/", {"recordings": [{"artist_name": "x" * 240}]}, None, 400),
        (
            "/1/metadata/lookup/",
            {"recordings": [{"artist_name": "x" * 200, "recording_name": "y" * 51}]},
            None,
            400,
        ),
        ("/1/metadata/lookup/", {"recordings": []}, None, 400),
        ("/1/metadata/lookup/", ["x"], None, 400),
        ("/1/metadata/lookup/", {"recordings": [{"artist_name": "x"}]}, "", 401),
        ("/1/metadata/lookup/", {"recordings": [{"artist_name": "x"}]}, "wrong", 401),
        ("/1/popularity/artist", {"artist_mbids": ["x"] * 1001}, None, 400),
        ("/1/popularity/artist", {"artist_mbids": ["x"]}, "", 200),
        ("/1/popularity/artist", {"artist_mbids": ["x"]}, "wrong", 401),
    ],
)
def test_lookups_want_a_token_and_counts_none_and_so_many_at_once(
    sandbox, path, body, token, status
):
    assert post(sandbox, path, body, token=token).status_code == status


def test_popularity_grows_with_fame_and_is_null_for_whom_nobody_plays(sandbox):
    known = known_artists(sandbox)
    asked = [mbid for _, mbid in known] + ["00000000-0000-4000-8000-000000000000"]
    answer = post(sandbox, "/1/popularity/artist", {"artist_mbids": asked}).json()
    assert [one["artist_mbid"] for one in answer] == asked
    assert answer[-1]["total_user_count"] is None
    counts = {one["artist_mbid"]: one["total_user_count"] for one in answer}
    famous = [counts[mbid] for artist, mbid in known if artist.popularity > 70]
    obscure = [counts[mbid] or 0 for artist, mbid in known if artist.popularity < 25]
    assert min(one for one in famous if one) > sorted(obscure)[len(obscure) // 2]
    assert None in counts.values()


# Labs


def test_neighbours_are_mostly_of_the_same_genre_and_counts_favour_the_famous(sandbox):
    listening = sandbox.state.listening
    for artist, mbid in known_artists(sandbox)[:150]:
        rows = similar(sandbox, mbid)
        counts = [row["score"] for row in rows]
        assert counts == sorted(counts, reverse=True)
        assert all(isinstance(count, int) and count >= 10 for count in counts)
        assert len(rows) <= 100
        if len(rows) > 20:
            near = [listening.mbids.artist(row["artist_mbid"]) for row in rows[:20]]
            assert sum(family_of(one) == family_of(artist) for one in near) >= 10


def test_a_neighbours_row_has_the_documented_keys(sandbox):
    rows = next(rows for _, mbid in known_artists(sandbox) if (rows := similar(sandbox, mbid)))
    assert set(rows[0]) == {
        "artist_mbid", "name", "comment", "type", "gender", "score", "reference_mbid",
    }  # fmt: skip


def test_coverage_is_that_of_real_bills(sandbox):
    listening, artists = sandbox.state.listening, sandbox.world.catalog.artists
    unknown = sum(listening.mbids.of_artist(one.id) is None for one in artists) / len(artists)
    alone = sum(not listening.together.neighbours(one) for one in artists) / len(artists)
    linked = sum(listening.mbids.has_link(one.id) for one in artists) / len(artists)
    assert 0.1 < unknown < 0.2
    assert 0.2 < alone < 0.4
    assert 0.4 < linked < 0.8


def test_of_two_artists_a_neighbour_of_both_is_told_once(sandbox):
    (_, one), (_, other) = [
        pair for pair in known_artists(sandbox) if len(similar(sandbox, pair[1])) > 60
    ][:2]
    body = [{"artist_mbids": [one, other], "algorithm": ARTISTS_ALGORITHM}]
    rows = post(sandbox, "/similar-artists/json", body, service="LISTENBRAINZ_LABS").json()
    told = [row["artist_mbid"] for row in rows]
    assert len(told) == len(set(told))
    assert {row["reference_mbid"] for row in rows} == {one, other}


@pytest.mark.parametrize("question", ["similar-artists", "similar-recordings"])
def test_an_algorithm_that_is_not_on_the_list_gets_the_list(sandbox, question):
    name = "artist_mbids" if question == "similar-artists" else "recording_mbids"
    query = {name: known_artists(sandbox)[0][1], "algorithm": "another"}
    answer = ask(sandbox, f"/{question}/json", service="LISTENBRAINZ_LABS", **query)
    assert answer.status_code == 400
    assert all(f"'{one}'" in answer.json()["error"] for one in ALGORITHMS[question])


def test_songs_that_are_played_together_lead_to_spotify(sandbox):
    mbids, catalog = sandbox.state.listening.mbids, sandbox.world.catalog
    famous = max(known_artists(sandbox), key=lambda pair: pair[0].popularity)[0]
    song = mbids.of_track(catalog.tracks_of(famous.id)[0])
    answer = ask(
        sandbox,
        "/similar-recordings/json",
        service="LISTENBRAINZ_LABS",
        recording_mbids=song,
        algorithm=SONGS_ALGORITHM,
    )
    rows = answer.json()
    assert set(rows[0]) == {
        "recording_mbid", "recording_name", "artist_credit_name", "[artist_credit_mbids]",
        "release_name", "release_mbid", "caa_id", "caa_release_mbid", "score", "reference_mbid",
    }  # fmt: skip
    assert song not in [row["recording_mbid"] for row in rows]
    asked = [{"recording_mbid": row["recording_mbid"]} for row in rows]
    found = post(sandbox, "/spotify-id-from-mbid/json", asked, service="LISTENBRAINZ_LABS").json()
    ids = [one["spotify_track_ids"] for one in found]
    assert len(ids) == len(rows)
    assert ids.count([]) < len(ids) / 4
    for row, track_ids in zip(rows, ids, strict=True):
        assert all(catalog.track(one).name == row["recording_name"] for one in track_ids)


# MusicBrainz


def addresses(sandbox, count):
    artists = sandbox.world.catalog.artists[:count]
    return [f"https://open.spotify.com/artist/{one.id}" for one in artists]


def musicbrainz(sandbox, resources):
    query = {"resource": resources, "inc": "artist-rels", "fmt": "json"}
    return ask(sandbox, "/ws/2/url", service="MUSICBRAINZ", **query)


def test_an_address_leads_to_its_artist_where_it_is_linked(sandbox):
    asked = addresses(sandbox, 100)
    answer = musicbrainz(sandbox, asked).json()
    assert answer["url-count"] == len(answer["urls"])
    assert 30 < answer["url-count"] < 90
    for link in answer["urls"]:
        artist_id = link["resource"].rpartition("/")[2]
        (relation,) = link["relations"]
        mbid = relation["artist"]["id"]
        assert relation["target-type"] == "artist"
        assert sandbox.state.listening.mbids.artist(mbid).id == artist_id


def test_one_address_is_its_own_answer_or_not_found(sandbox):
    linked = {
        link["resource"] for link in musicbrainz(sandbox, addresses(sandbox, 100)).json()["urls"]
    }
    for address in addresses(sandbox, 20):
        answer = musicbrainz(sandbox, [address])
        if address in linked:
            assert answer.json()["resource"] == address
        else:
            assert answer.status_code == 404


def test_a_hundred_and_one_addresses_are_too_many(sandbox):
    assert musicbrainz(sandbox, addresses(sandbox, 101)).status_code == 400
    assert musicbrainz(sandbox, []).status_code == 400


# Limits and faults


def test_the_limit_is_told_in_every_answer_and_its_end_too(start_sandbox):
    sandbox = start_sandbox(listenbrainz_window=3, events=60)
    answers = [ask(sandbox, "/1/user/demo-listener/listens") for _ in range(4)]
    assert [one.status_code for one in answers] == [200, 200, 200, 429]
    told = [one.headers["X-RateLimit-Remaining"] for one in answers]
    assert told == ["2", "1", "0", "0"]
    assert {one.headers["X-RateLimit-Limit"] for one in answers} == {"3"}
    assert answers[-1].headers["X-RateLimit-Reset-In"] == "5"
    # Labs count for themselves.
    assert similar(sandbox, known_artists(sandbox)[0][1]) is not None
    sandbox.advance(seconds=5)
    assert ask(sandbox, "/1/user/demo-listener/listens").ok


def test_musicbrainz_takes_one_call_a_second(start_sandbox):
    sandbox = start_sandbox(musicbrainz_pace=1, events=60)
    asked = addresses(sandbox, 2)
    assert musicbrainz(sandbox, asked).ok
    assert musicbrainz(sandbox, asked).status_code == 503
    sandbox.advance(seconds=1)
    assert musicbrainz(sandbox, asked).ok


def test_each_of_the_three_goes_wrong_when_told_to(sandbox):
    for service in ("listenbrainz", "listenbrainz_labs", "musicbrainz"):
        sandbox.fault(service, "status", status=502)
    assert ask(sandbox, "/1/validate-token").status_code == 502
    assert musicbrainz(sandbox, addresses(sandbox, 2)).status_code == 502
    labs = ask(sandbox, "/similar-artists/json", service="LISTENBRAINZ_LABS")
    assert labs.status_code == 502
    assert sandbox.requests("listenbrainz_labs", "/similar-artists/json", 502) == 1
