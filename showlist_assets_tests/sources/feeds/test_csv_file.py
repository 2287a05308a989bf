"""Tables that somebody keeps by hand."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime, time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from showlist_assets.sources.feeds.client import read_feed
from showlist_assets.sources.feeds.csv_file import COLUMNS
from showlist_assets.sources.feeds.entries import UnreadableError
from showlist_assets_tests.sources.feeds.documents import SINCE, feed, good, read, reason, row


def table(*rows, header="date,title"):
    return "\n".join([header, *rows]) + "\n"


def one(**cells):
    """A table of one row, with the columns that ``cells`` name."""
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=list(cells))
    writer.writeheader()
    writer.writerow(cells)
    return text.getvalue()


def test_every_documented_column_is_read():
    cells = {
        "date": "2026-12-04", "title": "Winter Night", "performers": "Paper Lantern; Crane",
        "time": "20:00", "doors": "19:00", "end_date": "2026-12-06", "id": "w1",
        "status": "postponed", "price": "$15-$25", "url": "https://room.example/w1",
        "venue": "The Barn", "address": "5 Oak St", "city": "Burlington", "state": "Vermont",
        "postal_code": "05401", "country": "US",
    }  # fmt: skip
    assert set(cells) == set(COLUMNS)
    found = row(one(**cells), venues="from entries")
    assert found["event_id"] == "room:w1"
    assert found["starts_at"] == datetime(2026, 12, 5, 1, tzinfo=UTC)
    assert (found["local_date"], found["last_date"]) == (date(2026, 12, 4), date(2026, 12, 6))
    assert [act["name"] for act in found["performers"]] == ["Paper Lantern", "Crane"]
    assert [act["is_primary"] for act in found["performers"]] == [True, False]
    assert (found["title"], found["status"]) == ("Winter Night", "postponed")
    assert (found["lowest_price"], found["highest_price"]) == (15.0, 25.0)
    assert found["ticket_url"] == "https://room.example/w1"
    assert (found["venue_name"], found["venue_address"]) == ("The Barn", "5 Oak St")
    assert (found["venue_city"], found["state"], found["venue_postal_code"]) == (
        "Burlington", "VT", "05401",
    )  # fmt: skip


def test_performers_alone_make_a_title():
    found = row(one(date="2026-12-04", performers="Paper Lantern;  Crane ;"))
    assert found["title"] == "Paper Lantern, Crane"


@pytest.mark.parametrize(
    "printed",
    ["2026-12-04", "12/4/2026", "12/04/26", "Dec 4, 2026", "December 4 2026", "Fri, Dec 4, 2026",
     "Friday 12/4/2026", "4 Dec 2026", "2026/12/04"],
)  # fmt: skip
def test_a_date_is_read_as_people_write_it(printed):
    found = row(one(date=printed, title="Paper Lantern"))
    assert (found["local_date"], found["starts_at"]) == (date(2026, 12, 4), None)


@pytest.mark.parametrize(
    ("printed", "local"),
    [
        ("20:00", "20:00"),
        ("8pm", "20:00"),
        ("8 PM", "20:00"),
        ("8:30 p.m.", "20:30"),
        ("12 am", "00:00"),
        ("12pm", "12:00"),
        ("20.30", "20:30"),
        ("20:00:00", "20:00"),
    ],
)
def test_a_time_is_read_as_people_write_it(printed, local):
    found = row(one(date="2026-12-04", time=printed, title="Paper Lantern"))
    assert f"{found['starts_at_local']:%H:%M}" == local


@pytest.mark.parametrize("printed", ["", "TBA", "tbd", "-"])
def test_a_time_that_is_not_announced_is_none_unless_the_doors_are(printed):
    assert row(one(date="2026-12-04", time=printed, title="A"))["starts_at_local"] is None
    found = row(one(date="2026-12-04", time=printed, doors="7pm", title="A"))
    assert f"{found['starts_at_local']:%H:%M}" == "19:00"


@pytest.mark.parametrize(
    ("doors", "told"),
    [("7pm", "19:00"), ("19:00", "19:00"), ("", None), ("TBA", None), ("9pm", None),
     ("at dusk", None)],
)  # fmt: skip
def test_doors_are_told_beside_the_start_and_cost_no_show(doors, told):
    found = row(one(date="2026-12-04", time="8pm", doors=doors, title="A"))
    at = found["doors_at_local"]
    assert (at and f"{at:%H:%M}") == told
    assert f"{found['starts_at_local']:%H:%M}" == "20:00"


def test_the_doors_of_a_show_after_midnight_are_those_of_the_evening_before():
    found = row(one(date="2026-12-05", time="0:30", doors="11pm", title="A"))
    assert found["doors_at_local"].isoformat() == "2026-12-04T23:00:00"


def test_doors_in_the_place_of_a_start_are_doors_all_the_same():
    found = row(one(date="2026-12-04", doors="7pm", title="A"))
    assert found["doors_at_local"] == found["starts_at_local"]


def test_a_date_with_a_time_and_a_zone_is_that_instant():
    found = row(one(date="2026-12-05T01:00:00Z", title="Paper Lantern"))
    assert found["starts_at_local"].isoformat() == "2026-12-04T20:00:00"


@pytest.mark.parametrize(
    ("printed", "prices"),
    [
        ("20", (20.0, 20.0)),
        ("$15 adv / $20.50 door", (15.0, 20.5)),
        ("Free", (0.0, 0.0)),
        ("$1,250", (1250.0, 1250.0)),
        ("sold out", (None, None)),
        ("", (None, None)),
    ],
)
def test_a_price_is_read_as_people_write_it(printed, prices):
    found = row(one(date="2026-12-04", title="A", price=printed))
    assert (found["lowest_price"], found["highest_price"]) == prices


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_whatever_a_spreadsheet_writes_is_read(delimiter, encoding, line_end):
    lines = [["Date", "Title"], ["2026-12-04", '"Motörhead Night"']]
    text = line_end.join(delimiter.join(cells) for cells in lines)
    assert row(text.encode(encoding))["title"] == "Motörhead Night"


def test_cells_may_hold_commas_quotes_and_lines():
    quoted = table('2026-12-04,"Hatchet, Lullaby ""live"""', '2026-12-05,"Two\nlines"')
    assert good(quoted)["title"].to_list() == ['Hatchet, Lullaby "live"', "Two lines"]


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        ({"date": "soon", "title": "A"}, "date: 'soon' is no date"),
        ({"date": "2026-02-30", "title": "A"}, "date: '2026-02-30' is no date"),
        ({"date": "", "title": "A"}, "it has no date"),
        ({"date": "2026-12-04", "title": " "}, "neither a title nor performers"),
        ({"date": "2026-12-04", "title": "A", "time": "8"}, "time: '8' is no time"),
        ({"date": "2026-12-04", "title": "A", "time": "25:00"}, "time: '25:00' is no time"),
        ({"date": "2026-12-04", "title": "A", "end_date": "2026-12-01"}, "end_date"),
        ({"date": "2026-12-04", "title": "A", "state": "Narnia"}, "'Narnia' is not a state that"),
    ],
)
def test_a_row_that_cannot_be_read_names_its_line_and_cell(cells, words):
    told = reason(one(**cells))
    assert told.startswith("feed room, line 2: ")
    assert words in told


