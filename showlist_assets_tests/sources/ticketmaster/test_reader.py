from __future__ import annotations

import copy
import json
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from showlist_assets.domain.tables.raw_events import RawEvents
from showlist_assets.sources.ticketmaster.reader import COLUMN_SOURCES, SOURCE
from showlist_assets_tests.shared_data import shared
from showlist_assets_tests.sources.ticketmaster.documents import (
    at_venue,
    attraction,
    billing,
    classified,
    dates,
    document,
    read,
    venue,
)

RECORDINGS = ["events_2020-03_p1_20.json", "events_2022_page1.json", "events_2022_page2.json"]
SPOTIFY_ID = "4Z8W4fKeB5YxbusRsdQVPb"
MUSICBRAINZ_ID = "a74b1b7f-71a5-4011-9441-d0b5e4122711"


def row(**keys):
    """The one good row of an event document."""
    rows = read(document(**keys))
    assert rows.rejected.is_empty(), rows.rejected["reason"].to_list()
    return rows.good.row(0, named=True)


def reason(**keys):
    """Why an event document is set aside."""
    rows = read(document(**keys))
    assert rows.good.is_empty()
    return rows.rejected["reason"].item()


@pytest.mark.parametrize("file", RECORDINGS)
def test_every_recorded_event_ends_as_a_row_or_is_set_aside_with_a_reason(file):
    path = shared(f"data/fixtures/ticketmaster/{file}")
    documents = json.loads(path.read_text(encoding="utf-8"))["_embedded"]["events"]
    rows = read(*documents, state=None)
    assert rows.good.height + rows.rejected.height == len(documents)
    music = [one for one in documents if one["classifications"][0]["segment"]["name"] == "Music"]
    assert rows.good.height == len(music)
    # All of them have a time, a place and a zone, somewhere.
    for column in ("starts_at", "starts_at_local", "venue_timezone", "latitude", "venue_city"):
        assert rows.good[column].null_count() == 0, column


def test_the_recorded_doors_are_those_of_the_show():
    path = shared("data/fixtures/ticketmaster/events_2022_page2.json")
    documents = json.loads(path.read_text(encoding="utf-8"))["_embedded"]["events"]
    told = {one["id"]: one["doorsTimes"] for one in documents if "doorsTimes" in one}
    assert told
    rows = read(*documents, state=None).good
    read_back = {
        one["event_id"]: one["doors_at_local"].isoformat()
        for one in rows.iter_rows(named=True)
        if one["doors_at_local"]
    }
    assert read_back == {id_: f"{at['localDate']}T{at['localTime']}" for id_, at in told.items()}


def test_the_recorded_links_to_spotify_and_musicbrainz_are_read():
    path = shared("data/fixtures/ticketmaster/events_2022_page1.json")
    text = path.read_text(encoding="utf-8")
    rows = read(*json.loads(text)["_embedded"]["events"], state=None).good
    performers = [one for bill in rows["performers"].to_list() for one in bill]
    linked = [one["spotify_artist_id"] for one in performers if one["spotify_artist_id"]]
    assert linked
    assert all(f"artist/{one}" in text for one in linked)
    assert any(one["musicbrainz_id"] for one in performers)


def test_resold_tickets_of_2020_are_told_by_their_ids_and_their_shop():
    path = shared("data/fixtures/ticketmaster/events_2020-03_p1_20.json")
    documents = json.loads(path.read_text(encoding="utf-8"))["_embedded"]["events"]
    rows = read(*documents, state=None).good
    by_shop = {one["id"] for one in documents if "ticketsnow" in one["url"]}
    assert by_shop
    told = set(rows.filter(rows["is_resale"])["event_id"])
    assert told == by_shop & set(rows["event_id"])


