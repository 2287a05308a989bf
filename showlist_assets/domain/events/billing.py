"""From an event source's own words to shows and the acts that play them.

What belongs here: reading one SeatGeek document, and expanding an event to one row per performer.
What does not: fetching documents (``sources.seatgeek``) and deciding who a performer is
(``domain.matching``).
"""

from __future__ import annotations

import math
import re
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING, Any

import polars as pl

from showlist_assets.domain.names import normalize, performer_key
from showlist_assets.domain.states import BY_CODE
from showlist_assets.domain.tables import quality
from showlist_assets.domain.tables.schemas import ExpandedArtists, RawEvents, polars_schema

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

# SeatGeek prints "normal" for nearly every event; the other words are known from third-party
# schemas only, in both spellings of "cancelled". An unknown word leaves the show on.
_STATUSES = {
    "cancelled": "cancelled",
    "canceled": "cancelled",
    "postponed": "postponed",
    "rescheduled": "rescheduled",
}
# Printed as the local time of a show whose time is not announced yet.
_TIME_NOT_ANNOUNCED = time(3, 30)
_KINDS = {"concert": "concert", "concerts": "concert", "music_festival": "music_festival"}
_SPOTIFY_ARTIST = re.compile(r"(?:spotify:artist:|open\.spotify\.com/artist/)([0-9A-Za-z]{22})")


def raw_events_from_seatgeek(
    documents: Iterable[object], *, state: str | None, fetched_at: datetime
) -> quality.CheckedRows:
    """``RawEvents`` rows of SeatGeek event documents (platform.seatgeek.com, "Events").

    Args:
        documents: Event objects as the API answers them; anything else is set aside.
        state: The state that was asked for; events elsewhere are set aside. None takes any state.
        fetched_at: When they were fetched (UTC).
    """
    rows, rejected = [], []
    for document in documents:
        row, fault = _seatgeek_row(document, fetched_at)
        if not fault and state and row["state"] != state:
            fault = f"the venue lies in {row['state']!r}, not in {state}"
        if fault:
            rejected.append(
                quality.rejected_row(
                    state=state or row.get("state"),
                    table="raw_events",
                    reason=fault,
                    row=document,
                    at=fetched_at,
                )
            )
        else:
            rows.append(row)
    schema = polars_schema(RawEvents)
    frame = pl.DataFrame(rows, schema=schema).unique(
        ["source", "event_id"], keep="last", maintain_order=True
    )
    checked = quality.check_rows("raw_events", frame, at=fetched_at)
    return quality.CheckedRows(
        checked.good, pl.concat([quality.rejected_frame(rejected), checked.rejected])
    )


def _seatgeek_row(document: object, fetched_at: datetime) -> tuple[dict[str, Any], str]:
    """The row, and what is wrong with the document ("" if it can be used)."""
    if not isinstance(document, dict):
        return {}, "not an event object"
    venue = _mapping(document.get("venue"))
    state = _text(venue.get("state"))
    kind = _KINDS.get(str(document.get("type")))
    if kind is None:
        return {"state": state}, f"not a concert but {document.get('type')!r}"
    stats = _mapping(document.get("stats"))
    location = _mapping(venue.get("location"))
    row = {
        "state": state,
        "source": "seatgeek",
        "event_id": _text(document.get("id")),
        "title": _text(document.get("title")) or _text(document.get("short_title")),
        "kind": kind,
        "status": _STATUSES.get(str(document.get("status")).lower(), "scheduled"),
        **_times(document),
        "venue_timezone": _text(venue.get("timezone")),
        "performers": _performers(document.get("performers")),
        "venue_id": _text(venue.get("id")),
        "venue_name": _text(venue.get("name")) or _text(venue.get("name_v2")),
        "venue_address": _text(venue.get("address")),
        "venue_city": _text(venue.get("city")),
        "venue_postal_code": _text(venue.get("postal_code")),
        "latitude": _within(-90, _number(location.get("lat")), 90),
        "longitude": _within(-180, _number(location.get("lon")), 180),
        # SeatGeek prints 0 where it does not know the capacity.
        "venue_capacity": _count(venue.get("capacity")) or None,
        "event_score": _within(0, _number(document.get("score")), 1),
        **{
            f"{name}_price": _within(0, _number(stats.get(f"{name}_price")), _MOST)
            for name in ("lowest", "average", "median", "highest")
        },
        "listing_count": _count(stats.get("listing_count")),
        "ticket_url": _text(document.get("url")),
        "announced_at": _utc(document.get("announce_date")),
        "fetched_at": fetched_at,
    }
    if row["event_id"] is None:
        return row, "it has no id"
    return row, "" if state in BY_CODE else f"{state!r} is not a US state"


