"""Maps: what lies where, what a dot says, how large a page becomes."""

from __future__ import annotations

import gzip
import math
import re
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import Environment, FileSystemLoader, StrictUndefined

import showlist_assets.web
from showlist_assets.domain.gazetteer import Area
from showlist_assets.domain.places import KILOMETRES_PER_MILE, is_in_the_us
from showlist_assets.domain.states import STATES
from showlist_assets.web.map import Dot, MapView, NationView, circle_map, nation_map, state_map
from showlist_assets.web.views.dots import map_of
from showlist_assets_tests.web.svg_paths import crossings, is_inside, lines_in

_WEB = Path(showlist_assets.web.__file__).parent
NEW_YORK = (40.7143, -74.0060)
CHICAGO = (41.8781, -87.6298)
STATE_CODES = [state.code for state in STATES]


def _miles(count: float) -> float:
    return count * KILOMETRES_PER_MILE


def _dot(at: tuple[float, float], shows: int = 1, name: str = "Hall", city: str = "") -> Dot:
    return Dot(name, *at, shows, f"/venues/{name.lower()}", city)


def _html(view: MapView | NationView) -> str:
    environment = Environment(
        loader=FileSystemLoader(_WEB / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    name = "_map.html" if isinstance(view, MapView) else "_nation_map.html"
    return environment.get_template(name).render(map=view)


def _parsed(html: str) -> ElementTree.Element:
    """Strict, as no browser is: whatever is not closed or quoted is an error."""
    return ElementTree.fromstring(html)  # noqa: S314  our own page


def _paths(view: MapView) -> list[str]:
    ground = view.ground
    lines = [ground.abroad, ground.county_lines, ground.state_lines]
    return [d for d in [*(land.d for land in ground.land), *lines] if d]


def _place(at: tuple[float, float]) -> tuple[float, float]:
    """Where a position is in the map of New York."""
    (mark,) = circle_map(*NEW_YORK, _miles(25), [_dot(at)]).marks
    return mark.x, mark.y


@pytest.fixture(scope="module")
def new_york() -> MapView:
    return circle_map(*NEW_YORK, _miles(25), [], place="New York, NY")


# -- where things are ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("at", "state"),
    [
        ((40.7589, -73.9851), {"NY"}),  # Times Square
        ((40.7357, -74.1724), {"NJ"}),  # Newark
        ((40.5795, -74.1502), {"NY"}),  # Staten Island
        ((40.50, -73.80), set()),  # the Atlantic
    ],
)
def test_a_position_is_in_its_state(new_york, at, state):
    holding = {land.state for land in new_york.ground.land if is_inside(_place(at), land.d)}
    assert holding == state


def test_a_county_line_lies_between_counties_and_not_within_one(new_york):
    flatbush, bay_ridge, jamaica = (
        _place(at) for at in ((40.65, -73.95), (40.63, -74.02), (40.71, -73.79))
    )
    lines = new_york.ground.county_lines
    assert crossings(flatbush, jamaica, lines) % 2 == 1
    assert crossings(flatbush, bay_ridge, lines) == 0


def test_the_state_line_runs_between_new_jersey_and_new_york(new_york):
    newark, manhattan = (_place(at) for at in ((40.7357, -74.1724), (40.7589, -73.9851)))
    assert crossings(newark, manhattan, new_york.ground.state_lines) % 2 == 1


@pytest.mark.parametrize("miles", [1, 10, 25, 100])
@pytest.mark.parametrize("bearing", range(0, 360, 45))
def test_a_venue_as_far_as_the_radius_lies_on_the_circle(miles, bearing):
    # Along a great circle, on the sphere of the planner's distances.
    angle, turn = _miles(miles) / 6371.0088, math.radians(bearing)
    here, there = math.radians(CHICAGO[0]), math.radians(CHICAGO[1])
    latitude = math.asin(
        math.sin(here) * math.cos(angle) + math.cos(here) * math.sin(angle) * math.cos(turn)
    )
    longitude = there + math.atan2(
        math.sin(turn) * math.sin(angle) * math.cos(here),
        math.cos(angle) - math.sin(here) * math.sin(latitude),
    )
    edge = _dot((math.degrees(latitude), math.degrees(longitude)))
    view = circle_map(*CHICAGO, _miles(miles), [edge])
    (mark,) = view.marks
    away = math.dist((mark.x, mark.y), (view.circle.x, view.circle.y))
    assert away == pytest.approx(view.circle.r, abs=0.2)


def test_the_scale_bar_is_as_long_as_its_miles(new_york):
    miles = float(new_york.scale.label.split()[0])
    assert new_york.scale.pixels == pytest.approx(new_york.circle.r / 25 * miles, abs=0.1)


@pytest.mark.parametrize(
    ("at", "states"),
    [
        ((21.3069, -157.8583), {"HI"}),
        ((61.2181, -149.9003), {"AK"}),
        ((31.7619, -106.4850), {"NM", "TX"}),
        ((42.3314, -83.0458), {"MI", "OH"}),
        ((51.88, -176.65), {"AK"}),  # Adak
        ((52.9, 173.0), {"AK"}),  # Attu, beyond the date line
        ((30.0, -140.0), set()),  # the Pacific
    ],
)
def test_a_circle_shows_what_there_is(at, states):
    view = circle_map(*at, _miles(50), [])
    assert {land.state for land in view.ground.land} == states


@pytest.mark.parametrize(
    ("at", "abroad"),
    [
        ((31.60, -106.42), True),  # Ciudad Juarez
        ((32.45, -116.95), True),  # Tijuana
        ((42.25, -82.95), True),  # Windsor
        ((32.60, -117.60), False),  # the Pacific off San Diego
    ],
)
def test_land_beyond_the_border_is_no_water(at, abroad):
    view = circle_map(*at, _miles(50), [])
    assert is_inside((view.circle.x, view.circle.y), view.ground.abroad) == abroad


def test_the_date_line_is_no_border():
    # Semisopochnoi lies right of it, Amatignak left of it; a circle over both shows both.
    view = circle_map(51.6, 179.7, 150, [_dot((51.95, 179.6)), _dot((51.27, -179.1), name="B")])
    assert len(view.marks) == 2
    (land,) = view.ground.land
    xs = [x for line in lines_in(land.d) for x, _ in line]
    assert min(xs) < 320 < max(xs)


# -- dots ----------------------------------------------------------------------------------------


def test_venues_outside_the_frame_are_dropped_and_counted():
    far = _dot((44.0, -74.0), shows=3, name="Far")
    view = circle_map(*NEW_YORK, _miles(25), [_dot(NEW_YORK, shows=2), far])
    assert [mark.label for mark in view.marks] == ["Hall: 2 shows"]
    assert view.shows_outside == 3
    assert view.description.endswith("3 shows beyond its edges.")


def test_no_venue_is_a_map_all_the_same(new_york):
    assert new_york.marks == ()
    assert new_york.description == "No shows on this map."
    assert [name.text for name in new_york.names] == ["New York"]


def test_venues_next_door_share_a_dot_whose_link_the_page_makes():
    dots = [_dot(NEW_YORK, 2, "Small"), _dot((40.7144, -74.0061), 5, "Large")]
    view = circle_map(*NEW_YORK, _miles(25), dots, join=lambda joined: f"/?n={len(joined)}")
    (mark,) = view.marks
    assert (mark.label, mark.href, mark.venues) == ("Large and 1 more venue: 7 shows", "/?n=2", 2)
    (alone,) = circle_map(*NEW_YORK, _miles(25), dots).marks
    assert alone.href == "/venues/large"


def test_more_shows_make_a_larger_dot():
    dots = [_dot((40.6, -74.0), 1), _dot((40.7, -74.0), 9, "B"), _dot((40.8, -74.0), 30, "C")]
    marks = circle_map(*NEW_YORK, _miles(25), dots).marks
    assert [mark.label[-8:] for mark in marks] == ["30 shows", " 9 shows", ": 1 show"]
    assert marks[0].r > marks[1].r > marks[2].r


def _positions(around: tuple[float, float], spread: float) -> st.SearchStrategy[list[Dot]]:
    return st.lists(
        st.builds(
            Dot,
            name=st.text(min_size=1, max_size=30),
            latitude=st.floats(around[0] - spread, around[0] + spread),
            longitude=st.floats(around[1] - spread, around[1] + spread),
            shows=st.integers(1, 5000),
            href=st.just("/venues/x"),
            city=st.sampled_from(["", "Newark", "New York", "Yonkers"]),
        ),
        max_size=40,
    )


@given(_positions(NEW_YORK, 0.6))
def test_dots_are_far_enough_apart_for_a_finger_and_no_show_is_lost(dots):
    view = circle_map(*NEW_YORK, _miles(25), dots)
    for index, mark in enumerate(view.marks):
        for other in view.marks[index + 1 :]:
            assert math.dist((mark.x, mark.y), (other.x, other.y)) > 27.8
    told = sum(int(re.search(r"([\d,]+) shows?$", m.label)[1].replace(",", "")) for m in view.marks)
    assert told + view.shows_outside == sum(dot.shows for dot in dots)
    assert sum(mark.venues for mark in view.marks) <= len(dots)


def test_names_meet_neither_each_other_nor_dots():
    dots = [
        _dot((40.72 + i * 0.03, -74.0 + j * 0.05), 3 + i, f"V{i}{j}", f"Town {i}{j}")
        for i in range(-4, 5)
        for j in range(-4, 5)
    ]
    view = circle_map(*NEW_YORK, _miles(25), dots, place="New York, NY")
    assert 0 < len(view.names) <= 8
    boxes = [_box(name) for name in view.names]
    for index, box in enumerate(boxes):
        assert not any(_meet(box, other) for other in boxes[index + 1 :])
        for mark in view.marks:
            assert not _meet(box, (mark.x - 3, mark.y - 3, mark.x + 3, mark.y + 3))


def _box(name) -> tuple[float, float, float, float]:
    width = len(name.text) * 13 * 0.56
    left = name.x - {"start": 0, "middle": width / 2, "end": width}[name.anchor]
    return left, name.y - 9, left + width, name.y + 3


def _meet(one, other) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


# -- whatever is asked ---------------------------------------------------------------------------

_IN_THE_US = st.tuples(st.floats(18, 72), st.floats(-180, 180)).filter(lambda at: is_in_the_us(*at))


@given(_IN_THE_US, st.floats(1, 1000))
def test_every_number_is_finite_and_in_the_view(at, kilometres):
    view = circle_map(*at, kilometres, [_dot(at)], place="Here")
    assert not re.search(r"nan|inf", _html(view))
    for d in _paths(view):
        for x, y in (point for line in lines_in(d) for point in line):
            # Land ends just outside, so that its edge is not drawn along the frame.
            assert -3.3 <= x <= 643.3
            assert -3.3 <= y <= 403.3


@pytest.mark.parametrize("state", STATE_CODES)
def test_a_whole_state_fits_into_its_map(state):
    view = state_map(state, [])
    (own,) = (land for land in view.ground.land if land.is_shown)
    assert own.state == state
    points = [point for line in lines_in(own.d) for point in line]
    width = max(x for x, _ in points) - min(x for x, _ in points)
    height = max(y for _, y in points) - min(y for _, y in points)
    # It fills the map in one direction at least, and Alaska's last islands may be cut.
    assert width > 0.85 * view.width or height > 0.85 * view.height
    assert 300 <= view.height <= 480
    assert len(gzip.compress(_html(view).encode())) < 7_500


# -- the page ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("at", "miles"),
    [(NEW_YORK, 25), (CHICAGO, 100), ((30.2672, -97.7431), 10), ((38.9072, -77.0369), 100)],
)
def test_a_map_is_small(at, miles):
    dots = [_dot((at[0] + i * 0.05, at[1] + i * 0.07), i + 8, f"V{i}") for i in range(-5, 6)]
    html = _html(circle_map(*at, _miles(miles), dots, place="Somewhere, US"))
    assert len(gzip.compress(html.encode())) <= 5_500


