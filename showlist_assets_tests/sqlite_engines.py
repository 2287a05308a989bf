"""One SQLAlchemy engine a SQLite file, where Dagster makes one for every event that it stores.

An engine asks the database who it is, and compiles each statement anew: as much work as to store
the event. Connections are opened and closed as ever (``NullPool``), and every file is the one that
Dagster would have written. Its migrations, too, are read once and not for every file.

Imported before Dagster, which takes ``create_engine`` when it is imported.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import sqlalchemy
from alembic.script import ScriptDirectory
from sqlalchemy.pool import NullPool

if TYPE_CHECKING:
    from alembic.config import Config

_make = sqlalchemy.create_engine
_FILES_AT_A_TIME = 64


@lru_cache(maxsize=_FILES_AT_A_TIME)
def _engine_of(url: str, timeout: float | None) -> sqlalchemy.Engine:
    arguments = {} if timeout is None else {"timeout": timeout}
    return _make(url, poolclass=NullPool, connect_args=arguments)


def create_engine(url: Any, **options: Any) -> sqlalchemy.Engine:
    """The engine of that SQLite file, if that is what is asked for; else a new one."""
    timeout = options.get("connect_args", {}).get("timeout")
    as_dagster_does = {"poolclass": NullPool}
    if timeout is not None:
        as_dagster_does["connect_args"] = {"timeout": timeout}
    if str(url).startswith("sqlite") and options == as_dagster_does:
        return _engine_of(str(url), timeout)
    return _make(url, **options)


_read_migrations = ScriptDirectory.from_config


@lru_cache
def _migrations_in(folder: str) -> ScriptDirectory:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", folder)
    return _read_migrations(config)


def migrations_of(config: Config) -> ScriptDirectory:
    """Those of the folder that Dagster names; it sets nothing else."""
    return _migrations_in(str(config.get_main_option("script_location")))


sqlalchemy.create_engine = create_engine
ScriptDirectory.from_config = migrations_of
