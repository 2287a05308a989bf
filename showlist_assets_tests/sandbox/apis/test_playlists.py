from __future__ import annotations

import base64

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from showlist_assets.sandbox.state.listeners import Listeners
from showlist_assets_tests.sandbox.clients import control, spotify, token
from showlist_assets_tests.sandbox.listeners import PLAYLIST_SCOPES, ListenerClient, tracks

JPEG = base64.b64encode(b"\xff\xd8\xff\xe0" + bytes(1000))
NOT_OWNER = "You cannot add tracks to a playlist you don't own."


@pytest.fixture
def listener(sandbox):
    return ListenerClient(sandbox)


@pytest.fixture
def stranger(sandbox):
    sandbox.listeners.add_listener("kim", "Kim")
    return ListenerClient(sandbox, "kim")


def made(listener, **details):
    answer = listener.json("POST", "/me/playlists", name="Shows in Ohio", **details)
    assert answer.status_code == 201, answer.text
    return answer.json()


def items_of(listener, playlist):
    """The URIs of a playlist's items, page by page."""
    found, offset = [], 0
    while True:
        page = listener("GET", f"/playlists/{playlist['id']}/items", limit=50, offset=offset).json()
        found += [item["item"]["uri"] for item in page["items"]]
        if not page["next"]:
            return found
        offset += 50


def written(answer, status=200):
    assert answer.status_code == status, answer.text
    return answer.json()["snapshot_id"]


def test_me_has_an_account_id_and_none_of_the_fields_that_went_in_2026(listener):
    answer = listener("GET", "/me").json()
    assert answer["id"] == "listener"
    assert answer["account_id"]
    assert not {"email", "country", "product", "followers"} & answer.keys()


def test_a_new_playlist_is_public_unless_it_is_said(listener):
    assert made(listener)["public"] is True
    private = made(listener, public=False, description="Soon")
    assert private["public"] is False
    assert private["items"]["total"] == 0
    assert "tracks" not in private
    assert listener("GET", f"/playlists/{private['id']}").json()["items"]["items"] == []


def test_the_newest_playlist_is_listed_first_and_pages_lead_on(listener):
    playlists = [made(listener)["id"] for _ in range(5)]
    first = listener("GET", "/me/playlists", limit=3).json()
    second = listener("GET", "/me/playlists", limit=3, offset=3).json()
    listed = [one["id"] for one in first["items"] + second["items"]]
    assert listed == playlists[::-1]
    assert first["next"].endswith("/me/playlists?offset=3&limit=3")
    assert second["next"] is None
    assert listener("GET", "/me/playlists", limit=51).status_code == 400


@pytest.mark.parametrize(
    "details",
    [
        {"name": "x" * 101},
        {"name": ""},
        {"name": 7},
        {"description": "x" * 301},
        {"public": "no"},
    ],
)
def test_details_beyond_the_limits_are_400_and_change_nothing(listener, details):
    playlist = made(listener)
    assert listener.json("POST", "/me/playlists", **{"name": "x", **details}).status_code == 400
    answer = listener.json("PUT", f"/playlists/{playlist['id']}", **details)
    assert answer.status_code == 400
    assert listener("GET", f"/playlists/{playlist['id']}").json() == playlist
    assert listener("GET", "/me/playlists").json()["total"] == 1


def test_details_at_the_limits_are_taken_and_what_is_not_said_stays(listener):
    playlist = made(listener, description="old")
    change = {"name": "n" * 100, "public": False}
    answer = listener.json("PUT", f"/playlists/{playlist['id']}", **change)
    assert (answer.status_code, answer.text) == (200, "")
    now = listener("GET", f"/playlists/{playlist['id']}").json()
    assert (now["name"], now["public"], now["description"]) == ("n" * 100, False, "old")
    assert now["snapshot_id"] != playlist["snapshot_id"]


def test_a_description_is_read_back_html_escaped_and_a_name_is_not(listener):
    text = "Rock & Roll: Bob's 12/24 show"
    playlist = made(listener, description=text)
    listener.json("PUT", f"/playlists/{playlist['id']}", name="R&B")
    read = listener("GET", f"/playlists/{playlist['id']}").json()
    assert read["description"] == "Rock &amp; Roll: Bob&#x27;s 12&#x2F;24 show"
    assert read["name"] == "R&B"


