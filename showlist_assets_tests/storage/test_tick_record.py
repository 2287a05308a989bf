"""What a tick remembers, in a folder and in a bucket."""

from __future__ import annotations

import io
from threading import Thread
from typing import TYPE_CHECKING

import pytest
from rich.console import Console

from showlist_assets.cli.tick import prepared_tick
from showlist_assets.defs import schedules
from showlist_assets.storage.files import Changed, LocalFiles, LockTimeout, StorageError
from showlist_assets.storage.gcs_files import GcsFiles
from showlist_assets.storage.tick_record import Change, StartedRun, TickFile, TickRecord
from showlist_assets_tests.clock import NOW
from showlist_assets_tests.platform_under_test import instance_on_disk

if TYPE_CHECKING:
    from showlist_assets_tests.platform_under_test import PlatformUnderTest


@pytest.fixture(params=["folder", "bucket"])
def place(request, tmp_path):
    if request.param == "folder":
        return LocalFiles(tmp_path)
    return GcsFiles(f"{request.getfixturevalue('gcs_bucket')}/some/prefix")


def test_what_was_written_is_read(place):
    file = TickFile(place)
    record = file.read()
    assert record == TickRecord()
    record.schedules["weekly_refresh"] = NOW
    record.cursors["sensor"] = "{}"
    record.runs["weekly_refresh"] = {"2026-W47/CA-NY": StartedRun(at=NOW, attempts=1)}
    record.look({"NY": "a"})
    file.write(record)
    record.published = 1
    file.write(record)
    assert TickFile(place).read() == record


def test_of_two_that_have_read_the_same_the_second_writes_nothing(place):
    first, second = TickFile(place), TickFile(place)
    for file in (first, second):
        file.read()
    first.write(TickRecord(published=1))
    with pytest.raises(Changed):
        second.write(TickRecord(published=2))
    assert TickFile(place).read().published == 1


def test_what_is_no_record_is_refused(place):
    place.write("tick.json", b"[]")
    with pytest.raises(StorageError, match="Move it away"):
        TickFile(place).read()


def test_what_a_later_version_remembers_is_kept(place):
    place.write("tick.json", b'{"published": 3, "of_tomorrow": 1}')
    file = TickFile(place)
    file.write(file.read())
    assert b"of_tomorrow" in (place.read("tick.json") or b"")


def test_changes_are_numbered_and_a_number_never_comes_again():
    record = TickRecord()
    record.look({})
    assert record.number == 0
    record.look({"NY": "a", "listener me": "a"})
    record.look({"NY": "a", "listener me": "a"})
    assert record.number == 1
    record.look({"NY": "a", "listener me": "b"})
    assert record.changes == {
        "NY": Change(version="a", number=1),
        "listener me": Change(version="b", number=2),
    }
    record.look({"NY": "a"})
    record.look({"NY": "c"})
    assert record.changes == {"NY": Change(version="c", number=3)}


@pytest.mark.slow
def test_a_tick_remembers_in_a_bucket_and_excludes_another_machine(
    gcs_bucket, filled_platform, monkeypatch
):
    monkeypatch.setattr(schedules, "state_ranges", lambda _, **_k: [("WY", "WY")])
    machine, folder = filled_platform, filled_platform.folder
    machine.set(
        SHOWLIST_DATA_ROOT=f"{gcs_bucket}/live",
        SHOWLIST_CALL_STORE=str(folder / "calls"),
        SHOWLIST_ACCOUNTS=str(folder / "accounts"),
        SHOWLIST_WAREHOUSE=str(folder / "showlist.duckdb"),
    )
    assert _due(machine, folder / "first") == ["weekly_refresh", "rebuild_warehouse"]
    # Another machine has nothing but the bucket.
    monkeypatch.setitem(GcsFiles.__init__.__kwdefaults__, "lease_seconds", 2.0)
    refused = []

    def ask() -> None:
        try:
            with machine.platform.tick_lock():
                pass
        except LockTimeout as failure:
            refused.append(failure)

    with machine.platform.tick_lock():
        other = Thread(target=ask)
        other.start()
        other.join()
    assert refused
    # One that died without giving it back.
    with machine.platform.tick_lock():
        lock = machine.platform.files.read("locks/tick")
    machine.platform.files.write("locks/tick", lock)
    with machine.platform.tick_lock():
        pass
    assert _due(machine, folder / "second") == []


def _due(machine: PlatformUnderTest, dagster_home) -> list[str]:
    with instance_on_disk(dagster_home) as instance:
        tick = prepared_tick(machine.platform, instance, Console(file=io.StringIO()))
        return [step.name for step in tick.steps() if step.due]
