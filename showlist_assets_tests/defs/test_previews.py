from __future__ import annotations

import re
from datetime import date, timedelta

import polars as pl
import pytest

from showlist_assets.defs.previews import doubtful_previews, previews, review_previews
from showlist_assets.domain import shows
from showlist_assets.domain.events.merging import DOUBTFUL_SCHEMA
from showlist_assets.domain.tables.registry import TABLES
from showlist_assets_tests.rows import NOW, frame, pending

NASTY = "A|B](javascript:x)\n\r\u2028[C]"


def preview(table, rows):
    return previews(table, rows, ["NY"])["NY"]


def doubtful_preview(pairs, listings):
    return doubtful_previews(pairs, listings, ["NY"])["NY"]


def review_preview(found):
    return review_previews(found, ["NY"])["NY"]


def cells(table, *rows):
    """The cells of the only row of the preview."""
    return read(preview(table, frame(table, *rows)))


def read(markdown):
    lines = markdown.splitlines()
    assert len({line.count("|") for line in lines}) == 1, markdown
    assert re.fullmatch(r"[|: -]+", lines[1])
    (row,) = lines[2:]
    return [cell.strip() for cell in row.strip("|").split("|")]


def upcoming(**event):
    joined = ("shows", "expanded_artists", "matched_artists", "top_tracks", "audio_features")
    rows = {**{table: {} for table in joined}, "shows": event}
    return shows.join_upcoming_shows(*(frame(table, row) for table, row in rows.items()), now=NOW)


@pytest.mark.parametrize("table", TABLES)
def test_a_table_without_rows_says_so(table):
    assert preview(table, TABLES[table].create_empty()) == "*No rows.*"


def test_each_state_shows_its_own_rows_the_soonest_first_in_the_order_of_the_table():
    days = [None, date(2026, 12, 5), date(2026, 12, 2), date(2026, 12, 2)]
    rows = [
        {"event_id": f"{state}{number}", "state": state, "local_date": day, "title": f"{number}"}
        for number, day in enumerate(days)
        for state in ("TX", "NY")
    ]
    told = previews("raw_events", frame("raw_events", *rows), ["NY", "TX", "WY"])
    assert told["WY"] == "*No rows.*"
    for state in ("NY", "TX"):
        shown = [line.split("|")[1:] for line in told[state].splitlines()[2:]]
        assert [row[1].strip() for row in shown] == ["2", "3", "1", "0"]
        assert {row[6].strip() for row in shown} == {state}


def test_of_changes_the_newest_are_shown_and_what_was_there_before_is_none():
    rows = [
        {"change": "announced", "changed_at": NOW, "title": "one"},
        {"change": "known", "changed_at": NOW, "title": "two"},
        {"change": "vanished", "changed_at": NOW + timedelta(days=1), "title": "three"},
    ]
    table = [{"show_id": str(number), **row} for number, row in enumerate(rows)]
    shown = preview("show_changes", frame("show_changes", *table)).splitlines()[2:]
    assert [line.split("|")[3].strip() for line in shown] == ["three", "one"]
    (head, rule) = preview("show_changes", frame("show_changes", table[1])).splitlines()
    assert "changed_at" in head
    assert set(rule) <= set("|:- ")


def test_eight_rows_are_shown():
    rows = [{"event_id": str(n)} for n in range(20)]
    assert len(preview("raw_events", frame("raw_events", *rows)).splitlines()) == 2 + 8


def test_a_title_links_to_its_tickets_however_long_it_is():
    url = "https://seatgeek.com/" + "x" * 300
    found = cells("raw_events", {"title": "T" * 150, "ticket_url": url})
    assert found[1] == f"[{'T' * 150}]({url})"


@pytest.mark.parametrize(
    "link", ["javascript:alert(1)", "java\nscript:alert(1)", "https://[x", "https://x/a\nb"]
)
def test_what_leads_nowhere_on_the_web_is_no_link(link):
    assert cells("raw_events", {"title": "Tonight", "ticket_url": link})[1] == "Tonight"
    assert "[tickets]" not in preview("upcoming_shows", upcoming(ticket_url=link))


def test_what_has_no_link_is_plain_text():
    assert cells("raw_events", {"title": "Tonight"})[1] == "Tonight"
    assert cells("matched_artists", pending())[2] == ""


def test_tracks_and_artists_link_to_spotify():
    assert cells("top_tracks", {})[2] == "[Small Hours](https://open.spotify.com/track/track-1)"
    assert cells("matched_artists", {})[2] == (
        "[Paper Lantern](https://open.spotify.com/artist/artist-1)"
    )
    found = read(preview("upcoming_shows", upcoming(ticket_url="https://seatgeek.com/1")))
    assert "[tickets](https://seatgeek.com/1)" in found


