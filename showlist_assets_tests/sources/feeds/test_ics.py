"""Calendars in iCalendar form, as programs write them."""

from __future__ import annotations

import contextlib
import time
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from showlist_assets.domain.events.show_decisions import (
    forget_entry,
    join_entry,
    listing_id,
    parse_show_decisions,
)
from showlist_assets.sources.feeds.entries import Entry, Reading, UnreadableError
from showlist_assets.sources.feeds.reader import read_entries
from showlist_assets_tests.sources.feeds.documents import (
    SINCE,
    calendar,
    entry,
    feed,
    good,
    read,
    reason,
    row,
)


def starts(content, **fields):
    return [f"{one:%m-%d %H:%M}" for one in good(content, **fields)["starts_at_local"].sort()]


def test_an_entry_gives_every_column_that_it_or_its_feed_tells():
    found = row(
        calendar(entry("URL:https://room.example/1", "STATUS:CONFIRMED", "DTEND:20261204T230000")),
        address="1 Main St", postal_code="12207", latitude=42.65, longitude=-73.75, capacity=300,
    )  # fmt: skip
    assert (found["source"], found["platform"], found["event_id"]) == ("feeds", "room", "room:1")
    assert (found["title"], found["kind"], found["status"]) == (
        "Paper Lantern", "concert", "scheduled",
    )  # fmt: skip
    assert found["starts_at"] == datetime(2026, 12, 5, 1, tzinfo=UTC)
    assert found["starts_at_local"].isoformat() == "2026-12-04T20:00:00"
    assert found["ends_at"] == datetime(2026, 12, 5, 4, tzinfo=UTC)
    assert (found["local_date"], found["last_date"]) == (date(2026, 12, 4), None)
    assert (found["venue_name"], found["venue_city"], found["state"]) == (
        "The Room",
        "Albany",
        "NY",
    )
    assert (found["venue_address"], found["venue_postal_code"]) == ("1 Main St", "12207")
    assert (found["latitude"], found["longitude"], found["venue_capacity"]) == (42.65, -73.75, 300)
    assert (found["ticket_url"], found["is_resale"]) == ("https://room.example/1", False)
    assert found["performers"] == []


@pytest.mark.parametrize(
    "start",
    [
        ":20261204T200000",  # floating: the venue's own clock
        ";TZID=America/New_York:20261204T200000",
        ";TZID=Eastern Standard Time:20261204T200000",  # as Outlook names it
        ":20261205T010000Z",
        ";TZID=America/Los_Angeles:20261204T170000",
        ";TZID=Nowhere/At all:20261204T200000",
    ],
)
def test_a_time_is_the_same_in_whatever_zone_it_is_written(start):
    found = row(calendar(entry(start=start)))
    assert found["starts_at"] == datetime(2026, 12, 5, 1, tzinfo=UTC)
    assert found["starts_at_local"].isoformat() == "2026-12-04T20:00:00"
    assert found["local_date"] == date(2026, 12, 4)


def test_a_zone_that_the_calendar_defines_itself_counts():
    zone = (
        "BEGIN:VTIMEZONE\r\nTZID:House time\r\nBEGIN:STANDARD\r\nDTSTART:19701101T020000\r\n"
        "TZOFFSETFROM:-0500\r\nTZOFFSETTO:-0600\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n"
    )
    found = row(calendar(zone, entry(start=";TZID=House time:20261204T190000")))
    assert found["starts_at"] == datetime(2026, 12, 5, 1, tzinfo=UTC)


def test_a_feed_s_own_zone_wins_over_that_of_its_state():
    found = row(calendar(entry()), state="TX", city="El Paso", timezone="America/Denver")
    assert found["venue_timezone"] == "America/Denver"
    assert found["starts_at"] == datetime(2026, 12, 5, 3, tzinfo=UTC)


def test_an_entry_of_the_whole_day_has_a_date_and_no_time():
    found = row(calendar(entry("DTEND;VALUE=DATE:20261205", start=";VALUE=DATE:20261204")))
    assert (found["starts_at"], found["starts_at_local"]) == (None, None)
    assert (found["local_date"], found["last_date"]) == (date(2026, 12, 4), None)


