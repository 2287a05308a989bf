"""Saves over filled tables and the sandbox's real HTTP: at once, interrupted, refused, undone."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from filelock import FileLock

from showlist_assets.cli.demo_listener import connect_listener
from showlist_assets.defs.runless import report_refresh
from showlist_assets.domain.playlists.recipe import parse_recipe
from showlist_assets.services.playlists import saving, workflow
from showlist_assets.services.playlists.save_words import SaveProblem, WayOut
from showlist_assets.services.playlists.saving import RUN_ID, SAVES_AN_HOUR, Saves
from showlist_assets_tests.platform_under_test import instance_on_disk

WISH = "states: WA\nwhen: any time\ntracks_per_artist: 1\n"
ITEMS = "/v1/playlists/{id}/items"
PATIENCE = 60.0

# What a page's process does with one save, whose id it prints when it has begun.
_PROCESS = """
import sys
from showlist_assets.domain.playlists.recipe import parse_recipe
from showlist_assets.settings import load_settings
from showlist_assets.wiring import Platform
saves = Platform(load_settings()).saves()
begun = saves.start(parse_recipe(sys.argv[1], name="mine", source="mine"))
print("begun", flush=True)
print(saves.wait(begun, 60).words, flush=True)
"""


class Page:
    """The saves of one page, and what the sandbox's Spotify then holds."""

    def __init__(self, under_test) -> None:
        self.under_test, self.sandbox = under_test, under_test.sandbox
        self.platform = under_test.platform
        self.saves = self.platform.saves()

    def save(self, text: str = WISH, **how: Any) -> saving.Saving:
        found = self.saves.wait(self.saves.start(self.recipe(text), **how), PATIENCE)
        assert found is not None
        return found

    def recipe(self, text: str = WISH, name: str = "mine"):
        return parse_recipe(text, name=name, source=name)

    def process(self, text: str = WISH) -> subprocess.Popen[str]:
        """Another page that saves the same."""
        return subprocess.Popen(
            [sys.executable, "-c", _PROCESS, text],
            env={**os.environ, **self.under_test.variables},
            stdout=subprocess.PIPE,
            text=True,
        )

    @property
    def live(self) -> list[str]:
        (only,) = self.sandbox.listeners.playlists()
        return list(only.uris)

    def planned(self, text: str = WISH) -> list[str]:
        plan = self.platform.playlists.plan(self.recipe(text))
        return [f"spotify:track:{track.track_id}" for track in plan.tracks]


@pytest.fixture
def unconnected(filled_platform):
    page = Page(filled_platform)
    yield page
    page.saves.close()


@pytest.fixture
def page(unconnected):
    connect_listener(unconnected.sandbox, unconnected.platform)
    return unconnected


def test_a_save_writes_the_plan_and_says_so(page):
    saved = page.save()
    assert (saved.state, saved.problem, saved.account) == ("done", None, "me")
    assert page.live == page.planned()
    assert saved.words == f"Your playlist is ready: {len(page.live)} songs."
    assert [track.track_id for track in saved.plan.tracks] == [
        uri.rpartition(":")[2] for uri in page.live
    ]
    assert page.platform.history.last("mine", "me").run_id == RUN_ID
    assert page.platform.plans.read_calendar("mine")


def test_a_second_save_changes_what_has_changed_and_leaves_the_listeners_own(page):
    page.save()
    (playlist,) = page.sandbox.listeners.playlists()
    taken_out, own = page.live[0], "spotify:local:Band:Album:Song:180"
    page.sandbox.listeners.remove_tracks(playlist.id, [taken_out])
    page.sandbox.listeners.add_tracks(playlist.id, [own])
    fewer = WISH + "max_tracks: 5\n"
    looked = page.saves.difference(page.recipe(fewer))
    assert looked.result.writes > 0
    saved = page.save(fewer)
    assert saved.state == "done"
    assert own in page.live
    assert taken_out not in page.live
    assert " taken off" in saved.words
    assert saved.words.endswith("1 that you took out stays out. 1 of your own stays.")
    assert page.save(fewer).words.startswith("It is up to date: 5 songs.")


