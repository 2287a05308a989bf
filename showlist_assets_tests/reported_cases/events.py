"""Cases about an event document of SeatGeek, and what becomes of it on the way to a calendar."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import polars as pl
from icalendar import Calendar

from showlist_assets.domain.events.billing import expand_artists
from showlist_assets.domain.playlists.calendar_entries import calendar_entries
from showlist_assets.domain.playlists.calendar_file import calendar_file
from showlist_assets.domain.playlists.planner import plan_playlist
from showlist_assets.domain.playlists.recipe import parse_recipe
from showlist_assets.domain.playlists.show_fates import ShowFates
from showlist_assets.domain.shows import future_shows, join_upcoming_shows
from showlist_assets.sources.seatgeek.reader import read_events
from showlist_assets_tests.clock import NOW
from showlist_assets_tests.reported_cases.cases import Case, Found, unclear
from showlist_assets_tests.rows import frame, shows_of_listings
from showlist_assets_tests.sources.seatgeek.documents import document, performer

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from showlist_assets.domain.playlists.plan import Plan
    from showlist_assets.domain.tables.quality import CheckedRows

_REMARKS = ("note", "why", "or")
_OF_THE_FIRST_ACT = {
    "performer_name", "performer_key", "act_kind", "role", "billing", "genres",
}  # fmt: skip


def now_of(case: Case) -> datetime:
    """The present of the case: its own, or the suite's."""
    told = case.get("now")
    return moment(told) if told else NOW


def moment(text: str) -> datetime:
    """An instant, taken for UTC where it does not say."""
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def rows_of(documents: Iterable[object], now: datetime) -> CheckedRows:
    return read_events(documents, state=None, fetched_at=now)


def shows_of_documents(documents: Iterable[object], now: datetime) -> pl.DataFrame:
    """``UpcomingShows`` of the documents, with one song of everybody on a bill."""
    events = shows_of_listings(rows_of(documents, now).good)
    acts = expand_artists(events)
    matched = [
        {
            "state": row["state"],
            "performer_key": row["performer_key"],
            "performer_name": row["performer_name"],
            "spotify_artist_id": f"id of {row['performer_key']}",
            "spotify_artist_name": row["performer_name"],
        }
        for row in acts.unique(["state", "performer_key"], maintain_order=True).to_dicts()
    ]
    tracks = [
        {
            "state": row["state"],
            "spotify_artist_id": row["spotify_artist_id"],
            "track_id": f"song of {row['performer_key']}",
            "artist_names": [row["performer_name"]],
        }
        for row in matched
    ]
    return join_upcoming_shows(
        events,
        acts,
        frame("matched_artists", *matched),
        frame("top_tracks", *tracks),
        frame("audio_features"),
        now=now,
    )


def planned(recipe: str, shows: pl.DataFrame, today: date) -> Plan:
    return plan_playlist(parse_recipe(recipe, name="mine", source="mine.yaml"), shows, today=today)


# A case: {"event": ..., "right": {"column": value}}
def columns(case: Case) -> Found:
    """The named columns of the event, of its first act, and whether it is upcoming."""
    now, right = now_of(case), case.right
    rows = rows_of([case["event"]], now)
    if rows.good.is_empty():
        return Found(f"set aside: {rows.rejected['reason'].to_list()}", is_right=False)
    wanted = {key: value for key, value in right.items() if key not in _REMARKS}
    try:
        seen = {key: _fact(key, case["event"], rows.good, now) for key in wanted}
    except LookupError as unknown:
        return unclear(f"no such fact: {unknown}")
    good = all(_fits(key, value, seen[key], case["event"]) for key, value in wanted.items())
    return Found(seen, is_right=good)


def _fact(key: str, event: Mapping[str, Any], rows: pl.DataFrame, now: datetime) -> Any:
    if key == "upcoming":
        return not future_shows(shows_of_listings(rows), now=now).is_empty()
    if key == "calendar":
        return _in_calendar(event, now)
    if key == "performers":
        return [one["name"] for one in rows.row(0, named=True)["performers"]]
    if key in _OF_THE_FIRST_ACT:
        return expand_artists(shows_of_listings(rows)).row(0, named=True)[key]
    value = rows.row(0, named=True)[key]
    return value.isoformat() if isinstance(value, (date, datetime)) else value


def _in_calendar(event: Mapping[str, Any], now: datetime) -> str:
    """From when until when the calendar shows the event; "" where it does not."""
    shows = shows_of_documents([event], now)
    if shows.is_empty():
        return ""
    plan = planned(f"states: {shows['state'][0]}\nwhen: any time", shows, now.date())
    entries = calendar_entries((), plan.shows, ShowFates(), today=now.date(), now=now)
    written = Calendar.from_ical(calendar_file(entries, name="mine", now=now))
    return ", ".join(f"{one.start} to {one.end}" for one in written.walk("VEVENT"))


def _fits(key: str, wanted: Any, seen: Any, event: Mapping[str, Any]) -> bool:
    if key == "calendar":
        return _ends_as_said(str(wanted), seen, event)
    return _as_text(wanted) == _as_text(seen)


