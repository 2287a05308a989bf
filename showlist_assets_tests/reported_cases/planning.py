"""Cases about a plan, and the files and the push that come of it."""

from __future__ import annotations

import json
import re
import tempfile
from dataclasses import fields
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from icalendar import Calendar

from showlist_assets.domain.playlists.plan import PlannedShow
from showlist_assets.domain.playlists.recipe import RecipeError
from showlist_assets.services.playlists.changes import planned_changes, target_of
from showlist_assets.services.playlists.history import PushRow
from showlist_assets.services.playlists.live import LivePlaylistState
from showlist_assets.services.playlists.plan_files import PlanFiles
from showlist_assets.storage.files import LocalFiles
from showlist_assets_tests.clock import NOW
from showlist_assets_tests.domain.playlists.planned import plan_of, planned_show
from showlist_assets_tests.domain.playlists.show_rows import show_row, shows_of
from showlist_assets_tests.reported_cases.cases import Case, Found, unclear
from showlist_assets_tests.reported_cases.events import planned

if TYPE_CHECKING:
    from collections.abc import Iterator

    from showlist_assets.domain.playlists.plan import Plan

_DAY = NOW.date() + timedelta(days=5)
_ANY_TIME = "when: any time\n"


def _recipe(fields_given: dict[str, Any]) -> str:
    """The recipe's text: JSON is YAML."""
    return json.dumps({"when": "any time", **fields_given})


def _row(show: dict[str, Any], number: int, state: str) -> dict[str, Any]:
    """A row of ``UpcomingShows``: ``artist``, and columns by their names."""
    columns = {key: value for key, value in show.items() if key != "artist"}
    defaults = {"state": state, "local_date": _DAY, "venue_name": f"Hall {number}"}
    return show_row(str(number), show.get("artist") or f"Band {number}", **(defaults | columns))


# A case: {"recipe": {...}, "shows": [{...}, ...], "right": [artist, ...]}
def heard(case: Case) -> Found:
    """Whom a recipe lets through, of shows one at a time."""
    recipe = case.get("recipe")
    state = _first_state(recipe)
    rows = [_row(show, number, state) for number, show in enumerate(case["shows"], start=1)]
    try:
        plan = planned(_recipe(recipe), shows_of(*rows), NOW.date())
    except RecipeError as error:
        return Found(f"refused: {error}", is_right=False)
    seen = sorted({track.artist_name for track in plan.tracks})
    return Found(seen, is_right=seen == sorted(case.right))


def _first_state(recipe: dict[str, Any]) -> str:
    near = recipe.get("near") or {}
    circle = near[0] if isinstance(near, list) else near
    states = recipe.get("states") or circle.get("state")
    return states[0] if isinstance(states, list) else re.split(r"[,\s]+", str(states))[0]


# A case: {"recipe city": ..., "venues in": ..., "right": "found"}
def city_by_another_name(case: Case) -> Found:
    """Whether a recipe finds the venues of its city, which print another name of it."""
    around = case.around.get("recipe") or {}
    near = around.get("near") or {"state": _first_state(around)} if around else {"state": "NY"}
    state = (near[0] if isinstance(near, list) else near).get("state")
    recipe = {"near": {"city": case["recipe city"], "state": state, "radius": "25 mi"}}
    cities = case["venues in"]
    rows = [
        _row({"artist": f"Band {n}", "venue_city": city}, n, state)
        for n, city in enumerate([cities] if isinstance(cities, str) else cities, start=1)
    ]
    try:
        plan = planned(_recipe(recipe), shows_of(*rows), NOW.date())
        seen = (
            "found"
            if len({track.artist_name for track in plan.tracks}) == len(rows)
            else "left out"
        )
    except RecipeError as error:
        seen = f"not found: {error}"
    wanted = str(case.right)
    return Found(seen, is_right=(wanted == "found") == (seen == "found"))


