"""The views and macros of the DuckDB file: its tables as people ask for them.

What belongs here: SQL over the published tables, and a sentence for each view, column and macro.
What does not: how the file is built (``warehouse``) and what the tables hold (``domain.tables``).
Queries that use them stand in ``docs/cookbook.md``, where a test runs each.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class View:
    """A view: what it shows, its query, and what each of its columns means, in their order."""

    comment: str
    query: str
    columns: dict[str, str]


@dataclass(frozen=True)
class Macro:
    """A function of ours: its name with its parameters, what it answers, and how.

    Attributes:
        returns_rows: Its query is a whole ``select``, to be used after ``from``.
    """

    signature: str
    comment: str
    query: str
    returns_rows: bool = False

    @property
    def name(self) -> str:
        """What it is called, without its parameters."""
        return self.signature.partition("(")[0]


VIEWS: Final[dict[str, View]] = {
    "next_shows": View(
        "Future shows in order of date: one row an act, with its best-known song or why there is "
        "none.",
        """
        select local_date as date, strftime(starts_at_local, '%H:%M') as time,
               strftime(doors_at_local, '%H:%M') as doors, performer_name as act,
               venue_name as venue, venue_city as city, state,
               track_name as song, track_url as song_url, why_no_track as why_no_song,
               role, lowest_price as price, ticket_url, energy, valence, tempo, genres, title,
               venue_capacity as capacity, latitude, longitude, show_id
        from upcoming_shows
        where row_number = 1
        order by local_date nulls last, starts_at nulls last, show_id, billing
        """,
        {
            "date": "Date at the venue; null while not announced.",
            "time": "Start on the venue's clock; null while not announced.",
            "doors": "When the doors open; null where no source says.",
            "act": "The name as billed.",
            "venue": "Name of the venue.",
            "city": "City of the venue.",
            "state": "US state (USPS code).",
            "song": "The act's best-known song; null where none is known.",
            "song_url": "That song on Spotify.",
            "why_no_song": "Why there is no song; null where there is one.",
            "role": "Headliner or support.",
            "price": "Cheapest ticket of any source in US dollars, if one tells.",
            "ticket_url": "Where to buy a ticket.",
            "energy": "Energy of the song, 0 to 1.",
            "valence": "Musical positiveness of the song, 0 to 1.",
            "tempo": "Beats per minute of the song.",
            "genres": "Genres of the act.",
            "title": "Title of the show.",
            "capacity": "How many people the venue holds, if a source knows.",
            "latitude": "Degrees north; use it with miles().",
            "longitude": "Degrees east; use it with miles().",
            "show_id": "The show: the same in every view and table of its state.",
        },
    ),
    "shows": View(
        "Every show that the sources tell of, once, with its acts, what there is to hear of them, "
        "and the links of all sources.",
        """
        select s.local_date, s.last_date, s.starts_at_local, s.doors_at_local, s.title, s.status,
               s.kind,
               array_to_string(acts.names, ', ') as acts_text, acts.names as acts,
               ahead.show_id is not null as is_ahead,
               ahead.matched as acts_matched, ahead.with_songs as acts_with_songs,
               ahead.why_no_song, ahead.genres,
               s.venue_name, s.venue_address, s.venue_city, s.state, s.latitude, s.longitude,
               s.venue_capacity, s.lowest_price, s.highest_price, s.ticket_url,
               [l.ticket_url for l in s.listings if l.ticket_url is not null] as links,
               list_sort(list_distinct([l.platform for l in s.listings])) as platforms,
               len(s.listings) as listings, s.announced_at, s.fetched_at, s.starts_at,
               s.venue_timezone, s.show_id
        from shows_with_listings s
        left join (
            select state, show_id, list(performer_name order by billing) as names
            from expanded_artists
            group by state, show_id
        ) acts on acts.state = s.state and acts.show_id = s.show_id
        left join (
            select state, show_id, count(spotify_artist_id) as matched,
                   count(track_id) as with_songs,
                   arg_min(why_no_track, billing) filter (where track_id is null) as why_no_song,
                   list_sort(list_distinct(flatten(list(genres)))) as genres
            from upcoming_shows
            where row_number = 1
            group by state, show_id
        ) ahead on ahead.state = s.state and ahead.show_id = s.show_id
        order by s.local_date nulls last, s.starts_at nulls last, s.show_id
        """,
        {
            "local_date": "Date at the venue; null while not announced.",
            "last_date": "Last day of a show of several days.",
            "starts_at_local": "Start on the venue's clock.",
            "doors_at_local": "When the doors open, on that clock; null where no source says.",
            "title": "Title of the preferred listing.",
            "status": "scheduled, rescheduled, postponed or cancelled.",
            "kind": "concert or music_festival.",
            "acts_text": "Everyone on the bill, the headliner first, as one text.",
            "acts": "The same as a list.",
            "is_ahead": "Whether it goes ahead and had not begun when it was last looked at.",
            "acts_matched": "How many of the acts are known on Spotify; null unless it is ahead.",
            "acts_with_songs": "How many of them have a song; null unless it is ahead.",
            "why_no_song": "Why the first act without a song has none.",
            "genres": "Genres of all acts, in order of the alphabet; null unless it is ahead.",
            "venue_name": "Name of the venue.",
            "venue_address": "Street and number.",
            "venue_city": "City of the venue.",
            "state": "US state (USPS code).",
            "latitude": "Degrees north; use it with miles().",
            "longitude": "Degrees east; use it with miles().",
            "venue_capacity": "How many people the venue holds, if a source knows.",
            "lowest_price": "Cheapest ticket of any source in US dollars.",
            "highest_price": "Dearest ticket of any source in US dollars.",
            "ticket_url": "Where to buy a ticket: the preferred source's page.",
            "links": "The pages of all listings, the preferred one first.",
            "platforms": "Who lists the show.",
            "listings": "How many listings tell of the show.",
            "announced_at": "When it was announced, if a source says.",
            "fetched_at": "When a source told of it last.",
            "starts_at": "Start (UTC).",
            "venue_timezone": "IANA zone of the venue.",
            "show_id": "The show: the same in every view and table of its state.",
        },
    ),
    "venues": View(
        "Venues with shows ahead: how many, how large, what they book, and where they are.",
        """
        select v.venue_name, v.venue_city, v.state, v.capacity, v.shows, v.next_show, g.genres,
               v.latitude, v.longitude
        from (
            select venue_name, venue_city, state, max(capacity) as capacity, count(*) as shows,
                   min(local_date) as next_show, median(latitude) as latitude,
                   median(longitude) as longitude
            from (
                select state, show_id, any_value(venue_name) as venue_name,
                       any_value(venue_city) as venue_city, max(venue_capacity) as capacity,
                       min(local_date) as local_date, any_value(latitude) as latitude,
                       any_value(longitude) as longitude
                from upcoming_shows
                where row_number = 1
                group by state, show_id
            )
            group by venue_name, venue_city, state
        ) v
        left join (
            select venue_name, venue_city, state, list(genre order by place) as genres
            from (
                select venue_name, venue_city, state, genre, row_number() over (
                           partition by venue_name, venue_city, state order by count(*) desc, genre
                       ) as place
                from (
                    select venue_name, venue_city, state, unnest(genres) as genre
                    from upcoming_shows
                    where row_number = 1
                )
                group by venue_name, venue_city, state, genre
            )
            where place <= 5
            group by venue_name, venue_city, state
        ) g on g.venue_name = v.venue_name and g.state = v.state
           and g.venue_city is not distinct from v.venue_city
        order by v.shows desc, v.venue_name, v.state, v.venue_city
        """,
        {
            "venue_name": "Name of the venue.",
            "venue_city": "City.",
            "state": "US state (USPS code).",
            "capacity": "How many people it holds, if a source knows.",
            "shows": "Shows ahead.",
            "next_show": "Date of the next one.",
            "genres": "The five genres that most of its acts have, the commonest first.",
            "latitude": "Degrees north; use it with miles().",
            "longitude": "Degrees east; use it with miles().",
        },
    ),
    "artists": View(
        "Acts with shows ahead: how many and where, their songs, and how sure the match is.",
        """
        select a.act, m.spotify_artist_name, a.artist_url, a.shows, a.next_show, a.next_city,
               a.states, coalesce(t.songs, 0) as songs, m.level as how_sure, m.confidence,
               m.reason, case when t.songs is null then a.why_no_song end as why_no_song,
               a.genres, a.performer_key
        from (
            select performer_key, first(performer_name order by local_date, show_id) as act,
                   max(artist_url) as artist_url, count(*) as shows, min(local_date) as next_show,
                   first(venue_city order by local_date, show_id) as next_city,
                   list_sort(list_distinct(list(state))) as states,
                   max(why_no_track) as why_no_song,
                   first(genres order by len(genres) desc, local_date, show_id) as genres
            from upcoming_shows
            where row_number = 1
            group by performer_key
        ) a
        left join matched_artists m on m.performer_key = a.performer_key
        left join (
            select spotify_artist_id, count(*) as songs from top_tracks group by spotify_artist_id
        ) t on t.spotify_artist_id = m.spotify_artist_id
        order by a.shows desc, a.next_show nulls last, a.act
        """,
        {
            "act": "The name as billed on the next show.",
            "spotify_artist_name": "The artist on Spotify; null where nobody is matched.",
            "artist_url": "The artist's page on Spotify.",
            "shows": "Shows ahead, in all states.",
            "next_show": "Date of the next one.",
            "next_city": "Its city.",
            "states": "States with a show.",
            "songs": "Songs that are known.",
            "how_sure": "How sure the match is: high, medium or low; none where there is none.",
            "confidence": "The same as a number, 0 to 1.",
            "reason": "Why this artist, or why nobody, in words.",
            "why_no_song": "Why there is no song; null where there is one.",
            "genres": "Genres of the event source, then of Spotify.",
            "performer_key": "Equal for the same act, however it is spelled.",
        },
    ),
    "changes": View(
        "What happened to shows, the newest first: announced, moved, line_up, postponed, "
        "cancelled, back or vanished.",
        """
        select changed_at, change, title, was, becomes, local_date, venue_name, venue_city, state,
               array_to_string(acts, ', ') as acts_text, ticket_url, show_id
        from show_changes
        where change not in ('known', 'details')
        order by changed_at desc, local_date nulls last, show_id
        """,
        {
            "changed_at": "When we learnt of it (UTC).",
            "change": "What happened; vanished: no source lists it any more.",
            "title": "Title of the show.",
            "was": "What it was before, in words.",
            "becomes": "What it is now, in words.",
            "local_date": "Date after the change.",
            "venue_name": "Venue after the change.",
            "venue_city": "Its city.",
            "state": "US state (USPS code).",
            "acts_text": "Who is on the bill after the change.",
            "ticket_url": "Where tickets are, or were, sold.",
            "show_id": "The show: the same in every view and table of its state.",
        },
    ),
    "freshness": View(
        "How fresh each source's listings of each state are, and why they are no fresher.",
        """
        select state, source, failing_since is null and answered_at is not null as is_fresh,
               answered_at, listings, complete_through, failing_since, tried_at,
               nullif(because, '') as because
        from source_fetches
        order by is_fresh, answered_at nulls first, state, source
        """,
        {
            "state": "US state (USPS code).",
            "source": "The source of events.",
            "is_fresh": "Whether the last fetch was answered.",
            "answered_at": "When it answered last (UTC); null if never.",
            "listings": "How many listings came with that answer.",
            "complete_through": "The date up to which that answer held every listing; 9999-12-31 "
            "where it held all there are.",
            "failing_since": "Since when it does not answer.",
            "tried_at": "When it was asked last.",
            "because": "What it said when it failed last.",
        },
    ),
    "unmatched_performers": View(
        "Performers without an artist, the soonest show first, with the reason.",
        """
        select next_show_on, performer_name, outcome, reason, shows,
               [c.name for c in candidates] as candidates
        from matched_artists
        where outcome <> 'matched'
        order by next_show_on nulls last, performer_name
        """,
        {
            "next_show_on": "Date of the next show.",
            "performer_name": "The name as billed.",
            "outcome": "rejected or pending.",
            "reason": "Why, in words.",
            "shows": "Shows ahead.",
            "candidates": "Names that a search returned.",
        },
    ),
}

MACROS: Final = (
    Macro(
        "miles(lat1, lon1, lat2, lon2)",
        "Miles between two points, as the crow flies.",
        # Haversine on a sphere of the earth's mean radius (IUGG): off by 0.5 % at most.
        """
        -- least() passes over a null, which would make every unknown place a far one.
        case when lat1 + lon1 + lat2 + lon2 is not null then
            2 * 3958.7613 * asin(sqrt(least(1.0,
                pow(sin(radians(lat2 - lat1) / 2), 2)
                + cos(radians(lat1)) * cos(radians(lat2)) * pow(sin(radians(lon2 - lon1) / 2), 2)
            )))
        end
        """,
    ),
    Macro(
        "shows_near(place_lat, place_lon, miles, days, since := current_date)",
        "Rows of the view shows: those that go ahead within so many miles of a place, on so many "
        "days, of which since (by default today) is the first; the distance comes first.",
        """
        select round(miles(place_lat, place_lon, latitude, longitude), 1) as miles_away, shows.*
        from shows
        where status in ('scheduled', 'rescheduled')
          and coalesce(last_date, local_date) >= since
          and local_date < since + cast(days as integer)
          and miles(place_lat, place_lon, latitude, longitude) <= miles
        order by local_date, starts_at_local nulls last, miles_away, show_id
        """,
        returns_rows=True,
    ),
)