def test_a_document_gives_every_column():
    found = row(priceRanges=[{"type": "standard", "currency": "USD", "min": 20.0, "max": 31.5}])
    assert (found["event_id"], found["source"], found["platform"]) == (
        "vvG1abc", SOURCE, "ticketmaster",
    )  # fmt: skip
    assert found["starts_at"] == datetime(2026, 12, 5, 1, tzinfo=UTC)
    assert found["starts_at_local"].isoformat() == "2026-12-04T20:00:00"
    assert (found["local_date"], found["last_date"]) == (date(2026, 12, 4), None)
    assert (found["lowest_price"], found["highest_price"]) == (20.0, 31.5)
    assert (found["venue_name"], found["venue_address"], found["venue_city"], found["state"]) == (
        "The Boiler Room", "4 Depot Street", "Albany", "NY",
    )  # fmt: skip
    assert (found["latitude"], found["longitude"]) == (42.65, -73.75)
    assert (found["kind"], found["status"], found["venue_capacity"]) == (
        "concert", "scheduled", None,
    )  # fmt: skip
    # When the sale began is not when the show was announced.
    assert found["announced_at"] is None


@pytest.mark.parametrize(
    ("event_id", "url", "platform", "is_resale"),
    [
        ("vvG1x", "https://www.ticketmaster.com/a/event/1", "ticketmaster", False),
        ("vvG1x", "https://concerts.livenation.com/a/event/1", "ticketmaster", False),
        ("17C8x", "https://travel.ticketmaster.com/a", "ticketmaster", False),
        ("rZ7Hx", "https://www.ticketweb.com/event/a/1?REFERRAL_ID=tmfeed", "ticketweb", False),
        ("LvZ1x", "https://www.universe.com/events/a?ref=ticketmaster", "universe", False),
        ("G5dix", "https://on.fgtix.com/trk/a", "frontgate", False),
        ("G5eVx", "https://www.axs.com/events/1", "axs", False),
        ("Z7r9jZx", "https://www.ticketmaster.com/event/Z7r9jZx", "resale", True),
        ("k7vGx", "http://www.ticketsnow.com/InventoryBrowse/x", "resale", True),
        ("vvG1x", None, "ticketmaster", False),
        ("vvG1x", "https://[odd\nhost/", "ticketmaster", False),
        ("vvG1x", "http://10.0.0.1/x", "ticketmaster", False),
    ],
)
def test_who_sells_the_tickets_is_told_by_the_id_and_the_shop(event_id, url, platform, is_resale):
    found = row(id=event_id, url=url)
    assert (found["platform"], found["is_resale"]) == (platform, is_resale)


@pytest.mark.parametrize(
    "keys",
    [{"test": True}, {"name": "TM1 EVENTS TEST"}, {"name": "GCO Test 1 - Not All-in"}],
)
def test_a_test_event_is_set_aside(keys):
    assert reason(**keys) == "a test event of Ticketmaster's own"


@pytest.mark.parametrize("title", ["Test Subjects", "Nuovo Testamento", "TM and the Tests", "TM1"])
def test_a_name_that_looks_like_a_test_is_none(title):
    assert row(name=title)["title"] == title


@pytest.mark.parametrize(
    ("classifications", "said"),
    [
        ([classified("Arts & Theatre")], "not music but 'Arts & Theatre'"),
        ([classified("Film", "Music", "Music")], "not music but 'Film'"),
        ([classified(primary=False), classified("Sports")], "not music but 'Sports'"),
    ],
)
def test_what_is_no_music_is_set_aside_with_the_segment(classifications, said):
    assert reason(classifications=classifications) == said


@pytest.mark.parametrize(
    "classifications",
    [None, [], [classified("Undefined", None, None)], [classified(None)], "none"],
)
def test_a_show_of_no_told_segment_is_no_reason_to_lose_it(classifications):
    assert row(classifications=classifications)["kind"] == "concert"


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("onsale", "scheduled"),
        ("offsale", "scheduled"),
        ("cancelled", "cancelled"),
        ("canceled", "cancelled"),
        ("postponed", "postponed"),
        ("rescheduled", "rescheduled"),
        (None, "scheduled"),
    ],
)
def test_the_status_is_about_the_show_and_not_about_its_tickets(code, status):
    assert row(dates=dates(status={"code": code}))["status"] == status


