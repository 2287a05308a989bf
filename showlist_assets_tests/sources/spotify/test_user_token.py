"""A listener's token over the sandbox, whose refresh tokens rotate: the old one is dead at once."""

from __future__ import annotations

import logging
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from datetime import datetime, timedelta
from threading import Barrier

import pytest
import requests

from showlist_assets.sandbox.config import SPOTIFY_CLIENT_ID
from showlist_assets.services.listeners.accounts import Account, AccountError, AccountStore
from showlist_assets.sources.failures import BadAnswer, NeedsConsent, SourceError, Transient
from showlist_assets.sources.http.session import ApiSession
from showlist_assets.sources.spotify.login import SCOPES
from showlist_assets.sources.spotify.user_token import UserToken
from showlist_assets_tests.sources.conftest import Reply

REFRESH = "the-first-refresh-token"


@pytest.fixture(scope="module")
def rotating_sandbox():
    from showlist_assets.sandbox.config import SandboxConfig
    from showlist_assets.sandbox.server import start_sandbox

    running = start_sandbox(SandboxConfig(rotate=True, events=20))
    yield running
    running.stop()


@pytest.fixture
def rotating(rotating_sandbox):
    rotating_sandbox.reset()
    return rotating_sandbox


@pytest.fixture
def store(tmp_path):
    return AccountStore(tmp_path / "accounts")


def saved(store, refresh_token, now, **fields):
    given = {
        "name": "me",
        "user_id": "listener",
        "display_name": "Robin",
        "refresh_token": refresh_token,
        "scopes": SCOPES,
        "consented_at": now,
    }
    store.save(Account(**(given | fields)))


def listening(sandbox, store):
    """An account whose consent the sandbox knows, without an access token yet."""
    saved(store, sandbox.listeners.consent(SCOPES), sandbox.state.clock.now())
    return session_of(sandbox.env()["SHOWLIST_SPOTIFY_ACCOUNTS_URL"], store, clock_of(sandbox))


def clock_of(sandbox):
    return sandbox.state.clock.now


def session_of(accounts_url, store, clock):
    session = ApiSession("spotify", sleep=lambda _: None)
    session.authorize = UserToken(
        session, accounts_url, SPOTIFY_CLIENT_ID, store.tokens("me"), clock=clock
    )
    return session


def me(session, sandbox):
    return session.get_object(f"{sandbox.env()['SHOWLIST_SPOTIFY_URL']}/v1/me", {})["id"]


def token_requests(sandbox):
    return sandbox.requests("accounts", "/api/token")


def test_a_token_is_fetched_once_and_used_while_it_lasts(rotating, store):
    session = listening(rotating, store)
    assert [me(session, rotating) for _ in range(3)] == ["listener"] * 3
    assert token_requests(rotating) == 1


def test_another_process_needs_no_token_of_its_own(rotating, store):
    session = listening(rotating, store)
    me(session, rotating)
    other = session_of(rotating.env()["SHOWLIST_SPOTIFY_ACCOUNTS_URL"], store, clock_of(rotating))
    me(other, rotating)
    assert token_requests(rotating) == 1


def test_a_token_is_renewed_before_it_ends_with_the_refresh_token_that_came_last(rotating, store):
    session = listening(rotating, store)
    kept = []
    for _ in range(3):
        me(session, rotating)
        kept.append(store.read("me").tokens)
        rotating.advance(minutes=59, seconds=1)
    assert token_requests(rotating) == 3
    assert len({tokens.refresh_token for tokens in kept}) == 3


def test_a_refresh_token_stays_where_no_new_one_comes(sandbox, store):
    session = listening(sandbox, store)
    before = store.read("me").tokens.refresh_token
    me(session, sandbox)
    assert store.read("me").tokens.refresh_token == before
    assert store.read("me").scopes == tuple(sorted(SCOPES))


def test_a_refused_token_is_renewed_although_its_hour_is_not_over(rotating, store):
    session = listening(rotating, store)
    me(session, rotating)
    session.authorize.refuse(session.authorize.given)
    me(session, rotating)
    me(session, rotating)
    assert token_requests(rotating) == 2


def test_threads_that_race_share_one_renewal(rotating, store):
    listening(rotating, store)
    url, start = rotating.env()["SHOWLIST_SPOTIFY_ACCOUNTS_URL"], Barrier(8)

    def race(_):
        own_store = AccountStore(store.folder)
        session = session_of(url, own_store, clock_of(rotating))
        start.wait(timeout=10)
        me(session, rotating)
        return session.authorize.given

    with ThreadPoolExecutor(8) as threads:
        tokens = set(threads.map(race, range(8)))
    assert len(tokens) == token_requests(rotating) == 1


_RACER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
import requests
from showlist_assets.services.listeners.accounts import AccountStore
from showlist_assets.sources.http.session import ApiSession
from showlist_assets.sources.spotify.user_token import UserToken

