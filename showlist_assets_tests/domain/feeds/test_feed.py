"""What a feed's file may say, and what is said of its mistakes."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from showlist_assets.domain.feeds.feed import (
    FIELDS,
    FeedError,
    feed_text,
    parse_feed,
    state_named_in,
)

WHERE = "venue: The Room\ncity: Albany\nstate: NY\n"
GOOD = f"from: https://room.example/events.ics\n{WHERE}"


def parse(text):
    return parse_feed(text, name="room", source="feeds/room.yaml")


def test_four_lines_are_a_feed():
    found = parse(GOOD)
    assert (found.name, found.venue, found.city, found.state) == (
        "room", "The Room", "Albany", "NY",
    )  # fmt: skip
    assert (found.every, found.kind, found.venues) == (timedelta(hours=12), None, "one")
    assert found.zone_in(None) == "America/New_York"
    assert found.is_remote


def test_a_state_may_be_written_out():
    assert parse(GOOD.replace("NY", "new york")).state == "NY"


@pytest.mark.parametrize(
    ("written", "asked"),
    [
        ("webcal://room.example/a.ics", "https://room.example/a.ics"),
        ("HTTPS://room.example/a.ics", "https://room.example/a.ics"),
        ("tables/room.csv", "tables/room.csv"),
        ("/srv/room.csv", "/srv/room.csv"),
    ],
)
def test_where_it_is_read_is_an_address_of_the_web_or_a_path(written, asked):
    assert parse(f"from: {written}\n{WHERE}").source == asked


@pytest.mark.parametrize(
    ("written", "span"),
    [("1 hour", 1), ("90 h", 90), ("1.5 hours", 1.5), ("2 days", 48), ("30d", 720)],
)
def test_an_interval_is_in_hours_or_days(written, span):
    assert parse(f"{GOOD}every: {written}\n").every == timedelta(hours=span)


def test_a_promoter_needs_neither_venue_nor_state():
    found = parse("from: shows.csv\nvenues: from entries\n")
    assert found.tells_of("NY")
    assert found.tells_of("WY")
    assert found.zone_in("WY") == "America/Denver"
    assert not parse(GOOD).tells_of("WY")


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        (WHERE, 1, "needs 'from'"),
        ("from: a.ics\nvenue: The Room\n", 1, "needs 'city' and 'state'"),
        (f"{GOOD}venu: Other\n", 5, "did you mean 'venue'"),
        (f"{GOOD}form: b.ics\n", 5, "did you mean 'from'"),
        (f"{GOOD}every: 10 minutes\n", 5, "is no interval"),
        (f"{GOOD}every: 0.5 hours\n", 5, "out of range"),
        (f"{GOOD}every: 99999999999999 days\n", 5, "out of range"),
        (f"{GOOD}kind: rss\n", 5, "'rss' is not known here"),
        (f"{GOOD}timezone: Eastern\n", 5, "no time zone"),
        (f"{GOOD}latitude: 42.6\n", 1, "both 'latitude' and 'longitude'"),
        (f"{GOOD}latitude: 42.6\nlongitude: 73.7\n", 1, "not in the US"),
        (f"{GOOD}latitude: nan\nlongitude: 1\n", 1, "not in the US"),
        (f"{GOOD}capacity: many\n", 5, "'many'"),
        (f"{GOOD}tickets: javascript:alert(1)\n", 5, "no link"),
        (f"{GOOD}name: other\n", 5, "remove 'name'"),
        (GOOD.replace("NY", "XX"), 4, "not a US state"),
        (f"from: ftp://room.example/a\n{WHERE}", 1, "no address of the web"),
        ("from: [a, b]\n" + WHERE, 1, "from"),
        ("from: a.ics\nvenue:\ncity: Albany\nstate: NY\n", 1, "needs 'venue'"),
        ("just words", 1, "must be a mapping"),
        ("from: *a\n", 1, "from"),
        ("", 1, "needs 'from'"),
    ],
)
def test_a_mistake_is_told_with_its_line(text, line, words):
    with pytest.raises(FeedError) as error:
        parse(text)
    told = str(error.value)
    if words != "from":
        assert words in told
    assert f"feeds/room.yaml, line {line}: " in told


def test_an_address_that_cannot_be_used_is_not_repeated():
    with pytest.raises(FeedError) as error:
        parse(GOOD.replace("https://room", "gopher://key-1234.room"))
    assert "key-1234" not in str(error.value)


def test_the_state_of_a_feed_with_mistakes_is_still_known():
    assert state_named_in(f"{GOOD}every: never\n") == "NY"
    assert state_named_in("state: NY\nvenues: from entries\n") is None
    assert state_named_in("state: [") is None
    assert state_named_in("") is None


_LINE = st.text(
    st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=30
)


@given(
    venue=_LINE, city=_LINE, address=st.none() | _LINE, capacity=st.none() | st.integers(1, 9999)
)
def test_what_is_written_is_read_again(venue, city, address, capacity):
    fields = {
        "from": "a.ics", "venue": venue, "city": city, "state": "NY", "address": address,
        "capacity": capacity,
    }  # fmt: skip
    found = parse(feed_text(fields))
    assert (found.venue, found.city, found.address) == (venue, city, address)
    assert found.capacity == capacity
    assert set(fields) <= set(FIELDS)


@pytest.mark.parametrize(
    "source", ["javascript:alert(1)", "mailto:a@b.example", "http:/x", "data:,x"]
)
def test_a_link_that_is_no_address_is_no_path_either(source):
    with pytest.raises(FeedError, match="no address of the web"):
        parse_feed(
            f"from: {source!r}\nvenue: V\ncity: C\nstate: NY\n", name="room", source="room.yaml"
        )
