"""The response cache: what is kept, for how long, and that nothing paid for is lost."""

from __future__ import annotations

import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest

from showlist_assets.sources.failures import BadAnswer, QuotaExceeded, SourceError
from showlist_assets.sources.http import cache as cache_module
from showlist_assets.sources.http.cache import LIFETIMES, ResponseCache
from showlist_assets.sources.http.call_store import open_call_store
from showlist_assets.sources.http.ledger import Allowance, Ledger
from showlist_assets.sources.http.session import ApiSession
from showlist_assets.sources.http.usage import ApiUsage
from showlist_assets_tests.clock import NOW
from showlist_assets_tests.sources.clients import Sleeps, spotify
from showlist_assets_tests.sources.conftest import Reply

_NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


class Time:
    def __init__(self) -> None:
        self.now = _NOON

    def __call__(self) -> datetime:
        return self.now


def _session(place, time, service="spotify", **options) -> ApiSession:
    return ApiSession(
        service,
        cache=ResponseCache(open_call_store(str(place)), clock=time, **options),
        sleep=Sleeps(),
    )


@pytest.fixture(params=["folder", "redis"])
def place(request, tmp_path):
    if request.param == "folder":
        return tmp_path / "calls"
    return request.getfixturevalue("redis_server")


@pytest.mark.parametrize(
    ("service", "path", "fresh"),
    [
        ("seatgeek", "/2/events", timedelta(hours=6)),
        ("spotify", "/v1/search", timedelta(days=30)),
        ("reccobeats", "/v1/audio-features", timedelta(days=90)),
    ],
)
def test_an_answer_is_reused_for_its_lifetime(serve, place, service, path, fresh):
    server, time = serve(Reply({"n": 1}), Reply({"n": 2})), Time()
    http = _session(place, time, service)
    url = server.url + path
    assert http.get_object(url, {"q": "x"}) == {"n": 1}
    time.now += fresh - timedelta(minutes=1)
    assert _session(place, time, service).get_object(url, {"q": "x"}) == {"n": 1}
    time.now += timedelta(minutes=1)
    assert http.get_object(url, {"q": "x"}) == {"n": 2}
    assert len(server.requests) == 2


def test_a_place_that_is_known_by_a_name_may_change_its_address(serve, place):
    first, second, time = serve(Reply({"n": 1})), serve(Reply({"n": 2})), Time()
    here = _session(place, time, known_as="sandbox")
    assert here.get_object(f"{first.url}/x/v1/search", {"q": "x"}) == {"n": 1}
    moved = _session(place, time, known_as="sandbox")
    assert moved.get_object(f"{second.url}/x/v1/search", {"q": "x"}) == {"n": 1}
    # Another place is another one, and so is the address itself.
    elsewhere = _session(place, time, known_as="sandbox-2")
    assert elsewhere.get_object(f"{second.url}/x/v1/search", {"q": "x"}) == {"n": 2}
    assert second.requests
    assert len(first.requests) == 1


def test_how_much_is_kept_is_told_without_reading_it(serve, place):
    time = Time()
    cache = ResponseCache(open_call_store(str(place)), clock=time)
    assert cache.extent()[0] == 0
    server = serve(Reply({"n": 1}))
    _session(place, time).get_object(f"{server.url}/v1/search", {"q": "x"})
    answers, size = cache.extent()
    assert answers == 1
    assert size is None or 0 < size < 1000


def test_the_order_of_the_parameters_does_not_matter_and_their_values_do(serve, tmp_path):
    server, http = serve(Reply({})), _session(tmp_path, Time())
    http.get_object(f"{server.url}/v1/search", {"q": "a", "type": "artist"})
    http.get_object(f"{server.url}/v1/search", {"type": "artist", "q": "a"})
    assert len(server.requests) == 1
    http.get_object(f"{server.url}/v1/search", {"q": "b", "type": "artist"})
    assert len(server.requests) == 2


@pytest.mark.parametrize(
    "path", ["/v1/me", "/v1/me/playlists", "/v1/playlists/37i9dQZF1DXcBWIGoYBM5M/items"]
)
def test_nothing_of_a_listener_is_kept(serve, tmp_path, path):
    server, http = serve(Reply({})), _session(tmp_path, Time())
    http.get_object(server.url + path, {})
    http.get_object(server.url + path, {})
    assert len(server.requests) == 2