@pytest.mark.parametrize(
    ("title", "status"),
    [
        ("POSTPONED - Paper Lantern", "postponed"),
        ("MOVED TO THE GASWORKS - Paper Lantern", "rescheduled"),
        ("Paper Lantern - CANCELLED", "cancelled"),
        ("*SOLD OUT* Paper Lantern", "scheduled"),
    ],
)
def test_a_title_says_more_than_a_status_that_nobody_changed(title, status):
    assert row(name=title)["status"] == status


@pytest.mark.parametrize(
    ("doors", "told"),
    [
        ({"localDate": "2026-12-04", "localTime": "19:00:00"}, "2026-12-04T19:00:00"),
        ({"dateTime": "2026-12-05T00:00:00Z"}, "2026-12-04T19:00:00"),
        ({"localDate": "2026-12-04", "localTime": "20:00:00"}, "2026-12-04T20:00:00"),
        ({"localDate": "2026-12-04", "localTime": "20:30:00"}, None),
        ({"localDate": "2026-12-04", "localTime": "10:00:00"}, None),
        ({"localDate": "2026-12-03", "localTime": "19:00:00"}, None),
        ({"localDate": "2026-12-04"}, None),
        ({"localDate": 4, "localTime": "soon"}, None),
        ("19:00", None),
        (None, None),
    ],
)
def test_doors_are_read_where_they_agree_with_the_start(doors, told):
    found = row(doorsTimes=doors)["doors_at_local"]
    assert (found and found.isoformat()) == told
    assert row(doorsTimes=doors, dates=dates({"timeTBA": True}))["doors_at_local"] is None


@pytest.mark.parametrize("flag", ["dateTBD", "dateTBA"])
def test_a_date_that_is_not_announced_has_neither_date_nor_time(flag):
    found = row(dates=dates({flag: True}))
    columns = ("starts_at", "starts_at_local", "local_date", "ends_at", "last_date")
    assert [found[key] for key in columns] == [None] * 5


@pytest.mark.parametrize("flag", ["timeTBA", "noSpecificTime"])
def test_a_time_that_is_not_announced_leaves_the_date(flag):
    found = row(dates=dates({flag: True}))
    assert (found["starts_at"], found["starts_at_local"]) == (None, None)
    assert found["local_date"] == date(2026, 12, 4)


def test_a_missing_instant_follows_from_the_clock_at_the_venue():
    found = row(dates=dates({"dateTime": None}))
    assert found["starts_at"] == datetime(2026, 12, 5, 1, tzinfo=UTC)


def test_a_missing_clock_at_the_venue_follows_from_the_instant():
    found = row(dates=dates({"localDate": None, "localTime": None}))
    assert found["starts_at_local"].isoformat() == "2026-12-04T20:00:00"
    assert found["local_date"] == date(2026, 12, 4)


def test_a_missing_time_is_not_midnight():
    found = row(dates=dates({"localTime": None, "dateTime": None}))
    assert (found["starts_at"], found["starts_at_local"]) == (None, None)
    assert found["local_date"] == date(2026, 12, 4)


