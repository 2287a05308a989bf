"""What a listener is told: of every failure there is, and without an operator's words."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from showlist_assets.services.playlists.push_result import PushResult
from showlist_assets.services.playlists.save_words import (
    SaveProblem,
    problem_of,
    told_of,
    told_of_push,
)
from showlist_assets.sources import failures
from showlist_assets.sources.failures import SourceError
from showlist_assets_tests.services.playlists.written import written

# Commands, settings, files and repr of names are for whoever runs it.
_OPERATORS = re.compile(r"`|showlist |--|SHOWLIST_|\.yaml|recipe|account '|token")


def kinds_of(kind: type[SourceError]) -> list[type[SourceError]]:
    return [kind, *(each for sub in kind.__subclasses__() for each in kinds_of(sub))]


@pytest.mark.parametrize("problem", SaveProblem)
def test_every_problem_has_a_sentence_and_a_way_out_in_the_listeners_words(problem):
    told = told_of(problem)
    assert told.words.endswith((".", "?"))
    assert not _OPERATORS.search(told.words)
    assert told.way_out is not None


@pytest.mark.parametrize("kind", kinds_of(SourceError))
def test_every_failure_of_a_source_is_a_problem_that_is_told(kind):
    problem = problem_of(kind("run `showlist login me`", service="spotify", what="asking"))
    assert problem is not SaveProblem.FAULT
    assert not _OPERATORS.search(told_of(problem).words)
    assert (problem is SaveProblem.QUOTA_SPENT) == kind.ends_the_day
    if kind.retryable:
        assert problem is SaveProblem.SPOTIFY_AWAY


def test_the_failures_whose_remedy_is_the_listeners_are_told_as_such():
    found = {problem_of(kind("x")) for kind in kinds_of(failures.SourceError)}
    assert {
        SaveProblem.CONSENT_ENDED,
        SaveProblem.NOT_ALLOWED,
        SaveProblem.NO_PREMIUM,
        SaveProblem.NOT_YOURS,
    } < found


def test_a_time_is_told_where_its_reader_is():
    until = datetime(2026, 11, 20, 22, 20, tzinfo=UTC)
    told = told_of(SaveProblem.QUOTA_SPENT, until=until, zone=ZoneInfo("America/New_York"))
    assert told.words.endswith("Save again after 5:20 PM (EST) on Friday.")


numbers = st.integers(0, 3)


@given(
    outcome=st.sampled_from(["done", "unchanged", "dry run", "differs", "gone", "empty"]),
    added=numbers,
    removed=numbers,
    kept=numbers,
    withheld=numbers,
    own=numbers,
    writes=numbers,
)
def test_whatever_a_push_did_is_told_in_whole_sentences(
    outcome, added, removed, kept, withheld, own, writes
):
    tracks = tuple(written(number) for number in range(3))
    told = told_of_push(
        PushResult(
            "mine",
            outcome,
            added=tracks[:added],
            removed=tracks[:removed],
            kept=kept,
            withheld=tracks[:withheld],
            additions=("spotify:track:x",) * own,
            writes=writes,
        )
    )
    assert (told.problem is None) == (outcome in ("done", "unchanged", "dry run"))
    assert told.words[0].isupper() or told.words[0].isdigit()
    assert told.words.endswith((".", "?"))
    assert not _OPERATORS.search(told.words)
    assert "  " not in told.words
    assert "1 songs" not in told.words
    assert ": ." not in told.words
