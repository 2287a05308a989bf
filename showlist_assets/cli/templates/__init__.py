"""Files that Showlist writes for its operator, as they come with the package.

``dagster.yaml`` and ``workspace.yaml`` configure Dagster, ``recipes/`` holds examples. A clone has
the same files at its top, where Dagster and an operator look for them; a test compares the two.
"""

from __future__ import annotations

from importlib.resources import files


def template(name: str) -> bytes:
    """The content of the file ``name`` (``recipes/this-weekend-nyc.yaml``)."""
    return files(__name__).joinpath(name).read_bytes()


def example_recipes() -> dict[str, bytes]:
    """Recipes to begin with, and the schema that editors check them against, by file name."""
    found = files(__name__).joinpath("recipes").iterdir()
    return {file.name: file.read_bytes() for file in sorted(found, key=lambda file: file.name)}
