"""What the doctor says of the places of a production: may they be used, and do they last."""

from __future__ import annotations

import sqlite3
import tempfile
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final
from uuid import uuid4

from showlist_assets.cli.findings import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from showlist_assets.cli.findings import Verdict
    from showlist_assets.wiring import Platform

_MOUNTS: Final = Path("/proc/self/mountinfo")
# What goes with the container, or with the power.
_PASSING: Final = ("overlay", "tmpfs", "ramfs", "aufs")
_LARGEST_DIFFERENCE: Final = timedelta(seconds=60)
_OLDEST_BACKUP: Final = timedelta(days=2)
_IN_BUCKET: Final = "gs://"


def store_findings(platform: Platform, written: Mapping[str, Path]) -> Iterator[Finding]:
    """Folders, bucket, call store and clock.

    Args:
        platform: Whose.
        written: What Dagster writes on this machine, by name.
    """
    yield from _folders({**_own_folders(platform), **written}, _is_replicated(platform))
    if platform.settings.data_root.startswith(_IN_BUCKET):
        yield _bucket_rights(platform)
        yield _bucket_protection(platform)
    else:
        yield _last_backup(platform)
    yield from _call_store(platform)
    yield _clock(platform)


def _own_folders(platform: Platform) -> dict[str, Path]:
    settings = platform.settings
    places = {
        "SHOWLIST_DATA_ROOT": settings.data_root,
        "SHOWLIST_CALL_STORE": settings.call_store_place,
        "SHOWLIST_ACCOUNTS": settings.accounts_place,
    }
    folders = {
        name: Path(place).expanduser().absolute()
        for name, place in places.items()
        if "://" not in place
    }
    return {**folders, "SHOWLIST_WAREHOUSE": platform.warehouse_file.parent}


def _folders(folders: Mapping[str, Path], is_replicated: bool) -> Iterator[Finding]:
    unwritable = {name: why for name, folder in folders.items() if (why := _refusal(folder))}
    for name, why in unwritable.items():
        yield Finding(
            name,
            "broken",
            f"{folders[name]} cannot be written ({why}). Mount a volume there that this user may "
            "write to, or point it elsewhere.",
        )
    passing = {
        name: folder
        for name, folder in folders.items()
        if name not in unwritable
        and filesystem_of(folder) in _PASSING
        # Of a bucket it is a copy.
        and not (name == "SHOWLIST_WAREHOUSE" and "SHOWLIST_DATA_ROOT" not in folders)
        and not (name == "SHOWLIST_CALL_STORE" and is_replicated)
    }
    for name, folder in passing.items():
        yield Finding(
            name,
            "missing",
            f"{folder} lies in the container's own layer or in memory, and is lost with it. Mount "
            "a volume there.",
        )
    if not unwritable and not passing:
        names = ", ".join(folders)
        yield Finding("Folders", "ok", f"those of {names} can be written, and last.")


def _refusal(folder: Path) -> str:
    """Why nothing can be written into ``folder``, which may have to be made; "" if it can."""
    there = next(each for each in (folder, *folder.parents) if each.exists())
    try:
        with tempfile.TemporaryFile(dir=there):
            return ""
    except OSError as error:
        return error.strerror or type(error).__name__


def filesystem_of(folder: Path) -> str:
    """The kind of the file system that ``folder`` lies, or would lie, in; "" if nothing says so."""
    try:
        lines = _MOUNTS.read_text().splitlines()
    except OSError:
        return ""
    kinds: dict[Path, str] = {}
    for line in lines:
        # man 5 proc: the fifth word is the mount point, the first behind " - " the kind.
        mounted, _, behind = line.partition(" - ")
        kinds[Path(mounted.split()[4].replace("\\040", " "))] = behind.split()[0]
    place = folder.resolve()
    return next((kinds[each] for each in (place, *place.parents) if each in kinds), "")


def _bucket_rights(platform: Platform) -> Finding:
    """Write, replace, refuse to replace, read, list and delete an object of its own."""
    from showlist_assets.storage.files import Changed, StorageError

    files, name = platform.files, f"doctor/{uuid4().hex}"
    try:
        first = files.write_if(name, b"1", "")
        second = files.write_if(name, b"2", first)
        try:
            files.write_if(name, b"3", first)
            is_conditional = False
        except Changed:
            is_conditional = True
        is_read = files.read_versioned(name) == (b"2", second) and name in files.names("doctor")
        files.delete(name)
    except StorageError as error:
        return Finding(
            "Bucket",
            "broken",
            f"{error} It needs roles/storage.objectUser on the bucket (list, read, create, "
            "replace, delete).",
        )
    if is_conditional and is_read:
        words = "this account may list, read, write, replace and delete objects."
        return Finding("Bucket", "ok", words)
    return Finding(
        "Bucket",
        "broken",
        f"{files.uri('')} replaces what another one has written meanwhile, or does not show what "
        "was written: it is no Google Cloud Storage, and two machines would lose rows there.",
    )