def _as_text(value: Any) -> Any:
    """Equal for equal times, however they are written."""
    return re.sub(r"(\+00:00|Z)$", "", value) if isinstance(value, str) else value


def _ends_as_said(wanted: str, seen: str, event: Mapping[str, Any]) -> bool:
    """Whether the entry lasts until the end that the source names, or three hours without one."""
    if wanted.startswith(("not ", "no ")):
        return not seen
    end = event.get("enddatetime_utc")
    until = bool(end) and seen.endswith(f"to {moment(end)}")
    return until if "until the end" in wanted else bool(seen) and not until


# A case: {"event": ..., "right": "set aside"}
def taken_or_set_aside(case: Case) -> Found:
    """Whether the document becomes a row."""
    rows = rows_of([case["event"]], now_of(case))
    reasons = "; ".join(rows.rejected["reason"].to_list())
    seen = f"set aside: {reasons}" if rows.good.is_empty() else "kept"
    if case.right not in ("set aside", "kept"):
        return unclear(f"{seen}, but what is {case.right!r}?")
    return Found(seen, is_right=seen.startswith(case.right))


# A case: {"event": ..., "right": [[name, act kind, role], ...]}
def bill(case: Case) -> Found:
    """Everybody on the bill, in order: name, kind, role."""
    acts = expand_artists(shows_of_listings(rows_of([case["event"]], now_of(case)).good))
    seen = [list(row) for row in acts.select("performer_name", "act_kind", "role").iter_rows()]
    return Found(seen, is_right=seen == case.right)


# A case: {"location": {...}, "right": {"latitude": ...}}
def location(case: Case) -> Found:
    """What is believed of a position."""
    venue = {**document()["venue"], "location": case["location"], **(case.get("venue") or {})}
    (row,) = rows_of([document(venue=venue)], now_of(case)).good.to_dicts()
    seen = {key: row[key] for key in case.right if key not in _REMARKS}
    return Found(seen, is_right=all(seen[key] == case.right[key] for key in seen))


# A case: {"venues": [[name, city, lat, lon], ...], "right": "the show in CITY stays on the plan"}
def circle(case: Case) -> Found:
    """Which shows lie in the circle that the call names, each at a venue of its own."""
    near = re.search(
        r"near ([^,;]+), ([A-Z]{2}), (\d[\d.]* ?\w+)", str(case.get("near") or case.call)
    )
    asked = re.search(
        r"shows? (?:in|at) (?:the )?(.+?) (stays?|is left out|is not)", str(case.right)
    )
    if not near or not asked:
        return unclear("names no circle, or no show")
    city, state, radius = near.groups()
    documents = [_at_venue(number, state, *venue) for number, venue in enumerate(case["venues"])]
    shows = shows_of_documents(documents, now_of(case))
    recipe = f"near: {{city: {city!r}, state: {state}, radius: {radius}}}\nwhen: any time"
    plan = planned(recipe, shows, now_of(case).date())
    there = {(show.venue_name, show.venue_city) for show in plan.shows}
    place, stays = asked[1], asked[2].startswith("stay")
    places = set(re.split(r", | and ", place))
    meant = {(name, town) for name, town, *_ in case["venues"] if places & {name, town}}
    if not meant:
        return unclear(f"no venue is in {place!r}")
    is_right = meant <= there if stays else not meant & there
    return Found(f"on the plan: {sorted(there, key=str)}", is_right=is_right)


def _at_venue(
    number: int, state: str, name: str, city: str, lat: float | None, lon: float | None
) -> dict[str, Any]:
    place = {"name": name, "city": city, "state": state, "location": {"lat": lat, "lon": lon}}
    act = f"Band {number}"
    return document(
        id=number + 1,
        title=act,
        performers=[performer(act, primary=True)],
        venue={**document()["venue"], "id": number + 1, **place},
    )


# A case: {"performers": [...], "right": "act_kind other"}
def kinds(case: Case) -> Found:
    """What each name on a bill is, behind an artist."""
    wanted = str(case.right).split()[-1]
    seen = {}
    for name in case["performers"]:
        one = document(performers=[performer("Paper Lantern", primary=True), performer(name)])
        acts = expand_artists(shows_of_listings(rows_of([one], now_of(case)).good)).to_dicts()
        seen[name] = next((a["act_kind"] for a in acts if a["performer_name"] == name), "nobody")
    return Found(seen, is_right=all(kind == wanted for kind in seen.values()))


def documents_of_bills(bills: Iterable[Sequence[str]]) -> list[dict[str, Any]]:
    """A show of each bill, on one evening after the other."""
    return [
        document(
            id=number,
            # As sites do where one act plays; a bill is sold under another title.
            title=bill[0] if len(bill) == 1 else "Tonight",
            performers=[
                performer(name, primary=position == 0) for position, name in enumerate(bill)
            ],
            datetime_local=f"2026-12-{number:02}T20:00:00",
            datetime_utc=f"2026-12-{number + 1:02}T01:00:00",
        )
        for number, bill in enumerate(bills, start=1)
    ]