def test_the_zone_of_the_venue_stands_in_for_that_of_the_dates():
    found = row(dates=dates({"dateTime": None}, timezone=None))
    assert found["venue_timezone"] == "America/New_York"
    assert found["starts_at"] == datetime(2026, 12, 5, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("end", "last", "ends"),
    [
        ({"localDate": "2026-12-06", "localTime": "23:00:00"}, date(2026, 12, 6), None),
        (
            {"localDate": "2026-12-06", "dateTime": "2026-12-07T04:00:00Z"},
            date(2026, 12, 6),
            datetime(2026, 12, 7, 4, tzinfo=UTC),
        ),
        ({"localDate": "2026-12-06"}, date(2026, 12, 6), None),
        ({"localDate": "2026-12-06", "localTime": "23:59:59"}, date(2026, 12, 6), None),
        # Till one at night.
        (
            {
                "localDate": "2026-12-05",
                "localTime": "01:00:00",
                "dateTime": "2026-12-05T06:00:00Z",
            },
            None,
            datetime(2026, 12, 5, 6, tzinfo=UTC),
        ),
        ({"localDate": "2026-12-03"}, None, None),
        ({"localDate": "2027-06-01"}, None, None),
        ({"localDate": "soon"}, None, None),
        ({}, None, None),
    ],
)
def test_the_end_is_told_where_it_makes_sense(end, last, ends):
    found = row(dates=dates(end=end, spanMultipleDays=last is not None))
    assert (found["last_date"], found["ends_at"]) == (last, ends)


@pytest.mark.parametrize(
    ("ranges", "prices"),
    [
        (None, (None, None)),
        ([{"currency": "USD", "min": 0.0, "max": 0.0}], (None, None)),
        ([{"currency": "USD", "min": 0.0, "max": 38.05}], (38.05, 38.05)),
        ([{"min": "12.5", "max": 40}], (12.5, 40.0)),
        ([{"currency": "CAD", "min": 10, "max": 20}], (None, None)),
        (
            [{"type": "vip", "min": 90, "max": 200}, {"type": "standard", "min": 20, "max": 50}],
            (20.0, 200.0),
        ),
        ([{"min": -5, "max": True}, None, "free"], (None, None)),
    ],
)
def test_a_price_of_zero_or_in_another_currency_is_not_known(ranges, prices):
    found = row(priceRanges=ranges)
    assert (found["lowest_price"], found["highest_price"]) == prices


def test_the_bill_is_in_order_and_the_first_is_the_headliner():
    acts = [attraction("Paper Lantern"), attraction("Tin Sparrow"), attraction(" Kettle & Moss ")]
    found = row(**billing(*acts))["performers"]
    assert [one["name"] for one in found] == ["Paper Lantern", "Tin Sparrow", "Kettle & Moss"]
    assert [one["is_primary"] for one in found] == [True, False, False]
    assert {one["kind"] for one in found} == {"band"}


def test_an_event_without_attractions_has_an_empty_bill():
    assert row(_embedded={"venues": [venue()]})["performers"] == []


@pytest.mark.parametrize(
    "links",
    [
        [{"url": f"https://open.spotify.com/artist/{SPOTIFY_ID}"}],
        [{"url": f"https://open.spotify.com/artist/{SPOTIFY_ID}?autoplay=true"}],
        [{"url": f"https://open.spotify.com/intl-de/artist/{SPOTIFY_ID}"}],
        [{"url": "https://open.spotify.com/user/x"}, {"url": f"spotify:artist:{SPOTIFY_ID}"}],
    ],
)
def test_the_link_to_spotify_names_the_artist(links):
    (act,) = row(**billing(attraction("X", externalLinks={"spotify": links})))["performers"]
    assert act["spotify_artist_id"] == SPOTIFY_ID


@pytest.mark.parametrize(
    "links",
    [
        None,
        [],
        "https://open.spotify.com/",
        [{"url": "https://open.spotify.com/artist/tooshort"}],
        [{"url": f"https://open.spotify.com/album/{SPOTIFY_ID}"}],
        [None, {"url": None}, {"url": ["x"]}],
    ],
)
def test_a_link_that_names_no_artist_is_none(links):
    (act,) = row(**billing(attraction("X", externalLinks={"spotify": links})))["performers"]
    assert act["spotify_artist_id"] is None


@pytest.mark.parametrize(
    "links",
    [
        [{"id": MUSICBRAINZ_ID, "url": f"https://musicbrainz.org/artist/{MUSICBRAINZ_ID}"}],
        [{"url": f"https://musicbrainz.org/artist/{MUSICBRAINZ_ID.upper()}"}],
        [{"id": MUSICBRAINZ_ID}],
    ],
)
def test_the_id_of_musicbrainz_is_read_from_either_field(links):
    (act,) = row(**billing(attraction("X", externalLinks={"musicbrainz": links})))["performers"]
    assert act["musicbrainz_id"] == MUSICBRAINZ_ID