def _bucket_protection(platform: Platform) -> Finding:
    from showlist_assets.storage.files import StorageError

    bucket = platform.settings.data_root.removeprefix(_IN_BUCKET).partition("/")[0]
    try:
        found = platform.bucket_protection()
    except StorageError as error:
        return Finding("Backup", "broken", str(error))
    if found is None:
        return Finding(
            "Backup",
            "note",
            "this account may not see how the bucket keeps its objects (storage.buckets.get), "
            f"which it need not: `gcloud storage buckets describe gs://{bucket}` must show "
            "versioning_enabled: true and public_access_prevention: enforced.",
        )
    faults = []
    if not found.keeps_versions:
        faults.append(
            f"keeps no older versions: gcloud storage buckets update gs://{bucket} --versioning"
        )
    if not found.is_closed:
        faults.append(
            f"can be made public: gcloud storage buckets update gs://{bucket} "
            "--public-access-prevention"
        )
    if faults:
        is_kept = found.keeps_versions or found.soft_delete_days
        verdict: Verdict = "missing" if is_kept else "broken"
        return Finding("Backup", verdict, f"gs://{bucket} {'; and it '.join(faults)}")
    deleted = f", deleted ones for {found.soft_delete_days:g} days" * bool(found.soft_delete_days)
    return Finding("Backup", "ok", f"gs://{bucket} keeps older versions{deleted}.")


def _last_backup(platform: Platform) -> Finding:
    from showlist_assets.storage.files import StorageError

    how = (
        "`showlist backup FILE`, each night from cron, onto another machine; a copy of the disk "
        "does, too, which nothing here can see."
    )
    try:
        at = platform.last_backup.at()
    except StorageError as error:
        return Finding("Backup", "broken", str(error))
    if at is None:
        return Finding("Backup", "missing", f"none was ever made here: {how}")
    age = platform.now() - at
    if age > _OLDEST_BACKUP:
        return Finding("Backup", "missing", f"the last one is {age.days} days old: {how}")
    return Finding("Backup", "ok", f"the last one is {age.total_seconds() / 3600:.0f} hours old.")


def _call_store(platform: Platform) -> Iterator[Finding]:
    settings = platform.settings
    place = settings.call_store_place
    if place.startswith(("redis://", "rediss://", "unix://")):
        yield from _redis(place)
        return
    if not settings.data_root.startswith(_IN_BUCKET):
        return
    if _is_replicated(platform):
        yield Finding(
            "Ledger",
            "ok",
            "Litestream copies it. Only one machine may write to one replica: two ticks exclude "
            "each other (`showlist tick`), two daemons do not, and Litestream does not either; "
            "keep one instance, and no overlap in a rollout.",
        )
        return
    yield Finding(
        "Ledger",
        "missing",
        f"the tables lie in a bucket, the ledger of calls on this machine ({place}): with the "
        "machine it is forgotten how much of the day is spent and how long Spotify asked to wait. "
        "Keep that folder on a disk that stays, copy it by Litestream, or use a Redis "
        "(SHOWLIST_CALL_STORE).",
    )


def _is_replicated(platform: Platform) -> bool:
    """Whether Litestream has marked the ledger as its own."""
    place = platform.settings.call_store_place
    ledger = Path(place).expanduser().absolute() / "ledger.sqlite"
    if "://" in place or not ledger.is_file():
        return False
    query = "SELECT 1 FROM sqlite_master WHERE name LIKE '@_litestream@_%' ESCAPE '@'"
    try:
        with closing(sqlite3.connect(f"{ledger.as_uri()}?mode=ro", uri=True)) as connection:
            return connection.execute(query).fetchone() is not None
    except sqlite3.Error:
        return False


def _redis(url: str) -> Iterator[Finding]:
    from showlist_assets.settings import machine_time
    from showlist_assets.sources.http.call_store import CallStoreError
    from showlist_assets.sources.http.redis_durability import redis_durability

    try:
        found = redis_durability(url)
    except CallStoreError as error:
        yield Finding("Redis", "broken", str(error))
        return
    faults = []
    if not found.appends:
        faults.append(
            "it forgets the ledger when it restarts, and with it how much of the day is "
            "spent: appendonly yes"
        )
    if found.policy.startswith("allkeys"):
        faults.append(
            f"its policy {found.policy} drops the ledger when memory is full: "
            "maxmemory-policy volatile-ttl, which drops kept answers only"
        )
    if faults:
        yield Finding("Redis", "broken", "; ".join(faults))
    else:
        yield Finding("Redis", "ok", "it writes each call to a file, and drops no ledger.")
    ahead = datetime.fromtimestamp(found.seconds, UTC) - machine_time()
    if abs(ahead) > _LARGEST_DIFFERENCE:
        yield Finding("Clock of Redis", "broken", _off(ahead, "Redis"))


def _clock(platform: Platform) -> Finding:
    """Leases, tokens and windows of calls count on the time."""
    from showlist_assets.settings import machine_time
    from showlist_assets.sources.http.clock_difference import clock_difference

    settings = platform.settings
    if settings.now or settings.clock_ahead:
        return Finding(
            "Clock",
            "broken",
            "SHOWLIST_NOW or SHOWLIST_CLOCK_AHEAD pretends another time: unset both.",
        )
    ahead = clock_difference(settings.spotify_accounts_url, machine_time)
    if ahead is None:
        words = f"{settings.spotify_accounts_url} told no time to compare with."
        return Finding("Clock", "note", words)
    if abs(ahead) > _LARGEST_DIFFERENCE:
        return Finding("Clock", "broken", _off(ahead, settings.spotify_accounts_url))
    return Finding("Clock", "ok", f"within {abs(ahead.total_seconds()):.0f} seconds of Spotify's.")


def _off(ahead: timedelta, whose: str) -> str:
    seconds = ahead.total_seconds()
    return (
        f"this machine is {abs(seconds):,.0f} seconds {'behind' if seconds > 0 else 'ahead of'} "
        f"{whose}: tokens end too early or too late, and calls are counted in the wrong day. Start "
        "its time service (timedatectl set-ntp true)."
    )
