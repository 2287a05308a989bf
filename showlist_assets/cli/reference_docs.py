"""The files that derive from the code: pages of ``docs/``, and the JSON Schema of a recipe.

python -m showlist_assets.cli.reference_docs        writes them
python -m showlist_assets.cli.reference_docs --check fails if they are out of date
"""

from __future__ import annotations

import inspect
import json
import sys
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from showlist_assets.cli.commands_page import commands_page
from showlist_assets.cli.field_values import MEANINGS, nested_models, values_of
from showlist_assets.cli.templates import example_recipes
from showlist_assets.cli.wish_section import wish_section
from showlist_assets.defs.column_metadata import type_name
from showlist_assets.domain.feeds.feed import Feed
from showlist_assets.domain.playlists.recipe import Near, OnlyOrNever, Recipe, recipe_schema
from showlist_assets.domain.playlists.templates import TEMPLATE_FIELDS
from showlist_assets.domain.playlists.windows import NAMED_WINDOWS
from showlist_assets.domain.tables.audio_features import AudioFeatures
from showlist_assets.domain.tables.columns import FEATURE_NAMES
from showlist_assets.domain.tables.listening.registry import LISTENER_TABLES
from showlist_assets.domain.tables.registry import TABLES
from showlist_assets.domain.tables.rejected_rows import RejectedRows
from showlist_assets.domain.tables.similarity.registry import SIMILARITY_TABLES
from showlist_assets.domain.tables.source_fetches import SourceFetches
from showlist_assets.settings import Settings
from showlist_assets.sources import failures
from showlist_assets.sources.feeds.csv_file import COLUMNS
from showlist_assets.storage.warehouse_views import MACROS, VIEWS, View

if TYPE_CHECKING:
    from collections.abc import Iterator

    import dataframely as dy
    from pydantic import BaseModel
    from pydantic.fields import FieldInfo

_SETTINGS_INTRODUCTION = (
    "A setting is an environment variable, or a line in `.env`; the environment wins. "
    "`showlist doctor` says what is set. Written by `make docs` from "
    "`showlist_assets/settings.py`."
)
_TABLES_INTRODUCTION = (
    "One row per table and column, written by `make docs` from "
    "`showlist_assets/domain/tables/`. `*_at` is an instant in UTC, `*_local` the wall clock "
    "at the venue. In the DuckDB file each table holds all states, and `matched_artists`, "
    "`top_tracks` and `audio_features` hold each key once. The table `shows` is called "
    "`shows_with_listings` there, as `shows` is one of the [views](#views) to ask first. Files of "
    "earlier versions are read as these columns ([upgrade.md](upgrade.md#tables))."
)
_LISTENERS_INTRODUCTION = (
    "What is kept of each listener ([taste.md](taste.md)): encrypted with the key of the accounts, "
    "a file per listener and table in `listening/` of the data root, and in no warehouse. "
    "`showlist forget` deletes them."
)
_SIMILARITY_INTRODUCTION = (
    "What is known of artists and songs: public facts that all listeners share, a file per table "
    "in `similarity/` of the data root, and in no warehouse. Whom they are about is played by "
    "somebody here, so the files are for their owner only."
)
_VIEWS_INTRODUCTION = (
    "What the DuckDB file has beside its tables; [cookbook.md](cookbook.md) has questions to ask "
    "of them. Written by `make docs` from `showlist_assets/storage/warehouse_views.py`."
)
_FAILURES_INTRODUCTION = (
    "Everything an API can do to us is one of these, whatever the service. Written by `make docs` "
    "from `showlist_assets/sources/failures.py`; `diagnosis.py` beside it tells them apart. What "
    "each step of a run does without an answer is in "
    "[architecture.md](architecture.md#failures)."
)
_RECIPES_INTRODUCTION = """\
A recipe is a file in `recipes/` that says what a playlist holds; the file's name without `.yaml`
(or `.yml`) is the recipe's name. It needs `states` or `near`, everything else has a default. A
mistake is told with its line and the nearest valid word. Editors that read the first line of the
examples below complete and check the fields from `recipes/recipe.schema.json`. `showlist recipes
init` writes both the schema and the examples, `showlist recipes` lists what you have and whether it
can be read. This page is written by `make docs` from `showlist_assets/domain/playlists/recipe.py`.

Names of venues and artists are compared without case, accents, punctuation and a leading "the". A
playlist holds a track once, on whatever bills it stands, and only shows with an announced date."""
_WINDOWS_INTRODUCTION = """\
`when` is one of {named};
or `next 10 days`, `next 3 weeks`, `next 2 months` (of 30 days, today included); or fixed dates:
`2026-12-31`, `2026-12-01 to 2026-12-31`, `from 2026-12-01`, `until 2026-12-31`. A weekend is Friday
to Sunday, a week ends on Sunday, and days that are over never count."""
_TEMPLATES_INTRODUCTION = """\
`title` and `description` may hold these; lists are cut to what fits. None of them changes unless
the playlist does, so that an unchanged playlist is not written again. A brace that is part of the
text is doubled: `{{`."""
_FEATURES_INTRODUCTION = """\
Each with a range, such as `features: {energy: '>= 0.6', tempo: 90 to 130}`. What nobody knows of a
track does not hold, unless `unknown_features` keeps it."""
_TASTE_INTRODUCTION = """\
- Acts are ranked among those that play where and when the recipe looks, whatever else it leaves
  out: `taste: {minimum: 0.7}` keeps the best three of ten of them. Those of which nobody knows
  how they fit are not ranked; `unknown_taste` says what becomes of them.
- `minimum` is counted before `known` leaves anybody out, and whom the listener plays already mostly
  fit best: with `known: never` a high one may leave nobody, as 0.7 does in the demo.
- Whoever the account has blocked (`showlist taste block`) is on none of its playlists, also where a
  recipe says nothing of taste or names them in `artists`; `left_out` counts them.
- While nothing is known of the listener, the plan is made as without taste, and says so.
- Why an act fits stands in `showlist plan`, the digest's files, the calendar and the listener's own
  feeds. It names what they play: Dagster is told counts alone, and a mail says it only with
  `mail: {taste: true}`."""
