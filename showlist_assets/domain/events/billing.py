"""From an event to the acts that play it: one row per performer on each show.

What belongs here: the order of a bill and the ids of shows and performers. What does not: reading a
source's documents (``sources``), what kind of act a name is (``act_kinds``) and deciding who a
performer is (``domain.matching``).
"""

from __future__ import annotations

from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any

import polars as pl

from showlist_assets.domain.events.act_kinds import act_kind
from showlist_assets.domain.events.bill_texts import KnownActs, acts_of
from showlist_assets.domain.names import performer_key
from showlist_assets.domain.tables.columns import polars_schema
from showlist_assets.domain.tables.expanded_artists import ExpandedArtists
from showlist_assets.domain.tables.from_rows import frame_of_rows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping


def expand_artists(shows: pl.DataFrame, known: KnownActs | None = None) -> pl.DataFrame:
    """``ExpandedArtists``: one row per performer of each of ``Shows``.

    A name that ``known`` shows to be several acts has a row for each, in order, in its place.

    Artists and tribute acts are billed 1, 2, ... in order; the festival or the venue that poses as
    a performer comes after them. A name that occurs twice on a bill counts once. An event without
    performers is known by its title, as ticket sites print the act's name there.
    """
    rows: list[dict[str, Any]] = []
    # An act on tour is printed alike on every bill.
    acts_within = lru_cache(maxsize=None)(partial(acts_of, known=known or KnownActs()))
    columns = [
        "state", "show_id", "title", "kind", "local_date", "last_date", "venue_city", "venue_name",
        "performers",
    ]  # fmt: skip
    for event in shows.select(columns).iter_rows(named=True):
        rows.extend(_bill(event, acts_within))
    return frame_of_rows(rows, polars_schema(ExpandedArtists))


def _bill(
    event: Mapping[str, Any], acts_within: Callable[[str], list[str]]
) -> list[dict[str, Any]]:
    acts: dict[str, dict[str, Any]] = {}
    for performer in _performers(event):
        for act in _acts(performer, event, acts_within):
            key = performer_key(act["name"])
            if key and key not in acts:
                acts[key] = act
    # A festival that bills itself first would make every act on it a support.
    ranked = sorted(acts.items(), key=lambda act: act[1]["act_kind"] in ("festival", "other"))
    return [
        {
            "state": event["state"],
            "show_id": event["show_id"],
            "performer_key": key,
            "performer_name": act["name"],
            "billing": position,
            "role": "headliner" if position == 1 else "support",
            "act_kind": act["act_kind"],
            "genres": act["genres"],
            "event_kind": event["kind"],
            "local_date": event["local_date"],
            "last_date": event["last_date"],
            "venue_city": event["venue_city"],
            "performer_score": act["score"],
            "image_url": act["image_url"],
            "source_spotify_artist_id": act["spotify_artist_id"],
            "billed_text": act["billed_text"],
        }
        for position, (key, act) in enumerate(ranked, start=1)
    ]


def _performers(event: Mapping[str, Any]) -> list[dict[str, Any]]:
    # 19 % of Ticketmaster's US music events had no performers in November 2025, 55 % of those that
    # ticketweb sells.
    # A name of blanks alone is none.
    named = [one for one in event["performers"] if performer_key(one["name"])]
    return named or [_performer_from_title(event["title"])]


def _acts(
    performer: Mapping[str, Any],
    event: Mapping[str, Any],
    acts_within: Callable[[str], list[str]],
) -> Iterator[dict[str, Any]]:
    text, kind = performer["name"], act_kind(performer, event)
    # A link names one page, so the source takes the whole for one act.
    one = kind != "artist" or performer["spotify_artist_id"]
    names = [text] if one else acts_within(text)
    if names == [text]:
        yield {**performer, "act_kind": kind, "billed_text": None}
        return
    for place, name in enumerate(names):
        # The source's score is that of whoever it lists, and so is the picture.
        about = {} if place == 0 else {"score": None, "image_url": None}
        act = {**performer, **about, "name": name}
        yield {**act, "act_kind": act_kind(act, event), "billed_text": text}


def _performer_from_title(title: str) -> dict[str, Any]:
    return {
        "name": title,
        "kind": None,
        "genres": [],
        "score": None,
        "image_url": None,
        "spotify_artist_id": None,
        "musicbrainz_id": None,
    }
