"""Where the data comes from and where it goes: the services at both ends of the lineage graph.

Each belongs to the group of what it feeds: a group of all of them would be drawn across the whole
graph.
"""

from __future__ import annotations

import dagster as dg

SEATGEEK = dg.AssetKey("seatgeek")
TICKETMASTER = dg.AssetKey("ticketmaster")
FEEDS = dg.AssetKey("feeds")
SPOTIFY_CATALOG = dg.AssetKey("spotify_catalog")
RECCOBEATS = dg.AssetKey("reccobeats")
SPOTIFY_PLAYLISTS = dg.AssetKey("spotify_playlists")

# A kind that Dagster has no icon for is a word on a grey pill, which repeats the asset's name.
_SOURCE = {"source"}

external_assets = [
    dg.AssetSpec(
        SEATGEEK,
        description="SeatGeek's platform API: concerts and festivals with venues, prices and "
        "ticket links. Needs a client id.",
        group_name="events",
        kinds=_SOURCE,
        metadata={"url": dg.MetadataValue.url("https://platform.seatgeek.com")},
    ),
    dg.AssetSpec(
        TICKETMASTER,
        description="Ticketmaster's Discovery API: concerts and festivals with venues, statuses "
        "and links to artists. Needs a key, which is given at once.",
        group_name="events",
        kinds=_SOURCE,
        metadata={"url": dg.MetadataValue.url("https://developer.ticketmaster.com")},
    ),
    dg.AssetSpec(
        FEEDS,
        description="Calendars of venues that no API lists: ICS, CSV and pages with JSON-LD "
        "(docs/feeds.md). No key needed. The command showlist feeds lists them and adds one.",
        group_name="events",
        kinds=_SOURCE,
    ),
    dg.AssetSpec(
        SPOTIFY_CATALOG,
        description="Spotify's Web API: artists and tracks. Needs an app of your own; calls are "
        "the scarce resource.",
        group_name="artists",
        kinds=_SOURCE,
        metadata={
            "url": dg.MetadataValue.url("https://developer.spotify.com/documentation/web-api")
        },
    ),
    dg.AssetSpec(
        RECCOBEATS,
        description="ReccoBeats: audio features of tracks by their Spotify id. No key needed.",
        group_name="tracks",
        kinds=_SOURCE,
        metadata={"url": dg.MetadataValue.url("https://reccobeats.com/docs")},
    ),
    dg.AssetSpec(
        SPOTIFY_PLAYLISTS,
        deps=["playlists"],
        description="The playlists in the listeners' Spotify accounts. Connect one with the "
        "command showlist login.",
        group_name="playlists",
        metadata={"url": dg.MetadataValue.url("https://open.spotify.com")},
    ),
]