def test_what_a_save_would_do_is_told_before_and_costs_a_call_once(page):
    first = page.saves.difference(page.recipe())
    assert first.words == f"It would be a new playlist: {len(page.planned())} songs."
    assert (first.result.calls, page.sandbox.requests("spotify")) == (0, 0)
    page.save()
    before = page.sandbox.requests("spotify")
    looked = [page.saves.difference(page.recipe()) for _ in range(5)]
    assert {each.words for each in looked} == {f"It is up to date: {len(page.live)} songs."}
    assert page.sandbox.requests("spotify") - before == looked[0].result.calls == 2
    assert page.platform.ledger("spotify").spent()["playlist"] == page.sandbox.requests("spotify")


def test_a_second_click_joins_the_save_that_is_under_way(page):
    page.sandbox.fault("spotify", "late", endpoint=ITEMS, method="POST", seconds=1.0)
    first = page.saves.start(page.recipe())
    assert page.saves.start(page.recipe()) == first
    assert page.saves.find(first).state == "running"
    assert page.saves.wait(first, PATIENCE).state == "done"
    assert len(page.live) == len(set(page.live)) == len(page.planned())
    assert page.saves.start(page.recipe()) != first


def test_a_changed_wish_is_not_lost_behind_the_save_that_is_under_way(page):
    page.sandbox.fault("spotify", "late", endpoint=ITEMS, method="POST", seconds=1.0)
    fewer = WISH + "max_tracks: 4\n"
    first, second = page.saves.start(page.recipe()), page.saves.start(page.recipe(fewer))
    assert page.saves.wait(second, PATIENCE).state == "done"
    assert page.saves.find(first).state == "done"
    assert page.live == page.planned(fewer)


@pytest.mark.slow
def test_two_pages_that_save_at_once_write_everything_once(page):
    processes = [page.process() for _ in range(2)]
    said = [process.communicate(timeout=PATIENCE)[0] for process in processes]
    assert sorted(page.live) == sorted(page.planned())
    assert any("Your playlist is ready" in each for each in said)
    assert any("It is up to date" in each for each in said)


@pytest.mark.slow
def test_a_page_that_is_killed_in_the_middle_is_told_of_and_gone_on_from(page):
    page.sandbox.fault("spotify", "late", endpoint=ITEMS, method="POST", seconds=3.0)
    process = page.process()
    assert process.stdout.readline() == "begun\n"
    deadline = time.monotonic() + PATIENCE
    while page.platform.history.last("mine", "me") is None and time.monotonic() < deadline:
        time.sleep(0.05)
    under_way = page.saves.last_push(page.recipe())
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert (under_way.state, page.saves.last_push(page.recipe()).state) == (
        "running", "interrupted",
    )  # fmt: skip
    assert "goes on from what is there" in page.saves.last_push(page.recipe()).words
    assert page.save().state == "done"
    assert page.live == page.planned()
    assert len(page.sandbox.listeners.playlists()) == 1
    assert page.saves.last_push(page.recipe()).state == "done"


def test_without_a_push_there_is_no_last_one(page):
    assert page.saves.last_push(page.recipe()) is None


def test_a_push_of_another_process_is_told(page, monkeypatch):
    page.save()
    monkeypatch.setattr(workflow, "_LOCK_SECONDS", 0.1)
    with FileLock(page.platform.accounts.folder / "mine.push.lock", thread_local=False):
        saved = page.save(WISH + "max_tracks: 3\n")
        looked = page.saves.difference(page.recipe(WISH + "max_tracks: 2\n"))
    assert (saved.state, saved.problem, saved.way_out) == (
        "failed", SaveProblem.UNDER_WAY, WayOut.AGAIN,
    )  # fmt: skip
    assert looked.problem is SaveProblem.UNDER_WAY
    assert page.live == page.planned()


class HasToWaitError(Exception):
    pass


def _look_up_until_there_is_a_wait(ledger) -> None:
    def sleep(_: float) -> None:
        raise HasToWaitError

    ledger._sleep = sleep
    with suppress(HasToWaitError):
        for _ in range(1000):
            ledger.spend()
        pytest.fail("there was no wait")


