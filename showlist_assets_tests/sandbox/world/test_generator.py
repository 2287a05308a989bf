from __future__ import annotations

import html
import re
import time
from collections import Counter, defaultdict
from datetime import date, timedelta
from urllib.parse import unquote

import pytest

from showlist_assets.domain.states import COUNTRIES, STATE_CODES
from showlist_assets.sandbox.state.search import CatalogSearch, Query
from showlist_assets.sandbox.world.generator import FIRST_ODD_VENUE_ID, generate_world
from showlist_assets.sandbox.world.text import words

TODAY = date(2026, 11, 20)


@pytest.fixture(scope="module")
def world():
    return generate_world(seed=1, concerts=600, today=TODAY)


@pytest.fixture(scope="module")
def concerts(world):
    return [
        event
        for event in world.events
        if event.type in ("concert", "music_festival") and event.starts_at_local.date() > TODAY
    ]


@pytest.fixture(scope="module")
def performers(concerts):
    return {one.id: one for event in concerts for one in event.performers}.values()


def test_the_same_seed_and_day_make_the_same_world(world):
    again = generate_world(seed=1, concerts=600, today=TODAY)
    assert again.events == world.events
    assert again.catalog.artists == world.catalog.artists
    assert generate_world(seed=2, concerts=600, today=TODAY).events != world.events


@pytest.mark.parametrize("count", [51, 600, 3000])
def test_every_state_has_concerts_and_they_follow_the_population(count):
    made = generate_world(seed=3, concerts=count, today=TODAY).events
    upcoming = Counter(
        event.venue.state
        for event in made
        if event.type != "basketball" and event.starts_at_local.date() > TODAY
    )
    assert set(upcoming) == set(STATE_CODES)
    if count >= 600:
        assert upcoming["CA"] > upcoming["OH"] > upcoming["WY"]


def test_the_default_world_has_the_promised_size(concerts, performers):
    assert 570 <= len(concerts) <= 630
    assert 500 <= len(performers) <= 700


def test_concerts_lie_one_to_120_days_ahead(concerts):
    days = {(event.starts_at_local.date() - TODAY).days for event in concerts}
    assert min(days) >= 1
    assert max(days) <= 120


def test_past_events_and_other_kinds_are_in_the_way(world):
    assert any(event.starts_at_local.date() < TODAY for event in world.events)
    assert {"basketball", "theater", "comedy"} <= {event.type for event in world.events}


def test_ids_are_unique_and_shaped_like_spotifys(world):
    assert len({event.id for event in world.events}) == len(world.events)
    ids = [artist.id for artist in world.catalog.artists]
    assert len(set(ids)) == len(ids)
    assert all(len(one) == 22 and one.isalnum() and one.isascii() for one in ids)


def test_utc_and_local_times_agree_with_the_venues_zone(concerts):
    offsets = defaultdict(set)
    for event in concerts:
        offsets[event.venue.timezone].add(event.starts_at_utc - event.starts_at_local)
    assert offsets["America/New_York"] <= {timedelta(hours=4), timedelta(hours=5)}
    assert offsets["Pacific/Honolulu"] == {timedelta(hours=10)}


def test_some_names_are_borne_by_several_artists(world, performers):
    bearers = defaultdict(list)
    for artist in world.catalog.artists:
        bearers[artist.name].append(artist)
    shared = [one for one in performers if len(bearers[one.name]) > 1]
    assert shared
    assert any(
        bearers[one.name][0].genres != bearers[one.name][1].genres
        and one.artist_id != max(bearers[one.name], key=lambda each: each.popularity).id
        for one in shared
    )


def test_tributes_name_an_artist_and_have_a_page_or_none(world, performers):
    tributes = [one for one in performers if one.kind == "tribute"]
    names = [artist.name for artist in world.catalog.artists]
    assert {one.artist_id is None for one in tributes} == {True, False}
    for one in tributes:
        assert any(name in one.name and name != one.name for name in names)


