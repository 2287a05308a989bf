"""Every question of ``docs/cookbook.md`` has a query that runs, and that finds what it asks for."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from pathlib import Path

import duckdb
import polars as pl
import pytest

from showlist_assets.domain import shows
from showlist_assets.domain.tables.registry import TABLES
from showlist_assets.storage.tables import open_tables
from showlist_assets.storage.warehouse import publish_warehouse
from showlist_assets_tests.platform_under_test import FILLED
from showlist_assets_tests.rows import NOW, TODAY, frame

PAGE = Path(__file__).resolve().parents[1] / "docs" / "cookbook.md"
QUESTIONS = dict(re.findall(r"^## ([^\n]+)\n\n```sql\n(.+?)```", PAGE.read_text(), re.M | re.S))
HEADINGS = re.findall(r"^## (.+)$", PAGE.read_text(), re.M)
NEW_YORK, SEATTLE = (40.71, -74.01), (47.61, -122.33)


def listing(event_id: str, source: str):
    return {
        "source": source, "event_id": event_id, "platform": source, "is_resale": False,
        "title": "Paper Lantern", "status": "scheduled",
        "ticket_url": f"https://{source}.example/{event_id}", "lowest_price": 12.0,
        "highest_price": 30.0, "seen_at": NOW, "why": "The same act, house and day.",
        "is_sure": True,
    }  # fmt: skip


def of_paper_lantern() -> dict[str, pl.DataFrame]:
    """Four evenings of one act in a small room in Seattle, and what became of them."""
    evenings = [
        {"show_id": f"extra-{day}", "local_date": TODAY + timedelta(days=day),
         "starts_at": NOW + timedelta(days=day, hours=10),
         "starts_at_local": datetime(2026, 11, 20, 19) + timedelta(days=day),  # noqa: DTZ001
         "venue_city": "Seattle", "venue_capacity": 300, "lowest_price": 12.0, "state": "WA",
         "latitude": SEATTLE[0], "longitude": SEATTLE[1],
         "listings": [listing(str(day), source) for source in ("seatgeek", "ticketmaster")]}
        for day in range(4)
    ]  # fmt: skip
    acts = [
        {name: one[name] for name in ("state", "show_id", "local_date", "venue_city")}
        | {"genres": ["Jazz"]}
        for one in evenings
    ]
    changed = [
        {"state": "WA", "show_id": f"extra-{number}", "change": change, "was": "x", "becomes": "y"}
        for number, change in enumerate(["announced", "cancelled", "moved", "details"])
    ]
    only_wa = {"state": "WA"}
    return {
        "shows": frame("shows", *evenings),
        "expanded_artists": frame("expanded_artists", *acts),
        "matched_artists": frame("matched_artists", only_wa),
        "top_tracks": frame("top_tracks", only_wa),
        "audio_features": frame("audio_features", only_wa),
        "show_changes": frame("show_changes", *changed),
    }


@pytest.fixture(scope="module")
def warehouse(finished_runs, tmp_path_factory):
    """The sandbox's shows, and four more that have an answer to everything."""
    folder = tmp_path_factory.mktemp("cookbook")
    store = open_tables(str(folder / "data"))
    extra = of_paper_lantern()
    extra["upcoming_shows"] = shows.join_upcoming_shows(
        *(
            extra[name]
            for name in (
                "shows",
                "expanded_artists",
                "matched_artists",
                "top_tracks",
                "audio_features",
            )
        ),
        now=NOW,
    )
    for table in TABLES:
        for state in FILLED:
            rows = finished_runs.store.read(table, [state])
            if state == "WA" and table in extra:
                rows = pl.concat([rows, extra[table].select(rows.columns)])
            store.write(table, state, rows)
    path = folder / "showlist.duckdb"
    publish_warehouse(store, path, fetches=finished_runs.platform.fetch_record.fetches())
    with duckdb.connect(str(path), read_only=True) as connection:
        yield connection


def asked(sql: str) -> str:
    """``sql`` as somebody in Seattle asks it on the day of the tests."""
    today = f"date '{TODAY}'"
    sql = re.sub(r"(shows_near\([^)]+)\)", rf"\1, since := {today})", sql)
    sql = sql.replace("current_date", today)
    return sql.replace("{}, {}".format(*NEW_YORK), "{}, {}".format(*SEATTLE))


def answers(warehouse, question: str) -> list[dict]:
    return warehouse.sql(asked(QUESTIONS[question]).rstrip().rstrip(";")).pl().to_dicts()


def test_each_question_has_a_query():
    assert len(QUESTIONS) >= 15
    assert list(QUESTIONS) == HEADINGS


@pytest.mark.parametrize("question", QUESTIONS)
def test_every_question_is_answered(warehouse, question):
    assert answers(warehouse, question)


def test_the_answers_are_those_that_were_asked_for(warehouse):
    def of(question, column):
        return [row[column] for row in answers(warehouse, question)]

    weekend = answers(warehouse, "What is on near me this weekend, the liveliest first?")
    assert {row["date"].isoweekday() for row in weekend} <= {5, 6, 7}
    energies = [row["energy"] for row in weekend if row["energy"] is not None]
    assert energies == sorted(energies, reverse=True)
    tonight = answers(warehouse, "What is on tonight, the nearest first?")
    assert {row["acts_text"] for row in tonight} == {"Paper Lantern"}
    assert of("Who plays more than three shows?", "act") == ["Paper Lantern"]
    cheap = answers(warehouse, "What is cheap, and in a small room?")
    assert all(row["lowest_price"] <= 25 and row["venue_capacity"] <= 500 for row in cheap)
    assert of("What is new since Monday?", "title") == ["Paper Lantern"]
    assert of("What was cancelled?", "change") == ["cancelled"]
    assert of("What moved, and whose line-up changed?", "change") == ["moved"]
    assert sorted(of("How fresh is all this?", "state")) == list(FILLED)
    assert of("Where else are tickets sold?", "platforms") == 4 * [["seatgeek", "ticketmaster"]]
    assert of("Where does an act play, the nearest first?", "date")[0] == date(2026, 11, 20)
