"""What the listener's page costs over a published file, such as one of a whole nation.

    python -m showlist_assets_tests.benchmarks.web_page FILE [--kinds "home;show"]

``FILE`` is a published file (``published_nation --keep``). ``showlist web`` serves it in a process
of its own, with the clock on the first day of its shows and no key of any API. Each kind of page is
asked for with several addresses, three times over: first untouched ("first"), then each with
another number of songs, so that only the states are at hand and not the plan ("new"), and then
the same again ("again"). One Markdown table row a kind: milliseconds by the clock, the 95th
percentile being that of all kinds in the last row, those of the processors, and kB pressed.
"""

from __future__ import annotations

import argparse
import math
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import quote, urlencode

import duckdb
import requests

from showlist_assets.storage.published.venues import venue_key

if TYPE_CHECKING:
    from collections.abc import Iterator

_ADDRESSES: Final = 5
_STARTS_WITHIN: Final = 60
_PASSES: Final = ("first", "new", "again")
_HOMES: Final[dict[str, dict[str, str | int]]] = {
    "home, New York 25 mi, 14 days": {"where": "New York, NY"},
    "home, Chicago 100 mi, 14 days": {"where": "Chicago, IL", "radius": 100},
    "home, Texas, 14 days": {"where": "TX"},
    "home, California, 3 months, a genre": {"where": "CA", "when": "next 3 months"},
    "home, Austin 50 mi, 3 months": {"where": "Austin, TX", "radius": 50, "when": "next 3 months"},
}
_PLACES: Final = ("New York, NY", "Chicago, IL", "TX", "CA", "Austin, TX")


@dataclass(frozen=True)
class Answer:
    """What one request cost.

    Attributes:
        wall: Seconds by the clock.
        used: Seconds of the processors.
        size: Bytes as sent.
    """

    wall: float
    used: float
    size: int


class Served:
    """The page in a process of its own, as ``showlist web`` starts it."""

    def __init__(self, file: Path, folder: Path, *, first_day: str) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        places = {
            "SHOWLIST_WAREHOUSE": str(file),
            "SHOWLIST_NOW": f"{first_day}T12:00:00Z",
            "DAGSTER_HOME": str(folder),
        }
        command = [sys.executable, "-m", "showlist_assets.cli.app", "web", "--live", "--no-open"]
        command += ["--port", str(port), "--home", str(folder / "home")]
        began = time.perf_counter()
        self._log = (folder / "page.log").open("w")
        self._process = subprocess.Popen(
            command, env={**os.environ, **places}, stdout=self._log, stderr=self._log, cwd=folder
        )
        self.wall_to_start = self._wait(began)
        self.cpu_to_start = self.cpu()
        self._session = requests.Session()

    def _wait(self, began: float) -> float:
        while time.perf_counter() - began < _STARTS_WITHIN and self._process.poll() is None:
            try:
                if requests.get(f"{self.url}/healthz", timeout=_STARTS_WITHIN).ok:
                    return time.perf_counter() - began
            except requests.ConnectionError:
                time.sleep(0.02)
        raise SystemExit(f"The page did not start:\n{Path(self._log.name).read_text()}")

    def cpu(self) -> float:
        """Seconds of the processors so far, of all its threads."""
        tasks = Path(f"/proc/{self._process.pid}/task").glob("*/schedstat")
        return sum(int(each.read_text().split()[0]) for each in tasks) / 1e9

    def memory(self, what: str = "VmRSS") -> int:
        """Megabytes: ``VmRSS`` now, ``VmHWM`` at most."""
        lines = Path(f"/proc/{self._process.pid}/status").read_text().splitlines()
        return round(int(next(x for x in lines if x.startswith(what)).split()[1]) / 1024)

    def ask(self, path: str) -> Answer:
        """Ask for a page as a browser does, pressed."""
        began, used = time.perf_counter(), self.cpu()
        with self._session.get(
            f"{self.url}{path}", stream=True, timeout=60, headers={"Accept-Encoding": "gzip"}
        ) as got:
            size = len(got.raw.read(decode_content=False))
            wall = time.perf_counter() - began
            if got.status_code != requests.codes.ok:
                raise SystemExit(f"{path} was answered with {got.status_code}.")
        return Answer(wall, self.cpu() - used, size)

    def stop(self) -> None:
        """End it."""
        self._session.close()
        self._process.terminate()
        self._process.wait()
        self._log.close()


@contextmanager
def serving(file: Path) -> Iterator[Served]:
    """The page over ``file``, until the end."""
    with tempfile.TemporaryDirectory() as folder:
        served = Served(file.resolve(), Path(folder), first_day=first_day_of(file))
        try:
            yield served
        finally:
            served.stop()


