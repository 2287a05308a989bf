"""``showlist review --shows`` and ``showlist forget-event``, over tables of a few listings."""

from __future__ import annotations

from datetime import datetime

import pytest
from rich.console import Console

from showlist_assets.cli.forget_event import forget
from showlist_assets.cli.review_shows import list_shows, review_shows
from showlist_assets_tests.defs.called import FakePlatform
from showlist_assets_tests.rows import frame

# The same act on one night in two houses whose names do not show that they are one.
HERE = {"title": "Paper Lantern", "venue_name": "Orchard Hall"}
THERE = {
    "source": "ticketmaster",
    "event_id": "G5v1",
    "platform": "ticketmaster",
    "title": "Paper Lantern",
    "venue_name": "The Works [upstairs]",
    "starts_at_local": datetime(2026, 12, 4, 21, 30),  # noqa: DTZ001  the venue's wall clock
}


@pytest.fixture
def platform(tmp_path):
    platform = FakePlatform(tmp_path)
    platform.store("raw_events", frame("raw_events", HERE, THERE))
    return platform


def console():
    return Console(record=True, width=100)


def reviewed(platform, *answers):
    asked, terminal = iter(answers), console()
    written = review_shows(platform, terminal, limit=20, ask=lambda _: next(asked))
    return written, terminal.export_text()


def test_a_doubtful_pair_is_shown_with_what_a_person_needs_to_tell(platform):
    terminal = console()
    assert list_shows(platform, terminal, limit=20) == 1
    told = terminal.export_text()
    for words in ("Orchard Hall", "The Works [upstairs]", "Fri 04 Dec 2026 9:30 PM", "seatgeek-1"):
        assert words in told


@pytest.mark.parametrize(("answer", "kind"), [("j", "joined"), ("p", "parted")])
def test_an_answer_is_written_at_once_and_not_asked_for_again(platform, answer, kind):
    written, told = reviewed(platform, answer)
    assert written == 1
    said = platform.show_decisions.read()
    assert len(getattr(said, kind)) == 1
    assert said.decides(("seatgeek", "1"), ("ticketmaster", "G5v1"))
    assert "shows.yaml" in told.replace("\n", "")
    assert list_shows(platform, console(), limit=20) == 0


@pytest.mark.parametrize("answer", ["", "q"])
def test_a_pair_may_be_left_as_it_is(platform, answer):
    assert reviewed(platform, answer)[0] == 0
    assert not platform.show_decisions.path.exists()


def test_where_nothing_is_in_doubt_it_says_so(tmp_path):
    written, told = reviewed(FakePlatform(tmp_path))
    assert (written, "No merge of listings is in doubt." in told) == (0, True)


def test_a_forgotten_event_is_told_with_the_states_that_held_it(platform):
    terminal = console()
    forget(platform, "ticketmaster-G5v1", terminal)
    assert "removed from NY" in terminal.export_text()
    assert platform.stored("raw_events")["source"].to_list() == ["seatgeek"]
