"""Every command that a page shows can be typed: it exists, and those of a block of commands run.

What is typed here otherwise than it stands, or not at all, is listed with the reason. README's
commands are typed as they stand by ``scripts/newcomer``, and once more here where that is quick.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
from functools import cache, partial
from importlib.util import find_spec
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import pytest
import typer.main

from showlist_assets.cli.app import app
from showlist_assets.settings import setting_names
from showlist_assets_tests.clock import NOW, PINNED
from showlist_assets_tests.commands import showlist_here
from showlist_assets_tests.shell_blocks import blocks_of, commands_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    import click

ROOT = Path(__file__).resolve().parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
WITH_BLOCKS = [page for page in PAGES if blocks_of(page)]
WITH_QUERIES = [ROOT / "docs" / "faq.md", ROOT / "README.md"]
_PATIENCE = 120.0

# Commands that are not run, each with the reason.
NOT_RUN = {
    r"make (demo|ui|web)": "`scripts/newcomer` types it in a fresh clone",
    r"showlist (web|ui)": "it serves until it is interrupted, as `cli/test_web.py` has it do",
    r"make (test|test-fast|check)": "it runs this suite",
    r"duckdb -readonly": "DuckDB's command line is no part of Showlist",
}
_SERVED = "serve_in_background"
# What a shell makes nothing else of. A login is answered by a browser, which a shell starts.
_PLAIN = re.compile(r"showlist (?!login\b)[\w./ -]+")
# Commands that are run otherwise, each with the reason.
OTHERWISE = (
    # A bash that runs a page starts the sandbox behind itself and ends it with itself.
    (r"^showlist sandbox --port 8787$", _SERVED, "it serves until interrupted"),
    (r"127\.0\.0\.1:8787", "127.0.0.1:$SANDBOX_PORT", "the port may be taken"),
    (r"\$ID", "$(a_playlist)", "a sandbox has no playlist until somebody pushes one"),
    (r"https://venue\.example/events\.ics", "$FOLDER/events.ics", "there is no such venue"),
    (r"^(showlist (doctor|status))$", r"\1 --sandbox", "there are no keys here"),
    (
        r"^(showlist (backup(-drill)?|restore-backup) .+)$",
        r"\1 --sandbox",
        "there are no keys here",
    ),
    (r"^showlist demo$", "showlist demo --states VT", "`scripts/newcomer` makes all its states"),
    (r"(-m pytest .+)$", r"\1 --collect-only -q", "it is part of this suite"),
)
_PREPARED = """
set -Eeuo pipefail
trap 'echo "this failed: $BASH_COMMAND" >&2' ERR
curl() { command curl -fsS --noproxy '*' "$@"; echo; }
a_playlist() {
    [ -s playlist ] || python -c "$MAKES_A_PLAYLIST" "http://127.0.0.1:$SANDBOX_PORT" >playlist
    cat playlist
}
serve_in_background() {
    showlist sandbox --port "$SANDBOX_PORT" >sandbox.log 2>&1 &
    trap "kill $!" EXIT
    for _ in $(seq 200); do
        if grep -q "127.0.0.1:$SANDBOX_PORT" sandbox.log; then return; fi
        sleep 0.1
    done
    cat sandbox.log >&2
    return 1
}
"""
# A listener's playlist, as a push would make it; prints its id.
_MAKES_A_PLAYLIST = """\
import sys, requests
from showlist_assets.sandbox.config import SPOTIFY_CLIENT_ID
at = sys.argv[1]
agreed = requests.post(f"{at}/_sandbox/listeners/listener/consent",
                       json={"scopes": ["playlist-modify-private"]})
form = {"grant_type": "refresh_token", "client_id": SPOTIFY_CLIENT_ID, **agreed.json()}
token = requests.post(f"{at}/accounts/api/token", data=form).json()["access_token"]
made = requests.post(f"{at}/spotify/v1/me/playlists", json={"name": "Mine", "public": False},
                     headers={"Authorization": f"Bearer {token}"})