def first_day_of(file: Path) -> str:
    """The date of the first show of ``file``."""
    with duckdb.connect(file, read_only=True) as connection:
        return str(
            connection.execute("select min(local_date) from upcoming_shows").fetchall()[0][0]
        )


def addresses(file: Path) -> dict[str, list[str]]:
    """By kind of page, the addresses that it is asked for with."""
    with duckdb.connect(file, read_only=True) as connection:
        sample = connection.execute(
            """
            select show_id, performer_key, venue_name, venue_city, state, performer_name
            from upcoming_shows where row_number = 1 and spotify_artist_id is not null
            order by hash(show_id), billing limit $count
            """,
            {"count": _ADDRESSES},
        ).fetchall()
        genre = connection.execute(
            "select genre from (select unnest(genres) as genre from upcoming_shows "
            "where state = 'CA') group by genre order by count(*) desc limit 1"
        ).fetchall()
    found = {kind: _of_home(wish, genre[0][0] if genre else "") for kind, wish in _HOMES.items()}
    return found | {
        "show": [f"/shows/{quote(show, safe='')}" for show, *_ in sample],
        "artist": [f"/artists/{quote(key, safe='')}" for _, key, *_ in sample],
        "venue": [
            f"/venues/{quote(venue_key(name, city, state), safe='')}"
            for _, _, name, city, state, _ in sample
        ],
        "search": [f"/search?{urlencode({'q': name[:5].strip()})}" for *_, name in sample],
        "new": ["/new", *(f"/new?{urlencode({'where': each})}" for each in _PLACES[1:])],
        "leaving": [f"/leaving?{urlencode({'where': each})}" for each in _PLACES],
    }


def _of_home(wish: dict[str, str | int], genre: str) -> list[str]:
    named = {**wish, "genre": genre} if wish["where"] == "CA" else wish
    return [f"/?{urlencode({**named, 'tracks': songs + 1})}" for songs in range(_ADDRESSES)]


def _ask_all(served: Served, asked: dict[str, list[str]]) -> dict[str, dict[str, list[Answer]]]:
    """By pass and kind: the first address of each, then the others, then the same once more."""
    found: dict[str, dict[str, list[Answer]]] = {}
    # In turns, so that no kind has the machine's best or worst moments to itself.
    turns: dict[str, list[int]] = dict(
        zip(_PASSES, ([0], list(range(1, _ADDRESSES)), list(range(_ADDRESSES))), strict=True)
    )
    for name, numbers in turns.items():
        found[name] = {kind: [] for kind in asked}
        for number in numbers:
            for kind, paths in asked.items():
                found[name][kind].append(served.ask(paths[number % len(paths)]))
    return found


def _rows(found: dict[str, dict[str, list[Answer]]]) -> Iterator[str]:
    yield "| page | first ms | new ms | CPU ms | again ms | CPU ms | kB |"
    yield "|---|---|---|---|---|---|---|"
    for kind, first in found["first"].items():
        new, again = found["new"][kind], found["again"][kind]
        size = statistics.median(one.size for one in again) / 1000
        yield (
            f"| {kind} | {_ms(first)[0]:.0f} | {_middle(_ms(new))} | {_middle(_cpu_ms(new))} | "
            f"{_middle(_ms(again))} | {_middle(_cpu_ms(again))} | {size:.1f} |"
        )
    new, again = (
        [one for answers in found[each].values() for one in answers] for each in _PASSES[1:]
    )
    yield (
        f"| 95th percentile of all | | {_late(_ms(new))} | {_late(_cpu_ms(new))} | "
        f"{_late(_ms(again))} | {_late(_cpu_ms(again))} | |"
    )


def _ms(answers: list[Answer]) -> list[float]:
    return [1000 * one.wall for one in answers]


def _cpu_ms(answers: list[Answer]) -> list[float]:
    return [1000 * one.used for one in answers]


def _middle(values: list[float]) -> str:
    return f"{statistics.median(values):.0f}"


def _late(values: list[float]) -> str:
    return f"{sorted(values)[math.ceil(len(values) * 0.95) - 1]:.0f}"


def main(*given: str) -> None:
    arguments = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    arguments.add_argument("file", type=Path)
    arguments.add_argument("--kinds", default="", help='only those; as "show;home, Texas"')
    options = arguments.parse_args(given or None)
    kinds = tuple(options.kinds.split(";"))
    found = addresses(options.file)
    asked = {kind: paths for kind, paths in found.items() if kind.startswith(kinds)}
    with serving(options.file) as served:
        print(
            f"Started after {served.wall_to_start:.1f} s, {served.cpu_to_start:.1f} CPU s, "
            f"{served.memory()} MB.\n"
        )
        print(*_rows(_ask_all(served, asked)), sep="\n")
        print(f"\nRSS {served.memory()} MB, {served.memory('VmHWM')} MB at most.")


if __name__ == "__main__":
    main()
