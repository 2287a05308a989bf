"""The calendar and the feeds of a playlist: for whoever holds their address, and nobody else."""

from __future__ import annotations

import csv
import io
import logging
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree as Xml

import pytest
from icalendar import Calendar
from pyrate_limiter import Duration, Rate
from starlette.testclient import TestClient

from showlist_assets.domain.playlists.recipe import Recipe
from showlist_assets.web.app import build_app
from showlist_assets.web.pace import Pace
from showlist_assets_tests.clock import NOW
from showlist_assets_tests.domain.playlists.planned import plan_of, planned_show
from showlist_assets_tests.domain.playlists.show_histories import fates_of, row
from showlist_assets_tests.web.conftest import HERE
from showlist_assets_tests.web.sites import site_of

if TYPE_CHECKING:
    from showlist_assets.web.site import Site

_NAME = "mine"
_FEEDS = ("calendar/{}.ics", "feed/{}.json", "feed/{}.csv", "feed/{}.xml")
_RECIPE = Recipe(name=_NAME, states="NY", when="any time")


@pytest.fixture
def token(site: Site) -> str:
    """The secret of the playlist."""
    site.platform.recipes.write(_RECIPE)
    return site.feed_links.make(_NAME)


@pytest.fixture
def saved(site: Site) -> None:
    """A playlist that was planned twice: the second time one of its shows was called off."""
    on, off = planned_show("on"), planned_show("off", title="Gone")
    plans, today = site.platform.plans, NOW.date()
    plans.publish(plan_of(on, off), today=today, now=NOW - timedelta(days=1))
    fates = fates_of(row(on, "announced"), row(off, "announced"), row(off, "cancelled", 18))
    plans.publish(plan_of(on), today=today, now=NOW, fates=fates)


@pytest.mark.usefixtures("saved")
def test_the_calendar_is_the_stored_one_with_what_was_called_off(site, page, token):
    answer = page.get(f"/calendar/{token}.ics")
    assert answer.content == site.platform.plans.read_calendar(_NAME)
    events = Calendar.from_ical(answer.content).walk("VEVENT")
    assert {event["uid"]: event["status"] for event in events} == {
        "on@showlist": "CONFIRMED",
        "off@showlist": "CANCELLED",
    }
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"


@pytest.mark.usefixtures("saved")
def test_each_feed_tells_the_shows_and_what_was_called_off(page, token):
    (first, second) = page.get(f"/feed/{token}.json").json()["items"]
    assert {first["_show"]["status"], second["_show"]["status"]} == {"scheduled", "cancelled"}
    rows = csv.DictReader(io.StringIO(page.get(f"/feed/{token}.csv").text))
    assert {line["title"]: line["status"] for line in rows} == {
        "Paper Lantern": "scheduled",
        "Gone": "cancelled",
    }
    channel = Xml.fromstring(page.get(f"/feed/{token}.xml").content)  # noqa: S314  our own
    assert next(one.text for one in channel.iter("link")) == f"{HERE}/"
    assert {one.text for one in channel.iter("guid")} == {"on@showlist", "off@showlist"}


@pytest.mark.parametrize("feed", _FEEDS)
@pytest.mark.usefixtures("saved")
def test_whoever_has_a_feed_already_is_sent_nothing(page, token, feed):
    first = page.get("/" + feed.format(token))
    again = page.get("/" + feed.format(token), headers={"If-None-Match": first.headers["etag"]})
    assert (first.status_code, again.status_code, again.content) == (200, 304, b"")
    for answer in (first, again):
        assert answer.headers["cache-control"] == "private, no-cache"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert "set-cookie" not in answer.headers
        assert "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize("feed", _FEEDS)
