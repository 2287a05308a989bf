"""How far a place lies from each state: the outlines of the 51, and circles that touch them.

The outlines are packaged (``scripts/gazetteer`` writes them). What does not belong here: what
places are called (``gazetteer``).
"""

from __future__ import annotations

import math
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Final, NamedTuple

from showlist_assets.domain.places import EARTH_RADIUS_KM
from showlist_assets.domain.states import BY_CODE

if TYPE_CHECKING:
    from collections.abc import Iterator

    import polars as pl

# The outlines are drawn to some 300 m; a state a step beyond the circle costs a read, one within
# that is missed costs its shows.
_MARGIN_KM: Final = 1.0
_KM_PER_DEGREE: Final = 111.19
_Vector = tuple[float, float, float]


class _Outline(NamedTuple):
    """A state's borders: unit vectors to the corners of its rings, one ring behind the other.

    ``joined`` is false where a corner begins a ring, so that no border leads to it.
    """

    state: str
    south: float
    north: float
    west: float
    east: float
    corners: pl.DataFrame

    def may_reach(self, latitude: float, longitude: float, kilometres: float) -> bool:
        """Whether the box around it comes so close; false is certain, true is not."""
        north_south = kilometres / _KM_PER_DEGREE
        if not self.south - north_south <= latitude <= self.north + north_south:
            return False
        # Degrees of longitude are shortest at the far edge of the circle.
        narrowest = math.cos(math.radians(min(89.0, abs(latitude) + north_south)))
        east_west = north_south / narrowest
        return any(
            self.west - east_west <= turned <= self.east + east_west
            for turned in (longitude, longitude - 360, longitude + 360)
        )


@lru_cache(maxsize=4096)
def states_touched(latitude: float, longitude: float, kilometres: float) -> tuple[str, ...]:
    """The states (USPS codes) with land within a circle, nearest first; of a middle in one, it.

    A state up to a kilometre beyond the circle is told, too; none that it touches is left out.
    """
    reach = kilometres + _MARGIN_KM
    outlines = [one for one in _outlines() if one.may_reach(latitude, longitude, reach)]
    distances = _distances(outlines, latitude, longitude)
    near = [state for state, distance in distances.items() if distance <= reach]
    order = list(BY_CODE)
    return tuple(sorted(near, key=lambda state: (distances[state], order.index(state))))


def state_distance(state: str, latitude: float, longitude: float) -> float:
    """Kilometres to the nearest land of ``state`` (USPS code); 0 within it."""
    outlines = [outline for outline in _outlines() if outline.state == state]
    return _distances(outlines, latitude, longitude)[state]


def _distances(outlines: list[_Outline], latitude: float, longitude: float) -> dict[str, float]:
    """Kilometres to each, by a map that keeps distances from its middle (azimuthal equidistant)."""
    import polars as pl

    if not outlines:
        return {}
    corners = pl.concat([outline.corners for outline in outlines])
    borders = (
        corners.select("state", "joined", **_mapped(latitude, longitude))
        .with_columns(x1=_before("x"), y1=_before("y"))
        .filter("joined")
        .select("state", crosses=_crosses(), squared=_squared())
    )
    found = borders.group_by("state").agg(pl.col("crosses").sum(), pl.col("squared").min())
    return {
        state: 0.0 if crossed % 2 else math.sqrt(nearest)
        for state, crossed, nearest in found.rows()
    }


def _mapped(latitude: float, longitude: float) -> dict[str, pl.Expr]:
    """Kilometres to the east and to the north of a place."""
    import polars as pl

    up, east, north = (_along(way) for way in _directions(latitude, longitude))
    off = (east * east + north * north).sqrt()
    # At the place itself nothing is to be stretched.
    stretch = EARTH_RADIUS_KM * pl.arctan2(off, up) / off.clip(1e-12)
    return {"x": east * stretch, "y": north * stretch}


def _along(way: _Vector) -> pl.Expr:
    import polars as pl

    return pl.col("x") * way[0] + pl.col("y") * way[1] + pl.col("z") * way[2]


def _before(name: str) -> pl.Expr:
    import polars as pl

    return pl.col(name).shift(1)


def _directions(latitude: float, longitude: float) -> tuple[_Vector, _Vector, _Vector]:
    """Unit vectors to a place, and from there to the east and to the north."""
    lat, lon = math.radians(latitude), math.radians(longitude)
    return (
        (math.cos(lat) * math.cos(lon), math.cos(lat) * math.sin(lon), math.sin(lat)),
        (-math.sin(lon), math.cos(lon), 0.0),
        (-math.sin(lat) * math.cos(lon), -math.sin(lat) * math.sin(lon), math.cos(lat)),
    )


def _crosses() -> pl.Expr:
    """Whether a border crosses the ray from the middle to the east; within are odd counts."""
    import polars as pl

    x1, y1, x, y = pl.col("x1"), pl.col("y1"), pl.col("x"), pl.col("y")
    return ((y1 > 0) != (y > 0)) & (x1 - y1 * (x - x1) / (y - y1) > 0)


def _squared() -> pl.Expr:
    """The square of the distance from the middle to a border."""
    import polars as pl

    x1, y1 = pl.col("x1"), pl.col("y1")
    dx, dy = pl.col("x") - x1, pl.col("y") - y1
    # A border without length is its corner.
    part = (-(x1 * dx + y1 * dy) / (dx * dx + dy * dy)).fill_nan(0.0).clip(0, 1)
    return (x1 + part * dx) ** 2 + (y1 + part * dy) ** 2


@lru_cache(maxsize=1)
def _outlines() -> tuple[_Outline, ...]:
    return tuple(_read_outlines())


def _read_outlines() -> Iterator[_Outline]:
    import polars as pl

    data = files("showlist_assets.domain") / "gazetteer_data" / "outlines.parquet"
    lat, lon = (pl.col(name).radians() for name in ("latitude", "longitude"))
    vectors = {"x": lat.cos() * lon.cos(), "y": lat.cos() * lon.sin(), "z": lat.sin()}
    # Packaged are steps from corner to corner, in ten-thousandths of a degree.
    degrees = pl.col("latitude", "longitude").cum_sum() / 1e4
    corners = pl.read_parquet(data.read_bytes()).with_columns(degrees)
    for state, part in corners.partition_by("state", maintain_order=True, as_dict=True).items():
        south, north, west, east = part.select(
            south=pl.col("latitude").min(),
            north=pl.col("latitude").max(),
            west=pl.col("longitude").min(),
            east=pl.col("longitude").max(),
        ).row(0)
        joined = pl.col("ring") == pl.col("ring").shift(1, fill_value=-1)
        shape = part.select("state", **vectors, joined=joined)
        yield _Outline(str(state[0]), south, north, west, east, shape)
