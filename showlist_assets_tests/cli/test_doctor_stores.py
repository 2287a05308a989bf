from __future__ import annotations

import os
import shutil
import socket
import sqlite3
import subprocess
import time
from contextlib import closing, contextmanager
from datetime import timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
import requests
from gcp_storage_emulator.server import create_server
from redis import Redis

from showlist_assets.cli import doctor_stores
from showlist_assets.cli.doctor_stores import filesystem_of, store_findings
from showlist_assets.settings import load_settings, machine_time
from showlist_assets.storage.bucket_protection import BucketProtection
from showlist_assets.storage.files import StorageError
from showlist_assets.wiring import Platform


@pytest.fixture
def variables(tmp_path, sandbox):
    """Settings of a platform on this machine, whose Spotify tells its time."""
    return {
        "SHOWLIST_SPOTIFY_ACCOUNTS_URL": sandbox.env()["SHOWLIST_SPOTIFY_ACCOUNTS_URL"],
        "SHOWLIST_DATA_ROOT": str(tmp_path / "data"),
        "SHOWLIST_CALL_STORE": str(tmp_path / "calls"),
        "SHOWLIST_ACCOUNTS": str(tmp_path / "accounts"),
    }


@pytest.fixture(autouse=True)
def a_machine_that_stays(tmp_path, monkeypatch):
    """Wherever pytest keeps its folders; and the machine's own time."""
    monkeypatch.delenv("SHOWLIST_NOW", raising=False)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mounts").write_text("1 0 8:1 / / rw - ext4 /dev/sda1 rw\n")
    monkeypatch.setattr(doctor_stores, "_MOUNTS", tmp_path / "mounts")


def looked_at(variables, written=None, **changes):
    """Subject -> (verdict, words)."""
    given = {name: value for name, value in (variables | changes).items() if value}
    found = store_findings(Platform(load_settings(**given)), written or {})
    return {each.subject: (each.verdict, each.words) for each in found}


@pytest.fixture
def in_bucket(variables, gcs_bucket):
    """The same in a bucket that compares generations."""
    root = f"{gcs_bucket}/some/prefix"
    return {**variables, "SHOWLIST_DATA_ROOT": root, "SHOWLIST_ACCOUNTS": ""}


@pytest.fixture
def redis(tmp_path):
    """The address of a Redis of its own, which may write files; skips where none is installed."""
    server = shutil.which("redis-server")
    if server is None:
        pytest.skip("redis-server is not installed (Debian package redis-server)")
    address = tmp_path / "redis.sock"
    options = ["--port", "0", "--unixsocket", str(address), "--save", "", "--dir", str(tmp_path)]
    process = subprocess.Popen(
        [server, *options],
        stdout=subprocess.DEVNULL,
        # A server has its own clock; under a faked one (`make test-dates`) Redis never starts.
        env={name: value for name, value in os.environ.items() if name != "LD_PRELOAD"},
    )
    deadline = time.monotonic() + 10
    while not address.exists():
        assert time.monotonic() < deadline, "redis-server did not start"
        time.sleep(0.01)
    yield f"unix://{address}"
    # It does not end on SIGTERM while it writes its first file.
    process.kill()
    process.wait()


@contextmanager
def answering(status, headers=None, body=b""):
    """A server that answers everything so; its address."""

    class Handler(BaseHTTPRequestHandler):
        def do(self):
            self.send_response_only(status)
            for name, value in (headers or {}).items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        do_GET = do_HEAD = do_POST = do_DELETE = do  # noqa: N815

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_folders_that_can_be_written_and_last(variables, tmp_path):
    verdict, words = looked_at(variables, {"Dagster's compute_logs": tmp_path / "logs"})["Folders"]
    assert verdict == "ok"
    assert "SHOWLIST_DATA_ROOT" in words
    assert "Dagster's compute_logs" in words
    assert not (tmp_path / "logs").exists()


def test_a_folder_that_cannot_be_written_is_told_by_its_setting(variables, tmp_path):
    (tmp_path / "file").write_text("")
    broken = tmp_path / "file" / "calls"
    verdict, words = looked_at(variables, SHOWLIST_CALL_STORE=str(broken))["SHOWLIST_CALL_STORE"]
    assert verdict == "broken"
    assert "cannot be written" in words


