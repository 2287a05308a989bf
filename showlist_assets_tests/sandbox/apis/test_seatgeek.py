from __future__ import annotations

from collections import Counter

import pytest
import requests

from showlist_assets_tests.sandbox.clients import events, seatgeek


@pytest.fixture(scope="module")
def everything(_shared_sandbox):
    """Every event of the default sandbox, asked for once."""
    _shared_sandbox.reset()
    return events(_shared_sandbox)


def test_a_missing_or_wrong_client_is_refused_as_json(sandbox):
    url = sandbox.env()["SHOWLIST_SEATGEEK_URL"] + "/2/events"
    for query in ({}, {"client_id": "somebody-else"}):
        answer = requests.get(url, params=query, timeout=10)
        assert answer.status_code == 403
        assert answer.json()["errors"][0]["code"] == 40307


def test_the_client_may_be_given_by_http_basic(sandbox):
    env = sandbox.env()
    url = env["SHOWLIST_SEATGEEK_URL"] + "/2/events"
    known = (env["SEATGEEK_CLIENT_ID"], env["SEATGEEK_CLIENT_SECRET"])
    assert requests.get(url, auth=known, timeout=10).status_code == 200
    assert requests.get(url, auth=(known[0], "wrong"), timeout=10).status_code == 403


def test_pages_hold_every_event_once_and_ten_by_default(sandbox, everything):
    first = seatgeek(sandbox).json()
    assert first["meta"]["per_page"] == len(first["events"]) == 10
    ids = [event["id"] for event in everything]
    assert len(ids) == len(set(ids)) == first["meta"]["total"]


def test_a_page_past_the_end_is_empty_but_knows_the_total(sandbox):
    answer = seatgeek(sandbox, page=5, per_page=500).json()
    assert answer["events"] == []
    assert answer["meta"]["total"] > 0


def test_past_item_10000_the_total_becomes_zero(start_sandbox):
    large = start_sandbox(events=8_500)
    assert seatgeek(large, page=100, per_page=100).json()["events"]
    beyond = seatgeek(large, page=101, per_page=100)
    assert beyond.status_code == 200
    assert (beyond.json()["events"], beyond.json()["meta"]["total"]) == ([], 0)


@pytest.mark.parametrize(
    ("query", "read"),
    [
        ({"venue.state": "CA"}, lambda event: event["venue"]["state"] == "CA"),
        ({"venue.city": "Austin"}, lambda event: event["venue"]["city"] == "Austin"),
        ({"taxonomies.name": "comedy"}, lambda event: event["type"] == "comedy"),
        ({"taxonomies.id": "1000000"}, lambda event: event["type"] == "basketball"),
        ({"venue.country": "US"}, lambda event: event["venue"]["country"] == "US"),
    ],
)
def test_a_filter_keeps_what_matches_and_nothing_else(sandbox, query, read, everything):
    kept = events(sandbox, **query)
    assert kept
    assert {event["id"] for event in everything if read(event)} == {event["id"] for event in kept}


def test_concerts_include_festivals_through_their_parent_taxonomy(sandbox):
    kinds = {event["type"] for event in events(sandbox, **{"taxonomies.name": "concert"})}
    assert kinds == {"concert", "music_festival"}


@pytest.mark.parametrize("field", ["datetime_utc", "datetime_local"])
def test_date_bounds_are_inclusive_or_not_as_named(sandbox, field, everything):
    times = sorted(event[field] for event in everything if event[field])
    low, high = times[40], times[-40]
    inclusive = events(sandbox, **{f"{field}.gte": low, f"{field}.lte": high})
    exclusive = events(sandbox, **{f"{field}.gt": low, f"{field}.lt": high})
    assert Counter(event[field] for event in inclusive) == Counter(
        time for time in times if low <= time <= high
    )
    assert Counter(event[field] for event in exclusive) == Counter(
        time for time in times if low < time < high
    )


