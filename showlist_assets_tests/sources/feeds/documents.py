"""Calendars of one's own, and what is read of them."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from showlist_assets.domain.feeds.feed import Feed
from showlist_assets.sources.feeds.client import read_feed

if TYPE_CHECKING:
    import polars as pl

    from showlist_assets.domain.tables.quality import CheckedRows

SINCE = datetime(2026, 11, 20, 17, tzinfo=UTC)


def feed(**fields: Any) -> Feed:
    return Feed.model_validate(
        {
            "name": "room",
            "from": "room.ics",
            "venue": "The Room",
            "city": "Albany",
            "state": "NY",
            **fields,
        }
    )


def read(content: str | bytes, *, charset: str | None = None, **fields: Any) -> CheckedRows:
    """What is read of a document whose kind shows by itself."""
    body = content.encode() if isinstance(content, str) else content
    return read_feed(feed(**fields), body, charset=charset, since=SINCE, at=SINCE).rows


def good(content: str | bytes, **fields: Any) -> pl.DataFrame:
    """The rows of a document in which nothing is wrong."""
    rows = read(content, **fields)
    assert rows.rejected.is_empty(), rows.rejected["reason"].to_list()
    return rows.good


def row(content: str | bytes, **fields: Any) -> dict[str, Any]:
    """The one row of a document."""
    return good(content, **fields).row(0, named=True)


def reason(content: str | bytes, **fields: Any) -> str:
    """Why the one entry of a document is set aside."""
    rows = read(content, **fields)
    assert rows.good.is_empty()
    (words,) = rows.rejected["reason"]
    return words


def calendar(*entries: str, head: str = "") -> str:
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{head}{''.join(entries)}END:VCALENDAR\r\n"


def entry(
    *lines: str,
    start: str | None = ":20261204T200000",
    title: str | None = "Paper Lantern",
    uid: str | None = "1",
) -> str:
    """A VEVENT; ``start`` goes on behind DTSTART."""
    given = [
        f"UID:{uid}" if uid else None,
        f"DTSTART{start}" if start else None,
        f"SUMMARY:{title}" if title is not None else None,
    ]
    return "".join(
        f"{line}\r\n" for line in ["BEGIN:VEVENT", *filter(None, given), *lines, "END:VEVENT"]
    )


def page(*documents: Any) -> str:
    scripts = "".join(
        f'<script type="application/ld+json">{each if isinstance(each, str) else json.dumps(each)}'
        "</script>"
        for each in documents
    )
    return f"<!DOCTYPE html><html><head>{scripts}</head><body><p>Shows</p></body></html>"


def event(**fields: Any) -> dict[str, Any]:
    node = {
        "@context": "https://schema.org",
        "@type": "MusicEvent",
        "name": "Paper Lantern",
        "startDate": "2026-12-04T20:00",
        **fields,
    }
    return {name: value for name, value in node.items() if value is not None}
