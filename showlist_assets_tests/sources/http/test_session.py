from __future__ import annotations

import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from showlist_assets.sources.failures import (
    BadAnswer,
    BotWall,
    EndpointGone,
    QuotaExceeded,
    RateLimited,
    SourceError,
    Transient,
    Unreachable,
)
from showlist_assets.sources.http.session import ATTEMPTS
from showlist_assets_tests.sources.clients import Sleeps, reccobeats, session
from showlist_assets_tests.sources.conftest import Reply

FORBIDDEN = Reply({"error": {"status": 403, "message": "Forbidden"}}, 403)
GOOD = Reply({"fine": True})
PAGE = Reply("<html><title>One moment</title></html>", 200, {"Content-Type": "text/html"})
FULL = Reply("", 429, {"Retry-After": "3"})


def events_url(sandbox):
    env = sandbox.env()
    return f"{env['SHOWLIST_SEATGEEK_URL']}/2/events", (env["SEATGEEK_CLIENT_ID"], "")


@pytest.mark.parametrize("kind", ["status", "reset", "truncated", "cut_json", "not_json"])
def test_a_stumbling_api_is_asked_again(sandbox, kind):
    url, auth = events_url(sandbox)
    sandbox.fault("seatgeek", kind, times=2)
    http = session("seatgeek")
    assert http.get(url, auth=auth).json()["meta"]["total"] > 0
    assert http.calls.total() == 3
    assert http.calls["200"] >= 1


@pytest.mark.parametrize("kind", ["status", "reset", "truncated", "not_json"])
def test_retries_are_bounded_and_do_not_multiply(sandbox, kind):
    url, auth = events_url(sandbox)
    sandbox.fault("seatgeek", kind, times=100)
    sleeps = Sleeps()
    http = session("seatgeek", sleep=sleeps)
    with pytest.raises(Transient):
        http.get(url, auth=auth)
    assert sandbox.requests("seatgeek") == http.calls.total() == ATTEMPTS
    assert len(sleeps) == ATTEMPTS - 1
    assert sum(sleeps) < 10


def test_waits_grow_and_differ_between_threads(serve):
    server = serve(Reply("", 503))
    rounds = []
    for _ in range(5):
        sleeps = Sleeps()
        with pytest.raises(Transient):
            session("seatgeek", sleep=sleeps).get(server.url)
        rounds.append(tuple(sleeps))
    assert all(waits[0] < waits[2] for waits in rounds)
    assert len(set(rounds)) == len(rounds)


def test_an_unreachable_api_is_tried_twice_only():
    sleeps = Sleeps()
    http = session("seatgeek", sleep=sleeps)
    with pytest.raises(Unreachable):
        http.get("http://no-such-host.invalid/2/events")
    assert len(sleeps) == 1
    assert http.calls == Counter(none=2)


def test_an_answer_that_comes_too_late_is_a_time_out(sandbox):
    url, auth = events_url(sandbox)
    sandbox.fault("seatgeek", "late", seconds=0.4, times=1)
    http = session("seatgeek", timeout=(1.0, 0.1))
    assert http.get(url, auth=auth).ok
    assert http.calls == Counter({"none": 1, "200": 1})


def test_a_lasting_time_out_says_so(serve):
    def slow(_):
        time.sleep(0.1)
        return GOOD

    with pytest.raises(Transient, match="took too long"):
        session("seatgeek", timeout=(1.0, 0.02)).get(serve(slow).url)


def test_a_short_retry_after_is_slept(serve):
    sleeps = Sleeps()
    server = serve(Reply("", 429, {"Retry-After": "7"}), GOOD)
    session("spotify", sleep=sleeps).get(server.url)
    assert len(sleeps) == 1
    assert 7 <= sleeps[0] < 8


def test_a_retry_after_of_an_outage_is_slept_too(serve):
    sleeps = Sleeps()
    server = serve(Reply("", 503, {"Retry-After": "5"}), GOOD)
    session("spotify", sleep=sleeps).get(server.url)
    assert sleeps[0] >= 5


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (Reply("", 429, {"Retry-After": "30"}), RateLimited),
        (Reply("", 429, {"Retry-After": "79200"}), QuotaExceeded),
        (Reply({"error": {"status": 429, "reason": "QUOTA_EXCEEDED"}}, 429), QuotaExceeded),
        (Reply("", 503, {"Retry-After": "600"}), Transient),
    ],
)
def test_a_wait_beyond_our_patience_ends_at_once(serve, reply, kind):
    sleeps, server = Sleeps(), serve(reply)
    with pytest.raises(kind):
        session("spotify", sleep=sleeps).get(server.url)
    assert sleeps == []
    assert len(server.requests) == 1


def test_patience_is_a_choice(serve):
    sleeps = Sleeps()
    server = serve(Reply("", 429, {"Retry-After": "30"}), GOOD)
    session("spotify", sleep=sleeps, patience=35).get(server.url)
    assert sleeps[0] >= 30


