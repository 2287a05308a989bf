"""Every play ends somewhere, and the ends add up."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from showlist_assets.domain.listening.accounting import ENDS, Accounting, account_for
from showlist_assets.domain.listening.merging import merge_reports
from showlist_assets.domain.tables.columns import polars_schema
from showlist_assets.domain.tables.listening.listening_imports import ListeningImports
from showlist_assets.domain.tables.listening.recording_ids import RecordingIds
from showlist_assets_tests.domain.listening.told import EVENING, LENGTH, polled, scrobbled

HOUR = timedelta(hours=1)


def _asked(**answers: str | None) -> pl.DataFrame:
    rows: list[dict[str, Any]] = [
        {
            "track_key": f"name:mitski\n{title}", "recording_mbid": mbid, "artist_mbids": [],
            "asked_at": EVENING,
        }
        for title, mbid in answers.items()
    ]  # fmt: skip
    return pl.DataFrame(rows, schema=polars_schema(RecordingIds))


def _account(*told: pl.DataFrame, asked: pl.DataFrame | None = None, short: int = 0) -> Accounting:
    imports = pl.DataFrame({"not_music": [2], "too_short": [short]})
    return account_for(
        merge_reports(pl.concat(told)), _asked() if asked is None else asked, imports
    )


def test_a_play_without_an_id_has_a_name_until_somebody_was_asked() -> None:
    told = (polled(EVENING), scrobbled(EVENING + HOUR, track_name="Star"))
    assert _account(*told).by["name"] == 1
    assert _account(*told, asked=_asked(star="m1")).by["mbid"] == 1
    assert _account(*told, asked=_asked(star=None)).by["not found"] == 1


def test_what_was_not_found_is_listed_the_most_played_first() -> None:
    told = [scrobbled(EVENING + one * HOUR, track_name="Star") for one in range(3)]
    told += [scrobbled(EVENING - one * HOUR, track_name="Heaven") for one in (1, 2)]
    account = _account(*told, asked=_asked(star=None, heaven=None))
    assert account.unknown == (("Mitski", "Star", 3), ("Mitski", "Heaven", 2))


def test_a_listener_of_nothing_has_an_account_of_nothing() -> None:
    account = account_for(
        merge_reports(polled(EVENING).clear()), _asked(), ListeningImports.create_empty()
    )
    assert (account.plays, account.told, account.share("id")) == (0, 0, 0.0)
    assert tuple(account.by) == ENDS


@given(
    st.lists(st.sampled_from(("Star", "Heaven", "Bug")), min_size=1, max_size=12),
    st.integers(0, 9),
)
def test_the_ends_add_up_to_all_that_was_told(titles: list[str], short: int) -> None:
    told = [
        scrobbled(EVENING + at * LENGTH * 2, track_name=title) for at, title in enumerate(titles)
    ]
    account = _account(*told, asked=_asked(star=None, bug="m1"), short=short)
    assert account.plays == len(titles)
    assert account.told == sum(account.by.values()) == len(titles) + short + 2