print(made.json()["id"])
"""
# Whoever sits before the consent page: presses Agree, and follows where that leads.
_AGREES = """\
#!/bin/sh
exec curl -sSL --noproxy '*' -d listener=listener -d decision=agree "$1" >agreed.log 2>&1
"""
_EVENTS = """\
BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//venue.example//EN
BEGIN:VEVENT
UID:1@venue.example
DTSTART:20261204T200000
SUMMARY:Paper Lantern
END:VEVENT
END:VCALENDAR
"""


def name_of(page: Path) -> str:
    return str(page.relative_to(ROOT))


def reason_not_to_run(command: str) -> str | None:
    return next((why for typed, why in NOT_RUN.items() if re.match(rf"{typed}\b", command)), None)


def as_typed_here(command: str) -> str:
    for pattern, replacement, _ in OTHERWISE:
        command = re.sub(pattern, replacement, command)
    return command


def commands_to_type(page: Path) -> list[str]:
    commands = [command for block in blocks_of(page) for command in commands_of(block)]
    return [as_typed_here(one) for one in commands if not reason_not_to_run(one)]


def stretches(commands: list[str]) -> Iterator[tuple[bool, list[str]]]:
    """The commands in their order, those apart that are of ours and nothing but words.

    The others are for a shell: all of a page together, if one of them serves meanwhile.
    """
    if _SERVED in commands:
        yield False, commands
        return
    for is_plain, some in groupby(commands, lambda one: bool(_PLAIN.fullmatch(one))):
        yield is_plain, [*some]


@pytest.fixture(scope="module")
def demo(finished_demo) -> Path:
    """A folder in which the demo ran, as a reader of the docs has it."""
    assert finished_demo.ran.returncode == 0, finished_demo.ran.stderr
    return finished_demo.folder


def free_port() -> str:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])


def here(folder: Path, command: str) -> subprocess.CompletedProcess[str]:
    """What comes of a command of ours in ``folder``, without a process."""
    return showlist_here(*command.split()[1:], cwd=folder, COLUMNS="80")


def typed(commands: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    """What comes of a shell's ``commands`` in ``folder``, for a person without settings or keys."""
    clean = {name: value for name, value in os.environ.items() if name not in setting_names()}
    browser = folder / "agrees"
    browser.write_text(_AGREES)
    browser.chmod(0o700)
    bin_folder = Path(sys.executable).parent
    return subprocess.run(
        ["bash", "-c", _PREPARED + "\n".join(commands)],
        cwd=folder,
        env={
            **clean,
            **PINNED,
            "PATH": f"{bin_folder}:{os.environ['PATH']}",
            "SANDBOX_PORT": free_port(),
            "SHOWLIST_LOGIN_PORT": free_port(),
            # In the background, as a browser is.
            "BROWSER": f"{browser} %s &",
            "FOLDER": str(folder),
            "MAKES_A_PLAYLIST": _MAKES_A_PLAYLIST,
            "NO_PROXY": "127.0.0.1",
            "COLUMNS": "80",
        },
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=_PATIENCE,
        check=False,
    )


@pytest.mark.slow
@pytest.mark.parametrize("page", WITH_BLOCKS, ids=name_of)
def test_the_commands_of_a_page_run_in_their_order(page: Path, demo: Path, tmp_path):
    commands = commands_to_type(page)
    if re.search("curl|login", "\n".join(commands)) and not shutil.which("curl"):
        pytest.skip("curl is not installed")
    folder = tmp_path / "reader"
    shutil.copytree(demo, folder)
    (folder / "events.ics").write_text(_EVENTS)
    # As in a clone, whose `.venv` and tests the pages name.
    (folder / ".venv").symlink_to(sys.prefix)
    (folder / "showlist_assets_tests").symlink_to(ROOT / "showlist_assets_tests")
    for is_plain, some in stretches(commands):
        # A process of its own for each takes longer to start than most of them to run.
        for ran in map(partial(here, folder), some) if is_plain else [typed(some, folder)]:
            assert ran.returncode == 0, f"{ran.args}: {ran.stderr[-3000:]}\n{ran.stdout[-3000:]}"
            assert "Traceback" not in ran.stderr + ran.stdout


