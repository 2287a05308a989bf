from __future__ import annotations

import copy
import json
from datetime import UTC, date, datetime, timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from showlist_assets.domain.events import billing as events
from showlist_assets.domain.tables.schemas import TABLES, RejectedRows, polars_schema
from showlist_assets_tests.rows import NOW, TODAY, frame
from showlist_assets_tests.shared_data import shared

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


def document(**keys):
    """An event as SeatGeek prints it, with some keys replaced; None removes a key."""
    event = {
        "id": 4711,
        "type": "concert",
        "title": "Paper Lantern with Tin Sparrow",
        "status": "normal",
        "datetime_local": "2026-12-04T20:00:00",
        "datetime_utc": "2026-12-05T01:00:00",
        "date_tbd": False,
        "time_tbd": False,
        "score": 0.4,
        "url": "https://seatgeek.com/paper-lantern",
        "announce_date": "2026-09-01T00:00:00",
        "stats": {"lowest_price": 20, "average_price": 31.5, "listing_count": 12},
        "performers": [performer("Paper Lantern", primary=True), performer("Tin Sparrow")],
        "venue": {
            "id": 9,
            "name": "The Boiler Room",
            "city": "Albany",
            "state": "NY",
            "timezone": "America/New_York",
            "capacity": 0,
            "location": {"lat": 42.65, "lon": -73.75},
        },
    }
    return {key: value for key, value in (event | keys).items() if value is not None}


def performer(name, **keys):
    return {"id": len(name), "name": name, "type": "band", "score": 0.3, **keys}


def read(*documents, state="NY"):
    rows = events.raw_events_from_seatgeek(documents, state=state, fetched_at=NOW)
    TABLES["raw_events"].validate(rows.good)
    RejectedRows.validate(rows.rejected)
    return rows


def row(**keys):
    """The one good row of an event document."""
    rows = read(document(**keys))
    assert rows.rejected.is_empty(), rows.rejected["reason"].to_list()
    return rows.good.row(0, named=True)


def bill(*names, kind="concert", title="Tonight", venue_name="The Boiler Room"):
    """The expanded rows of an event with these performers (names, or performer documents)."""
    performers = [performer(one) if isinstance(one, str) else one for one in names]
    venue = document()["venue"] | {"name": venue_name}
    given_event = document(type=kind, title=title, performers=performers, venue=venue)
    return events.expand_artists(read(given_event).good)


def kind_of(name, **event):
    return bill(name, **event).filter(performer_name=name)["act_kind"].item()


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


def test_a_place_off_the_globe_is_not_known_and_loses_no_show():
    found = row(venue=document()["venue"] | {"location": {"lat": 420, "lon": "-73.75"}})
    assert (found["latitude"], found["longitude"]) == (None, -73.75)


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
@settings(max_examples=40, deadline=None)
@given(st.lists(CHANGES, max_size=20))
def test_whatever_stands_in_a_document_it_is_a_row_or_set_aside(changes):
    odd = [changed(number, each) for number, each in enumerate(changes)]
    rows = read(document(id="untouched"), *odd)
    distinct = {str(each.get("id")).strip() for each in odd}
    assert len(distinct) < rows.good.height + rows.rejected.height <= len(odd) + 1
    assert "untouched" in rows.good["event_id"]
    TABLES["expanded_artists"].validate(events.expand_artists(rows.good))


def test_an_event_is_expanded_to_one_row_per_performer():
    expanded = events.expand_artists(read(document()).good)
    assert expanded.select("performer_name", "billing", "role").rows() == [
        ("Paper Lantern", 1, "headliner"),
        ("Tin Sparrow", 2, "support"),
    ]
    assert set(expanded["show_id"]) == {"seatgeek-4711"}


def test_one_act_has_one_key_however_it_is_spelled_and_counts_once_on_a_bill():
    expanded = bill("BEYONCÉ", "Tin Sparrow", "Beyoncé")
    assert expanded["performer_name"].to_list() == ["BEYONCÉ", "Tin Sparrow"]
    assert bill("Beyonce")["performer_key"].item() == expanded["performer_key"][0]


def test_an_event_without_performers_is_known_by_its_title():
    expanded = bill(title="Paper Lantern")
    assert expanded.select("performer_name", "role", "act_kind").row(0) == (
        "Paper Lantern", "headliner", "artist",
    )  # fmt: skip


