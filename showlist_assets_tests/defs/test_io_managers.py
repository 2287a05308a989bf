from __future__ import annotations

from pathlib import Path

import dagster as dg
import polars as pl
import pytest

from showlist_assets.defs.io_managers import COLUMNS, StatePartitionedParquet
from showlist_assets.defs.partitions import range_tags, states_partitions
from showlist_assets.defs.table_asset import STATE_FRAME
from showlist_assets.domain.tables.columns import polars_schema
from showlist_assets.domain.tables.registry import TABLES
from showlist_assets.storage.tables import open_tables
from showlist_assets_tests.rows import frame


class Workbench:
    """Two assets, a table and one made of it, that hand over what the test gives."""

    def __init__(self, root):
        self.root = str(root)
        self.made: pl.DataFrame | None = None
        self.seen: list[pl.DataFrame] = []

    def run(self, made, *, first="NY", last=None, upstream=True, columns=None):
        bench = self
        wanted = {"raw_events": dg.AssetIn(metadata={COLUMNS: columns} if columns else {})}

        @asset()
        def raw_events() -> dg.MaterializeResult:
            return dg.MaterializeResult(value=made)

        @asset(ins=wanted)
        def expanded_artists(raw_events: pl.DataFrame) -> dg.MaterializeResult:
            bench.seen.append(raw_events)
            return dg.MaterializeResult(value=TABLES["expanded_artists"].create_empty())

        assets = [raw_events, expanded_artists]
        return dg.materialize(
            assets,
            selection=[each.key for each in (assets if upstream else assets[1:])],
            resources={"tables_io": StatePartitionedParquet(open_tables(self.root))},
            tags=range_tags(first, last or first),
            raise_on_error=False,
        )

    @property
    def store(self):
        return open_tables(self.root)

    def file(self, state):
        return Path(self.root) / "raw_events" / f"{state}.parquet"


def asset(ins=None):
    """A partitioned asset as ``table_asset`` makes it, without checks and metadata."""
    return dg.asset(
        partitions_def=states_partitions,
        backfill_policy=dg.BackfillPolicy.single_run(),
        io_manager_key="tables_io",
        ins=ins,
        dagster_type=STATE_FRAME,
    )


pytestmark = pytest.mark.filterwarnings("ignore::dagster.BetaWarning")

NY_AND_TX = frame("raw_events", {}, {"state": "TX"})


@pytest.fixture
def bench(tmp_path):
    return Workbench(tmp_path)


def test_every_state_of_a_run_gets_its_own_rows(bench):
    assert bench.run(NY_AND_TX, first="NY", last="FL").success
    assert bench.store.states("raw_events") == ["NY", "TX", "FL"]
    for state in ("NY", "TX"):
        assert set(bench.store.read("raw_events", [state])["state"]) == {state}


def test_a_state_without_rows_is_written_too_with_all_columns(bench):
    bench.run(NY_AND_TX, first="NY", last="FL")
    in_florida = bench.store.read("raw_events", ["FL"])
    assert in_florida.is_empty()
    assert in_florida.schema == polars_schema(TABLES["raw_events"])


def test_the_next_asset_sees_the_rows_of_the_run_s_states_only(bench):
    bench.run(NY_AND_TX, first="NY", last="TX")
    assert bench.run(None, first="TX", upstream=False).success
    both, texas = bench.seen
    assert both.equals(NY_AND_TX)
    assert set(texas["state"]) == {"TX"}


def test_a_state_never_written_is_empty_for_the_next_asset(bench):
    assert bench.run(None, first="WY", upstream=False).success
    assert bench.seen[0].schema == polars_schema(TABLES["raw_events"])


def test_writing_says_how_much_was_written(bench):
    result = bench.run(NY_AND_TX, first="NY", last="TX")
    written = {
        event.partition: event.metadata["bytes_written"].value
        for event in result.asset_materializations_for_node("raw_events")
    }
    assert written == {state: len(bench.file(state).read_bytes()) for state in ("NY", "TX")}


def test_what_is_not_written_as_nothing_changed_is_said_to_be_so(bench):
    told = []
    for made in (NY_AND_TX, frame("raw_events", {}, {"state": "TX", "title": "New"})):
        result = bench.run(made, first="NY", last="TX")
        events = result.asset_materializations_for_node("raw_events")
        numbers = ("bytes_stored", "bytes_written", "unchanged")
        told.append({e.partition: [e.metadata[name].value for name in numbers] for e in events})
    size = {state: len(bench.file(state).read_bytes()) for state in ("NY", "TX")}
    assert told[0]["NY"] == [size["NY"], size["NY"], 0]
    assert told[1] == {"NY": [size["NY"], 0, 1], "TX": [size["TX"], size["TX"], 0]}


def test_an_input_may_name_the_columns_that_are_read(bench):
    bench.run(NY_AND_TX, first="NY", last="TX", columns=["title", "state"])
    assert bench.seen[0].equals(NY_AND_TX.select("title", "state"))


def test_a_row_that_breaks_a_rule_fails_the_step_and_keeps_what_is_stored(bench):
    bench.run(NY_AND_TX, first="NY", last="TX")
    assert not bench.run(frame("raw_events", {"title": ""})).success
    assert bench.store.read_all("raw_events").equals(NY_AND_TX)


def test_a_corrupt_partition_fails_the_reader_in_plain_words_and_without_a_retry(bench):
    bench.run(NY_AND_TX, first="NY", last="TX")
    bench.file("NY").write_bytes(b"nonsense")
    result = bench.run(None, first="NY", upstream=False)
    (failure,) = result.get_step_failure_events()
    told = failure.step_failure_data.user_failure_data
    assert "NY.parquet is not a readable Parquet file" in told.description
