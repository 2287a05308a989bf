from __future__ import annotations

import json
import logging
import traceback
from datetime import UTC, date, datetime, timedelta

import polars as pl
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from showlist_assets.sandbox.config import TICKETMASTER_API_KEY
from showlist_assets.sandbox.world.dealing import doors_of
from showlist_assets.settings import SettingsError, load_settings
from showlist_assets.sources.failures import (
    BadAnswer,
    BotWall,
    BudgetSpent,
    Permanent,
    QuotaExceeded,
    RateLimited,
    SourceError,
    WrongKey,
)
from showlist_assets.sources.http.cache import ResponseCache
from showlist_assets.sources.http.call_store import open_call_store
from showlist_assets.sources.http.endpoints import api_at
from showlist_assets.sources.http.ledger import Allowance, Ledger
from showlist_assets.wiring import Platform
from showlist_assets_tests import clock
from showlist_assets_tests.shared_data import shared
from showlist_assets_tests.sources.clients import session, ticketmaster
from showlist_assets_tests.sources.conftest import Reply
from showlist_assets_tests.sources.ticketmaster.documents import dates, document

NOW = clock.NOW
EVENTS = "/v2/events.json"
STATES = ("CA", "NY", "WY")


def listing(number, hours=None, **keys):
    begins = NOW + timedelta(hours=1 + number if hours is None else hours)
    start = {
        "dateTime": f"{begins:%Y-%m-%dT%H:%M:%SZ}",
        "localDate": f"{begins - timedelta(hours=5):%F}",
        "localTime": f"{begins - timedelta(hours=5):%T}",
    }
    return document(id=f"id{number:05}", dates=dates(start), **keys)


def undated(number, flag="dateTBA"):
    start = {flag: True, "dateTime": None, "localDate": None, "localTime": None}
    return document(id=f"id{number:05}", dates=dates(start))


class Discovery:
    """A Ticketmaster whose list a test may change between two pages."""

    def __init__(self, listed, *, deepest=1_000, most_per_page=200):
        self.listed, self.deepest, self.most_per_page = list(listed), deepest, most_per_page
        self.pages = 0
        self.before_page = {}

    def __call__(self, request):
        self.pages += 1
        self.before_page.get(self.pages, lambda: None)()
        found = sorted(
            (one for one in self.listed if self._is_asked_for(one, request.query)),
            key=lambda one: str(one.get("id")),
        )
        size = min(int(request.query["size"]), self.most_per_page)
        number = int(request.query.get("page", 0))
        if size * number >= self.deepest:
            return Reply({"errors": [{"code": "DIS1035", "detail": "Max paging depth"}]}, 400)
        return page(found[size * number : size * (number + 1)], len(found), size, number)

    def _is_asked_for(self, one, query):
        start = one["dates"]["start"]
        begins = start.get("dateTime")
        earliest, latest = query.get("startDateTime"), query.get("endDateTime")
        if not begins:
            kind = "includeTBD" if start.get("dateTBD") else "includeTBA"
            other = "includeTBA" if kind == "includeTBD" else "includeTBD"
            is_wanted = query.get(kind) in ("yes", "only") and query.get(other) != "only"
            return is_wanted and not earliest and not latest
        if "only" in (query.get("includeTBA"), query.get("includeTBD")):
            return False
        return (not earliest or earliest <= begins) and (not latest or begins <= latest)


