"""The API: what the pages know, for programs; by the pages' rules, and never a web page."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, quote

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyrate_limiter import Duration, Rate
from starlette.testclient import TestClient

from showlist_assets.domain.playlists.wish import recipe_of, wish_from_query
from showlist_assets.web.app import build_app
from showlist_assets.web.pace import Pace
from showlist_assets.web.places import asked_place
from showlist_assets.web.wishes import preview_of
from showlist_assets_tests.clock import NOW
from showlist_assets_tests.web.conftest import HERE
from showlist_assets_tests.web.sites import site_of

if TYPE_CHECKING:
    from collections.abc import Callable

_HOSTILE = "<script>alert(1)</script>\u202e\x07'\"=1"
_ALL = (
    "lineup?where=NY", "recipe?where=NY", "shows/seatgeek-1", "artists/paper%20lantern",
    "venues/boiler-room--albany--ny", "search?q=paper", "changes", "freshness",
)  # fmt: skip


@pytest.fixture
def filled(publish: Callable[..., None]) -> None:
    """One show of one act with one song, and how it became known."""
    change = {"change": "announced", "becomes": "Fri Dec 4"}
    publish(changes=[change], shows=[{"latitude": 42.65, "longitude": -73.75}])


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize(
    "query", ["where=NY&when=any+time", "where=Albany&radius=50&when=any+time&tracks=1&loud=loud"]
)
def test_a_lineup_is_what_a_push_would_write(site, page, query):
    answer = page.get(f"/api/lineup?{query}").json()
    wish, _ = wish_from_query(parse_qsl(query), today=NOW.date())
    place = asked_place(wish.where).place
    plan = preview_of(site, site.publications.current(), wish, place).plan
    assert [song["track_id"] for song in answer["songs"]] == [one.track_id for one in plan.tracks]
    assert [song["why"] for song in answer["songs"]] == [one.why for one in plan.tracks]
    assert answer["left_out"] == plan.left_out
    assert answer["shows_in_all"] == len((*plan.shows, *plan.songless))


@pytest.mark.usefixtures("filled")
def test_a_lineup_says_how_far_each_show_is_and_at_most_so_many(page):
    answer = page.get("/api/lineup?where=Albany&when=any+time").json()
    (show,) = answer["shows"]
    assert 0 < show["miles_away"] < 10
    assert show["venue_key"] == "boiler-room--albany--ny"
    assert page.get("/api/lineup?where=NY&when=any+time&shows=0").json()["shows"] == []


@pytest.mark.usefixtures("filled")
def test_the_first_page_leads_programs_to_its_own_lineup(page):
    html = page.get("/?where=NY&when=any+time&genre=folk").text
    assert 'type="application/json" href="/api/lineup?where=NY&amp;when=any+time&amp;' in html


@pytest.mark.usefixtures("filled")
def test_a_recipe_is_the_one_that_the_wish_makes(page):
    answer = page.get("/api/recipe?where=NY&when=any+time&bands=A%0AB&radius=far")
    assert answer.headers["content-type"] == "application/yaml; charset=utf-8"
    assert answer.text.startswith("# The radius is a whole number")
    wish, _ = wish_from_query([("where", "NY"), ("when", "any time"), ("bands", "A\nB")])
    made = recipe_of(wish, asked_place("NY").place, name="mine", account="me")
    assert type(made).model_validate({"name": "mine", **yaml.safe_load(answer.text)}) == made


@pytest.mark.usefixtures("filled")
def test_things_are_found_by_their_keys(page):
    show = page.get("/api/shows/seatgeek-1").json()
    assert [act["track_name"] for act in show["acts"]] == ["Small Hours"]
    assert [change["words"] for change in show["changes"]] == ["Announced: Fri Dec 4."]
    for key in ("paper lantern", "artist-1", "Paper Lantern"):
        artist = page.get(f"/api/artists/{quote(key)}").json()
        assert (artist["spotify_artist_name"], len(artist["shows"])) == ("Paper Lantern", 1)
    venue = page.get(f"/api/venues/{show['venue_key']}").json()
    assert [each["show_id"] for each in venue["shows"]] == ["seatgeek-1"]


@pytest.mark.usefixtures("filled")
def test_a_search_a_history_and_the_age_of_everything(page):
    found = page.get("/api/search?q=lantern").json()
    assert [hit["key"] for hit in found["artists"]] == ["paper lantern"]
    assert page.get("/api/search?q=papr+lantrn").json()["did_you_mean"] == ["Paper Lantern"]
    (change,) = page.get("/api/changes?kind=announced&state=ny").json()
    assert (change["show_id"], change["is_ahead"]) == ("seatgeek-1", True)
    assert page.get("/api/changes?state=TX").json() == []
    assert page.get("/api/changes?kind=moved").json() == []
    (state,) = page.get("/api/freshness?state=NY").json()["states"]
    assert (state["state"], state["pending"]) == ("NY", 0)


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize("path", ["shows/x", "artists/x%2Fy", "venues/x", "nothing", "", "docs"])
def test_what_is_not_there_is_said_in_a_sentence(page, path):
    answer = page.get(f"/api/{path}")
    assert answer.status_code == 404
    assert answer.json()["error"].endswith(".")


@pytest.mark.usefixtures("filled")
def test_a_place_that_nobody_knows_is_told_with_what_may_be_meant(page):
    answer = page.get("/api/lineup?where=Albanny")
    assert answer.status_code == 404
    assert "Albanny" in answer.json()["error"]
    assert "Albany, NY" in answer.json()["did_you_mean"]


@pytest.mark.usefixtures("filled")
def test_it_is_read_only(page):
    answer = page.post("/api/lineup")
    assert (answer.status_code, answer.json()["error"][:20]) == (405, "The API is read only")


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize("path", _ALL)
def test_whoever_has_an_answer_already_is_sent_nothing(page, publish, path):
    first = page.get(f"/api/{path}")
    known = {"If-None-Match": first.headers["etag"]}
    assert first.status_code == 200
    assert page.get(f"/api/{path}", headers=known).status_code == 304
    assert first.headers["cache-control"] == "private, no-cache"
    assert first.headers["x-content-type-options"] == "nosniff"
    assert "access-control-allow-origin" not in first.headers
    publish(shows=[{"title": "Another"}])
    assert page.get(f"/api/{path}", headers=known).status_code != 304


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize("path", _ALL)
def test_who_may_look_is_as_on_the_pages(site, become, path):
    closed = site_of(site.platform, guests=False)
    client = TestClient(build_app(closed), base_url=HERE, follow_redirects=False)
    refused = client.get(f"/api/{path}")
    assert (refused.status_code, list(refused.json())) == (401, ["error"])
    become(client, owner=True)
    assert client.get(f"/api/{path}").status_code == 200


@pytest.mark.usefixtures("filled")
def test_an_address_that_asks_too_often_is_told_to_wait(site):
    class Hurried(Pace):
        kinds = dict.fromkeys(Pace.kinds, Rate(2, Duration.HOUR))

    slow = site_of(site.platform)
    slow.pace = Hurried()
    client = TestClient(build_app(slow), base_url=HERE)
    answers = [client.get("/api/freshness") for _ in range(3)]
    assert [each.status_code for each in answers] == [200, 200, 429]
    assert answers[-1].headers["retry-after"] == "60"


def test_before_anything_is_published_programs_are_told_to_come_back(page):
    answer = page.get("/api/lineup")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "300")
    assert answer.json() == {"error": "No shows are published yet. Ask again in a few minutes."}


def test_a_failure_is_a_number_and_neither_a_path_nor_a_stack(site, publish, monkeypatch):
    publish()
    client = TestClient(build_app(site), base_url=HERE, raise_server_exceptions=False)

    def broken() -> None:
        raise ZeroDivisionError("/secret/path")

    monkeypatch.setattr(site.publications, "current", broken)
    answer = client.get("/api/freshness")
    assert (answer.status_code, list(answer.json())) == (500, ["error"])
    assert "secret" not in answer.text
    monkeypatch.undo()
    site.platform.warehouse_file.unlink()
    site.platform.warehouse_file.write_text("no database")
    answer = client.get("/api/freshness")
    assert answer.status_code == 503
    assert str(site.platform.warehouse_file) not in answer.text


def test_hostile_texts_stay_texts_and_hostile_addresses_are_left_out(page, publish):
    text = {"title": _HOSTILE, "venue_name": _HOSTILE, "ticket_url": "javascript:alert(1)"}
    publish(
        shows=[text],
        acts=[{"performer_name": _HOSTILE}],
        matched=[{"performer_name": _HOSTILE, "reason": _HOSTILE}],
        songs=[{"track_name": _HOSTILE, "track_id": '../x" onload='}],
    )
    show = page.get("/api/shows/seatgeek-1")
    assert show.headers["content-type"] == "application/json"
    assert (show.json()["title"], show.json()["ticket_url"]) == (_HOSTILE, None)
    (planned,) = page.get("/api/lineup?where=NY&when=any+time").json()["shows"]
    (listed,) = page.get("/api/artists/paper%20lantern").json()["shows"]
    assert (planned["ticket_url"], listed["ticket_url"]) == (None, None)
    assert '"' not in show.json()["acts"][0]["track_url"]


_NAMES = st.sampled_from(
    ["where", "radius", "when", "days", "genre", "bands", "price", "most", "venue", "title", "q",
     "shows", "kind", "state", "limit", "offset", "loud", "pick"]
)  # fmt: skip
_VALUES = st.one_of(
    st.text(max_size=20),
    st.sampled_from(["NY", "10002", "-1", "9" * 30, "1e9", "any time", "{}", "';--", "\x00", "%"]),
)


@pytest.mark.usefixtures("filled")
@settings(
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    path=st.sampled_from(["lineup", "recipe", "search", "changes", "freshness"]),
    pairs=st.lists(st.tuples(_NAMES, _VALUES), max_size=4),
)
def test_no_address_is_unusable(page, path, pairs):
    query = "&".join(f"{name}={quote(value)}" for name, value in pairs)
    answer = page.get(f"/api/{path}?{query}")
    assert answer.status_code in (200, 404), (answer.status_code, answer.text)
    if answer.status_code == 404:
        assert answer.json()["error"]


@pytest.mark.usefixtures("filled")
def test_the_description_names_every_address_and_every_field_of_a_wish(page):
    described = page.get("/api/openapi.json").json()
    assert described["servers"] == [{"url": "/api"}]
    assert set(described["paths"]) == {
        "/lineup", "/recipe", "/shows/{show_id}", "/artists/{key}", "/venues/{key}", "/search",
        "/changes", "/freshness",
    }  # fmt: skip
    names = {one["name"] for one in described["paths"]["/lineup"]["get"]["parameters"]}
    assert {"where", "radius", "when", "bands", "refresh", "shows"} <= names
    for path in described["paths"].values():
        assert list(path) == ["get"]
        assert "422" not in path["get"]["responses"]
    assert "cdn" not in str(described)


@pytest.mark.usefixtures("filled")
def test_its_addresses_stand_below_the_path_of_a_proxy(site):
    behind = site_of(site.platform, public_url="https://music.example.org/showlist")
    client = TestClient(
        build_app(behind), base_url="https://music.example.org", root_path="/showlist"
    )
    # The server puts the path back that the proxy has taken off.
    described = client.get("/showlist/api/openapi.json").json()
    assert described["servers"] == [{"url": "/showlist/api"}]
    assert client.get("/showlist/api/freshness").status_code == 200
    assert 'href="/showlist/api/lineup?' in client.get("/showlist/?where=NY").text


def test_a_page_starts_without_fastapi():
    code = (
        "import sys, showlist_assets.web.app; "
        "sys.exit('fastapi' in sys.modules or 'dagster' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