@pytest.mark.parametrize(
    ("lines", "start", "last"),
    [
        # The end of a whole-day entry is the day after its last.
        (["DTEND;VALUE=DATE:20261207"], ";VALUE=DATE:20261204", date(2026, 12, 6)),
        (["DURATION:P2D"], ";VALUE=DATE:20261204", date(2026, 12, 5)),
        (["DTEND:20261206T230000"], ":20261204T180000", date(2026, 12, 6)),
        (["DTEND:20261205T020000"], ":20261204T200000", None),  # till two in the morning
        (["DURATION:PT3H"], ":20261204T200000", None),
        (["DTEND:20261203T200000"], ":20261204T200000", None),  # before it begins
        (["DTEND:20270604T200000"], ":20261204T200000", None),  # a season
        (["DTEND:2026-12-06"], ":20261204T200000", None),
    ],
)
def test_an_end_on_another_day_is_the_last_day(lines, start, last):
    assert row(calendar(entry(*lines, start=start)))["last_date"] == last


@pytest.mark.parametrize(
    ("lines", "title", "status"),
    [
        (["STATUS:CANCELLED"], "Paper Lantern", "cancelled"),
        ([], "[CANCELLED] Paper Lantern", "cancelled"),
        ([], "Paper Lantern - POSTPONED", "postponed"),
        (["STATUS:TENTATIVE"], "Paper Lantern", "scheduled"),
    ],
)
def test_what_is_off_says_so_by_its_status_or_its_title(lines, title, status):
    assert row(calendar(entry(*lines, title=title)))["status"] == status


def test_a_calendar_that_was_sent_to_call_off_calls_all_off():
    assert row(calendar(entry(), head="METHOD:CANCEL\r\n"))["status"] == "cancelled"


def test_a_weekly_entry_is_there_every_week_at_the_same_hour_over_the_change_of_clocks():
    weekly = entry("RRULE:FREQ=WEEKLY;COUNT=30", start=";TZID=America/New_York:20261106T200000")
    rows = good(calendar(weekly))
    assert set(rows["starts_at_local"].dt.hour()) == {20}
    # To UTC it is five hours in winter, four from the second Sunday of March on.
    hours = dict(zip(rows["local_date"], rows["starts_at"].dt.hour(), strict=True))
    assert (hours[date(2027, 3, 12)], hours[date(2027, 3, 19)]) == (1, 0)


def test_exceptions_of_a_series_are_left_out_moved_or_off():
    series = entry(
        "RRULE:FREQ=WEEKLY;UNTIL=20261226T235959Z",
        "EXDATE;TZID=America/New_York:20261204T200000",
        "RDATE;TZID=America/New_York:20261216T190000",
        start=";TZID=America/New_York:20261106T200000",
    )
    moved = entry(
        "RECURRENCE-ID;TZID=America/New_York:20261211T200000",
        start=";TZID=America/New_York:20261212T210000",
        title="Paper Lantern (late)",
    )
    off = entry(
        "RECURRENCE-ID:20261219T010000Z",
        "STATUS:CANCELLED",
        start=";TZID=America/New_York:20261218T200000",
    )
    rows = good(calendar(series, moved, off))
    found = {
        one["event_id"]: (f"{one['starts_at_local']:%m-%d %H}", one["status"], one["title"])
        for one in rows.iter_rows(named=True)
    }
    assert found == {
        "room:1:2026-11-20": ("11-20 20", "scheduled", "Paper Lantern"),
        "room:1:2026-11-27": ("11-27 20", "scheduled", "Paper Lantern"),
        # Under the day for which it was planned, as before it moved.
        "room:1:2026-12-11": ("12-12 21", "scheduled", "Paper Lantern (late)"),
        "room:1:2026-12-16": ("12-16 19", "scheduled", "Paper Lantern"),
        "room:1:2026-12-18": ("12-18 20", "cancelled", "Paper Lantern"),
        "room:1:2026-12-25": ("12-25 20", "scheduled", "Paper Lantern"),
    }