_FEEDS_INTRODUCTION = """\
A feed is the calendar of a venue, or of a promoter: an iCalendar file (`.ics`), a table that you
keep (`.csv`), or a page whose events are marked up for search engines (schema.org in JSON-LD). It
needs no key, and it knows the small rooms that no ticket site lists. Write one with

```sh
showlist feeds add boiler-room --from https://venue.example/events.ics \\
    --venue "The Boiler Room" --city Albany --state NY
```

which reads it at once and says what it found. `showlist feeds list` shows all of them as they were
read last, `showlist feeds check` reads them now: how many shows, the first of them, and each entry
that cannot be used with its place. Feeds are a source of events like the others as soon as there is
one (`SHOWLIST_EVENT_SOURCES` says otherwise). This page is written by `make docs` from
`showlist_assets/domain/feeds/feed.py`.

Whoever finds a calendar's address behind a "subscribe" button may copy it as it is (`webcal://`). A
private calendar's address is a key: it stays in the feed's file and in no message, log or table."""
_FEED_FILE_INTRODUCTION = """\
A feed is a file in `feeds/` (`SHOWLIST_FEEDS`); its name without `.yaml` is the feed's name and
begins the id of every show. It needs `from`, and `venue`, `city` and `state` unless each entry
tells its own. A mistake is told with its line and costs this feed only."""
_FEED_COLUMNS_INTRODUCTION = """\
The first line names the columns, in any order; `,`, `;`, `|` or a tab may stand between the cells.
Other columns are passed over. A row that cannot be read is told with its line."""
_FEED_READING = """\
- The host is asked once in `every`, with what it said of its document before (`ETag`,
  `Last-Modified`); an unchanged one is not sent again. After a failure it is asked again in an
  hour.
- While it does not answer, its last document stands in for up to thirty days, and the run says so.
- Shows up to eighteen months ahead are read; of a recurring entry, each day of its own, moved and
  cancelled ones included. What is over is left out.
- A time without a zone is the venue's clock. An entry of the whole day has no time, and one of
  several days is on until its last.
- What is off says so by its status or its title (`[CANCELLED] ...`).
- When the doors open is read from a table's column `doors`, a page's `doorTime`, and a calendar's
  `DESCRIPTION` where that is plain: `Doors: 7 PM / Show: 8 PM`, `doors open at 19:00`, `7pm doors`.
  `Doors 7`, which may be either half of the day, and a description with several such times tell
  nothing, nor do doors that are later than the start or more than six hours before it.
- A calendar tells who plays in its title only, which is read like any bill
  ([architecture.md](architecture.md)); a table and a page may name the performers.
- An entry that cannot be read is set aside in `rejected_rows`, with its place in the calendar.
- A calendar vouches for no day beyond its last show: what is missing there is not taken for gone.
- The shows of a feed that is deleted, renamed or moved to another state leave the tables, and are
  not presumed cancelled.
- Whatever is wrong with one feed costs only that feed. Of a calendar that lists more than 5,000
  shows, or takes more than 20 seconds to read, the rest is left out, and the run says so. A rule
  that recurs more than 8 times a day, since before 1900, or never, is set aside.
- Two entries of one id and time with different titles are two shows; of several revisions
  (`SEQUENCE`) the latest counts.
- A show in another country is set aside.
- Of a page, `MusicEvent` and `Festival` count, and any `Event` with a performer; what is online
  only does not. Only what stands on that one page is read. A document may have 10 MB."""
