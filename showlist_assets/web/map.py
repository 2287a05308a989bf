"""Maps that the server draws: a circle, a state, the nation, as what the template prints.

What belongs here: the view models of ``_map.html`` and ``_nation_map.html``. What does not: colours
and sizes of text (``map.css``), and what a dot links to (the page that asks).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from showlist_assets.domain.places import KILOMETRES_PER_MILE
from showlist_assets.domain.quantities import counted
from showlist_assets.domain.states import STATES
from showlist_assets.web.atlas import atlas, nation
from showlist_assets.web.map_geometry import Frame
from showlist_assets.web.map_land import Ground, frame_of_state, ground
from showlist_assets.web.map_marks import (
    Dot,
    Mark,
    Name,
    NamePlacer,
    ScaleBar,
    cities_of,
    marks_of,
    scale_bar,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from showlist_assets.web.atlas import County
    from showlist_assets.web.map_geometry import Point

__all__ = [
    "Circle", "Dot", "MapView", "NationState", "NationView",
    "circle_map", "nation_map", "state_map",
]  # fmt: skip

_STATE_NAMES: Final = {state.code: state.name for state in STATES}
# How much of the smaller side a circle takes.
_CIRCLE: Final = 0.9
_LEAST_STATE_HEIGHT: Final = 300
_MOST_STATE_HEIGHT: Final = 480
# On a phone a circle's map shows its middle square, nearly as large; a state's map is shown whole,
# at half the size. Fingers need 24 pixels of either.
_APART_IN_A_CIRCLE: Final = 28.0
_APART_IN_A_STATE: Final = 44.0
_NARROW_TEXT_IN_A_CIRCLE: Final = 14.0
_NARROW_TEXT_IN_A_STATE: Final = 22.0
_SHADES: Final = 5
# Beside the nation, where states are too small to be hit: each has a line of its own there.
_ROOM_FOR_A_CODE: Final = 13
_ASIDE_X: Final = 936
_ASIDE_Y: Final = 206
_ASIDE_STEP: Final = 28


@dataclass(frozen=True)
class Circle:
    """The circle of a wish, and what it says at its lower edge."""

    x: float
    y: float
    r: float
    label: str


@dataclass(frozen=True)
class MapView:
    """A map as ``_map.html`` prints it.

    Attributes:
        id: Distinguishes the elements of several maps on one page.
        title: What the map shows, in a few words.
        description: The same in a sentence, with the numbers.
        width: Of the drawing.
        height: Of the drawing.
        is_cropped: Whether a phone shows the middle square instead of the whole, much smaller.
        ground: Land and lines.
        circle: None: the map of a state.
        outside: The frame without the circle, as a path; empty without a circle.
        marks: The venues.
        names: Of cities.
        counties: Names of counties.
        scale: None: a mile is longer than the bar may be.
        shows_outside: How many shows are at venues that the frame does not hold.
    """

    id: str
    title: str
    description: str
    width: int
    height: int
    is_cropped: bool
    ground: Ground
    circle: Circle | None
    outside: str
    marks: tuple[Mark, ...]
    names: tuple[Name, ...]
    counties: tuple[Name, ...]
    scale: ScaleBar | None
    shows_outside: int

    @property
    def narrow_left(self) -> float:
        """Where the part begins that a phone shows."""
        return (self.width - self.height) / 2 if self.is_cropped else 0.0


def circle_map(
    latitude: float,
    longitude: float,
    kilometres: float,
    dots: Sequence[Dot],
    *,
    place: str = "",
    width: int = 640,
    height: int = 400,
    join: Callable[[tuple[Dot, ...]], str] | None = None,
) -> MapView:
    """The circle of ``kilometres`` around a position, with the venues in the frame.

    Args:
        latitude: Of the middle.
        longitude: Of the middle.
        kilometres: The radius; more than zero.
        dots: Venues; those outside the frame are dropped and counted.
        place: What the position is called, such as "New York, NY".
        width: Of the drawing, not less than ``height``.
        height: Of the drawing.
        join: The link of venues that share a dot; by default the one with most shows is linked.
    """
    r = _CIRCLE * min(width, height) / 2
    frame = Frame(latitude, longitude, r / kilometres, width, height)
    x, y = width / 2, height / 2
    miles = kilometres / KILOMETRES_PER_MILE
    label = f"{round(miles, 1):g} {'mile' if round(miles, 1) == 1 else 'miles'}"
    marks = marks_of(frame, dots, _APART_IN_A_CIRCLE, join)
    cities = cities_of(frame, dots)
    centre = place.split(",")[0].strip()
    # A ZIP code says less than the names around it.
    if centre and not any(character.isdigit() for character in centre):
        cities = _with_centre(centre, (x, y), cities)
    circle = Circle(x, y, round(r, 1), label)
    placer = NamePlacer(frame, marks, narrow_width=height)
    placer.keep_clear_of_circle((x, y), r)
    return MapView(
        id="map-circle",
        title=f"{label} around {place}" if place else f"{label} around",
        description=_described(frame, dots),
        width=width,
        height=height,
        is_cropped=True,
        ground=ground(frame),
        circle=circle,
        outside=_around(circle, width, height),
        marks=marks,
        names=placer.cities(cities, _NARROW_TEXT_IN_A_CIRCLE),
        counties=placer.counties(frame, _counties_in(frame)),
        scale=scale_bar(frame),
        shows_outside=_shows_outside(frame, dots),
    )


def state_map(
    state: str,
    dots: Sequence[Dot],
    *,
    width: int = 640,
    join: Callable[[tuple[Dot, ...]], str] | None = None,
) -> MapView:
    """A whole state by its USPS code, with the venues in the frame; as high as its shape asks."""
    frame = frame_of_state(state, width, _LEAST_STATE_HEIGHT, _MOST_STATE_HEIGHT)
    marks = marks_of(frame, dots, _APART_IN_A_STATE, join)
    placer = NamePlacer(frame, marks, narrow_width=width)
    return MapView(
        id=f"map-{state.lower()}",
        title=_STATE_NAMES[state],
        description=_described(frame, dots),
        width=frame.width,
        height=frame.height,
        is_cropped=False,
        ground=ground(frame, state),
        circle=None,
        outside="",
        marks=marks,
        names=placer.cities(cities_of(frame, dots), _NARROW_TEXT_IN_A_STATE),
        counties=(),
        scale=scale_bar(frame),
        shows_outside=_shows_outside(frame, dots),
    )


def _with_centre(
    name: str, point: Point, cities: list[tuple[str, Point]]
) -> list[tuple[str, Point]]:
    """The cities with the one in the middle first, named there wherever its shows are."""
    return [(name, point), *(city for city in cities if city[0] != name)]


def _counties_in(frame: Frame) -> list[County]:
    """The counties whose names would stand in the frame."""
    lines, box = atlas(), frame.box()
    return [
        county
        for code in lines.states_in(box)
        for county in lines.states[code].counties
        if box.meets(county.longitude, county.latitude, county.longitude, county.latitude)
    ]


def _described(frame: Frame, dots: Sequence[Dot]) -> str:
    outside = _shows_outside(frame, dots)
    inside = [dot for dot in dots if _is_in(frame, dot)]
    if not inside:
        said = "No shows on this map."
    else:
        shows = counted(sum(dot.shows for dot in inside), "show")
        said = f"{shows} at {counted(len(inside), 'venue')}; the list tells the same in words."
    return f"{said} {counted(outside, 'show')} beyond its edges." if outside else said


def _shows_outside(frame: Frame, dots: Sequence[Dot]) -> int:
    return sum(dot.shows for dot in dots if not _is_in(frame, dot))


def _is_in(frame: Frame, dot: Dot) -> bool:
    return frame.holds(frame.point(dot.latitude, dot.longitude), margin=4.0)


def _around(circle: Circle, width: int, height: int) -> str:
    """The frame without the circle, by the even-odd rule."""
    r = circle.r
    return (
        f"M0 0h{width}v{height}h-{width}z"
        f"M{circle.x - r:g} {circle.y:g}a{r:g} {r:g} 0 1 0 {2 * r:g} 0"
        f"a{r:g} {r:g} 0 1 0-{2 * r:g} 0z"
    )


@dataclass(frozen=True)
class NationState:
    """A state in the map of the nation.

    Attributes:
        code: USPS.
        label: What it is, in words.
        href: Where it leads; empty: nowhere, since it has no shows.
        shows: How many.
        shade: From 0, no shows, to 5, as many as the state with most.
        d: Its path.
        x: Where its code stands.
        y: As ``x``.
        is_aside: Whether it is too small for its code, which stands in the ocean then.
    """

    code: str
    label: str
    href: str
    shows: int
    shade: int
    d: str
    x: int
    y: int
    is_aside: bool


@dataclass(frozen=True)
class NationView:
    """The map of the nation as ``_nation_map.html`` prints it."""

    title: str
    description: str
    width: int
    height: int
    states: tuple[NationState, ...]


def nation_map(counts: Mapping[str, int], link_of: Callable[[str], str]) -> NationView:
    """All states, shaded by how many shows each has; a state without shows is no link."""
    drawing = nation()
    most = max(counts.values(), default=0)
    small = [code for code, shape in drawing.states.items() if shape.room < _ROOM_FOR_A_CODE]
    # Hawaii has no neighbours whose room its code could take.
    aside = sorted(set(small) - {"HI"}, key=lambda code: drawing.states[code].y)
    states = []
    for code, shape in drawing.states.items():
        shows = counts.get(code, 0)
        is_aside = code in aside
        states.append(
            NationState(
                code,
                f"{_STATE_NAMES[code]}: {counted(shows, 'show') if shows else 'no shows'}",
                link_of(code) if shows else "",
                shows,
                _shade(shows, most),
                shape.d,
                _ASIDE_X if is_aside else shape.x,
                _ASIDE_Y + _ASIDE_STEP * aside.index(code) if is_aside else shape.y,
                is_aside,
            )
        )
    total = counted(sum(counts.values()), "show")
    with_shows = counted(sum(1 for shows in counts.values() if shows), "state")
    return NationView(
        title="The United States",
        description=f"{total} in {with_shows}; the list tells the same in words.",
        width=drawing.width,
        height=drawing.height,
        states=tuple(states),
    )


def _shade(shows: int, most: int) -> int:
    """By the square root: few states have most of the shows, and the rest should differ, too."""
    if not shows:
        return 0
    return min(_SHADES, 1 + int(_SHADES * (shows / most) ** 0.5 - 1e-9))