def test_a_series_without_an_end_is_read_for_eighteen_months():
    rows = good(calendar(entry("RRULE:FREQ=MONTHLY;BYDAY=-1FR", start=":20200131T200000")))
    assert (rows["local_date"].min(), rows["local_date"].max()) == (
        date(2026, 11, 27), date(2028, 4, 28),
    )  # fmt: skip
    assert rows["event_id"].is_unique().all()


def test_a_series_of_whole_days_has_no_times():
    rows = good(calendar(entry("RRULE:FREQ=DAILY;COUNT=3", start=";VALUE=DATE:20261204")))
    assert rows["local_date"].to_list() == [date(2026, 12, day) for day in (4, 5, 6)]
    assert rows["starts_at"].null_count() == 3


def test_two_sets_of_one_evening_are_two():
    rule = "RDATE:20261204T190000,20261204T220000"
    assert starts(calendar(entry(rule, start=":20261204T190000"))) == ["12-04 19:00", "12-04 22:00"]


def test_entries_that_share_an_id_are_told_apart_by_what_they_say():
    shared = calendar(
        entry(uid="same", start=":20261204T200000"), entry(uid="same", start=":20261205T200000")
    )
    first, second = good(shared)["event_id"]
    assert first != second
    assert good(shared)["event_id"].to_list() == [first, second]


def test_an_entry_that_is_listed_twice_counts_as_its_last_revision_says():
    found = row(
        calendar(
            entry("SEQUENCE:2", title="Paper Lantern w/ Crane"),
            entry("SEQUENCE:1", title="Paper Lantern"),
        )
    )
    assert found["title"] == "Paper Lantern w/ Crane"


def test_an_entry_without_an_id_keeps_the_one_that_it_gets_while_its_time_changes():
    early, late = (
        row(calendar(entry(uid=None, start=f":20261204T{hour}0000")))["event_id"]
        for hour in (19, 21)
    )
    assert early == late
    other = row(calendar(entry(uid=None, title="Somebody else")))["event_id"]
    assert other != early


@pytest.mark.parametrize(
    ("printed", "title"),
    [
        ("Hatchet &amp\\; Lullaby", "Hatchet & Lullaby"),
        ("Hatchet\\, Lullaby\\; Crane", "Hatchet, Lullaby; Crane"),
        ("Björk's  \r\n  House", "Björk's House"),
        ("R&B Night", "R&B Night"),
    ],
)
def test_a_title_is_unfolded_and_unescaped(printed, title):
    assert row(calendar(entry(title=printed)))["title"] == title


def test_a_fold_within_a_letter_is_undone():
    whole = calendar(entry(title="Motörhead Night")).encode()
    cut = whole.index("ö".encode()) + 1
    assert row(whole[:cut] + b"\r\n " + whole[cut:])["title"] == "Motörhead Night"


@pytest.mark.parametrize(
    "encoded",
    [
        calendar(entry(title="Motörhead")).encode("utf-8-sig"),
        calendar(entry(title="Motörhead")).encode("utf-16"),
        calendar(entry(title="Motörhead")).encode("cp1252"),
        calendar(entry(title="Motörhead")).replace("\r\n", "\n").encode(),
        calendar(entry(title="Motörhead")).replace("\r\n", "\r").encode(),
    ],
)
def test_whatever_the_encoding_and_the_line_ends_the_title_is_read(encoded):
    assert row(encoded)["title"] == "Motörhead"


@pytest.mark.parametrize(
    ("broken", "words"),
    [
        (entry(title=None), "no title"),
        (entry(title="  "), "no title"),
        (entry(start=None), "no start"),
        (entry(start=":tomorrow"), "DTSTART cannot be read"),
        (entry("RRULE:FREQ=SECONDLY"), "recurs within the day"),
        (entry("RRULE:FREQ=WEEKLY;INTERVAL=0"), "interval below 1"),
        (entry("RRULE:FREQ=NEVER"), "RRULE cannot be read"),
        (entry("RRULE:INTERVAL=2"), "recurrence cannot be read"),
        (entry("EXDATE:whenever", "RRULE:FREQ=WEEKLY"), "EXDATE cannot be read"),
    ],
)
def test_a_broken_entry_is_set_aside_with_its_place_and_costs_only_itself(broken, words):
    rows = read(calendar(entry(uid="good"), broken))
    assert rows.good["event_id"].to_list() == ["room:good"]
    (told,) = rows.rejected["reason"]
    assert words in told
    assert "feed room, entry 2" in told
    assert rows.rejected["state"].to_list() == ["NY"]


