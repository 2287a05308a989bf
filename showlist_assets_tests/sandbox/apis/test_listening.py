"""The sandbox's pages for people: what they show, and that nothing runs which others wrote."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pytest
import requests
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from showlist_assets.sandbox.world.catalog import MADE_UP, Catalog
from showlist_assets.sandbox.world.world import World
from showlist_assets_tests.sandbox.listeners import CALLBACK, open_page, tracks

if TYPE_CHECKING:
    from showlist_assets.sandbox.server import Sandbox
    from showlist_assets.sandbox.world.entities import Artist, Track

PAYLOADS = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "\"'><svg onload=alert(1)>",
    "</title></h1><iframe src=javascript:alert(1)>",
    "{style} {0} %s",
)
# fmt: off
_TAGS = {
    "html", "head", "meta", "title", "link", "style", "body", "p", "b", "main", "h1", "h2", "img",
    "ol", "ul", "li", "a", "time", "small", "span", "form", "label", "select", "option", "button",
}
# fmt: on
# A tag that closes nothing.
_VOID = {"meta", "link", "img"}


class Parsed(HTMLParser):
    """A page: its tags with their attributes, and the text directly in each."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self._texts: list[tuple[str, list[str]]] = []
        self._open: list[tuple[str, list[str]]] = []
        self.feed(html)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in _VOID:
            self._open.append((tag, []))
            self._texts.append(self._open[-1])

    def handle_endtag(self, tag):
        assert self._open.pop()[0] == tag

    def handle_data(self, data):
        if self._open:
            self._open[-1][1].append(data)

    def text_of(self, tag: str) -> list[str]:
        return ["".join(parts) for each, parts in self._texts if each == tag]

    def links(self) -> list[str]:
        return [str(attributes["href"]) for tag, attributes in self.tags if tag == "a"]


def listen(sandbox: Sandbox, path: str) -> requests.Response:
    return requests.get(f"{sandbox.url}/listen/{path}", timeout=10)


def safe(answer: requests.Response) -> Parsed:
    """The page, on which nothing can run."""
    page = Parsed(answer.text)
    for tag, attributes in page.tags:
        assert tag in _TAGS
        assert not any(name.startswith("on") or name == "style" for name in attributes)
    assert all(re.fullmatch(r"\.\./(track|artist)/\w+", link) for link in page.links())
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert "unsafe" not in policy
    assert "Sandbox: this is not Spotify." in page.text_of("b")
    return page


def a_track(sandbox: Sandbox) -> Track:
    catalog = sandbox.world.catalog
    found = catalog.track(tracks(sandbox, 1)[0].rpartition(":")[2])
    assert found is not None
    return found


def test_a_playlist_shows_its_tracks_in_order_with_their_artists(sandbox):
    uris = tracks(sandbox, 4)
    kept = sandbox.listeners.create_playlist("Mine", description="What plays", public=False)
    sandbox.listeners.add_tracks(kept.id, [*reversed(uris)])
    page = safe(listen(sandbox, f"playlist/{kept.id}"))
    catalog = sandbox.world.catalog
    expected = [catalog.track(uri.rpartition(":")[2]) for uri in reversed(uris)]
    assert page.text_of("h1") == ["Mine"]
    assert "What plays" in page.text_of("p")
    assert "Robin Listener · 4 songs" in page.text_of("p")
    assert "Private playlist" in page.text_of("p")
    linked = [link.rpartition("/")[2] for link in page.links() if link.startswith("../track/")]
    assert linked == [track.id for track in expected]
    for track in expected:
        for artist in track.artists:
            assert f"../artist/{artist.id}" in page.links()
            assert artist.name in page.text_of("a")


def test_every_link_of_a_playlist_leads_to_a_page(sandbox):
    kept = sandbox.listeners.create_playlist("Mine")
    sandbox.listeners.add_tracks(kept.id, tracks(sandbox, 3))
    for link in safe(listen(sandbox, f"playlist/{kept.id}")).links():
        there = listen(sandbox, link.removeprefix("../"))
        assert there.status_code == 200
        for further in safe(there).links():
            assert listen(sandbox, further.removeprefix("../")).status_code == 200