def test_a_map_is_well_formed_and_says_what_it_is(new_york):
    (svg,) = _parsed(_html(new_york)).iter("svg")
    named = {element.get("id"): element.text for element in svg.iter() if element.get("id")}
    title, description = svg.get("aria-labelledby").split()
    assert named[title] == "25 miles around New York, NY"
    assert named[description] == "No shows on this map."


def test_names_of_strangers_stay_text():
    hostile = '"><script>alert(1)</script>'
    dots = [Dot(hostile, *NEW_YORK, 12, '/?q="><b>', hostile)]
    html = _html(circle_map(*NEW_YORK, _miles(5), dots, place=hostile))
    _parsed(html)
    assert "<script" not in html
    assert "<b>" not in html


@pytest.mark.parametrize("template", ["_map.html", "_nation_map.html"])
def test_a_template_needs_neither_styles_nor_scripts_of_its_own(template):
    text = (_WEB / "templates" / template).read_text()
    assert not re.search(r"style=|<style|<script|\son\w+=|\|\s*safe", text)


def test_every_class_of_a_map_is_known_to_its_style_sheet():
    css = (_WEB / "static" / "map.css").read_text()
    dots = [_dot((40.6 + i / 30, -74 + i / 30), 20 + i, f"V{i}", f"C{i}") for i in range(9)]
    html = _html(circle_map(*NEW_YORK, _miles(25), dots)) + _html(state_map("NY", dots))
    html += _html(nation_map(dict.fromkeys(STATE_CODES, 3), lambda code: f"/?where={code}"))
    used = {name for names in re.findall(r'class="([^"]+)"', html) for name in names.split()}
    # What only groups others has no rule.
    unknown = {name for name in used if f".{name}" not in css}
    assert unknown <= {
        "map-start",
        "map-dots",
        "map-nation",
        "map-code-1",
        "map-code-2",
        "map-code-3",
    }


