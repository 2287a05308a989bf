from __future__ import annotations

import copy
import json
import math
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from showlist_assets.domain.events.billing import expand_artists
from showlist_assets.domain.tables.registry import TABLES
from showlist_assets.sources import event_documents
from showlist_assets.sources.seatgeek.reader import COLUMN_SOURCES, SOURCE
from showlist_assets_tests.rows import shows_of_listings
from showlist_assets_tests.shared_data import shared
from showlist_assets_tests.sources.seatgeek.documents import document, performer, read

RECORDINGS = [
    "event-200.2017.json",
    "event_2021_demo.json",
    "events-200.2017.json",
    "events_2019-05_p1_10_sports.json",
    "events_2020-03_p1_10_mixed.json",
    "events_2021-07_sample.json",
    "events_2022-09_india_shawn.json",
    "handle_response_seatshare.json",
]


def row(**keys):
    """The one good row of an event document."""
    rows = read(document(**keys))
    assert rows.rejected.is_empty(), rows.rejected["reason"].to_list()
    return rows.good.row(0, named=True)


@pytest.mark.parametrize("file", RECORDINGS)
def test_every_recorded_event_ends_as_a_row_or_is_set_aside_with_a_reason(file):
    page = json.loads(shared(f"data/fixtures/seatgeek/{file}").read_text(encoding="utf-8"))
    documents = page.get("events", [page])
    rows = read(*documents, state=None)
    assert rows.good.height + rows.rejected.height == len(documents)
    concerts = [each for each in documents if each["type"] == "concert"]
    in_the_us = [each for each in concerts if each["venue"].get("state")]
    assert rows.good.height == len(in_the_us)
    assert all(reason.strip() for reason in rows.rejected["reason"])


def test_the_recorded_concert_without_a_time_has_its_local_date_and_no_start():
    path = shared("data/fixtures/seatgeek/events_2022-09_india_shawn.json")
    page = json.loads(path.read_text(encoding="utf-8"))
    found = read(*page["events"]).good.row(0, named=True)
    assert found["local_date"] == date(2022, 9, 29)
    assert found["starts_at"] is None
    assert found["starts_at_local"] is None
    assert found["title"] == "India Shawn"
    assert [one["name"] for one in found["performers"]] == ["India Shawn"]


def test_a_document_gives_every_column():
    found = row()
    assert found["event_id"] == "4711"
    assert found["starts_at"] == datetime(2026, 12, 5, 1, tzinfo=UTC)
    assert found["starts_at_local"].isoformat() == "2026-12-04T20:00:00"
    assert found["local_date"] == date(2026, 12, 4)
    assert (found["lowest_price"], found["average_price"]) == (20.0, 31.5)
    assert (found["venue_name"], found["venue_city"], found["state"]) == (
        "The Boiler Room", "Albany", "NY",
    )  # fmt: skip
    assert (found["latitude"], found["longitude"]) == (42.65, -73.75)
    assert found["announced_at"] == datetime(2026, 9, 1, tzinfo=UTC)


def test_a_capacity_of_zero_is_not_known():
    assert row()["venue_capacity"] is None


@pytest.mark.parametrize("flags", [{"time_tbd": True}, {"datetime_tbd": True}, {}])
def test_the_placeholder_of_half_past_three_is_never_shown(flags):
    found = row(datetime_local="2026-12-04T03:30:00", datetime_utc="2026-12-04T08:30:00", **flags)
    assert (found["starts_at"], found["starts_at_local"]) == (None, None)
    assert found["local_date"] == date(2026, 12, 4)


def test_a_date_that_is_not_announced_has_neither_date_nor_time():
    found = row(date_tbd=True)
    assert [found[key] for key in ("starts_at", "starts_at_local", "local_date")] == [None] * 3


