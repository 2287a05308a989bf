"""A stranger's first ten minutes: a fresh clone, an empty home, a terminal of 80 columns.

python -m showlist_assets_tests.newcomer [--transcript FILE] [--uncommitted]

Types the commands of README.md in their order, in a clone of this repository's HEAD (with
``--uncommitted``: of its files as they are), keeps what the terminal showed as a transcript, and
fails if a command fails or if something is not there that a person must see. ``SHOWLIST_NOW`` is
handed on; without it, it is today. What a newcomer could not have is pip's cache, which is lent.

Needs Python 3.11, make and git, and nothing else: no package is installed yet.
"""

from __future__ import annotations

import argparse
import contextlib
import fcntl
import json
import os
import pty
import re
import select
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import termios
import time
import unicodedata
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from showlist_assets_tests.shell_blocks import blocks_of, commands_of

ROOT = Path(__file__).resolve().parents[1]
COLUMNS, ROWS = 80, 40
# The first one installs everything.
_PATIENCE = 900.0
_PATIENCE_OF_PAGE = 120.0
_PATIENCE_OF_END = 60.0
_LINES_OF_PAGE = 30
_KEPT_VARIABLES = re.compile(r"PATH|LANG|LC_\w+|SHOWLIST_NOW|PIP_\w+|SSL_\w+|\w*_PROXY|\w*_proxy")
_ESCAPES = re.compile(r"\x1b(\[[0-9;?]*[ -/]*[@-~]|\][^\x07\x1b]*(\x07|\x1b\\)|[@-_])")
# What is there to be copied may be longer than the terminal is wide.
_TO_COPY = re.compile(r"\S{30,}|\.venv/bin/")
# Dagster's own lines, which no setting makes shorter.
_LOGGED = re.compile(r"^(\^C)?\d{4}-\d\d-\d\d [\d:]{8} \S+ - dagster")
_SERVED = re.compile(r"^(?:make|showlist|\.venv/bin/showlist) (ui|web)\b(?!-)")
_DEMO = re.compile(r"^(make demo|showlist demo|\.venv/bin/showlist demo)\b")

# Commands of README.md that a newcomer does not type here, each with the reason.
LEFT_OUT = {"make test": "it takes minutes, and `.ci/run` runs the suite as a step of its own"}


@dataclass(frozen=True)
class Sight:
    """Something that must be seen after a command: what for, and how it looks."""

    what: str
    looks: str

    def is_in(self, shown: str) -> bool:
        return re.search(self.looks, shown, re.IGNORECASE | re.MULTILINE) is not None


SIGHTS: dict[str, tuple[Sight, ...]] = {
    r"(make|showlist) demo": (
        Sight("that the sandbox starts", r"sandbox"),
        Sight("which states are worked on", r"(CA|California).*(TX|Texas)"),
        Sight("how many shows there are", r"^ *shows +\d+"),
        Sight("how many performers were found", r"^ *performers +\d+: \d+ found"),
        Sight("the next shows", r"next shows"),
        Sight("a date of a show", r"\b(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\b|\d-\d\d"),
        Sight("the playlist that was pushed", r"playlist.*\(40 songs\)"),
        Sight("that a week passed", r"a week passed"),
        Sight("which show was cancelled", r"^ *cancelled +\w+"),
        Sight("which show was announced", r"^ *announced +\w+"),
        Sight("what left the playlist, and why", r"^ *out +\S.*\n +(cancelled|over)"),
        Sight(
            "who of those that play soon is closest to what the listener plays, and why",
            r"closest to what you play\n +\w{3} \w{3} \d+ .*\n +you play",
        ),
        Sight("the songs that were found for the listener", r"AI generated playlist.*\(30 songs\)"),
        Sight("how many calls it took", r"spotify \d+"),
        Sight("where the tables are", r"showlist\.duckdb"),
        Sight("how to go on", r"make ui"),
    ),
    r"\.venv/bin/python - <<": (
        Sight("shows with date and time", r"^\w{3} \w{3} \d+\s+\d\d:\d\d"),
        Sight("where they are", r"^ {4}\w.*, \w[\w. ]+$"),
        Sight("a song's link", r"https://open\.spotify\.com/track/\w+"),
    ),
    r"\.venv/bin/showlist plan": (
        Sight("the plan's title", r"Live near you"),
        Sight("what a push would change", r"40|nothing|unchanged"),
    ),
}


@dataclass
class Visit:
    """What was shown so far, and what was missed."""

    transcript: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)

    def note(self, text: str) -> None:
        self.transcript.append(text.rstrip("\n"))

    def must(self, holds: bool, words: str) -> None:
        if not holds:
            self.missed.append(words)