def test_a_save_does_not_wait_for_a_refresh_and_is_told_of_when_it_is_over(page, tmp_path):
    instance = instance_on_disk(tmp_path / "home")
    log = instance.event_log_storage
    for pool in ("spotify", "playlists"):
        log.set_concurrency_slots(pool, 1)
        log.claim_concurrency_slot(pool, "a refresh", "its step")
    # It has just made all the calls that it may make within 30 seconds.
    _look_up_until_there_is_a_wait(page.platform.ledger("spotify"))
    told = []

    def report(recipe, refreshed):
        told.append(report_refresh(recipe, refreshed, by="web", instance=instance))

    saves = page.platform.saves(report)
    began = time.monotonic()
    saved = saves.wait(saves.start(page.recipe()), PATIENCE)
    took = time.monotonic() - began
    assert saved.state == "done"
    assert took < 3.0
    deadline = time.monotonic() + PATIENCE
    while not told and time.monotonic() < deadline:
        time.sleep(0.05)
    saves.close()
    assert told == [True]


def test_a_report_that_fails_costs_the_listener_nothing(page, caplog):
    def report(*_: object) -> None:
        raise RuntimeError("no Dagster")

    saves = page.platform.saves(report)
    first = saves.start(page.recipe())
    assert saves.wait(first, PATIENCE).state == "done"
    assert saves.wait(saves.start(page.recipe()), PATIENCE).state == "done"
    saves.close()
    assert "could not be reported" in caplog.text


@pytest.mark.parametrize(
    ("fault", "how", "problem", "way_out"),
    [
        ("quota_exceeded", {}, SaveProblem.QUOTA_SPENT, WayOut.WAIT),
        ("not_allowlisted", {}, SaveProblem.NOT_ALLOWED, WayOut.ASK_OWNER),
        ("not_premium", {}, SaveProblem.NO_PREMIUM, WayOut.ASK_OWNER),
        ("insufficient_scope", {}, SaveProblem.CONSENT_ENDED, WayOut.LOG_IN),
        ("cut_json", {"times": 9}, SaveProblem.SPOTIFY_AWAY, WayOut.AGAIN),
    ],
)
def test_what_spotify_refuses_is_told_with_a_way_out(page, fault, how, problem, way_out):
    page.sandbox.fault("spotify", fault, **{"times": 4, **how})
    saved = page.save()
    assert (saved.state, saved.problem, saved.way_out) == ("failed", problem, way_out)
    assert saved.result is None
    assert not page.sandbox.listeners.playlists()


def test_when_the_calls_come_back_is_told_in_the_listeners_time(page):
    page.sandbox.fault("spotify", "quota_exceeded", retry_after=5 * 3600 + 60)
    # 17:00 UTC is 9 in the morning in Washington State.
    assert "Save again after 2:01 PM (PST) on Friday." in page.save().words
    looked = page.saves.difference(page.recipe(WISH + "max_tracks: 3\n"))
    assert looked.problem is None, "nothing was ever pushed, so nobody has to be asked"


def test_the_days_own_budget_is_told_alike(page):
    page.under_test.set(SHOWLIST_SPOTIFY_BUDGET="1", SHOWLIST_SPOTIFY_RESERVE="0")
    saves = page.under_test.platform.saves()
    saved = saves.wait(saves.start(page.recipe()), PATIENCE)
    saves.close()
    assert saved.problem is SaveProblem.QUOTA_SPENT
    assert "Save again after " in saved.words


def test_a_permission_that_has_ended_leads_to_a_new_login(page):
    page.sandbox.listeners.revoke()
    page.under_test.wait(hours=2)
    page.platform = page.under_test.platform
    saves = page.platform.saves()
    saved = saves.wait(saves.start(page.recipe()), PATIENCE)
    saves.close()
    assert (saved.problem, saved.way_out) == (SaveProblem.CONSENT_ENDED, WayOut.LOG_IN)


