"""From degrees to a drawing: distances are true, and nothing leaves the frame."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from showlist_assets.web.map_geometry import Frame, chained, cut_line, cut_ring, path, thinned
from showlist_assets_tests.web.svg_paths import lines_in

_EARTH_KM = 6371.0088
_FRAMES = st.builds(
    Frame,
    latitude=st.floats(18, 72),
    longitude=st.floats(-180, 180),
    scale=st.floats(0.1, 20),
    width=st.just(640),
    height=st.just(400),
)
_PLACES = st.tuples(st.floats(-900, 1500), st.floats(-900, 1500))
_LINES = st.lists(_PLACES, min_size=2, max_size=12)


def _kilometres(one: tuple[float, float], other: tuple[float, float]) -> float:
    a, b, c, d = map(math.radians, (*one, *other))
    half = math.sin((c - a) / 2) ** 2 + math.cos(a) * math.cos(c) * math.sin((d - b) / 2) ** 2
    return 2 * _EARTH_KM * math.asin(math.sqrt(min(1.0, half)))


@given(_FRAMES, st.floats(-90, 90), st.floats(-360, 360))
def test_every_position_has_finite_coordinates_as_far_from_the_middle_as_on_earth(
    frame, latitude, longitude
):
    x, y = frame.point(latitude, longitude)
    assert math.isfinite(x)
    assert math.isfinite(y)
    away = _kilometres((frame.latitude, frame.longitude), (latitude, longitude))
    # At the other end of the earth the direction is lost to rounding, the distance is not.
    assert math.hypot(x - 320, y - 200) == pytest.approx(away * frame.scale, rel=1e-4, abs=0.01)


@given(_FRAMES, st.floats(0, 640), st.floats(0, 400))
def test_what_is_drawn_at_a_point_is_found_there_again_and_lies_in_the_box(frame, x, y):
    latitude, longitude = frame.degrees((x, y))
    assert math.dist(frame.point(latitude, longitude), (x, y)) < 0.05
    near = 1e-6
    assert frame.box().meets(longitude - near, latitude - near, longitude + near, latitude + near)


@given(_LINES)
def test_pieces_of_a_line_stay_in_the_frame_and_on_the_line(line):
    for piece in cut_line(line, 640, 400):
        assert len(piece) >= 2
        assert all(-1e-6 <= x <= 640 + 1e-6 and -1e-6 <= y <= 400 + 1e-6 for x, y in piece)
        assert all(_away(point, line) < 1e-6 for point in piece)


def _away(point: tuple[float, float], line: list[tuple[float, float]]) -> float:
    least = math.inf
    for (a, b), (c, d) in pairwise(line):
        length = (c - a) ** 2 + (d - b) ** 2
        along = ((point[0] - a) * (c - a) + (point[1] - b) * (d - b)) / length if length else 0
        along = min(1, max(0, along))
        least = min(least, math.dist(point, (a + along * (c - a), b + along * (d - b))))
    return least


@given(st.lists(_PLACES, min_size=3, max_size=12))
def test_an_area_is_cut_to_the_frame(ring):
    assert all(
        -1e-6 <= x <= 640 + 1e-6 and -1e-6 <= y <= 400 + 1e-6 for x, y in cut_ring(ring, 640, 400)
    )


def test_a_frame_within_an_area_is_filled_whole():
    ring = [(-100.0, -100.0), (900.0, -100.0), (900.0, 900.0), (-100.0, 900.0)]
    assert set(cut_ring(ring, 640, 400)) == {(0, 0), (640, 0), (640, 400), (0, 400)}


@given(_LINES, st.floats(0.1, 20))
def test_a_thinned_line_keeps_its_ends_and_passes_by_every_point(line, least):
    kept = thinned(line, least)
    assert (kept[0], kept[-1]) == (line[0], line[-1])
    assert set(kept) <= set(line)


def test_bends_that_are_too_small_to_see_are_left_out():
    line = [(0.0, 0.0), (5.0, 0.2), (10.0, 0.0), (10.0, 10.0)]
    assert thinned(line, 0.5) == [(0.0, 0.0), (10.0, 0.0), (10.0, 10.0)]


@given(st.lists(st.tuples(st.floats(0, 640), st.floats(0, 400)), min_size=2, max_size=40))
@example([(0.0, 0.0), (12.850000000000001, 12.850000000000001)])
def test_a_path_says_every_point_to_a_tenth_of_a_pixel_however_long_it_is(line):
    (read,) = lines_in(path([line])) or [[]]
    tenths = [(round(x / 0.1), round(y / 0.1)) for x, y in line]
    drawn = [p for i, p in enumerate(line) if i == 0 or tenths[i] != tenths[i - 1]]
    if len(drawn) > 1:
        assert len(read) == len(drawn)
        # Half a tenth aside and half a tenth up.
        for point, meant in zip(read, drawn, strict=True):
            assert math.dist(point, meant) < 0.071


def test_lines_that_meet_are_written_as_one():
    lines = [[(0.0, 0.0), (1.0, 0.0)], [(2.0, 0.0), (1.0, 0.0)], [(5.0, 5.0), (6.0, 5.0)]]
    joined = chained(lines)
    assert sorted(map(len, joined)) == [2, 3]


@given(st.lists(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=2, max_size=4)))
def test_chaining_keeps_every_segment_once(lines):
    def segments(drawn):
        return sorted(tuple(sorted(pair)) for line in drawn for pair in pairwise(line))

    assert segments(chained(lines)) == segments(lines)
