from __future__ import annotations

import pytest

from showlist_assets.domain.events.show_decisions import ShowDecisions, parse_show_decisions
from showlist_assets.domain.shows import join_upcoming_shows
from showlist_assets.services.forgetting import NoListingError, forget_listing
from showlist_assets.storage.show_decisions import ShowDecisionsFile
from showlist_assets.storage.tables import open_tables
from showlist_assets_tests.rows import NOW, frame, shows_of_listings

ALONE = {"event_id": "9", "title": "Glass Owls", "venue_name": "Tin Shed"}
TWIN = {
    "source": "ticketmaster",
    "event_id": "G5v1",
    "platform": "ticketmaster",
    "ticket_url": "https://www.ticketmaster.com/event/G5v1",
}
PREFERRED = ("ticketmaster", "seatgeek")


@pytest.fixture
def decisions(tmp_path):
    return ShowDecisionsFile(tmp_path / "shows.yaml")


@pytest.fixture
def tables(tmp_path):
    """A show with two listings and one with a single one, with all that is made of them."""
    tables = open_tables(str(tmp_path / "data"))
    raw = frame("raw_events", {}, TWIN, ALONE)
    shows = shows_of_listings(raw)
    ids = dict(zip(shows["title"], shows["show_id"], strict=True))
    acts = frame(
        "expanded_artists",
        *(
            {"show_id": show_id, "performer_key": title.lower(), "performer_name": title}
            for title, show_id in ids.items()
        ),
    )
    others = [frame(name, {}) for name in ("matched_artists", "top_tracks", "audio_features")]
    tables.write("raw_events", "NY", raw)
    tables.write("shows", "NY", shows)
    tables.write(
        "show_changes", "NY", frame("show_changes", *({"show_id": i} for i in ids.values()))
    )
    tables.write("expanded_artists", "NY", acts)
    for name, rows in zip(("matched_artists", "top_tracks", "audio_features"), others, strict=True):
        tables.write(name, "NY", rows)
    tables.write("upcoming_shows", "NY", join_upcoming_shows(shows, acts, *others, now=NOW))
    return tables


def forget(tables, decisions, listing):
    return forget_listing(tables, decisions, listing, preferred=PREFERRED, now=NOW)


def test_a_show_of_one_listing_is_gone_from_every_table_and_stays_away(tables, decisions):
    assert forget(tables, decisions, "seatgeek-9") == ["NY"]
    for table in ("shows", "show_changes", "expanded_artists", "upcoming_shows"):
        assert "seatgeek-9" not in tables.read(table, ["NY"])["show_id"], table
        assert tables.read(table, ["NY"]).height == 1
    assert "9" not in tables.read("raw_events", ["NY"])["event_id"]
    assert decisions.read().forgotten == {("seatgeek", "9")}


def test_a_show_that_another_listing_tells_of_stays_under_its_id_in_the_other_s_words(
    tables, decisions
):
    before = tables.read("upcoming_shows", ["NY"]).filter(performer_name="Paper Lantern")
    forget(tables, decisions, "ticketmaster-G5v1")
    (row,) = tables.read("upcoming_shows", ["NY"]).filter(performer_name="Paper Lantern").to_dicts()
    assert row["show_id"] == before["show_id"].item()
    assert (row["source"], row["ticket_url"]) == ("seatgeek", None)


def test_a_listing_that_is_nowhere_is_remembered_all_the_same_and_only_once(tables, decisions):
    assert forget(tables, decisions, "seatgeek-77") == []
    assert forget(tables, decisions, "seatgeek-77") == []
    text = decisions.path.read_text("utf-8")
    assert text.count("seatgeek-77") == 1
    assert parse_show_decisions(text) == ShowDecisions(forgotten=frozenset({("seatgeek", "77")}))


def test_what_is_no_listing_is_told_with_an_example(tables, decisions):
    with pytest.raises(NoListingError, match="such as ticketmaster-"):
        forget(tables, decisions, "G5v1")
    assert not decisions.path.exists()


def test_a_listing_that_its_source_has_dropped_since_is_removed_from_what_was_made_of_it(
    tables, decisions
):
    raw = tables.read("raw_events", ["NY"])
    tables.write("raw_events", "NY", raw.filter(raw["event_id"] != "9"))
    tables.write("shows", "NY", tables.read("shows", ["NY"]).filter(title="Paper Lantern"))
    history = tables.read("show_changes", ["NY"])
    assert forget(tables, decisions, "seatgeek-9") == ["NY"]
    left = tables.read("show_changes", ["NY"])
    assert left.height == history.height - 1
    assert "seatgeek-9" not in left["show_id"]
    assert "seatgeek-9" not in tables.read("upcoming_shows", ["NY"])["show_id"]
