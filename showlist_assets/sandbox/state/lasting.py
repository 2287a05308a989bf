"""What a sandbox keeps in a folder, so that the next start finds the world as it was left.

What belongs here: the files and who may write them. What does not: what is in the world (``state``
and its parts), and serving it (``server``).
"""

from __future__ import annotations

import contextlib
import json
import os
import time
from dataclasses import dataclass
from datetime import date, timedelta
from threading import Lock
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from showlist_assets.errors import ShowlistError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from filelock import BaseFileLock

    from showlist_assets.sandbox.config import Mode, SandboxConfig
    from showlist_assets.sandbox.state.limits import RollingLimit
    from showlist_assets.sandbox.state.state import SandboxState
    from showlist_assets.sandbox.state.stored_playlists import StoredPlaylist

_WORLD: Final = "world.json"
_LISTENERS: Final = "listeners.json"
_COUNTS: Final = "counts.json"
_PLAYLISTS: Final = "playlists"
_RUNNING: Final = "running.json"
_LOCK: Final = "lock"
# Half of the days that a generated world has concerts on; then another one is dealt.
_LASTS: Final = timedelta(days=60)
_BETWEEN_WRITES: Final = 1.0
CLOCK_AHEAD: Final = "SHOWLIST_CLOCK_AHEAD"


class LastingWorldError(ShowlistError):
    """What is kept of a sandbox cannot be read or written; the message names the file."""


@dataclass(frozen=True, slots=True)
class Choices:
    """What decides which world is served, and as what; kept with it.

    Attributes:
        seed: as in ``SandboxConfig``, like the others.
        events: see there.
        mode: see there.
        sources: see there.
        dealt: see there.
        daily_quota: see there.
        world: see there; as text.
        countries: see there.
    """

    seed: int
    events: int
    mode: Mode
    sources: tuple[str, ...]
    dealt: str
    daily_quota: int
    world: str | None
    # Not among what was kept by earlier versions.
    countries: tuple[str, ...] = ("US",)

    @classmethod
    def of(cls, config: SandboxConfig) -> Choices:
        """Those of ``config``."""
        return cls(
            config.seed,
            config.events,
            config.mode,
            config.sources,
            config.dealt,
            config.daily_quota,
            None if config.world is None else str(config.world.absolute()),
            config.countries,
        )

    @property
    def answers(self) -> tuple[int, int, str | None, str, str, tuple[str, ...]]:
        """What the answers depend on."""
        return self.seed, self.events, self.world, self.dealt, self.mode, self.countries


