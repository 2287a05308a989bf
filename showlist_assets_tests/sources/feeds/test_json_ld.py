"""Pages that tell search engines what is on."""

from __future__ import annotations

import json
import time
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from showlist_assets.sources.feeds.entries import UnreadableError
from showlist_assets_tests.sources.feeds.documents import event, good, page, read, reason, row

BARN = {
    "@type": "MusicVenue",
    "name": "The Barn",
    "address": {
        "@type": "PostalAddress",
        "streetAddress": "5 Oak St",
        "addressLocality": "Burlington",
        "addressRegion": "VT",
        "postalCode": "05401",
    },
    "geo": {"@type": "GeoCoordinates", "latitude": "44.48", "longitude": -73.21},
}


def test_an_event_gives_what_schema_org_has_words_for():
    found = row(
        page(
            event(
                **{"@id": "https://room.example/#42"},
                endDate="2026-12-04T23:30",
                performer=[
                    {"@type": "MusicGroup", "name": "Paper Lantern", "genre": ["folk"]},
                    {"@type": "Person", "name": "Crane &amp; Co"},
                ],
                location=BARN,
                offers={"price": "25.00", "priceCurrency": "USD", "url": "https://tickets.example"},
                url="https://room.example/42",
            )
        ),
        venues="from entries",
    )
    assert found["event_id"] == "room:https://room.example/#42"
    assert found["starts_at"] == datetime(2026, 12, 5, 1, tzinfo=UTC)
    assert found["ends_at"] == datetime(2026, 12, 5, 4, 30, tzinfo=UTC)
    assert [act["name"] for act in found["performers"]] == ["Paper Lantern", "Crane & Co"]
    assert found["performers"][0]["genres"] == ["folk"]
    assert (found["venue_name"], found["venue_city"], found["state"]) == (
        "The Barn", "Burlington", "VT",
    )  # fmt: skip
    assert (found["latitude"], found["longitude"]) == (44.48, -73.21)
    assert (found["lowest_price"], found["ticket_url"]) == (25.0, "https://tickets.example")


@pytest.mark.parametrize(
    "documents",
    [
        [event()],
        [[event()]],
        [{"@context": "https://schema.org", "@graph": [{"@type": "WebSite"}, event()]}],
        [{"@type": "MusicVenue", "name": "The Room", "event": [event()]}],
        [{"@type": "ItemList", "itemListElement": [{"@type": "ListItem", "item": event()}]}],
        [event(**{"@type": ["Event", "MusicEvent"]})],
        [event(**{"@type": "http://schema.org/MusicEvent"})],
        [event(), event()],  # for two programs
        ["{not json", event()],
    ],
)
def test_an_event_is_found_wherever_it_stands(documents):
    rows = read(page(*documents))
    assert rows.good["title"].to_list() == ["Paper Lantern"]
    assert rows.rejected.height == ("{not json" in documents)


@pytest.mark.parametrize(
    "script",
    [
        "<!-- %s -->",
        "//<![CDATA[\n%s\n//]]>",
        "%s;",
        "\n\n%s\n",
    ],
)
def test_a_script_may_be_wrapped_as_old_programs_do(script):
    assert row(page(script % json.dumps(event())))["title"] == "Paper Lantern"


def test_line_breaks_in_strings_and_a_comma_too_many_are_forgiven():
    text = '{"@type":"MusicEvent","name":"Paper\nLantern","startDate":"2026-12-04",}'
    assert row(page(text))["title"] == "Paper Lantern"


def test_a_bare_document_needs_no_page():
    assert row(json.dumps([event()]))["title"] == "Paper Lantern"


def test_other_scripts_of_the_page_are_none():
    html = page(event()).replace("<p>", "<script>var x = {'@type': 'MusicEvent'}</script><p>")
    assert good(html).height == 1


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"eventStatus": "https://schema.org/EventScheduled"}, "scheduled"),
        ({"eventStatus": "https://schema.org/EventCancelled"}, "cancelled"),
        ({"eventStatus": "EventPostponed"}, "postponed"),
        ({"eventStatus": "http://schema.org/EventRescheduled"}, "rescheduled"),
        ({"eventStatus": ["https://schema.org/EventCancelled"]}, "cancelled"),
        ({"previousStartDate": "2026-11-01"}, "rescheduled"),
        ({"eventStatus": {"odd": 1}}, "scheduled"),
        ({"name": "CANCELLED: Paper Lantern"}, "cancelled"),
    ],
)
def test_what_is_off_or_moved_says_so(fields, status):
    assert row(page(event(**fields)))["status"] == status