@pytest.mark.parametrize(
    ("classifications", "genres"),
    [
        ([classified()], ["Rock", "Indie Rock"]),
        ([classified(genre="Folk", sub_genre="Folk")], ["Folk"]),
        ([classified(genre="Other", sub_genre="Undefined")], []),
        ([classified("Undefined", None, None)], []),
        ([classified("Sports", "Hockey", "NHL")], []),
        (
            [classified(genre="Jazz", sub_genre=None, primary=False), classified()],
            ["Rock", "Indie Rock", "Jazz"],
        ),
    ],
)
def test_genres_are_those_that_somebody_told(classifications, genres):
    act = attraction("X", classifications=classifications)
    found = row(**billing(act, classifications=[classified(genre="Other", sub_genre=None)]))
    assert found["performers"][0]["genres"] == genres


def test_the_genre_of_the_event_is_the_headliners():
    acts = [attraction(name, classifications=None) for name in ("Paper Lantern", "Tin Sparrow")]
    found = row(**billing(*acts))["performers"]
    assert [one["genres"] for one in found] == [["Rock", "Indie Rock"], []]


def test_a_festival_is_told_by_its_classification_or_by_its_days():
    festival = attraction(
        "Kettle Fest", classifications=[classified(type="Event Style", subType="Festival")]
    )
    found = row(**billing(festival, attraction("Paper Lantern")))
    assert found["kind"] == "music_festival"
    assert [one["kind"] for one in found["performers"]] == ["music_festival", "band"]
    assert row(dates=dates(spanMultipleDays=True))["kind"] == "music_festival"
    assert row(name="Kettle Fest Presents: Paper Lantern")["kind"] == "concert"


def test_the_picture_is_the_widest_of_a_screens_shape_that_is_no_stand_in():
    images = [
        {"ratio": "16_9", "url": "stand-in", "width": 4096, "fallback": True},
        {"ratio": "3_2", "url": "square", "width": 3000, "fallback": False},
        {"ratio": "16_9", "url": "narrow", "width": 640, "fallback": False},
        {"ratio": "16_9", "url": "wide", "width": 2048, "fallback": False},
        {"ratio": "16_9", "url": None, "width": 9999},
        None,
    ]
    (act,) = row(**billing(attraction("X", images=images)))["performers"]
    assert act["image_url"] == "wide"
    (act,) = row(**billing(attraction("X", images="none")))["performers"]
    assert act["image_url"] is None


@pytest.mark.parametrize(
    "location",
    [
        {"latitude": "0", "longitude": "0"},
        {"latitude": "-73.75", "longitude": "42.65"},
        {"latitude": "42.65", "longitude": "73.75"},
        {"latitude": "42.65"},
        "here",
        None,
    ],
)
def test_a_place_that_is_not_in_the_us_is_not_known_and_loses_no_show(location):
    found = row(**at_venue(location=location))
    assert (found["latitude"], found["longitude"]) == (None, None)


def test_a_venue_without_a_name_is_to_be_announced():
    assert row(**at_venue(name=None))["venue_name"] == "Venue to be announced"
    assert row(**at_venue(address=None, city=None, postalCode=None))["venue_city"] is None


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ({"_embedded": {}}, "None is not a US state"),
        (at_venue(state={"stateCode": "ON"}), "'ON' is not a US state"),
        (at_venue(country={"countryCode": "CA"}), "the venue lies in 'CA', not in the US"),
        (at_venue(state={"stateCode": "NJ"}), "the venue lies in 'NJ', not in NY"),
        ({"id": None}, "it has no id"),
    ],
)
def test_what_is_nowhere_in_the_state_is_set_aside(keys, said):
    assert reason(**keys) == said


