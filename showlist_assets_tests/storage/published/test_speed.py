"""No question of a page takes out of proportion to reading the file once."""

from __future__ import annotations

import statistics

import pytest

from showlist_assets.storage.published.publication import Publications
from showlist_assets.storage.warehouse import publish_warehouse
from showlist_assets_tests.benchmarks.published_nation import (
    questions,
    repeat_world,
    seconds_of,
)

# As the whole country has: some 65,000 shows of half a million rows.
_SHOWS = 65_000
# Three times what the dearest one took when it was measured.
_MOST = 12.0
_ONCE = "select count(*), max(performer_name), max(title), median(energy) from upcoming_shows"


@pytest.mark.slow
def test_each_question_of_a_whole_nation_takes_a_few_readings_of_the_file(finished_runs, tmp_path):
    published, nation = tmp_path / "showlist.duckdb", tmp_path / "nation.duckdb"
    publish_warehouse(
        finished_runs.store, published, fetches=finished_runs.platform.fetch_record.fetches()
    )
    shows = finished_runs.store.read_all("shows").height
    repeat_world(published.resolve(), nation, _SHOWS // shows)
    publication = Publications(nation).current()
    assert publication is not None
    with publication.cursor() as cursor:
        once = _median(seconds_of([lambda: cursor.execute(_ONCE).fetchall()], 9))
        took = {
            name: _median(seconds_of(asked, 9)) / once for name, asked in questions(cursor).items()
        }
    publication.close()
    assert {name: ratio for name, ratio in took.items() if ratio > _MOST} == {}


def _median(took):
    """Of the processors' time: the clock's depends on who else is at work."""
    return statistics.median(used for _, used in took)
