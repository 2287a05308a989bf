"""The sensor of listeners, over several ticks on a real instance; and the jobs that it starts."""

from __future__ import annotations

import json

import dagster as dg
import pytest

from showlist_assets.cli.demo_listener import connect_listener, connect_listening
from showlist_assets.defs.listening_sensor import listening_sensor
from showlist_assets.domain.listening.reports import as_reports
from showlist_assets.services.listening.history import Told
from showlist_assets_tests.clock import NOW
from showlist_assets_tests.platform_under_test import failures, instance_on_disk, make_partitions


class Daemon:
    """Evaluates the sensor as Dagster's daemon does, over a platform."""

    def __init__(self, platform) -> None:
        self.under_test, self.cursor = platform, None
        platform.instance = instance_on_disk(platform.folder / "dagster")

    def tick(self) -> list[tuple[str, str]]:
        """Job and listener of each run that is asked for."""
        self.found = self._evaluate()
        make_partitions(
            self.under_test.instance, "listeners", self.found.dynamic_partitions_requests
        )
        self.cursor = self.found.cursor
        return [(each.job_name, each.partition_key) for each in self.found.run_requests]

    def _evaluate(self) -> dg.SensorResult:
        with dg.build_sensor_context(
            instance=self.under_test.instance,
            cursor=self.cursor,
            definitions=self.under_test.definitions,
            resources={"platform": self.under_test.platform},
        ) as context:
            return listening_sensor(context)

    def run(self, job: str, account: str = "me") -> None:
        result = self.under_test.run_job(job, partition_key=account)
        assert result.success, failures(result)

    def shows_change(self) -> None:
        self.under_test.instance.report_runless_asset_event(
            dg.AssetMaterialization("upcoming_shows", partition="WA")
        )

    @property
    def listeners(self) -> list[str]:
        return sorted(self.under_test.instance.get_dynamic_partitions("listeners"))


@pytest.fixture
def daemon(platform) -> Daemon:
    return Daemon(platform)


def import_plays(platform, account: str) -> None:
    row = {
        "reported_at": NOW,
        "reported_means": "end",
        "track_name": "A Song",
        "artist_name": "An Artist",
    }
    reports = as_reports([row], source="spotify_export", import_id="1", received_at=NOW)
    told = Told(import_id="1", source="spotify_export", rows=1, sha256="0" * 64)
    platform.listening.add(account, reports, told)
    platform.listening.rebuild(account)


def test_nobody_is_nothing_to_do(daemon):
    assert daemon.tick() == []
    assert "Nothing is due" in str(daemon.found.skip_reason)
    assert daemon.listeners == []


def test_it_is_off_until_somebody_turns_it_on():
    assert listening_sensor.default_status == dg.DefaultSensorStatus.STOPPED


def test_who_has_connected_something_is_asked_for_and_then_ranked(daemon):
    connect_listening(daemon.under_test.platform)
    assert daemon.tick() == [("sync_listening", "me")]
    assert daemon.listeners == ["me"]
    # A tick only reads: the same again, and Dagster starts no run of a known key.
    keys = [each.run_key for each in daemon.found.run_requests]
    assert daemon.tick() == [("sync_listening", "me")]
    assert [each.run_key for each in daemon.found.run_requests] == keys

    daemon.run("sync_listening")
    assert daemon.tick() == [("refresh_taste", "me")]
    assert daemon.tick() == []
    daemon.under_test.wait(hours=23)
    assert daemon.tick() == []
    daemon.under_test.wait(hours=1)
    assert daemon.tick() == [("sync_listening", "me")]


def test_a_ranking_follows_shows_plays_and_words_but_not_each_time(daemon):
    platform = daemon.under_test.platform
    import_plays(platform, "me")
    assert daemon.tick() == [("refresh_taste", "me")]
    daemon.shows_change()
    assert daemon.tick() == []
    daemon.under_test.wait(hours=6)
    assert daemon.tick() == [("refresh_taste", "me")]
    # Nothing changes for days: once a week is enough.
    daemon.under_test.wait(days=6)
    assert daemon.tick() == []
    platform.taste_feedback.say("me", "An Artist", "less")
    # A word counts at once.
    assert daemon.tick() == [("refresh_taste", "me")]
    daemon.under_test.wait(days=7)
    assert daemon.tick() == [("refresh_taste", "me")]


def test_a_broken_file_of_one_listener_costs_no_other_one(daemon):
    platform = daemon.under_test.platform
    for account in ("amy", "me", "zoe"):
        import_plays(platform, account)
    daemon.under_test.root.joinpath("listening", "me.progress").write_bytes(b"broken")
    assert daemon.tick() == [("refresh_taste", "amy"), ("refresh_taste", "zoe")]
    assert daemon.listeners == ["amy", "me", "zoe"]
    assert set(json.loads(daemon.cursor)) == {"amy", "me", "zoe"}


def test_who_is_forgotten_has_no_partition_any_more(daemon):
    for account in ("me", "zoe"):
        import_plays(daemon.under_test.platform, account)
    daemon.tick()
    daemon.under_test.platform.forget_listener("me")
    assert daemon.tick() == []
    assert daemon.listeners == ["zoe"]
    assert "me" not in json.loads(daemon.cursor)


def test_who_has_only_logged_in_is_looked_at_too(daemon):
    connect_listener(daemon.under_test.sandbox, daemon.under_test.platform)
    assert daemon.tick() == [("sync_listening", "me")]
    daemon.run("sync_listening")
    told = daemon.under_test.metadata("listen_reports", "me")
    assert (told["told"], told["new"]) == (200, 50)
    assert daemon.tick() == [("refresh_taste", "me")]


def test_a_failure_is_tried_again_in_an_hour(daemon):
    connect_listening(daemon.under_test.platform)
    daemon.under_test.set(SHOWLIST_LISTENBRAINZ_URL="http://127.0.0.1:9")
    daemon.tick()
    daemon.run("sync_listening")
    assert daemon.under_test.metadata("listen_reports", "me")["sources_that_failed"] == 1
    assert daemon.tick() == []
    daemon.under_test.wait(hours=1)
    assert daemon.tick() == [("sync_listening", "me")]


def test_a_list_of_found_songs_is_made_with_the_ranking(daemon):
    connect_listening(daemon.under_test.platform)
    daemon.tick()
    daemon.run("sync_listening")
    daemon.run("refresh_taste")
    told = daemon.under_test.metadata("track_suggestions", "me")
    assert told["seeds"] > 0
    # What was found is asked for again by nobody: its own table changes nothing.
    daemon.tick()
    assert daemon.tick() == []