class LastingWorld:
    """The folder of one sandbox; whoever serves it holds its lock.

    ``world.json`` says which world it is, how far its clock was moved and what happened to its
    concerts; ``listeners.json`` who there is and who has agreed; ``playlists`` holds a file each;
    ``counts.json`` what was asked. ``running.json`` is where it answers while it runs.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock: BaseFileLock | None = None
        self._made: list[Path] = []
        self._written: dict[str, str] = {}
        self._began_on: date | None = None
        self._number, self._is_new = 1, False
        self._environment: dict[str, str] = {}
        self._next_write = 0.0
        self._keeping = Lock()

    # Who serves it

    def claim(self) -> bool:
        """Become the one who serves it; false where a running sandbox does.

        Raises:
            LastingWorldError: the folder cannot be written.
        """
        from filelock import FileLock, Timeout

        with self._told(self._folder, "written"):
            folders = (self._folder, *self._folder.parents)
            self._made = [folder for folder in folders if not folder.exists()]
            self._folder.mkdir(parents=True, exist_ok=True)
            lock = FileLock(self._folder / _LOCK)
            try:
                lock.acquire(timeout=0)
            except Timeout:
                return False
        self._lock = lock
        return True

    def release(self) -> None:
        """Let another one serve it; of a world that was never served, nothing stays."""
        if self._lock is None:
            return
        with contextlib.suppress(OSError):
            (self._folder / _RUNNING).unlink(missing_ok=True)
        self._lock.release()
        self._lock = None
        if not (self._folder / _WORLD).exists():
            with contextlib.suppress(OSError):
                (self._folder / _LOCK).unlink(missing_ok=True)
                for folder in self._made:
                    folder.rmdir()

    def announce(self, url: str, environment: Mapping[str, str], *, stays: bool) -> None:
        """Write down where it answers, and the settings of a platform that asks it.

        Args:
            url: Where.
            environment: The settings.
            stays: Whether other processes may ask it, because nothing but a person ends it.
        """
        self._environment = {**environment}
        self._environment.pop(CLOCK_AHEAD, None)
        self._put(_RUNNING, {"url": url, "stays": stays, "pid": os.getpid()})

    def address(self) -> str | None:
        """Where it answers, as whoever serves it to others wrote down; it may be gone."""
        kept = self._get(_RUNNING)
        return str(kept["url"]) if kept and kept["stays"] else None

    # What it was

    def choices(self) -> Choices | None:
        """Which world was served last; ``None`` before the first.

        Raises:
            LastingWorldError: the file cannot be read.
        """
        kept = self._get(_WORLD)
        if kept is None:
            return None
        with self._told(self._folder / _WORLD, "read"):
            chosen = kept["choices"]
            listed = {"countries": ["US"], **chosen}
            several = {name: tuple(listed[name]) for name in ("sources", "countries")}
            return Choices(**{**listed, **several})

    def environment(self) -> dict[str, str]:
        """Settings of a platform over this sandbox, as it was served last; empty before that.

        Raises:
            LastingWorldError: the file cannot be read.
        """
        kept = self._get(_WORLD) or {}
        ahead = kept.get("clock_ahead", 0)
        told = {CLOCK_AHEAD: f"PT{ahead}S"} if ahead else {}
        return {**kept.get("environment", {}), **told}

    def port(self) -> int:
        """Where it answered last, which is as good as any other port; 0 before that."""
        addresses = (url for url in self.environment().values() if url.startswith("http://"))
        return next((urlsplit(url).port or 0 for url in addresses), 0)

    def clock_ahead(self) -> timedelta:
        """How far its clock was moved."""
        kept = self._get(_WORLD) or {}
        return timedelta(seconds=kept.get("clock_ahead", 0))

    def begins_on(self, config: SandboxConfig, today: date) -> date:
        """The day the world was made for: as before, unless it is another world or an old one."""
        kept, chosen = self._get(_WORLD), self.choices()
        self._began_on = today
        if kept and chosen:
            began_on, self._number = date.fromisoformat(kept["began_on"]), kept["number"]
            is_old = not timedelta() <= today - began_on < _LASTS
            if is_old or chosen.answers != Choices.of(config).answers:
                self._number += 1
                self._is_new = True
            else:
                self._began_on = began_on
        return self._began_on

    @property
    def name(self) -> str:
        """What ledger and cache call it: another one answers otherwise."""
        return f"sandbox-{self._number}" if self._number > 1 else "sandbox"

    def restore(self, state: SandboxState) -> None:
        """Make ``state``, which was just made, what was kept; its clock was moved before.

        Raises:
            LastingWorldError: a file cannot be read.
        """
        world, listeners, counts = map(self._get, (_WORLD, _LISTENERS, _COUNTS))
        with self._told(self._folder, "read"):
            if world and not self._is_new:
                for change in world["changes"]:
                    # One of a field that there is no more, or of a concert, says nothing.
                    with contextlib.suppress(ValueError, TypeError):
                        state.change_event(change)
            if listeners:
                playlists = [self._playlist(name) for name in listeners["playlists"]]
                state.listeners.restore(listeners, playlists)
                state.consents.restore(listeners["consents"])
                state.tokens.made = listeners["access_tokens_made"]
            if counts:
                state.log.restore(counts["requests"])
                for name, limit in _limits(state).items():
                    limit.restore([] if self._is_new else counts["limits"].get(name, []))

    # Keeping

    def keep_soon(self, state: SandboxState) -> None:
        """Write what was only counted, but not for every request."""
        if time.monotonic() >= self._next_write:
            self.keep(state)

    def keep(self, state: SandboxState) -> None:
        """Write what has changed, each file at once or not at all.

        Raises:
            LastingWorldError: a file cannot be written.
        """
        with self._keeping:
            for playlist in state.listeners.all_playlists():
                self._put(f"{_PLAYLISTS}/{playlist.id}.json", playlist.kept())
            self._put(
                _LISTENERS,
                {
                    **state.listeners.kept(),
                    "consents": state.consents.kept(),
                    "access_tokens_made": state.tokens.made,
                },
            )
            limits = {name: limit.kept() for name, limit in _limits(state).items()}
            self._put(_COUNTS, {"requests": state.log.rows(), "limits": limits})
            self._put(_WORLD, self._world(state))
            self._next_write = time.monotonic() + _BETWEEN_WRITES

    def _world(self, state: SandboxState) -> dict[str, Any]:
        chosen = Choices.of(state.config)
        return {
            "choices": {name: getattr(chosen, name) for name in Choices.__slots__},
            "number": self._number,
            "began_on": str(self._began_on),
            # A clock that follows the machine's is exact to a few microseconds only.
            "clock_ahead": round(state.clock.ahead.total_seconds()),
            "changes": state.event_changes,
            "environment": self._environment,
        }

    def _playlist(self, name: str) -> StoredPlaylist:
        # Not where the settings alone are looked up, which takes no time.
        from showlist_assets.sandbox.state.stored_playlists import StoredPlaylist

        return StoredPlaylist.from_kept(self._get(f"{_PLAYLISTS}/{name}.json") or {})

    def _get(self, name: str) -> Any:
        path = self._folder / name
        with self._told(path, "read"):
            return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else None

    def _put(self, name: str, content: Any) -> None:
        text = json.dumps(content, ensure_ascii=False, indent=1)
        if self._written.get(name) == text:
            return
        path = self._folder / name
        with self._told(path, "written"):
            path.parent.mkdir(parents=True, exist_ok=True)
            temporary = path.with_suffix(".new")
            temporary.write_text(text, encoding="utf-8")
            temporary.replace(path)
        self._written[name] = text

    @contextlib.contextmanager
    def _told(self, path: Path, done: str) -> Iterator[None]:
        try:
            yield
        except (FileNotFoundError, PermissionError, NotADirectoryError, FileExistsError) as error:
            raise LastingWorldError(
                f"Cannot {'read' if done == 'read' else 'write'} {error.filename or path}: "
                f"{error.strerror}. Give --home a folder this user may write to."
            ) from error
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise LastingWorldError(
                f"{path} cannot be {done} ({type(error).__name__}): it keeps the sandbox's "
                f"listeners and playlists. Delete {self._folder} to begin with a new world, or "
                "give --home another folder."
            ) from error


def _limits(state: SandboxState) -> dict[str, RollingLimit]:
    return {
        "spotify_window": state.limits.window,
        "spotify_day": state.limits.daily,
        "ticketmaster_day": state.ticketmaster_limits.daily,
    }
