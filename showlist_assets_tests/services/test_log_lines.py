"""Log lines for a machine: one JSON object a line, without secrets."""

from __future__ import annotations

import json
import logging

from rich.console import Console

from showlist_assets.services.log_lines import JsonLines, LinesLogged, log_as_json, logs_as_json


def line(message: str, *arguments: object, **extra: object) -> dict[str, object]:
    record = logging.makeLogRecord(
        {"msg": message, "args": arguments, "levelname": "WARNING", "name": "a.b", **extra}
    )
    written = JsonLines().format(record)
    assert "\n" not in written
    found: dict[str, object] = json.loads(written)
    return found


def test_a_line_has_time_severity_and_message():
    said = line("Größe %s\nof two", 3, created=1_795_000_000.25)
    assert said == {
        "time": "2026-11-18T11:06:40.250+00:00",
        "severity": "WARNING",
        "message": "Größe 3\nof two",
        "logger": "a.b",
    }


def test_what_is_named_like_a_secret_is_blotted_out():
    assert "s3cret" not in json.dumps(line("GET /events?apikey=s3cret&page=1"))


def test_what_was_raised_keeps_its_stack():
    try:
        _ = 1 // 0
    except ZeroDivisionError as fault:
        said = line("failed", exc_info=(type(fault), fault, fault.__traceback__))
    assert "ZeroDivisionError" in str(said["error"])


def test_a_command_logs_what_it_would_print(caplog):
    caplog.set_level(logging.INFO)
    console = Console(file=LinesLogged("tick"), color_system=None, width=1000)
    console.print("[bold]weekly_refresh[/bold] due: x\n  [red]failed[/red] y", soft_wrap=True)
    assert [record.getMessage() for record in caplog.records] == [
        "weekly_refresh due: x",
        "failed y",
    ]


def test_all_loggers_of_the_process_write_such_lines(monkeypatch, capsys):
    root, own = logging.getLogger(), logging.getLogger("dagster")
    monkeypatch.setattr(root, "handlers", [])
    monkeypatch.setattr(own, "handlers", [logging.StreamHandler()])
    monkeypatch.setattr(logging.getLogger("showlist_assets"), "level", logging.NOTSET)
    assert not logs_as_json()
    log_as_json()
    try:
        assert logs_as_json()
        own.warning("a daemon's")
        logging.getLogger("showlist_assets.x").info("ours")
    finally:
        logging.captureWarnings(capture=False)
    written = [json.loads(each)["message"] for each in capsys.readouterr().err.splitlines()]
    assert written == ["a daemon's", "ours"]