folder, url, client_id, now = sys.argv[1:]
token = UserToken(
    ApiSession("spotify"), url, client_id, AccountStore(Path(folder)).tokens("me"),
    clock=lambda: datetime.fromisoformat(now),
)
print("ready", flush=True)
sys.stdin.readline()
token(requests.Request("GET", url).prepare())
print(token.given)
"""


def test_processes_that_race_share_one_renewal(rotating, store):
    listening(rotating, store)
    arguments = (
        str(store.folder),
        rotating.env()["SHOWLIST_SPOTIFY_ACCOUNTS_URL"],
        SPOTIFY_CLIENT_ID,
        clock_of(rotating)().isoformat(),
    )
    racers = [
        subprocess.Popen(
            [sys.executable, "-c", _RACER, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(3)
    ]
    assert [racer.stdout.readline() for racer in racers] == ["ready\n"] * 3
    for racer in racers:
        racer.stdin.write("go\n")
        racer.stdin.flush()
    tokens = {racer.communicate(timeout=30)[0] for racer in racers}
    assert len(tokens) == token_requests(rotating) == 1
    assert tokens != {""}


class CutOff:
    """A store of tokens whose lock keeps nobody out, and where another one renews meanwhile."""

    def __init__(self, tokens, meanwhile):
        self._tokens, self._meanwhile = tokens, [meanwhile]
        self.write, self.end = tokens.write, tokens.end

    def lock(self):
        return nullcontext()

    def read(self):
        tokens = self._tokens.read()
        # After the reading that precedes the lock.
        if len(self._meanwhile) == 2:
            self._meanwhile[0]()
            self._meanwhile = []
        elif self._meanwhile:
            self._meanwhile.append(None)
        return tokens


def test_whoever_renews_with_what_another_has_used_up_takes_what_the_other_got(rotating, store):
    session = listening(rotating, store)
    url = rotating.env()["SHOWLIST_SPOTIFY_ACCOUNTS_URL"]
    late = session_of(url, store, clock_of(rotating))
    tokens = CutOff(store.tokens("me"), lambda: me(session, rotating))
    late.authorize = UserToken(late, url, SPOTIFY_CLIENT_ID, tokens, clock=clock_of(rotating))
    assert me(late, rotating) == "listener"
    assert late.authorize.given == session.authorize.given
    # The second one was refused, and the account is not marked for that.
    assert token_requests(rotating) == 2
    assert not store.read("me").needs_consent


def test_a_withdrawn_permission_marks_the_account_and_is_never_tried_again(rotating, store):
    session = listening(rotating, store)
    rotating.listeners.revoke("listener")
    for _ in range(3):
        with pytest.raises(NeedsConsent, match=r"account 'me' \(Robin\).*`showlist login me`"):
            me(session, rotating)
    assert store.read("me").needs_consent
    assert token_requests(rotating) == 1


def test_a_permission_ends_after_six_months_however_often_it_was_renewed(rotating, store):
    session = listening(rotating, store)
    for _ in range(6):
        me(session, rotating)
        rotating.advance(days=29)
    me(session, rotating)
    rotating.advance(days=10)
    with pytest.raises(NeedsConsent):
        me(session, rotating)


def test_after_a_new_login_the_same_session_goes_on(rotating, store):
    session = listening(rotating, store)
    rotating.listeners.revoke("listener")
    with pytest.raises(NeedsConsent):
        me(session, rotating)
    saved(store, rotating.listeners.consent(SCOPES), clock_of(rotating)())
    assert me(session, rotating) == "listener"


def test_after_a_logout_no_token_is_used_any_more(rotating, store):
    session = listening(rotating, store)
    me(session, rotating)
    store.remove("me")
    with pytest.raises(AccountError, match="no account 'me'"):
        me(session, rotating)


@pytest.mark.parametrize(
    ("reply", "failure"),
    [
        (Reply("out of order", 503), Transient),
        (Reply({"access_token": "", "expires_in": 3600}), BadAnswer),
        (Reply({"access_token": "a", "expires_in": "soon"}), BadAnswer),
        (Reply({"access_token": "a", "expires_in": 10**30}), BadAnswer),
        (Reply({"access_token": "a", "expires_in": -1}), BadAnswer),
        (Reply([]), BadAnswer),
        (Reply(""), BadAnswer),
        (
            Reply({"error": "invalid_request", "error_description": f"bad {REFRESH}"}, 400),
            SourceError,
        ),
    ],
)
def test_any_other_failure_leaves_the_account_as_it_was_and_tells_no_token(
    serve, store, caplog, reply, failure
):
    now = datetime.fromisoformat("2026-11-21T12:00:00+00:00")
    saved(store, REFRESH, now, access_token="the-old-one", access_token_expires_at=now)
    server, before = serve(reply), store.read("me")
    with caplog.at_level(logging.DEBUG), pytest.raises(failure) as raised:
        session_of(server.url, store, lambda: now + timedelta(hours=1)).get(server.url)
    assert store.read("me") == before
    assert len(server.requests) == 1
    told = f"{raised.value!r} {raised.value} {raised.value.what} {caplog.text}"
    assert REFRESH not in told
    assert "the-old-one" not in told


def test_a_request_carries_the_token(rotating, store):
    session = listening(rotating, store)
    request = session.authorize(requests.Request("GET", "http://127.0.0.1/v1/me").prepare())
    assert request.headers["Authorization"] == f"Bearer {session.authorize.given}"