def test_nothing_that_writes_is_kept(serve, tmp_path):
    server, http = serve(Reply({})), _session(tmp_path, Time())
    for _ in range(2):
        http.post(f"{server.url}/v1/search", json={})
    assert len(server.requests) == 2
    assert not ResponseCache(open_call_store(str(tmp_path)), clock=Time()).entries()


@pytest.mark.parametrize("reply", [Reply("no json"), Reply({"error": {}}, status=500)])
def test_a_bad_answer_is_not_kept(serve, tmp_path, reply):
    server = serve(reply, reply, reply, reply, Reply({"good": True}))
    http = _session(tmp_path, Time())
    with pytest.raises(SourceError):
        http.get_object(f"{server.url}/v1/search", {})
    assert http.get_object(f"{server.url}/v1/search", {}) == {"good": True}


def test_while_the_api_is_down_an_outdated_answer_stands_in_and_is_told(serve, place):
    server, time = serve(Reply({"n": 1}), Reply({}, status=503)), Time()
    http = _session(place, time)
    http.get_object(f"{server.url}/v1/search", {})
    time.now += timedelta(days=31)
    assert http.get_object(f"{server.url}/v1/search", {}) == {"n": 1}
    assert (http.usage.reused, http.usage.outdated) == (1, 1)
    assert "503" in http.usage.failed
    time.now += timedelta(days=7)
    with pytest.raises(SourceError):
        http.get_object(f"{server.url}/v1/search", {})


def test_on_a_spent_day_an_outdated_answer_stands_in(serve, tmp_path):
    server, time = serve(Reply({"n": 1})), Time()
    ledger = Ledger(open_call_store(str(tmp_path)), "spotify@x", Allowance(1), clock=time)
    cache = ResponseCache(open_call_store(str(tmp_path)), clock=time)
    http = ApiSession("spotify", cache=cache, ledger=ledger)
    http.get_object(f"{server.url}/v1/search", {})
    time.now += timedelta(days=31)
    ledger.pause(QuotaExceeded("spent", retry_after=7200))
    assert http.get_object(f"{server.url}/v1/search", {}) == {"n": 1}
    assert len(server.requests) == 1


def test_a_question_that_is_asked_anew_takes_no_kept_answer(serve, tmp_path):
    server, time = serve(Reply({"n": 1}), Reply({"n": 2}), Reply({}, status=500)), Time()
    http = _session(tmp_path, time)
    url = f"{server.url}/v1/search"
    http.get_object(url, {})
    with http.request_scope(newer_than=_NOON - timedelta(days=1)):
        assert http.get_object(url, {}) == {"n": 1}
    with http.request_scope(newer_than=_NOON):
        assert http.get_object(url, {}) == {"n": 2}
    with http.bypassing_cache(), pytest.raises(SourceError):
        http.get_object(url, {})


def test_a_refused_question_about_one_thing_is_not_answered_by_an_old_one(serve, tmp_path):
    server, time = serve(Reply({"n": 1}), Reply({}, status=404)), Time()
    http = _session(tmp_path, time)
    url = f"{server.url}/v1/artists/{'a' * 22}"
    http.get_object(url, {})
    time.now += timedelta(days=31)
    with pytest.raises(SourceError, match="404"):
        http.get_object(url, {})


def test_the_cache_holds_no_credential(sandbox, tmp_path):
    client = spotify(sandbox, session=_session(tmp_path, Time()))
    client.search("Somebody")
    (token,) = sandbox.state.tokens._issued
    content = b"".join(file.read_bytes() for file in tmp_path.rglob("*") if file.is_file())
    documents = str(dict(open_call_store(str(tmp_path)).documents("answers")))
    for secret in ("Bearer", "Basic", "sandbox-spotify-not-a-secret", token):
        assert secret.encode() not in content
        assert secret not in documents


def test_the_cache_stays_within_its_size(serve, tmp_path, monkeypatch):
    monkeypatch.setattr(cache_module, "_WRITES_BETWEEN_LOOKS", 20)
    noise = "".join(f"{number:05d}" for number in range(2_000))
    server = serve(lambda request: Reply({"q": request.query["q"], "noise": noise}))
    time = Time()
    http = _session(tmp_path, time, max_bytes=150_000)
    for number in range(61):
        time.now += timedelta(seconds=1)
        http.get_object(f"{server.url}/v1/search", {"q": number})
    cache = ResponseCache(open_call_store(str(tmp_path)), clock=time)
    assert cache.entries()[0].answers < 61
    assert http.get_object(f"{server.url}/v1/search", {"q": 60})["q"] == "60"
    assert len(server.requests) == 61, "the newest answers stay"


