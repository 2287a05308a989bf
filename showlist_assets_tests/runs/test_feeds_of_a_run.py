"""Feeds that break, are deleted and move, against whole runs: what is lost, and what is told."""

from __future__ import annotations

from datetime import timedelta

import polars as pl
import pytest

from showlist_assets.sources.http import session as http
from showlist_assets_tests.clock import NOW
from showlist_assets_tests.platform_under_test import failures
from showlist_assets_tests.sources.conftest import OwnServer, Reply

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def _no_waiting_between_attempts(monkeypatch):
    monkeypatch.setattr(http, "_FIRST_WAIT", 0.001)


def table(act, count):
    days = [NOW.date() + timedelta(days=5 + number) for number in range(count)]
    return "date,title\n" + "".join(f"{day},{act} {number}\n" for number, day in enumerate(days))


def write(platform, name, source, *, state="WA", city="Seattle"):
    folder = platform.folder / "feeds"
    folder.mkdir(exist_ok=True)
    text = f"from: {source}\nvenue: The {name}\ncity: {city}\nstate: {state}\n"
    (folder / f"{name}.yaml").write_text(text)


def news(platform):
    told = platform.store.read("show_changes", ["WA"])
    of_feeds = told.filter(pl.col("listing").str.starts_with("feeds-"))
    return sorted(of_feeds["change"].unique())


def listed(platform, state="WA"):
    rows = platform.store.read("raw_events", [state]).filter(source="feeds")
    return sorted(rows["platform"].unique())


@pytest.fixture
def serve():
    running = []

    def start(reply):
        running.append(OwnServer(lambda _: reply))
        return running[-1]

    yield start
    for server in running:
        server.stop()


@pytest.fixture
def platform_with_feeds(filled_platform):
    platform = filled_platform
    for name, act, count in (("barn", "Owl Number", 5), ("hall", "Mud Hen", 12)):
        write(platform, name, f"{name}.csv")
        (platform.folder / "feeds" / f"{name}.csv").write_text(table(act, count))
    platform.set(SHOWLIST_EVENT_SOURCES="feeds,seatgeek")
    platform.must_run("WA")
    assert listed(platform) == ["barn", "hall"]
    return platform


def test_the_shows_of_a_feed_that_is_deleted_leave_without_news(platform_with_feeds):
    platform = platform_with_feeds
    (platform.folder / "feeds" / "barn.yaml").unlink()
    before = news(platform)
    platform.wait(days=1)
    platform.must_run("WA")
    assert listed(platform) == ["hall"]
    assert news(platform) == before
    # What another feed drops is still told.
    (platform.folder / "feeds" / "hall.csv").write_text(table("Mud Hen", 12).replace("Hen 3", ""))
    platform.wait(days=1)
    platform.must_run("WA")
    assert "vanished" in news(platform)


def test_the_shows_of_a_feed_that_moves_to_another_state_leave_without_news(platform_with_feeds):
    platform = platform_with_feeds
    write(platform, "barn", "barn.csv", state="VT", city="Burlington")
    before = news(platform)
    platform.wait(days=1)
    platform.must_run("WA")
    platform.must_run("VT")
    assert listed(platform) == ["hall"]
    assert "barn" in listed(platform, "VT")
    assert news(platform) == before


def test_a_run_goes_on_whatever_a_feed_s_host_answers(platform_with_feeds, serve):
    platform = platform_with_feeds
    away = serve(Reply("", 302, {"Location": "http://[::1"}))
    odd = serve(
        Reply(
            table("Caf\xe9", 2).encode("latin-1"),
            headers={"Content-Type": "text/csv; charset=undefined"},
        )
    )
    write(platform, "away", f"{away.url}/a.ics")
    write(platform, "odd", f"{odd.url}/a.csv")
    platform.wait(days=1)
    result = platform.run("WA")
    assert result.success, failures(result)
    assert listed(platform) == ["barn", "hall", "odd"]
    assert "vanished" not in news(platform)