def test_a_body_that_is_no_json_object_is_400(listener):
    for body in ("{", "[1]"):
        answer = listener("POST", "/me/playlists", body=body)
        assert answer.json()["error"]["message"] == "Error parsing JSON."


def test_items_are_added_at_the_end_or_at_a_position(sandbox, listener):
    playlist, uris = made(listener), tracks(sandbox, 5)
    path = f"/playlists/{playlist['id']}/items"
    first = written(listener.json("POST", path, uris=uris[:2]), 201)
    second = written(listener.json("POST", path, uris=uris[2:4], position=0), 201)
    third = written(listener("POST", path, uris=uris[4], position=1), 201)
    assert len({playlist["snapshot_id"], first, second, third}) == 4
    assert items_of(listener, playlist) == [uris[2], uris[4], uris[3], uris[0], uris[1]]
    assert listener.json("POST", path, uris=uris[:1], position=6).status_code == 400
    assert listener("GET", f"/playlists/{playlist['id']}").json()["snapshot_id"] == third


def test_items_are_read_fifty_at_a_time_with_who_added_them_when(sandbox, listener):
    playlist, uris = made(listener), tracks(sandbox, 100)
    path = f"/playlists/{playlist['id']}/items"
    written(listener.json("POST", path, uris=uris), 201)
    assert items_of(listener, playlist) == uris
    first = listener("GET", path, limit=1).json()["items"][0]
    assert first["added_by"]["id"] == "listener"
    assert first["added_at"].endswith("Z")
    assert "track" not in first
    assert listener("GET", path).json()["limit"] == 20
    refused = listener("GET", path, limit=51)
    assert refused.json()["error"] == {"status": 400, "message": "Invalid limit"}


def test_the_first_page_in_a_playlist_leads_to_the_next(sandbox, listener):
    playlist = made(listener)
    sandbox.listeners.add_tracks(playlist["id"], tracks(sandbox, 60))
    page = listener("GET", f"/playlists/{playlist['id']}").json()["items"]
    bearer = {"Authorization": listener("GET", "/me").request.headers["Authorization"]}
    following = requests.get(page["next"], headers=bearer, timeout=10).json()
    assert len(page["items"]) + len(following["items"]) == page["total"] == 60


@pytest.mark.parametrize(
    ("uris", "message"),
    [
        (["spotify:track:short"], "Invalid track uri: spotify:track:short"),
        (["spotify:track:0000000000000000000000"], "Payload contains a non-existing ID"),
        ([None], "Invalid track uri: None"),
        ("spotify:track:x", "Missing required field: uris"),
    ],
)
@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_a_track_that_does_not_exist_is_400_and_nothing_is_written(
    sandbox, listener, method, uris, message
):
    playlist, good = made(listener), tracks(sandbox, 1)
    path = f"/playlists/{playlist['id']}/items"
    written(listener.json("POST", path, uris=good), 201)
    sent = [*good, *uris] if isinstance(uris, list) else uris
    answer = listener.json(method, path, uris=sent)
    assert answer.status_code == 400
    assert answer.json()["error"]["message"] == message
    assert items_of(listener, playlist) == good


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_at_most_a_hundred_items_are_taken_at_once(sandbox, listener, method):
    playlist, uris = made(listener), tracks(sandbox, 101)
    sandbox.listeners.add_tracks(playlist["id"], uris)
    path = f"/playlists/{playlist['id']}/items"
    sent = {"items": [{"uri": uri} for uri in uris]} if method == "DELETE" else {"uris": uris}
    assert listener.json(method, path, **sent).status_code == 400
    assert items_of(listener, playlist) == uris


def test_replacing_keeps_nothing_and_an_empty_list_clears(sandbox, listener):
    playlist, uris = made(listener), tracks(sandbox, 6)
    path = f"/playlists/{playlist['id']}/items"
    written(listener.json("PUT", path, uris=uris[:3]))
    written(listener.json("PUT", path, uris=uris[3:]))
    assert items_of(listener, playlist) == uris[3:]
    written(listener.json("PUT", path, uris=[]))
    assert items_of(listener, playlist) == []


def test_uris_in_the_query_make_the_body_be_ignored(sandbox, listener):
    playlist, uris = made(listener), tracks(sandbox, 2)
    body = f'{{"uris": ["{uris[0]}"]}}'
    path = f"/playlists/{playlist['id']}/items"
    written(listener("PUT", path, body=body, uris=uris[1]))
    assert items_of(listener, playlist) == uris[1:]


