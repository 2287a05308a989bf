"""Reads the paths that maps are written in: absolute beginnings, then steps."""

from __future__ import annotations

import re
from itertools import pairwise

_NUMBER = re.compile(r"-?(?:\d+\.\d+|\.\d+|\d+)")

Point = tuple[float, float]


def lines_in(d: str) -> list[list[Point]]:
    """Each line's points; a closed one ends where it began."""
    lines = []
    for part in filter(None, d.split("M")):
        start, _, steps = part.partition("l")
        x, y = map(float, _NUMBER.findall(start))
        line = [(x, y)]
        numbers = [float(each) for each in _NUMBER.findall(steps)]
        for index in range(0, len(numbers), 2):
            x, y = x + numbers[index], y + numbers[index + 1]
            line.append((x, y))
        if part.endswith("z"):
            line.append(line[0])
        lines.append(line)
    return lines


def is_inside(point: Point, d: str) -> bool:
    """Whether an area holds the point, by the even-odd rule."""
    x, y = point
    crossed = 0
    for line in lines_in(d):
        for (a, b), (c, e) in pairwise(line):
            if (b > y) != (e > y) and x < (c - a) * (y - b) / (e - b) + a:
                crossed += 1
    return crossed % 2 == 1


def crossings(one: Point, other: Point, d: str) -> int:
    """How often the way from one point to the other meets a line."""

    def side(a: Point, b: Point, c: Point) -> bool:
        return (b[0] - a[0]) * (c[1] - a[1]) > (b[1] - a[1]) * (c[0] - a[0])

    return sum(
        side(one, other, a) != side(one, other, b) and side(a, b, one) != side(a, b, other)
        for line in lines_in(d)
        for a, b in pairwise(line)
    )
