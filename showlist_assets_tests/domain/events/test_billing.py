from __future__ import annotations

from datetime import date

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from showlist_assets.domain.events.bill_texts import KnownActs
from showlist_assets.domain.events.billing import expand_artists
from showlist_assets.domain.tables.columns import polars_schema
from showlist_assets.domain.tables.registry import TABLES
from showlist_assets_tests.domain.events.bills import event, performer
from showlist_assets_tests.rows import frame


def bill(*performers, **columns):
    """The expanded rows of one show."""
    return expand_artists(event(*performers, **columns))


def test_an_event_is_expanded_to_one_row_per_performer():
    expanded = expand_artists(event("Paper Lantern", "Tin Sparrow", show_id="seatgeek-4711"))
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
    listed = performer("Harbour Days", is_primary=True)
    expanded = bill(
        listed, "Tin Sparrow", "Paper Lantern", kind="music_festival", title="Harbour Days 2026"
    )
    assert expanded.select("performer_name", "act_kind", "role").rows() == [
        ("Tin Sparrow", "artist", "headliner"),
        ("Paper Lantern", "artist", "support"),
        ("Harbour Days", "festival", "support"),
    ]


def test_a_festival_s_title_that_lists_its_acts_makes_no_festival_of_the_first():
    title = "Paper Lantern with Tin Sparrow (2 Day Pass)"
    expanded = bill("Paper Lantern", "Tin Sparrow", kind="music_festival", title=title)
    assert expanded.select("performer_name", "act_kind", "role").rows() == [
        ("Paper Lantern", "artist", "headliner"),
        ("Tin Sparrow", "artist", "support"),
    ]


def test_each_act_of_a_text_has_its_place_on_the_bill_and_says_which_text_it_is_from():
    text = "Mossgate w/ Ferrow"
    known = KnownActs(billed=frozenset({"mossgate", "ferrow"}))
    expanded = expand_artists(event(performer(text, image_url="a.jpg"), "Tin Sparrow"), known)
    assert expanded.select("performer_name", "billing", "role", "billed_text").rows() == [
        ("Mossgate", 1, "headliner", text),
        ("Ferrow", 2, "support", text),
        ("Tin Sparrow", 3, "support", None),
    ]
    assert expanded["performer_score"].to_list() == [0.3, None, 0.3]
    assert expanded["image_url"].to_list() == ["a.jpg", None, None]


def test_a_text_that_the_source_links_to_one_page_stays_one():
    known = KnownActs(billed=frozenset({"mossgate", "ferrow"}))
    linked = performer("Mossgate w/ Ferrow", spotify_artist_id="artist-1")
    assert expand_artists(event(linked), known)["performer_name"].to_list() == [linked["name"]]


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
    kind=st.sampled_from(["band", "music_festival", "theater"]),
)
BILLS = st.lists(st.lists(PERFORMERS, max_size=6), min_size=1, max_size=6)


@given(BILLS, st.sampled_from(["concert", "music_festival"]))
def test_every_show_has_one_row_per_key_one_headliner_and_billing_without_gaps(bills, kind):
    shows = [event(*each, show_id=f"seatgeek-{n}", kind=kind) for n, each in enumerate(bills)]
    expanded = expand_artists(pl.concat(shows))
    TABLES["expanded_artists"].validate(expanded)
    assert expanded.select("show_id", "performer_key").is_unique().all()
    assert expanded["show_id"].n_unique() == len(bills)
    for _, rows in expanded.group_by("show_id"):
        assert rows["billing"].to_list() == list(range(1, rows.height + 1))
        assert rows["role"].to_list() == ["headliner"] + ["support"] * (rows.height - 1)


def test_no_events_are_no_rows_with_all_columns():
    none = frame("shows")
    assert expand_artists(none).schema == polars_schema(TABLES["expanded_artists"])


def test_every_act_of_a_festival_plays_until_its_last_day():
    days = {"local_date": date(2026, 12, 4), "last_date": date(2026, 12, 6)}
    expanded = expand_artists(event("Paper Lantern", "Tin Owl", **days))
    assert expanded.select("local_date", "last_date").unique().rows() == [tuple(days.values())]


def test_a_bill_of_blank_names_is_known_by_its_title():
    blank = event(performer(" "), performer("\r"), title="Paper Lantern")
    assert expand_artists(blank)["performer_name"].to_list() == ["Paper Lantern"]
