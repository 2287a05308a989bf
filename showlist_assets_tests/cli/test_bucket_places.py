"""Where accounts and calls are, as every command finds them, where the tables lie in a bucket."""

from __future__ import annotations

from pathlib import Path

import pytest

from showlist_assets.cli.options import BASE, live_settings
from showlist_assets.cli.ui import _kept_elsewhere
from showlist_assets.settings import load_settings
from showlist_assets.wiring import Platform


@pytest.fixture(autouse=True)
def root(gcs_bucket, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SHOWLIST_DATA_ROOT", f"{gcs_bucket}/data")
    return f"{gcs_bucket}/data"


def test_dagster_reads_the_accounts_and_counts_the_calls_of_every_other_command(root):
    settings = load_settings()
    places = _kept_elsewhere(Platform(settings))
    assert places["SHOWLIST_ACCOUNTS"] == settings.accounts_place == f"{root}/accounts"
    assert places["SHOWLIST_CALL_STORE"] == str(Path(settings.call_store_place).absolute())


@pytest.mark.parametrize("home", [BASE, Path("elsewhere")])
def test_accounts_lie_beside_the_tables_whichever_home_is_chosen(root, home):
    assert live_settings(home).accounts_place == f"{root}/accounts"


@pytest.mark.parametrize("home", [BASE, Path("elsewhere")])
def test_accounts_lie_where_it_is_said(home, monkeypatch):
    monkeypatch.setenv("SHOWLIST_ACCOUNTS", "kept-here")
    assert live_settings(home).accounts_place == str(Path("kept-here").absolute())
    places = _kept_elsewhere(Platform(live_settings(home)))
    assert places["SHOWLIST_ACCOUNTS"] == str(Path("kept-here").absolute())