class Terminal:
    """A command in a terminal of its own, which a Ctrl-C reaches as it does from a keyboard."""

    def __init__(self, command: str, *, folder: Path, environment: dict[str, str]) -> None:
        self._read = bytearray()
        self._process, self._ours = pty.fork()
        if self._process == 0:
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
            os.chdir(folder)
            # Started from a shell's background, it would be deaf to Ctrl-C.
            signal.signal(signal.SIGINT, signal.SIG_DFL)
            os.execvpe("bash", ["bash", "-c", command], environment)  # noqa: S606

    @property
    def shown(self) -> str:
        """What a person sees: without escapes, each line as it was written last."""
        text = _ESCAPES.sub("", self._read.decode(errors="replace")).replace("\r\n", "\n")
        return "\n".join(line.rstrip("\r").rpartition("\r")[2] for line in text.split("\n"))

    def press_ctrl_c(self) -> None:
        os.write(self._ours, b"\x03")

    def read(self, seconds: float) -> bool:
        """Read what comes within so many seconds; returns whether more may come."""
        ready, _, _ = select.select([self._ours], [], [], seconds)
        if not ready:
            return True
        try:
            piece = os.read(self._ours, 65536)
        except OSError:  # Linux's way to say that nobody writes there any more
            return False
        self._read += piece
        return bool(piece)

    def exit_status(self, within: float) -> int | None:
        """The exit status, or None if it was still running after so many seconds and was ended."""
        until = time.monotonic() + within
        while self.read(0.5):
            if time.monotonic() > until:
                self._end()
                return None
        return self._wait()

    def _wait(self) -> int:
        os.close(self._ours)
        return os.waitstatus_to_exitcode(os.waitpid(self._process, 0)[1])

    def _end(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process, signal.SIGKILL)
        self._wait()


def width(line: str) -> int:
    """How many columns of a terminal ``line`` takes."""
    return sum(
        0 if unicodedata.combining(sign) else 2 if unicodedata.east_asian_width(sign) in "WF" else 1
        for sign in line
    )


def too_wide(shown: str) -> list[str]:
    """The lines that a terminal of 80 columns breaks, but for what is there to be copied."""
    return [
        line
        for line in shown.splitlines()
        if width(line.rstrip().removeprefix("^C")) > COLUMNS
        and not _TO_COPY.search(line)
        and not _LOGGED.search(line)
    ]


def missed_sights(command: str, shown: str) -> list[str]:
    """What a person must see after ``command`` and does not."""
    return [
        f"after `{first_line(command)}`: {sight.what}"
        for typed, sights in SIGHTS.items()
        if re.match(typed, command)
        for sight in sights
        if not sight.is_in(shown)
    ]


def first_line(command: str) -> str:
    return command.partition("\n")[0]


def visit(clone: Path, environment: dict[str, str]) -> Visit:
    """Type every command of the clone's README.md, in order."""
    seen = Visit()
    for block in blocks_of(clone / "README.md"):
        for command in commands_of(block):
            _type(command, clone, environment, seen)
    return seen


def _type(command: str, clone: Path, environment: dict[str, str], seen: Visit) -> None:
    seen.note(f"\n$ {command}")
    if command in LEFT_OUT:
        seen.note(f"(not typed: {LEFT_OUT[command]})")
        return
    began = time.monotonic()
    if served := _SERVED.match(command):
        shown = _look_at(PAGES[served[1]], command, clone, environment, seen)
    else:
        terminal = Terminal(command, folder=clone, environment=environment)
        status = terminal.exit_status(_PATIENCE)
        shown = terminal.shown
        seen.note(shown)
        seen.must(status == 0, f"`{first_line(command)}` ends well (its status was {status})")
    seen.note(f"({time.monotonic() - began:.0f} s)")
    seen.missed += missed_sights(command, shown)
    seen.must("Traceback" not in shown, f"`{first_line(command)}` shows no traceback")
    for line in too_wide(shown):
        seen.missed.append(f"a line of at most {COLUMNS} columns: {line}")


@dataclass(frozen=True)
class Served:
    """A page that a command serves until Ctrl-C.

    Attributes:
        port: Where it is, unless that is taken on this machine.
        finds: What is there at a port, in words; None while it does not answer, empty if nothing.
        what: What a person must find there.
    """

    port: int
    finds: Callable[[int], str | None]
    what: str


def _look_at(
    page: Served, command: str, clone: Path, environment: dict[str, str], seen: Visit
) -> str:
    """Start what serves the page, look whether it is there, and stop it with Ctrl-C."""
    port = page.port
    if not _is_free(port):
        port = _free_port()
        environment = {**environment, "FLAGS": f"--port {port}"}
        seen.note(f"(port {page.port} is taken on this machine: FLAGS='--port {port}')")
    terminal = Terminal(command, folder=clone, environment=environment)
    found, until = None, time.monotonic() + _PATIENCE_OF_PAGE
    while terminal.read(0.5) and found is None and time.monotonic() < until:
        if f"127.0.0.1:{port}" in terminal.shown:
            found = page.finds(port)
    seen.must(found is not None, f"`{command}` opens its page within {_PATIENCE_OF_PAGE:.0f} s")
    seen.must(bool(found), f"`{command}` shows {page.what}")
    seen.note(f"(the page answers, and has {found or 'nothing'}; Ctrl-C)")
    terminal.press_ctrl_c()
    status = terminal.exit_status(_PATIENCE_OF_END)
    seen.note(terminal.shown)
    seen.must(status is not None, f"`{command}` ends {_PATIENCE_OF_END:.0f} s after Ctrl-C")
    lines = terminal.shown.splitlines()
    seen.must(len(lines) <= _LINES_OF_PAGE, f"`{command}` says it in {_LINES_OF_PAGE} lines")
    seen.must("- DEBUG -" not in terminal.shown, f"`{command}` keeps what is for developers")
    return terminal.shown