# -- the nation ----------------------------------------------------------------------------------


def test_the_nation_has_every_state_shaded_by_its_shows():
    view = nation_map({"CA": 1000, "NV": 10, "TX": 250}, lambda code: f"/?where={code}")
    states = {state.code: state for state in view.states}
    assert sorted(states) == sorted(STATE_CODES)
    assert [states[code].shade for code in ("WY", "NV", "TX", "CA")] == [0, 1, 3, 5]
    assert states["TX"].label == "Texas: 250 shows"
    assert (states["TX"].href, states["WY"].href) == ("/?where=TX", "")
    assert view.description.startswith("1,260 shows in 3 states")


def test_states_too_small_for_their_code_have_it_beside_them_apart_from_each_other():
    aside = [state for state in nation_map({}, str).states if state.is_aside]
    assert {"DC", "DE", "RI", "CT", "NJ"} <= {state.code for state in aside}
    ys = sorted(state.y for state in aside)
    assert all(below - above >= 24 for above, below in pairwise(ys))


def test_the_nation_is_a_small_page():
    view = nation_map(dict.fromkeys(STATE_CODES, 7), lambda code: f"/?where={code}")
    _parsed(_html(view))
    assert len(gzip.compress(_html(view).encode())) < 7_500
    for state in view.states:
        for x, y in (point for line in lines_in(state.d) for point in line):
            assert 0 <= x <= view.width
            assert 0 <= y <= view.height


def test_a_state_without_an_outline_has_no_map():
    plan = SimpleNamespace(shows=(), songless=())
    wish = SimpleNamespace(radius=25)
    assert map_of(wish, Area("ON"), plan, "") is None
    assert map_of(wish, Area("VT"), plan, "").title == "Vermont"