def page(rows, total, size=200, number=0):
    meta = {"size": size, "totalElements": total, "totalPages": -(-total // size), "number": number}
    return Reply({**({"_embedded": {"events": rows}} if rows else {}), "page": meta})


def upcoming(server, state="NY", since=NOW, **options):
    return ticketmaster(server.url, **options).upcoming_events(state, since)


def ids(found):
    return [event["id"] for event in found.events]


# Against the sandbox


@pytest.mark.parametrize("state", STATES)
def test_every_listing_of_a_state_comes_once(sandbox, state):
    found = ticketmaster(sandbox).listings(state, NOW)
    good = found.rows.good
    assert good["event_id"].is_unique().all()
    assert (found.complete_through, found.troubles) == (date.max, ())
    truth = sandbox.listed_shows()
    shows = {truth["ticketmaster", each] for each in good["event_id"]}
    # What lies ahead of the world's concerts is there under one id or another.
    ahead = {
        str(event.id)
        for event in sandbox.world.events
        if event.venue.state == state
        and event.venue.country == "US"
        and event.type in ("concert", "music_festival")
        and event.starts_at_utc.replace(tzinfo=UTC) > NOW + timedelta(days=1)
    }
    assert ahead & set(truth.values()) <= shows
    assert "" not in shows


def test_the_quirks_of_the_source_are_read(sandbox):
    client = ticketmaster(sandbox)
    found = [client.listings(state, NOW).rows for state in ("CA", "NY", "TX", "FL", "IL", "PA")]
    good = pl.concat([rows.good for rows in found])
    reasons = {reason for rows in found for reason in rows.rejected["reason"]}
    assert "a test event of Ticketmaster's own" in reasons
    assert any("Arts & Theatre" in reason for reason in reasons)
    assert set(good["platform"]) >= {"ticketmaster", "ticketweb", "frontgate", "resale"}
    resold = good.filter("is_resale")
    assert set(resold["status"]) == {"scheduled"}
    assert resold["highest_price"].null_count() == resold.height
    own = good.filter(pl.col("platform") == "ticketmaster")
    assert own["lowest_price"].null_count() == own.height
    assert good.filter(pl.col("platform") == "ticketweb")["lowest_price"].min() > 0
    assert good["title"].str.contains("MOVED TO").any()
    assert good.filter(pl.col("title").str.contains("MOVED TO"))["status"].unique().to_list() == [
        "rescheduled"
    ]
    assert good["title"].str.contains("Day Pass:").any()
    assert (good["title"] == good["title"].str.strip_chars()).all()
    assert good["starts_at"].null_count() > 0
    with_doors = good.filter(pl.col("doors_at_local").is_not_null())
    assert 0 < with_doors.height < good.height / 4
    truth, events = sandbox.listed_shows(), sandbox.state.events.by_id
    for id_, doors in with_doors.select("event_id", "doors_at_local").rows():
        event_id, _, other = truth["ticketmaster", id_].partition(" ")
        assert other or doors == doors_of(events[int(event_id)])
    acts = good.explode("performers")["performers"].struct
    assert acts.field("spotify_artist_id").drop_nulls().len() > 20
    assert acts.field("musicbrainz_id").drop_nulls().len() > 20


def test_a_state_of_one_list_costs_its_pages_and_no_more(sandbox):
    client = ticketmaster(sandbox)
    client.listings("CA", NOW)
    assert client.usage.sent == sandbox.requests("ticketmaster", EVENTS, 200) == 1


def test_a_list_that_is_too_long_is_cut_and_nothing_is_lost(start_sandbox):
    whole = ticketmaster(start_sandbox()).listings("CA", NOW)
    capped = start_sandbox(ticketmaster_cap=20)
    client = ticketmaster(capped, deepest_item=20, page_size=4)
    found = client.listings("CA", NOW)
    assert set(found.rows.good["event_id"]) == set(whole.rows.good["event_id"])
    assert whole.rows.good.height > 60
    assert (found.complete_through, found.troubles) == (date.max, ())
    # No request went deeper than the cap lets it.
    assert capped.requests("ticketmaster", EVENTS, 400) == 0


def test_what_was_asked_today_is_not_asked_again(sandbox, tmp_path):
    store = open_call_store(str(tmp_path))
    cache = ResponseCache(store, clock=lambda: NOW)
    first = ticketmaster(sandbox, session=session("ticketmaster", cache=cache))
    again = ticketmaster(sandbox, session=session("ticketmaster", cache=cache))
    one = first.listings("NY", NOW)
    other = again.listings("NY", NOW + timedelta(hours=2))
    assert other.rows.good["event_id"].to_list() == one.rows.good["event_id"].to_list()
    assert (again.usage.sent, again.usage.reused) == (0, first.usage.sent)
    assert other.complete_through == date.max


def test_old_answers_that_stand_in_are_not_complete(sandbox, tmp_path):
    time = [NOW]
    cache = ResponseCache(open_call_store(str(tmp_path)), clock=lambda: time[0])
    client = ticketmaster(sandbox, session=session("ticketmaster", cache=cache))
    before = client.listings("NY", NOW)
    time[0] = NOW + timedelta(hours=7)
    sandbox.fault("ticketmaster", "status", status=503, times=99)
    found = client.listings("NY", NOW)
    assert found.rows.good.height == before.rows.good.height
    assert found.complete_through is None
    assert client.usage.outdated > 0


def test_a_captcha_is_a_bot_wall_and_is_not_hammered(sandbox):
    sandbox.fault("ticketmaster", "captcha", times=9)
    client = ticketmaster(sandbox)
    with pytest.raises(BotWall, match="captcha"):
        client.listings("NY", NOW)
    assert client.usage.sent == sandbox.requests("ticketmaster") == 2


@pytest.mark.parametrize("kind", ["not_json", "cut_json", "wrong_types", "truncated"])
def test_an_answer_that_is_none_is_asked_for_again_or_told(sandbox, kind):
    sandbox.fault("ticketmaster", kind, times=99)
    with pytest.raises(SourceError):
        ticketmaster(sandbox).listings("NY", NOW)


def test_single_faults_lose_nothing(sandbox):
    whole = set(ticketmaster(sandbox).listings("CA", NOW).rows.good["event_id"])
    for kind in ("empty_page", "duplicate_page", "web_page", "reset", "status", "rate_limit"):
        sandbox.fault("ticketmaster", kind, skip=1)
        found = ticketmaster(sandbox, page_size=20).listings("CA", NOW)
        assert set(found.rows.good["event_id"]) == whole, kind
        assert found.complete_through == date.max


# The key


def test_a_wrong_key_says_which_setting_it_is_and_how_to_get_one(sandbox):
    client = ticketmaster(sandbox, api_key="somebody-elses-key")
    with pytest.raises(WrongKey, match="TICKETMASTER_API_KEY") as caught:
        client.check()
    assert "developer.ticketmaster.com" in str(caught.value)
    assert "somebody-elses-key" not in repr(caught.value)
    assert caught.value.source_is_down
    assert client.usage.sent == 1


@pytest.mark.parametrize("key", ["", "two words", "line\n", "ключ"])
def test_a_key_that_cannot_be_sent_is_refused_before_anything_is(sandbox, key):
    with pytest.raises(WrongKey, match="TICKETMASTER_API_KEY"):
        ticketmaster(sandbox, api_key=key)
    assert sandbox.requests("ticketmaster") == 0


def test_a_platform_without_a_key_says_where_one_is_had(sandbox):
    settings_ = load_settings(**sandbox.env())
    with pytest.raises(SettingsError, match="TICKETMASTER_API_KEY is not set"):
        Platform(settings_).ticketmaster()


def test_the_platform_asks_with_the_key_and_counts_its_calls(start_sandbox, tmp_path):
    running = start_sandbox(sources=("ticketmaster",))
    env = running.env()
    assert "SEATGEEK_CLIENT_ID" not in env
    platform = Platform(
        load_settings(**env, **clock.PINNED, SHOWLIST_DATA_ROOT=str(tmp_path / "data"))
    )
    (source,) = platform.event_sources()
    assert source.name == "ticketmaster"
    assert source.listings("NY", NOW).rows.good.height > 20
    assert sum(platform.ledger("ticketmaster").spent().values()) == source.usage.sent


def kept_files(folder):
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


@pytest.mark.parametrize("key", [TICKETMASTER_API_KEY, "k+/=&%41'\"}{~"])
def test_the_key_is_in_no_file_log_address_or_trace(serve, tmp_path, caplog, key):
    caplog.set_level(logging.DEBUG)
    index = Discovery([listing(number) for number in range(9)])
    spent = {"fault": {"faultstring": f"Identifier : {key}", "detail": {"errorcode": "x"}}}
    replies = {3: Reply(spent, 500), 5: Reply(f"no such thing: {key} apikey={key}", 400)}
    asked = []

    def answer(request):
        asked.append(request.query["apikey"])
        return replies.get(len(asked)) or index(request)

    store = open_call_store(str(tmp_path))
    server = serve(answer)
    ledger = Ledger(store, api_at("ticketmaster", server.url), Allowance(100), clock=lambda: NOW)
    cache = ResponseCache(store, clock=lambda: NOW)
    client = ticketmaster(
        server.url,
        api_key=key,
        session=session("ticketmaster", cache=cache, ledger=ledger),
        page_size=4,
    )
    client.listings("NY", NOW)
    with pytest.raises(Permanent, match="no such thing") as caught:
        client.check()
    assert set(asked) == {key}
    (response,) = [client._session.get(client._url, params={"size": 1})]
    told = "".join(
        [
            caplog.text,
            *traceback.format_exception(caught.value),
            repr(client),
            repr(caught.value.__dict__),
            response.url,
            response.request.url,
            repr(response.history),
        ]
    )
    assert "/v2/events.json" in told
    for secret in (key, json.dumps(key)[1:-1]):
        assert secret not in told
        assert secret.encode() not in kept_files(tmp_path)
    assert caught.value.__cause__ is caught.value.__context__ is None


def test_the_same_question_with_another_key_is_the_same_question(serve, tmp_path):
    server = serve(Discovery([listing(1)]))
    cache = ResponseCache(open_call_store(str(tmp_path)), clock=lambda: NOW)
    for key in ("one-key", "another-key"):
        client = ticketmaster(server.url, api_key=key, session=session("ticketmaster", cache=cache))
        assert len(client.upcoming_events("NY", NOW).events) == 1
    assert len(server.requests) == 1


# Limits


def _ledger(folder, server_url, **options):
    store = open_call_store(str(folder))
    return Ledger(
        store, api_at("ticketmaster", server_url), Allowance(**options), clock=lambda: NOW
    )


def test_a_spent_quota_ends_the_day_for_every_process(start_sandbox, tmp_path):
    running = start_sandbox(ticketmaster_quota=2)
    ledger = _ledger(tmp_path, running.url, day=5000)
    client = ticketmaster(running, session=session("ticketmaster", ledger=ledger))
    client.check()
    client.check()
    # The second answer told that it was the last one.
    assert ledger.paused_until() is not None
    with pytest.raises(QuotaExceeded, match="not to be called before"):
        client.listings("NY", NOW)
    assert running.requests("ticketmaster") == 2


def test_a_quota_violation_is_no_retry_and_does_not_quote_the_key(start_sandbox):
    running = start_sandbox(ticketmaster_quota=1)
    client = ticketmaster(running)
    client.check()
    with pytest.raises(QuotaExceeded, match="day's calls are spent") as caught:
        client.listings("NY", NOW)
    assert TICKETMASTER_API_KEY not in str(caught.value)
    assert caught.value.retry_after == pytest.approx(86_400, abs=5)
    assert running.requests("ticketmaster", EVENTS, 429) == 1


def test_our_own_budget_ends_the_asking_before_theirs_does(sandbox, tmp_path):
    ledger = _ledger(tmp_path, sandbox.url, day=2)
    client = ticketmaster(sandbox, session=session("ticketmaster", ledger=ledger), page_size=10)
    with pytest.raises(BudgetSpent, match="SHOWLIST_TICKETMASTER_BUDGET"):
        client.listings("CA", NOW)
    assert sandbox.requests("ticketmaster") == 2


def test_too_many_at_once_are_waited_for(start_sandbox):
    running = start_sandbox(ticketmaster_pace=1)

    def wait(_):
        running.advance(seconds=2)

    client = ticketmaster(running, session=session("ticketmaster", sleep=wait), page_size=20)
    found = client.listings("CA", NOW)
    assert found.complete_through == date.max
    assert running.requests("ticketmaster", EVENTS, 429) > 0


def test_a_spike_that_does_not_end_is_told_as_one(start_sandbox):
    running = start_sandbox(ticketmaster_pace=1)
    client = ticketmaster(running, page_size=20)
    with pytest.raises(RateLimited, match="too many requests at once"):
        client.listings("CA", NOW)


# Pages that shift, lists that lie


def test_a_row_that_moves_to_an_earlier_page_is_not_missed(serve):
    index = Discovery([listing(number) for number in range(10)])
    index.before_page = {2: lambda: index.listed.pop(0)}
    found = ids(upcoming(serve(index), page_size=4))
    assert len(found) == len(set(found))
    assert set(found) >= {f"id{number:05}" for number in range(1, 10)}


def test_a_row_that_moves_to_a_later_page_comes_once(serve):
    index = Discovery([listing(number) for number in range(1, 10)])
    index.before_page = {2: lambda: index.listed.append(listing(0))}
    found = ids(upcoming(serve(index), page_size=4))
    assert len(found) == len(set(found))
    assert set(found) >= {f"id{number:05}" for number in range(1, 10)}


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    hours=st.lists(st.integers(0, 2000), min_size=1, max_size=40),
    deepest=st.sampled_from([10, 20, 1000]),
    size=st.integers(1, 9),
    gone=st.sets(st.integers(0, 39), max_size=3),
    at_page=st.integers(2, 6),
)
@example(hours=[0, 0], deepest=10, size=1, gone={0, 1}, at_page=2)
def test_whatever_shifts_each_event_comes_once(serve, hours, deepest, size, gone, at_page):
    index = Discovery(
        [listing(number, hours=hour) for number, hour in enumerate(hours)], deepest=deepest
    )
    names = {f"id{number:05}" for number in gone}

    def remove():
        index.listed = [one for one in index.listed if one["id"] not in names]

    index.before_page = {at_page: remove}
    try:
        found = upcoming(serve(index), page_size=size, deepest_item=deepest)
    except BadAnswer as refused:
        # All of a list went while it was read; what is stored stays until the next time.
        if names and "fell to 0" in str(refused):
            return
        raise
    assert len(ids(found)) == len(set(ids(found)))
    if not found.left_out:
        assert set(ids(found)) >= {one["id"] for one in index.listed}


def test_more_than_pages_reach_all_come_once(serve):
    index = Discovery([listing(number, hours=1 + number // 7) for number in range(2_500)])
    server = serve(index)
    client = ticketmaster(server.url)
    found = client.upcoming_events("CA", NOW)
    assert sorted(ids(found)) == [f"id{number:05}" for number in range(2_500)]
    assert found.left_out == ()
    # 13 pages hold them; the rest finds out how to cut.
    assert client.usage.sent < 40


def test_what_has_no_date_is_asked_for_by_itself(serve):
    dated = [listing(number, hours=1 + number) for number in range(60)]
    index = Discovery([*dated, undated(900), undated(901, "dateTBD")], deepest=20)
    found = upcoming(serve(index), page_size=5, deepest_item=20)
    assert {"id00900", "id00901"} <= set(ids(found))
    assert (len(found.events), found.left_out) == (62, ())


def test_one_list_holds_what_has_no_date_as_well(serve):
    index = Discovery([listing(1), undated(2), undated(3, "dateTBD")])
    assert len(upcoming(serve(index)).events) == 3
    assert index.pages == 1


def test_more_at_one_instant_than_pages_reach_are_told_and_not_complete(serve):
    index = Discovery([listing(number, hours=2) for number in range(30)], deepest=20)
    server = serve(index)
    client = ticketmaster(server.url, page_size=5, deepest_item=20)
    found = client.listings("NY", NOW)
    assert found.complete_through is None
    assert 20 <= found.rows.good.height < 30
    assert any("NY: Ticketmaster lists 30 events from" in each for each in found.troubles)
    assert all(request.query["page"] in "0123" for request in server.requests)


def test_smaller_pages_than_asked_for_are_read_to_the_end(serve):
    index = Discovery([listing(number) for number in range(55)], most_per_page=20)
    assert len(upcoming(serve(index)).events) == 55


def test_an_empty_list_is_believed_only_when_it_is_repeated(serve):
    index = Discovery([])
    index.before_page = {2: lambda: index.listed.extend(listing(number) for number in range(3))}
    assert len(upcoming(serve(index)).events) == 3


def test_a_state_without_concerts_has_none(serve):
    index = Discovery([])
    assert upcoming(serve(index)).events == []
    assert index.pages == 2


def test_a_total_of_zero_in_the_middle_of_a_walk_is_an_error(serve):
    index = Discovery([listing(number) for number in range(20)])
    index.before_page = {3: index.listed.clear}
    with pytest.raises(BadAnswer, match=r"fell to 0.*kept"):
        upcoming(serve(index), page_size=3)


class Miscounting(Discovery):
    """Says that there are more events than it lists."""

    def __init__(self, listed, more):
        super().__init__(listed)
        self.more = more

    def __call__(self, request):
        reply = super().__call__(request)
        reply.body["page"]["totalElements"] += self.more
        return reply


def test_a_total_that_is_slightly_off_keeps_the_events_and_is_told(serve):
    index = Miscounting([listing(number) for number in range(100)], more=1)
    found = ticketmaster(serve(index).url).listings("NY", NOW)
    assert found.rows.good.height == 100
    assert found.complete_through is None
    assert found.troubles == ("NY: Ticketmaster counts 101 events and lists 100.",)


def test_pages_that_never_add_up_are_an_error(serve):
    index = Miscounting([listing(number) for number in range(10)], more=5)
    with pytest.raises(BadAnswer, match="only 10 of its 15 events"):
        upcoming(serve(index))


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"_embedded": {"events": []}},
        {"_embedded": {"events": {}}, "page": {"totalElements": 1}},
        {"_embedded": [], "page": {"totalElements": 1}},
        {"page": []},
        {"page": {"totalElements": "1"}},
        [],
    ],
)
def test_an_answer_without_a_list_or_a_total_is_an_error(serve, body):
    with pytest.raises(BadAnswer):
        upcoming(serve(Reply(body)))


def test_odd_items_are_passed_over_and_counted(serve):
    rows = [None, "odd", listing(1), 17, listing(2)]
    client = ticketmaster(serve(page(rows, 5)).url)
    assert ids(client.upcoming_events("NY", NOW)) == ["id00001", "id00002"]
    assert client.usage.malformed == 3


def test_a_list_of_nothing_readable_is_an_error(serve):
    with pytest.raises(BadAnswer, match="only 0 of its 2 events"):
        upcoming(serve(page([None, "odd"], 2)))


# What is still to come


@pytest.mark.parametrize(
    ("start", "end", "kept"),
    [
        ({"dateTime": "2026-11-20T16:59:00Z", "localDate": "2026-11-20"}, None, False),
        ({"dateTime": "2026-11-20T17:00:00Z", "localDate": "2026-11-20"}, None, True),
        # No time: until its day at the venue is over.
        ({"dateTime": None, "localTime": None, "localDate": "2026-11-20"}, None, True),
        ({"dateTime": None, "localTime": None, "localDate": "2026-11-19"}, None, False),
        # A festival that is on.
        (
            {"dateTime": "2026-11-18T17:00:00Z", "localDate": "2026-11-18"},
            {"localDate": "2026-11-21"},
            True,
        ),
        (
            {"dateTime": "2026-11-18T17:00:00Z", "localDate": "2026-11-18"},
            {"localDate": "2026-11-19"},
            False,
        ),
        (
            {"dateTime": "2026-11-20T15:00:00Z", "localDate": "2026-11-20"},
            {"dateTime": "2026-11-20T18:00:00Z"},
            True,
        ),
        ({"dateTime": None, "localDate": None, "localTime": None, "dateTBD": True}, None, True),
    ],
)
def test_what_is_over_is_left_out(serve, start, end, kept):
    event = document(dates=dates(start, **({"end": end} if end else {})))
    assert bool(upcoming(serve(page([event], 1))).events) is kept


def test_the_day_at_the_venue_ends_by_its_own_clock(serve):
    start = {"dateTime": None, "localTime": None, "localDate": "2026-11-20"}
    server = serve(page([document(dates=dates(start))], 1))
    last = datetime(2026, 11, 21, 4, 59, tzinfo=UTC)
    assert upcoming(server, since=last).events
    assert not upcoming(server, since=last + timedelta(minutes=2)).events


def test_a_request_names_the_state_and_leaves_no_shop_out(serve):
    server = serve(page([listing(1)], 1))
    upcoming(server, state="TX")
    (asked,) = [request.query for request in server.requests]
    assert asked.pop("apikey") == "a-hidden-key"
    assert asked == {
        "countryCode": "US",
        "stateCode": "TX",
        "classificationName": "music",
        "includeTest": "no",
        "includeTBA": "yes",
        "includeTBD": "yes",
        "size": "200",
        "sort": "id,asc",
        "page": "0",
    }


@pytest.mark.parametrize("name", ["events_2022_page1.json", "events_2020-03_p1_20.json"])
def test_a_recorded_page_is_read_whole(serve, name):
    recorded = json.loads(shared(f"data/fixtures/ticketmaster/{name}").read_text("utf-8"))
    recorded["page"]["totalElements"] = len(recorded["_embedded"]["events"])
    since = datetime(2015, 1, 1, tzinfo=UTC)
    found = upcoming(serve(Reply(recorded)), since=since)
    assert ids(found) == [one["id"] for one in recorded["_embedded"]["events"]]