@pytest.mark.parametrize("kind", ["overlay", "tmpfs"])
def test_a_folder_that_goes_with_the_container_is_told(variables, tmp_path, kind):
    (tmp_path / "mounts").write_text(
        f"1 0 8:1 / / rw - {kind} none rw\n"
        f"2 1 8:2 / {tmp_path}/data rw,relatime shared:1 - ext4 /dev/sdb rw\n"
    )
    found = looked_at(variables)
    assert found["SHOWLIST_CALL_STORE"][0] == "missing"
    assert "lost with it" in found["SHOWLIST_CALL_STORE"][1]
    assert "SHOWLIST_DATA_ROOT" not in found


def test_the_kind_of_a_place_is_that_of_the_nearest_mount(tmp_path):
    (tmp_path / "mounts").write_text(
        "1 0 8:1 / / rw - overlay none rw\n2 1 8:2 / /with\\040space rw - xfs /dev/sdb rw\n"
    )
    assert filesystem_of(Path("/with space/below")) == "xfs"
    assert filesystem_of(Path("/with")) == "overlay"
    (tmp_path / "mounts").unlink()
    assert filesystem_of(Path("/with")) == ""


def test_a_bucket_is_tried_and_left_as_it_was(in_bucket):
    found = looked_at(in_bucket)
    assert found["Bucket"][0] == "ok"
    platform = Platform(load_settings(**{k: v for k, v in in_bucket.items() if v}))
    assert platform.files.names("doctor") == []


def test_a_bucket_that_takes_every_write_is_none_to_work_in(variables, monkeypatch):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = create_server("127.0.0.1", port, in_memory=True, default_bucket="other")
    server.start()
    monkeypatch.setenv("STORAGE_EMULATOR_HOST", f"http://127.0.0.1:{port}")
    try:
        verdict, words = looked_at(variables, SHOWLIST_DATA_ROOT="gs://other")["Bucket"]
    finally:
        server.stop()
    assert (verdict, "two machines would lose rows" in words) == ("broken", True)


def test_an_account_without_rights_is_told_which_role_it_needs(variables, monkeypatch):
    with answering(403, {"Content-Type": "application/json"}, b"{}") as address:
        monkeypatch.setenv("STORAGE_EMULATOR_HOST", address)
        found = looked_at(variables, SHOWLIST_DATA_ROOT="gs://closed")
    verdict, words = found["Bucket"]
    assert (verdict, "roles/storage.objectUser" in words) == ("broken", True)
    # Nor may it see how the bucket is kept, and it need not.
    verdict, words = found["Backup"]
    assert (verdict, "gcloud storage buckets describe gs://closed" in words) == ("note", True)


@pytest.mark.parametrize(
    ("protection", "verdict", "says"),
    [
        (BucketProtection(True, 7, True), "ok", "keeps older versions, deleted ones for 7 days"),
        (BucketProtection(True, 0, True), "ok", "keeps older versions."),
        (BucketProtection(True, 7, False), "missing", "--public-access-prevention"),
        (BucketProtection(False, 7, True), "missing", "--versioning"),
        (BucketProtection(False, 0, False), "broken", "--versioning"),
    ],
)
def test_a_bucket_should_keep_versions_and_be_closed(
    in_bucket, monkeypatch, protection, verdict, says
):
    monkeypatch.setattr(Platform, "bucket_protection", lambda _: protection)
    found, words = looked_at(in_bucket)["Backup"]
    assert (found, says in words) == (verdict, True)


def test_how_a_bucket_is_kept_is_asked_of_google(in_bucket):
    name, server = "versions", os.environ["STORAGE_EMULATOR_HOST"]
    body = {"name": name, "versioning": {"enabled": True}}
    requests.post(f"{server}/storage/v1/b", json=body, timeout=5).raise_for_status()
    platform = Platform(load_settings(SHOWLIST_DATA_ROOT=f"gs://{name}/prefix"))
    assert platform.bucket_protection() == BucketProtection(True, 0, False)
    assert not Platform(load_settings(**in_bucket)).bucket_protection().keeps_versions
    with pytest.raises(StorageError, match="cannot be looked at: NotFound"):
        Platform(load_settings(SHOWLIST_DATA_ROOT="gs://none")).bucket_protection()


