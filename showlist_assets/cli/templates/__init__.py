"""Files that Showlist writes for its operator, as they come with the package.

``dagster.yaml`` and ``workspace.yaml`` configure Dagster, ``recipes/`` holds examples. A clone has
the same files at its top, where Dagster and an operator look for them; a test compares the two.
``dagster.postgres.yaml`` and ``dagster.workers.yaml`` are added to ``dagster.yaml`` where runs are
kept in Postgres and executed by Celery workers, which ``celery.yaml`` configures.
"""

from __future__ import annotations

from importlib.resources import files
from typing import Final, Literal, TypeAlias

Storage: TypeAlias = Literal["sqlite", "postgres", "workers"]

_ADDED: Final[dict[Storage, tuple[str, ...]]] = {
    "sqlite": (),
    "postgres": ("dagster.postgres.yaml",),
    "workers": ("dagster.postgres.yaml", "dagster.workers.yaml"),
}


def template(name: str) -> bytes:
    """The content of the file ``name`` (``recipes/this-weekend-nyc.yaml``)."""
    return files(__name__).joinpath(name).read_bytes()


def dagster_configuration(storage: Storage) -> dict[str, bytes]:
    """The files of a Dagster home, by name: ``workers`` are Celery's, and use Postgres, too."""
    parts = [template(name) for name in ("dagster.yaml", *_ADDED[storage])]
    files_of_home = {"dagster.yaml": b"".join(parts)}
    if storage == "workers":
        files_of_home["celery.yaml"] = template("celery.yaml")
    return files_of_home


def example_recipes() -> dict[str, bytes]:
    """Recipes to begin with, and the schema that editors check them against, by file name."""
    found = files(__name__).joinpath("recipes").iterdir()
    return {file.name: file.read_bytes() for file in sorted(found, key=lambda file: file.name)}