def _lineup(port: int) -> str | None:
    """The headline of the listener's page, if there is something to hear."""
    try:
        with _OPENER.open(f"http://127.0.0.1:{port}/", timeout=30) as answer:
            page = answer.read().decode()
    except (OSError, ValueError):
        return None
    found = re.search(r"<h1[^>]*>([1-9]\d* songs? from [^<]+)</h1>", page)
    return found[1] if found and "Save to Spotify" in page else ""


def _succeeded_runs(port: int) -> str | None:
    """How many runs Dagster's UI knows that succeeded."""
    asked = json.dumps(
        {"query": "{ runsOrError(filter: {statuses: [SUCCESS]}) { ... on Runs { count } } }"}
    )
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/graphql",
        data=asked.encode(),
        headers={"Content-Type": "application/json"},
    )
    try:
        with _OPENER.open(request, timeout=10) as answer:
            count = int(json.load(answer)["data"]["runsOrError"]["count"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return f"{count} runs that succeeded" if count else ""


# Whatever proxy there is, this machine is asked.
_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))

PAGES: dict[str, Served] = {
    "ui": Served(3000, _succeeded_runs, "the demo's runs"),
    "web": Served(8300, _lineup, "songs to hear, and how to save them"),
}


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment_of(home: Path) -> dict[str, str]:
    """The variables of a stranger who has just logged in, and where pip's cache is lent from."""
    kept = {name: value for name, value in os.environ.items() if _KEPT_VARIABLES.fullmatch(name)}
    own = str(ROOT / ".venv")
    path = [part for part in kept.get("PATH", os.defpath).split(":") if not part.startswith(own)]
    return {
        "LANG": "C.UTF-8",
        **kept,
        "PATH": ":".join(path),
        "HOME": str(home),
        "TERM": "xterm-256color",
        "PIP_CACHE_DIR": os.environ.get("PIP_CACHE_DIR") or _pip_cache(),
    }


def _pip_cache() -> str:
    found = subprocess.run(
        [sys.executable, "-m", "pip", "cache", "dir"], capture_output=True, text=True, check=False
    )
    return found.stdout.strip() or str(Path("~/.cache/pip").expanduser())


def make_clone(to: Path, *, uncommitted: bool) -> None:
    """Clone this repository's HEAD, and put its uncommitted files over it if asked."""
    if not (ROOT / ".git").exists():
        # Unpacked, not cloned: all there is, but for what was built.
        built = shutil.ignore_patterns(
            ".*_cache", ".venv", ".showlist", "build", "dist", "*.egg-info"
        )
        shutil.copytree(ROOT, to, ignore=built)
        return
    git = ["git", "-c", "safe.directory=*"]
    clone = [*git, "clone", "-q", "--no-hardlinks", str(ROOT), str(to)]
    subprocess.run(clone, check=True)
    if not uncommitted:
        return
    listing = [*git, "-C", str(ROOT), "ls-files", "-z", "-co", "--exclude-standard"]
    listed = subprocess.run(listing, check=True, capture_output=True, text=True).stdout
    for name in filter(None, listed.split("\0")):
        (to / name).parent.mkdir(parents=True, exist_ok=True)
        if (ROOT / name).is_file():
            shutil.copy2(ROOT / name, to / name)
        else:
            (to / name).unlink(missing_ok=True)


def main() -> int:
    """Visit, write the transcript, and say what was missed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    default = os.environ.get("NEWCOMER_TRANSCRIPT", str(ROOT / "build" / "newcomer.txt"))
    parser.add_argument("--transcript", type=Path, default=Path(default))
    parser.add_argument("--uncommitted", action="store_true", help="the files as they are")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="newcomer") as folder:
        home = Path(folder)
        make_clone(home / "showlist", uncommitted=arguments.uncommitted)
        seen = visit(home / "showlist", environment_of(home))
        left = sorted(each.name for each in home.iterdir() if each.name != "showlist")
        seen.note(f"\n(beside the clone, HOME now holds: {', '.join(left) or 'nothing'})")
    arguments.transcript.parent.mkdir(parents=True, exist_ok=True)
    arguments.transcript.write_text("\n".join(seen.transcript) + "\n", encoding="utf-8")
    print(f"What a newcomer sees: {arguments.transcript}")
    for words in seen.missed:
        print(f"A newcomer misses {words}", file=sys.stderr)
    return 1 if seen.missed else 0


if __name__ == "__main__":
    raise SystemExit(main())
