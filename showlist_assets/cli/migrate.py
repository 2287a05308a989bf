"""``showlist migrate``: Dagster's own storage made ready, before its processes start."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from showlist_assets.cli.options import BASE, Base
from showlist_assets.cli.options import console as terminal
from showlist_assets.cli.templates import Storage, dagster_configuration
from showlist_assets.errors import ShowlistError

if TYPE_CHECKING:
    from pathlib import Path


class NothingToMigrateError(ShowlistError):
    """The Dagster home has no configuration."""


def migrate(
    configure: Annotated[
        Storage | None,
        typer.Option(
            help="Write dagster.yaml first, for runs kept in SQLite or Postgres, or executed by "
            "Celery workers and kept in Postgres (docs/containers.md)."
        ),
    ] = None,
    home: Base = BASE,
) -> None:
    """Bring Dagster's storage up to this version: at each upgrade, before its processes start.

    Gives each pool a limit of its own, too, which Postgres needs before the first run. It works on
    DAGSTER_HOME or, where that is not set, on the live home's; a second time, it changes nothing.
    """
    from showlist_assets.cli.doctor_production import dagster_home_of
    from showlist_assets.cli.homes import live_home
    from showlist_assets.definitions import build_definitions
    from showlist_assets.defs.instance_setup import set_up_instance

    dagster_home = dagster_home_of(live_home(home).dagster)
    if configure:
        _write(dagster_home, configure)
    elif not (dagster_home / "dagster.yaml").is_file():
        raise NothingToMigrateError(
            f"{dagster_home} has no dagster.yaml: set DAGSTER_HOME to the folder of yours, or have "
            "one written with --configure."
        )
    done = set_up_instance(dagster_home, build_definitions())
    terminal.print(f"{dagster_home}: {done.storage} is as this version needs it.", soft_wrap=True)
    if done.newly_limited:
        pools = ", ".join(done.newly_limited)
        terminal.print(f"Pools with a limit of {done.limit} each, from now on: {pools}.")


def _write(dagster_home: Path, storage: Storage) -> None:
    """Write the configuration for ``storage``; each file is whole at any time.

    Raises:
        StorageError: it cannot be written.
    """
    import os

    from showlist_assets.storage.files import StorageError

    try:
        dagster_home.mkdir(parents=True, exist_ok=True)
        for name, content in dagster_configuration(storage).items():
            new = dagster_home / f".{name}.{os.getpid()}"
            new.write_bytes(content)
            new.replace(dagster_home / name)
    except OSError as error:
        raise StorageError(
            f"Cannot write {error.filename}: {error.strerror}. Set DAGSTER_HOME to a folder this "
            "user may write to."
        ) from error