def test_a_property_that_stands_twice_or_holds_nonsense_costs_nothing_else():
    odd = entry("SUMMARY:Second title", "SEQUENCE:new", "GEO:here", "DURATION:long", "STATUS:")
    found = row(calendar(odd))
    assert (found["title"], found["status"]) == ("Paper Lantern", "scheduled")


def test_lines_that_are_no_properties_are_passed_over():
    noise = calendar(
        entry(
            "this line has no colon", "DESCRIPTION;X=\":what", "X-THING:1",
            "BEGIN:VALARM", "TRIGGER:-PT1H", "SUMMARY:Reminder", "END:VALARM",
        ),
        head="and neither has this\r\nX-WR-CALNAME:The Room\r\n",
    )  # fmt: skip
    assert row(noise)["title"] == "Paper Lantern"


@pytest.mark.parametrize(
    "text",
    [
        calendar(entry())[:-20],
        calendar(entry()).partition("END:VEVENT")[0],
        calendar(entry()).replace("BEGIN:VCALENDAR\r\n", ""),
    ],
)
def test_a_calendar_that_breaks_off_or_never_begins_is_none(text):
    with pytest.raises(UnreadableError, match="calendar"):
        read(text, kind="ics")


def test_an_empty_calendar_lists_nothing():
    assert good(calendar()).is_empty()


def test_several_calendars_in_one_file_are_all_read():
    assert good(calendar(entry(uid="1")) + calendar(entry(uid="2"))).height == 2


@pytest.mark.parametrize(
    ("start", "is_listed"),
    [
        (":20261120T110000", False),  # over since an hour
        (":20261120T200000", True),
        (";VALUE=DATE:20261120", True),
        (";VALUE=DATE:20261119", False),
        (";VALUE=DATE:20290101", False),  # beyond what is read
    ],
)
def test_what_is_over_or_far_ahead_is_left_out(start, is_listed):
    assert good(calendar(entry(start=start))).height == is_listed


def test_what_goes_on_is_listed_until_it_is_over():
    on = entry("DTEND;VALUE=DATE:20261122", start=";VALUE=DATE:20261118", uid="festival")
    playing = entry("DTEND:20261120T140000", start=":20261120T110000", uid="matinee")
    assert set(good(calendar(on, playing))["event_id"]) == {"room:festival", "room:matinee"}


def test_the_feed_s_venue_wins_over_a_room_that_an_entry_names():
    assert row(calendar(entry("LOCATION:Back bar")))["venue_name"] == "The Room"


@pytest.mark.parametrize(
    ("location", "venue", "city", "state"),
    [
        ("The Barn\\, 5 Oak St\\, Burlington\\, VT 05401\\, USA", "The Barn", "Burlington", "VT"),
        ("The Barn\\n5 Oak St\\nBurlington\\, Vermont\\n05401", "The Barn", "Burlington", "VT"),
        ("The Barn", "The Barn", "Albany", "NY"),
        ("5 Oak St\\, Albany\\, NY", "The Room", "Albany", "NY"),
    ],
)
def test_a_promoter_s_entries_name_their_own_venues(location, venue, city, state):
    found = row(calendar(entry(f"LOCATION:{location}")), venues="from entries")
    assert (found["venue_name"], found["venue_city"], found["state"]) == (venue, city, state)


def test_an_entry_of_a_promoter_without_a_venue_is_set_aside():
    fields = {"venues": "from entries", "venue": None, "city": None, "state": None}
    assert "in which state" in reason(calendar(entry("LOCATION:The Barn")), **fields)
    assert "names no venue" in reason(calendar(entry()), **fields | {"state": "NY"})


def test_a_link_that_leads_nowhere_gives_way_to_the_ticket_page():
    found = row(calendar(entry("URL:javascript:alert(1)")), tickets="https://room.example/tickets")
    assert found["ticket_url"] == "https://room.example/tickets"


