"""Planned shows and plans, with what a test does not care about filled in."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from showlist_assets.domain.playlists.plan import Plan, PlannedShow, PlannedTrack, TasteNote


def planned_show(show_id: str = "seatgeek-1", **fields: Any) -> PlannedShow:
    """A show in the evening of 4 December 2026 in New York."""
    defaults: dict[str, Any] = {
        "title": "Paper Lantern",
        "artists": ("Paper Lantern", "Tin Owl"),
        "local_date": date(2026, 12, 4),
        "venue_name": "The Boiler Room",
        "venue_city": "New York",
        "state": "NY",
        "starts_at": datetime(2026, 12, 5, 1, tzinfo=UTC),
        "starts_at_local": datetime(2026, 12, 4, 20),  # noqa: DTZ001  the venue's wall clock
        "venue_timezone": "America/New_York",
        "ticket_url": "https://tickets.example/1",
    }
    return PlannedShow(show_id=show_id, **{**defaults, **fields})


def plan_of(*shows: PlannedShow, title: str = "Live in New York") -> Plan:
    """A plan that lets ``shows`` through and has no tracks; its calendar holds them all."""
    return Plan("mine", title, "", (), {}, shows, calendar_shows="all")


def planned_track(show: PlannedShow, track_id: str = "song1", **fields: Any) -> PlannedTrack:
    """A track of the first artist of ``show``, there for that show."""
    defaults: dict[str, Any] = {
        "track_id": track_id,
        "track_name": "Night Train",
        "artist_name": show.artists[0],
        "spotify_artist_id": f"id of {show.artists[0]}",
        "billing": 1,
        "why": "",
        **{
            name: getattr(show, name)
            for name in (
                "show_id", "local_date", "last_date", "starts_at_local", "venue_timezone",
                "venue_name", "venue_city", "state", "ticket_url",
            )
        },
    }  # fmt: skip
    return PlannedTrack(**{**defaults, **fields})


def taste_note(words: str = "You play Mitski.", **fields: Any) -> TasteNote:
    """How Tin Owl fits the taste of somebody who plays Mitski."""
    defaults = {
        "artist": "Tin Owl",
        "basis": "co-listening",
        "percentile": 0.9,
        "because": ("Mitski",),
    }
    return TasteNote(words=words, **{**defaults, **fields})
