"""A look that brings fifty new plays has missed some; an import that covers the time mends it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import polars as pl
import pytest

from showlist_assets.domain.listening.gaps import Look, closed, delayed, gap_after
from showlist_assets.domain.listening.reports import as_reports
from showlist_assets.domain.tables.columns import polars_schema
from showlist_assets.domain.tables.listening.listening_gaps import ListeningGaps
from showlist_assets.domain.tables.listening.listening_imports import ListeningImports
from showlist_assets.domain.tables.listening.listening_polls import ListeningPolls
from showlist_assets_tests.clock import NOW

HOUR = timedelta(hours=1)


def _gap(look: Look, **told: datetime | None) -> pl.DataFrame:
    before = {"newest_known": NOW - 4 * HOUR, "last_look": NOW - 4 * HOUR, "due_at": NOW}
    return ListeningGaps.validate(gap_after(look, **(before | told)))


def _look(new: int = 50, **told: Any) -> Look:
    return Look(NOW, 50, new, oldest_at=NOW - 2 * HOUR, **told)


def test_fifty_new_plays_are_a_wall() -> None:
    (gap,) = _gap(_look()).iter_rows(named=True)
    assert (gap["from_at"], gap["until_at"]) == (NOW - 4 * HOUR, NOW - 2 * HOUR)
    assert (gap["reason"], gap["closed_by"]) == ("wall", None)


def test_one_play_that_was_known_joins_the_look_to_what_came_before() -> None:
    assert _gap(_look(new=49)).is_empty()


def test_the_first_look_misses_nothing_of_ours() -> None:
    assert _gap(_look(), newest_known=None, last_look=None, due_at=None).is_empty()


def test_a_look_that_came_hours_late_was_away() -> None:
    assert _gap(_look(), last_look=NOW - 30 * HOUR, due_at=NOW - 24 * HOUR)["reason"][0] == "away"


def test_after_a_refusal_it_was_the_consent() -> None:
    assert _gap(_look(was_refused=True))["reason"][0] == "consent"


def _polls(*new: int) -> pl.DataFrame:
    """Looks an hour apart, the last of them now, with so many new plays each."""
    rows = [
        {
            **dict.fromkeys(polars_schema(ListeningPolls)),
            "polled_at": NOW - (len(new) - 1 - nth) * HOUR,
            "returned": 50,
            "new": count,
            "next_poll_at": NOW,
        }
        for nth, count in enumerate(new)
    ]
    return pl.DataFrame(rows, schema=polars_schema(ListeningPolls))


def _reports(hours_ago: float, **told: object) -> pl.DataFrame:
    row = {
        "reported_at": NOW - hours_ago * HOUR,
        "reported_means": "end",
        "track_name": "A Song",
        "artist_name": "An Artist",
        **told,
    }
    return as_reports([row], source="listenbrainz", import_id="1", received_at=NOW)


@pytest.mark.parametrize(
    ("new", "ended", "is_late"),
    [
        ((3, 0, 0, 2), 2.5, True),
        # Told by the next look, or just now: nobody was late.
        ((3, 0, 2), 1.5, False),
        ((3, 0, 0, 2), 0.5, False),
        ((3, 0, 0, 2), 1.5, False),
        # Known before the silence began.
        ((3, 0, 0, 2), 3.5, False),
        ((3, 0, 0, 0, 2), 2.5, True),
        # The silence goes on, or nobody looked before it.
        ((3, 0, 0), 1.5, False),
        ((0, 0, 2), 1.5, False),
    ],
)
def test_a_play_that_two_looks_should_have_told_makes_a_delay(new, ended, is_late) -> None:
    gaps = ListeningGaps.validate(delayed(_polls(*new), _reports(ended, spotify_track_id="t")))
    assert gaps["reason"].to_list() == ["delayed"] * is_late
    if is_late:
        ends = (gaps["from_at"][0], gaps["until_at"][0])
        assert ends == (NOW - (len(new) - 1) * HOUR, NOW - HOUR)


def test_what_is_played_elsewhere_than_on_spotify_is_no_delay() -> None:
    assert delayed(_polls(3, 0, 0, 2), _reports(2.5)).is_empty()


def test_an_import_of_before_it_ended_closes_nothing() -> None:
    morning = _import("listenbrainz", NOW - timedelta(days=30), NOW - 3 * HOUR)
    earlier = morning.with_columns(imported_at=pl.lit(NOW - 3 * HOUR))
    assert closed(_gap(_look()), earlier)["closed_by"].to_list() == [None]


def _import(source: str, from_at: datetime, until_at: datetime) -> pl.DataFrame:
    counts = ("rows", "added", "known", "too_short", "not_music", "incognito", "bad_rows")
    row = {
        **dict.fromkeys(polars_schema(ListeningImports)),
        **dict.fromkeys(counts, 0),
        "import_id": f"{source} 1",
        "source": source,
        "imported_at": NOW,
        "from_at": from_at,
        "until_at": until_at,
    }
    return pl.DataFrame([row], schema=polars_schema(ListeningImports))


@pytest.mark.parametrize("source", ["spotify_export", "listenbrainz", "lastfm"])
def test_an_import_that_covers_a_gap_closes_it(source: str) -> None:
    covers = _import(source, NOW - timedelta(days=300), NOW)
    assert closed(_gap(_look()), covers)["closed_by"].to_list() == [f"{source} 1"]


def test_one_that_ended_before_does_not() -> None:
    earlier = _import("spotify_export", NOW - timedelta(days=300), NOW - timedelta(days=3))
    assert closed(_gap(_look()), earlier)["closed_by"].to_list() == [None]


def test_another_look_does_not() -> None:
    look = _import("spotify_poll", NOW - timedelta(days=300), NOW)
    assert closed(_gap(_look()), look)["closed_by"].to_list() == [None]


def test_a_closed_gap_stays_closed_by_whatever_closed_it() -> None:
    covers = _import("spotify_export", NOW - timedelta(days=300), NOW)
    first = closed(_gap(_look()), covers)
    later = _import("lastfm", NOW - timedelta(days=300), NOW)
    assert closed(first, later).equals(first)
