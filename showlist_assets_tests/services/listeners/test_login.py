"""A listener logs in: over the sandbox, without a console and a browser."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from pydantic import SecretStr

from showlist_assets.services.listeners.accounts import AccountError, account_status
from showlist_assets.settings import SettingsError, load_settings
from showlist_assets.sources.failures import (
    BudgetSpent,
    NeedsScope,
    NotAllowlisted,
    NotPremium,
    WrongKey,
)
from showlist_assets.sources.spotify.login import (
    LISTENING_SCOPES,
    SCOPES,
    LoginAttempt,
    LoginError,
    challenge_of,
)
from showlist_assets.wiring import Platform
from showlist_assets_tests.clock import NOW, PINNED

_REDIRECT = "http://127.0.0.1:8888/callback"


@pytest.fixture
def start(sandbox, tmp_path):
    """Makes a platform over the sandbox that knows no key but the app's public id."""
    known = {name: value for name, value in sandbox.env().items() if "SECRET" not in name}
    root = {"SHOWLIST_DATA_ROOT": str(tmp_path / "data")}
    return lambda **changed: Platform(load_settings(**{**PINNED, **root, **known, **changed}))


@pytest.fixture
def platform(start):
    return start()


def answer_of(page, decision="agree", listener="listener"):
    """Where the accounts service sends somebody who pressed the button."""
    response = requests.post(
        page, {"listener": listener, "decision": decision}, timeout=5, allow_redirects=False
    )
    return response.headers["Location"]


def log_in(platform, name="me", change=lambda redirect: redirect, **decision):
    """A whole login; ``change`` is what happens to Spotify's answer on its way."""
    login = platform.login
    attempt = login.begin(name, redirect_uri=_REDIRECT)
    code = attempt.code_in(change(answer_of(attempt.url, **decision)))
    return login.finish(name, attempt, code)


def test_after_a_login_the_account_is_kept(platform, sandbox):
    account = log_in(platform)
    assert platform.accounts.read("me") == account
    assert (account.user_id, account.display_name) == ("listener", "Robin Listener")
    assert account.scopes == tuple(sorted(SCOPES))
    assert account.consented_at == NOW
    assert sandbox.requests("spotify") == 1
    assert platform.ledger("spotify").spent() == {"playlist": 1}


def test_the_page_asks_for_no_more_than_is_used_and_holds_no_secret(platform):
    page = platform.login.begin("me", redirect_uri=_REDIRECT).url
    asked = {name: found[0] for name, found in parse_qs(urlsplit(page).query).items()}
    assert asked["scope"].split() == list(SCOPES)
    assert asked["redirect_uri"] == _REDIRECT
    assert (asked["code_challenge_method"], asked["response_type"]) == ("S256", "code")
    assert "code_verifier" not in asked
    assert len(asked["state"]) >= 32


def test_the_challenge_is_that_of_the_standard():
    # RFC 7636, appendix B.
    verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    assert challenge_of(verifier) == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


def test_no_two_logins_share_their_secrets():
    attempts = [LoginAttempt("https://a", "id", "http://127.0.0.1:1/callback") for _ in range(2)]
    assert attempts[0].state != attempts[1].state
    assert attempts[0].verifier != attempts[1].verifier
    assert all(43 <= len(attempt.verifier) <= 128 for attempt in attempts)
    assert attempts[0].verifier not in repr(attempts[0]) + attempts[0].url


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda redirect: redirect.replace("state=", "state=x"), "answer to another login"),
        (lambda redirect: redirect.partition("&state=")[0], "answer to another login"),
        (lambda redirect: redirect.replace("code=", "code=x"), "does not take the code"),
        (
            lambda redirect: redirect.replace("code=", "error=server_error&x="),
            r"ended the login \(server_error\)",
        ),
    ],
)
def test_an_answer_that_is_none_ends_the_login_with_a_sentence(platform, change, says):
    with pytest.raises(LoginError, match=says):
        log_in(platform, change=change)
    assert platform.accounts.names() == []


