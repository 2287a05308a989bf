"""The web pages of the sandbox's houses."""

from __future__ import annotations

import requests
import yaml

from showlist_assets_tests.clock import NOW


def test_the_same_world_describes_the_same_feeds(sandbox, start_sandbox):
    again = start_sandbox()
    paths = [
        {name: yaml.safe_load(text)["from"].removeprefix(each.url) for name, text in files.items()}
        for each in (sandbox, again)
        for files in [each.feed_files()]
    ]
    assert paths[0] == paths[1]
    assert len(paths[0]) > 10


def test_every_described_address_answers_and_answers_304_to_its_tag(sandbox):
    kinds = set()
    for text in sandbox.feed_files().values():
        address = yaml.safe_load(text)["from"]
        answer = requests.get(address, timeout=10)
        assert answer.status_code == 200
        kinds.add(answer.headers["Content-Type"].partition(";")[0])
        again = requests.get(address, headers={"If-None-Match": answer.headers["ETag"]}, timeout=10)
        assert (again.status_code, again.content) == (304, b"")
    assert kinds == {"text/calendar", "text/csv", "text/html"}


def test_lines_of_a_calendar_are_folded_and_end_as_they_should(sandbox):
    address = next(
        found
        for text in sandbox.feed_files().values()
        if (found := yaml.safe_load(text)["from"]).endswith(".ics")
    )
    body = requests.get(address, timeout=10).content
    assert all(len(line) <= 75 for line in body.split(b"\r\n"))
    assert b"\n" not in body.replace(b"\r\n", b"")
    assert body.count(b"BEGIN:VEVENT") == body.count(b"END:VEVENT") > 0


def test_a_house_follows_what_becomes_of_its_shows(sandbox):
    from showlist_assets.sandbox.apis.feeds import listed_events

    numbers = listed_events(sandbox.state).values()
    events = sandbox.state.events.by_id
    number = next(each for each in numbers if events[each].starts_at_local.date() > NOW.date())
    requests.post(f"{sandbox.url}/_sandbox/events/{number}", json={"removed": True}, timeout=10)
    assert number not in listed_events(sandbox.state).values()


def test_a_house_that_publishes_nothing_is_not_there(sandbox):
    assert requests.get(f"{sandbox.url}/feeds/calendars/999999.ics", timeout=10).status_code == 404
    moved = requests.get(f"{sandbox.url}/feeds/calendars/moved.ics", timeout=10)
    assert moved.headers["Content-Type"].startswith("text/html")
