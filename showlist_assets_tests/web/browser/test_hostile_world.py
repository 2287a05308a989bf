"""A world whose every name is an attack: nothing of it runs, it is shown as text."""

from __future__ import annotations

import re
import shutil
from typing import TYPE_CHECKING

import duckdb
import polars as pl
import pytest

from showlist_assets_tests.web.browser.watching import DESKTOP, WatchedPage
from showlist_assets_tests.web.sites import ServedSite, home_of, platform_of

if TYPE_CHECKING:
    from pathlib import Path

_ATTACK = "<img src=x onerror=window.hit=1>\"'><script>window.hit=1</script>\u202e{{7*7}}"
_URL = "javascript:window.hit=1"
# What the code itself writes, from a closed list; the rest is what others wrote.
_OURS = ("state", "source", "kind", "event_kind", "act_kind", "status", "role", "outcome", "method",
         "level", "rule", "venue_timezone", "change", "ranking_source", "features_source", "part",
         "was", "release_date", "matcher_version", "sources", "venue_city")  # fmt: skip


def _attacked(value: pl.Expr, kind: pl.DataType, name: str) -> pl.Expr:
    """``value`` with the attack in every text of others that it holds."""
    if name in _OURS:
        return value
    if isinstance(kind, pl.String):
        is_there = value.is_not_null() & (value != "")
        text = pl.lit(_URL) if name.endswith("url") else pl.concat_str(value, pl.lit(_ATTACK))
        return pl.when(is_there).then(text).otherwise(value)
    if isinstance(kind, pl.List):
        return value.list.eval(_attacked(pl.element(), kind.inner, ""))
    if isinstance(kind, pl.Struct):
        fields = [
            _attacked(value.struct.field(each.name), each.dtype, each.name).alias(each.name)
            for each in kind.fields
        ]
        return pl.when(value.is_null()).then(None).otherwise(pl.struct(fields))
    return value


def _attack(file: Path) -> None:
    with duckdb.connect(file) as database:
        tables = database.execute(
            "select table_name from information_schema.tables where table_type = 'BASE TABLE'"
        ).fetchall()
        for (table,) in tables:
            rows = database.sql(f'from "{table}"').pl()
            attacked = rows.with_columns(
                _attacked(pl.col(name), kind, name).alias(name)
                for name, kind in rows.schema.items()
            )
            assert rows.height == attacked.height
            database.register("attacked", attacked)
            database.execute(f'truncate "{table}"')
            database.execute(f'insert into "{table}" by name from attacked')
            database.unregister("attacked")


@pytest.fixture(scope="module")
def hostile(finished_demo, tmp_path_factory):
    file = tmp_path_factory.mktemp("hostile") / "showlist.duckdb"
    shutil.copy(home_of(finished_demo).data / "showlist.duckdb", file)
    _attack(file)
    running = ServedSite(platform_of(home_of(finished_demo), SHOWLIST_WAREHOUSE=str(file)))
    yield running
    running.stop()


def test_nothing_of_a_hostile_world_runs(hostile, new_context):
    watched = WatchedPage(new_context(viewport={"width": DESKTOP, "height": 900}), hostile.url)
    page = watched.page
    todo = ["/?where=NY&when=any+time", "/announced?days=60", "/leaving", "/gone", "/line-ups",
            "/search?q=a", "/about", "/save?where=NY&when=any+time"]  # fmt: skip
    first = hostile.get(todo[0]).text
    for kind in ("shows", "artists", "venues"):
        todo += re.findall(rf'href="(/{kind}/[^"]+)"', first)[:4]
    seen = 0
    for path in todo:
        answer = watched.visit(path)
        watched.open_all()
        assert answer.status in (200, 404), path
        seen += "<img src=x" in page.inner_text("body")
        assert not page.evaluate("'hit' in window"), path
        assert page.locator("img[src=x], main script, [onerror]").count() == 0, path
        links = page.locator("a[href]").evaluate_all(
            "all => all.map(one => new URL(one.getAttribute('href'), location).href)"
        )
        assert [one for one in links if not one.startswith(("http://", "https://"))] == []
        # What a field sends back may hold it: only what is shown can mislead.
        assert "\u202e" not in page.inner_text("html")
        assert watched.problems == []
    # Else the attack was nowhere to be seen, and this would prove nothing.
    assert seen > len(todo) / 2