def test_an_event_without_a_title_is_set_aside():
    assert "title" in reason(name=None)


@pytest.mark.parametrize(
    ("printed", "title"),
    [
        ("  Paper Lantern ", "Paper Lantern"),
        ("Kettle &amp; Moss", "Kettle & Moss"),
        ("BeyoncÃ© Tribute", "Beyoncé Tribute"),
        ("Fall â€” Winter", "Fall — Winter"),
        ("Sigur RÃ³s", "Sigur Rós"),
        ("雨後茶館".encode().decode("latin-1"), "雨後茶館"),
        # As they should be.
        ("Beyoncé", "Beyoncé"),
        ("Ätna", "Ätna"),
        ("雨後茶館", "雨後茶館"),
        ("naïve Ã", "naïve Ã"),
    ],
)
def test_titles_are_read_as_they_were_meant(printed, title):
    assert row(name=printed)["title"] == title


def test_an_event_that_comes_twice_is_one_row_and_the_later_one():
    rows = read(document(), document(name="Paper Lantern - CANCELLED"))
    assert rows.good["status"].to_list() == ["cancelled"]


def test_every_column_source_is_a_column_of_the_table():
    assert set(COLUMN_SOURCES) <= set(RawEvents.column_names())


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=6,
)


def _paths(value, path=()):
    yield path
    keys = value if isinstance(value, dict) else range(len(value) if isinstance(value, list) else 0)
    for key, item in ((key, value[key]) for key in keys):
        yield from _paths(item, (*path, key))


@given(path=st.sampled_from(sorted(filter(None, _paths(document())), key=str)), value=_JSON)
def test_no_field_of_any_type_breaks_the_reading(path, value):
    spoilt = copy.deepcopy(document())
    *parents, last = path
    holder = spoilt
    for key in parents:
        holder = holder[key]
    holder[last] = value
    rows = read(spoilt, document(id="whole"))
    assert rows.good.height + rows.rejected.height == 2
    assert "whole" in rows.good["event_id"].to_list()


@given(value=_JSON)
def test_what_is_no_event_is_set_aside(value):
    rows = read(value)
    assert (rows.good.height, rows.rejected.height) == (0, 1)


def in_canada(**keys):
    """An event of Ontario."""
    venue = {"state": {"stateCode": "ON"}, "country": {"countryCode": "CA"}}
    location = {"latitude": "47.56", "longitude": "-52.71"}
    return document(**at_venue(**{**venue, "location": location, **keys}))


def test_an_event_of_a_province_is_taken_where_that_is_asked_for():
    found = read(in_canada(), state="ON").good.row(0, named=True)
    assert (found["state"], found["latitude"]) == ("ON", 47.56)


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ({"country": {"countryCode": "US"}}, "the venue lies in 'US', not in Canada"),
        ({"state": {"stateCode": "NY"}}, "'NY' is not a Canadian province"),
        ({"state": {"stateCode": "QC"}}, "the venue lies in 'QC', not in ON"),
    ],
)
def test_what_is_elsewhere_is_set_aside_of_a_province_too(keys, said):
    assert read(in_canada(**keys), state="ON").rejected["reason"].to_list() == [said]


@pytest.mark.parametrize(
    ("currency", "lowest"), [({"currency": "CAD"}, None), ({}, None), ({"currency": "USD"}, 20.0)]
)
def test_prices_in_another_currency_are_none_in_dollars(currency, lowest):
    event = {**in_canada(), "priceRanges": [{"min": 20.0, "max": 30.0, **currency}]}
    assert read(event, state="ON").good["lowest_price"].item() == lowest


def test_a_state_of_an_operator_s_own_country_is_found_by_its_local_code(made_up_country):
    venue = {"state": {"stateCode": "NB"}, "country": {"countryCode": made_up_country.code}}
    found = read(document(**at_venue(**venue)), state="QZ-NB")
    assert found.good["state"].item() == "QZ-NB"