def test_one_artist_has_no_track_and_one_is_named_like_a_far_more_popular_one(world):
    drowned, silent = (
        world.catalog.artist(act.artist_id)
        for event in world.events[-2:]
        for act in event.performers
    )
    assert world.catalog.tracks_of(silent.id) == ()
    assert world.catalog.tracks_of(drowned.id)
    for name in (silent.name, drowned.name):
        search = CatalogSearch(world.catalog)
        tracks = search.tracks(Query.parse(name))[:10]
        assert not any(drowned in track.artists or silent in track.artists for track in tracks)
    filtered = search.tracks(Query.parse(f'artist:"{drowned.name}"'))[:10]
    assert any(drowned in track.artists for track in filtered)


def test_a_festival_lists_itself_among_many_performers(concerts):
    festivals = [event for event in concerts if event.type == "music_festival"]
    assert festivals
    for festival in festivals:
        assert festival.performers[0].kind == "festival"
        assert len(festival.performers) > 6


@pytest.mark.parametrize("joint", [" & ", " with ", " / "])
def test_two_artists_share_a_billing(world, performers, joint):
    names = {artist.name for artist in world.catalog.artists}
    assert any(joint in one.name and set(one.name.split(joint)) <= names for one in performers)


def test_spellings_differ_between_ticket_site_and_catalogue(world, performers):
    by_id = {artist.id: artist for artist in world.catalog.artists}
    pairs = [(one.name, by_id[one.artist_id].name) for one in performers if one.artist_id]
    assert any(a != b and a.casefold() == b.casefold() for a, b in pairs)
    assert any(a != b and not b.isascii() and a.isascii() for a, b in pairs)
    assert any(a == f"The {b}" or b == f"The {a}" for a, b in pairs)
    assert any(a == f"{b} (DJ Set)" for a, b in pairs)
    assert any(a == f"An Evening with {b}" for a, b in pairs)
    assert any(a == f"{b} & Friends" for a, b in pairs)


def test_names_come_in_other_scripts_and_without_any_letter(performers):
    names = [one.name for one in performers]
    assert any(not name.isascii() and words(name) for name in names)
    assert any(not words(name) for name in names)


def test_some_acts_are_not_on_spotify_and_resemble_somebody_who_is(world, performers):
    unknown = [one for one in performers if one.artist_id is None and one.kind == "artist"]
    names = {artist.name for artist in world.catalog.artists}
    assert 0.03 < len(unknown) / len(performers) < 0.15
    assert any(
        name[:at] + name[at + 1 :] == one.name
        for one in unknown
        for name in names
        for at in range(len(name))
        if len(name) == len(one.name) + 1
    )


def test_dates_status_and_prices_have_their_odd_cases(concerts):
    assert {event.status for event in concerts} == {
        "normal",
        "cancelled",
        "postponed",
        "rescheduled",
    }
    assert any(event.date_tbd for event in concerts)
    assert any(event.time_tbd and not event.date_tbd for event in concerts)
    assert any(event.prices is None for event in concerts)


def test_a_festival_lasts_several_days_or_one(world):
    festivals = [event for event in world.events if event.type == "music_festival"]
    lengths = {
        (event.ends_at_utc - event.starts_at_utc).days if event.ends_at_utc else 0
        for event in festivals
    }
    assert lengths == {0, 2}


def test_some_shows_are_listed_twice_under_two_ids(concerts):
    listed = defaultdict(set)
    for event in concerts:
        listed[event.venue.id, event.starts_at_local, event.performers].add(event.id)
    assert max(map(len, listed.values())) == 2


def test_some_shows_are_off_by_their_title_alone():
    made = generate_world(seed=1, concerts=5_000, today=TODAY)
    off = [
        event for event in made.events if "CANCELLED" in event.title or "POSTPONED" in event.title
    ]
    assert off
    assert {event.status for event in off} == {"normal"}


@pytest.fixture(scope="module")
def odd_ones(world):
    return [event for event in world.events if event.venue.id >= FIRST_ODD_VENUE_ID]


