"""The adapter for reported faults: for each shape of a case, one right value and one wrong one."""

from __future__ import annotations

import json
from typing import Any

import pytest

from showlist_assets_tests.reported_cases.__main__ import main
from showlist_assets_tests.shared_data import shared
from showlist_assets_tests.sources.seatgeek.documents import document, performer

_FEST = {
    "id": 8,
    "type": "music_festival",
    "title": "Larkspur Fest 2026",
    "datetime_utc": "2026-11-19T17:00:00",
    "datetime_local": "2026-11-19T12:00:00",
    "enddatetime_utc": "2026-11-22T04:00:00",
    "performers": [
        performer("Larkspur Fest", primary=True, type="music_festival"),
        performer("Glass Otter"),
    ],
}
_NEAR_ALBANY = "plan_playlist near Albany, NY, 25 mi"
_VENUES = [
    ["Boiler Room", "Albany", 42.65, -73.75],
    ["Annex", "Albany", 42.66, -73.75],
    ["Pier", "Buffalo", 42.88, -78.87],
]
_MISSOULA = {"states": "MT", "near": {"city": "Missoula", "state": "MT", "radius": "20 mi"}}
_LONG = "Assembly of the Very Patient, " * 12
_NIGHTS = [[f"seatgeek-{day}", "Ovid", f"2026-11-{day}T20:00", "Barn"] for day in (24, 25)]
_TWO_CHANGES = ["recipe hers = X, WY materialized, tick", "recipe hers = Y, tick"]

# The shape, a case of it, a right value and a wrong one.
_SHAPES: list[tuple[str, dict[str, Any], Any, Any]] = [
    (
        "columns of an event",
        {"event": document(title="CANCELED: Glass Otter", performers=[performer("Glass Otter")])},
        {"status": "cancelled", "upcoming": False},
        {"status": "scheduled", "upcoming": True},
    ),
    (
        "an event in the calendar",
        {"now": "2026-11-20T12:00:00Z", "event": document(**_FEST)},
        {"upcoming": True, "calendar": "until the end, not 3 hours"},
        {"upcoming": True, "calendar": "3 hours"},
    ),
    (
        "an event that is none of ours",
        {"event": document(venue={**document()["venue"], "state": "ON"})},
        "set aside",
        "kept",
    ),
    (
        "a bill",
        {"event": document(**_FEST)},
        [["Glass Otter", "artist", "headliner"], ["Larkspur Fest", "festival", "support"]],
        [["Larkspur Fest", "artist", "headliner"], ["Glass Otter", "artist", "support"]],
    ),
    (
        "a position",
        {"location": {"lat": 0, "lon": 0}},
        {"latitude": None, "longitude": None},
        {"latitude": 0.0, "longitude": 0.0},
    ),
    (
        "a circle",
        {"call": _NEAR_ALBANY, "venues": _VENUES},
        "the show in Buffalo is left out",
        "the show in Buffalo stays on the plan",
    ),
    (
        "two bills",
        {"bills": [["Glass Otter"], ["The Glass Otter"], ["Tin Owl"]]},
        {"performers": 3, "acts_on_bill": 1},
        {"performers": 5},
    ),
    (
        "a billing and an answer",
        {"billing": "Glass Otter", "answer": ["Glass Otters", "Glass Otter"]},
        {"artist": "Glass Otter"},
        {"artist": "Glass Otters"},
    ),
    (
        "how sure",
        {"billing": "Glass Otter", "answer": ["Glass Otter"]},
        {"artist": "Glass Otter", "confidence_below": 1.01},
        {"artist": None, "or": "confidence below 0.5"},
    ),
    ("two names", {"printed": "GLÄSS Otter", "page": "Glass Otter"}, "equal_name", "spacing"),
    (
        "a recipe over shows",
        {
            "recipe": _MISSOULA,
            "shows": [
                {"artist": "Fen", "venue_city": "Missoula", "latitude": 46.87, "longitude": -114.0},
                {"artist": "Oda", "venue_city": "Billings", "latitude": 45.78, "longitude": -108.5},
            ],
        },
        ["Fen"],
        ["Fen", "Oda"],
    ),
    ("a city", {"recipe city": "Albany", "venues in": "ALBANY"}, "found", "not found"),
    (
        "names too long to ask for",
        {
            "call": "Query exceeds maximum length of 250 characters",
            "performers": [_LONG, "Glass Otter", "Tin Owl"],
        },
        "the 2 bands are asked and decided; the one is decided once",
        "the 7 bands are asked and decided",
    ),
    (
        "names that are no acts",
        {"performers": ["Special Guest", "Opening Act TBA"]},
        "act_kind other",
        "act_kind artist",
    ),
    ("two nights", {"shows": _NIGHTS}, "'and 1 more night'", "not 'and 1 more night'"),
    ("shows of a plan", {"shows": _NIGHTS}, {"shows": 2}, {"shows": 1}),
    (
        "taken out by the listener",
        {
            "withheld": {"track": 3, "show": "seatgeek-6"},
            "plan": {"track": 4, "show": "seatgeek-6", "isrc": "QZ0000000004"},
            "note": "the artist's only song was taken out, and the artist with it",
        },
        "not added again",
        "added again",
    ),
    ("a year", {"release_date": "2021-03", "pick": "newest"}, "2021 in the words", "no year"),
    (
        "a version",
        {"track_name": "Reeds (Remix)", "versions": {"never": ["remix"]}},
        "left out",
        "kept",
    ),
    (
        "a calendar, again",
        {"calendar": "the same show at another time, file given anew"},
        "SEQUENCE or LAST-MODIFIED grows",
        "SEQUENCE stays",
    ),
    (
        "fields of a plan",
        {"shows": [{"latitude": None}, {"ticket_url": "no address"}]},
        "the plan, the calendar and the digest are written",
        "the calendar is not written",
    ),
    (
        "writes",
        {"live": ["spotify:track:P", "spotify:local:Q"], "ours": ["P"], "planned": ["R"]},
        "no request names spotify:local:Q",
        "a request names spotify:local:Q",
    ),
    (
        "a page of items",
        {"page": {"items": [{"item": {"uri": "spotify:track:P"}}, {"item": None}], "total": 2}},
        ["spotify:track:P", ""],
        ["spotify:track:P"],
    ),
    ("a long list", {"own": 60, "planned": 5}, "sent", "told before sending: Spotify takes 10,000"),
    ("ticks of the sensor", {"steps": _TWO_CHANGES}, "two runs", "a run"),
    (
        "a wiped event log",
        {"steps": ["cursor upto 70, storage ids begin again at 1, WY materialized, tick"]},
        "a run",
        "no runs",
    ),
    ("a folder", {"folder": {"hers.yaml": "states: WY"}}, "hers runs", "his runs"),
    (
        "a login",
        {"requests": ["/callback?code=k1&state=OTHER", "/callback?code=k2&state=GOOD"]},
        "code k2; the first page says that it is not this login",
        "code k1",
    ),
    (
        "a login that ends",
        {"requests": ["/callback?error=access_denied&state=GOOD"]},
        "login ends: declined",
        "code k1",
    ),
]