def _times(document: Mapping[str, Any]) -> dict[str, datetime | date | None]:
    """Start times. A TBD time carries the sentinel 03:30, which is never shown, flagged or not.

    The date is read from the local time: the sentinel's UTC form may fall on the day before.
    """
    local = _naive(document.get("datetime_local"))
    date_tbd = bool(document.get("date_tbd"))
    flagged = date_tbd or bool(document.get("time_tbd") or document.get("datetime_tbd"))
    time_tbd = flagged or (local is not None and local.time() == _TIME_NOT_ANNOUNCED)
    return {
        "starts_at": None if time_tbd else _utc(document.get("datetime_utc")),
        "starts_at_local": None if time_tbd else local,
        "local_date": None if date_tbd or local is None else local.date(),
    }


def _performers(value: object) -> list[dict[str, Any]]:
    """The bill, the primary performer first, then in the source's order."""
    found = [p for p in value if isinstance(p, dict)] if isinstance(value, list) else []
    bill = [
        {
            "performer_id": _text(performer.get("id")),
            "name": name,
            "kind": _text(performer.get("type")),
            "genres": _genres(performer.get("genres")),
            "is_primary": performer.get("primary") is True,
            "score": _within(0, _number(performer.get("score")), 1),
            "image_url": _text(performer.get("image")),
            "url": _text(performer.get("url")),
            "spotify_artist_id": _spotify_link(performer.get("links")),
        }
        for performer in found
        if (name := _text(performer.get("name")))
    ]
    return sorted(bill, key=lambda performer: not performer["is_primary"])


def _genres(value: object) -> list[str]:
    """Genre names, the primary one first; the key is absent where there are none."""
    genres = [g for g in value if isinstance(g, dict)] if isinstance(value, list) else []
    genres.sort(key=lambda genre: genre.get("primary") is not True)
    return [name for genre in genres if (name := _text(genre.get("name")))]


def _spotify_link(value: object) -> str | None:
    """The Spotify artist a performer links to (documented, hardly ever there: api-support#39)."""
    for link in value if isinstance(value, list) else []:
        found = _SPOTIFY_ARTIST.search(" ".join(map(str, _mapping(link).values())))
        if found:
            return found.group(1)
    return None


def changes(before: pl.DataFrame, after: pl.DataFrame, *, today: date) -> dict[str, int]:
    """How ``RawEvents`` changed: events that are new, gone, or moved to another date.

    Events before ``today`` are over, not gone. SeatGeek drops a cancelled event without a word
    (api-support#52), so one that is gone though its date lies ahead may well be cancelled.
    """
    key = ["source", "event_id"]
    before = before.filter(pl.col("local_date").is_null() | (pl.col("local_date") >= today))
    both = before.select(*key, was_on="local_date").join(after, on=key)
    return {
        "new_events": after.join(before, on=key, how="anti").height,
        "gone_events": before.join(after, on=key, how="anti").height,
        "moved_events": both.filter(pl.col("was_on").ne_missing(pl.col("local_date"))).height,
    }


def expand_artists(raw_events: pl.DataFrame) -> pl.DataFrame:
    """``ExpandedArtists``: one row per performer of each of ``RawEvents``' shows.

    Artists and tribute acts are billed 1, 2, ... in order; the festival or the venue that poses as
    a performer comes after them. A name that occurs twice on a bill counts once. An event without
    performers is known by its title, as ticket sites print the act's name there.
    """
    rows: list[dict[str, Any]] = []
    columns = [
        "state", "source", "event_id", "title", "kind", "local_date", "venue_city", "venue_name",
        "performers",
    ]  # fmt: skip
    for event in raw_events.select(columns).iter_rows(named=True):
        rows.extend(_bill(event))
    return pl.DataFrame(rows, schema=polars_schema(ExpandedArtists))


