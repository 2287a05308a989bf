"""MusicBrainz, over HTTP."""

from __future__ import annotations

import pytest

from showlist_assets.sources.failures import BadAnswer, Transient
from showlist_assets.sources.http.cache import ResponseCache
from showlist_assets.sources.http.call_store import open_call_store
from showlist_assets.sources.musicbrainz import MusicBrainz
from showlist_assets_tests.clock import NOW
from showlist_assets_tests.sources import clients
from showlist_assets_tests.sources.clients import session
from showlist_assets_tests.sources.conftest import Reply
from showlist_assets_tests.sources.listenbrainz.documents import mbid

PAGE = "https://open.spotify.com/artist/"


def spotify_id(number):
    return f"{number:022d}"


def link(page, *artists, **more):
    relations = [{"type": "free streaming", "artist": {"id": one}, **more} for one in artists]
    return {"id": mbid(99), "resource": page, "relations": relations}


def musicbrainz(base, **options):
    return MusicBrainz(options.get("session", session("musicbrainz")), base)


def linked(request):
    """A server that knows the artists with an even id."""
    pages = request.queries["resource"]
    known = [page for page in pages if int(page.rpartition("/")[2]) % 2 == 0]
    links = [link(page, mbid(int(page.rpartition("/")[2]))) for page in known]
    if len(pages) == 1:
        return Reply(links[0]) if links else Reply({"error": "Not Found"}, 404)
    return Reply({"urls": links, "url-count": len(links), "url-offset": 0})


def test_artists_are_asked_by_fifty_and_whoever_is_not_linked_is_missing(serve):
    server = serve(linked)
    found = musicbrainz(server.url).artists_of_spotify([spotify_id(n) for n in range(101)])
    assert found == {spotify_id(n): mbid(n) for n in range(0, 101, 2)}
    assert [len(request.queries["resource"]) for request in server.requests] == [50, 50, 1]
    assert server.requests[0].path == "/ws/2/url"
    assert server.requests[0].query["inc"] == "artist-rels"
    assert server.requests[0].query["fmt"] == "json"


def test_a_single_artist_who_is_not_linked_is_missing(serve):
    assert musicbrainz(serve(linked).url).artists_of_spotify([spotify_id(7)]) == {}


def test_nobody_costs_no_call(serve):
    server = serve(linked)
    assert musicbrainz(server.url).artists_of_spotify([]) == {}
    assert server.requests == []


def test_a_page_that_two_artists_share_or_that_a_link_left_is_no_guess(serve):
    shared, left = PAGE + spotify_id(1), PAGE + spotify_id(2)
    same, odd = PAGE + spotify_id(3), PAGE + spotify_id(4)
    links = [
        link(shared, mbid(1), mbid(2)),
        link(left, mbid(3), ended=True),
        link(same, mbid(4), mbid(4)),
        {"resource": odd, "relations": [None, {"artist": {"id": "x"}}]},
        link("https://example.org/", mbid(5)),
        None,
    ]
    client = musicbrainz(serve(Reply({"urls": links})).url)
    found = client.artists_of_spotify([spotify_id(n) for n in range(1, 5)])
    assert found == {spotify_id(3): mbid(4)}
    assert client.usage.malformed == 2


def test_an_answer_is_kept_whatever_the_order_of_the_artists(serve, tmp_path):
    cache = ResponseCache(open_call_store(str(tmp_path)), clock=lambda: NOW)
    server = serve(linked)
    ids = [spotify_id(n) for n in range(9)]
    first = musicbrainz(server.url, session=session("musicbrainz", cache=cache))
    again = musicbrainz(server.url, session=session("musicbrainz", cache=cache))
    assert first.artists_of_spotify(ids) == again.artists_of_spotify(ids[::-1] + ids)
    assert len(server.requests) == 1
    assert again.usage.reused == 1


@pytest.mark.parametrize("body", [{}, {"urls": {}}, {"resource": 5}])
def test_an_answer_without_addresses_is_not_believed_or_kept(serve, tmp_path, body):
    cache = ResponseCache(open_call_store(str(tmp_path)), clock=lambda: NOW)
    sending = session("musicbrainz", cache=cache)
    with pytest.raises(BadAnswer, match="MusicBrainz"):
        musicbrainz(serve(Reply(body)).url, session=sending).artists_of_spotify([spotify_id(1)])
    assert cache.entries() == []


def test_too_many_calls_are_a_503_that_is_waited_for(serve):
    server = serve(Reply({"error": "exceeding the allowable rate limit"}, 503), linked_reply())
    assert musicbrainz(server.url).artists_of_spotify([spotify_id(2)]) == {spotify_id(2): mbid(2)}


def linked_reply():
    return Reply(link(PAGE + spotify_id(2), mbid(2)))


def test_a_check_asks_once_and_does_not_mind_that_nobody_is_linked(serve):
    client = musicbrainz(serve(Reply({"error": "Not Found"}, 404)).url)
    client.check()
    assert client.usage.sent == 1
    with pytest.raises(Transient):
        musicbrainz(serve(Reply("", 500)).url).check()


def test_whoever_runs_it_can_be_named_in_the_user_agent(serve):
    server = serve(linked)
    for contact in (None, "me@example.org"):
        sending = session("musicbrainz", contact=contact)
        musicbrainz(server.url, session=sending).artists_of_spotify([spotify_id(2)])
    first, second = (request.headers["User-Agent"] for request in server.requests)
    assert first.startswith("showlist/")
    assert second.endswith("(me@example.org)")


def test_the_sandbox_s_bands_are_found_by_their_ids(sandbox):
    mbids = sandbox.state.listening.mbids
    ids = [one.id for one in sandbox.world.catalog.artists[:120]]
    found = clients.musicbrainz(sandbox).artists_of_spotify(ids)
    assert found
    assert found == {one: mbids.of_artist(one) for one in ids if mbids.has_link(one)}