@pytest.mark.parametrize(
    ("printed", "told"),
    [
        ("2026-12-04T19:00", "19:00"),
        ("2026-12-05T00:00:00Z", "19:00"),
        ("2026-12-04T19:00-05:00", "19:00"),
        ("19:00:00", "19:00"),
        ("7:00 PM", "19:00"),
        ("19:00:00Z", None),
        ("2026-12-04", None),
        ("2026-12-04T21:00", None),
        ("2026-12-03T19:00", None),
        ("0001-01-01T00:00:00+12:00", None),
        ("soon", None),
        (7, None),
        (None, None),
    ],
)
def test_doors_are_read_with_and_without_a_date(printed, told):
    found = row(page(event(startDate="2026-12-04T20:00", doorTime=printed)))["doors_at_local"]
    assert (found and f"{found:%H:%M}") == told
    untimed = row(page(event(startDate="2026-12-04", doorTime=printed)))
    assert untimed["doors_at_local"] is None


@pytest.mark.parametrize(
    ("printed", "instant", "day"),
    [
        ("2026-12-04T20:00", datetime(2026, 12, 5, 1, tzinfo=UTC), date(2026, 12, 4)),
        ("2026-12-04 20:00:00", datetime(2026, 12, 5, 1, tzinfo=UTC), date(2026, 12, 4)),
        ("2026-12-05T01:00:00Z", datetime(2026, 12, 5, 1, tzinfo=UTC), date(2026, 12, 4)),
        ("2026-12-04T20:00-05:00", datetime(2026, 12, 5, 1, tzinfo=UTC), date(2026, 12, 4)),
        ("2026-12-04T20:00-5:00", datetime(2026, 12, 5, 1, tzinfo=UTC), date(2026, 12, 4)),
        ("2026-12-04", None, date(2026, 12, 4)),
    ],
)
def test_a_start_is_read_with_and_without_a_zone(printed, instant, day):
    found = row(page(event(startDate=printed)))
    assert (found["starts_at"], found["local_date"]) == (instant, day)


@pytest.mark.parametrize(
    ("start", "end", "last"),
    [
        ("2026-12-04", "2026-12-06", date(2026, 12, 6)),
        ("2026-12-04T18:00", "2026-12-06", date(2026, 12, 6)),
        ("2026-12-04T18:00", "2026-12-05T00:00", None),
        ("2026-12-04", "2026-12-05T00:00", None),
        ("2026-12-04", "2026-12-01", None),
        ("2026-12-04", "never", None),
    ],
)
def test_an_end_on_another_day_is_the_last_day(start, end, last):
    assert row(page(event(startDate=start, endDate=end)))["last_date"] == last


@pytest.mark.parametrize("kind", ["Festival", "MusicFestival"])
def test_a_festival_is_one(kind):
    assert row(page(event(**{"@type": kind})))["kind"] == "music_festival"


def test_an_event_of_no_kind_counts_where_somebody_performs():
    assert good(page(event(**{"@type": "Event"}, performer="Paper Lantern"))).height == 1


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"@type": "ComedyEvent"}, "no concert but ComedyEvent"),
        ({"@type": "Event"}, "nobody says who performs"),
        ({"eventAttendanceMode": "https://schema.org/OnlineEventAttendanceMode"}, "online only"),
        ({"eventStatus": "https://schema.org/EventMovedOnline"}, "online only"),
        ({"name": None}, "it has no name"),
        ({"startDate": None}, "date is missing"),
        ({"startDate": "Friday"}, "date is missing or cannot be read"),
    ],
)
def test_what_is_no_concert_is_set_aside_with_the_reason(fields, words):
    told = reason(page(event(**fields)))
    assert words in told
    assert told.startswith("feed room, event 1: ")


@pytest.mark.parametrize(
    ("performer", "names"),
    [
        ({"name": "Paper Lantern"}, ["Paper Lantern"]),
        ("Paper Lantern", ["Paper Lantern"]),
        (["Paper Lantern", {"name": "Crane"}, {"name": "Crane"}], ["Paper Lantern", "Crane"]),
        ([{"name": ""}, None, 5, {}], []),
    ],
)
def test_the_bill_is_read_in_its_order(performer, names):
    found = row(page(event(performer=performer)))
    assert [act["name"] for act in found["performers"]] == names


def test_links_of_a_performer_tell_who_it_is_unless_they_name_two():
    spotify = "https://open.spotify.com/artist/" + "a" * 22
    brainz = "https://musicbrainz.org/artist/0383dadf-2a4e-4d10-a46a-e9e041da8eb3"
    found = row(
        page(event(performer={"name": "A", "sameAs": [spotify, brainz, "https://x.example"]}))
    )
    (act,) = found["performers"]
    assert act["spotify_artist_id"] == "a" * 22
    assert act["musicbrainz_id"] == "0383dadf-2a4e-4d10-a46a-e9e041da8eb3"
    two = [spotify, spotify[:-1] + "b"]
    (act,) = row(page(event(performer={"name": "A", "sameAs": two})))["performers"]
    assert act["spotify_artist_id"] is None