def test_one_stray_403_is_no_verdict(serve):
    http = session("spotify")
    assert http.get(serve(FORBIDDEN, GOOD).url).ok


@pytest.mark.parametrize("stumbles", range(ATTEMPTS))
def test_an_endpoint_is_gone_only_when_it_says_so_twice(serve, stumbles):
    server = serve(*[Reply("", 503)] * stumbles, FORBIDDEN)
    with pytest.raises(EndpointGone):
        session("spotify").get(server.url)
    assert len(server.requests) == stumbles + 2


@pytest.mark.parametrize("before", [[], [Reply("", 503)], [FORBIDDEN]])
def test_a_single_web_page_is_no_wall(serve, before):
    sleeps = Sleeps()
    server = serve(*before, PAGE, GOOD)
    assert session("spotify", sleep=sleeps).get(server.url).ok
    assert sleeps[-1] >= 1, "a pause, since the next moment would give the same page"


def test_a_wall_is_one_that_stands_twice(serve):
    server = serve(PAGE)
    with pytest.raises(BotWall) as caught:
        session("seatgeek").get(server.url)
    assert len(server.requests) == 2
    assert caught.value.source_is_down


@pytest.mark.parametrize("turned_away", [ATTEMPTS, ATTEMPTS + 3])
def test_waiting_for_the_window_uses_up_no_try(serve, turned_away):
    stumbles = [Reply("", 503)] * (ATTEMPTS - 1)
    server = serve(*[FULL] * turned_away, *stumbles, GOOD)
    assert session("spotify").get(server.url).ok
    assert len(server.requests) == turned_away + ATTEMPTS


@pytest.mark.parametrize(("full", "at_least"), [(FULL, 21), (Reply("", 429), 15)])
def test_a_window_that_never_opens_ends_the_waiting(serve, full, at_least):
    sleeps, server = Sleeps(), serve(full)
    with pytest.raises(RateLimited):
        session("spotify", sleep=sleeps).get(server.url)
    assert len(server.requests) < 10
    assert at_least < sum(sleeps) < 120


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
@pytest.mark.parametrize("reply", [Reply("", 503), Reply("", 429, {"Retry-After": "1"})])
def test_what_may_have_had_its_effect_is_not_repeated(serve, method, reply):
    server = serve(reply)
    with pytest.raises(Transient):
        session("spotify").request(method, f"{server.url}/v1/me/playlists", json={"name": "x"})
    assert len(server.requests) == 1


@pytest.mark.parametrize(("grant", "tries"), [("client_credentials", 2), ("refresh_token", 1)])
def test_of_tokens_only_an_apps_own_is_asked_again(serve, grant, tries):
    server = serve(Reply("", 503), Reply("", 400))
    with pytest.raises(SourceError):
        session("spotify").post(f"{server.url}/api/token", data={"grant_type": grant})
    assert len(server.requests) == tries


def test_an_empty_answer_is_fine_for_a_write_but_none_to_a_question(serve):
    server = serve(Reply(""))
    assert session("spotify").put(f"{server.url}/v1/images").ok
    with pytest.raises(BadAnswer):
        session("spotify").get(f"{server.url}/v1/artists/1")


def test_every_answer_is_counted_by_its_outcome(serve):
    redirect = Reply("", 302, {"Location": "/elsewhere"})
    server = serve(redirect, Reply("", 500), GOOD)
    http = session("seatgeek")
    http.get(server.url)
    assert http.calls == Counter({"302": 1, "500": 1, "200": 1})
    assert http.calls.total() == len(server.requests)


def test_calls_of_many_threads_are_all_counted(serve):
    http, server = session("seatgeek"), serve(GOOD)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: http.get(server.url), range(80)))
    assert http.calls == Counter({"200": 80})


def test_we_introduce_ourselves_and_keep_the_connection(serve):
    http, server = session("seatgeek"), serve(GOOD)
    for _ in range(3):
        http.get(server.url)
    assert all(one.headers["User-Agent"].startswith("showlist/") for one in server.requests)
    assert server.connections == 1


def test_a_login_in_netrc_does_not_take_the_place_of_our_token(serve, tmp_path, monkeypatch):
    (tmp_path / "netrc").write_text("default login somebody password else")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    server = serve(GOOD)
    session("spotify").get(server.url, headers={"Authorization": "Bearer ours"})
    assert server.requests[0].headers["Authorization"] == "Bearer ours"


def test_an_answer_that_is_no_object_is_refused(serve):
    with pytest.raises(BadAnswer, match="no object while asking for /v1/audio-features"):
        reccobeats(serve(Reply([1])).url).check()


def test_a_long_question_is_cut_in_messages(serve):
    server = serve(Reply("", 404))
    with pytest.raises(SourceError) as caught:
        session("reccobeats").get(f"{server.url}/v1/x", params={"ids": ",".join("abcdef" * 500)})
    assert len(str(caught.value)) < 400


def test_json_that_is_nested_too_deep_is_a_bad_answer(serve):
    with pytest.raises(BadAnswer):
        session("spotify").get(serve(Reply("[" * 100_000)).url)