def test_a_song_of_a_made_up_world_says_that_there_is_nothing_to_hear(sandbox):
    track = a_track(sandbox)
    page = safe(listen(sandbox, f"track/{track.id}"))
    assert [text.strip() for text in page.text_of("h1")] == [track.name]
    assert "Made up: nothing to hear." in page.text_of("p")
    assert track.artists[0].name in page.text_of("a")


def test_an_artist_shows_their_songs_or_that_there_are_none(sandbox):
    catalog = sandbox.world.catalog
    silent = next((each for each in catalog.artists if not each.has_tracks), None)
    loud = next(each for each in catalog.artists if each.has_tracks)
    page = safe(listen(sandbox, f"artist/{loud.id}"))
    assert [f"../track/{track.id}" for track in catalog.tracks_of(loud.id)] == [
        link for link in page.links() if "/track/" in link
    ]
    assert silent is not None
    assert "Nothing released." in safe(listen(sandbox, f"artist/{silent.id}")).text_of("p")


def test_a_playlist_shows_its_cover_and_nothing_where_it_has_none(sandbox):
    kept = sandbox.listeners.create_playlist("Mine")
    assert not [tag for tag, _ in safe(listen(sandbox, f"playlist/{kept.id}")).tags if tag == "img"]
    assert listen(sandbox, f"playlist/{kept.id}/cover").status_code == 404
    kept.cover = b"\xff\xd8\xff a picture"
    (picture,) = [
        attributes
        for tag, attributes in safe(listen(sandbox, f"playlist/{kept.id}")).tags
        if tag == "img"
    ]
    answer = listen(sandbox, f"playlist/{picture['src']}")
    assert (answer.content, answer.headers["content-type"]) == (kept.cover, "image/jpeg")


def test_a_deleted_playlist_says_so(sandbox):
    kept = sandbox.listeners.create_playlist("Mine")
    sandbox.listeners.unfollow(kept.id)
    page = safe(listen(sandbox, f"playlist/{kept.id}"))
    assert "Robin Listener · 0 songs · deleted by its owner" in page.text_of("p")
    assert "No song is on it." in page.text_of("p")


def test_what_is_no_song_of_the_catalogue_keeps_its_place(sandbox):
    kept = sandbox.listeners.create_playlist("Mine")
    (uri,) = tracks(sandbox, 1)
    odd = ["spotify:episode:e1", "spotify:local:A:B:C:1", "spotify:track:null", "spotify:track:x"]
    sandbox.listeners.add_tracks(kept.id, [*odd[:2], uri, *odd[2:]])
    page = safe(listen(sandbox, f"playlist/{kept.id}"))
    assert page.text_of("span")[:2] == ["An episode", "A file of the listener's own"]
    assert page.text_of("span").count("Not available any more") == 2
    assert page.text_of("li").count("") == 5


@pytest.mark.parametrize("kind", ["track", "artist", "playlist"])
@pytest.mark.parametrize("unknown", ["nobody", "0" * 22, "%3Cscript%3E", "..%2F..", "é"])
def test_what_nobody_knows_is_a_page_that_says_so(sandbox, kind, unknown):
    answer = listen(sandbox, f"{kind}/{unknown}")
    assert answer.status_code == 404
    if "text/html" in answer.headers["content-type"]:
        assert safe(answer).text_of("h1") == ["Nothing here"]
        assert "<script" not in answer.text


@pytest.mark.parametrize("payload", PAYLOADS)
def test_nothing_that_a_listener_wrote_runs(sandbox, payload):
    sandbox.listeners.add_listener("kim", payload)
    kept = sandbox.listeners.create_playlist(payload, "kim", description=payload)
    page = safe(listen(sandbox, f"playlist/{kept.id}"))
    assert page.text_of("h1") == [payload]
    assert payload in page.text_of("p")
    assert f"{payload} · 0 songs" in page.text_of("p")
    consent = safe(open_page(sandbox))
    assert payload in consent.text_of("option")


