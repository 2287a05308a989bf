"""The ground of a map: land, water, county and state lines in a frame.

What belongs here: what is the same whoever plays. What does not: venues and circles (``map``).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from showlist_assets.web.atlas import atlas
from showlist_assets.web.map_geometry import (
    Frame,
    chained,
    cut_line,
    cut_ring,
    path,
    ring_area,
    thinned,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from showlist_assets.web.map_geometry import Point

_DRAWN_MAPS_KEPT: Final = 32
# Of a map of much land little is left out singly and a lot in all: a long coast or the counties of
# Virginia would be half of the page's bytes.
_MUCH_LAND_PX_A_KM: Final = 2.0
# Of a circle of more than about 140 miles counties are too small to say anything.
_COUNTIES_PX_A_KM: Final = 0.8
# Areas end this many pixels outside the frame.
BEYOND: Final = 3.0
# A state's map is made for these; far small islands may lie outside.
_LEAST_SHARE_OF_LARGEST: Final = 0.005
_MARGIN: Final = 0.05


@dataclass(frozen=True)
class _Detail:
    """What is left out: bends by pixels, islands by square pixels, and parts of a pixel."""

    least_bend: float
    least_island: float
    unit: float


_FINE: Final = _Detail(least_bend=0.45, least_island=0.5, unit=0.1)
_COARSE: Final = _Detail(least_bend=1.0, least_island=4.0, unit=1.0)


@dataclass(frozen=True)
class Land:
    """The visible part of a state.

    Attributes:
        state: Its USPS code.
        d: The area's path.
        is_shown: Whether it is the state, or one of the states, that the map is about.
    """

    state: str
    d: str
    is_shown: bool


@dataclass(frozen=True)
class Ground:
    """Areas and lines as paths. A coast is the edge of its land; other lines are there once."""

    land: tuple[Land, ...]
    abroad: str
    county_lines: str
    state_lines: str


@lru_cache(maxsize=_DRAWN_MAPS_KEPT)
def ground(frame: Frame, only: str | None = None) -> Ground:
    """What lies in ``frame``; with ``only``, county lines are drawn in that state alone."""
    pen = _Pen(frame)
    lines = atlas()
    land, counties, borders = [], set[int](), set[int]()
    for code in lines.states_in(pen.box):
        rings = pen.seen(lines.states[code].rings)
        is_shown = only in {None, code}
        if d := pen.area(rings):
            land.append(Land(code, d, is_shown))
        borders.update(max(number, ~number) for ring in rings for number in ring)
        if is_shown and (only or frame.scale >= _COUNTIES_PX_A_KM):
            counties.update(lines.states[code].county_lines)
    shared = (number for number in borders if lines.is_between_states(number))
    return Ground(tuple(land), pen.abroad(), pen.lines(counties), pen.lines(shared))


class _Pen:
    """Draws arcs of the atlas in a frame; an arc that neighbours share is projected once."""

    def __init__(self, frame: Frame) -> None:
        self.box = frame.box()
        self._frame = frame
        self._detail = _FINE if frame.scale >= _MUCH_LAND_PX_A_KM else _COARSE
        self._drawn: dict[int, list[Point]] = {}

    def seen(self, rings: Iterable[Sequence[int]]) -> list[Sequence[int]]:
        """The rings that may lie in the frame and are large enough to be seen."""
        near = (ring for ring in rings if atlas().ring_is_in(ring, self.box))
        least = self._detail.least_island
        return [ring for ring in near if ring_area(joined(ring, self._arc)) >= least]

    def area(self, rings: Iterable[Sequence[int]]) -> str:
        """The rings as one path; empty: nothing lies in the frame."""
        width, height = self._frame.width, self._frame.height
        # So that no coast is drawn along the frame.
        cut = (cut_ring(joined(ring, self._arc), width, height, BEYOND) for ring in rings)
        kept = (ring for ring in cut if len(ring) > 2)
        return path(kept, closed=True, unit=self._detail.unit)

    def abroad(self) -> str:
        """Other countries as one path, which the states cover where borders differ a little."""
        width, height = self._frame.width, self._frame.height
        drawn = (
            thinned(self._frame.points(ring), self._detail.least_bend)
            for ring in atlas().abroad_in(self.box)
        )
        cut = (cut_ring(ring, width, height, BEYOND) for ring in drawn)
        large = (r for r in cut if len(r) > 2 and ring_area(r) >= self._detail.least_island)
        return path(large, closed=True, unit=self._detail.unit)

    def lines(self, numbers: Iterable[int]) -> str:
        """Arcs as one path."""
        near = (self._arc(n) for n in sorted(numbers) if atlas().is_in(n, self.box))
        width, height = self._frame.width, self._frame.height
        cut = (piece for each in near for piece in cut_line(each, width, height))
        return path(chained(cut), unit=self._detail.unit)

    def _arc(self, number: int) -> list[Point]:
        if number not in self._drawn:
            ends = atlas().ends_outside(number, self.box)
            self._drawn[number] = (
                self._frame.points(ends)
                if ends is not None
                else thinned(self._frame.points(atlas().arc(number)), self._detail.least_bend)
            )
        return self._drawn[number]


def joined(ring: Sequence[int], arc: Callable[[int], list[Point]]) -> list[Point]:
    """The points of a ring; each arc's last one is the next one's first."""
    points: list[Point] = []
    for number in ring:
        points.extend(arc(number)[:-1] if number >= 0 else arc(~number)[:0:-1])
    return points


@lru_cache(maxsize=64)
def frame_of_state(state: str, width: int, least_height: int, most_height: int) -> Frame:
    """The frame into which a state fits; as high as its shape asks for, within the two heights."""
    lines = atlas()
    rings = lines.states[state].rings
    # From a position in the state nothing of it is far enough to be distorted.
    longitude, latitude = lines.arc(max(rings[0][0], ~rings[0][0]))[:2]
    frame = Frame(latitude, longitude, 1.0, 0, 0)
    for _ in range(2):  # the second time from the state's middle
        left, top, right, bottom = _extent(frame, rings)
        middle = frame.degrees(((left + right) / 2, (top + bottom) / 2))
        frame = replace(frame, latitude=middle[0], longitude=middle[1])
    across, down = right - left, bottom - top
    room = 1 - 2 * _MARGIN
    height = round(min(max(width * down / across, least_height), most_height))
    return replace(
        frame, scale=min(width * room / across, height * room / down), width=width, height=height
    )


def _extent(frame: Frame, rings: Sequence[Sequence[int]]) -> tuple[float, float, float, float]:
    """Left, top, right and bottom of the rings that matter."""
    lines = atlas()
    drawn = [joined(ring, lambda number: frame.points(lines.arc(number))) for ring in rings]
    largest = max(map(ring_area, drawn))
    points = [
        point
        for ring in drawn
        if ring_area(ring) >= _LEAST_SHARE_OF_LARGEST * largest
        for point in ring
    ]
    xs, ys = [x for x, _ in points], [y for _, y in points]
    return min(xs), min(ys), max(xs), max(ys)
