from __future__ import annotations

import json
import traceback
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from showlist_assets.sources.failures import BadAnswer, BotWall, SourceError, WrongKey
from showlist_assets_tests import clock
from showlist_assets_tests.sandbox.clients import control, events
from showlist_assets_tests.shared_data import shared
from showlist_assets_tests.sources.clients import seatgeek
from showlist_assets_tests.sources.conftest import Reply

NOW = datetime(2026, 11, 20, 20, 0, tzinfo=UTC)
CONCERTS = "concert"


def ids(found):
    return [event["id"] for event in found]


def event(number, **fields):
    begins = (NOW + timedelta(hours=1 + number)).replace(tzinfo=None).isoformat()
    return {"id": number, "title": f"Show {number}", "datetime_utc": begins, **fields}


class Index:
    """A SeatGeek of concerts only, whose list a test may change between two pages."""

    def __init__(self, listed, *, deepest=10_000, most_per_page=500):
        self.listed, self.deepest, self.most_per_page = list(listed), deepest, most_per_page
        self.pages = 0
        self.before_page = {}

    def __call__(self, request):
        if request.query["taxonomies.name"] != CONCERTS:
            return Reply({"events": [], "meta": {"total": 0}})
        self.pages += 1
        self.before_page.get(self.pages, lambda: None)()
        since = request.query["datetime_utc.gte"]
        found = sorted(
            (one for one in self.listed if one["datetime_utc"] >= since),
            key=lambda one: (one["datetime_utc"], one["id"]),
        )
        size = min(int(request.query["per_page"]), self.most_per_page)
        first = (int(request.query["page"]) - 1) * size
        if first >= self.deepest:
            return Reply({"events": [], "meta": {"total": 0}})
        return Reply({"events": found[first : first + size], "meta": {"total": len(found)}})


def upcoming(server, per_page=4, **options):
    return seatgeek(server.url, **options).upcoming_concerts("NY", NOW, per_page=per_page)


@pytest.mark.parametrize("per_page", [7, 50, 500])
def test_every_concert_and_festival_of_a_state_comes_once(sandbox, per_page):
    now = clock.NOW
    listed = [
        one
        for kind in ("concert", "music_festival")
        for one in events(
            sandbox, **{"venue.state": "CA", "venue.country": "US", "taxonomies.name": kind}
        )
        if one["time_tbd"] or one["datetime_utc"] >= f"{now:%Y-%m-%dT%H:%M:%S}"
    ]
    found = seatgeek(sandbox).upcoming_concerts("CA", now, per_page=per_page)
    assert len(found) > 20
    assert sorted(ids(found)) == sorted({one["id"] for one in listed})


def test_other_states_and_other_kinds_of_event_stay_out(sandbox):
    found = seatgeek(sandbox).upcoming_concerts("NY", clock.NOW)
    assert {one["venue"]["state"] for one in found} == {"NY"}
    assert {one["type"] for one in found} <= {"concert", "music_festival"}


def test_a_row_that_moves_to_an_earlier_page_is_not_missed(serve):
    index = Index([event(number) for number in range(10)])
    index.before_page = {2: lambda: index.listed.pop(0)}
    found = upcoming(serve(index))
    assert len(ids(found)) == len(set(ids(found)))
    assert set(ids(found)) >= set(range(1, 10))


def test_a_row_that_moves_to_a_later_page_comes_once(serve):
    index = Index([event(number) for number in range(1, 10)])
    index.before_page = {2: lambda: index.listed.append(event(0))}
    found = upcoming(serve(index))
    assert len(ids(found)) == len(set(ids(found)))
    assert set(ids(found)) >= set(range(1, 10))


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    hours=st.lists(st.integers(0, 6), min_size=1, max_size=30),
    per_page=st.integers(1, 9),
    gone=st.sets(st.integers(0, 29), max_size=3),
    at_page=st.integers(2, 4),
)
def test_a_shifting_page_yields_each_event_once(serve, hours, per_page, gone, at_page):
    index = Index(event(number) | time_in(hour) for number, hour in enumerate(hours))

    def remove():
        index.listed = [one for one in index.listed if one["id"] not in gone]

    index.before_page = {at_page: remove}
    found = ids(upcoming(serve(index), per_page))
    assert len(found) == len(set(found))
    assert set(found) >= {one["id"] for one in index.listed}


def time_in(hours):
    return {"datetime_utc": f"{NOW + timedelta(hours=hours):%Y-%m-%dT%H:%M:%S}"}


