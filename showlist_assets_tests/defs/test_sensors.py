"""The sensor, over several ticks on a real instance; and the assets that it starts."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import dagster as dg
import pytest

from showlist_assets.cli.demo_listener import connect_listener
from showlist_assets.defs.sensors import playlist_refresh_sensor
from showlist_assets_tests.platform_under_test import (
    checks,
    failures,
    instance_on_disk,
    make_partitions,
)

if TYPE_CHECKING:
    from showlist_assets_tests.platform_under_test import PlatformUnderTest

_RECIPE = "states: [{states}]\nwhen: any time\ntracks_per_artist: 1\n{more}"


class Operator:
    """What an operator has: recipes, an instance on disk, and the sensor's cursor."""

    def __init__(self, platform: PlatformUnderTest) -> None:
        self.platform, self.cursor = platform, None
        self.folder = platform.folder / "recipes"
        self.folder.mkdir()
        platform.instance = instance_on_disk(platform.folder / "dagster")

    def write(self, name: str, states: str, more: str = "") -> None:
        text = _RECIPE.format(states=states, more=more)
        (self.folder / f"{name}.yaml").write_text(text)

    def log_in(self) -> None:
        connect_listener(self.platform.sandbox, self.platform.platform)

    def tick(self) -> dg.SensorResult:
        """One evaluation as the daemon makes it, with what it asks for of the instance."""
        with dg.build_sensor_context(
            instance=self.platform.instance,
            cursor=self.cursor,
            definitions=self.platform.definitions,
            resources={"platform": self.platform.platform},
        ) as context:
            found = playlist_refresh_sensor(context)
        make_partitions(self.platform.instance, "recipes", found.dynamic_partitions_requests)
        self.cursor = found.cursor or self.cursor
        return found

    def materialized(self, *states: str) -> None:
        """As if a run had just written the shows of ``states``, each a materialization."""
        for state in states:
            self.platform.instance.report_runless_asset_event(
                dg.AssetMaterialization("upcoming_shows", partition=state)
            )

    def suggested(self, account: str) -> None:
        """As if a run had just found songs for ``account``."""
        self.platform.instance.report_runless_asset_event(
            dg.AssetMaterialization("track_suggestions", partition=account)
        )

    def run(self, recipe: str, **config: bool) -> dg.ExecuteInProcessResult:
        return self.platform.run_job(
            "push_playlists",
            partition_key=recipe,
            config={"ops": {"playlists": {"config": config}}},
        )


@pytest.fixture
def operator(platform) -> Operator:
    return Operator(platform)


@pytest.fixture
def operator_with_shows(filled_platform) -> Operator:
    """Shows of Washington and Wyoming are stored, and a run has just said so."""
    operator = Operator(filled_platform)
    operator.materialized("WA", "WY")
    return operator


def _asked_for(found: dg.SensorResult) -> list[str | None]:
    return sorted(request.partition_key for request in found.run_requests or [])


def test_before_anybody_has_logged_in_it_says_so_and_loses_nothing(operator):
    operator.write("mine", "WY")
    operator.materialized("WY")
    found = operator.tick()
    assert "showlist login" in found.skip_reason.skip_message
    assert not found.run_requests
    assert operator.platform.instance.get_dynamic_partitions("recipes") == ["mine"]
    operator.log_in()
    assert _asked_for(operator.tick()) == ["mine"]


def test_every_state_counts_however_many_finish_between_two_ticks(operator):
    from showlist_assets.domain.states import STATE_CODES

    operator.log_in()
    for state in ("CA", "VT", "WY"):
        operator.write(f"only-{state.lower()}", state)
    operator.write("everywhere", "all")
    operator.materialized(*STATE_CODES)
    found = operator.tick()
    assert _asked_for(found) == ["everywhere", "only-ca", "only-vt", "only-wy"]
    assert not operator.tick().run_requests


def test_a_playlist_without_shows_follows_its_listeners_songs_and_no_shows(operator):
    operator.log_in()
    for name, refresh in (("at-once", "on change"), ("weekly", "weekly"), ("never", "never")):
        (operator.folder / f"{name}.yaml").write_text(
            f"discover: similar to what I play\nrefresh: {refresh}\n"
        )
    operator.suggested("me")
    assert _asked_for(operator.tick()) == ["at-once", "weekly"]
    operator.suggested("somebody-else")
    operator.materialized("WY")
    assert not operator.tick().run_requests
    operator.suggested("me")
    # The other one was pushed this week.
    assert _asked_for(operator.tick()) == ["at-once"]
    operator.platform.wait(days=8)
    assert _asked_for(operator.tick()) == ["weekly"]


def test_a_change_starts_the_recipes_of_its_state_once_each(operator):
    operator.log_in()
    operator.write("mine", "WY, SD")
    operator.write("yours", "VT")
    operator.materialized("WY", "SD", "VT")
    operator.tick()
    operator.materialized("WY")
    operator.materialized("WY", "SD")
    found = operator.tick()
    assert _asked_for(found) == ["mine"]
    operator.materialized("CA")
    found = operator.tick()
    assert not found.run_requests
    assert "Nothing has changed" in found.skip_reason.skip_message


