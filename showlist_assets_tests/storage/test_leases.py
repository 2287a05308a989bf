"""Two who write one file, and locks: in a folder, and in a bucket from several machines."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest

from showlist_assets.storage.files import (
    Changed,
    LocalFiles,
    LockLost,
    LockTimeout,
    StorageError,
    change_file,
)
from showlist_assets.storage.gcs_files import GcsFiles

# Long enough for a renewal on a busy machine, short enough for a test.
LEASE = 1.6


@pytest.fixture(params=["folder", "bucket"])
def another(request, tmp_path):
    """Makes the same place again, as another machine would have it."""
    if request.param == "folder":
        return lambda: LocalFiles(tmp_path / "place")
    bucket = request.getfixturevalue("gcs_bucket")
    return lambda: GcsFiles(f"{bucket}/place", lease_seconds=LEASE)


@pytest.fixture
def in_bucket(gcs_bucket):
    return lambda: GcsFiles(f"{gcs_bucket}/place", lease_seconds=LEASE)


def test_a_file_is_replaced_only_while_it_is_what_was_read(another):
    one, other = another(), another()
    assert one.read_versioned("a.json") == (None, "")
    first = one.write_if("a.json", b"1", "")
    for stale in ("", "7"):
        with pytest.raises(Changed, match=r"a\.json was changed by another process"):
            other.write_if("a.json", b"2", stale)
    assert other.read_versioned("a.json") == (b"1", first)
    second = other.write_if("a.json", b"2", first)
    with pytest.raises(Changed):
        one.write_if("a.json", b"3", first)
    one.delete_if("a.json", second)
    assert one.read_versioned("a.json") == (None, "")
    with pytest.raises(Changed):
        one.write_if("a.json", b"3", second)


def test_of_all_who_count_at_once_none_is_lost(another):
    def count(_):
        change_file(another(), "n", lambda content: str(int(content or 0) + 1).encode())

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(count, range(12)))
    assert another().read("n") == b"12"


def test_what_is_changed_into_nothing_is_no_file_any_more(another):
    another().write("a", b"x")
    change_file(another(), "a", lambda _: None)
    change_file(another(), "a", lambda content: content)
    assert another().read("a") is None


def test_a_write_whose_answer_was_lost_is_known_as_ones_own(in_bucket, monkeypatch):
    """The client sends it again, and the bucket refuses what meets the first."""
    from google.cloud.storage.blob import Blob

    files, upload = in_bucket(), Blob.upload_from_string

    def twice(blob, *arguments, **named):
        upload(blob, *arguments, **named)
        upload(blob, *arguments, **named)

    with monkeypatch.context() as patched:
        patched.setattr(Blob, "upload_from_string", twice)
        version = files.write_if("a", b"1", "")
    assert files.read_versioned("a") == (b"1", version)
    with pytest.raises(Changed):
        files.write_if("a", b"1", "")


def test_a_lock_keeps_out_others_and_not_the_thread_that_holds_it(another):
    files = another()
    with files.lock("me", patience=0), files.lock("me", patience=0):
        with ThreadPoolExecutor(1) as threads, pytest.raises(LockTimeout, match="me"):
            threads.submit(_locked, another(), "me").result()
        with ThreadPoolExecutor(1) as threads, pytest.raises(LockTimeout, match="me"):
            threads.submit(_locked, files, "me").result()
        assert _locked(files, "you")
    assert _locked(another(), "me")


def _locked(files, name):
    with files.lock(name, patience=0):
        return True


def test_whoever_waits_gets_the_lock_when_it_is_given_back(another):
    held, go_on = Event(), Event()

    def hold():
        with another().lock("me", patience=0):
            held.set()
            go_on.wait(timeout=10)

    with ThreadPoolExecutor(1) as threads:
        holding = threads.submit(hold)
        assert held.wait(timeout=10)
        go_on.set()
        with another().lock("me", patience=10):
            holding.result()


def test_a_lock_is_kept_for_as_long_as_its_holder_lives(in_bucket):
    with in_bucket().lock("me", patience=0), ThreadPoolExecutor(1) as threads:
        waiting = threads.submit(_waiting, in_bucket())
        with pytest.raises(LockTimeout, match="Process"):
            waiting.result()
    assert in_bucket().names("locks") == []


def _waiting(files):
    with files.lock("me", patience=1.2 * LEASE):
        return True


_HOLDER = """
import sys
from showlist_assets.storage.gcs_files import GcsFiles
with GcsFiles(sys.argv[1], lease_seconds=float(sys.argv[2])).lock("me", patience=0):
    print("held", flush=True)
    sys.stdin.readline()
"""


@pytest.fixture
def holder(gcs_bucket):
    process = subprocess.Popen(
        [sys.executable, "-c", _HOLDER, f"{gcs_bucket}/place", str(LEASE)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout.readline() == "held\n"
    yield process
    process.kill()
    process.communicate()


def test_a_holder_that_was_killed_keeps_others_waiting_for_one_lease(holder, in_bucket):
    files = in_bucket()
    holder.kill()
    began = time.monotonic()
    # Also whoever has less patience than that.
    with files.lock("me", patience=0.1):
        waited = time.monotonic() - began
    assert LEASE / 2 < waited < LEASE + 1


def test_a_holder_that_was_suspended_is_told_that_another_one_took_over(holder, in_bucket):
    holder.send_signal(signal.SIGSTOP)
    with in_bucket().lock("me", patience=0.1):
        ours = in_bucket().read("locks/me")
        holder.send_signal(signal.SIGCONT)
        _, told = holder.communicate("go on\n", timeout=20)
        assert f"{LockLost.__name__}: This process was cut off from gs://" in told
        # It took nothing from the one that holds it now.
        assert json.loads(in_bucket().read("locks/me"))["holder"] == json.loads(ours)["holder"]


def test_a_lock_that_cannot_be_reached_says_which(monkeypatch):
    monkeypatch.setenv("STORAGE_EMULATOR_HOST", "http://127.0.0.1:9")
    monkeypatch.setattr("google.cloud.storage.blob.Blob.download_as_bytes", _unreachable)
    with pytest.raises(StorageError, match="Cannot read gs://b/p/locks/me"):
        _locked(GcsFiles("gs://b/p"), "me")


def _unreachable(*_, **_patience):
    raise ConnectionError