@pytest.mark.parametrize(
    ("printed", "status"),
    [
        ("normal", "scheduled"),
        ("canceled", "cancelled"),
        ("Cancelled", "cancelled"),
        ("postponed", "postponed"),
        ("rescheduled", "rescheduled"),
        ("contingent", "scheduled"),
        (None, "scheduled"),
    ],
)
def test_the_status_is_told_and_an_unknown_one_leaves_the_show_on(printed, status):
    assert row(status=printed)["status"] == status


@pytest.mark.parametrize(
    ("stats", "price"),
    [
        ({"lowest_price": "24.50"}, 24.5),
        ({"lowest_price": "free"}, None),
        ({"lowest_price": -5}, None),
        ({"lowest_price": True}, None),
        ({"lowest_price": "NaN"}, None),
        ({"lowest_price": float("inf")}, None),
        ({"lowest_price": 10**400}, None),
        ({"lowest_price": [20]}, None),
        ({}, None),
        ([], None),
    ],
)
def test_a_price_is_a_number_or_not_known(stats, price):
    assert row(stats=stats)["lowest_price"] == price


@pytest.mark.parametrize("score", [834, -1, "high"])
def test_a_score_off_the_scale_is_not_known_and_loses_no_show(score):
    found = row(score=score, performers=[performer("Tin Sparrow", score=score)])
    assert found["event_score"] is None
    assert found["performers"][0]["score"] is None


def at_venue(**keys):
    return {"venue": document()["venue"] | keys}


@pytest.mark.parametrize(
    "location",
    [
        {"lat": 420, "lon": "-73.75"},
        {"lat": 0, "lon": 0},
        {"lat": -73.75, "lon": 42.65},
        {"lat": 42.65, "lon": 73.75},
        {"lat": 42.65, "lon": None},
        {"lon": -73.75},
    ],
)
def test_a_place_that_is_not_in_the_us_is_not_known_and_loses_no_show(location):
    found = row(**at_venue(location=location))
    assert (found["latitude"], found["longitude"]) == (None, None)


@pytest.mark.parametrize("country", ["US", "us ", "U.S.A.", "United States", None, "", ["US"]])
def test_a_venue_in_the_us_counts_and_so_does_one_in_no_country(country):
    assert row(**at_venue(country=country))["state"] == "NY"


@pytest.mark.parametrize(("state", "country"), [("DE", "Germany"), ("CA", "Canada"), ("DE", "DE")])
def test_a_state_of_another_country_is_no_us_state(state, country):
    rows = read(document(**at_venue(state=state, country=country)), state=state)
    assert rows.good.is_empty()
    assert rows.rejected["reason"].item() == f"the venue lies in {country!r}, not in the US"


def test_escapes_in_whatever_people_read_are_decoded_once():
    found = row(
        title="Owl &amp; Fox &#8211; Live",
        performers=[performer("Owl%20%26%20Fox", genres=[{"name": "R&amp;B"}])],
        **at_venue(name="Fox&#39;s &amp;amp; Den", city="Coeur d&#39;Alene", address="1 A%20St"),
    )
    assert found["title"] == "Owl & Fox \u2013 Live"
    assert found["performers"][0]["name"] == "Owl & Fox"
    assert found["performers"][0]["genres"] == ["R&B"]
    assert found["venue_name"] == "Fox's &amp; Den"
    assert (found["venue_city"], found["venue_address"]) == ("Coeur d'Alene", "1 A St")


@pytest.mark.parametrize("nothing", ["None", "null", "N/A", "", None])
def test_the_word_of_a_program_that_had_nothing_to_print_is_no_place(nothing):
    found = row(**at_venue(name=nothing, city=nothing, address=nothing, postal_code=nothing))
    assert found["venue_name"] == "Venue to be announced"
    assert [found[f"venue_{part}"] for part in ("city", "address", "postal_code")] == [None] * 3


def test_a_notice_in_the_title_is_the_status_and_the_title_stays_as_printed():
    found = row(title="[CANCELED] Paper Lantern")
    assert (found["status"], found["title"]) == ("cancelled", "[CANCELED] Paper Lantern")