def test_a_bad_row_costs_only_itself_and_lines_are_counted_as_an_editor_does():
    rows = read(
        table('2026-12-04,"Two\nlines"', "", "soon,B", "2026-12-06,C,too many", "2026-12-07,D")
    )
    assert rows.good["title"].to_list() == ["Two lines", "D"]
    assert [words.partition(": ")[0] for words in rows.rejected["reason"]] == [
        "feed room, line 5", "feed room, line 6",
    ]  # fmt: skip


def test_a_quote_that_is_never_closed_is_told_where_it_opens():
    rows = read(table("2026-12-04,A", '2026-12-05,"B', *["2026-12-06,C"] * 30))
    assert rows.good["title"].to_list() == ["A"]
    assert "line 3: a quote is opened" in rows.rejected["reason"][0]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "is empty"),
        ("when,title\n2026-12-04,A\n", "no column 'date'"),
        ("date,venue\n2026-12-04,A\n", "no column 'title' or 'performers'"),
        ("Dates,title\n2026-12-04,A\n", "Did you mean it by 'dates'"),
        ("just a sentence", "no column 'date'"),
    ],
)
def test_a_table_without_the_columns_it_needs_is_none(text, words):
    with pytest.raises(UnreadableError, match=words):
        read(text)


def test_early_and_late_on_one_evening_are_two_shows_and_a_double_is_one():
    header = "date,time,title"
    rows = good(
        table("2026-12-04,19:00,A", "2026-12-04,22:00,A", "2026-12-04,22:00,A", header=header)
    )
    assert rows.height == 2
    assert rows["event_id"].is_unique().all()


_TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["C"]), min_size=1, max_size=40)
_WORDS = _TEXT.map(lambda text: "w" + text.replace("&", "n").replace("%", "p").strip())


@given(
    shows=st.lists(
        st.tuples(st.dates(date(2026, 11, 22), date(2028, 4, 1)), st.times(), _WORDS),
        min_size=1,
        max_size=8,
        unique_by=lambda show: (show[0], show[2]),
    ),
    delimiter=st.sampled_from([",", ";", "\t"]),
)
@example(shows=[(date(2026, 11, 22), time(20), "wBEGIN:VCALENDAR")], delimiter=",")
def test_what_is_written_is_read_again(shows, delimiter):
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, quoting=csv.QUOTE_ALL)
    writer.writerow(["id", "date", "time", "title"])
    for number, (day, clock, title) in enumerate(shows):
        writer.writerow([number, day, f"{clock:%H:%M}", title])
    rows = good(text.getvalue())
    assert rows.height == len(shows)
    for number, (day, clock, title) in enumerate(shows):
        found = rows.row(number, named=True)
        assert found["event_id"] == f"room:{number}"
        assert found["title"] == " ".join(title.split())
        assert f"{found['starts_at_local']:%Y-%m-%d %H:%M}" == f"{day} {clock:%H:%M}"


@given(st.binary(max_size=400))
def test_no_bytes_raise_anything_but_what_is_foreseen(noise):
    assert read(b"date,title\n2026-12-04,A\n" + noise, kind="csv").good.height >= 1


def test_a_quote_that_is_never_closed_makes_the_table_incomplete():
    content = 'date,title\n2026-12-04,Owl\n2026-12-05,"Crane\n2026-12-06,Hen\n'
    answer = read_feed(feed(), content.encode(), since=SINCE, at=SINCE)
    assert answer.rows.good["title"].to_list() == ["Owl"]
    assert "line 3: a quote is opened and not closed" in answer.trouble


def test_a_cell_of_several_lines_is_one_cell():
    assert (
        row('date,title\n2026-12-05,"Crane\nand ""friends"""\n')["title"] == 'Crane and "friends"'
    )


def test_a_date_without_separators_has_no_time():
    found = row("date,title\n20261204,Crane\n")
    assert (found["local_date"], found["starts_at_local"]) == (date(2026, 12, 4), None)


@pytest.mark.parametrize("clock", ["13pm", "0pm", "14:00 am"])
def test_an_hour_that_no_clock_has_is_told(clock):
    assert "is no time" in reason(f"date,title,time\n2026-12-04,Crane,{clock}\n")


@pytest.mark.parametrize(
    ("price", "amounts"),
    [
        ("21+ $15", (15.0, 15.0)),
        ("18 & over, $20-30", (20.0, 30.0)),
        ("-5", (None, None)),
        ("€20", (None, None)),
        ("CAD 25", (None, None)),
    ],
)
def test_a_price_is_in_dollars_and_no_age(price, amounts):
    found = row(f'date,title,price\n2026-12-04,Crane,"{price}"\n')
    assert (found["lowest_price"], found["highest_price"]) == amounts


def test_a_row_in_another_country_is_set_aside():
    content = "date,title,venue,state,country\n2026-12-04,Crane,Barn,DE,Germany\n"
    assert "'Germany', not in the US" in reason(content, venues="from entries")