# A case: {"shows": [[show id, artist, start, venue], ...], "right": "not 'and 1 more night'"}
def listed_twice(case: Case) -> Found:
    """How many shows a plan counts, and what it says of nights."""
    plan = _plan_of_listings(case["shows"])
    words = [track.why for track in plan.tracks]
    seen = {"shows": len(plan.shows), "why": words}
    right = case.right if isinstance(case.right, dict) else {"why": case.right}
    checks = [right["shows"] == len(plan.shows)] if "shows" in right else []
    phrase = re.search(r"'(.+)'", str(right.get("why", "")))
    if phrase:
        denied = re.match(r"(no|not|without)\b", right["why"])
        checks.append(any(phrase[1] in said for said in words) != bool(denied))
    if not checks:
        return unclear(f"{seen}, but what is {case.right!r}?")
    return Found(seen, is_right=bool(words) and all(checks))


def _plan_of_listings(shows: list[list[str]]) -> Plan:
    rows = [_listing(*show) for show in shows]
    today = min(row["local_date"] for row in rows)
    return planned(f"states: NY\n{_ANY_TIME}", shows_of(*rows), today)


def _listing(show: str, artist: str, starts: str, venue: str, *city: str) -> dict[str, Any]:
    at = datetime.fromisoformat(starts)
    place = {"venue_city": city[0]} if city else {}
    return show_row(
        show.rpartition("-")[2],
        artist,
        show_id=show,
        local_date=at.date(),
        starts_at_local=at,
        starts_at=(at + timedelta(hours=5)).replace(tzinfo=NOW.tzinfo),
        venue_name=venue,
        **place,
    )


# A case: {"withheld": {"track": 1, "show": ...}, "plan": {..., "same act, venue and day": true}}
def withheld(case: Case) -> Found:
    """Whether a track that the listener took out comes back with another plan."""
    now, old, new = NOW, case["withheld"], case["plan"]
    is_same = new.get("same act, venue and day", True)
    before = _plan_with(old, "Hall", _DAY)
    after = _plan_with(
        new, "Hall" if is_same else "Cellar", _DAY if is_same else _DAY + timedelta(7)
    )
    written = target_of(before, public=False)
    last = PushRow(
        number=1,
        recipe="mine",
        account="me",
        user_id="listener",
        run_id="run",
        status="done",
        started_at=now,
        playlist_id="p",
        ours=written.tracks,
        details=written.details,
    )
    target = target_of(after, public=False)
    changes = planned_changes(target, LivePlaylistState(None, (), last))
    seen = "added again" if changes.wanted.ours else "not added again"
    return Found(seen, is_right=seen == case.right)


def _plan_with(what: dict[str, Any], venue: str, day: date) -> Plan:
    columns = {key: value for key, value in what.items() if key not in ("track", "show")}
    known = {key: value for key, value in columns.items() if " " not in key}
    row = show_row(
        str(what["show"]).rpartition("-")[2],
        "paper lantern",
        int(what["track"]),
        show_id=what["show"],
        venue_name=venue,
        local_date=day,
        **known,
    )
    return planned(f"states: NY\n{_ANY_TIME}", shows_of(row), NOW.date())


# A case: {"release_date": ..., "pick": "newest", "right": "no year in the words"}
def release_year(case: Case) -> Found:
    """Which year the words of a track name."""
    row = show_row(local_date=_DAY, release_date=case["release_date"])
    recipe = _recipe({"states": "NY", "pick": case.get("pick") or "newest"})
    (track,) = planned(recipe, shows_of(row), NOW.date()).tracks
    named, wanted = re.findall(r"\b\d{4}\b", track.why), re.findall(r"\b\d{4}\b", str(case.right))
    return Found(track.why, is_right=named == wanted)


# A case: {"track_name": ..., "versions": {"never": [...]}, "right": "left out"}
def version(case: Case) -> Found:
    """Whether a track of that name is on the plan, beside a plain one."""
    rows = [
        show_row("1", "paper lantern", 1, local_date=_DAY, track_name=case["track_name"]),
        show_row("2", "tin owl", 1, local_date=_DAY, track_name="Plain"),
    ]
    recipe = _recipe({"states": "NY", "versions": case["versions"]})
    plan = planned(recipe, shows_of(*rows), NOW.date())
    there = any(track.track_name == case["track_name"] for track in plan.tracks)
    return Found("kept" if there else "left out", is_right=(case.right == "left out") != there)


