"""Where a Showlist keeps what it has: a Dagster home and the tables beside it.

Each world has a home of its own, so that sandbox artists never meet real ones:
``.showlist/live`` (real keys), ``.showlist/sandbox`` (the generated world) and
``.showlist/world-NAME`` (the sandbox over a folder of real data).
"""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from showlist_assets.storage.tables import StorageError

PROJECT_ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Home:
    """One world's Dagster home and data."""

    root: Path

    @property
    def dagster(self) -> Path:
        """What ``DAGSTER_HOME`` is set to."""
        return self.root / "dagster"

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
        """The demo's own folder of recipes; real ones lie beside the project."""
        return self.root / "recipes"

    @property
    def accounts(self) -> Path:
        """What ``SHOWLIST_ACCOUNTS`` is set to."""
        return self.root / "accounts"

    @property
    def overrides(self) -> Path:
        """What ``SHOWLIST_OVERRIDES`` is set to."""
        return self.root / "overrides.yaml"

    def prepare(self) -> None:
        """Create the folders, with the instance configuration of the project.

        Raises:
            StorageError: they cannot be written, or the project's ``dagster.yaml`` is missing.
        """
        template = PROJECT_ROOT / "dagster.yaml"
        if not template.is_file():
            raise StorageError(
                f"{template} is missing: run Showlist from a clone of its repository."
            )
        try:
            self.dagster.mkdir(parents=True, exist_ok=True)
            self.data.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(template, self.dagster / "dagster.yaml")
        except OSError as error:
            raise StorageError(
                f"Cannot write {error.filename}: {error.strerror}. Give --home a folder this user "
                "may write to."
            ) from error

    def environment(self) -> dict[str, str]:
        """Variables that make a process use this home."""
        return {
            "DAGSTER_HOME": str(self.dagster),
            "SHOWLIST_DATA_ROOT": str(self.data),
            "SHOWLIST_CALL_STORE": str(self.calls),
            "SHOWLIST_ACCOUNTS": str(self.accounts),
            "SHOWLIST_OVERRIDES": str(self.overrides),
        }


def live_home(base: Path) -> Home:
    """The home that real keys fill."""
    return Home(base.absolute() / "live")


def sandbox_home(base: Path, world: Path | None) -> Home:
    """The home of the generated world, or of the ``world`` folder."""
    if world is None:
        return Home(base.absolute() / "sandbox")
    name = re.sub(r"[^a-z0-9]+", "-", world.resolve().name.lower()).strip("-") or "folder"
    return Home(base.absolute() / f"world-{name}")
