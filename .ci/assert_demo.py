"""Asserts what a demo run promises, and one in a row that meets nothing new.

python assert_demo.py FIRST.json [LAST.json]
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

import duckdb

# What is promised of a machine with nothing else to do; whoever runs it beside something says more.
_SECONDS = float(os.environ.get("DEMO_SECONDS", "45"))
_TELL_OF_TASTE = {"listenbrainz", "listenbrainz_labs", "musicbrainz", "spotify"}


def main(first_file: str, last_file: str | None = None) -> None:
    """Exit with the promises that are broken."""
    first = json.loads(Path(first_file).read_text())
    promises = _of_the_first(first)
    words = f"{first['seconds']} s"
    if last_file:
        last = json.loads(Path(last_file).read_text())
        promises |= _of_the_last(last, first)
        words += f", then {last['seconds']} s"
    broken = [promise for promise, kept in promises.items() if not kept]
    if broken:
        sys.exit(f"The demo breaks its promise: {'; '.join(broken)}.")
    print(f"The demo keeps its promises ({words}).")


def _of_the_first(first: dict[str, Any]) -> dict[str, bool]:
    return {
        "three states": first["states"] == ["CA", "NY", "TX"],
        "more than a hundred shows": first["shows"] > 100,
        "most performers matched": first["outcomes"]["matched"] > 0.8 * first["performers"],
        "somebody rejected, with a reason": sum(first["reasons"].values()) > 0,
        "nobody pending": first["outcomes"]["pending"] == 0,
        "every API was asked": all(count > 0 for count in first["calls"].values()),
        "about one call per performer": first["calls"]["spotify"] <= 1.15 * first["performers"],
        "ten next shows": len(first["next_shows"]) == 10,
        "a playlist of 40 tracks": len(first["playlist"]["tracks"]) == 40,
        "a week is told, with a show announced and one cancelled": bool(
            first["story"]["announced"] and first["story"]["cancelled"]
        ),
        "the playlist follows, and says why": {"announced", "cancelled"}
        <= {song["why"] for song in first["story"]["added"] + first["story"]["removed"]},
        "each song says what it is for": all(song["date"] for song in first["playlist"]["songs"]),
        "the five shows closest to what the listener plays, with why": [
            bool(show["why"]) for show in first["taste"]["closest"]
        ]
        == [True] * 5,
        "somebody new to the listener, by who else is played with whom": any(
            show["basis"] == "co-listening" for show in first["taste"]["new"]
        ),
        "each service that tells of taste was asked": first["taste"]["calls"].keys()
        >= _TELL_OF_TASTE,
        "a playlist of 30 songs made for the listener, with why": len(first["discovered"]["tracks"])
        == 30
        and bool(first["discovered"]["reason"]["why"]),
        f"within {_SECONDS:g} seconds": first["seconds"] <= _SECONDS,
        "the query works": _rows(first) > 0,
    }


def _of_the_last(last: dict[str, Any], first: dict[str, Any]) -> dict[str, bool]:
    return {
        "a run that meets nothing new reuses every decision": last["calls"]["spotify"] == 0
        and last["calls"]["reccobeats"] == 0
        and last["reused"]["decisions"] == last["performers"],
        "the playlist is written once": last["playlist"]["writes"] == 0
        and last["playlist"]["kept"] == len(last["playlist"]["tracks"]),
        "what the listener may like is known without asking": last["taste"]["calls"] == {}
        and _performers(last) == _performers(first),
        "the playlist made for the listener is written once": last["discovered"]["writes"] == 0
        and last["discovered"]["tracks"] == first["discovered"]["tracks"],
        "the query works twice": _rows(last) > 0,
    }


def _performers(summary: dict[str, Any]) -> list[str]:
    return [show["performer"] for show in summary["taste"]["closest"]]


def _rows(summary: dict[str, Any]) -> int:
    with duckdb.connect(summary["warehouse"], read_only=True) as connection:
        return len(connection.execute(summary["query"]).fetchall())


if __name__ == "__main__":
    main(*sys.argv[1:])