def test_a_tick_that_is_evaluated_again_after_a_crash_asks_for_the_same_run(operator):
    operator.log_in()
    operator.write("mine", "WY")
    operator.materialized("WY")
    before = operator.cursor
    first = operator.tick().run_requests
    operator.cursor = before
    assert [request.run_key for request in operator.tick().run_requests] == [
        request.run_key for request in first
    ]


def test_a_recipe_that_is_new_or_edited_is_pushed_without_new_shows(operator):
    operator.log_in()
    operator.write("mine", "WY")
    operator.materialized("WY")
    operator.tick()
    operator.write("yours", "WY")
    assert _asked_for(operator.tick()) == ["yours"]
    operator.write("mine", "WY", "max_tracks: 3\n")
    assert _asked_for(operator.tick()) == ["mine"]
    assert not operator.tick().run_requests


def test_a_recipe_that_is_changed_back_is_pushed_again_without_new_shows(operator):
    operator.log_in()
    operator.materialized("WY")
    keys = []
    for more in ("max_tracks: 3\n", "max_tracks: 4\n", "max_tracks: 3\n"):
        operator.write("mine", "WY", more)
        keys += [request.run_key for request in operator.tick().run_requests]
    assert len(set(keys)) == 3


def test_a_recipe_that_is_never_refreshed_is_pushed_by_hand_only(operator):
    operator.log_in()
    operator.write("mine", "WY", "refresh: never\n")
    operator.write("yours", "WY")
    operator.materialized("WY")
    assert _asked_for(operator.tick()) == ["yours"]
    operator.write("mine", "WY", "refresh: never\nmax_tracks: 3\n")
    operator.materialized("WY")
    assert _asked_for(operator.tick()) == ["yours"]
    operator.write("mine", "WY", "max_tracks: 3\n")
    assert _asked_for(operator.tick()) == ["mine"], "it keeps itself from now on"


def test_a_weekly_recipe_is_pushed_once_a_week_however_often_its_shows_change(operator):
    operator.log_in()
    operator.write("mine", "WY, SD", "refresh: weekly\n")
    operator.materialized("WY", "SD")
    assert _asked_for(operator.tick()) == ["mine"], "somebody waits for a new recipe"
    for _ in range(2):
        operator.materialized("WY", "SD")
        found = operator.tick()
        assert not found.run_requests
        assert "weekly push of mine" in found.skip_reason.skip_message
    # The Monday after, at nine in New York, before and amid the refresh of all states.
    operator.platform.pretend(datetime(2026, 11, 23, 14, 0, tzinfo=UTC))
    assert not operator.tick().run_requests
    operator.materialized("WY")
    assert not operator.tick().run_requests
    operator.materialized("SD")
    before = operator.cursor
    first = operator.tick().run_requests
    assert [request.partition_key for request in first] == ["mine"]
    operator.cursor = before
    assert operator.tick().run_requests == first, "evaluated again, it asks for the same run"
    operator.materialized("WY", "SD")
    assert not operator.tick().run_requests


def test_what_was_held_back_is_pushed_the_week_after_though_nothing_changes_any_more(operator):
    operator.log_in()
    operator.write("mine", "WY, SD", "refresh: weekly\n")
    operator.materialized("WY")
    operator.tick()
    operator.materialized("SD")
    operator.tick()
    operator.platform.pretend(datetime(2026, 11, 24, 13, 59, tzinfo=UTC))
    assert not operator.tick().run_requests
    operator.platform.pretend(datetime(2026, 11, 24, 14, 0, tzinfo=UTC))
    assert _asked_for(operator.tick()) == ["mine"]
    operator.platform.pretend(datetime(2026, 12, 2, 14, 0, tzinfo=UTC))
    assert not operator.tick().run_requests, "nothing has changed since"


def test_an_edited_weekly_recipe_is_pushed_at_once_and_that_is_the_push_of_its_week(operator):
    operator.log_in()
    operator.write("mine", "WY", "refresh: weekly\n")
    operator.materialized("WY")
    operator.tick()
    operator.write("mine", "WY", "refresh: weekly\nmax_tracks: 3\n")
    assert _asked_for(operator.tick()) == ["mine"]
    operator.materialized("WY")
    assert not operator.tick().run_requests


def test_a_cursor_of_an_earlier_version_is_read(operator):
    operator.log_in()
    operator.write("mine", "WY")
    operator.materialized("WY")
    operator.tick()
    old = json.loads(operator.cursor)
    operator.cursor = json.dumps({name: old[name] for name in ("upto", "recipes", "ticks")})
    assert not operator.tick().run_requests


def test_after_the_history_was_wiped_it_starts_anew(operator):
    operator.log_in()
    operator.write("mine", "WY")
    operator.materialized("WY")
    operator.tick()
    operator.cursor = json.dumps(json.loads(operator.cursor) | {"upto": 5000})
    operator.materialized("WY")
    assert _asked_for(operator.tick()) == ["mine"]
    assert not operator.tick().run_requests


