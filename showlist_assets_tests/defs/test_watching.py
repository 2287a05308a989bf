"""What the daemon's look makes of runs that have ended, on an instance with real runs."""

# Dagster reads the annotation of a context unevaluated, so annotations are not postponed here.

import json
from datetime import timedelta

import dagster as dg
import pytest

from showlist_assets.defs.partitions import range_tags
from showlist_assets.defs.schedules import weekly_refresh, weekly_run_keys
from showlist_assets.defs.ticking import RUN_KEY_TAG, SCHEDULE_TAG
from showlist_assets.defs.watching import (
    ROOT_RUN_TAG,
    WEEK_ENDED_WELL,
    WILL_RETRY_TAG,
    failure_watch,
)
from showlist_assets.settings import load_settings
from showlist_assets.storage.fetch_record import SourceFetch
from showlist_assets.wiring import Platform
from showlist_assets_tests.clock import NOW, PINNED
from showlist_assets_tests.services.receiver import receiver

WEEK = "2026-W47"
QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


@dg.op
def raw_events(context: dg.OpExecutionContext) -> None:
    if context.run_tags.get("fails"):
        raise dg.Failure("Ticketmaster refused the key (401).")


@dg.job
def refresh_states() -> None:
    raw_events()


class Watched:
    """An instance, a platform that tells a receiver, and the sensor's cursor."""

    def __init__(self, folder, hook) -> None:
        self.instance = dg.DagsterInstance.ephemeral(str(folder))
        self.data, self.hook, self.cursor = folder / "data", hook, None
        self.variables = {
            **PINNED,
            "SHOWLIST_DATA_ROOT": str(self.data),
            "SHOWLIST_ALERTS": f"json://127.0.0.1:{hook.port}/alerts",
            "SHOWLIST_HEARTBEAT": f"{hook.url}/beat",
            "TICKETMASTER_API_KEY": "key",
            "SHOWLIST_DAGSTER_URL": "http://127.0.0.1:3000",
        }

    @property
    def platform(self) -> Platform:
        return Platform(load_settings(**self.variables))

    def run(self, *, fails: bool = False, **tags: str) -> str:
        all_tags = {**range_tags("VT", "WY"), **({"fails": "yes"} if fails else {}), **tags}
        return refresh_states.execute_in_process(
            instance=self.instance, tags=all_tags, run_config=QUIET, raise_on_error=False
        ).run_id

    def look(self) -> None:
        with dg.build_sensor_context(
            instance=self.instance, cursor=self.cursor, resources={"platform": self.platform}
        ) as context:
            self.cursor = failure_watch(context).cursor

    @property
    def told(self) -> list[dict[str, str]]:
        sent = zip(self.hook.paths, self.hook.bodies, strict=True)
        return [json.loads(body) for path, body in sent if path == "/alerts"]

    @property
    def beats(self) -> list[str]:
        return [path for path in self.hook.paths if path != "/alerts"]


@pytest.fixture
def watched(tmp_path):
    pytest.importorskip("apprise", reason="the extra alerts is not installed")
    with receiver() as hook:
        yield Watched(tmp_path, hook)


def weekly(key: str) -> dict[str, str]:
    return {SCHEDULE_TAG: weekly_refresh.name, RUN_KEY_TAG: key}


def test_a_failed_run_is_told_in_the_asset_s_words_and_once(watched):
    watched.run(fails=True)
    watched.look()
    assert not watched.told, "what failed before the first look is history"
    watched.run()
    run = watched.run(fails=True)
    watched.look()
    watched.look()
    (told,) = watched.told
    assert told["title"] == "Showlist: refresh_states of VT to WY (2 states) failed"
    said, what_to_do, address = told["message"].splitlines()
    assert said == "raw_events: Ticketmaster refused the key (401)."
    assert "re-execute the run in the UI" in what_to_do
    assert address == f"http://127.0.0.1:3000/runs/{run}"
    assert not watched.beats


def test_a_run_that_is_tried_again_is_told_when_no_try_is_left(watched):
    watched.look()
    first = watched.run(fails=True, **{WILL_RETRY_TAG: "true"})
    watched.look()
    assert not watched.told
    watched.run(fails=True, **{ROOT_RUN_TAG: first})
    watched.look()
    watched.run(fails=True, **{ROOT_RUN_TAG: first})
    watched.look()
    assert len(watched.told) == 1


def test_a_run_that_never_began_is_told(watched):
    watched.look()
    run = watched.instance.create_run_for_job(refresh_states, tags=range_tags("VT", "VT"))
    watched.instance.report_run_failed(run, "Its process was killed.")
    watched.look()
    (told,) = watched.told
    assert told["title"] == "Showlist: refresh_states of VT failed"
    assert told["message"].startswith("Its process was killed.")


def test_a_week_that_ended_well_is_a_sign_of_life_and_a_line_in_the_log(watched, capfd):
    *others, last = sorted(weekly_run_keys(watched.platform, WEEK))
    watched.look()
    for key in others:
        watched.run(**weekly(key))
    watched.run(fails=True, **weekly(last))
    watched.look()
    assert watched.beats == ["/beat/fail"]
    assert WEEK_ENDED_WELL not in capfd.readouterr().err
    watched.run(**weekly(last))
    watched.look()
    watched.look()
    assert watched.beats == ["/beat/fail", "/beat"]
    assert f"{WEEK_ENDED_WELL}: {WEEK}" in capfd.readouterr().err


def test_what_lasts_is_told_without_any_run(watched):
    long_ago = NOW - timedelta(days=9)
    watched.platform.fetch_record.note_answers(
        [SourceFetch("VT", "ticketmaster", answered_at=long_ago)]
    )
    watched.look()
    assert [each["title"] for each in watched.told] == ["Showlist: no refresh for eight days"]


def test_a_look_survives_a_receiver_and_a_record_that_fail(watched):
    watched.look()
    watched.hook.status = 500
    watched.run(fails=True)
    watched.look()
    watched.hook.status = 200
    watched.look()
    assert watched.told[-1]["title"].endswith("failed")
    (watched.data / "alerts.json").write_text("[]")
    watched.run(fails=True)
    watched.look()


def test_without_settings_only_the_line_is_written(watched):
    watched.variables = {
        name: value
        for name, value in watched.variables.items()
        if name not in ("SHOWLIST_ALERTS", "SHOWLIST_HEARTBEAT")
    }
    watched.look()
    watched.run(fails=True)
    watched.look()
    assert not watched.hook.paths


def test_it_runs_from_the_start():
    assert failure_watch.default_status is dg.DefaultSensorStatus.RUNNING
