"""``make bench``: its table, the comparison of two runs, the series, and a tiny run of all parts
that take no minutes.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from showlist_assets_tests.benchmarks.call_economy_figures import Limits, Pass
from showlist_assets_tests.benchmarks.child_processes import (
    ROOT,
    ChildFailedError,
    ends_with_its_processes,
    run_python,
)
from showlist_assets_tests.benchmarks.process_times import descendants, is_running
from showlist_assets_tests.benchmarks.suite import calls, commands, nations
from showlist_assets_tests.benchmarks.suite.command import main
from showlist_assets_tests.benchmarks.suite.comparison import (
    as_json,
    from_json,
    regressions,
)
from showlist_assets_tests.benchmarks.suite.figures import FIGURES, Reading
from showlist_assets_tests.benchmarks.suite.parts import Outcome, Part, run_parts
from showlist_assets_tests.benchmarks.suite.report import report, verdict
from showlist_assets_tests.benchmarks.suite.series import BEGIN, END, Series, project_series
from showlist_assets_tests.benchmarks.suite.sizes import LONG, STANDARD, Size

pytestmark = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs Linux")

BY_KEY = {figure.key: figure for figure in FIGURES}
TINY = Size("tiny", states=("WY",), performers=8, limits=Limits(window=10_000, latency_ms=0))
RUN = Outcome(
    "standard",
    {
        "calls_extended": Reading(1.5, 24.5),
        "calls_nothing_new": Reading(0, 460),
        "wall_extended": Reading(80.0, 75.0),
        "refresh_cpu": Reading(5.0, 4.0),
    },
    seconds=400.0,
    load=0.25,
)


def test_each_figure_has_a_key_of_its_own_and_every_aim_of_the_table_can_be_judged():
    assert len(BY_KEY) == len(FIGURES)
    shown = [figure.short for figure in FIGURES if figure.short]
    assert len({*shown}) == len(shown)
    assert all(figure.reference for figure in FIGURES if figure.ratio_aim is not None)


def test_a_row_tells_figure_reference_ratio_aims_and_verdict():
    row = report(RUN).splitlines()[2]
    assert row == (
        "| Spotify calls per performer, Extended Quota | 1.50 calls | 24.50 "
        "| the reference method, all pages | 0.0612 | 1.6 | 0.0625 | met |"
    )


@pytest.mark.parametrize(
    ("key", "reading", "expected"),
    [
        ("calls_extended", Reading(1.6, 25.6), "met"),
        ("calls_extended", Reading(1.5, 20.0), "not met"),
        ("calls_extended", Reading(1.7, 30.0), "not met"),
        ("calls_extended", Reading(1.5), "unknown"),
        ("calls_nothing_new", Reading(0, 400), "met"),
        ("calls_nothing_new", Reading(1, 400), "not met"),
        ("nation_5000_cpu", Reading(30, 20), ""),
    ],
)
def test_an_aim_is_met_where_figure_and_ratio_are_within_it(key, reading, expected):
    assert verdict(BY_KEY[key], reading) == expected


def test_what_was_not_measured_is_told_and_its_rows_are_left_out():
    told = report(Outcome("tiny", {"calls_extended": Reading(None, 24.5)}, {"ui": "It hung."}))
    assert "Not measured: ui. It hung." in told
    assert "performer" not in told


def slower(key: str, factor: float) -> Outcome:
    reading = RUN.readings[key]
    return replace(
        RUN, readings={**RUN.readings, key: replace(reading, measured=reading.measured * factor)}
    )


def test_a_ratio_that_grew_by_more_than_chance_is_a_regression():
    (words,) = regressions(slower("refresh_cpu", 1.2), RUN)
    assert words.startswith("a run of 17 states, nothing new: 1.5 times the reference")
    assert "1.25 before" in words


def test_a_slower_machine_is_no_regression():
    slow = {key: Reading(2 * one.measured, 2 * one.reference) for key, one in RUN.readings.items()}
    assert regressions(replace(RUN, readings=slow), RUN) == []


def test_what_chance_explains_is_none_and_for_calls_that_is_next_to_nothing():
    assert regressions(slower("refresh_cpu", 1.1), RUN) == []
    assert regressions(slower("calls_extended", 1.1), RUN) != []


def test_one_call_where_there_was_none_is_a_regression():
    found = replace(RUN, readings={**RUN.readings, "calls_nothing_new": Reading(1, 460)})
    assert len(regressions(found, RUN)) == 1


def test_a_figure_that_the_earlier_run_did_not_have_is_none():
    assert regressions(RUN, replace(RUN, readings={})) == []


def test_json_gives_back_what_was_measured():
    assert from_json(json.loads(json.dumps(as_json(RUN)))) == RUN


@pytest.fixture
def series(tmp_path):
    page = tmp_path / "measured.md"
    page.write_text(f"Before.\n\n{BEGIN}\nold\n{END}\n\nAfter.\n")
    return Series(tmp_path / "series.jsonl", page)


@pytest.fixture
def run_file(tmp_path):
    file = tmp_path / "run.json"
    file.write_text(json.dumps(as_json(RUN)))
    return str(file)


def test_each_release_adds_a_line_to_the_page(series, run_file, capsys):
    for label in ("0.1.0", "0.2.0"):
        assert main(["--from", run_file, "--record", label], series=series) == 0
    before, *_, first, second, ended, _, after = series.page.read_text().splitlines()
    assert (before, ended, after) == ("Before.", END, "After.")
    assert first.startswith("| 0.1.0 | standard | 1.50 (0.0612) |")
    assert second.startswith("| 0.2.0 | standard | 1.50 (0.0612) |")
    assert "old" not in series.page.read_text()
    assert "| figure |" in capsys.readouterr().out


def test_a_release_is_recorded_once(series, run_file, capsys):
    assert main(["--from", run_file, "--record", "0.1.0"], series=series) == 0
    assert main(["--from", run_file, "--record", "0.1.0"], series=series) == 1
    assert "There is a standard run of 0.1.0" in capsys.readouterr().err
    assert len(series.recorded()) == 1


def test_a_page_without_a_place_for_the_series_is_left_alone(series, run_file):
    series.page.write_text("Nothing.\n")
    assert main(["--from", run_file, "--record", "0.1.0"], series=series) == 1
    assert not series.recorded()
    assert series.page.read_text() == "Nothing.\n"


@pytest.mark.parametrize("content", ["", '{"a":', "[]", '{"readings": 3}', "[" * 100_000])
def test_a_file_that_holds_no_run_is_named(series, run_file, tmp_path, capsys, content):
    file = tmp_path / "odd.json"
    file.write_text(content)
    assert main(["--from", str(file)], series=series) == 1
    assert main(["--from", run_file, "--against", str(file)], series=series) == 1
    assert capsys.readouterr().err.count(f"{file} holds no run") == 2


def test_a_file_that_is_not_there_is_named(series, tmp_path, capsys):
    assert main(["--from", str(tmp_path / "none.json")], series=series) == 1
    assert "none.json" in capsys.readouterr().err


def test_a_regression_against_a_release_ends_with_an_error(series, run_file, tmp_path, capsys):
    series.record("0.1.0", RUN)
    assert main(["--from", run_file, "--against", "0.1.0"], series=series) == 0
    assert "Nothing is worse than before." in capsys.readouterr().out
    file = tmp_path / "slower.json"
    file.write_text(json.dumps(as_json(slower("wall_extended", 1.3))))
    assert main(["--from", str(file), "--against", "0.1.0"], series=series) == 1
    assert "- first pass, Extended Quota: 1.39 times" in capsys.readouterr().out
    assert main(["--from", str(file), "--against", run_file], series=series) == 1
    assert "1.39" in capsys.readouterr().out


def test_without_a_name_the_last_release_of_the_same_size_counts(series, run_file, capsys):
    series.record("0.1.0", slower("refresh_cpu", 0.5))
    assert main(["--from", run_file], series=series) == 1
    series.record("0.2.0", RUN)
    series.record("0.3.0", replace(slower("refresh_cpu", 0.5), size="long"))
    assert main(["--from", run_file], series=series) == 0
    assert main(["--from", run_file, "--against", "0.3.0"], series=series) == 1
    assert "no run of the standard size" in capsys.readouterr().err


def test_an_unknown_release_is_told_before_anything_is_measured(series, capsys):
    assert main(["--against", "9.9"], series=series) == 1
    assert "9.9 is no file" in capsys.readouterr().err


def test_an_unknown_part_is_told(capsys):
    with pytest.raises(SystemExit):
        main(["--only", "calls,everything"])
    assert "everything: not among calls, " in capsys.readouterr().err


def test_the_page_of_the_docs_is_that_of_the_series():
    series = project_series()
    if not series.page.is_file():
        pytest.skip("needs a clone: docs/ is not part of the package")
    text = series.page.read_text()
    assert text.partition(BEGIN)[2].partition(END)[0].strip() == series.as_table()


def test_a_part_that_fails_keeps_no_other_from_being_measured(tmp_path):
    def fails(*_):
        raise ChildFailedError("It hung.")

    def knows_one_half(*_):
        return {"calls_extended": Reading(1.5), "nation_51_cpu": Reading(9, 3)}

    def knows_the_other(*_):
        return {"calls_extended": Reading(reference=24.5)}

    found = run_parts(
        [
            Part("broken", fails, is_alone=True),
            Part("ours", knows_one_half),
            Part("theirs", knows_the_other),
        ],
        TINY,
        tmp_path,
        print,
    )
    assert found.readings == {"calls_extended": Reading(1.5, 24.5)}
    assert found.failed == {"broken": "It hung."}


def test_parts_that_are_alone_run_before_all_others_and_one_after_the_other(tmp_path):
    running: list[str] = []

    def alone(_, folder):
        assert running == []
        running.append(folder.name)
        time.sleep(0.05)
        running.remove(folder.name)
        return {}

    def beside(_, folder):
        running.append(folder.name)
        return {}

    chosen = [
        Part("last", beside),
        *(Part(name, alone, is_alone=True) for name in ("first", "second")),
    ]
    assert run_parts(chosen, TINY, tmp_path, print).failed == {}
    assert running == ["last"]


PASS = Pass(
    "ours", "development", events=80, rows=190, performers=100, new=100, matched=90,
    spotify=110, refused=0, reccobeats=3, tracks={"CA": 41, "NY": 40}, seconds=7.0,
)  # fmt: skip


def test_the_figures_of_our_passes():
    found = calls.our_readings(
        extended=replace(PASS, spotify=200, refused=5),
        first=PASS,
        again=replace(PASS, spotify=0, reccobeats=1, new=0, seconds=1.4),
        newcomers=replace(PASS, spotify=6, new=5),
        limits=Limits(window=250, latency_ms=60),
    )
    assert found["calls_extended"].measured == pytest.approx(2.05)
    assert found["calls_newcomers"] == Reading(pytest.approx(1.2), pytest.approx(1.1))
    assert found["calls_nothing_new"] == Reading(1, 113)
    assert found["calls_features"].ratio == pytest.approx(1.0)
    assert found["wall_development"].ratio == pytest.approx(7.0 / 6.6)
    assert found["wall_nothing_new"].ratio == pytest.approx(0.2)


def nation_row(events, cpu, plain, peak):
    return {
        "events": str(events), "CPU s": str(cpu), "CPU s without Dagster": str(plain),
        "peak MB": str(peak), "peak MB without Dagster": "300",
    }  # fmt: skip


def test_growth_is_told_of_nations_beyond_the_smallest():
    rows = [
        nation_row(50, 20, 5, 300),
        nation_row(5050, 30, 15, 600),
        nation_row(50050, 110, 90, 1200),
    ]
    found = nations.nation_readings((51, 5000, 50_000), rows)
    assert found["nation_50000_cpu"] == Reading(110, 90)
    assert found["nation_5000_peak"] == Reading(600, 300)
    assert found["nation_growth"].ratio == pytest.approx(0.9)


def test_a_markdown_table_is_read_by_its_heads():
    printed = "warning\n| a | b c |\n| --- | --- |\n| 1 | 2 |\n| 3 | |\n"
    assert nations.table_rows(printed) == [{"a": "1", "b c": "2"}, {"a": "3", "b c": ""}]


def test_the_sizes_have_figures_for_what_they_measure():
    for size in (STANDARD, LONG):
        wanted = {f"nation_{events}_cpu" for events in size.nations if events > len(size.states)}
        assert wanted <= BY_KEY.keys()


def test_a_child_tells_its_seconds_its_memory_and_what_it_printed(tmp_path):
    spin = "import time\nwhile time.process_time() < 0.2: pass\nprint(1)"
    found = run_python(["-S", "-c", spin], folder=tmp_path)
    assert 0.2 <= found.cpu < 2
    assert found.peak_mb > 1
    assert found.output == "1"


def test_a_child_that_fails_is_told_with_what_it_said(tmp_path):
    with pytest.raises(ChildFailedError, match="no such thing"):
        run_python(["-S", "-c", "raise SystemExit('no such thing')"], folder=tmp_path)


def test_settings_of_whoever_measures_do_not_count(tmp_path, monkeypatch):
    monkeypatch.setenv("SHOWLIST_SPOTIFY_BUDGET", "1")
    show = (
        "import os; print(os.environ.get('SHOWLIST_SPOTIFY_BUDGET'), 'SHOWLIST_NOW' in os.environ)"
    )
    assert run_python(["-S", "-c", show], folder=tmp_path).output == "None True"


# Two parts that would last for a minute, each with a process that has one itself.
INTERRUPTED = """
import sys
from showlist_assets_tests.benchmarks.child_processes import run_python
from showlist_assets_tests.benchmarks.suite import command
from showlist_assets_tests.benchmarks.suite.parts import Part

