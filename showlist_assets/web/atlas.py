"""The lines that maps are made of, read once from the package: counties, states, the nation.

What belongs here: the packaged files (written by ``scripts/map-data``) and which of their lines lie
in a range of degrees. What does not: drawing them (``map_geometry``, ``map``).
"""

from __future__ import annotations

import gzip
import json
from array import array
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    from showlist_assets.web.map_geometry import Box

_DATA: Final = Path(__file__).parent / "map_data"

Bounds = tuple[float, float, float, float]


@dataclass(frozen=True)
class County:
    """Where a county's name can stand, and how many kilometres around that place are its own."""

    name: str
    latitude: float
    longitude: float
    room_km: float


@dataclass(frozen=True)
class StateLines:
    """A state's rings and the lines between its counties, each an arc by number.

    Attributes:
        rings: Lists of arcs; ``~n`` is arc n walked backwards.
        county_lines: Between two counties of the state.
        counties: All of them.
        bounds: West, south, east and north of all of it.
    """

    rings: tuple[tuple[int, ...], ...]
    county_lines: tuple[int, ...]
    counties: tuple[County, ...]
    bounds: Bounds


class Atlas:
    """All lines of the 51 states and the land around them.

    Neighbouring states share an arc, so that a line is drawn once.
    """

    def __init__(self, content: dict[str, Any], neighbours: Sequence[Sequence[int]]) -> None:
        scale, translate = content["scale"], content["translate"]
        self._arcs = [_degrees(steps, scale, translate) for steps in content["arcs"]]
        self._bounds = [_bounds_of(arc) for arc in self._arcs]
        self.states = {
            code: StateLines(
                tuple(tuple(ring) for ring in state["rings"]),
                tuple(state["county_lines"]),
                tuple(
                    County(name, latitude / 100, longitude / 100, room)
                    for name, longitude, latitude, room in state["counties"]
                ),
                _around([self._bounds[max(n, ~n)] for ring in state["rings"] for n in ring]),
            )
            for code, state in content["states"].items()
        }
        abroad = [_degrees(ring, (0.001, 0.001), (0.0, 0.0)) for ring in neighbours]
        self._abroad = [(ring, _bounds_of(ring)) for ring in abroad]
        self._owners = [0] * len(self._arcs)
        for state in self.states.values():
            for number in {max(n, ~n) for ring in state.rings for n in ring}:
                self._owners[number] += 1

    def abroad_in(self, box: Box) -> list[Sequence[float]]:
        """The rings of other countries of which a part may lie in ``box``."""
        return [ring for ring, bounds in self._abroad if box.meets(*bounds)]

    def arc(self, number: int) -> Sequence[float]:
        """An arc as longitude, latitude, longitude, latitude and so on."""
        return self._arcs[number]

    def is_between_states(self, number: int) -> bool:
        """Whether two states share the arc; otherwise it is a coast or the nation's border."""
        return self._owners[number] > 1

    def states_in(self, box: Box) -> list[str]:
        """The states of which a part may lie in ``box``."""
        return [code for code, state in self.states.items() if box.meets(*state.bounds)]

    def is_in(self, number: int, box: Box) -> bool:
        """Whether a part of the arc may lie in ``box``."""
        return box.meets(*self._bounds[number])

    def ends_outside(self, number: int, box: Box) -> Sequence[float] | None:
        """The arc's two ends where nothing of it, nor the line between them, is near ``box``.

        That line bends away from the arc by less than a tenth of its length in any projection
        around ``box``; None: the arc may be near.
        """
        west, south, east, north = self._bounds[number]
        margin = 0.1 * max(east - west, north - south)
        if box.meets(west - margin, south - margin, east + margin, north + margin):
            return None
        arc = self._arcs[number]
        return [*arc[:2], *arc[-2:]]

    def ring_is_in(self, ring: Sequence[int], box: Box) -> bool:
        """Whether a part of a ring's area may lie in ``box``."""
        return box.meets(*_around([self._bounds[max(n, ~n)] for n in ring]))


def _degrees(
    steps: Sequence[int], scale: Sequence[float], translate: Sequence[float]
) -> array[float]:
    # Single precision is a metre here, and half of the memory.
    degrees = array("f", bytes(4 * len(steps)))
    x = y = 0
    for index in range(0, len(steps), 2):
        x, y = x + steps[index], y + steps[index + 1]
        degrees[index] = x * scale[0] + translate[0]
        degrees[index + 1] = y * scale[1] + translate[1]
    return degrees


def _bounds_of(arc: Sequence[float]) -> Bounds:
    longitudes, latitudes = arc[0::2], arc[1::2]
    return min(longitudes), min(latitudes), max(longitudes), max(latitudes)


def _around(bounds: Sequence[Bounds]) -> Bounds:
    west, south, east, north = zip(*bounds, strict=True)
    return min(west), min(south), max(east), max(north)


@dataclass(frozen=True)
class StateShape:
    """A state in the drawing of the nation.

    Attributes:
        d: Its path.
        x: Where its name can stand.
        y: As ``x``.
        room: How many units around that place are the state's.
    """

    d: str
    x: int
    y: int
    room: int


@dataclass(frozen=True)
class Nation:
    """The drawing of the nation, Alaska and Hawaii moved in."""

    width: int
    height: int
    states: dict[str, StateShape]


@cache
def atlas() -> Atlas:
    """The packaged lines, read at the first map."""
    return Atlas(_unpacked("counties.json.gz"), _unpacked("neighbours.json.gz"))


def _unpacked(name: str) -> Any:
    return json.loads(gzip.decompress((_DATA / name).read_bytes()))


@cache
def nation() -> Nation:
    """The packaged drawing."""
    content = json.loads((_DATA / "nation.json").read_text())
    states = {code: StateShape(**state) for code, state in content["states"].items()}
    return Nation(content["width"], content["height"], states)
