"""What stands on a map: venues as dots, names of cities, a bar that tells the scale.

What belongs here: merging what would overlap and finding room for words. What does not: where a
position is in the drawing (``map_geometry``) and the map as a whole (``map``).
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING, Final

from showlist_assets.domain.places import KILOMETRES_PER_MILE
from showlist_assets.domain.quantities import counted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from showlist_assets.web.atlas import County
    from showlist_assets.web.map_geometry import Frame, Point

# Widths of letters and sizes of text in the drawing's units, as map.css sets them.
_LETTER: Final = 0.56
_TEXT: Final = 13.0
_ROOM_FOR_A_NUMBER: Final = 8.5
_SMALLEST_DOT: Final = 4.0
_LARGEST_DOT: Final = 14.0
_MOST_NAMES: Final = 8
_MANY_SHOWS: Final = 35
# Counties are named in small spaced capitals, where they have the room.
_CAPITAL: Final = 0.84
_COUNTY_TEXT: Final = 9.5
_NARROW_COUNTY_TEXT: Final = 10.5
_MOST_COUNTIES: Final = 14
_BAR_MILES: Final = (1, 2, 5, 10, 20, 50, 100, 200, 500)
_LONGEST_BAR: Final = 84.0


@dataclass(frozen=True)
class Dot:
    """A venue as a page gives it.

    Attributes:
        name: As listeners read it.
        latitude: In degrees.
        longitude: In degrees.
        shows: How many of the page's shows are there; at least one.
        href: Where a click leads.
        city: Empty: unknown; the cities with most shows are named on the map.
    """

    name: str
    latitude: float
    longitude: float
    shows: int
    href: str
    city: str = ""


@dataclass(frozen=True)
class Mark:
    """A dot as it is drawn: one venue, or several that are too near to each other.

    Attributes:
        x: Of its middle.
        y: Of its middle.
        r: Grows with the square root of the shows, so that the area tells their number.
        label: What it is, in words.
        href: Where it leads.
        number: The shows, where the dot has room for them; else empty.
        venues: How many.
    """

    x: float
    y: float
    r: float
    label: str
    href: str
    number: str
    venues: int


@dataclass(frozen=True)
class Name:
    """The name of a place.

    Attributes:
        text: The name.
        x: Where it begins, ends or has its middle, as ``anchor`` says.
        y: Of its baseline.
        anchor: SVG's: start, middle or end.
        wide_only: Whether a phone, which shows the middle of the map in larger letters, has no room
            for it.
    """

    text: str
    x: float
    y: float
    anchor: str
    wide_only: bool


@dataclass(frozen=True)
class ScaleBar:
    """How long some miles are."""

    pixels: float
    label: str


@dataclass(frozen=True)
class _Rectangle:
    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: _Rectangle) -> bool:
        return (
            self.left < other.right
            and other.left < self.right
            and self.top < other.bottom
            and other.top < self.bottom
        )

    def is_in(self, other: _Rectangle) -> bool:
        return (
            self.left >= other.left
            and self.right <= other.right
            and self.top >= other.top
            and self.bottom <= other.bottom
        )


def marks_of(
    frame: Frame,
    dots: Iterable[Dot],
    apart: float,
    join: Callable[[tuple[Dot, ...]], str] | None = None,
) -> tuple[Mark, ...]:
    """The dots in the frame, those of fewest shows last; no two are nearer than ``apart`` pixels.

    A venue that is nearer joins the larger one, where that is. ``join`` makes the link of several;
    without it, it is that of the largest.
    """
    groups: list[tuple[Point, list[Dot]]] = []
    for dot in sorted(dots, key=lambda dot: (-dot.shows, dot.name, dot.href)):
        point = frame.point(dot.latitude, dot.longitude)
        if not frame.holds(point, margin=_SMALLEST_DOT):
            continue
        near = [group for group in groups if math.dist(group[0], point) < apart]
        if near:
            min(near, key=lambda group: math.dist(group[0], point))[1].append(dot)
        else:
            groups.append((point, [dot]))
    most = max((sum(dot.shows for dot in group) for _, group in groups), default=0)
    return tuple(_mark(point, tuple(group), most, join) for point, group in groups)


def _mark(
    point: Point, dots: tuple[Dot, ...], most: int, join: Callable[[tuple[Dot, ...]], str] | None
) -> Mark:
    shows = sum(dot.shows for dot in dots)
    share = max(0, shows - 1) / max(most, _MANY_SHOWS)
    r = _SMALLEST_DOT + (_LARGEST_DOT - _SMALLEST_DOT) * math.sqrt(share)
    number = f"{shows:,}"
    who = dots[0].name
    if len(dots) > 1:
        who = f"{who} and {counted(len(dots) - 1, 'more venue')}"
    return Mark(
        round(point[0], 1),
        round(point[1], 1),
        round(r, 1),
        f"{who}: {counted(shows, 'show')}",
        join(dots) if join is not None and len(dots) > 1 else dots[0].href,
        number if r >= _ROOM_FOR_A_NUMBER + 3 * max(0, len(number) - 2) else "",
        len(dots),
    )


def cities_of(frame: Frame, dots: Iterable[Dot]) -> list[tuple[str, Point]]:
    """The cities of the dots in the frame, those with most shows first.

    A city is where the median of its venues is: one put down elsewhere moves a mean by miles.
    """
    venues: defaultdict[str, list[Point]] = defaultdict(list)
    shows: Counter[str] = Counter()
    for dot in dots:
        point = frame.point(dot.latitude, dot.longitude)
        if dot.city and frame.holds(point):
            venues[dot.city].append(point)
            shows[dot.city] += dot.shows
    return [
        (city, (median(x for x, _ in venues[city]), median(y for _, y in venues[city])))
        for city in sorted(shows, key=lambda city: (-shows[city], city))
    ]


class NamePlacer:
    """Finds room for names: none meets another, a dot, the scale bar or the frame.

    Every name is tried twice, first for a phone, which shows the middle ``narrow_width`` pixels and
    writes larger, then for the rest of the screens.
    """

    def __init__(self, frame: Frame, marks: Sequence[Mark], narrow_width: float) -> None:
        self._marks = marks
        self._circle: tuple[Point, float] | None = None
        side = (frame.width - narrow_width) / 2
        self._wide = _Rectangle(4, 4, frame.width - 4, frame.height - 4)
        self._narrow = _Rectangle(side + 4, 4, frame.width - side - 4, frame.height - 4)
        self._taken = [_Rectangle(0, frame.height - 34, side + 110, frame.height)]
        self._taken += [_Rectangle(m.x - m.r, m.y - m.r, m.x + m.r, m.y + m.r) for m in marks]

    def keep_clear_of_circle(self, middle: Point, r: float) -> None:
        """Keeps free where the circle tells its radius; names of counties do not cross it."""
        x, lowest = middle[0], middle[1] + r
        self._taken.append(_Rectangle(x - 40, lowest - 10, x + 40, lowest + 10))
        self._circle = (middle, r)

    def cities(self, cities: Sequence[tuple[str, Point]], narrow_text: float) -> tuple[Name, ...]:
        """As many of the cities as have room beside their place."""
        found: dict[str, Name] = {}
        for wide_only, text in ((False, narrow_text), (True, _TEXT)):
            for city, point in cities:
                if city in found or len(found) >= _MOST_NAMES:
                    continue
                for x, y, anchor, rectangle in _places_for(city, point, self._marks, text):
                    if self._takes(rectangle, wide_only=wide_only):
                        found[city] = Name(city, round(x, 1), round(y, 1), anchor, wide_only)
                        break
        return tuple(found.values())

    def counties(self, frame: Frame, counties: Iterable[County]) -> tuple[Name, ...]:
        """The counties around the middle whose names fit between their borders."""
        placed = [(frame.point(c.latitude, c.longitude), c) for c in counties]
        middle = (frame.width / 2, frame.height / 2)
        placed.sort(key=lambda each: (math.dist(each[0], middle), each[1].name))
        found: dict[Point, Name] = {}
        for wide_only, text in ((False, _NARROW_COUNTY_TEXT), (True, _COUNTY_TEXT)):
            for (x, y), county in placed:
                width = len(county.name) * text * _CAPITAL
                # A name is flat: it may be longer than the circle in which it would fit.
                if (x, y) in found or width > 2.6 * county.room_km * frame.scale:
                    continue
                if len(found) >= _MOST_COUNTIES:
                    break
                low = y + 0.35 * text
                box = _Rectangle(x - width / 2 - 2, low - text, x + width / 2 + 2, low + 3)
                if not self._crosses_circle(box) and self._takes(box, wide_only=wide_only):
                    found[x, y] = Name(county.name, round(x, 1), round(low, 1), "middle", wide_only)
        return tuple(found.values())

    def _crosses_circle(self, box: _Rectangle) -> bool:
        if self._circle is None:
            return False
        middle, r = self._circle
        corners = [(x, y) for x in (box.left, box.right) for y in (box.top, box.bottom)]
        return len({math.dist(corner, middle) < r for corner in corners}) > 1

    def _takes(self, rectangle: _Rectangle, *, wide_only: bool) -> bool:
        """Whether the rectangle was free; it is taken from now on."""
        inside = self._wide if wide_only else self._narrow
        if not rectangle.is_in(inside) or any(map(rectangle.meets, self._taken)):
            return False
        self._taken.append(rectangle)
        return True


def _places_for(
    text: str, point: Point, marks: Sequence[Mark], size: float
) -> list[tuple[float, float, str, _Rectangle]]:
    """Where a name can stand beside its city, the best first: right, left, above, below."""
    x, y = point
    # A city's own dot is what its name stands beside; without one, there is the centre's cross.
    own = [mark for mark in marks if math.dist((mark.x, mark.y), point) < mark.r + 10]
    if own:
        x, y = own[0].x, own[0].y
    off = (own[0].r if own else 4.0) + 5
    width, low, high = len(text) * size * _LETTER, 0.3 * size, 0.8 * size
    middle = y + 0.34 * size
    far = off + 1.2 * size
    spots = (
        (x + off, middle, "start", x + off),
        (x - off, middle, "end", x - off - width),
        (x, y - off - low, "middle", x - width / 2),
        (x, y + off + high, "middle", x - width / 2),
        (x + off, y - off, "start", x + off),
        (x + off, y + off + high, "start", x + off),
        (x - off, y - off, "end", x - off - width),
        (x - off, y + off + high, "end", x - off - width),
        (x, y - far - low, "middle", x - width / 2),
        (x, y + far + high, "middle", x - width / 2),
    )
    return [
        (at, base, anchor, _Rectangle(left - 2, base - high - 1, left + width + 2, base + low + 1))
        for at, base, anchor, left in spots
    ]


def scale_bar(frame: Frame) -> ScaleBar | None:
    """The longest round number of miles that is not too long; None where a mile is."""
    fitting = [
        (miles, miles * KILOMETRES_PER_MILE * frame.scale)
        for miles in _BAR_MILES
        if miles * KILOMETRES_PER_MILE * frame.scale <= _LONGEST_BAR
    ]
    if not fitting:
        return None
    miles, pixels = fitting[-1]
    return ScaleBar(round(pixels, 1), counted(miles, "mile"))