def _bill(event: Mapping[str, Any]) -> list[dict[str, Any]]:
    performers = event["performers"] or [_performer_from_title(event["title"])]
    acts: dict[str, dict[str, Any]] = {}
    for performer in performers:
        key = performer_key(performer["name"])
        if key and key not in acts:
            acts[key] = {**performer, "act_kind": act_kind(performer, event)}
    ranked = sorted(acts.items(), key=lambda act: act[1]["act_kind"] in ("festival", "other"))
    return [
        {
            "state": event["state"],
            "show_id": show_id(event["source"], event["event_id"]),
            "performer_key": key,
            "performer_name": act["name"],
            "billing": place,
            "role": "headliner" if place == 1 else "support",
            "act_kind": act["act_kind"],
            "genres": act["genres"],
            "event_kind": event["kind"],
            "local_date": event["local_date"],
            "venue_city": event["venue_city"],
            "performer_score": act["score"],
            "image_url": act["image_url"],
            "source_spotify_artist_id": act["spotify_artist_id"],
        }
        for place, (key, act) in enumerate(ranked, start=1)
    ]


def _performer_from_title(title: str) -> dict[str, Any]:
    return {
        "name": title,
        "kind": None,
        "genres": [],
        "score": None,
        "image_url": None,
        "spotify_artist_id": None,
    }


def show_id(source: str, event_id: str) -> str:
    """Our id of a show, stable across runs."""
    return f"{source}-{event_id}"


# "Festival of Dead Deer" and a festival's own orchestra are acts.
_FESTIVAL = re.compile(
    r"\bfest(?:ival)?\b(?!\s+of\b)(?!.*\b(?:orchestra|chorus|choir|singers|ensemble|band)\b)"
    r"|\bfest(?:ival)?s?\s+\d{4}\b"
)
_TRIBUTE = re.compile(
    r"\btributes?\b|\bcelebrat(?:e|es|ing)\b.*\bmusic\b|\bthe (?:music|songs) of\b"
    r"|\b(?:salute|homage) to\b|\bcover band\b|\bas performed by\b"
)
# SeatGeek types a museum or an opening act that is not known yet as "band" all the same.
_PLACEHOLDER = re.compile(
    r"^(?:open(?:s|ing)? (?:from|act)|special guests?|support(?: act)?|tba|tbd|to be announced"
    r"|and more|more tba|various artists|local (?:opener|support))\b"
)
_ARTIST_TYPES = {None, "band", "music_festival", "concert"}


def act_kind(performer: Mapping[str, Any], event: Mapping[str, Any]) -> str:
    """What a name on a bill is: ``artist``, ``tribute``, ``festival`` or ``other``.

    Args:
        performer: ``name`` and the source's own ``kind`` ("band", "music_festival", "theater" ...).
        event: ``title``, ``kind`` and ``venue_name`` of the show.
    """
    name = normalize(performer["name"])
    if performer["kind"] == "music_festival" or _is_the_festival(name, event):
        return "festival"
    if _PLACEHOLDER.search(name) or name == normalize(event["venue_name"] or ""):
        return "other"
    if performer["kind"] not in _ARTIST_TYPES:
        return "other"
    return "tribute" if _TRIBUTE.search(name) else "artist"


def _is_the_festival(name: str, event: Mapping[str, Any]) -> bool:
    """A festival lists itself as a performer: its title begins with that name, or it says so."""
    if _FESTIVAL.search(name):
        return True
    title = normalize(event["title"] or "")
    several = len(event["performers"] or ()) > 1
    return event["kind"] == "music_festival" and several and f"{title} ".startswith(f"{name} ")


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(value: object) -> str | None:
    """``value`` as trimmed text; None for what has none (a list, an object, blank)."""
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        return None
    # JSON may hold half of a surrogate pair, which no file can.
    return str(value).encode(errors="replace").decode().strip() or None


def _number(value: object) -> float | None:
    if isinstance(value, bool):
        return None
    try:
        number = float(value)  # type: ignore[arg-type]  # whatever float() refuses is None
    except (TypeError, ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None


# More than any price or count can be; a larger one would not fit its column either.
_MOST = 1e9


def _within(least: float, number: float | None, most: float) -> float | None:
    """``number`` where it makes sense: nonsense in one place is no reason to lose the show."""
    return number if number is not None and least <= number <= most else None


def _count(value: object) -> int | None:
    number = _within(0, _number(value), _MOST)
    return None if number is None else int(number)


def _naive(value: object) -> datetime | None:
    try:
        return datetime.fromisoformat(str(value)).replace(tzinfo=None)
    except ValueError:
        return None


def _utc(value: object) -> datetime | None:
    naive = _naive(value)
    return naive.replace(tzinfo=UTC) if naive else None
