"""A check speaks for every state: a run of Vermont does not hide what one found of New York."""

from __future__ import annotations

import dagster as dg
import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from showlist_assets.defs.assets.shows import expanded_artists
from showlist_assets.defs.checks import check_specs, failing_states
from showlist_assets.domain.tables.registry import TABLES
from showlist_assets.domain.tables.shows import Shows
from showlist_assets_tests.defs.called import FakePlatform, call
from showlist_assets_tests.platform_under_test import checks, failures
from showlist_assets_tests.rows import frame

NO_SHOWS = Shows.create_empty()


def test_a_state_that_failed_is_named_until_it_passes_itself(tmp_path):
    platform, instance = FakePlatform(tmp_path), dg.DagsterInstance.ephemeral()
    _record(instance, call(expanded_artists, platform, "NY", instance=instance, shows=NO_SHOWS))
    in_vermont = frame("shows", {"state": "VT"})
    vermont = call(expanded_artists, platform, "VT", instance=instance, shows=in_vermont)
    assert not vermont.checks["has_performers"].passed
    assert vermont.checks["has_performers"].metadata["states_that_fail"].value == 1
    assert vermont.checks["has_performers"].description == "Failed when last run: NY (0)."
    _record(instance, vermont)
    in_new_york = frame("shows", {"state": "NY"})
    new_york = call(expanded_artists, platform, "NY", instance=instance, shows=in_new_york)
    assert new_york.checks["has_performers"].passed
    assert new_york.checks["has_performers"].description is None
    assert new_york.checks["has_performers"].metadata["states_that_fail"].value == 0


def test_a_table_refused_for_one_state_does_not_stop_another_run(filled_platform, monkeypatch):
    from showlist_assets.defs.assets import upcoming

    platform = filled_platform
    join = upcoming.join_upcoming_shows
    monkeypatch.setattr(
        upcoming, "join_upcoming_shows", lambda *a, **k: join(*a, **k).with_columns(title=_EMPTY)
    )
    refused = platform.run("WA")
    assert not refused.success
    monkeypatch.undo()
    result = platform.run("WY")
    assert result.success, failures(result)
    schema = checks(result)["upcoming_shows", "schema"]
    assert not schema.passed
    assert schema.severity is dg.AssetCheckSeverity.WARN
    assert schema.description.startswith("Failed when last run: WA (")


_EMPTY = pl.lit("")


def test_two_runs_at_once_both_count():
    oldest = (["CA"], {"CA": 0})
    # Both began when only California was known to fail; neither has seen the other.
    one, other = (["NY"], {"NY": 1, "CA": 0}), (["CA"], {})
    assert failing_states([oldest, one, other]) == {"NY": 1}
    assert failing_states([oldest, other, one]) == {"NY": 1}


_STATES = st.sampled_from(["CA", "NY", "TX", "VT"])


@given(st.lists(st.dictionaries(_STATES, st.booleans(), min_size=1), min_size=1, max_size=9))
def test_the_last_result_of_each_state_is_what_counts(runs):
    evaluations, known = [], {}
    for run in runs:
        failing_here = {state: 1 for state, passed in run.items() if not passed}
        known = {s: v for s, v in known.items() if s not in run} | failing_here
        evaluations.append((list(run), dict(known)))
    last = {state: passed for run in runs for state, passed in run.items()}
    assert set(failing_states(evaluations)) == {s for s, passed in last.items() if not passed}


def _record(instance, called):
    """As a run does it: the results are events of the instance."""
    for check in called.checks.values():
        instance.report_runless_asset_event(
            dg.AssetCheckEvaluation(
                asset_key=check.asset_key,
                check_name=check.check_name,
                passed=check.passed,
                metadata=check.metadata,
                severity=check.severity,
            )
        )


def test_an_empty_state_is_written_and_every_check_evaluated_for_it_too(platform):
    platform.pretend(platform.sandbox.state.clock.now().replace(year=2028))
    result = platform.must_run("WY")
    for table in TABLES:
        assert platform.store.states(table) == ["WY"]
        assert platform.table(table).is_empty()
        specified = {spec.name for spec in check_specs(table)}
        assert {check for asset, check in checks(result) if asset == table} == specified
    assert not checks(result)["raw_events", "has_events"].passed
