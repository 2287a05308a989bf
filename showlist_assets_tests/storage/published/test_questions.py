"""What pages ask of a published file, of small files whose answers can be told by hand."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from showlist_assets.storage.fetch_record import SourceFetch
from showlist_assets.storage.published import (
    artists,
    changes,
    counts,
    freshness,
    search,
    shows,
    venues,
)
from showlist_assets.storage.published.summaries import Circle, Region
from showlist_assets_tests.rows import NOW, TODAY, pending

ALBANY = (42.65, -73.75)
FAR = (40.71, -74.01)
DAY = date(2026, 12, 4)
ODD = "<script>alert(1)</script> \"'&% _ \u202e音楽 'or 1=1--"


@pytest.fixture
def ask(publish_rows, publications):
    """Publishes rows and asks a question of them."""

    def ask(question, *given, rows=None, **named):
        if rows is not None:
            publish_rows(**rows)
        with publications.current().cursor() as cursor:
            return question(cursor, *given, **named)

    return ask


def listing(**columns):
    return {
        "source": "seatgeek", "event_id": "1", "platform": "seatgeek", "is_resale": False,
        "title": "Paper Lantern", "status": "scheduled", "ticket_url": "https://a.example/1",
        "lowest_price": 20.0, "highest_price": None, "seen_at": NOW, "why": "the only listing",
        "is_sure": True, **columns,
    }  # fmt: skip


def candidate(artist_id, name, rank=1, query="Paper Lantern"):
    return {
        "query": query, "rank": rank, "artist_id": artist_id, "name": name, "genres": [],
        "popularity": None, "image_url": None,
    }  # fmt: skip


def act(number, **columns):
    name = f"Act {number}"
    return {"performer_key": name.lower(), "performer_name": name, "billing": number, **columns}


def of_day(number, show="seatgeek-1", **columns):
    day = DAY + timedelta(days=number)
    return {
        "show_id": show, "local_date": day,
        "starts_at": datetime(2026, 12, 5, 1, tzinfo=UTC) + timedelta(days=number),
        "starts_at_local": datetime(2026, 12, 4, 20) + timedelta(days=number),  # noqa: DTZ001
        **columns,
    }  # fmt: skip


def test_a_show_tells_its_whole_bill_in_order_with_or_without_a_song(ask):
    rows = {
        "shows": [{"announced_at": NOW, "venue_address": "1 Main St", "lowest_price": 20.0}],
        "acts": [
            act(3, role="support", act_kind="tribute"), act(2, role="support"), {"billing": 1}
        ],
        "matched": [
            {},
            {"performer_key": "act 2", **pending()},
            {"performer_key": "act 3", **pending(), "outcome": "rejected", "rule": "none",
             "reason": "No page has the name."},
        ],
    }  # fmt: skip
    page = ask(shows.show, "seatgeek-1", rows=rows)
    assert [one.name for one in page.acts] == ["Paper Lantern", "Act 2", "Act 3"]
    assert [one.is_matched for one in page.acts] == [True, False, False]
    first, second, third = page.acts
    assert (first.track_name, first.track_url) == (
        "Small Hours", "https://open.spotify.com/track/track-1",
    )  # fmt: skip
    assert (first.energy, first.why_no_track) == (0.5, None)
    assert second.why_no_track == "Not looked up yet."
    assert third.why_no_track == "A tribute act that is not on Spotify itself."
    assert (page.announced_at, page.venue_address, page.lowest_price) == (NOW, "1 Main St", 20.0)
    assert page.goes_ahead
    assert page.venue_key == "boiler-room--albany--ny"


def test_a_show_tells_each_listing_and_what_changed(ask):
    listings = [listing(), listing(source="ticketmaster", ticket_url="javascript:alert(1)")]
    moved = {"change": "moved", "was": "Fri Dec 4", "becomes": "Sat Dec 5"}
    rows = {
        "shows": [{"listings": listings, "status": "rescheduled"}],
        "changes": [{"changed_at": NOW - timedelta(days=2)}, moved],
    }
    page = ask(shows.show, "seatgeek-1", rows=rows)
    assert [one.source for one in page.listings] == ["seatgeek", "ticketmaster"]
    assert page.listings[1].ticket_url == "javascript:alert(1)"
    assert page.listings[0].seen_at == NOW
    assert [one.words for one in page.changes] == [
        "Moved: Sat Dec 5; it was Fri Dec 4.", "Announced: not told.",
    ]  # fmt: skip


def test_a_show_that_is_off_still_has_its_bill_and_songs(ask):
    page = ask(shows.show, "seatgeek-1", rows={"shows": [{"status": "cancelled"}]})
    assert not page.goes_ahead
    assert page.acts[0].track_name == "Small Hours"


def test_a_show_that_only_the_history_knows_is_told_as_vanished(ask):
    gone = {"change": "vanished", "status": "vanished", "acts": ["Ada", "Bea"], "sources": []}
    page = ask(shows.show, "seatgeek-9", rows={"changes": [{**gone, "show_id": "seatgeek-9"}]})
    assert (page.status, page.goes_ahead) == ("vanished", False)
    assert [one.name for one in page.acts] == ["Ada", "Bea"]
    assert "presumed cancelled" in page.changes[0].words


def test_what_nobody_knows_is_none(ask):
    for question in (
        shows.show,
        artists.artist,
        artists.artist_by_spotify_id,
        artists.find_artist,
        venues.venue,
    ):
        assert ask(question, ODD, rows={}) is None


def test_shows_near_a_place_are_those_of_the_circle_and_the_days(ask):
    far = of_day(0, "seatgeek-2", latitude=FAR[0], longitude=FAR[1])
    late = of_day(9, "seatgeek-3", latitude=ALBANY[0], longitude=ALBANY[1])
    fair = of_day(
        -3, "seatgeek-4", latitude=ALBANY[0] + 0.1, longitude=ALBANY[1],
        last_date=DAY + timedelta(days=1),
    )  # fmt: skip
    ids = ("seatgeek-1", "seatgeek-2", "seatgeek-3", "seatgeek-4", "seatgeek-5")
    nowhere = of_day(0, "seatgeek-5")
    rows = {
        "shows": [of_day(0, latitude=ALBANY[0], longitude=ALBANY[1]), far, late, fair, nowhere],
        "acts": [row for one in ids for row in ({"show_id": one}, act(2, show_id=one))],
    }
    near = ask(shows.shows_near, *ALBANY, 25, DAY, DAY + timedelta(days=5), rows=rows)
    assert [one.show_id for one in near] == ["seatgeek-4", "seatgeek-1"]
    assert near[0].acts == ("Paper Lantern", "Act 2")
    assert near[0].acts_with_songs == 1
    assert near[0].miles_away == pytest.approx(6.9, abs=0.1)
    assert near[1].miles_away == pytest.approx(0)
    assert len(ask(shows.shows_near, *ALBANY, 200, DAY)) == 4
    assert [one.show_id for one in ask(shows.shows_near, *ALBANY, 200, DAY, limit=1, offset=1)] == [
        "seatgeek-1"
    ]
    assert ask(shows.shows_near, *ALBANY, 200, DAY, limit=-5) == ()
    dots = ask(venues.venues_near, *ALBANY, 25, DAY)
    assert [(one.name, one.shows) for one in dots] == [("The Boiler Room", 3)]


def test_counts_by_state_day_genre_and_city(ask):
    fair = of_day(1, "seatgeek-2", last_date=DAY + timedelta(days=2), kind="music_festival")
    rows = {
        "shows": [of_day(0), fair, of_day(1, "seatgeek-3")],
        "acts": [
            {"genres": ["Rock", "Folk"]},
            {"genres": ["rock"], "show_id": "seatgeek-2"},
            {"genres": [], "show_id": "seatgeek-3"},
        ],
    }
    (state,) = ask(counts.states_with_shows, first=DAY, rows=rows)
    assert (state.state, state.shows, state.next_show) == ("NY", 3, DAY)
    days = ask(counts.days_counts, Region(("NY",)), DAY, DAY + timedelta(days=30))
    assert [(one.day - DAY, one.shows) for one in days] == [
        (timedelta(0), 1), (timedelta(1), 2), (timedelta(2), 1),
    ]  # fmt: skip
    genres = ask(counts.genre_counts, Region(), DAY)
    assert [(one.genre.lower(), one.shows) for one in genres] == [("rock", 2), ("folk", 1)]
    assert ask(counts.genre_counts, Region(("TX",)), DAY) == ()
    assert ask(counts.busiest_city) == "Albany, NY"


def test_an_artist_comes_with_songs_shows_and_the_evidence(ask):
    considered = [
        candidate("artist-2", "Paper Lanterns", 1),
        candidate("artist-1", "Paper Lantern", 2),
        candidate("artist-1", "Paper Lantern", 1, query="paper lantern band"),
        candidate("artist-3", "Somebody Else", 3),
    ]
    rows = {
        "shows": [of_day(0), of_day(1, "seatgeek-2")],
        "acts": [{}, act(2), {"show_id": "seatgeek-2"}],
        "matched": [{"candidates": considered, "parts": [{"part": "name", "value": 1.0}]}],
    }
    page = ask(artists.artist, "paper lantern", rows=rows)
    assert (page.level, page.confidence, page.reason) == (
        "high", 0.97, "The page has the billed name.",
    )  # fmt: skip
    assert [(one.track_name, one.energy, one.tempo) for one in page.songs] == [
        ("Small Hours", 0.5, 0.5)
    ]
    assert [one.show_id for one in page.shows] == ["seatgeek-1", "seatgeek-2"]
    assert page.shows[0].acts == ("Paper Lantern", "Act 2")
    chosen, near, far = page.candidates
    assert (chosen.is_chosen, chosen.rank, chosen.why) == (True, 1, "the same name")
    assert (near.name, near.why) == ("Paper Lanterns", "another name")
    assert 0.9 < near.likeness < 1
    assert far.likeness < 0.6
    assert [one.part for one in page.parts] == ["name"]
    assert not page.is_decided_by_hand
    assert ask(artists.artist_by_spotify_id, "artist-1") == page
    assert ask(artists.find_artist, "PAPER LANTERN") == page


def test_an_artist_of_two_billings_has_the_shows_of_both(ask):
    rows = {
        "shows": [of_day(0), of_day(1, "seatgeek-2")],
        "acts": [{}, act(1, show_id="seatgeek-2")],
        "matched": [{}, {"performer_key": "act 1", "performer_name": "Act 1",
                         "method": "override"}],
    }  # fmt: skip
    page = ask(artists.artist, "act 1", rows=rows)
    assert page.is_decided_by_hand
    assert set(page.billed_as) == {"Paper Lantern", "Act 1"}
    assert len(page.shows) == 2


def test_an_act_that_is_not_looked_up_has_a_page(ask):
    rows = {"acts": [act(1, act_kind="festival", genres=["Rock"])], "matched": [], "songs": []}
    page = ask(artists.artist, "act 1", rows=rows)
    assert (page.name, page.act_kind, page.outcome) == ("Act 1", "festival", None)
    assert (page.genres, page.songs, page.candidates) == (("Rock",), (), ())
    assert len(page.shows) == 1


def test_a_venue_tells_how_it_sounds_and_is_one_under_all_its_spellings(ask):
    rows = {
        "shows": [
            of_day(0, venue_capacity=300), of_day(1, "seatgeek-2", venue_name="BOILER ROOM"),
            of_day(2, "seatgeek-3", venue_city="Buffalo"),
        ],
        "acts": [{"genres": ["Rock"]}, act(1, show_id="seatgeek-2"), {"show_id": "seatgeek-3"}],
    }  # fmt: skip
    page = ask(venues.venue, "boiler-room--albany--ny", rows=rows)
    assert [one.show_id for one in page.shows] == ["seatgeek-1", "seatgeek-2"]
    assert (page.capacity, page.energy, page.songs_measured) == (300, 0.5, 1)
    assert page.genres == ("Rock",)
    assert (page.city, page.state) == ("Albany", "NY")
    other = ask(venues.venue, "boiler-room--buffalo--ny")
    assert [one.show_id for one in other.shows] == ["seatgeek-3"]


def test_changes_are_told_by_kind_time_state_and_page(ask):
    history = [
        {"changed_at": NOW - timedelta(days=9)},
        {"changed_at": NOW - timedelta(days=1), "change": "cancelled", "status": "cancelled"},
        {"show_id": "seatgeek-2", "becomes": "Fri Dec 4"},
        {"show_id": "seatgeek-3", "change": "known"},
        {"show_id": "seatgeek-4", "change": "vanished", "status": "vanished"},
        {"show_id": "seatgeek-5", "local_date": date(2026, 1, 1)},
    ]
    rows = {
        "shows": [{"status": "cancelled"}, of_day(0, "seatgeek-2")],
        "acts": [{"show_id": "seatgeek-2"}],
        "changes": history,
    }
    told = ask(changes.changes, rows=rows)
    assert [one.show_id[-1] + one.change for one in told] == [
        "5announced", "2announced", "4vanished", "1cancelled", "1announced",
    ]  # fmt: skip
    ahead = ask(changes.changes, changes.ANNOUNCED, ahead_only=True)
    assert [(one.show_id, one.is_ahead, one.words) for one in ahead] == [
        ("seatgeek-2", True, "Announced: Fri Dec 4.")
    ]
    fresh = ask(changes.changes, since=NOW - timedelta(hours=1), first=TODAY, states=["NY"])
    assert [one.show_id for one in fresh] == ["seatgeek-2", "seatgeek-4"]
    assert [one.show_id for one in ask(changes.changes, limit=2, offset=1)] == [
        "seatgeek-2", "seatgeek-4",
    ]  # fmt: skip
    assert ask(changes.changes, states=["TX"]) == ()
    assert ask(changes.changes, changes.GONE)[0].venue_key == "boiler-room--albany--ny"
    assert ask(changes.change_counts, since=NOW - timedelta(days=3)) == {
        "announced": 2, "cancelled": 1, "vanished": 1,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("change", "was", "becomes", "words"),
    [
        ("line_up", None, "Bea", "Bea joined the bill."),
        ("line_up", "Ada", None, "Ada left the bill."),
        ("line_up", "Ada", "Bea", "Bea joined the bill; Ada left it."),
        ("line_up", None, None, "The bill changed."),
        ("back", "cancelled", "scheduled", "It goes ahead after all."),
        ("details", "a", "b", "Changed: b; it was a."),
    ],
)
def test_a_change_is_told_as_a_sentence(change, was, becomes, words):
    assert changes.change_in_words(change, was, becomes) == words


def test_leaving_soon_is_who_plays_here_for_the_last_time(ask):
    rows = {
        "shows": [of_day(0), of_day(1, "seatgeek-2"), of_day(40, "seatgeek-3")],
        "acts": [{}, act(2), act(2, show_id="seatgeek-2"), {"show_id": "seatgeek-3"}],
    }
    fortnight = DAY + timedelta(days=14)
    found = ask(changes.leaving_soon, Region(("NY",)), DAY, fortnight, rows=rows)
    assert [(one.show_id, one.leaving) for one in found] == [("seatgeek-2", ("Act 2",))]
    assert ask(changes.leaving_soon, Region(circle=Circle(*ALBANY, 25)), DAY, fortnight) == ()


def test_search_finds_the_whole_name_first_and_takes_every_sign_as_it_is(ask):
    names = ["Comet", "Comet Parade", "The Comet", "Telecomets", "100% Comet_s", "Éclair"]
    rows = {
        "shows": [{"title": "Comet Night", "venue_name": "Comet Hall", "venue_city": "Cometville"}],
        "acts": [
            act(number, performer_key=name.lower(), performer_name=name)
            for number, name in enumerate(names, start=1)
        ],
        "matched": [
            {"performer_key": name.lower(), "performer_name": name, "spotify_artist_name": name}
            for name in names
        ],
    }
    found = ask(search.search, "  coMET ", today=TODAY, rows=rows)
    assert [(one.name, one.match) for one in found["artist"]] == [
        ("Comet", 0), ("Comet Parade", 1), ("100% Comet_s", 2), ("The Comet", 2), ("Telecomets", 3),
    ]  # fmt: skip
    assert [one.key for one in found["venue"]] == ["comet-hall--cometville--ny"]
    assert [one.key for one in found["city"]] == ["Cometville, NY"]
    assert [(one.key, one.shows) for one in found["show"]] == [("seatgeek-1", 1)]
    assert [one.name for one in ask(search.search, "%", today=TODAY)["artist"]] == ["100% Comet_s"]
    assert [one.name for one in ask(search.search, "_s", today=TODAY)["artist"]] == ["100% Comet_s"]
    assert [one.name for one in ask(search.search, "eclair", today=TODAY)["artist"]] == ["Éclair"]
    assert ask(search.did_you_mean, "comett parade")[0] == "Comet Parade"
    assert ask(search.did_you_mean, "zzzzqqqq") == ()
    for text in ("", "   ", "\x00", ODD, "x" * 5000):
        assert not any(ask(search.search, text, today=TODAY).values())
        ask(search.did_you_mean, text)


def test_search_leaves_out_what_is_over(ask):
    after = DAY + timedelta(days=1)
    assert not any(ask(search.search, "boiler", today=after, rows={}).values())
    assert ask(search.search, "boiler", today=DAY)["venue"]


def test_freshness_tells_of_sources_pending_performers_and_missing_states(ask):
    fetches = [
        SourceFetch("NY", "seatgeek", answered_at=NOW, listings=3),
        SourceFetch("NY", "feeds", answered_at=NOW - timedelta(days=9), failing_since=NOW,
                    tried_at=NOW, because="500"),
        SourceFetch("TX", "seatgeek", failing_since=NOW, tried_at=NOW, because="403",
                    was_missing=True),
    ]  # fmt: skip
    rows = {"fetches": fetches, "matched": [pending()], "songs": []}
    york, texas, maine = ask(freshness.freshness, ["NY", "TX", "ME"], rows=rows)
    assert (york.as_of, york.pending, york.is_missing) == (NOW - timedelta(days=9), 1, False)
    assert [(one.source, one.because) for one in york.failing] == [("feeds", "500")]
    assert [one.is_fresh for one in york.sources] == [False, True]
    assert (texas.is_missing, texas.as_of) == (True, None)
    assert (maine.is_missing, maine.sources) == (True, ())
    assert [one.state for one in ask(freshness.freshness)] == ["NY", "TX"]


def test_odd_texts_come_through_unchanged(ask):
    odd = {"title": ODD, "venue_name": ODD, "venue_city": ODD, "ticket_url": "javascript:1"}
    rows = {
        "shows": [{**odd, "listings": [listing(title=ODD)]}],
        "acts": [{"performer_name": ODD, "genres": [ODD]}],
        "matched": [{"performer_name": ODD, "reason": ODD}],
        "songs": [{"track_name": ODD}],
        "changes": [{"title": ODD, "venue_name": ODD, "becomes": ODD}],
    }
    page = ask(shows.show, "seatgeek-1", rows=rows)
    assert {page.title, page.venue_name, page.acts[0].name, page.listings[0].title} == {ODD}
    artist = ask(artists.artist, "paper lantern")
    assert {artist.name, artist.reason, artist.songs[0].track_name, *artist.genres} == {ODD}
    venue = ask(venues.venue, page.venue_key)
    assert {venue.name, venue.city, venue.shows[0].title} == {ODD}
    assert ask(changes.changes)[0].becomes == ODD
    assert ask(search.search, ODD, today=TODAY)["show"][0].name == ODD


def test_a_file_in_which_everything_that_may_be_null_is(ask):
    bare = dict.fromkeys(
        ("starts_at", "starts_at_local", "local_date", "venue_timezone", "venue_city")
    )
    rows = {
        "shows": [bare],
        "acts": [{"local_date": None, "venue_city": None}],
        "matched": [pending()],
        "songs": [],
        "changes": [{"local_date": None, "venue_city": None}],
    }
    page = ask(shows.show, "seatgeek-1", rows=rows)
    assert (page.local_date, page.venue_city, page.acts[0].track_url) == (None, None, None)
    assert ask(venues.venue, page.venue_key).shows[0].local_date is None
    assert ask(artists.artist, "paper lantern").shows[0].show_id == "seatgeek-1"
    assert ask(counts.busiest_city) == ""
    assert ask(counts.days_counts, Region(), DAY, DAY) == ()
    assert ask(shows.shows_near, *ALBANY, 500, DAY) == ()
    assert ask(changes.changes, first=TODAY)[0].local_date is None
    assert ask(changes.leaving_soon, Region(), DAY, DAY) == ()
    assert ask(search.search, "paper", today=TODAY)["artist"][0].next_show is None
    assert [one.shows for one in ask(counts.states_with_shows, first=DAY)] == [1]