def test_a_range_is_moved_and_not_mixed_with_a_replacement(sandbox, listener):
    playlist, uris = made(listener), tracks(sandbox, 10)
    path = f"/playlists/{playlist['id']}/items"
    written(listener.json("PUT", path, uris=uris))
    written(listener.json("PUT", path, range_start=0, insert_before=10))
    written(listener.json("PUT", path, range_start=7, range_length=2, insert_before=0))
    moved = [*uris[8:10], *uris[1:8], uris[0]]
    assert items_of(listener, playlist) == moved
    for bad in (
        {"range_start": 9, "range_length": 2, "insert_before": 0},
        {"range_start": 0},
        {"range_start": 0, "insert_before": 1, "uris": uris},
    ):
        assert listener.json("PUT", path, **bad).status_code == 400
    assert items_of(listener, playlist) == moved


@given(st.data())
def test_moving_is_taking_out_and_putting_back(data):
    length = data.draw(st.integers(1, 12))
    start = data.draw(st.integers(0, length - 1))
    count = data.draw(st.integers(1, length - start))
    before = data.draw(st.integers(0, length))
    playlist = new_playlist([str(number) for number in range(length)])
    anchor = playlist.uris[before] if before < length else None
    rest, moved = list(playlist.uris), playlist.uris[start : start + count]
    playlist.move(start, count, before)
    if anchor in moved:
        assert playlist.uris == rest
        return
    rest = [uri for uri in rest if uri not in moved]
    place = rest.index(anchor) if anchor else len(rest)
    assert playlist.uris == [*rest[:place], *moved, *rest[place:]]


def new_playlist(uris):
    """A playlist of nobody's server."""
    from showlist_assets.sandbox.state.clock import Clock
    from showlist_assets.sandbox.state.consents import Consents

    listeners = Listeners(Clock(), Consents(1), 1)
    playlist = listeners.create_playlist("Shows")
    listeners.add_tracks(playlist.id, uris)
    return playlist


def test_removing_takes_every_place_of_a_track(sandbox, listener):
    playlist, (kept, twice) = made(listener), tracks(sandbox, 2)
    sandbox.listeners.add_tracks(playlist["id"], [twice, kept, twice])
    path = f"/playlists/{playlist['id']}/items"
    written(listener.json("DELETE", path, items=[{"uri": twice}]))
    assert items_of(listener, playlist) == [kept]
    assert listener.json("DELETE", path, tracks=[{"uri": kept}]).status_code == 400


def test_removing_from_a_snapshot_spares_what_was_added_after_it(sandbox, listener):
    playlist, (uri, other) = made(listener), tracks(sandbox, 2)
    path = f"/playlists/{playlist['id']}/items"
    before = written(listener.json("POST", path, uris=[uri, other]), 201)
    sandbox.listeners.add_tracks(playlist["id"], [uri])
    sent = {"items": [{"uri": uri}], "snapshot_id": before}
    written(listener.json("DELETE", path, **sent))
    assert items_of(listener, playlist) == [other, uri]
    sent["snapshot_id"] = "made-up"
    assert listener.json("DELETE", path, **sent).status_code == 400


def test_a_strangers_playlist_can_be_looked_at_from_outside_only(sandbox, listener, stranger):
    playlist, uris = made(listener), tracks(sandbox, 1)
    sandbox.listeners.add_tracks(playlist["id"], uris)
    seen = stranger("GET", f"/playlists/{playlist['id']}").json()
    assert seen["owner"]["id"] == "listener"
    assert "items" not in seen
    path = f"/playlists/{playlist['id']}/items"
    refused = [
        stranger("GET", path),
        stranger.json("POST", path, uris=uris),
        stranger.json("PUT", path, uris=[]),
        stranger.json("DELETE", path, items=[{"uri": uris[0]}]),
        stranger.json("PUT", f"/playlists/{playlist['id']}", name="Mine"),
        stranger("PUT", f"/playlists/{playlist['id']}/images", body=JPEG),
    ]
    assert {answer.status_code for answer in refused} == {403}
    assert {answer.json()["error"]["message"] for answer in refused} == {NOT_OWNER}
    assert items_of(listener, playlist) == uris
    assert listener("GET", f"/playlists/{playlist['id']}").json()["name"] == "Shows in Ohio"


