"""From degrees to a drawing: the projection, cutting at the frame, and paths as SVG writes them.

What belongs here: pure geometry. What does not: which lines there are (``atlas``) and what a map
shows (``map``).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from showlist_assets.domain.places import EARTH_RADIUS_KM

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Point = tuple[float, float]


@dataclass(frozen=True)
class Box:
    """A range of longitudes and latitudes; ``east`` may lie beyond 180, across the date line."""

    west: float
    south: float
    east: float
    north: float

    def meets(self, west: float, south: float, east: float, north: float) -> bool:
        """Whether another one, on either side of the date line, has a part in it."""
        if south > self.north or north < self.south:
            return False
        return any(
            west + turn <= self.east and east + turn >= self.west for turn in (0.0, -360.0, 360.0)
        )


@dataclass(frozen=True)
class Frame:
    """A drawing of ``width`` by ``height`` pixels around a position, ``scale`` pixels a kilometre.

    The projection is azimuthal and equidistant: how far something is from the centre is true in
    every direction, so that a circle of kilometres is a circle, and the date line is no border.
    """

    latitude: float
    longitude: float
    scale: float
    width: int
    height: int

    def point(self, latitude: float, longitude: float) -> Point:
        """Where a position is in the drawing, be it in the frame or not."""
        return self.points((longitude, latitude))[0]

    def points(self, degrees: Sequence[float]) -> list[Point]:
        """Where positions are, given as longitude, latitude, longitude, latitude and so on."""
        sin, cos, radians = math.sin, math.cos, math.radians
        sine, cosine = sin(radians(self.latitude)), cos(radians(self.latitude))
        pixels, middle_x, middle_y = self.scale * EARTH_RADIUS_KM, self.width / 2, self.height / 2
        centre = self.longitude
        found = []
        for index in range(0, len(degrees), 2):
            turn = radians(degrees[index] - centre)
            latitude = radians(degrees[index + 1])
            across, up, ahead = cos(latitude), sin(latitude), cos(turn)
            east = across * sin(turn)
            north = cosine * up - sine * across * ahead
            # The sine of the angle from the centre; its cosine tells which half of the earth.
            far = math.hypot(east, north)
            near = sine * up + cosine * across * ahead
            stretch = pixels * (math.atan2(far, near) / far if far > 0 else 1.0)
            found.append((middle_x + stretch * east, middle_y - stretch * north))
        return found

    def degrees(self, point: Point) -> Point:
        """The latitude and longitude that are drawn at ``point``."""
        east = (point[0] - self.width / 2) / self.scale / EARTH_RADIUS_KM
        north = (self.height / 2 - point[1]) / self.scale / EARTH_RADIUS_KM
        angle = math.hypot(east, north)
        if angle == 0:
            return self.latitude, self.longitude
        sine = math.sin(math.radians(self.latitude))
        cosine = math.cos(math.radians(self.latitude))
        height = math.cos(angle) * sine + north * math.sin(angle) * cosine / angle
        turn = math.atan2(
            east * math.sin(angle),
            angle * cosine * math.cos(angle) - north * sine * math.sin(angle),
        )
        longitude = (self.longitude + math.degrees(turn) + 180) % 360 - 180
        return math.degrees(math.asin(max(-1.0, min(1.0, height)))), longitude

    def box(self) -> Box:
        """The degrees of which some may lie in the frame; never too few."""
        reach = math.hypot(self.width, self.height) / 2 / self.scale / EARTH_RADIUS_KM
        degrees = math.degrees(reach)
        south, north = self.latitude - degrees, self.latitude + degrees
        across = math.cos(math.radians(self.latitude))
        if south <= -90 or north >= 90 or math.sin(reach) >= across:
            return Box(-360.0, south, 360.0, north)
        sides = math.degrees(math.asin(math.sin(reach) / across))
        return Box(self.longitude - sides, south, self.longitude + sides, north)

    def holds(self, point: Point, margin: float = 0.0) -> bool:
        """Whether a point lies in the frame, at least ``margin`` pixels from its edges."""
        x, y = point
        return margin <= x <= self.width - margin and margin <= y <= self.height - margin


def thinned(points: Sequence[Point], least: float) -> list[Point]:
    """The points without bends of less than ``least`` pixels; both ends stay, where lines meet.

    Douglas and Peucker's way, with a stack: whatever lies farthest from the straight line stays,
    and so on for both halves.
    """
    last = len(points) - 1
    if last < 2:
        return list(points)
    kept = bytearray(len(points))
    kept[0] = kept[last] = 1
    parts = [(0, last)]
    while parts:
        first, end = parts.pop()
        farthest, away = _farthest(points, first, end)
        if away > least:
            kept[farthest] = 1
            parts += [(first, farthest), (farthest, end)]
    return [point for point, stays in zip(points, kept, strict=True) if stays]


def _farthest(points: Sequence[Point], first: int, end: int) -> tuple[int, float]:
    """The point between two others that is farthest from the line through them."""
    (x, y), (u, v) = points[first], points[end]
    across, down = u - x, v - y
    length = math.hypot(across, down)
    farthest, away = first, 0.0
    for index in range(first + 1, end):
        a, b = points[index]
        # An island ends where it began: there is no line, only a point.
        distance = (
            abs((a - x) * down - (b - y) * across) / length if length else math.hypot(a - x, b - y)
        )
        if distance > away:
            farthest, away = index, distance
    return farthest, away


def cut_ring(
    ring: Sequence[Point], width: float, height: float, margin: float = 0.0
) -> list[Point]:
    """The part of an area that lies in the frame or up to ``margin`` outside, where it is closed.

    Sutherland and Hodgman's way: one edge after the other. Parts that are apart stay joined by a
    line along an edge, which is not seen beyond the frame.
    """
    found = list(ring)
    edges = ((0, -margin, 1), (0, width + margin, -1), (1, -margin, 1), (1, height + margin, -1))
    for axis, bound, sign in edges:
        if not found:
            break
        found = _cut_at(found, axis, bound, sign)
    return found


def _cut_at(ring: list[Point], axis: int, bound: float, sign: int) -> list[Point]:
    """The part of a ring on one side of a horizontal or an upright line."""
    kept: list[Point] = []
    before = ring[-1]
    was_inside = (before[axis] - bound) * sign >= 0
    for point in ring:
        is_inside = (point[axis] - bound) * sign >= 0
        if is_inside != was_inside:
            kept.append(_crossing(before, point, axis, bound))
        if is_inside:
            kept.append(point)
        before, was_inside = point, is_inside
    return kept


def _crossing(one: Point, other: Point, axis: int, bound: float) -> Point:
    """Where the way from one point to the other meets the line."""
    share = (bound - one[axis]) / (other[axis] - one[axis])
    across = one[1 - axis] + share * (other[1 - axis] - one[1 - axis])
    return (bound, across) if axis == 0 else (across, bound)


def cut_line(line: Sequence[Point], width: float, height: float) -> list[list[Point]]:
    """The pieces of a line that lie in the frame."""
    pieces: list[list[Point]] = []
    piece: list[Point] = []
    for one, other in pairwise(line):
        part = _cut_segment(one, other, width, height)
        if part is None:
            continue
        start, end = part
        if not piece or piece[-1] != start:
            piece = [start]
            pieces.append(piece)
        piece.append(end)
    return pieces


def _cut_segment(
    one: Point, other: Point, width: float, height: float
) -> tuple[Point, Point] | None:
    """The part of a segment in the frame (Liang and Barsky's way); None: nothing of it."""
    (x, y), (u, v) = one, other
    if 0 <= x <= width and 0 <= u <= width and 0 <= y <= height and 0 <= v <= height:
        return one, other
    first, last = 0.0, 1.0
    for step, room in ((x - u, x), (u - x, width - x), (y - v, y), (v - y, height - y)):
        if step == 0:
            if room < 0:
                return None
        elif step < 0:
            first = max(first, room / step)
        else:
            last = min(last, room / step)
    if first >= last:
        return None
    start = one if first == 0 else (x + first * (u - x), y + first * (v - y))
    end = other if last == 1 else (x + last * (u - x), y + last * (v - y))
    return start, end


def chained(lines: Iterable[Sequence[Point]]) -> list[list[Point]]:
    """The lines, joined where one ends and another begins: fewer beginnings to write."""
    left = dict(enumerate(lines))
    ends: dict[Point, list[int]] = {}
    for number, line in left.items():
        for end in (line[0], line[-1]):
            ends.setdefault(end, []).append(number)
    chains = []
    while left:
        _, line = left.popitem()
        chain = list(line)
        for _ in range(2):  # on from its end, then, turned round, from its beginning
            while (following := next((n for n in ends[chain[-1]] if n in left), None)) is not None:
                line = left.pop(following)
                chain.extend(line[1:] if line[0] == chain[-1] else line[-2::-1])
            chain.reverse()
        chains.append(chain)
    return chains


def path(lines: Iterable[Sequence[Point]], *, closed: bool = False, unit: float = 0.1) -> str:
    """Lines as the ``d`` of an SVG path, rounded to ``unit`` pixels, a number of tenths.

    After its beginning a line is written in steps, which are short; they are differences of
    rounded places, so that nothing drifts.
    """
    parts = []
    step = round(unit * 10)
    for line in lines:
        tenths = [(round(x / unit) * step, round(y / unit) * step) for x, y in line]
        x, y = tenths[0]
        steps = []
        for u, v in tenths[1:]:
            if u != x or v != y:
                steps.append(_number(u - x) + _number(v - y))
                x, y = u, v
        if steps:
            start = _number(tenths[0][0]) + _number(tenths[0][1])
            parts.append(f"M{start.strip()}l{''.join(steps).strip()}{'z' if closed else ''}")
    return "".join(parts)


def _number(tenths: int) -> str:
    """Tenths as SVG's shortest number: " 1.5", "-.5", " 3", set apart from the one before."""
    whole, rest = divmod(abs(tenths), 10)
    sign = "-" if tenths < 0 else " "
    if not rest:
        return f"{sign}{whole}"
    return f"{sign}{whole or ''}.{rest}"


def ring_area(ring: Sequence[Point]) -> float:
    """In square pixels, whichever way round it is walked."""
    total = 0.0
    before = ring[-1]
    for point in ring:
        total += before[0] * point[1] - point[0] * before[1]
        before = point
    return abs(total) / 2