def test_some_listings_are_wrong_in_a_field_and_right_otherwise(odd_ones):
    assert [one.printed for one in odd_ones if "datetime_local" in one.printed] == [
        {"datetime_local": None}
    ]
    zones = [one.venue.printed["timezone"] for one in odd_ones if "timezone" in one.venue.printed]
    assert zones == ["America", ""]
    positions = [one.venue for one in odd_ones if "location" in one.venue.printed]
    assert [place.printed["location"]["lat"] for place in positions] == [
        0, positions[1].longitude, positions[2].latitude, None,
    ]  # fmt: skip
    assert positions[2].printed["location"]["lon"] == -positions[2].longitude
    links = [one.printed["url"] for one in odd_ones if "url" in one.printed]
    assert "\n" in links[0]
    assert "[" in links[1]
    assert all(one.starts_at_local and one.venue.timezone for one in odd_ones)


def test_some_names_and_titles_are_escaped(odd_ones):
    acts = [act for one in odd_ones for act in one.performers if act.printed]
    assert [html.unescape(unquote(act.printed["name"])) for act in acts] == [
        act.name for act in acts
    ]
    assert "&amp;" in acts[0].printed["name"]
    assert "%C3%B1" in acts[1].printed["name"]
    titles = [one.printed["title"] for one in odd_ones if "title" in one.printed]
    assert "&lt;Live&gt;" in titles[0]
    assert "%C3%B1" in titles[1]


def test_some_texts_are_longer_than_a_search_may_be(odd_ones):
    assert any(len(one.title) > 250 > len(one.performers[0].name) for one in odd_ones)
    assert any(len(one.performers[0].name) > 250 for one in odd_ones)


def test_two_acts_differ_by_a_sign_and_some_bills_are_one_performer(world, odd_ones):
    names = [act.name for one in odd_ones for act in one.performers]
    (signed,) = [name for name in names if name.startswith("$")]
    assert f"S{signed[1:]}" in names
    artists = {artist.name for artist in world.catalog.artists}
    bills = [name for name in names if set(re.split(r" w/ | & |, ", name)) < artists]
    assert len([name for name in bills if name not in artists]) == 2


def test_some_shows_are_in_another_country_under_a_state_s_code(odd_ones):
    abroad = {(one.venue.state, one.venue.country) for one in odd_ones}
    assert abroad - {(state, "US") for state in STATE_CODES} == {
        ("DE", "Germany"),
        ("CA", "Canada"),
    }


def test_canada_stands_beside_the_us_and_changes_nothing_of_it(world):
    both = generate_world(seed=1, concerts=600, today=TODAY, countries=("US", "CA"))
    count = len(world.events)
    assert both.events[:count] == world.events
    canadian = both.events[count:]
    assert {event.venue.state for event in canadian} == set(COUNTRIES["CA"].codes)
    assert {event.venue.country for event in canadian} == {"Canada"}
    assert not {event.id for event in canadian} & {event.id for event in world.events}
    venues = {event.venue.id for event in world.events}
    assert not venues & {event.venue.id for event in canadian}
    touring = {act.id for event in world.events for act in event.performers}
    assert any(act.id in touring for event in canadian for act in event.performers)
    for venue in {event.venue.id: event.venue for event in canadian}.values():
        assert COUNTRIES["CA"].may_hold(venue.latitude, venue.longitude)


def test_artists_tour_several_states_and_stay_two_nights(concerts):
    states, nights = defaultdict(set), defaultdict(set)
    for event in concerts:
        states[event.performers[0].id].add(event.venue.state)
        nights[event.performers[0].id, event.venue.id].add(event.starts_at_local.date())
    assert max(map(len, states.values())) >= 4
    assert any(day + timedelta(days=1) in days for days in nights.values() for day in days)


def test_a_made_up_track_is_found_again_by_its_id_in_a_fresh_world(world):
    fresh = generate_world(seed=1, concerts=600, today=TODAY).catalog
    for artist in world.catalog.artists[::90]:
        tracks = world.catalog.tracks_of(artist.id)
        assert 3 <= len(tracks) <= 14
        for track in tracks:
            assert fresh.track(track.id) == track
            assert fresh.album(track.album.id) == track.album


def test_a_large_world_is_made_in_proportion():
    began = time.process_time()
    made = generate_world(seed=1, concerts=5_000, today=TODAY)
    assert len(made.events) > 5_000
    assert time.process_time() - began < 5