def test_an_act_whose_name_looks_like_a_notice_is_on():
    found = row(title="Postponed - Live", performers=[performer("Postponed", primary=True)])
    assert found["status"] == "scheduled"


def test_a_local_date_that_is_missing_comes_from_utc_and_the_zone():
    found = row(datetime_local=None)
    assert found["local_date"] == date(2026, 12, 4)
    assert found["starts_at_local"].isoformat() == "2026-12-04T20:00:00"


def test_a_placeholder_time_in_utc_alone_is_still_one():
    found = row(datetime_local=None, datetime_utc="2026-12-04T08:30:00")
    assert found["local_date"] == date(2026, 12, 4)
    assert (found["starts_at"], found["starts_at_local"]) == (None, None)


@pytest.mark.parametrize("zone", [None, "America", "America/Gotham", "../UTC", 3])
def test_without_a_zone_a_missing_local_date_is_not_known(zone):
    found = row(datetime_local=None, **at_venue(timezone=zone))
    assert (found["local_date"], found["starts_at_local"]) == (None, None)
    assert found["starts_at"] == datetime(2026, 12, 5, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("end", "ends_at", "last_date"),
    [
        ("2026-12-07T04:30:00", datetime(2026, 12, 7, 4, 30, tzinfo=UTC), date(2026, 12, 6)),
        # Midnight, and four in the morning: still the evening before.
        ("2026-12-06T05:00:00", datetime(2026, 12, 6, 5, tzinfo=UTC), date(2026, 12, 5)),
        ("2026-12-05T09:00:00", datetime(2026, 12, 5, 9, tzinfo=UTC), None),
        ("2026-12-05T03:00:00", datetime(2026, 12, 5, 3, tzinfo=UTC), None),
        ("2026-12-04T03:00:00", None, None),
        ("2027-12-04T03:00:00", None, None),
        ("9999-12-31T23:59:59", None, None),
        ("soon", None, None),
        (None, None, None),
    ],
)
def test_an_end_tells_the_last_day_unless_it_cannot_be_one(end, ends_at, last_date):
    found = row(enddatetime_utc=end)
    assert (found["ends_at"], found["last_date"]) == (ends_at, last_date)


def test_the_last_day_is_known_without_a_zone_and_without_a_time():
    end = "2026-12-07T04:30:00"
    assert row(enddatetime_utc=end, **at_venue(timezone=None))["last_date"] == date(2026, 12, 6)
    assert row(enddatetime_utc=end, time_tbd=True)["last_date"] == date(2026, 12, 6)
    assert row(enddatetime_utc=end, date_tbd=True)["last_date"] is None


@pytest.mark.parametrize(
    ("links", "artist_id"),
    [
        ([{"provider": "spotify", "id": "spotify:artist:" + "4" * 22, "url": "x"}], "4" * 22),
        (
            [
                {"provider": "lastfm", "url": "http://last.fm/x"},
                {"provider": "spotify", "url": "http://open.spotify.com/artist/" + "a1" * 11},
            ],
            "a1" * 11,
        ),
        ([{"provider": "spotify", "url": "http://open.spotify.com/artist/short"}], None),
        ([], None),
        ("spotify", None),
        ([None, 3], None),
        (None, None),
    ],
)
def test_a_spotify_link_is_read_in_its_documented_form(links, artist_id):
    found = row(performers=[performer("Tin Sparrow", links=links)])
    assert found["performers"][0]["spotify_artist_id"] == artist_id


def test_the_primary_performer_comes_first_and_the_rest_in_order():
    found = row(performers=[performer("One"), performer("Two"), performer("Three", primary=True)])
    assert [one["name"] for one in found["performers"]] == ["Three", "One", "Two"]