def _verdicts(capsys, *files) -> list[str]:
    main(["--json", *map(str, files)])
    return [row["verdict"] for row in json.loads(capsys.readouterr().out)]


@pytest.fixture
def written(tmp_path):
    def write(document: Any, name: str = "one.json"):
        file = tmp_path / name
        file.write_text(document if isinstance(document, str) else json.dumps(document))
        return file

    return write


@pytest.mark.parametrize(
    ("given", "right", "wrong"),
    [shape[1:] for shape in _SHAPES],
    ids=[shape[0] for shape in _SHAPES],
)
def test_a_right_value_is_right_and_another_is_wrong(given, right, wrong, written, capsys):
    cases = [{**given, "right": right}, {**given, "right": wrong}]
    assert _verdicts(capsys, written({"cases": cases})) == ["right", "WRONG"]


def test_a_listing_is_right_only_if_both_searches_agree(written, capsys):
    lines = "billing,right\nGlass Otter,Glass Otter\nGlass Otter - Parking,Glass Otter\n"
    assert _verdicts(capsys, written(lines, "lines.csv")) == ["right", "WRONG"]


def test_a_file_that_is_one_case_has_another_under_also(written, capsys):
    case = {"folder": {"hers.yaml": "states: WY"}, "right": "hers runs"}
    also = {"folder": {"x.yaml": "states: WY"}, "right": "y runs"}
    assert _verdicts(capsys, written({**case, "also": also})) == ["right", "WRONG"]


def test_what_it_does_not_understand_it_does_not_call_right(written, capsys):
    cases = [{"weather": "rain", "right": "rain"}, {"steps": ["tea"], "right": "a run"}]
    assert _verdicts(capsys, written({"cases": cases})) == ["cannot tell", "cannot tell"]


def test_the_exit_status_and_the_table_say_whether_all_is_right(written, capsys):
    good = written({"printed": "Tin Owl", "page": "TIN OWL", "right": "equal_name"})
    bad = written({"printed": "Tin Owl", "page": "Tin Ox", "right": "equal_name"}, "two.json")
    assert main([str(good)]) == 0
    assert main([str(good), str(bad)]) == 1
    told = capsys.readouterr().out
    assert "two.json" in told
    assert "1 of 2 cases are right" in told


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("none.json", None, "No such file"),
        ("", None, "Is a directory"),
        ("half.json", b'{"cases": [', "Expecting value"),
        ("word.json", b'"word"', "neither a case nor a list of cases"),
        ("odd.csv", b"name\n\xff\n", "invalid start byte"),
    ],
)
def test_a_file_that_cannot_be_read_is_told_in_a_sentence(name, content, why, tmp_path, capsys):
    file = tmp_path / name
    if content is not None:
        file.write_bytes(content)
    assert main([str(file)]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert why in said.err
    assert str(file) in said.err
    assert said.err.count("\n") == 1


@pytest.mark.slow
def test_the_reported_faults_are_mended(capsys):
    """On real reports, where they are here; they may not be shipped."""
    folder = shared("data/cases")
    files = sorted(file for file in folder.iterdir() if file.suffix in (".json", ".csv"))
    main(["--json", *map(str, files)])
    rows = json.loads(capsys.readouterr().out)
    assert not [row for row in rows if row["verdict"] != "right"]