@pytest.mark.parametrize(
    ("table", "row"),
    [
        ("raw_events", {"title": NASTY, "ticket_url": "https://x/(a)|b"}),
        ("raw_events", {"venue_name": NASTY, "venue_city": NASTY}),
        ("expanded_artists", dict.fromkeys(("performer_name", "performer_key"), NASTY)),
        ("expanded_artists", {"genres": [NASTY, NASTY], "venue_city": NASTY}),
        ("matched_artists", {"reason": NASTY, "spotify_artist_name": NASTY}),
        ("top_tracks", {"artist_names": [NASTY], "track_name": NASTY, "album_name": NASTY}),
    ],
)
def test_no_text_breaks_out_of_its_cell(table, row):
    for cell in cells(table, row):
        assert "](javascript" not in cell


def test_names_on_the_bill_stand_in_one_cell():
    nobody = dict.fromkeys(
        ("performer_id", "kind", "score", "image_url", "url", "spotify_artist_id")
    )
    bill = [{**nobody, "name": name, "genres": [], "is_primary": False} for name in ("A|B", "C")]
    assert "A B, C" in cells("raw_events", {"performers": bill})


def test_a_ticket_link_with_brackets_stays_whole():
    found = read(preview("upcoming_shows", upcoming(ticket_url="https://x/a_(b)|c")))
    assert found[-1] == "[tickets](https://x/a_%28b%29%7Cc)"


def test_a_date_stays_on_one_line_and_what_is_unknown_is_empty():
    found = cells("raw_events", {"local_date": date(2026, 12, 2), "lowest_price": None})
    assert found[0] == "Wed\xa002\xa0Dec\xa02026"
    assert found[-1] == ""


def doubtful(**fields):
    pair = {
        "state": "NY", "one_source": "seatgeek", "one_event_id": "1",
        "other_source": "ticketmaster", "other_event_id": "2", "merged": False, "why": "an hour",
    }  # fmt: skip
    return pl.DataFrame([{**pair, **fields}], schema=DOUBTFUL_SCHEMA)


def test_doubtful_listings_say_what_they_are_and_link_to_their_tickets():
    listings = frame(
        "raw_events",
        {"event_id": "1", "title": "Tonight", "ticket_url": "https://seatgeek.com/1"},
        {"event_id": "1", "source": "ticketmaster", "title": "Another"},
    )
    now, one, other, why = read(doubtful_preview(doubtful(), listings))
    assert (now, why) == ("two shows", "an hour")
    assert one.startswith("[Tonight](https://seatgeek.com/1), ")
    assert one.endswith("`seatgeek-1`")
    # Not among the listings.
    assert other == "`ticketmaster-2`"
    assert read(doubtful_preview(doubtful(merged=True), listings))[0] == "one show"
    assert doubtful_preview(doubtful().clear(), listings) == "*Nothing is in doubt.*"


def test_a_listing_s_id_is_code_and_so_never_an_address_to_write_to():
    listings = frame("raw_events", {"event_id": "hall:1@`house.example`"})
    pair = doubtful(one_event_id="hall:1@`house.example`", other_event_id="2@house.example")
    _, one, other, _ = read(doubtful_preview(pair, listings))
    assert one.endswith(", `seatgeek-hall:1@ house.example `")
    assert other == "`ticketmaster-2@house.example`"


def test_a_stranger_s_text_stays_in_its_cell_of_a_doubt_and_of_a_case():
    listings = frame("raw_events", {"event_id": "1", "title": NASTY, "venue_name": NASTY})
    assert len(read(doubtful_preview(doubtful(why=NASTY), listings))) == 4
    row = {"why": NASTY, "reason": NASTY, "performer_name": NASTY}
    assert len(read(review_preview(cases(NASTY, **row)))) == 7


def cases(*names, **fields):
    row = {
        "next_show_on": date(2026, 12, 2), "performer_name": "Lion Coast", "outcome": "rejected",
        "state": "NY",
        "spotify_artist_name": None, "spotify_artist_id": None, "why": "w", "reason": "r",
        "candidates": [
            {"name": name, "artist_id": f"a{number}"} for number, name in enumerate(names)
        ],
    }  # fmt: skip
    schema = {
        "next_show_on": pl.Date, "spotify_artist_name": pl.String, "spotify_artist_id": pl.String,
        "candidates": pl.List(pl.Struct({"name": pl.String, "artist_id": pl.String})),
    }  # fmt: skip
    return pl.DataFrame([{**row, **fields}], schema_overrides=schema)


def test_each_candidate_of_a_case_links_to_its_page():
    found = read(review_preview(cases("Lion", "Coast", "Lions", "a fourth")))
    assert found[-1] == ", ".join(
        f"[{name}](https://open.spotify.com/artist/a{number})"
        for number, name in enumerate(("Lion", "Coast", "Lions"))
    )
    assert read(review_preview(cases()))[-1] == ""


def test_each_state_has_its_own_cases_or_is_told_to_have_none():
    both = pl.concat([cases("Lion"), cases("Coast", state="TX")])
    shown = review_previews(both, ["NY", "TX", "VT"])
    assert [read(shown[state])[-1].split("]")[0] for state in ("NY", "TX")] == ["[Lion", "[Coast"]
    assert shown["VT"] == "*Nothing to review.*"