def test_the_primary_genre_comes_first():
    genres = [{"name": "Pop"}, {"name": "Rock", "primary": True}, {"id": 3}, "Jazz"]
    assert row(performers=[performer("One", genres=genres)])["performers"][0]["genres"] == [
        "Rock", "Pop",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("given_document", "reason"),
    [
        (document(type="theater"), "not a concert but 'theater'"),
        (document(type=None), "not a concert but None"),
        (document(venue=None), "None is not a US state"),
        (document(venue=document()["venue"] | {"state": "ON"}), "'ON' is not a US state"),
        (document(venue=document()["venue"] | {"state": ["NY"]}), "None is not a US state"),
        (document(venue=document()["venue"] | {"state": "NJ"}), "lies in 'NJ', not in NY"),
        (document(id=None), "it has no id"),
        (document(title=None), "title must not be empty"),
        ("an event", "not an event object"),
        (None, "not an event object"),
    ],
)
def test_what_is_no_concert_of_the_state_is_set_aside_with_the_reason(given_document, reason):
    rows = read(given_document)
    assert rows.good.is_empty()
    assert reason in rows.rejected["reason"].item()
    assert rows.rejected["state"].item() == "NY"


def test_two_events_without_an_id_are_two_rejected_rows():
    assert read(document(id=None), document(id=None)).rejected.height == 2


def test_an_event_that_a_shifting_page_repeats_counts_once_in_its_newest_form():
    rows = read(document(), document(id=1), document(title="Moved"))
    assert rows.good.select("event_id", "title").rows() == [
        ("1", "Paper Lantern with Tin Sparrow"),
        ("4711", "Moved"),
    ]
    assert rows.rejected.is_empty()


def test_half_of_a_surrogate_pair_in_a_name_loses_nothing():
    found = row(title=json.loads('"Tin \\ud83d Sparrow"'))
    assert found["title"] == "Tin ? Sparrow"


JUNK = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=8),
    st.lists(st.integers(), max_size=2),
    st.dictionaries(st.sampled_from(["id", "name", "lat", "state"]), st.text(max_size=3)),
)


def places(value, path=()):
    """Paths to every value inside a document."""
    children = value.items() if isinstance(value, dict) else enumerate(value)
    for key, child in children:
        yield (*path, key)
        if isinstance(child, (dict, list)):
            yield from places(child, (*path, key))


CHANGES = st.lists(st.tuples(st.sampled_from(list(places(document()))), JUNK), max_size=4)


def changed(number, changes):
    """An event with some of its values replaced."""
    odd = copy.deepcopy(document(id=number))
    for path, value in changes:
        target = odd
        try:
            for key in path[:-1]:
                target = target[key]
            target[path[-1]] = value
        except (KeyError, IndexError, TypeError):
            continue  # an earlier change took the place away
    return odd


# Each example costs about 30 ms, however many documents it holds.
@given(st.lists(CHANGES, max_size=20))
def test_whatever_stands_in_a_document_it_is_a_row_or_set_aside(changes):
    odd = [changed(number, each) for number, each in enumerate(changes)]
    rows = read(document(id="untouched"), *odd)
    distinct = {str(each.get("id")).strip() for each in odd}
    assert len(distinct) < rows.good.height + rows.rejected.height <= len(odd) + 1
    assert "untouched" in rows.good["event_id"]
    TABLES["expanded_artists"].validate(expand_artists(shows_of_listings(rows.good)))


# What ``json.loads`` can return and no table can hold.
NASTY = [
    math.nan,
    math.inf,
    10**400,
    "\ud83d",
    "1e400",
    "1" * 5000,
    True,
    [[[]]],
    {"a": {}},
]


@pytest.mark.parametrize("number", range(len(NASTY)))
def test_nothing_in_any_place_of_a_document_makes_the_reader_stumble(number):
    odd = [changed(str(at), [(path, NASTY[number])]) for at, path in enumerate(places(document()))]
    rows = read(document(id="untouched"), *odd)
    assert "untouched" in rows.good["event_id"]
    assert rows.good.height > len(odd) // 2


