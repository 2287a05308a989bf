"""Reports are of one track where an id or a name says so, also by way of another report."""

from __future__ import annotations

import time

import polars as pl
import pytest

from showlist_assets.domain.listening.track_keys import name_key, name_keys, same_tracks
from showlist_assets_tests.domain.listening.told import EVENING, exported, polled, scrobbled


def _groups(*told: pl.DataFrame) -> list[int]:
    reports = pl.concat(told)
    return same_tracks(reports, name_keys(reports)).to_list()


def test_a_name_joins_a_report_without_an_id_to_one_with() -> None:
    assert len(set(_groups(exported(EVENING), scrobbled(EVENING)))) == 1


def test_an_id_joins_two_names() -> None:
    assert len(set(_groups(exported(EVENING), polled(EVENING, track_name="Himmel")))) == 1


def test_two_reports_that_share_nothing_are_joined_by_a_third() -> None:
    first = exported(EVENING, track_name="Himmel")
    second = scrobbled(EVENING, recording_mbid="m1")
    third = polled(EVENING, track_name="Paradise", recording_mbid="m1")
    assert len(set(_groups(first, second))) == 2
    assert len(set(_groups(first, second, third))) == 1


def test_songs_of_one_artist_stay_apart() -> None:
    assert len(set(_groups(scrobbled(EVENING), scrobbled(EVENING, track_name="Star")))) == 2


@pytest.mark.parametrize(
    ("artist", "title"),
    [
        ("Mitski", "Heaven (feat. Somebody)"),
        ("Mitski feat. Somebody", "Heaven"),
        ("Mitski, Somebody", "Heaven - Remastered 2009"),
        ("MITSKI", "Heaven [Deluxe Edition Version]"),
    ],
)
def test_what_sources_add_is_taken_off(artist: str, title: str) -> None:
    assert name_key(artist, title) == name_key("Mitski", "Heaven")


@pytest.mark.parametrize("title", ["(feat.)", "Live", "[Untitled]", "???", "Remaster"])
def test_a_title_of_nothing_else_stays(title: str) -> None:
    assert name_key("Mitski", title).split("\n")[1]


@pytest.mark.parametrize("part", ["(", "(feat ", " ", " - ", "[feat) ", "feat ", "&", "(edit) "])
def test_a_name_of_a_million_signs_costs_no_more_than_a_long_one(part: str) -> None:
    began = time.process_time()
    for _ in range(20):
        name_key.__wrapped__(part * 1_000_000, part * 1_000_000)
    assert time.process_time() - began < 1