@pytest.mark.parametrize("payload", PAYLOADS)
def test_nothing_that_a_catalogue_holds_runs(start_sandbox, payload):
    class Known:
        """Titles as they could come from a folder of real data."""

        def of_artist(self, artist: Artist) -> tuple[Track, ...]:
            album = replace(track.album, name=payload)
            return (replace(track, name=payload, artists=(artist,), album=album),)

        def artist_of(self, identifier: str) -> str | None:
            return hostile.id if identifier == track.id else None

    own = start_sandbox()
    track = a_track(own)
    hostile = replace(track.artists[0], name=payload, genres=(payload,))
    own.state.world = World((), Catalog([hostile], Known()))
    kept = own.listeners.create_playlist("Mine")
    own.listeners.add_tracks(kept.id, [f"spotify:track:{track.id}"])
    song = safe(listen(own, f"track/{track.id}"))
    artist = safe(listen(own, f"artist/{hostile.id}"))
    assert [text.rstrip() for text in song.text_of("h1")] == [payload]
    assert artist.text_of("h1") == [payload]
    assert payload in song.text_of("a")
    assert any(f"On “{payload}”" in text for text in song.text_of("p"))
    listed = safe(listen(own, f"playlist/{kept.id}")).text_of("a")
    assert [text.rstrip() for text in listed] == [payload, payload]


@given(text=st.text(st.characters(exclude_categories=["Cc"]), max_size=40))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_stands_there_as_it_is(sandbox, text):
    kept = sandbox.listeners.create_playlist(text)
    page = safe(listen(sandbox, f"playlist/{kept.id}"))
    assert page.text_of("h1") == [text.encode(errors="replace").decode()]


def test_a_world_of_real_data_says_which_songs_are_made_up(start_sandbox):
    own = start_sandbox()
    artist = next(each for each in own.world.catalog.artists if each.has_tracks)
    own.state.world = World((), Catalog([artist], real=True))
    own.state.config = replace(own.state.config, world="a folder")
    track = own.state.world.catalog.tracks_of(artist.id)[0]
    assert track.name.endswith(MADE_UP)
    answer = listen(own, f"track/{track.id}")
    assert "Made up: nothing to hear." in safe(answer).text_of("p")
    assert f"A song marked {MADE_UP} was never recorded." in answer.text


def test_the_consent_page_lets_its_form_lead_to_the_app_and_nowhere_else(sandbox):
    policy = open_page(sandbox).headers["Content-Security-Policy"]
    origin = CALLBACK.removesuffix("/callback")
    assert f"form-action 'self' {origin};" in policy
    assert "form-action 'none'" in listen(sandbox, "track/x").headers["Content-Security-Policy"]


@pytest.mark.parametrize("host", ["a.example;script-src *", "a.example *", "me@a.example"])
def test_an_address_that_would_change_the_policy_is_refused(sandbox, host):
    answer = open_page(sandbox, redirect_uri=f"https://{host}/callback")
    assert (answer.status_code, answer.text) == (400, "INVALID_CLIENT: Invalid redirect URI")


def test_the_consent_page_names_the_app_and_where_it_leads_back(sandbox):
    page = safe(open_page(sandbox))
    assert page.text_of("h1") == ["Let Showlist in?"]
    assert CALLBACK.removesuffix("/callback") in page.text_of("b")


def test_the_accounts_service_can_be_another_site_than_the_page(start_sandbox):
    own = start_sandbox(accounts_host="localhost")
    there = own.env()["SHOWLIST_SPOTIFY_ACCOUNTS_URL"]
    assert there == own.url.replace("127.0.0.1", "localhost") + "/accounts"
    assert own.env()["SHOWLIST_SPOTIFY_URL"].startswith(own.url)
    assert safe(open_page(own)).text_of("h1") == ["Let Showlist in?"]


def test_looking_counts_as_no_call_of_an_api(sandbox):
    listen(sandbox, "track/x")
    assert sandbox.requests("spotify") == 0
    assert sandbox.requests("listen") == 1