ZONES = ["America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles"]


@given(
    minutes=st.integers(0, 700_000),
    zone=st.sampled_from(ZONES),
    form=st.sampled_from(["floating", "utc", "zone"]),
)
def test_whatever_the_form_the_instant_survives(minutes, zone, form):
    wall_clock = (SINCE + timedelta(days=1, minutes=minutes)).replace(tzinfo=ZoneInfo(zone))
    moment, instant = wall_clock, wall_clock.astimezone(UTC)
    text = {
        "floating": f":{moment:%Y%m%dT%H%M%S}",
        "utc": f":{instant:%Y%m%dT%H%M%SZ}",
        "zone": f";TZID={zone}:{moment:%Y%m%dT%H%M%S}",
    }[form]
    assert row(calendar(entry(start=text)), timezone=zone)["starts_at"] == instant


@given(st.binary(max_size=300), st.integers(0, 200))
def test_no_bytes_raise_anything_but_what_is_foreseen(noise, position):
    whole = calendar(entry("RRULE:FREQ=WEEKLY;COUNT=3")).encode()
    with contextlib.suppress(UnreadableError):
        read(whole[:position] + noise + whole[position:], kind="ics")


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("FREQ=YEARLY;BYDAY=MO,TU;BYHOUR=1,2,3;BYMINUTE=0,20,40", "9 times a day"),
        ("FREQ=DAILY;BYSECOND=1,2,3,4,5,6,7,8,9", "9 times a day"),
        ("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", "matches no day"),
        ("FREQ=MONTHLY;BYMONTH=4,6;BYMONTHDAY=-31", "matches no day"),
        ("FREQ=DAILY;BYSETPOS=300", "matches no day"),
        ("FREQ=DAILY;BYHOUR=1,2,3,4,5,6,7,8", "occurrences"),
    ],
)
def test_a_rule_that_cannot_be_expanded_in_a_moment_is_refused(rule, words):
    assert words in reason(calendar(entry(f"RRULE:{rule}")))


def test_a_rule_of_two_sets_a_night_is_a_concert_s():
    rule = "RRULE:FREQ=DAILY;BYHOUR=19,21;COUNT=4"
    assert starts(calendar(entry(rule, start=":20261204T190000"))) == [
        "12-04 19:00", "12-04 21:00", "12-05 19:00", "12-05 21:00",
    ]  # fmt: skip


def test_what_recurs_since_the_century_before_last_is_refused():
    assert "before 1900" in reason(calendar(entry("RRULE:FREQ=DAILY", start=":00010101T200000")))


@pytest.mark.parametrize("blanks", [" " * 200_000, " ," * 100_000])
def test_blanks_without_end_are_read_in_a_moment(blanks):
    began = time.monotonic()
    good(calendar(entry(f"LOCATION:The Barn{blanks}x")), venues="from entries")
    assert time.monotonic() - began < 5


def test_a_broken_zone_costs_nothing_of_what_does_not_use_it():
    broken = "BEGIN:VTIMEZONE\r\nTZID:House time\r\nBEGIN:STANDARD\r\nDTSTART:x\r\n"
    for end in ("END:STANDARD\r\nEND:VTIMEZONE\r\n", "END:VTIMEZONE\r\n", ""):
        zone = broken + end
        assert starts(calendar(zone, entry(), entry(uid="2"))) == ["12-04 20:00", "12-04 20:00"]


def test_a_zone_of_one_calendar_is_none_of_the_next():
    def zone(offset):
        return (
            "BEGIN:VTIMEZONE\r\nTZID:Custom\r\nBEGIN:STANDARD\r\nDTSTART:19701101T020000\r\n"
            f"TZOFFSETFROM:{offset}\r\nTZOFFSETTO:{offset}\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n"
        )

    show = entry(start=";TZID=Custom:20261204T200000")
    assert starts(calendar(zone("-0500"), show)) == ["12-04 20:00"]
    assert starts(calendar(zone("-0800"), show)) == ["12-04 23:00"]


