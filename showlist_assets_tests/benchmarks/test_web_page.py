"""The page's benchmark runs over a small published file and prints a row for each kind of page."""

from __future__ import annotations

import pytest

from showlist_assets.storage.warehouse import publish_warehouse
from showlist_assets_tests.benchmarks import web_page


@pytest.mark.slow
def test_each_kind_of_page_has_a_row(finished_runs, tmp_path, capsys):
    published = tmp_path / "showlist.duckdb"
    fetches = finished_runs.platform.fetch_record.fetches()
    publish_warehouse(finished_runs.store, published, fetches=fetches)
    web_page.main(str(published), "--kinds", "home, Texas;show;search")
    printed = capsys.readouterr().out
    for kind in ("home, Texas, 14 days", "show", "search", "95th percentile"):
        assert f"| {kind}" in printed
    assert "CPU s" in printed
    assert "RSS" in printed