def test_a_private_playlist_is_not_there_for_a_stranger_or_the_app(sandbox, listener, stranger):
    playlist = made(listener, public=False)
    assert stranger("GET", f"/playlists/{playlist['id']}").status_code == 404
    assert spotify(sandbox, f"/v1/playlists/{playlist['id']}").status_code == 404
    public = made(listener)
    assert "items" not in spotify(sandbox, f"/v1/playlists/{public['id']}").json()


def test_who_follows_a_collaborative_playlist_may_change_it(sandbox, listener, stranger):
    playlist = made(listener, public=False)
    listener.json("PUT", f"/playlists/{playlist['id']}", collaborative=True)
    uris, path = tracks(sandbox, 1), f"/playlists/{playlist['id']}/items"
    assert stranger.json("POST", path, uris=uris).status_code == 403
    stranger("PUT", "/me/library", uris=playlist["uri"])
    written(stranger.json("POST", path, uris=uris), 201)
    assert listener("GET", path).json()["items"][0]["added_by"]["id"] == "kim"
    both = {"public": True, "collaborative": True}
    for method, path in (("PUT", f"/playlists/{playlist['id']}"), ("POST", "/me/playlists")):
        assert listener.json(method, path, name="Ours", **both).status_code == 400


@pytest.mark.parametrize(
    ("missing", "calls"),
    [
        (
            "playlist-modify-private",
            [("POST", "/me/playlists", {"name": "x", "public": False})],
        ),
        ("playlist-modify-public", [("POST", "/me/playlists", {"name": "x"})]),
        ("playlist-read-private", [("GET", "/me/playlists", {})]),
        ("ugc-image-upload", [("PUT", "/playlists/x/images", {})]),
        ("playlist-modify-public", [("DELETE", "/me/library?uris=spotify:playlist:x", {})]),
        ("user-library-modify", [("PUT", "/me/library?uris=spotify:track:x", {})]),
    ],
)
def test_a_missing_scope_is_403(sandbox, missing, calls):
    scopes = tuple(scope for scope in PLAYLIST_SCOPES if scope != missing)
    listener = ListenerClient(sandbox, scopes=scopes)
    for method, path, sent in calls:
        answer = listener.json(method, path, **sent)
        assert answer.status_code == 403
        assert answer.json()["error"]["message"] == "Insufficient client scope"


def test_making_a_private_playlist_public_takes_both_scopes(sandbox):
    scopes = ("playlist-modify-private", "playlist-read-private")
    listener = ListenerClient(sandbox, scopes=scopes)
    playlist = made(listener, public=False)
    answer = listener.json("PUT", f"/playlists/{playlist['id']}", public=True)
    assert answer.json()["error"]["message"] == "Insufficient client scope"


def test_a_cover_is_a_base64_jpeg_of_at_most_256_kb(listener):
    playlist = made(listener)
    path = f"/playlists/{playlist['id']}/images"
    assert listener("GET", path).json() == []
    answer = listener("PUT", path, body=JPEG)
    assert (answer.status_code, answer.text) == (202, "")
    covers = listener("GET", path).json()
    assert [cover["width"] for cover in covers] == [640, 300, 60]
    too_large = base64.b64encode(base64.b64decode(JPEG) + bytes(200_000))
    assert listener("PUT", path, body=too_large).status_code == 413
    for bad in (b"not base64!", base64.b64encode(b"GIF89a"), base64.b64decode(JPEG)):
        assert listener("PUT", path, body=bad).status_code == 400
    assert listener("GET", path).json() == covers


def test_a_deleted_playlist_leaves_the_library_but_can_still_be_read(sandbox, listener):
    playlist = made(listener)
    where = {"uris": f"{playlist['uri']},spotify:playlist:other"}
    assert listener("GET", "/me/library/contains", **where).json() == [True, False]
    assert listener("DELETE", "/me/library", uris=playlist["uri"]).status_code == 200
    assert listener("GET", "/me/library/contains", **where).json() == [False, False]
    assert listener("GET", "/me/playlists").json()["total"] == 0
    assert listener("GET", f"/playlists/{playlist['id']}").status_code == 200
    assert sandbox.listeners.playlists() == []
    listener("PUT", "/me/library", uris=playlist["uri"])
    assert [one.id for one in sandbox.listeners.playlists()] == [playlist["id"]]