def test_partitions_follow_the_folder(operator):
    operator.write("mine", "WY")
    operator.write("yours", "WY")
    operator.tick()
    (operator.folder / "yours.yaml").unlink()
    operator.write("theirs", "WY")
    operator.tick()
    assert set(operator.platform.instance.get_dynamic_partitions("recipes")) == {"mine", "theirs"}


def test_a_recipe_with_a_mistake_does_not_hold_back_the_others(operator):
    operator.log_in()
    operator.write("good", "WY")
    operator.write("bad", "WY", "max_trakcs: 3\n")
    operator.materialized("WY")
    assert _asked_for(operator.tick()) == ["good"]
    told = operator.tick().skip_reason.skip_message
    assert "bad.yaml, line 4" in told
    assert "max_tracks" in told


def test_a_file_that_cannot_be_a_recipe_by_its_name_is_told(operator):
    operator.log_in()
    operator.write("Friday Night", "WY")
    operator.materialized("WY")
    operator.write("good", "WY")
    assert _asked_for(operator.tick()) == ["good"]
    assert "small letters" in operator.tick().skip_reason.skip_message


def test_what_a_file_manager_leaves_beside_a_recipe_is_no_recipe(operator):
    operator.log_in()
    operator.write("good", "WY")
    folder = operator.platform.folder / "recipes"
    (folder / "._good.yaml").write_bytes(b"\x00\x05\x16\x07")
    operator.materialized("WY")
    assert _asked_for(operator.tick()) == ["good"]
    assert "Nothing has changed" in operator.tick().skip_reason.skip_message


def test_it_is_off_until_somebody_turns_it_on():
    assert playlist_refresh_sensor.default_status is dg.DefaultSensorStatus.STOPPED


def test_from_shows_to_a_playlist_and_nothing_is_written_twice(operator_with_shows):
    operator, platform = operator_with_shows, operator_with_shows.platform
    operator.write("mine", "WA")
    operator.log_in()
    (request,) = operator.tick().run_requests
    result = operator.run(request.partition_key)
    assert result.success, failures(result)
    (playlist,) = platform.sandbox.listeners.playlists()
    plan = platform.metadata("playlist_plans", "mine")
    assert plan["tracks"] == len(playlist.uris) > 5
    assert "open.spotify.com/track/" in plan["playlist"]
    assert "A push would do this" in plan["compared_with_spotify"]
    pushed = platform.metadata("playlists", "mine")
    assert (pushed["outcome"], pushed["tracks_added"]) == ("done", len(playlist.uris))
    assert not playlist.public
    (row,) = platform.platform.history.rows("mine")
    assert (row.status, row.run_id) == ("done", result.run_id)
    calendar = (platform.root / "calendars" / "mine.ics").read_bytes()
    assert calendar.count(b"BEGIN:VEVENT") == plan["shows"]

    writes = platform.sandbox.writes("spotify")
    assert operator.run("mine").success
    assert platform.sandbox.writes("spotify") == writes, "an unchanged plan writes nothing"
    assert platform.metadata("playlists", "mine")["outcome"] == "unchanged"
    assert all(found.passed for found in checks(result).values())


def test_without_an_account_the_plan_is_made_and_nothing_is_sent(operator_with_shows):
    operator, platform = operator_with_shows, operator_with_shows.platform
    operator.write("mine", "WY")
    operator.tick()
    calls = platform.sandbox.requests("spotify") + platform.sandbox.requests("accounts")
    result = operator.run("mine")
    assert result.success, failures(result)
    assert platform.metadata("playlists", "mine")["outcome"] == "not connected"
    silence = checks(result)["playlists", "playlist_is_as_planned"]
    assert not silence.passed
    assert "showlist login me" in silence.description
    assert "showlist login me" in platform.metadata("playlist_plans", "mine")["not_connected"]
    assert platform.sandbox.requests("spotify") + platform.sandbox.requests("accounts") == calls


def test_a_state_without_data_keeps_the_old_playlist_and_says_why(operator):
    platform = operator.platform
    operator.write("mine", "WY")
    operator.log_in()
    operator.tick()
    result = operator.run("mine")
    assert result.success, failures(result)
    assert platform.metadata("playlists", "mine")["outcome"] == "empty"
    assert not checks(result)["playlists", "playlist_is_as_planned"].passed
    assert "Nothing is known yet" in platform.metadata("playlists", "mine")["what_happened"]
    assert not platform.sandbox.listeners.playlists()


def test_a_dry_run_writes_nothing(operator_with_shows):
    operator, platform = operator_with_shows, operator_with_shows.platform
    operator.write("mine", "WA")
    operator.log_in()
    operator.tick()
    assert operator.run("mine", dry_run=True).success
    assert platform.metadata("playlists", "mine")["outcome"] == "dry run"
    assert platform.sandbox.writes("spotify") == 0


def test_a_listener_without_premium_is_told_and_nothing_is_retried_for_ever(operator_with_shows):
    operator, platform = operator_with_shows, operator_with_shows.platform
    operator.write("mine", "WA")
    operator.log_in()
    operator.tick()
    platform.sandbox.listeners.listener().premium = False
    result = operator.run("mine")
    assert not result.success
    assert "Premium" in failures(result)
    assert "Traceback" not in failures(result)
