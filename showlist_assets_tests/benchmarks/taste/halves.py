"""Where the files of a half of the yardstick data lie, whatever the half is called.

The data may not be shipped: point ``--data`` at it, or ``SHARED_TEST_DATA`` at the folder that has
``data/recsys``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from showlist_assets_tests.shared_data import SHARED

if TYPE_CHECKING:
    from pathlib import Path


def folder_of(task: str, data: Path | None) -> Path:
    """The folder of ``task``: ``data`` itself, the one in it, or the shared one.

    Raises:
        SystemExit: there is none.
    """
    root = data or SHARED / "data" / "recsys"
    folder = root / task if (root / task).is_dir() else root
    if not any(folder.glob("*.parquet")):
        raise SystemExit(f"No data of {task} in {folder}: point --data at a folder that has them.")
    return folder


def part(folder: Path, name: str) -> pl.DataFrame:
    """The one file that ends in ``name``, such as valid_answers.parquet for answers.

    Raises:
        SystemExit: there is none, or several.
    """
    exact = folder / f"{name}.parquet"
    found = [exact] if exact.exists() else sorted(folder.glob(f"*_{name}.parquet"))
    if len(found) != 1:
        raise SystemExit(f"{folder}: one *_{name}.parquet is expected, there are {len(found)}.")
    return pl.read_parquet(found[0])