@pytest.mark.parametrize("uris", ["", "spotify:playlist", ",".join(["spotify:playlist:x"] * 41)])
@pytest.mark.parametrize(
    ("method", "path"),
    [("PUT", "/me/library"), ("DELETE", "/me/library"), ("GET", "/me/library/contains")],
)
def test_a_library_takes_one_to_forty_uris(listener, method, path, uris):
    assert listener(method, path, uris=uris).status_code == 400


def test_an_unknown_playlist_is_404(listener):
    for method, path, sent in [
        ("GET", "", {}),
        ("PUT", "", {"name": "x"}),
        ("GET", "/items", {}),
        ("POST", "/items", {"uris": []}),
        ("GET", "/images", {}),
    ]:
        answer = listener.json(method, f"/playlists/unknown{path}", **sent)
        assert answer.json() == {"error": {"status": 404, "message": "Resource not found"}}


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/users/listener/playlists"),
        ("GET", "/users/listener/playlists"),
        *[(method, "/playlists/{id}/tracks") for method in ("GET", "POST", "PUT", "DELETE")],
        ("DELETE", "/playlists/{id}/followers"),
        ("PUT", "/me/following"),
        ("GET", "/me/tracks/contains"),
    ],
)
def test_what_went_in_2026_is_forbidden(listener, method, path):
    playlist = made(listener)
    answer = listener.json(method, path.format(id=playlist["id"]), name="x")
    assert answer.status_code == 403
    assert answer.json() == {"error": {"status": 403, "message": "Forbidden"}}


def test_extended_mode_still_says_tracks_and_track_too(start_sandbox):
    sandbox = start_sandbox(events=51, mode="extended")
    listener = ListenerClient(sandbox)
    playlist = made(listener)
    sandbox.listeners.add_tracks(playlist["id"], tracks(sandbox, 1))
    read = listener("GET", f"/playlists/{playlist['id']}").json()
    assert read["tracks"] == read["items"]
    assert read["items"]["items"][0]["track"] == read["items"]["items"][0]["item"]
    assert listener("GET", "/me").json()["product"] == "premium"


def test_what_a_listener_adds_by_hand_may_be_no_track_of_the_catalogue(sandbox, listener):
    playlist = made(listener)
    gone, local = "spotify:track:0000000000000000000000", "spotify:local:A:B:My+Demo:180"
    episode = "spotify:episode:0000000000000000000001"
    control(sandbox, "POST", f"playlists/{playlist['id']}/items", uris=[gone, local, episode])
    items = listener("GET", f"/playlists/{playlist['id']}/items").json()["items"]
    assert items[0]["item"] is None
    assert (items[1]["is_local"], items[1]["item"]["uri"]) == (True, local)
    assert items[2]["item"]["type"] == "episode"


def test_a_listener_is_added_and_acts_over_the_control_surface(sandbox):
    control(sandbox, "POST", "listeners", user_id="kim", display_name="Kim", premium=False)
    assert "error" in control(sandbox, "POST", "listeners", user_id="kim", display_name="K")
    playlist, uris = sandbox.listeners.create_playlist("Mine", "kim"), tracks(sandbox, 3)
    at = f"playlists/{playlist.id}"
    control(sandbox, "POST", f"{at}/items", uris=uris[:2])
    control(sandbox, "POST", f"{at}/items", uris=uris[2:], position=0)
    control(sandbox, "DELETE", f"{at}/items", uris=uris[:1])
    assert control(sandbox, "GET", at)["uris"] == [uris[2], uris[1]]
    kim = control(sandbox, "GET", "listeners")["listeners"][1]
    assert (kim["premium"], kim["playlists"][0]["name"]) == (False, "Mine")
    control(sandbox, "POST", f"{at}/unfollow")
    assert control(sandbox, "GET", "listeners")["listeners"][1]["playlists"] == []
    assert "error" in control(sandbox, "POST", "playlists/unknown/unfollow")
    assert not kim.keys() & {"token", "refresh_token"}


def test_the_app_alone_changes_nothing(sandbox):
    playlist = sandbox.listeners.create_playlist("Mine")
    url = f"{sandbox.env()['SHOWLIST_SPOTIFY_URL']}/v1/playlists/{playlist.id}/items"
    headers = {"Authorization": f"Bearer {token(sandbox)}"}
    answer = requests.put(url, json={"uris": []}, headers=headers, timeout=10)
    assert answer.status_code == 401
