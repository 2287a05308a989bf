"""The files that begin are there, and none of the others changes its place."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

from showlist_assets_tests.longest_files import LONGEST_FIRST, longest_first


def test_every_file_that_is_to_begin_exists():
    assert [name for name in LONGEST_FIRST if not (Path(__file__).parent / name).exists()] == []


def test_the_longest_begin_and_the_others_stay_in_order():
    named = ["test_b.py::test_1", "test_a.py::test_2", f"{LONGEST_FIRST[1]}::test_3",
             f"{LONGEST_FIRST[0]}::test_4", f"{LONGEST_FIRST[0]}::test_5"]  # fmt: skip
    items = [SimpleNamespace(nodeid=f"showlist_assets_tests/{name}") for name in named]
    order = [item.nodeid.rpartition("_")[2] for item in longest_first(items)]
    assert order == ["4", "5", "3", "1", "2"]
