"""Where a Showlist keeps what it has: a Dagster home and the tables beside it.

Each world has a home of its own, so that sandbox artists never meet real ones:
``.showlist/live`` (real keys), ``.showlist/sandbox`` (the generated world) and
``.showlist/world-NAME`` (the sandbox over a folder of real data).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from showlist_assets.cli.templates import template

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

    from showlist_assets.sandbox.control.client import SandboxElsewhere
    from showlist_assets.sandbox.server import Sandbox

_CONFIGURATION: Final = ("dagster.yaml", "workspace.yaml")
# The first line of what is rewritten each time: the sandbox has another port then.
_OF_DEMO: Final = "# Written by `showlist demo`; docs/feeds.md says what else a feed can hold."


@dataclass(frozen=True)
class Home:
    """One world's Dagster home and data."""

    root: Path

    @property
    def dagster(self) -> Path:
        """What ``DAGSTER_HOME`` is set to."""
        return self.root / "dagster"

    @property
    def workspace(self) -> Path:
        """What ``dagster dev`` loads."""
        return self.dagster / "workspace.yaml"

    @property
    def data(self) -> Path:
        """What ``SHOWLIST_DATA_ROOT`` is set to."""
        return self.root / "data"

    @property
    def calls(self) -> Path:
        """What ``SHOWLIST_CALL_STORE`` is set to."""
        return self.root / "calls"

    @property
    def recipes(self) -> Path:
        """The demo's own folder of recipes; real ones lie where the operator works."""
        return self.root / "recipes"

    @property
    def feeds(self) -> Path:
        """The demo's own folder of venues' calendars."""
        return self.root / "feeds"

    @property
    def world(self) -> Path:
        """What the sandbox keeps from one start to the next; empty in a home of real keys."""
        return self.root / "world"

    @property
    def accounts(self) -> Path:
        """What ``SHOWLIST_ACCOUNTS`` is set to."""
        return self.root / "accounts"

    @property
    def overrides(self) -> Path:
        """What ``SHOWLIST_OVERRIDES`` is set to."""
        return self.root / "overrides.yaml"

    @property
    def show_decisions(self) -> Path:
        """What ``SHOWLIST_SHOW_DECISIONS`` is set to."""
        return self.root / "shows.yaml"

    def describe_feeds(self, files: Mapping[str, str]) -> None:
        """Write ``files`` into the folder of feeds; what a former demo wrote there goes.

        Raises:
            StorageError: they cannot be written.
        """
        from showlist_assets.storage.files import StorageError

        try:
            self.feeds.mkdir(parents=True, exist_ok=True)
            for file in self.feeds.glob("*.yaml"):
                if file.read_text(encoding="utf-8").startswith(_OF_DEMO):
                    file.unlink()
            for name, text in files.items():
                (self.feeds / name).write_text(f"{_OF_DEMO}\n{text}", encoding="utf-8")
        except OSError as error:
            raise StorageError(
                f"Cannot write {error.filename}: {error.strerror}. Give --home a folder this user "
                "may write to."
            ) from error

    def prepare(self) -> None:
        """Create the folders, with Dagster's configuration as this version wants it.

        Raises:
            StorageError: they cannot be written.
        """
        from showlist_assets.storage.files import StorageError

        try:
            self.dagster.mkdir(parents=True, exist_ok=True)
            self.data.mkdir(parents=True, exist_ok=True)
            for name in _CONFIGURATION:
                (self.dagster / name).write_bytes(template(name))
        except OSError as error:
            raise StorageError(
                f"Cannot write {error.filename}: {error.strerror}. Give --home a folder this user "
                "may write to."
            ) from error

    def settings(self) -> dict[str, str]:
        """Settings, by the names of environment variables, that make a platform use this home."""
        return {
            "SHOWLIST_DATA_ROOT": str(self.data),
            "SHOWLIST_CALL_STORE": str(self.calls),
            "SHOWLIST_ACCOUNTS": str(self.accounts),
            "SHOWLIST_OVERRIDES": str(self.overrides),
            "SHOWLIST_SHOW_DECISIONS": str(self.show_decisions),
        }

    def sandbox_settings(self, sandbox: Sandbox | SandboxElsewhere) -> dict[str, str]:
        """The same for a platform over ``sandbox``, which shares nothing with real keys."""
        return self._own_settings(sandbox.env(), sandbox.sources)

    def kept_sandbox_settings(self) -> dict[str, str]:
        """The same as of the sandbox that ran last, for whoever asks it nothing.

        Raises:
            LastingWorldError: what is kept of it cannot be read.
        """
        from showlist_assets.sandbox.state.lasting import LastingWorld

        lasting = LastingWorld(self.world)
        choices = lasting.choices()
        return self._own_settings(lasting.environment(), choices.sources if choices else ())

    def _own_settings(
        self, of_sandbox: Mapping[str, str], sources: Collection[str]
    ) -> dict[str, str]:
        return {
            **self.settings(),
            **of_sandbox,
            # Only these, whatever keys the operator has, and feeds an earlier demo.
            **({"SHOWLIST_EVENT_SOURCES": ",".join(sources)} if sources else {}),
            "SHOWLIST_RECIPES": str(self.recipes),
            "SHOWLIST_FEEDS": str(self.feeds),
            "SHOWLIST_WAREHOUSE": str(self.data / "showlist.duckdb"),
        }

    def environment(self) -> dict[str, str]:
        """Variables that make a process use this home, Dagster's own included."""
        return {"DAGSTER_HOME": str(self.dagster), **self.settings()}


def live_home(base: Path) -> Home:
    """The home that real keys fill."""
    return Home(base.absolute() / "live")


def sandbox_home(base: Path, world: Path | None) -> Home:
    """The home of the generated world, or of the ``world`` folder."""
    if world is None:
        return Home(base.absolute() / "sandbox")
    name = re.sub(r"[^a-z0-9]+", "-", world.resolve().name.lower()).strip("-") or "folder"
    return Home(base.absolute() / f"world-{name}")