def test_prices_are_bounded_and_an_event_without_one_is_left_out(sandbox, everything):
    prices = sorted(
        price for event in everything if (price := event["stats"]["lowest_price"]) is not None
    )
    bound = prices[len(prices) // 2]
    cheap = events(sandbox, **{"lowest_price.lte": bound})
    assert len(cheap) == sum(price <= bound for price in prices)
    assert seatgeek(sandbox, **{"lowest_price.lte": "cheap"}).status_code == 400


def test_every_word_of_a_query_stands_somewhere_in_the_event(sandbox, everything):
    one = everything[0]
    found = events(sandbox, q=f"{one['performers'][0]['name']} {one['venue']['city']}")
    assert one["id"] in {event["id"] for event in found}
    assert len(found) < len(everything)
    assert events(sandbox, q="zzyzx of nowhere") == []


def test_an_exact_time_finds_its_events_and_nonsense_is_refused(sandbox, everything):
    moment = everything[0]["datetime_utc"]
    found = events(sandbox, datetime_utc=moment)
    assert {event["datetime_utc"] for event in found} == {moment}
    assert seatgeek(sandbox, **{"datetime_utc.gte": "soon"}).status_code == 400


def test_performers_are_found_by_slug_and_id_and_role(sandbox, everything):
    support = next(e["performers"][1] for e in everything if len(e["performers"]) > 1)
    by_slug = events(sandbox, **{"performers.slug": support["slug"]})
    by_id = events(sandbox, **{"performers.id": support["id"]})
    assert by_id
    assert {e["id"] for e in by_id} <= {e["id"] for e in by_slug}
    headlined = events(sandbox, **{"performers[primary].id": support["id"]})
    assert len(headlined) < len(by_id)


def test_events_come_in_the_order_asked_for(sandbox):
    scores = [event["score"] for event in seatgeek(sandbox, sort="score.desc").json()["events"]]
    assert scores == sorted(scores, reverse=True)
    assert seatgeek(sandbox, sort="nonsense.asc").status_code == 400


def test_one_event_is_the_same_alone_as_in_a_list(sandbox):
    listed = seatgeek(sandbox).json()["events"][3]
    assert seatgeek(sandbox, f"/2/events/{listed['id']}").json() == listed
    assert seatgeek(sandbox, "/2/events/1").status_code == 404


def test_unreadable_filters_are_refused_by_name(sandbox):
    answer = seatgeek(sandbox, **{"datetime_utc.gte": "next week"})
    assert answer.status_code == 400
    assert "next week" in answer.json()["message"]
    assert seatgeek(sandbox, per_page=5001).status_code == 400


def test_keys_are_absent_rather_than_empty(everything):
    performers = [one for event in everything for one in event["performers"]]
    assert {one.get("primary", "absent") for one in performers} == {True, "absent"}
    assert all(one.get("genres", "absent") for one in performers)
    assert any("genres" not in one for one in performers)
    assert not any("links" in one for one in performers)


def test_a_country_that_is_not_asked_for_is_not_kept_out(sandbox):
    countries = {one["venue"]["country"] for one in events(sandbox, **{"venue.state": "DE"})}
    assert countries == {"US", "Germany"}
    named = events(sandbox, **{"venue.state": "CA", "venue.country": "Canada"})
    assert {one["venue"]["city"] for one in named} == {"Toronto"}
    venues = seatgeek(sandbox, "/2/venues", country="Germany").json()["venues"]
    assert [venue["city"] for venue in venues] == ["Berlin"]


def test_a_show_without_local_time_is_in_no_stretch_of_local_time(sandbox, everything):
    (odd,) = [event for event in everything if event["datetime_local"] is None]
    assert odd["datetime_utc"]
    assert odd["venue"]["timezone"]
    always = events(sandbox, **{"datetime_local.gte": "1970-01-01"})
    assert len(always) == len(everything) - 1


def test_an_unannounced_time_is_the_0330_sentinel_in_local_time(everything):
    unannounced = [event for event in everything if event["time_tbd"]]
    assert unannounced
    assert {event["datetime_local"][11:] for event in unannounced} == {"03:30:00"}


def test_spotify_links_appear_only_when_asked_for(start_sandbox):
    linked = [
        one["links"][0]
        for event in events(start_sandbox(spotify_links=True))
        for one in event["performers"]
        if one.get("links")
    ]
    assert linked
    assert all(link["id"].startswith("spotify:artist:") for link in linked)


def test_performers_venues_and_taxonomies_have_their_own_pages(sandbox):
    performer = seatgeek(sandbox, "/2/performers").json()["performers"][0]
    assert performer["links"] == []
    assert seatgeek(sandbox, "/2/performers", slug=performer["slug"]).json()["meta"]["total"] >= 1
    venues = seatgeek(sandbox, "/2/venues", state="WY").json()["venues"]
    assert {venue["state"] for venue in venues} == {"WY"}
    names = {one["name"] for one in seatgeek(sandbox, "/2/taxonomies").json()["taxonomies"]}
    assert {"concert", "music_festival", "sports"} <= names