NESTED = "import subprocess, sys; subprocess.run([sys.executable, '-S', '-c', {sleep!r}])"
SLEEP = "import time; time.sleep(60)"

def lasts(size, folder):
    run_python(["-S", "-c", NESTED.format(sleep=SLEEP)], folder=folder)
    return {}

command.PARTS = (Part("one", lasts), Part("two", lasts), Part("three", lasts))
sys.exit(command.main([]))
"""


def test_kill_ends_what_was_started_and_nothing_else():
    another = subprocess.Popen(["sleep", "60"])
    started = []

    def measure():
        with ends_with_its_processes():
            started.append(subprocess.Popen(["sleep", "60"]))
            os.kill(os.getpid(), signal.SIGTERM)
            started[0].wait()

    with pytest.raises(KeyboardInterrupt):
        measure()
    assert started[0].wait() == -signal.SIGTERM
    assert another.poll() is None
    another.kill()
    another.wait()


@pytest.mark.slow
def test_ctrl_c_leaves_no_process_and_no_file_behind(tmp_path):
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": str(tmp_path)}
    process = subprocess.Popen(
        [sys.executable, "-c", INTERRUPTED], cwd=tmp_path, env=environment,
        stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        until = time.monotonic() + 30
        while len(started := descendants(process.pid)) < 4 and time.monotonic() < until:
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=30)
    finally:
        process.kill()
    assert len(started) == 4
    assert process.returncode == 130
    assert said.endswith("Bench: interrupted; no process is left\n")
    assert [one for one in started if is_running(one)] == []
    assert [*tmp_path.iterdir()] == []


@pytest.mark.slow
def test_a_tiny_run_measures_calls_beside_the_reference_and_prints_them(
    tmp_path, monkeypatch, capsys
):
    # Each pass is a process that starts Dagster: one is as good as four.
    monkeypatch.setattr(calls, "our_development_passes", lambda _: (PASS, PASS, PASS))
    file = tmp_path / "run.json"
    assert main(["--only", "calls,reference", "--json", str(file)], size=TINY) == 0
    told = from_json(json.loads(file.read_text()))
    assert told.readings["calls_extended"].reference > 8
    assert told.readings["calls_extended"].ratio < 0.5
    assert told.readings["wall_extended"].measured > 0
    assert "| Spotify calls per performer, Extended Quota |" in capsys.readouterr().out


def test_a_command_is_measured_beside_its_libraries(tmp_path, monkeypatch):
    started = {name: ["-S", "-c", "pass"] for name in commands._STARTED}
    monkeypatch.setattr(commands, "_STARTED", started)
    found = commands.measure(replace(TINY, repeats=1), tmp_path)
    assert found.keys() <= BY_KEY.keys()
    assert all(reading.ratio for reading in found.values())
