"""A look that brings fifty new plays has missed some; an import that covers the time mends it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import polars as pl
import pytest

from showlist_assets.domain.listening.gaps import Look, closed, delayed, gap_after
from showlist_assets.domain.tables.columns import polars_schema
from showlist_assets.domain.tables.listening.listening_gaps import ListeningGaps
from showlist_assets.domain.tables.listening.listening_imports import ListeningImports
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


def test_what_spotify_did_not_tell_is_a_delay() -> None:
    assert ListeningGaps.validate(delayed(NOW - HOUR, NOW))["reason"].to_list() == ["delayed"]


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