@pytest.mark.parametrize(
    ("offers", "prices"),
    [
        ({"price": 20}, (20.0, 20.0)),
        ([{"price": "20"}, {"price": "35.50"}], (20.0, 35.5)),
        ({"@type": "AggregateOffer", "lowPrice": 15, "highPrice": "40"}, (15.0, 40.0)),
        ({"price": "20", "priceCurrency": "CAD"}, (None, None)),
        ("free", (None, None)),
        (None, (None, None)),
    ],
)
def test_prices_are_those_in_dollars(offers, prices):
    found = row(page(event(offers=offers)))
    assert (found["lowest_price"], found["highest_price"]) == prices


def test_a_link_that_is_a_script_is_left_out():
    found = row(page(event(url="javascript:alert(1)", offers={"url": "data:text/html,x"})))
    assert found["ticket_url"] is None


@pytest.mark.parametrize(
    ("location", "venue", "city"),
    [
        ("The Barn, 5 Oak St, Burlington, VT 05401", "The Barn", "Burlington"),
        ([{"@type": "VirtualLocation"}, BARN], "The Barn", "Burlington"),
        ({"name": "The Barn", "address": "5 Oak St, Burlington, VT"}, "The Barn", "Burlington"),
        (None, "The Room", "Albany"),
    ],
)
def test_a_location_is_read_in_its_forms(location, venue, city):
    found = row(page(event(location=location)), venues="from entries")
    assert (found["venue_name"], found["venue_city"]) == (venue, city)


def test_a_position_that_is_nowhere_is_none():
    nowhere = {**BARN, "geo": {"latitude": 0, "longitude": 0}}
    found = row(page(event(location=nowhere)), venues="from entries")
    assert (found["latitude"], found["longitude"]) == (None, None)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("<html><body>Shows</body></html>", "no JSON-LD"),
        (page("{nothing"), "is no JSON"),
        ("[1, 2", "is no JSON"),
    ],
)
def test_a_page_without_readable_json_ld_is_none(text, words):
    with pytest.raises(UnreadableError, match=words):
        read(text)


def test_a_page_that_lists_nothing_lists_nothing():
    assert good(page({"@type": "WebSite"})).is_empty()


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["name", "@type", "url", "price", "address"]), inner, max_size=3
        )
    ),
    max_leaves=8,
)

_FIELDS = [
    "name", "startDate", "endDate", "performer", "location", "offers", "eventStatus", "@id", "url",
    "eventAttendanceMode", "previousStartDate", "@type",
]  # fmt: skip


@given(
    st.dictionaries(st.sampled_from(_FIELDS), _VALUES, max_size=6),
)
def test_whatever_a_field_holds_the_other_events_are_read(fields):
    odd = {"@type": "MusicEvent", "name": "Odd", "startDate": "2026-12-05", **fields}
    rows = read(page(json.dumps([odd, event()])))
    assert "Paper Lantern" in rows.good["title"].to_list()


@pytest.mark.parametrize("country", ["AU", "DE", "Germany", {"@type": "Country", "name": "CA"}])
def test_what_is_in_another_country_is_set_aside(country):
    address = {"addressLocality": "Wilmington", "addressRegion": "DE", "addressCountry": country}
    node = event(location={"name": "The Barn", "address": address})
    assert "not in the US" in reason(page(node), venues="from entries")


@pytest.mark.parametrize("country", ["US", "U.S.A.", "United States", "", None, "Delaware", []])
def test_the_us_is_spelled_in_many_ways(country):
    address = {"addressLocality": "Wilmington", "addressRegion": "DE", "addressCountry": country}
    node = event(location={"name": "The Barn", "address": address})
    assert row(page(node), venues="from entries")["state"] == "DE"


@pytest.mark.parametrize(
    "part", ["<!--", "<script", "<script>", "<script type=application/ld+json>"]
)
def test_a_page_of_nothing_but_openings_is_read_in_a_moment(part):
    began = time.monotonic()
    with pytest.raises(UnreadableError):
        read("<html>" + part * 100_000)
    assert time.monotonic() - began < 5


def test_a_script_is_found_whatever_stands_around_it():
    node = json.dumps(event())
    commented = f"<!-- <script type='application/ld+json'>{node}</script> -->"
    quoting = "<script>document.write('<script type=application/ld+json>{}');</script>"
    for opening in (
        "<SCRIPT TYPE='Application/LD+JSON'>",
        '<script id=x data-type="no" type="application/ld+json; charset=utf-8">',
        "<script type=application/ld&#43;json>",
    ):
        content = f"<html>{commented}{quoting}{opening}{node}</script></html>"
        assert row(content)["title"] == "Paper Lantern"
    with pytest.raises(UnreadableError):
        read(f"<html>{commented}{quoting}</html>")