def test_an_alarm_that_is_not_closed_costs_no_entry():
    content = calendar(
        entry("BEGIN:VALARM", "TRIGGER:-PT5M"),
        entry(uid="2", title="Crane", start=":20261205T200000"),
    )
    assert starts(content) == ["12-04 20:00", "12-05 20:00"]


def test_an_entry_that_is_not_closed_costs_only_itself():
    open_ended = entry(uid="1").replace("END:VEVENT\r\n", "")
    found = read(calendar(open_ended, entry(uid="2")))
    assert found.good["event_id"].to_list() == ["room:2"]
    assert "not closed" in found.rejected["reason"].item()


def test_one_uid_for_two_titles_at_one_time_is_two_shows():
    alone = row(calendar(entry(title="Paper Lantern")))
    found = good(calendar(entry(title="Paper Lantern"), entry(title="Crane")))
    assert found["title"].to_list() == ["Paper Lantern", "Crane"]
    assert found["event_id"].n_unique() == 2
    assert found["event_id"][0] == alone["event_id"]


def test_two_series_of_one_uid_are_both_kept():
    series = [entry("RRULE:FREQ=WEEKLY;COUNT=2", title=title) for title in ("Open Mic", "Crane")]
    assert sorted(good(calendar(*series))["title"]) == ["Crane", "Crane", "Open Mic", "Open Mic"]


def test_of_two_revisions_only_the_latest_lives_wherever_it_has_moved():
    content = calendar(
        entry("SEQUENCE:2", start=":20261211T200000"), entry("SEQUENCE:1", start=":20261204T200000")
    )
    assert starts(content) == ["12-11 20:00"]


@given(st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=30))
def test_an_id_can_be_written_into_the_operator_s_decisions(uid):
    shown = read_entries(
        Reading([Entry("entry 1", "Paper Lantern", date(2026, 12, 4), uid=uid)]),
        feed(), since=SINCE, fetched_at=SINCE,
    ).good  # fmt: skip
    name = listing_id("feeds", shown["event_id"].item())
    other = listing_id("seatgeek", "1")
    decided = parse_show_decisions(join_entry(name, other) + forget_entry(name))
    assert decided.forgotten == {("feeds", shown["event_id"].item())}
    assert ("feeds", shown["event_id"].item()) in decided.joined[0]


def test_a_title_is_cut_where_nobody_reads_on():
    assert len(row(calendar(entry(title="Owl " * 5000)))["title"]) <= 500


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("DESCRIPTION:Doors: 7 PM / Show: 8 PM", "19:00"),
        ("DESCRIPTION;LANGUAGE=en:All ages\\, doors 7:30pm\\nBar with ID", "19:30"),
        ("DESCRIPTION:<p>Doors&nbsp;7 PM</p><p>Show 8 PM</p>", "19:00"),
        ("description:Doors at 7\r\n PM", "19:00"),
        ("DESCRIPTION:Show 8 PM\\nDoors 7 PM", "19:00"),
        ("DESCRIPTION:Doors 9 PM", None),
        ("DESCRIPTION:Doors 7 / Show 8", None),
        ("DESCRIPTION:Doors an hour before.", None),
        ("X-DOORS:19:00", None),
        ("COMMENT:Doors 7 PM", None),
        ("BEGIN:VALARM\r\nDESCRIPTION:Doors 7 PM\r\nEND:VALARM", None),
    ],
)
def test_a_description_tells_the_doors_where_it_is_plain(line, told):
    found = row(calendar(entry(line)))["doors_at_local"]
    assert (found and f"{found:%H:%M}") == told


def test_every_day_of_a_recurring_entry_has_its_doors():
    rows = good(calendar(entry("RRULE:FREQ=WEEKLY;COUNT=3", "DESCRIPTION:Doors 7 PM")))
    assert rows.height == 3
    assert (rows["starts_at_local"] - rows["doors_at_local"]).unique().to_list() == [
        timedelta(hours=1)
    ]


def test_an_entry_of_the_whole_day_has_no_doors():
    found = row(calendar(entry("DESCRIPTION:Doors 7 PM", start=";VALUE=DATE:20261204")))
    assert (found["starts_at_local"], found["doors_at_local"]) == (None, None)