_FEED_EXAMPLES = """\
A table beside the feed's file, `feeds/boiler-room.csv`:

```csv
date,time,title,performers,price,url,status
2026-12-04,8pm,,Paper Lantern; Crane,$15-$20,https://venue.example/1204,
2026-12-05,,Winter Party,,free,,cancelled
```

```yaml
# feeds/boiler-room.yaml
from: boiler-room.csv
venue: The Boiler Room
city: Albany
state: NY
capacity: 350
```

A promoter's page, whose events tell where they are:

```yaml
# feeds/promoter.yaml
from: https://promoter.example/shows
venues: from entries
state: VT
every: 1 day
```"""
_ROOT = Path(__file__).resolve().parents[2]


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
    tables: dict[str, type[dy.Schema]] = {
        **TABLES,
        "rejected_rows": RejectedRows,
        "source_fetches": SourceFetches,
    }
    parts += [_table_section(name, schema, within="a state") for name, schema in tables.items()]
    parts += [f"## Of each listener\n\n{_LISTENERS_INTRODUCTION}\n"]
    parts += [
        _table_section(name, schema, within="a listener", level=3)
        for name, schema in LISTENER_TABLES.items()
    ]
    parts += [f"## Of all listeners\n\n{_SIMILARITY_INTRODUCTION}\n"]
    parts += [_table_section(name, schema, level=3) for name, schema in SIMILARITY_TABLES.items()]
    parts += [f"## Views\n\n{_VIEWS_INTRODUCTION}\n"]
    parts += [_view_section(name, view) for name, view in VIEWS.items()]
    parts += ["### Macros\n", "| macro | what it answers |\n| --- | --- |"]
    parts += [f"| `{macro.signature}` | {macro.comment} |" for macro in MACROS]
    return "\n".join(parts) + "\n"


def _view_section(name: str, view: View) -> str:
    lines = [f"### The view {name}", "", view.comment, "", "| column | meaning |", "| --- | --- |"]
    lines += [f"| `{column}` | {meaning} |" for column, meaning in view.columns.items()]
    return "\n".join(lines) + "\n"


def _table_section(name: str, schema: type[dy.Schema], *, within: str = "", level: int = 2) -> str:
    types = schema.create_empty().schema
    key = ", ".join(f"`{column}`" for column in schema.primary_key())
    lines = [f"{'#' * level} {name}", "", inspect.getdoc(schema) or ""]
    lines += ["", f"Key{f' within {within}' if within else ''}: {key}."] if key else []
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


def recipes_page() -> str:
    """Every field of a recipe with an example, and the recipes that come with the project."""
    named = ", ".join(f"`{window}`" for window in NAMED_WINDOWS)
    parts = [
        "# Recipes",
        _RECIPES_INTRODUCTION,
        _field_table(Recipe, values=True),
        "## Circles: `near`",
        _field_table(Near, values=True),
        "## Names: `venues`, `genres`, `versions`",
        _field_table(OnlyOrNever, values=True),
        *_other_parts(),
        "## Words: what they stand for",
        _meanings(),
        "## Taste: who is ranked, and who reads it",
        _TASTE_INTRODUCTION,
        "## Audio features: `features`",
        _FEATURES_INTRODUCTION,
        "\n".join(_feature_lines()),
        "## Days: `when`",
        _WINDOWS_INTRODUCTION.format(named=named),
        "## Fields of a title or description",
        _TEMPLATES_INTRODUCTION,
        "\n".join(f"- `{{{field}}}`: {meaning}" for field, meaning in TEMPLATE_FIELDS.items()),
        wish_section(),
        "## Examples",
    ]
    for name, content in example_recipes().items():
        if name.endswith(".yaml"):
            parts += [f"`recipes/{name}`", f"```yaml\n{content.decode().rstrip()}\n```"]
    return "\n\n".join(parts) + "\n"


