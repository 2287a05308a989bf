"""The parts of ``docs/`` that derive from the code: settings, data dictionary, failures.

python -m showlist_assets.documentation        writes them
python -m showlist_assets.documentation --check fails if they are out of date
"""

from __future__ import annotations

import inspect
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from showlist_assets.domain.schemas import TABLES, RejectedRows
from showlist_assets.settings import Settings
from showlist_assets.sources import failures
from showlist_assets.table_metadata import type_name

if TYPE_CHECKING:
    import dataframely as dy

_SETTINGS_INTRODUCTION = (
    "A setting is an environment variable, or a line in `.env`; the environment wins. "
    "`showlist doctor` says what is set. Written by `make docs` from "
    "`showlist_assets/settings.py`."
)
_TABLES_INTRODUCTION = (
    "One row per table and column, written by `make docs` from "
    "`showlist_assets/domain/schemas.py`. `*_at` is an instant in UTC, `*_local` the wall clock "
    "at the venue. In the DuckDB file each table holds all states, and `matched_artists`, "
    "`top_tracks` and `audio_features` hold each key once."
)
_FAILURES_INTRODUCTION = (
    "Everything an API can do to us is one of these, whatever the service. Written by `make docs` "
    "from `showlist_assets/sources/failures.py`; `diagnosis.py` beside it tells them apart. What "
    "each step of a run does without an answer is in "
    "[architecture.md](architecture.md#failures)."
)
_FOLDER = Path(__file__).resolve().parent.parent / "docs"


def settings_page() -> str:
    """Every setting with its default and meaning."""
    lines = [
        "# Settings",
        "",
        _SETTINGS_INTRODUCTION,
        "",
        "| variable | default | meaning |",
        "| --- | --- | --- |",
    ]
    for field in Settings.model_fields.values():
        default = "" if field.default is None else f"`{field.default}`"
        lines.append(f"| `{field.alias}` | {default} | {field.description} |")
    return "\n".join(lines) + "\n"


def tables_page() -> str:
    """The data dictionary."""
    parts = [f"# Tables\n\n{_TABLES_INTRODUCTION}\n"]
    tables: dict[str, type[dy.Schema]] = {**TABLES, "rejected_rows": RejectedRows}
    parts += [_table_section(name, schema) for name, schema in tables.items()]
    return "\n".join(parts)


def _table_section(name: str, schema: type[dy.Schema]) -> str:
    types = schema.create_empty().schema
    key = ", ".join(f"`{column}`" for column in schema.primary_key())
    lines = [f"## {name}", "", inspect.getdoc(schema) or ""]
    lines += ["", f"Key within a state: {key}."] if key else []
    lines += ["", "| column | type | empty? | meaning |", "| --- | --- | --- | --- |"]
    for column_name, column in schema.columns().items():
        empty = "yes" if column.nullable else ""
        description = column.description or ""
        lines.append(
            f"| `{column_name}` | {type_name(types[column_name])} | {empty} | {description} |"
        )
    return "\n".join(lines) + "\n"


def failures_page() -> str:
    """The taxonomy of failures, in the order of the module."""
    lines = [
        "# Failures",
        "",
        _FAILURES_INTRODUCTION,
        "",
        "| failure | meaning | how it looks | asked again | what follows | how far it reaches |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for kind in kinds_of_failure():
        meaning = (inspect.getdoc(kind) or "").rstrip(".")
        lines.append(
            f"| `{kind.__name__}` | {meaning} | {kind.looks_like} | {_asked_again(kind)} | "
            f"{kind.what_follows} | {_reach(kind)} |"
        )
    return "\n".join(lines) + "\n"


def kinds_of_failure() -> list[type[failures.SourceError]]:
    """Every kind that the taxonomy has."""
    return [
        kind
        for kind in vars(failures).values()
        if isinstance(kind, type)
        and issubclass(kind, failures.SourceError)
        and kind is not failures.SourceError
    ]


def _asked_again(kind: type[failures.SourceError]) -> str:
    if kind.needs_confirming:
        return "once, to be sure"
    return "within seconds" if kind.retryable else ""


def _reach(kind: type[failures.SourceError]) -> str:
    if kind.source_is_down:
        return "every request to the source"
    return "the rest of the day" if kind.ends_the_day else "this request"


PAGES = {"settings.md": settings_page, "tables.md": tables_page, "failures.md": failures_page}


def main(*, check: bool) -> int:
    """Write the pages, or say which of them are out of date."""
    stale = [
        name
        for name, page in PAGES.items()
        if not (_FOLDER / name).is_file() or (_FOLDER / name).read_text() != page()
    ]
    if check:
        for name in stale:
            sys.stderr.write(f"docs/{name} is out of date: run `make docs`.\n")
        return 1 if stale else 0
    for name in stale:
        (_FOLDER / name).write_text(PAGES[name]())
    return 0


if __name__ == "__main__":
    raise SystemExit(main(check="--check" in sys.argv[1:]))