# A case: {"calendar": "the same show on another day", "right": "SEQUENCE grows"}
def calendar_again(case: Case) -> Found:
    """Whether a calendar that has the file already takes the newer one for a change."""
    change = _change(str(case["calendar"]))
    if change is None:
        return unclear(f"what has changed in {case['calendar']!r}?")
    shows = planned_show(), planned_show(**change)
    with tempfile.TemporaryDirectory() as folder:
        files, revisions = PlanFiles(LocalFiles(folder)), []
        for day, show in enumerate(shows):
            now = NOW + timedelta(days=day)
            files.publish(plan_of(show), today=now.date(), now=now)
            written = (Path(folder) / files.calendar("mine")).read_bytes()
            (event,) = Calendar.from_ical(written).walk("VEVENT")
            modified = event.get("last-modified")
            revisions.append((int(event.get("sequence", -1)), modified and modified.dt))
    (sequence, modified), (later_sequence, later_modified) = revisions
    grows = later_sequence > sequence or bool(modified and later_modified > modified)
    wanted = not re.search(r"\b(not|no|stays?|same)\b", str(case.right))
    return Found(f"SEQUENCE, LAST-MODIFIED: {revisions}", is_right=grows == wanted)


def _change(words: str) -> dict[str, Any] | None:
    old = planned_show()
    day = {"local_date": old.local_date + timedelta(days=7)}
    if old.starts_at and old.starts_at_local:
        day["starts_at"] = old.starts_at + timedelta(days=7)
        day["starts_at_local"] = old.starts_at_local + timedelta(days=7)
    hour = {
        name: day[name] - timedelta(days=7, hours=1) for name in ("starts_at", "starts_at_local")
    }
    changed = {
        "another day": day,
        "another date": day,
        "another time": hour,
        "another hour": hour,
        "another venue": {"venue_name": "Cellar"},
        "another hall": {"venue_name": "Cellar"},
        "unchanged": {},
        "as before": {},
    }
    return next((what for said, what in changed.items() if said in words), None)


# A case: {"shows": [{field: value}, ...], "right": "the plan and the digest are written"}
def one_bad_field(case: Case) -> Found:
    """Which of the files of a plan are written and hold every show."""
    shows = [_shown(number, show) for number, show in enumerate(case["shows"], start=1)]
    with tempfile.TemporaryDirectory() as folder:
        files = PlanFiles(LocalFiles(folder))
        try:
            files.publish(plan_of(), today=NOW.date(), now=NOW)
            files.publish(plan_of(*shows), today=NOW.date(), now=NOW)
        except Exception as error:  # noqa: BLE001  whatever it is, it stopped the plan
            return Found(f"{type(error).__name__}: {error}", is_right=False)
        written = dict(_written(files, Path(folder), shows))
    said = str(case.right)
    named = [what for what in written if what in said]
    if not named:
        return unclear("the sentence names no file")
    good = all(written[what] for what in named)
    return Found(written, is_right=good != bool(re.search(r"\b(not|nothing)\b", said)))


def _written(files: PlanFiles, root: Path, shows: list[PlannedShow]) -> Iterator[tuple[str, bool]]:
    plan = files.read("mine")
    yield "plan", plan is not None and len(plan.shows) == len(shows)
    events = Calendar.from_ical((root / files.calendar("mine")).read_bytes()).walk("VEVENT")
    days = [str(event.start)[:7] for event in events]
    # A line break within an address would begin a property of its own.
    links = [str(event.get("url", "")) for event in events]
    yield "calendar", len(days) == len(shows) and not any(re.search(r"\s", url) for url in links)
    page = (root / "digests" / "mine.html").read_text()
    yield "digest", all(show.artists[0] in page for show in shows)


def _shown(number: int, given: dict[str, Any]) -> PlannedShow:
    known = {field.name for field in fields(PlannedShow)}
    values = {name: _value(name, value) for name, value in given.items() if name in known}
    artist = (f"Band {number}",)
    return planned_show(f"seatgeek-{number}", **{"artists": artist, "title": artist[0], **values})


def _value(name: str, value: Any) -> Any:
    if name in ("starts_at", "starts_at_local", "ends_at", "ends_at_local") and value:
        return datetime.fromisoformat(value)
    if name in ("local_date", "local_end_date") and value:
        return date.fromisoformat(value)
    return tuple(value) if name == "artists" else value
