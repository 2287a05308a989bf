"""The command line as its users meet it: real processes, real exit statuses, one clear sentence."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
from datetime import timedelta
from importlib.metadata import version
from pathlib import Path

import duckdb
import pytest
import yaml

from showlist_assets.cli.demo import ui_command
from showlist_assets.cli.templates import template
from showlist_assets.settings import setting_names
from showlist_assets_tests.clock import NOW, PINNED
from showlist_assets_tests.commands import showlist_here, showlist_process


@pytest.fixture(scope="module")
def demo(finished_demo, tmp_path_factory):
    """Two demo runs in a row in one folder, the first of which a process made."""
    folder = tmp_path_factory.mktemp("demo") / "copy"
    shutil.copytree(finished_demo.folder, folder)
    again = showlist_here(
        "demo", "--states", "VT,NY", "--json", "2.json", cwd=folder,
        SHOWLIST_NOW=(NOW + timedelta(minutes=1)).isoformat(),
    )  # fmt: skip
    second = json.loads((folder / "2.json").read_text())
    return folder, (finished_demo.ran, again), (finished_demo.summary, second)


@pytest.mark.slow
def test_the_demo_tells_a_person_what_came_out(demo):
    _, (first, _), _ = demo
    assert first.returncode == 0, first.stderr
    for word in (
        "matched_artists",
        "Shows",
        "Performers",
        "API calls",
        "The next shows",
        "showlist ui",
    ):
        assert word in first.stdout
    assert "Traceback" not in first.stdout + first.stderr
    assert "DEBUG" not in first.stdout + first.stderr


@pytest.mark.slow
def test_the_demo_tells_a_machine_the_same(demo, finished_demo):
    _, _, (first, _) = demo
    assert first["states"] == ["VT", "NY"]
    assert first["shows"] > 0
    assert sum(first["outcomes"].values()) == first["performers"]
    assert first["calls"]["spotify"] > 0
    with duckdb.connect(first["warehouse"], read_only=True) as connection:
        assert connection.execute(first["query"]).fetchall()
    assert Path(first["dagster_home"]).is_relative_to(finished_demo.folder)


@pytest.mark.slow
def test_the_second_demo_says_what_was_reused(demo):
    _, (_, second_run), (first, second) = demo
    assert second["calls"]["spotify"] == second["calls"]["reccobeats"] == 0
    assert second["reused"]["decisions"] == first["performers"]
    assert f"{first['performers']} decisions" in " ".join(second_run.stdout.split())
    for figure in ("shows", "performers", "outcomes", "tracks", "upcoming_rows", "next_shows"):
        assert second[figure] == first[figure]


@pytest.mark.slow
def test_the_demo_leaves_its_runs_in_the_home_that_the_ui_opens(demo):
    import dagster as dg

    folder, _, _ = demo
    home = folder / ".showlist" / "sandbox" / "dagster"
    with dg.DagsterInstance.from_config(str(home)) as instance:
        runs = instance.get_runs()
        jobs = {"refresh_states", "rebuild_warehouse", "push_playlists"}
        jobs |= {"sync_listening", "refresh_taste"}
        assert {run.job_name for run in runs} == jobs
        assert {run.status for run in runs} == {dg.DagsterRunStatus.SUCCESS}
        # By this the UI's timeline finds them; the location is that of workspace.yaml.
        of_location = dg.RunsFilter(tags={".dagster/repository": "__repository__@showlist"})
        assert len(instance.get_runs(filters=of_location)) == len(runs)
        # It keeps no stdout and stderr, and says why where a person looks for them.
        for run in runs:
            said = [entry.message or entry.user_message for entry in instance.all_logs(run.run_id)]
            assert any("went to the demo's terminal" in words for words in said)
        origins = [run.remote_job_origin for run in runs]
        assert {each.location_name for each in origins} == {_location_of_the_workspace()}


def _location_of_the_workspace() -> str:
    workspace = yaml.safe_load(template("workspace.yaml"))
    return workspace["load_from"][0]["python_module"]["location_name"]


@pytest.mark.slow
def test_the_demo_keeps_to_its_home_whatever_the_environment_says(demo, tmp_path):
    folder, _, _ = demo
    theirs = tmp_path / "theirs"
    found = showlist_here(
        "status", "--sandbox", cwd=folder,
        **{
            f"SHOWLIST_{name}": str(theirs / name)
            for name in ("DATA_ROOT", "CALL_STORE", "ACCOUNTS", "OVERRIDES", "WAREHOUSE")
        },
    )  # fmt: skip
    assert "of the next 14 days" in found.stdout
    assert not theirs.exists()


@pytest.mark.slow
def test_a_corrupt_table_is_named_with_the_remedy_and_nothing_else_is_lost(demo):
    folder, _, _ = demo
    data = folder / ".showlist" / "sandbox" / "data"
    broken = data / "matched_artists" / "VT.parquet"
    good, others = broken.read_bytes(), (data / "matched_artists" / "NY.parquet").read_bytes()
    broken.write_bytes(b"not parquet")
    failed = showlist_here("demo", "--states", "NY", cwd=folder)
    assert failed.returncode == 1
    assert str(broken) in failed.stderr
    assert "materialize matched_artists for VT again" in failed.stderr
    assert "Traceback" not in failed.stderr
    assert (data / "matched_artists" / "NY.parquet").read_bytes() == others
    broken.write_bytes(good)
    assert showlist_here("demo", "--states", "NY", cwd=folder).returncode == 0


_MISTAKES = [
    (["demo", "--states", "ZZ"], {}, ["'ZZ' is not a US state", "USPS"]),
    (["demo", "--states", "New Yrok"], {}, ["is not a US state", "New York"]),
    (["demo", "--states", ","], {}, ["No state was named"]),
    (["demo", "--home", "/proc/none"], {}, ["Cannot write /proc/none", "--home"]),
    (["demo", "--world", "nowhere"], {}, ["nowhere", "events.csv", "docs/sandbox.md"]),
    (["status", "--sandbox", "--home", "typo"], {}, ["typo/sandbox", "showlist demo"]),
    (["cache", "--world", "typo"], {}, ["world-typo", "--world"]),
    (["doctor"], {"SHOWLIST_DATAROOT": "x"}, ["SHOWLIST_DATAROOT", "SHOWLIST_DATA_ROOT"]),
    (["doctor"], {"SHOWLIST_SPOTIFY_MODE": "dev"}, ["SHOWLIST_SPOTIFY_MODE", "'extended'"]),
    (["doctor"], {"SHOWLIST_SEATGEEK_URL": "ftp://x"}, ["SHOWLIST_SEATGEEK_URL", "http"]),
]


@pytest.mark.parametrize(
    ("showlist", "arguments", "environment", "words"),
    [
        # Of each kind one as a process: nothing else may be on its stderr.
        *((showlist_process, *_MISTAKES[number]) for number in (0, 5, 7)),
        *((showlist_here, *mistake) for mistake in _MISTAKES),
    ],
)
def test_a_mistake_gets_one_clear_sentence(showlist, arguments, environment, words, tmp_path):
    found = showlist(*arguments, cwd=tmp_path, **environment)
    assert found.returncode == 1
    for word in words:
        assert word in found.stderr
    assert len(found.stderr.strip().splitlines()) == 1
    assert "Traceback" not in found.stderr
    assert list(tmp_path.iterdir()) == [], "a mistake leaves nothing behind"


def test_every_wrong_setting_is_named_at_once(tmp_path):
    (tmp_path / ".env").write_text("SHOWLIST_RETRIES=many\nSHOWLIST_SPOTIFY_MOD=extended\n")
    found = showlist_here("status", cwd=tmp_path, SHOWLIST_LOGIN_PORT="0", SHOWLIST_DATAROOT="x")
    assert found.returncode == 1
    told = found.stderr.strip().splitlines()
    assert [line.removeprefix("Error: ").split()[0] for line in told] == [
        "SHOWLIST_DATAROOT", "SHOWLIST_SPOTIFY_MOD", "SHOWLIST_LOGIN_PORT", "SHOWLIST_RETRIES",
    ]  # fmt: skip
    assert "Did you mean SHOWLIST_SPOTIFY_MODE?" in told[1]
    assert told[-1].endswith(
        "Correct them in the environment or in .env; docs/settings.md explains every setting."
    )


def test_alone_it_shows_what_there_is(tmp_path):
    alone, asked = showlist_process(cwd=tmp_path), showlist_process("-h", cwd=tmp_path)
    assert (alone.returncode, asked.returncode) == (0, 0)
    assert alone.stdout.strip() == asked.stdout.strip()
    assert "130 interrupted by Ctrl-C" in alone.stdout
    assert alone.stderr == ""


def test_it_says_which_version_it_is(tmp_path):
    assert showlist_process("--version", cwd=tmp_path).stdout == f"showlist {version('showlist')}\n"


@pytest.mark.parametrize(
    "arguments", [["paln"], ["plan", "--sandbx"], ["history", "--limit", "0"], ["forget-event"]]
)
def test_wrong_usage_is_status_2(arguments, tmp_path):
    found = showlist_process(*arguments, cwd=tmp_path)
    assert found.returncode == 2
    assert "Traceback" not in found.stderr


@pytest.mark.parametrize("command", ["demo", "plan", "feeds add", "recipes"])
def test_a_short_flag_asks_for_help_of_every_command(command, tmp_path):
    assert "Usage: " in showlist_process(*command.split(), "-h", cwd=tmp_path).stdout


def test_a_shell_is_offered_the_commands(tmp_path):
    typed = {"COMP_WORDS": "showlist re", "COMP_CWORD": "1"}
    offered = subprocess.run(
        [Path(sys.executable).with_name("showlist")], cwd=tmp_path,
        env={**os.environ, **typed, "_SHOWLIST_COMPLETE": "complete_bash"},
        capture_output=True, text=True, timeout=60, check=True,
    ).stdout.split()  # fmt: skip
    assert {"restore", "restore-backup", "reset", "recipes", "review"} == set(offered)


def test_the_package_itself_is_the_command_as_well(tmp_path):
    found = subprocess.run(
        [sys.executable, "-m", "showlist_assets", "--version"],
        cwd=tmp_path, capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
    assert found.stdout.strip() == f"showlist {version('showlist')}"


def test_a_status_makes_no_file(tmp_path):
    assert showlist_here("status", cwd=tmp_path).returncode == 0
    assert list(tmp_path.iterdir()) == []


# A job in a shell's background is deaf to Ctrl-C, and so is what it starts.
_DEAF_NO_MORE = """
import signal
signal.signal(signal.SIGINT, signal.default_int_handler)
from showlist_assets.cli.app import app
app()
"""


@pytest.mark.slow
def test_a_demo_that_is_interrupted_says_so_in_a_sentence(tmp_path):
    began = subprocess.Popen(
        [sys.executable, "-c", _DEAF_NO_MORE, "demo", "--states", "WY,VT,WA"],
        cwd=tmp_path,
        env={**os.environ, **PINNED, "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    for line in began.stdout:
        if "expanded_artists" in line or "matched_artists" in line:
            break
    # As a terminal does: whatever the demo has started hears it, too.
    os.killpg(began.pid, signal.SIGINT)
    said, told = began.communicate(timeout=60)
    assert began.returncode == 130
    assert "Traceback" not in told
    # It was stopped: no step has failed.
    assert "failed" not in said + told
    assert "Interrupted" in told
    assert len(told.strip().splitlines()) == 1


def test_a_world_folder_without_the_right_columns_is_refused_by_name(tmp_path):
    world = tmp_path / "world"
    world.mkdir()
    (world / "events.csv").write_text("event_id,name\n1,Somebody\n")
    found = showlist_here("demo", "--world", str(world), cwd=tmp_path)
    assert found.returncode == 1
    assert "events.csv" in found.stderr
    assert "starts_at_utc" in found.stderr
    assert "Traceback" not in found.stderr


def test_a_taken_port_is_named(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        found = showlist_here("sandbox", "--port", str(port), cwd=tmp_path)
    assert found.returncode == 1
    assert f"Port {port} is taken" in found.stderr


def _nobody_there() -> dict[str, str]:
    """Every API at an address where nobody answers."""
    return {
        f"SHOWLIST_{name}_URL": "http://127.0.0.1:9"
        for name in ("SEATGEEK", "SPOTIFY", "SPOTIFY_ACCOUNTS", "RECCOBEATS")
    }


def test_the_doctor_says_what_is_missing_and_what_that_costs(tmp_path):
    found = showlist_here("doctor", cwd=tmp_path, **_nobody_there())
    told = " ".join(found.stdout.split())
    assert "No concert is found without one of these sources." in told
    assert "register at https://developer.ticketmaster.com" in told
    assert "Without SPOTIFY_CLIENT_ID" in found.stdout
    assert "ReccoBeats cannot be reached" in found.stdout
    assert found.returncode == 1


def test_the_doctor_tries_the_keys_and_never_prints_them(sandbox, tmp_path):
    good = showlist_here("doctor", cwd=tmp_path, **sandbox.env())
    assert good.returncode == 0, good.stdout
    assert good.stdout.count("takes the configured credentials") == 3
    bad = showlist_here(
        "doctor", cwd=tmp_path, **{**sandbox.env(), "SPOTIFY_CLIENT_SECRET": "hunter2"}
    )
    assert bad.returncode == 1
    assert "SPOTIFY_CLIENT_SECRET" in bad.stdout
    for secret in ("hunter2", *(v for k, v in sandbox.env().items() if "CLIENT_" in k)):
        assert secret not in good.stdout + good.stderr + bad.stdout + bad.stderr


def test_an_env_file_counts_in_a_plain_dagster_process(tmp_path):
    (tmp_path / ".env").write_text("SHOWLIST_SPOTIFY_MODE=extended\nSPOTIFY_CLIENT_ID=hunter2\n")
    clean = {name: value for name, value in os.environ.items() if name not in setting_names()}
    script = (
        "from showlist_assets.definitions import defs; from showlist_assets.settings import *;"
        "print(defs.resources['platform'].resource_fn(None).settings.spotify_mode,"
        " load_settings().spotify_client_id)"
    )
    found = subprocess.run(
        [sys.executable, "-c", script],
        cwd=tmp_path, env=clean, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert found.stdout.split() == ["extended", "**********"]


@pytest.mark.parametrize(
    ("world", "base", "in_a_clone", "elsewhere"),
    [
        (None, ".showlist", "make ui", "showlist ui"),
        (None, "/my home", "make ui FLAGS=\"--home '/my home'\"", "showlist ui --home '/my home'"),
        ("w", ".showlist", "make ui WORLD=w", "showlist ui --world w"),
    ],
)
def test_the_demo_says_how_to_open_what_it_made(
    world, base, in_a_clone, elsewhere, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    where = (Path(world) if world else None, Path(base))
    assert ui_command(*where) == elsewhere
    for name in ("Makefile", "workspace.yaml"):
        (tmp_path / name).touch()
    assert ui_command(*where) == in_a_clone
