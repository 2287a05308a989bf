"""Locks between machines, over any files that can be compared and swapped.

A lock is a file, ``locks/NAME``, that its holder rewrites every five seconds. Whoever finds one
that has stayed the same for twenty seconds takes it over, so that a holder that was killed keeps
others waiting for twenty seconds from when they first look, and no longer.

Why that is sound without comparing clocks: each one measures, with its own clock, how long a
version of the file has stayed; it cannot have seen the version before the holder wrote it. So
nobody takes over within twenty seconds after a holder began its last successful write, whatever
the two clocks show, as long as both run at about one speed. Taking, renewing, taking over and
giving back are compare-and-swaps: of two who try at once, one succeeds.

What it cannot do: stop a holder that was cut off or suspended for longer than that, and goes on as
if nothing had happened. It is told at the end (``LockLost``); what must not be lost even then is
written by compare-and-swap (``files.change_file``).
"""

from __future__ import annotations

import json
import os
import random
import socket
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final
from uuid import uuid4

from showlist_assets.storage.files import Changed, LockLost, LockTimeout, StorageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from showlist_assets.storage.files import Files

LEASE_SECONDS: Final = 20.0
"""How long others leave a lock alone that its holder does not renew."""
_RENEWALS_A_LEASE: Final = 4
_FIRST_PAUSE: Final = 0.05
_LONGEST_PAUSE: Final = 1.0


class Leases:
    """The locks beside some files; one of these may be shared by threads."""

    def __init__(self, files: Files, *, seconds: float = LEASE_SECONDS) -> None:
        """Read and write nothing yet.

        Args:
            files: Hold the locks.
            seconds: As ``LEASE_SECONDS``; equal for all who share the files.
        """
        self._files, self._seconds = files, seconds
        # Version of a lock that is another's, and since when it has been seen.
        self._seen: dict[str, tuple[str, float]] = {}
        self._mine: set[tuple[str, int]] = set()

    @contextmanager
    def hold(self, name: str, *, patience: float) -> Iterator[None]:
        """As ``Files.lock``.

        Whoever gives no sign of life is waited for until the lock can be taken over, even where
        ``patience`` is shorter, but not where it is 0.
        """
        key = (name, threading.get_ident())
        if key in self._mine:
            yield
            return
        lease = self._taken(name, patience)
        self._mine.add(key)
        try:
            yield
        except BaseException:
            self._mine.discard(key)
            lease.give_back()
            raise
        self._mine.discard(key)
        if not lease.give_back():
            raise LockLost(
                f"This process was cut off from {self._files.uri(_object(name))} for more than "
                f"{self._seconds:.0f} s, and another one took the lock over. Look at what was "
                "done, and run it again."
            )

    def _taken(self, name: str, patience: float) -> _Lease:
        began, pause, first = time.monotonic(), _FIRST_PAUSE, None
        while True:
            content, version = self._files.read_versioned(_object(name))
            first = version if first is None else first
            if content is None or self._is_abandoned(name, version):
                lease = _Lease(self._files, name, seconds=self._seconds)
                if lease.take(version):
                    return lease
                continue
            waited = time.monotonic() - began
            is_silent = patience > 0 and version == first
            if waited >= patience and not is_silent:
                raise LockTimeout(
                    f"{_holder_in_words(content)} holds {self._files.uri(_object(name))}, for "
                    f"{waited:.0f} s by now. Try again; if it stays so, end that process."
                )
            time.sleep(pause * random.uniform(0.5, 1))
            pause = min(2 * pause, _LONGEST_PAUSE, self._seconds / 4)

    def _is_abandoned(self, name: str, version: str) -> bool:
        now = time.monotonic()
        seen, since = self._seen.get(name, ("", now))
        if seen != version:
            since = now
            self._seen[name] = (version, now)
        return now - since >= self._seconds


class _Lease:
    """One lock, held by one thread and renewed by another."""

    def __init__(self, files: Files, name: str, *, seconds: float) -> None:
        self._files, self._name, self._seconds = files, _object(name), seconds
        self._holder, self._renewals, self._version = uuid4().hex, 0, ""
        self._renewed_at, self._is_lost = 0.0, False
        self._end = threading.Event()
        self._renewing = threading.Thread(
            target=self._renew_until_the_end, name=f"renewing {name}", daemon=True
        )

    def take(self, version: str) -> bool:
        """Try to be the holder after ``version``; returns whether it is."""
        self._version = version
        if self._renew():
            self._renewing.start()
            return True
        return False

    def give_back(self) -> bool:
        """Let others have it; returns whether it was ours all the time."""
        self._end.set()
        self._renewing.join(timeout=self._seconds)
        try:
            if self._is_in_doubt and not self._renew():
                return False
            self._files.delete_if(self._name, self._version)
        except Changed:
            return False
        except StorageError:
            # Whoever waits takes it over; a failure here must not hide what was done.
            return not self._is_lost
        return True

    @property
    def _is_in_doubt(self) -> bool:
        late = time.monotonic() - self._renewed_at >= self._seconds
        return late or self._is_lost or self._renewing.is_alive()

    def _renew_until_the_end(self) -> None:
        while not self._end.wait(self._seconds / _RENEWALS_A_LEASE):
            try:
                if not self._renew():
                    return
            except StorageError:
                # Cut off for now: tried again until somebody else has taken it over.
                continue

    def _renew(self) -> bool:
        if self._is_lost:
            return False
        began, self._renewals = time.monotonic(), self._renewals + 1
        try:
            self._version = self._files.write_if(self._name, self._content, self._version)
        except Changed:
            self._is_lost = True
            return False
        self._renewed_at = began
        return True

    @property
    def _content(self) -> bytes:
        return json.dumps(
            {
                "holder": self._holder,
                "renewals": self._renewals,
                "process": os.getpid(),
                "machine": socket.gethostname(),
            }
        ).encode()


def _object(name: str) -> str:
    return f"locks/{name}"


def _holder_in_words(content: bytes) -> str:
    try:
        told = json.loads(content)
        return f"Process {int(told['process'])} of {str(told['machine'])[:80]}"
    except (ValueError, KeyError, TypeError):
        return "Another process"