@pytest.mark.slow
@pytest.mark.parametrize("page", WITH_QUERIES, ids=name_of)
def test_the_queries_of_a_page_can_be_asked(page: Path, demo: Path):
    file = demo / ".showlist" / "sandbox" / "data" / "showlist.duckdb"
    with duckdb.connect(str(file), read_only=True) as connection:
        for query in re.findall(r"```sql\n(.+?)```", page.read_text(), re.DOTALL):
            connection.execute(query).fetchall()


def shown_commands(page: Path) -> Iterator[list[str]]:
    """The words of each command that the page shows, be it in a sentence or in a block."""
    text = page.read_text()
    blocks = re.findall(r"```(?:sh)?\n(.+?)```", text, re.DOTALL)
    prose = re.sub(r"```.+?```", "", text, flags=re.DOTALL)
    spans = [" ".join(span.split()) for span in re.findall(r"`([^`]+)`", prose)]
    lines = [line.removeprefix("$ ") for block in blocks for line in commands_of(block)]
    for command in [*spans, *lines]:
        # Placeholders of arguments, and what follows a command in the same line.
        plain = re.sub(r"<<.*|\.\.\.|[|;&].*", "", command.replace("\\\n", " "), flags=re.DOTALL)
        try:
            words = shlex.split(plain)
        except ValueError:
            continue
        if words:
            yield [words[0].removeprefix(".venv/bin/"), *words[1:]]


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_command_of_ours_that_a_page_shows_exists_with_its_options(page: Path):
    # What a release changed is told in the words of that release.
    if page.name == "CHANGELOG.md":
        pytest.skip("tells of former versions, too")
    for first, *rest in shown_commands(page):
        if first == "showlist":
            assert not missing_in(known_commands(), rest), f"showlist {' '.join(rest)}"


@cache
def known_commands() -> click.Command:
    return typer.main.get_command(app)


def missing_in(command: click.Command, words: list[str]) -> str | None:
    """The first of ``words`` that is no subcommand or option of ``command``."""
    known = {option for parameter in command.params for option in parameter.opts}
    known |= {option for parameter in command.params for option in parameter.secondary_opts}
    known |= {"--help", "-h"}
    for index, word in enumerate(words):
        if word.startswith("-"):
            if word.partition("=")[0] not in known:
                return word
            continue
        inner = getattr(command, "commands", None)
        if inner is not None and word.isupper():  # COMMAND, NAME: whichever you like
            return None
        if inner is not None:
            return word if word not in inner else missing_in(inner[word], words[index + 1 :])
    return None


def test_a_command_or_an_option_that_is_none_is_found():
    known = known_commands()
    assert missing_in(known, ["demo", "--states", "NY"]) is None
    assert missing_in(known, ["feeds", "add", "x", "--from", "y"]) is None
    assert missing_in(known, ["dmo"]) == "dmo"
    assert missing_in(known, ["demo", "--state", "NY"]) == "--state"
    assert missing_in(known, ["feeds", "ad"]) == "ad"


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_target_of_make_and_every_module_that_a_page_runs_exists(page: Path):
    targets = set(re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    for first, *rest in shown_commands(page):
        if first == "make" and rest and page.name != "CHANGELOG.md":
            assert rest[0] in targets or "=" in rest[0], f"make {rest[0]}"
        if first == "python" and rest[:1] == ["-m"] and rest[1].startswith("showlist"):
            assert find_spec(rest[1]), rest[1]


def test_what_is_not_run_or_run_otherwise_is_still_shown():
    commands = [one for page in PAGES for block in blocks_of(page) for one in commands_of(block)]
    for typed_as in NOT_RUN:
        assert any(re.match(rf"{typed_as}\b", one) for one in commands), typed_as
    for pattern, _, why in OTHERWISE:
        assert why
        assert any(re.search(pattern, one) for one in commands), pattern


def test_the_pages_are_typed_on_the_day_of_the_suite():
    assert PINNED["SHOWLIST_NOW"].startswith(f"{NOW:%Y-%m-%d}")