WHOLE = document(
    short_title="Paper Lantern",
    datetime_tbd=False,
    venue=document()["venue"]
    | {"name_v2": "Boiler Room", "address": "1 Main St", "postal_code": "12207", "capacity": 300},
    stats={
        "lowest_price": 20,
        "average_price": 31.5,
        "median_price": 30,
        "highest_price": 90,
        "listing_count": 12,
    },
)
# Another value of the same kind, for fields that junk alone would get set aside.
OTHERWISE = {"venue.state": "NJ", "type": "music_festival", "id": 1, "status": "postponed"}


def with_field(path, value):
    changed_document = copy.deepcopy(WHOLE)
    *parents, last = path.split(".")
    target = changed_document
    for parent in parents:
        target = target[parent]
    target[last] = value
    return changed_document


def changed_columns(path, value):
    before, after = (
        read(one, state=None).good.row(0, named=True) for one in (WHOLE, with_field(path, value))
    )
    return {name for name in before if before[name] != after[name]}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        *OTHERWISE.items(),
        ("title", "Another"),
        ("url", "https://seatgeek.com/another"),
        ("score", 0.9),
        ("announce_date", "2026-08-01T00:00:00"),
        ("datetime_utc", "2026-12-06T01:00:00"),
        ("datetime_local", "2026-12-05T20:00:00"),
        ("datetime_local", "2026-12-04T03:30:00"),
        ("time_tbd", True),
        ("date_tbd", True),
        ("datetime_tbd", True),
        ("performers", [performer("Another")]),
        ("venue.timezone", "America/Chicago"),
        ("enddatetime_utc", "2026-12-07T04:30:00"),
        ("venue.id", 10),
        ("venue.name", "Another"),
        ("venue.address", "2 Main St"),
        ("venue.city", "Troy"),
        ("venue.postal_code", "12180"),
        ("venue.capacity", 400),
        ("venue.location.lat", 43),
        ("venue.location.lon", -74),
        ("stats.lowest_price", 21),
        ("stats.average_price", 32),
        ("stats.median_price", 31),
        ("stats.highest_price", 91),
        ("stats.listing_count", 13),
    ],
)
def test_the_lineage_names_the_columns_that_a_field_changes(path, value):
    said = {column for column, fields in COLUMN_SOURCES.items() if path in fields}
    changed_ones = changed_columns(path, value)
    assert changed_ones
    assert changed_ones <= said


@pytest.mark.parametrize(
    ("column", "instead"), [("title", "short_title"), ("venue_name", "venue.name_v2")]
)
def test_a_second_field_stands_in_where_the_first_is_empty(column, instead):
    first = COLUMN_SOURCES[column][0]
    found = read(with_field(first, " ")).good.row(0, named=True)[column]
    assert COLUMN_SOURCES[column] == (first, instead)
    assert found == {"title": "Paper Lantern", "venue_name": "Boiler Room"}[column]


def test_every_column_but_the_reader_s_own_has_a_field_that_it_comes_from():
    columns = TABLES["raw_events"].columns().keys()
    assert columns - COLUMN_SOURCES.keys() == {
        "source", "platform", "is_resale", "fetched_at",
        # SeatGeek tells of no doors.
        "doors_at_local",
    }  # fmt: skip
    assert COLUMN_SOURCES.keys() <= columns


def test_a_show_says_which_source_it_is_from():
    assert row()["source"] == SOURCE


def test_documents_are_read_some_at_a_time_and_go_as_they_are_taken(monkeypatch):
    told = [document(id=number, title=f"Show {number}") for number in (1, 2, 1)]
    told[2]["title"] = "Show 1, later"
    at_once = read(*told)
    monkeypatch.setattr(event_documents, "_AT_ONCE", 1)
    left = list(told)
    taken = event_documents.handed_over(left)
    assert [next(taken), len(left)] == [told[0], 2]
    some_at_a_time = read(told[0], *taken)
    assert left == []
    assert some_at_a_time.good.equals(at_once.good)
    assert at_once.good["title"].to_list() == ["Show 2", "Show 1, later"]