def test_a_deleted_playlist_is_made_anew_once_the_listener_says_so(page):
    page.save()
    (gone,) = page.sandbox.listeners.playlists()
    page.sandbox.listeners.unfollow(gone.id)
    saved = page.save()
    assert (saved.state, saved.problem, saved.way_out) == (
        "failed", SaveProblem.GONE, WayOut.NEW_PLAYLIST,
    )  # fmt: skip
    assert page.save(recreate=True).state == "done"
    assert page.live == page.planned()


def test_a_wish_that_nothing_fits_writes_nothing(page):
    saved = page.save(WISH + "artists: {only: [Nobody At All]}\n")
    assert (saved.problem, saved.way_out) == (SaveProblem.EMPTY, WayOut.CHANGE_WISH)
    assert saved.plan.tracks == ()
    assert not page.sandbox.listeners.playlists()


def test_whoever_is_not_connected_is_told_so(unconnected):
    saved = unconnected.save()
    assert (saved.problem, saved.way_out) == (SaveProblem.NO_ACCOUNT, WayOut.LOG_IN)
    looked = unconnected.saves.difference(unconnected.recipe())
    assert looked.problem is SaveProblem.NO_ACCOUNT


class StubRefresh:
    """Steps that end as a test wants."""

    def __init__(self, failure: Exception | None = None) -> None:
        self.failure, self.done = failure or RuntimeError("a fault of ours"), 0

    def refresh(self, *_: object, **__: object):
        self.done += 1
        raise self.failure


@pytest.fixture
def counted(unconnected):
    """Saves without Spotify, on a clock that the test moves."""
    clock = [0.0]
    refresh: Any = StubRefresh()
    saves = Saves(
        refresh,
        unconnected.platform.history,
        calls_back_at=lambda: None,
        clock=unconnected.platform.now,
        elapsed=lambda: clock[0],
    )
    yield saves, refresh, clock
    saves.close()


def test_a_fault_of_ours_ends_the_save_under_a_number_of_the_log(counted, unconnected, caplog):
    saves, _, _ = counted
    saved = saves.wait(saves.start(unconnected.recipe()), PATIENCE)
    assert (saved.state, saved.problem) == ("failed", SaveProblem.FAULT)
    number = saved.words.partition("under number ")[2][:6]
    assert number in caplog.text
    assert "a fault of ours" in caplog.text
    assert "a fault of ours" not in saved.words


def test_an_account_saves_some_times_an_hour_and_others_are_not_stopped(counted, unconnected):
    saves, refresh, clock = counted
    for number in range(SAVES_AN_HOUR):
        clock[0] = number * 60.0
        saves.wait(saves.start(unconnected.recipe()), PATIENCE)
    saved = saves.find(saves.start(unconnected.recipe()))
    assert (saved.state, saved.problem, saved.way_out) == (
        "failed", SaveProblem.TOO_MANY_SAVES, WayOut.WAIT,
    )  # fmt: skip
    # The first was five minutes ago, at 9 in Washington State.
    assert "Save again after 9:55 AM (PST) on Friday." in saved.words
    saves.wait(saves.start(unconnected.recipe(WISH + "account: sam\n")), PATIENCE)
    assert refresh.done == SAVES_AN_HOUR + 1
    clock[0] = 3601.0
    saves.wait(saves.start(unconnected.recipe()), PATIENCE)
    assert refresh.done == SAVES_AN_HOUR + 2


def test_saves_that_are_over_are_forgotten_after_an_hour_and_never_more_than_some(
    counted, unconnected, monkeypatch
):
    saves, _, clock = counted
    monkeypatch.setattr(saving, "_FINISHED_KEPT", 3)
    begun = []
    for number in range(5):
        recipe = unconnected.recipe(WISH + f"account: a{number}\n", name=f"r{number}")
        begun.append(saves.start(recipe))
        saves.wait(begun[-1], PATIENCE)
    # The newest is counted when the next begins.
    assert [saves.find(each) is not None for each in begun] == [False, True, True, True, True]
    clock[0] = timedelta(hours=2).total_seconds()
    saves.start(unconnected.recipe())
    assert not any(saves.find(each) for each in begun)
    assert saves.find("nobody's") is None
    assert saves.wait("nobody's", 1.0) is None
