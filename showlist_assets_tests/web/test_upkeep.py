"""Whether playlists keep themselves: asked beside the page, which never waits for the answer."""

from __future__ import annotations

import time
from datetime import timedelta
from threading import Event

import pytest

from showlist_assets.storage.tick_record import TickRecord
from showlist_assets.web.upkeep import Upkeep, ask_scheduler


class Asked:
    """Answers what it is told to, once it may."""

    def __init__(self, *answers: bool | None) -> None:
        self.answers, self.count = list(answers), 0
        self.may = Event()
        self.may.set()

    def __call__(self) -> bool | None:
        self.may.wait(10)
        self.count += 1
        return self.answers.pop(0)


@pytest.mark.parametrize("answer", [True, False, None])
def test_it_tells_what_it_was_told(answer):
    assert Upkeep(Asked(answer)).is_running() is answer


def test_a_page_does_not_wait_for_an_answer_that_takes_long():
    asked = Asked(True)
    asked.may.clear()
    upkeep, begun = Upkeep(asked), time.monotonic()
    assert upkeep.is_running() is None
    assert time.monotonic() - begun < 1
    asked.may.set()
    while not asked.count:
        time.sleep(0.01)
    assert upkeep.is_running() is True


def test_it_asks_once_a_minute():
    seconds = [0.0]
    asked = Asked(True, False)
    upkeep = Upkeep(asked, lambda: seconds[-1])
    assert [upkeep.is_running() for _ in range(3)] == [True] * 3
    seconds.append(61.0)
    assert upkeep.is_running() is False
    assert asked.count == 2


def test_ticks_keep_playlists_as_well_unless_they_have_stopped(filled_platform, monkeypatch):
    monkeypatch.delenv("DAGSTER_HOME", raising=False)
    platform = filled_platform.platform
    assert ask_scheduler(platform) is None
    file = platform.tick_file
    file.read()
    file.write(TickRecord(looked_at=platform.now() - timedelta(days=2)))
    assert ask_scheduler(platform) is True
    filled_platform.wait(hours=2)
    assert ask_scheduler(filled_platform.platform) is None