@pytest.mark.usefixtures("saved")
def test_a_wrong_an_old_and_a_withdrawn_address_are_answered_alike(site, page, token, feed):
    new = site.feed_links.make(_NAME)
    answers = [page.get("/" + feed.format(one)) for one in ("x", token, "%00", "é" * 300)]
    assert page.get("/" + feed.format(new)).status_code == 200
    site.feed_links.remove(_NAME)
    answers.append(page.get("/" + feed.format(new)))
    assert {(each.status_code, each.text) for each in answers} == {(404, answers[0].text)}
    assert answers[0].headers["referrer-policy"] == "no-referrer"


def test_a_playlist_that_was_never_saved_is_told_as_it_would_be(site, page, publish, token):
    publish()
    answer = page.get(f"/calendar/{token}.ics")
    (event,) = Calendar.from_ical(answer.content).walk("VEVENT")
    assert event["uid"] == "seatgeek-1@showlist"
    assert "Small Hours - Paper Lantern" in event["description"]
    assert page.get(f"/calendar/{token}.ics").headers["etag"] == answer.headers["etag"]
    (item,) = page.get(f"/feed/{token}.json").json()["items"]
    assert [song["name"] for song in item["_show"]["songs"]] == ["Small Hours"]
    # Nothing was written: looking changes nothing.
    assert site.platform.plans.read_calendar(_NAME) is None


@pytest.mark.parametrize("feed", _FEEDS)
@pytest.mark.usefixtures("saved")
def test_a_playlist_whose_recipe_is_gone_is_nowhere(site, page, token, feed):
    site.platform.recipes.delete(_NAME)
    assert page.get("/" + feed.format(token)).status_code == 404


@pytest.mark.parametrize("feed", _FEEDS)
def test_before_anything_is_published_or_saved_there_is_no_feed(page, token, feed):
    assert page.get("/" + feed.format(token)).status_code == 404


@pytest.mark.parametrize("feed", _FEEDS)
def test_a_recipe_with_a_mistake_that_was_never_saved_has_no_feed(site, page, publish, token, feed):
    publish()
    (site.platform.recipes.folder / f"{_NAME}.yaml").write_text("states: nowhere\n")
    assert page.get("/" + feed.format(token)).status_code == 404


@pytest.mark.usefixtures("saved")
def test_programs_need_no_login_where_guests_may_not_look(site, token):
    closed = site_of(site.platform, guests=False)
    client = TestClient(build_app(closed), base_url=HERE, follow_redirects=False)
    assert client.get("/").status_code == 303
    assert client.get(f"/calendar/{token}.ics").status_code == 200


@pytest.mark.usefixtures("saved")
def test_an_address_that_asks_too_often_is_told_to_wait(site, token):
    class Hurried(Pace):
        kinds = dict.fromkeys(Pace.kinds, Rate(2, Duration.HOUR))

    slow = site_of(site.platform)
    slow.pace = Hurried()
    client = TestClient(build_app(slow), base_url=HERE)
    codes = [client.get(f"/calendar/{token}.ics").status_code for _ in range(3)]
    assert codes == [200, 200, 429]


def test_the_log_of_a_failure_does_not_hold_the_address(site, page, token, caplog):
    plan = site.platform.plans.places(_NAME)["plan"]
    site.platform.plans.publish(plan_of(planned_show()), today=NOW.date(), now=NOW)
    Path(plan.removeprefix("file://")).write_text("{")
    with caplog.at_level(logging.DEBUG):
        answer = page.get(f"/feed/{token}.json")
    assert answer.status_code == 503
    assert "/feed/..." in caplog.text
    ours = [each.getMessage() for each in caplog.records if each.name.startswith("showlist")]
    assert token not in "".join(ours)
    assert token not in answer.text


@pytest.mark.usefixtures("saved")
def test_links_of_a_feed_lead_below_the_path_of_a_proxy(site, token):
    behind = site_of(site.platform, public_url="https://music.example.org/showlist")
    client = TestClient(
        build_app(behind), base_url="https://music.example.org", root_path="/showlist"
    )
    (item, _) = client.get(f"/showlist/feed/{token}.json").json()["items"]
    assert item["url"].startswith("https://music.example.org/showlist/shows/")