def test_it_can_be_looked_at_and_cleared_by_service(serve, place):
    server, time = serve(Reply({})), Time()
    _session(place, time).get_object(f"{server.url}/v1/search", {"q": 1})
    _session(place, time).get_object(f"{server.url}/v1/search", {"q": 2})
    _session(place, time, "seatgeek").get_object(f"{server.url}/2/events", {})
    cache = ResponseCache(open_call_store(str(place)), clock=time)
    found = [(entry.service, entry.endpoint, entry.answers) for entry in cache.entries()]
    assert found == [("seatgeek", "/2/events", 1), ("spotify", "/v1/search", 2)]
    assert cache.entries()[0].newest == _NOON
    assert cache.clear("spotify") == 2
    assert [entry.service for entry in cache.entries()] == ["seatgeek"]
    assert cache.clear() == 1
    assert not cache.entries()


def test_a_damaged_cache_costs_calls_and_no_run(serve, tmp_path, caplog):
    (tmp_path / "answers.sqlite").write_bytes(b"no database at all" * 100)
    server, http = serve(Reply({"n": 1})), _session(tmp_path, Time())
    for _ in range(3):
        assert http.get_object(f"{server.url}/v1/search", {}) == {"n": 1}
    assert len(server.requests) == 3
    assert caplog.text.count("Answers are not kept") == 1


def test_a_damaged_answer_is_asked_again(serve, tmp_path):
    import sqlite3

    server, time = serve(Reply({"n": 1}), Reply({"n": 2})), Time()
    _session(tmp_path, time).get_object(f"{server.url}/v1/search", {})
    with sqlite3.connect(tmp_path / "answers.sqlite") as file:
        file.execute("UPDATE answers SET value = x'00ff00'")
    file.close()
    assert _session(tmp_path, time).get_object(f"{server.url}/v1/search", {}) == {"n": 2}


_KILLED = """
import os, signal, sys
from datetime import datetime
from showlist_assets.sources.http import cache as cache_module
from showlist_assets.sources.http.cache import ResponseCache
from showlist_assets.sources.http.call_store import open_call_store
from showlist_assets.sources.http.session import ApiSession
now = datetime.fromisoformat(sys.argv[3])
cache = ResponseCache(open_call_store(sys.argv[1]), clock=lambda: now)
ApiSession("spotify", cache=cache).get(sys.argv[2])
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_paid_answer_survives_kill_9_of_the_very_next_instruction(serve, tmp_path):
    server = serve(Reply({"n": 1}))
    url = f"{server.url}/v1/search?q=x"
    killed = subprocess.run(
        [sys.executable, "-c", _KILLED, str(tmp_path), url, NOW.isoformat()], check=False
    )
    assert killed.returncode == -signal.SIGKILL
    cache = ResponseCache(open_call_store(str(tmp_path)), clock=lambda: NOW)
    http = ApiSession("spotify", cache=cache)
    assert http.get(url).json() == {"n": 1}
    assert (len(server.requests), http.usage) == (1, ApiUsage(reused=1))


def test_every_lifetime_is_finite():
    for lifetime in LIFETIMES.values():
        assert timedelta(0) < lifetime.fresh + lifetime.stale <= timedelta(days=120)


def test_what_is_no_object_is_not_kept(serve, tmp_path):
    server = serve(Reply([1, 2]), Reply({"n": 1}))
    http = _session(tmp_path, Time())
    with pytest.raises(BadAnswer):
        http.get_object(f"{server.url}/v1/search", {})
    assert http.get_object(f"{server.url}/v1/search", {}) == {"n": 1}


def test_an_answer_that_cannot_be_read_is_not_kept(serve, tmp_path):
    def answer(request):
        if request.path.endswith("token"):
            return Reply({"access_token": "t", "token_type": "Bearer", "expires_in": 3600})
        return odd.pop() if odd else Reply({"artists": {"items": []}, "tracks": {"items": []}})

    odd = [Reply({"artists": "none", "tracks": 7})]
    client = spotify(serve(answer).url, session=_session(tmp_path, Time()))
    with pytest.raises(BadAnswer):
        client.search("Somebody")
    assert client.search("Somebody").artists == ()
    sent = client.usage.sent
    client.search("Somebody")
    assert client.usage.sent == sent


def test_whoever_checks_the_keys_gets_no_kept_answer(sandbox, tmp_path):
    client = spotify(sandbox, session=_session(tmp_path, Time()))
    client.check()
    client.check()
    assert sandbox.requests("spotify", "/v1/search") == 2