def test_the_festival_that_poses_as_a_performer_comes_last_and_the_first_act_headlines():
    listed = performer("Harbour Days", primary=True)
    expanded = bill(
        listed, "Tin Sparrow", "Paper Lantern", kind="music_festival", title="Harbour Days 2026"
    )
    assert expanded.select("performer_name", "act_kind", "role").rows() == [
        ("Tin Sparrow", "artist", "headliner"),
        ("Paper Lantern", "artist", "support"),
        ("Harbour Days", "festival", "support"),
    ]


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Paper Lantern", "artist"),
        ("Boulder Jazz Festival", "festival"),
        ("Levitation Fest 2026", "festival"),
        ("Festival of Dead Deer", "artist"),
        ("Grant Park Festival Orchestra", "artist"),
        ("Manifest", "artist"),
        ("Special Guests", "other"),
        ("TBA", "other"),
        ("Opening act to be announced", "other"),
        ("The Boiler Room", "other"),
        ("Zoso - A Tribute to Led Zeppelin", "tribute"),
        ("The Music of Hans Zimmer", "tribute"),
        ("Celebrating the Music of Prince", "tribute"),
        ("Distributed", "artist"),
    ],
)
def test_a_name_on_a_bill_is_told_apart(name, kind):
    assert kind_of(name) == kind


def test_a_performer_the_source_calls_a_festival_or_a_play_is_no_artist():
    expanded = bill(
        performer("Harbour Days", type="music_festival"), performer("Hamlet", type="theater")
    )
    assert expanded["act_kind"].to_list() == ["festival", "other"]


def test_a_band_alone_at_a_festival_named_after_it_is_still_an_artist():
    assert kind_of("Paper Lantern", kind="music_festival", title="Paper Lantern & Friends") == (
        "artist"
    )


NAMES = st.one_of(
    st.sampled_from(
        [
            "Beyoncé",
            "BEYONCÉ",
            "The Boiler Room",
            "TBA",
            "Harbour Fest",
            "!!!",
            "Tribute to Us",
            "X",
        ]
    ),
    st.text(min_size=1, max_size=6),
)
PERFORMERS = st.builds(
    performer,
    NAMES,
    type=st.sampled_from(["band", "music_festival", "theater"]),
    primary=st.booleans(),
)
BILLS = st.lists(st.lists(PERFORMERS, max_size=6), min_size=1, max_size=6)


@settings(max_examples=40, deadline=None)
@given(BILLS, st.sampled_from(["concert", "music_festival"]))
def test_every_show_has_one_row_per_key_one_headliner_and_billing_without_gaps(bills, kind):
    shows = [document(id=n, type=kind, performers=each) for n, each in enumerate(bills)]
    expanded = events.expand_artists(read(*shows).good)
    TABLES["expanded_artists"].validate(expanded)
    assert expanded.select("show_id", "performer_key").is_unique().all()
    assert expanded["show_id"].n_unique() == len(bills)
    for _, rows in expanded.group_by("show_id"):
        assert rows["billing"].to_list() == list(range(1, rows.height + 1))
        assert rows["role"].to_list() == ["headliner"] + ["support"] * (rows.height - 1)


def test_no_events_are_no_rows_with_all_columns():
    rows = read()
    assert events.expand_artists(rows.good).schema == polars_schema(TABLES["expanded_artists"])


def test_new_gone_and_moved_events_are_counted_and_past_ones_are_over():
    past = TODAY - timedelta(days=1)
    before = frame(
        "raw_events",
        {"event_id": "stays"},
        {"event_id": "gone"},
        {"event_id": "moved"},
        {"event_id": "gets a date", "local_date": None},
        {"event_id": "over", "local_date": past},
    )
    after = frame(
        "raw_events",
        {"event_id": "stays"},
        {"event_id": "new"},
        {"event_id": "moved", "local_date": date(2027, 1, 9)},
        {"event_id": "gets a date"},
    )
    assert events.changes(before, after, today=TODAY) == {
        "new_events": 1,
        "gone_events": 1,
        "moved_events": 2,
    }
    assert events.changes(after, after, today=TODAY) == dict.fromkeys(
        ("new_events", "gone_events", "moved_events"), 0
    )
    assert events.changes(pl.DataFrame(schema=after.schema), after, today=TODAY)["new_events"] == 4
