"""A plan on a terminal: what all songs share is said once, and what differs in their lines."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from showlist_assets.cli.plan_text import print_plan
from showlist_assets.domain.playlists.planner import plan_playlist
from showlist_assets.domain.playlists.recipe import Recipe
from showlist_assets_tests.domain.playlists.planned import (
    plan_of,
    planned_show,
    planned_track,
    taste_note,
)
from showlist_assets_tests.domain.playlists.show_rows import TODAY, show_row, shows_of

if TYPE_CHECKING:
    from showlist_assets.domain.playlists.plan import Plan

_BEST = "number 1 of their best-known tracks"
_SECOND = "number 2 of their best-known tracks"


def _printed(plan: Plan) -> str:
    console = Console(record=True, width=300)
    print_plan(plan, None, console)
    return console.export_text()


def _plan(*whys: str, venue: str = "The Boiler Room") -> Plan:
    show = planned_show(venue_name=venue)
    tracks = [planned_track(show, str(n), why=why) for n, why in enumerate(whys)]
    return replace(plan_of(), tracks=tuple(tracks))


def _row(behind: str, venue: str = "The Boiler Room") -> str:
    return f"Headlines on Fri Dec 4 at {venue}, New York{behind}."


def test_what_a_real_plan_repeats_is_said_once():
    rows = shows_of(*(show_row(str(n), name) for n, name in enumerate(("ada", "bea", "cleo"))))
    recipe = Recipe(name="mine", states="NY", tracks_per_artist=1, features={"energy": "0 to 1"})
    plan = plan_playlist(recipe, rows, today=TODAY)
    told = _printed(plan)
    assert all(_BEST in track.why for track in plan.tracks)
    assert told.count(_BEST) == 1
    assert told.count("Headlines on Fri Nov 20 at The Boiler Room, New York") == len(plan.tracks)


def test_a_line_that_differs_says_so_itself():
    whys = [_row(f"; {_BEST}"), _row(f"; {_BEST}"), _row(f"; {_SECOND}; energy 0.5")]
    told = _printed(_plan(*whys))
    assert f"For each song, unless its line says otherwise: {_BEST}." in told
    assert told.count(_BEST) == 1
    assert whys[2] in told
    assert told.count(_row("")) == 2


@pytest.mark.parametrize(
    "whys",
    [
        [_row(f"; {_BEST}")],
        [_row(f"; {_BEST}"), _row(f"; {_SECOND}")],
        [_row("; a band you know")] * 3 + [_row("")],
        ["", ""],
    ],
    ids=["one song", "no majority", "one line would claim it silently", "no reasons"],
)
def test_what_cannot_be_said_of_all_stays_in_the_lines(whys):
    told = _printed(_plan(*whys))
    assert "For each song" not in told
    assert all(why in told for why in whys)


def test_the_name_of_a_house_is_no_reason():
    venue = "Stage; Two"
    told = _printed(_plan(*[_row(f"; {_BEST}", venue)] * 2, venue=venue))
    assert f"For each song: {_BEST}." in told
    assert told.count(_row("", venue)) == 2


_REASONS = st.lists(st.sampled_from([_BEST, _SECOND, "a band you know", "energy 0.5"]), unique=True)


@given(st.lists(_REASONS, min_size=1, max_size=6))
def test_a_line_with_the_legend_says_what_the_plan_says(reasons):
    """Nothing is lost: what a line leaves out, the legend has."""
    whys = ["".join([_row("")[:-1], *(f"; {one}" for one in each), "."]) for each in reasons]
    told = _printed(_plan(*whys))
    (legend,) = [line for line in told.splitlines() if line.startswith("For each song")] or [""]
    lines = [line.strip() for line in told.splitlines() if line.strip().startswith("Headlines")]
    assert len(lines) == len(whys)
    for line, each in zip(lines, reasons, strict=True):
        assert all(one in line or one in legend for one in each)
        assert all(one in each for one in _in(line))


def _in(line: str) -> list[str]:
    return line.removesuffix(".").split("; ")[1:]


def test_how_a_song_fits_the_taste_stands_below_its_show():
    show = planned_show()
    track = planned_track(show, why=_row(f"; {_BEST}"), taste=taste_note())
    lines = _printed(replace(plan_of(), tracks=(track,))).splitlines()
    (below,) = (n for n, line in enumerate(lines) if _BEST in line)
    assert lines[below + 1].strip() == "You play Mitski."