def test_a_backup_of_this_machine_has_an_age(variables):
    assert looked_at(variables)["Backup"][0] == "missing"
    platform = Platform(load_settings(**variables))
    platform.last_backup.note(platform.now() - timedelta(hours=30))
    assert looked_at(variables)["Backup"] == ("ok", "the last one is 30 hours old.")
    platform.last_backup.note(platform.now() - timedelta(days=9))
    verdict, words = looked_at(variables)["Backup"]
    assert (verdict, "9 days old" in words) == ("missing", True)


def test_a_record_of_a_backup_that_is_none_counts_as_none(variables):
    platform = Platform(load_settings(**variables))
    platform.settings.backup_record.write_text("yesterday")
    assert platform.last_backup.at() is None


def test_a_ledger_that_lies_on_this_machine_alone_is_lost_with_it(in_bucket, tmp_path):
    assert looked_at(in_bucket)["Ledger"][0] == "missing"
    (tmp_path / "calls").mkdir()
    with closing(sqlite3.connect(tmp_path / "calls" / "ledger.sqlite")) as ledger:
        ledger.execute("CREATE TABLE _litestream_seq (id INTEGER PRIMARY KEY, seq INTEGER)")
    verdict, words = looked_at(in_bucket)["Ledger"]
    assert (verdict, "Only one machine" in words) == ("ok", True)
    # What Litestream brings back need not last by itself.
    (tmp_path / "mounts").write_text("1 0 8:1 / / rw - overlay none rw\n")
    assert "SHOWLIST_CALL_STORE" not in looked_at(in_bucket)


def test_a_redis_must_keep_the_ledger(variables, redis):
    verdict, words = looked_at(variables, SHOWLIST_CALL_STORE=redis)["Redis"]
    assert (verdict, "appendonly yes" in words) == ("broken", True)
    with Redis.from_url(redis) as server:
        server.config_set("appendonly", "yes")
        assert looked_at(variables, SHOWLIST_CALL_STORE=redis)["Redis"][0] == "ok"
        server.config_set("maxmemory-policy", "allkeys-lru")
    verdict, words = looked_at(variables, SHOWLIST_CALL_STORE=redis)["Redis"]
    assert (verdict, "volatile-ttl" in words) == ("broken", True)


def test_a_redis_that_does_not_answer_is_told_without_its_password(variables):
    url = "redis://:hush-hush@127.0.0.1:1"
    verdict, words = looked_at(variables, SHOWLIST_CALL_STORE=url)["Redis"]
    assert (verdict, "hush-hush" in words) == ("broken", False)


def test_a_clock_is_compared_with_that_of_spotify(variables):
    assert looked_at(variables)["Clock"][0] == "ok"


@pytest.mark.parametrize(("minutes", "says"), [(5, "behind"), (-5, "ahead of")])
def test_a_clock_that_is_off_is_told(variables, minutes, says):
    date = format_datetime(machine_time() + timedelta(minutes=minutes), usegmt=True)
    with answering(200, {"Date": date}) as address:
        verdict, words = looked_at(variables, SHOWLIST_SPOTIFY_ACCOUNTS_URL=address)["Clock"]
    assert (verdict, says in words) == ("broken", True)


@pytest.mark.parametrize("date", [{}, {"Date": "soon"}])
def test_a_clock_without_another_is_not_judged(variables, date):
    with answering(200, date) as address:
        found = looked_at(variables, SHOWLIST_SPOTIFY_ACCOUNTS_URL=address)
    assert found["Clock"][0] == "note"
    # Nobody listens there any more.
    assert looked_at(variables, SHOWLIST_SPOTIFY_ACCOUNTS_URL=address)["Clock"][0] == "note"


@pytest.mark.parametrize(
    "pretended", [{"SHOWLIST_NOW": "2026-01-01"}, {"SHOWLIST_CLOCK_AHEAD": "P1D"}]
)
def test_a_time_that_is_pretended_is_a_fault(variables, pretended):
    assert looked_at(variables, **pretended)["Clock"][0] == "broken"
