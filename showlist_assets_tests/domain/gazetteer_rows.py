"""The packaged ZIP codes as a person types them: what the gazetteer says is held against them."""

from __future__ import annotations

from functools import lru_cache

import polars as pl

from showlist_assets.domain import gazetteer


@lru_cache(maxsize=1)
def every_zip() -> pl.DataFrame:
    """Each ZIP code (five digits) with state, name of its city, and position in degrees."""
    return gazetteer.every_zip().with_columns(pl.col("zip").cast(pl.String).str.zfill(5))