def _other_parts() -> Iterator[str]:
    """A section for each field of a recipe that has fields itself and none of its own above."""
    for name, field in Recipe.model_fields.items():
        for model in nested_models(field.annotation):
            if model not in (Near, OnlyOrNever):
                yield f"## `{name}`"
                yield _field_table(model, values=True)


def _meanings() -> str:
    lines = ["| field | value | meaning |", "| --- | --- | --- |"]
    for fields, words in MEANINGS.items():
        named = ", ".join(f"`{field}`" for field in fields.split(", "))
        lines += [f"| {named} | `{value}` | {meaning} |" for value, meaning in words.items()]
    return "\n".join(lines)


def _feature_lines() -> Iterator[str]:
    for name in FEATURE_NAMES:
        yield f"- `{name}`: {AudioFeatures.columns()[name].description}"


def feeds_page() -> str:
    """Every field of a feed, every column of a table, and how a calendar is read."""
    columns = ["| column | meaning |", "| --- | --- |"]
    columns += [f"| `{name}` | {meaning} |" for name, meaning in COLUMNS.items()]
    parts = [
        "# Feeds",
        _FEEDS_INTRODUCTION,
        "## The file of a feed",
        _FEED_FILE_INTRODUCTION,
        _field_table(Feed),
        "## The columns of a table",
        _FEED_COLUMNS_INTRODUCTION,
        "\n".join(columns),
        "## How a calendar is read",
        _FEED_READING,
        "## Examples",
        _FEED_EXAMPLES,
    ]
    return "\n\n".join(parts) + "\n"


def _field_table(model: type[BaseModel], *, values: bool = False) -> str:
    """The fields of ``model``, with what each may hold where ``values`` are asked for."""
    heads = ["field", *(["values"] if values else []), "default", "meaning", "example"]
    lines = [f"| {' | '.join(heads)} |", f"|{' --- |' * len(heads)}"]
    for own_name, field in model.model_fields.items():
        name = field.alias or own_name
        if name == "name":
            continue
        example = f"`{name}: {_yaml(field.examples[0])}`" if field.examples else ""
        known = [values_of(name, field)] if values else []
        cells = [f"`{name}`", *known, _default(field), field.description or "", example]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "needed"
    default = field.default
    if isinstance(default, timedelta):
        return f"`{default / timedelta(hours=1):g} hours`"
    return f"`{_yaml(default)}`" if isinstance(default, (str, bool, int, float)) else ""


def _yaml(value: Any) -> str:
    """``value`` as a recipe writes it on one line."""
    if value in ("yes", "no"):
        return str(value)
    text = yaml.safe_dump(value, default_flow_style=True, allow_unicode=True, width=10_000)
    return text.removesuffix("\n").removesuffix("\n...").replace("|", "\\|")


def recipe_schema_file() -> str:
    """The JSON Schema that editors check recipes against."""
    return json.dumps(recipe_schema(), indent=2, ensure_ascii=False) + "\n"


WRITTEN = {
    "docs/settings.md": settings_page,
    "docs/tables.md": tables_page,
    "docs/failures.md": failures_page,
    "docs/recipes.md": recipes_page,
    "docs/feeds.md": feeds_page,
    "docs/commands.md": commands_page,
    "recipes/recipe.schema.json": recipe_schema_file,
    "showlist_assets/cli/templates/recipes/recipe.schema.json": recipe_schema_file,
}


def main(*, check: bool) -> int:
    """Write the files, or say which of them are out of date."""
    stale = [
        name
        for name, content in WRITTEN.items()
        if not (_ROOT / name).is_file() or (_ROOT / name).read_text() != content()
    ]
    if check:
        for name in stale:
            sys.stderr.write(f"{name} is out of date: run `make docs`.\n")
        return 1 if stale else 0
    for name in stale:
        (_ROOT / name).write_text(WRITTEN[name]())
    return 0


if __name__ == "__main__":
    raise SystemExit(main(check="--check" in sys.argv[1:]))
