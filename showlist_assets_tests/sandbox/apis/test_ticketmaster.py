"""The sandbox's Ticketmaster: the shapes and the quirks of the real one, over the same world."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace

import pytest
import requests

from showlist_assets.sandbox.apis.ticketmaster.listings import ListingIndex
from showlist_assets.sandbox.config import TICKETMASTER_API_KEY
from showlist_assets_tests.sandbox.clients import control, events
from showlist_assets_tests.sandbox.shapes import differences
from showlist_assets_tests.shared_data import shared

EVENTS = "/v2/events.json"


def asked(sandbox, path=EVENTS, **query):
    url = sandbox.env()["SHOWLIST_TICKETMASTER_URL"] + path
    query = {"apikey": TICKETMASTER_API_KEY, **query}
    return requests.get(url, params=query, timeout=10)


def listed(sandbox, **query):
    """Every listing that passes the filters, page by page."""
    found, number = [], 0
    while True:
        body = asked(sandbox, size=200, page=number, **query).json()
        found += body.get("_embedded", {}).get("events", [])
        number += 1
        if number >= body["page"]["totalPages"]:
            return found


MUSIC = {"classificationName": "music", "includeTBA": "yes", "includeTBD": "yes"}


@pytest.fixture(scope="module")
def everything(_shared_sandbox):
    """Every listing of music, asked for once."""
    _shared_sandbox.reset()
    states = {event.venue.state for event in _shared_sandbox.world.events}
    return [
        one for state in sorted(states) for one in listed(_shared_sandbox, stateCode=state, **MUSIC)
    ]


def segment(listing):
    return listing["classifications"][0]["segment"]["name"]


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({"apikey": None}, "steps.oauth.v2.FailedToResolveAPIKey"),
        ({"apikey": "x"}, "oauth.v2.InvalidApiKey"),
    ],
)
def test_a_missing_or_wrong_key_is_a_fault_of_the_gateway(sandbox, query, code):
    answer = asked(sandbox, **query)
    assert answer.status_code == 401
    assert answer.json()["fault"]["detail"]["errorcode"] == code


def test_the_count_of_the_day_is_in_the_headers(start_sandbox):
    running = start_sandbox(events=60, ticketmaster_quota=3)
    first, second = asked(running), asked(running, size=201)
    assert (first.headers["Rate-Limit"], first.headers["Rate-Limit-Available"]) == ("3", "2")
    assert int(first.headers["Rate-Limit-Reset"]) > 10**12
    # A refusal counts and does not tell.
    assert "Rate-Limit" not in second.headers
    assert asked(running).headers["Rate-Limit-Available"] == "0"
    spent = asked(running)
    assert spent.status_code == 429
    assert spent.json()["fault"]["detail"]["errorcode"] == "policies.ratelimit.QuotaViolation"
    running.advance(hours=25)
    assert asked(running).status_code == 200


def test_too_many_in_a_second_are_a_spike(start_sandbox):
    running = start_sandbox(events=60, ticketmaster_pace=2)
    assert [asked(running).status_code for _ in range(3)] == [200, 200, 429]
    assert "Spike arrest" in asked(running).json()["fault"]["faultstring"]
    running.advance(seconds=2)
    assert asked(running).status_code == 200


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({"size": 200, "page": 5}, "DIS1035"),
        ({"size": 201}, "DIS1016"),
        ({"startDateTime": "2026-11-20"}, "DIS1015"),
        ({"startDateTime": "2026-11-20T00:00:00+00:00"}, "DIS1015"),
        ({"page": "one"}, "DIS1011"),
        ({"sort": "size,asc"}, "DIS1013"),
    ],
)
def test_what_cannot_be_used_is_refused_by_code(sandbox, query, code):
    answer = asked(sandbox, **query)
    assert answer.status_code == 400
    (error,) = answer.json()["errors"]
    assert error["code"] == code


def test_the_cap_may_be_lowered(start_sandbox):
    running = start_sandbox(events=60, ticketmaster_cap=40)
    assert asked(running, size=20, page=1).status_code == 200
    assert asked(running, size=20, page=2).status_code == 400


def test_nothing_found_has_no_embedded_list(sandbox):
    body = asked(sandbox, stateCode="ZZ").json()
    assert "_embedded" not in body
    assert body["page"] == {"size": 20, "totalElements": 0, "totalPages": 0, "number": 0}


def test_pages_link_to_each_other_without_the_key(sandbox):
    answer = asked(sandbox, size=5, page=1, stateCode="CA")
    body = answer.json()
    assert body["_links"].keys() == {"first", "prev", "self", "next", "last"}
    assert TICKETMASTER_API_KEY not in answer.text
    assert "stateCode=CA" in body["_links"]["next"]["href"]


def test_a_period_has_both_its_ends_and_nothing_without_a_date(sandbox):
    inside = [one for one in listed(sandbox, stateCode="CA") if "dateTime" in one["dates"]["start"]]
    moments = sorted(one["dates"]["start"]["dateTime"] for one in inside)
    first, last = moments[3], moments[-4]
    found = listed(sandbox, stateCode="CA", startDateTime=first, endDateTime=last, **MUSIC)
    times = [one["dates"]["start"].get("dateTime") for one in found]
    assert {first, last} <= set(times)
    assert not any(one["dates"]["start"]["dateTBD"] for one in found)


def test_what_has_no_date_is_found_where_it_is_asked_for(sandbox, everything):
    without = [one for one in everything if one["dates"]["start"]["dateTBD"]]
    assert without
    assert all("localDate" not in one["dates"]["start"] for one in without)
    only = listed(sandbox, includeTBA="no", includeTBD="only")
    assert {one["id"] for one in without} <= {one["id"] for one in only}
    assert listed(sandbox, includeTBA="only", includeTBD="only") == []
    assert not any(one["dates"]["start"]["dateTBD"] for one in listed(sandbox, stateCode="CA"))


def test_the_same_world_has_the_same_listings(start_sandbox):
    one, other = (listed(start_sandbox(events=60)) for _ in range(2))
    assert one == other
    assert len({each["id"] for each in one}) == len(one)


def test_one_listing_is_the_same_alone_as_in_a_list(sandbox):
    first = listed(sandbox, stateCode="CA")[0]
    assert asked(sandbox, f"/v2/events/{first['id']}.json").json() == first
    assert asked(sandbox, "/v2/events/nobody.json").status_code == 404


def linked(listing):
    """The acts of a listing that have both links."""
    acts = listing["_embedded"].get("attractions", [])
    return [
        one for one in acts if {"spotify", "musicbrainz"} <= one.get("externalLinks", {}).keys()
    ]


@pytest.mark.parametrize("file", ["events_2022_page1.json", "events_2022_page2.json"])
def test_a_listing_has_keys_and_types_of_the_recorded_ones(everything, file):
    path = shared(f"data/fixtures/ticketmaster/{file}")
    recorded = json.loads(path.read_text(encoding="utf-8"))["_embedded"]["events"]
    model = next(one for one in recorded if linked(one))
    model["_embedded"]["attractions"] = linked(model)[:1]
    made = next(
        one
        for one in everything
        if linked(one) and "name" in one["_embedded"]["venues"][0] and "end" not in one["dates"]
    )
    # A key may be missing at Ticketmaster as well.
    odd = [line for line in differences(made, model) if "is missing" not in line]
    assert odd == []


def test_shares_of_the_shops_are_about_those_that_were_counted(everything):
    by_host = Counter(one["url"].split("/")[2] for one in everything)
    resold = [one for one in everything if one["id"].startswith("Z7r9")]
    assert 0.1 < len(resold) / len(everything) < 0.35
    assert all(one["url"].startswith("https://www.ticketmaster.com/event/") for one in resold)
    assert by_host["www.ticketweb.com"] > 50
    for one in everything:
        if "ticketmaster.com" in one["url"]:
            assert "priceRanges" not in one


def test_a_show_that_is_off_is_still_resold(sandbox):
    shows = sandbox.listed_shows()
    resold = {show: each for (_, each), show in shows.items() if each.startswith("Z7r9")}
    own = {show for (_, each), show in shows.items() if each[:4] in ("vvG1", "rZ7H")}
    show = next(
        str(event.id)
        for event in sandbox.world.events
        if str(event.id) in resold and str(event.id) in own and event.status == "normal"
    )
    control(sandbox, "POST", f"events/{show}", status="cancelled")
    codes = {
        asked(sandbox, f"/v2/events/{each}").json()["dates"]["status"]["code"]
        for (source, each), of in shows.items()
        if of == show and source == "ticketmaster"
    }
    assert codes == {"cancelled", "onsale"}


def test_a_resold_ticket_stands_in_the_middle_of_the_city(everything):
    resold = next(one for one in everything if one["id"].startswith("Z7r9"))
    assert "timezone" not in resold["dates"]
    assert resold["sales"]["public"]["startDateTime"].startswith("1900-01-01")
    (place,) = [venue["location"] for venue in resold["_embedded"]["venues"]]
    assert isinstance(place["latitude"], str)


@pytest.mark.parametrize(
    "words",
    [
        "Early Show", "Late Show", "Day Pass:", " Only", "MOVED TO", "GCO Test",
        "with special guests",
    ],
)  # fmt: skip
def test_titles_have_what_promoters_write(everything, words):
    assert any(words in one["name"] for one in everything)


def test_an_offer_beside_the_show_is_a_listing_of_the_same_show(sandbox, everything):
    shows = sandbox.listed_shows()
    beside = [
        one
        for one in everything
        if any(each in one["name"] for each in ("Hotel Deals", "Premium Seating", "Suite"))
    ]
    assert beside
    doubles = Counter(show for (source, _), show in shows.items() if source == "ticketmaster")
    assert all(doubles[shows["ticketmaster", one["id"]]] > 1 for one in beside)


def test_an_early_and_a_late_show_are_two(sandbox, everything):
    shows = sandbox.listed_shows()
    late = [one for one in everything if "(Late Show)" in one["name"]]
    for one in late:
        show = shows["ticketmaster", one["id"]]
        assert show.endswith(" late")
        assert show.removesuffix(" late") in shows.values()


def test_no_session_is_invented_where_the_world_has_another_show_of_the_evening(sandbox):
    def titles(*events):
        index = ListingIndex(events, "both")
        return {one.event.title for one in index.by_id.values()}

    concerts = sandbox.world.events
    two = next(one for one in concerts if any("(Late Show)" in each for each in titles(one)))
    neighbour = replace(two, id=two.id + 1, title="Somebody Else", performers=())
    assert not any("(Late Show)" in each for each in titles(two, neighbour))


def test_tests_and_other_segments_are_among_what_is_called_music(sandbox, everything):
    assert {"Music", "Arts & Theatre"} <= {segment(one) for one in everything}
    assert not any(one["test"] for one in everything)
    flagged = listed(sandbox, includeTest="only")
    assert flagged
    assert {one["name"] for one in flagged} == {"TM1 EVENTS TEST"}
    assert "ticketmaster" in {source for source, _ in sandbox.listed_shows()}


def test_keys_are_missing_rather_than_empty(everything):
    without = [one for one in everything if "attractions" not in one["_embedded"]]
    assert 0.05 < len(without) / len(everything) < 0.6
    starts = [one["dates"]["start"] for one in everything]
    assert any("localTime" not in start and "localDate" in start for start in starts)
    assert any(venue["location"]["latitude"] == "0" for venue in venues(everything))


def venues(listings):
    return [one["_embedded"]["venues"][0] for one in listings]


def test_half_of_the_artists_link_to_spotify_and_a_few_to_somebody_else(sandbox, everything):
    truth = {
        performer.name: performer.artist_id
        for event in sandbox.world.events
        for performer in event.performers
        if performer.artist_id
    }
    right = wrong = 0
    for listing in everything:
        for act in listing["_embedded"].get("attractions", []):
            for link in act.get("externalLinks", {}).get("spotify", []):
                artist_id = link["url"].split("/")[-1].partition("?")[0]
                right += truth.get(act["name"]) == artist_id
                wrong += truth.get(act["name"]) != artist_id
    assert right > 100
    assert 0 < wrong < right / 10


# Who lists what


def test_by_default_seatgeek_lists_everything_as_ever(sandbox, start_sandbox):
    assert start_sandbox(sources=("ticketmaster",)).env().keys() >= {"TICKETMASTER_API_KEY"}
    assert "TICKETMASTER_API_KEY" not in sandbox.env()
    of_seatgeek = {show for (source, _), show in sandbox.listed_shows().items() if source[0] == "s"}
    assert {str(one["id"]) for one in events(sandbox)} >= of_seatgeek


def test_a_split_world_is_dealt_to_both_and_to_each_alone(start_sandbox):
    running = start_sandbox(dealt="split")
    shows = running.listed_shows()
    at = {
        site: {show for (source, _), show in shows.items() if source == site}
        for site in ("seatgeek", "ticketmaster")
    }
    concerts = {
        str(event.id)
        for event in running.world.events
        if event.type == "concert" and event.venue.country == "US"
    }
    only_seatgeek = concerts & at["seatgeek"] - at["ticketmaster"]
    only_ticketmaster = concerts & at["ticketmaster"] - at["seatgeek"]
    both = concerts & at["seatgeek"] & at["ticketmaster"]
    for some in (only_seatgeek, only_ticketmaster, both):
        assert len(some) > len(concerts) / 8
    printed = {str(one["id"]) for one in events(running)}
    assert not printed & only_ticketmaster
    missing = next(iter(only_ticketmaster))
    assert f"/{missing}" not in json.dumps(sorted(printed))


def test_what_is_removed_or_moved_is_so_at_once(sandbox):
    shows = sandbox.listed_shows()
    listing, show = next(
        (each, show)
        for (source, each), show in shows.items()
        if source == "ticketmaster" and each.startswith("vvG1") and show.isdecimal()
    )
    before = asked(sandbox, f"/v2/events/{listing}").json()["dates"]["start"]
    control(sandbox, "POST", f"events/{show}", move_days=7)
    after = asked(sandbox, f"/v2/events/{listing}").json()["dates"]["start"]
    assert before != after
    control(sandbox, "POST", f"events/{show}", removed=True)
    assert asked(sandbox, f"/v2/events/{listing}").status_code == 404
