"""Records the columns of every table in its version of today, beside those of earlier ones.

python -m showlist_assets_tests.domain.tables.record_columns

What is recorded once stays: files with these columns lie somewhere. ``test_versions`` compares.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Final

from showlist_assets.domain.tables.columns import polars_schema
from showlist_assets.domain.tables.listening.registry import LISTENER_TABLES
from showlist_assets.domain.tables.registry import TABLES
from showlist_assets.domain.tables.rejected_rows import RejectedRows
from showlist_assets.domain.tables.similarity.registry import SIMILARITY_TABLES
from showlist_assets.domain.tables.versions import current_version

if TYPE_CHECKING:
    import dataframely as dy

    Columns = dict[str, str]
    Recorded = dict[str, dict[str, Columns]]

FILE: Final = Path(__file__).with_name("columns_of_versions.json")
SCHEMAS: Final[dict[str, type[dy.Schema]]] = {
    **TABLES,
    "rejected_rows": RejectedRows,
    **LISTENER_TABLES,
    **SIMILARITY_TABLES,
}
"""Every table of which files are kept."""


def columns_of(schema: type[dy.Schema]) -> Columns:
    """Of each column its type, whether it may be empty, and whether it is of the key."""
    types = polars_schema(schema)
    return {
        name: " ".join(
            [
                str(types[name]),
                *(["or empty"] if column.nullable else []),
                *(["in the key"] if column.primary_key else []),
            ]
        )
        for name, column in schema.columns().items()
    }


def recorded() -> Recorded:
    """Columns by table and version."""
    found: Recorded = json.loads(FILE.read_text()) if FILE.exists() else {}
    return found


def record() -> None:
    """Add what is not recorded yet."""
    known = recorded()
    for table, schema in SCHEMAS.items():
        known.setdefault(table, {}).setdefault(str(current_version(table)), columns_of(schema))
    FILE.write_text(json.dumps(known, indent=1, sort_keys=False) + "\n")


if __name__ == "__main__":
    record()