def test_more_events_than_pages_reach_all_come_once(serve):
    # Three to an hour, so that events of one time lie on both sides of the deepest item.
    index = Index([event(number) | time_in(number // 3) for number in range(100)], deepest=20)
    found = upcoming(serve(index), per_page=5, deepest_item=20)
    assert sorted(ids(found)) == list(range(100))


def test_ten_thousand_events_and_more_all_come_once(serve):
    index = Index([event(number) | time_in(number // 40) for number in range(10_400)])
    client = seatgeek(serve(index).url)
    found = client.upcoming_concerts("CA", NOW, per_page=500)
    assert sorted(ids(found)) == list(range(10_400))
    assert client.usage.sent < 30


def test_more_events_at_one_time_than_pages_reach_are_an_error_that_says_so(serve):
    index = Index([event(number) | time_in(2) for number in range(30)], deepest=20)
    with pytest.raises(BadAnswer, match="20 events begin at the same time"):
        upcoming(serve(index), per_page=5, deepest_item=20)


def test_a_source_that_gives_smaller_pages_than_asked_for_is_read_to_the_end(serve):
    index = Index([event(number) for number in range(23)], most_per_page=5)
    assert ids(upcoming(serve(index), per_page=100)) == list(range(23))


@pytest.mark.parametrize("deepest", [6, 10_000])
def test_a_total_of_zero_in_the_middle_of_a_walk_is_an_error(serve, deepest):
    index = Index([event(number) for number in range(20)])
    index.before_page = {3: index.listed.clear}
    with pytest.raises(BadAnswer, match=r"fell to 0.*kept"):
        upcoming(serve(index), per_page=3, deepest_item=deepest)


def test_an_empty_list_is_believed_only_when_it_is_repeated(serve):
    index = Index([])
    index.before_page = {2: lambda: index.listed.extend(event(number) for number in range(3))}
    assert ids(upcoming(serve(index))) == [0, 1, 2]


def test_a_state_without_concerts_has_none(serve):
    index = Index([])
    assert upcoming(serve(index)) == []
    assert index.pages == 2


class Miscounting(Index):
    """Says that there are more events than it lists."""

    def __init__(self, listed, more):
        super().__init__(listed)
        self.more = more

    def __call__(self, request):
        reply = super().__call__(request)
        if reply.body["events"]:
            reply.body["meta"]["total"] += self.more
        return reply


def test_a_total_that_is_slightly_off_does_not_keep_the_events_away(serve, caplog):
    index = Miscounting([event(number) for number in range(100)], more=1)
    assert len(upcoming(serve(index), per_page=101)) == 100
    assert "100 of 101" in caplog.text


def test_pages_that_never_add_up_are_an_error(serve):
    index = Miscounting([event(number) for number in range(10)], more=5)
    with pytest.raises(BadAnswer, match="only 10 of its 15 events"):
        upcoming(serve(index), per_page=20)


@pytest.mark.parametrize(
    "body", [{}, {"events": []}, {"events": {}, "meta": {"total": 1}}, {"events": [], "meta": []}]
)
def test_an_answer_without_a_list_or_a_total_is_an_error(serve, body):
    with pytest.raises(BadAnswer, match="listing concert events in NY"):
        upcoming(serve(Reply(body)))


def test_odd_items_are_passed_over_and_events_without_id_kept_apart(serve):
    nameless = [event(number) | {"id": None} for number in range(2)]
    index = Index([*(event(number) for number in range(2, 200)), *nameless])
    server = serve(lambda request: with_null_in_front(index(request)))
    found = upcoming(server, per_page=500)
    assert len(found) == 200
    assert ids(found).count(None) == 2


@pytest.mark.parametrize("is_counted", [True, False])
def test_a_short_list_with_odd_items_is_read_whole_and_they_are_counted(serve, is_counted):
    index = Index([event(number) for number in range(9)])

    def answer(request):
        reply = index(request)
        if reply.body["events"]:
            reply = with_null_in_front(reply)
        if reply.body["meta"]["total"]:
            # Three pages, a null on each.
            reply.body["meta"]["total"] += 3 * is_counted
        return reply

    client = seatgeek(serve(answer).url)
    found = client.upcoming_concerts("NY", NOW, per_page=4)
    assert sorted(ids(found)) == list(range(9))
    assert client.usage.malformed == 3


def test_a_list_of_nothing_that_is_an_event_is_an_error(serve):
    server = serve(Reply({"events": [None, "odd"], "meta": {"total": 2}}))
    with pytest.raises(BadAnswer, match="only 0 of its 2 events"):
        upcoming(server)


def with_null_in_front(reply):
    reply.body["events"] = [None, *reply.body["events"]]
    return reply


def tbd(local, utc):
    return event(1, datetime_local=local, datetime_utc=utc, time_tbd=True)


@pytest.mark.parametrize(
    ("now", "kept"),
    [
        ("2026-11-20T06:00", True),
        ("2026-11-20T20:00", True),
        ("2026-11-21T07:59", True),
        ("2026-11-21T08:01", False),
    ],
)
def test_an_unannounced_time_counts_until_the_day_at_the_venue_is_over(serve, now, kept):
    # 03:30 in Los Angeles, whose 20th ends at 08:00 UTC on the 21st.
    index = Index([tbd("2026-11-20T03:30:00", "2026-11-20T11:30:00")])
    since = datetime.fromisoformat(now).replace(tzinfo=UTC)
    found = seatgeek(serve(index).url).upcoming_concerts("CA", since)
    assert bool(found) is kept


@pytest.mark.parametrize(("hours", "kept"), [(-20, False), (-1, False), (0, True), (1, True)])
def test_a_show_that_has_begun_is_no_longer_upcoming(serve, hours, kept):
    index = Index([event(1) | time_in(hours)])
    assert bool(upcoming(serve(index))) is kept


@pytest.mark.parametrize(("ends_in", "kept"), [(30, True), (1, True), (-1, False), (None, False)])
def test_a_festival_that_is_on_is_upcoming_until_it_ends(serve, ends_in, kept):
    end = ends_in and f"{NOW + timedelta(hours=ends_in):%Y-%m-%dT%H:%M:%S}"
    festival = event(1) | time_in(-100) | {"type": "music_festival", "enddatetime_utc": end}

    def listed(request):
        is_asked_for = (
            request.query["taxonomies.name"] == "music_festival"
            and request.query["datetime_utc.gte"] <= festival["datetime_utc"]
        )
        found = [festival] if is_asked_for else []
        return Reply({"events": found, "meta": {"total": len(found)}})

    assert bool(upcoming(serve(listed))) is kept


def test_since_may_come_in_any_time_zone(serve):
    index = Index([event(1) | time_in(-1), event(2) | time_in(1)])
    since = NOW.astimezone(timezone(timedelta(hours=-8)))
    assert ids(seatgeek(serve(index).url).upcoming_concerts("NY", since)) == [2]


def test_an_event_without_a_readable_time_is_left_to_the_reader(serve):
    server = serve(Reply({"events": [{"id": 1, "datetime_utc": None}], "meta": {"total": 1}}))
    assert ids(upcoming(server)) == [1]


def test_a_cancelled_show_is_told_as_it_is(sandbox):
    first = events(sandbox, **{"venue.state": "NY", "taxonomies.name": CONCERTS})[-1]
    control(sandbox, "POST", f"events/{first['id']}", status="cancelled")
    found = seatgeek(sandbox).upcoming_concerts("NY", clock.NOW)
    assert {one["id"]: one["status"] for one in found}[first["id"]] == "cancelled"


def test_a_captcha_is_a_bot_wall_and_is_not_hammered(sandbox):
    sandbox.fault("seatgeek", "captcha", times=9)
    client = seatgeek(sandbox)
    with pytest.raises(BotWall, match="captcha"):
        client.upcoming_concerts("NY", NOW)
    assert client.usage.sent == sandbox.requests("seatgeek") == 2


@pytest.mark.parametrize(
    "wrong", [{"client_id": "someone-elses"}, {"client_secret": "another-hidden-word"}]
)
def test_a_wrong_key_names_the_variables_and_not_the_key(sandbox, wrong):
    with pytest.raises(WrongKey, match="SEATGEEK_CLIENT_ID and SEATGEEK_CLIENT_SECRET") as caught:
        seatgeek(sandbox, **wrong).check()
    assert next(iter(wrong.values())) not in repr(caught.value)
    assert caught.value.source_is_down


def test_a_secret_is_optional_and_a_check_costs_one_call(sandbox):
    client = seatgeek(sandbox, client_secret=None)
    client.check()
    assert client.usage.sent == 1


def test_credentials_are_in_no_address_log_or_trace(sandbox, caplog):
    caplog.set_level("DEBUG")
    env = sandbox.env()
    client = seatgeek(sandbox)
    client.check()
    sandbox.fault("seatgeek", "reset", times=9)
    with pytest.raises(SourceError) as caught:
        client.upcoming_concerts("NY", NOW)
    told = f"{caplog.text}{''.join(traceback.format_exception(caught.value))}{client!r}"
    assert "/2/events" in told
    for name in ("SEATGEEK_CLIENT_ID", "SEATGEEK_CLIENT_SECRET"):
        assert env[name] not in told
    assert caught.value.__cause__ is caught.value.__context__ is None


@pytest.mark.parametrize("name", ["events_2020-03_p1_10_mixed.json", "events_2021-07_sample.json"])
def test_a_recorded_page_is_read_whole(serve, name):
    page = json.loads(shared(f"data/fixtures/seatgeek/{name}").read_text())
    page["meta"]["total"] = len(page["events"])
    since = datetime(2015, 1, 1, tzinfo=UTC)
    found = seatgeek(serve(Reply(page)).url).upcoming_concerts("NY", since)
    assert ids(found) == list(dict.fromkeys(ids(page["events"])))
