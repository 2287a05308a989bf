"""Dagster's console, for a machine: runs without configuration, and a sensor's own lines."""

# Dagster reads the annotation of a context unevaluated, so annotations are not postponed here.

import json

import coloredlogs
import dagster as dg

from showlist_assets.defs import run_logging


@dg.op
def raw_events(context: dg.OpExecutionContext) -> None:
    context.log.info("VT: 3 shows")
    raise dg.Failure("apikey=s3cret was refused")


@dg.job
def refresh_states() -> None:
    raw_events()


@dg.sensor(job=refresh_states)
def looks(context: dg.SensorEvaluationContext) -> dg.SkipReason:
    context.log.info("weekly refresh ended well")
    return dg.SkipReason("Nothing.")


def test_a_run_and_a_sensor_write_lines(monkeypatch, capsys):
    monkeypatch.setattr(coloredlogs, "install", run_logging._install)
    with dg.DagsterInstance.ephemeral() as instance:
        tags = {"dagster/partition": "VT"}
        run = refresh_states.execute_in_process(
            instance=instance, tags=tags, raise_on_error=False
        ).run_id
        with dg.build_sensor_context(instance=instance) as context:
            looks(context)
    written = capsys.readouterr().err
    assert "s3cret" not in written
    lines = [json.loads(each) for each in written.splitlines()]
    (said,) = (each for each in lines if each["message"] == "VT: 3 shows")
    del said["time"]
    assert said == {
        "severity": "INFO",
        "message": "VT: 3 shows",
        "logger": "dagster",
        "run_id": run,
        "job": "refresh_states",
        "step": "raw_events",
        "partition": "VT",
    }
    (failed,) = (each for each in lines if each.get("event") == "STEP_FAILURE")
    assert failed["severity"] == "ERROR"
    assert "was refused" in failed["error"]
    assert lines[-1]["message"] == "weekly refresh ended well"