@pytest.mark.parametrize(
    ("person", "failure"),
    [({"premium": False}, NotPremium), ({"allowlisted": False}, NotAllowlisted)],
)
def test_a_listener_whom_spotify_refuses_is_not_kept(platform, sandbox, person, failure):
    sandbox.listeners.add_listener("eve", "Eve", **person)
    with pytest.raises(failure):
        log_in(platform, listener="eve")
    assert platform.accounts.names() == []


def test_another_listener_does_not_take_over_an_account(platform, sandbox):
    before = log_in(platform)
    sandbox.listeners.add_listener("eve", "Eve")
    with pytest.raises(AccountError, match=r"'me' is Robin Listener's, but Eve has just agreed"):
        log_in(platform, listener="eve")
    assert platform.accounts.read("me") == before
    assert log_in(platform, "eve", listener="eve").user_id == "eve"


def test_a_new_login_lifts_an_ended_permission_and_begins_its_six_months(start, platform):
    first = log_in(platform)
    platform.accounts.tokens("me").end()
    later = start(SHOWLIST_NOW=first.consent_ends_at.isoformat())
    assert not log_in(later).needs_consent
    assert platform.accounts.read("me").consented_at == first.consent_ends_at


def test_without_an_app_nobody_is_sent_anywhere(start, monkeypatch):
    with pytest.raises(WrongKey):
        _ = start(SPOTIFY_CLIENT_ID="two words").login
    monkeypatch.delenv("SPOTIFY_CLIENT_ID", raising=False)
    with pytest.raises(SettingsError, match="SPOTIFY_CLIENT_ID is not set, so Showlist cannot log"):
        _ = start(SPOTIFY_CLIENT_ID=None).login


def test_with_the_days_calls_spent_nobody_is_asked_to_agree(start):
    with pytest.raises(BudgetSpent):
        start(SHOWLIST_SPOTIFY_BUDGET=0).login.begin("me", redirect_uri=_REDIRECT)


def test_a_login_of_a_sixth_account_is_refused_before_anybody_agrees(platform):
    account = log_in(platform)
    for number in range(4):
        platform.accounts.save(account.model_copy(update={"name": f"other-{number}"}))
    with pytest.raises(AccountError):
        platform.login.begin("sixth", redirect_uri=_REDIRECT)
    assert platform.login.begin("me", redirect_uri=_REDIRECT).url


def test_a_consent_of_before_is_good_for_playlists_and_its_listener_is_told_of_plays(
    platform, sandbox
):
    account = log_in(platform)
    assert "for playlists only" not in account_status(account, now=NOW)
    playlists = tuple(scope for scope in SCOPES if scope not in LISTENING_SCOPES)
    refresh = SecretStr(sandbox.listeners.consent(playlists))
    older = account.model_copy(
        update={"scopes": playlists, "refresh_token": refresh, "access_token": None}
    )
    platform.accounts.save(older)
    assert "`showlist login me` asks to read plays, too" in account_status(older, now=NOW)
    assert platform.playlists_client(older).me() == account.user_id
    spent = sandbox.requests("spotify")
    with pytest.raises(NeedsScope, match="showlist login me"):
        platform.spotify_listening(older).recently_played()
    assert sandbox.requests("spotify") == spent
    # Whoever agrees again is read, and the calls have a purpose of their own.
    again = log_in(platform)
    assert len(platform.spotify_listening(again).recently_played()) == 50
    assert platform.spotify_listening(again).top_artists("short_term")
    assert platform.ledger("spotify").spent()["listening"] == 2


def test_spotify_itself_refuses_what_was_not_agreed_to(platform, sandbox):
    account = log_in(platform)
    playlists = tuple(scope for scope in SCOPES if scope not in LISTENING_SCOPES)
    refresh = SecretStr(sandbox.listeners.consent(playlists))
    platform.accounts.save(
        account.model_copy(update={"refresh_token": refresh, "access_token": None})
    )
    with pytest.raises(NeedsScope, match="showlist login me"):
        platform.spotify_listening(account).top_artists("long_term")
