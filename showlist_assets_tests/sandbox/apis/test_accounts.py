from __future__ import annotations

import re

import pytest
import requests

from showlist_assets_tests.sandbox.clients import control, spotify, token, token_answer
from showlist_assets_tests.sandbox.listeners import (
    CALLBACK,
    PLAYLIST_SCOPES,
    ListenerClient,
    accounts_url,
    asked,
    code_of,
    exchange,
    open_page,
    press,
    refresh,
    sent_back,
)


def me(sandbox, bearer):
    return spotify(sandbox, "/v1/me", bearer=bearer)


def test_the_page_names_what_is_asked_for_and_who_can_agree(sandbox):
    sandbox.listeners.add_listener("kim", "Kim <b>Lee</b>")
    page = open_page(sandbox, scope="playlist-modify-private")
    assert page.headers["content-type"].startswith("text/html")
    assert "make and change private playlists" in page.text
    assert "upload pictures" not in page.text
    assert "Kim &lt;b&gt;Lee&lt;/b&gt;" in page.text
    assert re.findall(r"<button[^>]*>(\w+)<", page.text) == ["Agree", "Cancel"]


def test_agreeing_leads_back_with_a_code_that_buys_tokens_of_that_listener(sandbox):
    sandbox.listeners.add_listener("kim", "Kim")
    back = sent_back(press(sandbox, "agree", "kim"))
    assert back.keys() == {"code", "state"}
    assert back["state"] == "a-state"
    answer = exchange(sandbox, back["code"])
    assert answer.status_code == 200
    granted = answer.json()
    assert granted["scope"].split() == sorted(PLAYLIST_SCOPES)
    assert granted["expires_in"] == 3600
    assert me(sandbox, granted["access_token"]).json()["id"] == "kim"
    renewed = refresh(sandbox, granted["refresh_token"]).json()
    assert "refresh_token" not in renewed
    assert me(sandbox, renewed["access_token"]).json()["id"] == "kim"


def test_cancelling_leads_back_with_access_denied_and_the_state(sandbox):
    back = sent_back(press(sandbox, "cancel", redirect_uri=f"{CALLBACK}?from=test"))
    assert back == {"from": "test", "error": "access_denied", "state": "a-state"}


def test_an_unknown_client_is_told_to_the_listener_and_never_sent_back(sandbox):
    answer = open_page(sandbox, client_id="stranger")
    assert (answer.status_code, answer.text) == (400, "INVALID_CLIENT: Invalid client")


@pytest.mark.parametrize(
    ("redirect_uri", "problem"),
    [
        ("http://localhost:8322/callback", "Insecure"),
        ("https://localhost/callback", "Insecure"),
        ("http://example.org/callback", "Insecure"),
        ("http://127.0.0.1.example.org/callback", "Insecure"),
        ("http://127.0.0.1:port/callback", "Invalid"),
        ("javascript:alert(1)", "Invalid"),
        (None, "Invalid"),
    ],
)
@pytest.mark.parametrize("ask", [open_page, lambda *a, **k: press(a[0], "agree", **k)])
def test_a_redirect_uri_that_is_not_safe_is_refused_on_the_page(
    sandbox, ask, redirect_uri, problem
):
    answer = ask(sandbox, redirect_uri=redirect_uri)
    assert answer.status_code == 400
    assert answer.text == f"INVALID_CLIENT: {problem} redirect URI"


@pytest.mark.parametrize(
    "redirect_uri", ["https://example.org/cb", "http://[::1]:1/cb", "http://127.0.0.1/cb"]
)
def test_https_and_loopback_addresses_are_good(sandbox, redirect_uri):
    assert open_page(sandbox, redirect_uri=redirect_uri).status_code == 200


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"code_challenge": None}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge_method": None}, "invalid_request"),
        ({"scope": "playlist-modify-private everything"}, "invalid_scope"),
    ],
)
def test_other_mistakes_are_told_to_the_app(sandbox, changed, error):
    back = sent_back(open_page(sandbox, **changed))
    assert (back["error"], back["state"]) == (error, "a-state")
    assert "code" not in back


def test_who_agreed_before_is_sent_straight_back_unless_the_dialog_is_asked_for(sandbox):
    browser = requests.Session()
    url = accounts_url(sandbox, "/authorize")

    def visit(**changed):
        query = asked(sandbox, **changed)
        return browser.get(url, params=query, timeout=10, allow_redirects=False)

    assert visit().status_code == 200
    decision = {"decision": "agree", "listener": "listener"}
    agreed = browser.post(
        url, params=asked(sandbox), data=decision, timeout=10, allow_redirects=False
    )
    exchange(sandbox, sent_back(agreed)["code"])
    sandbox.advance(days=100)
    again = exchange(sandbox, sent_back(visit())["code"]).json()["refresh_token"]
    assert visit(show_dialog="true").status_code == 200
    assert visit(scope="user-top-read").status_code == 200
    sandbox.advance(days=81)
    assert refresh(sandbox, again).json()["error"] == "invalid_grant"
    assert visit().status_code == 200


def test_a_code_is_good_once(sandbox):
    code = code_of(sandbox)
    assert exchange(sandbox, code).status_code == 200
    assert exchange(sandbox, code).json() == {
        "error": "invalid_grant",
        "error_description": "Invalid authorization code",
    }


def test_a_code_is_good_for_ten_minutes(sandbox):
    in_time, late = code_of(sandbox), code_of(sandbox)
    sandbox.advance(seconds=590)
    assert exchange(sandbox, in_time).status_code == 200
    sandbox.advance(seconds=20)
    assert exchange(sandbox, late).json()["error_description"] == "Authorization code expired"


@pytest.mark.parametrize(
    ("changed", "error", "description"),
    [
        ({"code_verifier": "another"}, "invalid_grant", "code_verifier was incorrect"),
        ({"code_verifier": None}, "invalid_request", "code_verifier must be supplied"),
        ({"redirect_uri": CALLBACK + "/"}, "invalid_grant", "Invalid redirect URI"),
        ({"client_id": "stranger"}, "invalid_client", "Invalid client"),
        ({"client_secret": "wrong"}, "invalid_client", "Invalid client secret"),
    ],
)
def test_a_code_alone_buys_nothing(sandbox, changed, error, description):
    answer = exchange(sandbox, code_of(sandbox), **changed)
    assert answer.status_code == 400
    assert answer.json() == {"error": error, "error_description": description}


def test_a_code_may_be_exchanged_with_the_secret_too(sandbox):
    form = {"code": code_of(sandbox), "redirect_uri": CALLBACK}
    wrong = token_answer(sandbox, "wrong", grant_type="authorization_code", **form)
    assert wrong.json()["error"] == "invalid_client"
    granted = exchange(sandbox, form["code"], client_secret=sandbox.env()["SPOTIFY_CLIENT_SECRET"])
    assert granted.status_code == 200


def test_the_app_still_gets_no_token_without_its_secret(sandbox):
    form = {"grant_type": "client_credentials", "client_id": sandbox.env()["SPOTIFY_CLIENT_ID"]}
    answer = requests.post(accounts_url(sandbox, "/api/token"), data=form, timeout=10)
    assert answer.json()["error"] == "invalid_client"


def test_a_consent_ends_after_six_months_however_often_it_was_refreshed(start_sandbox):
    sandbox = start_sandbox(events=51, rotate=True)
    newest = sandbox.listeners.consent(PLAYLIST_SCOPES)
    for _ in range(5):
        sandbox.advance(days=35)
        newest = refresh(sandbox, newest).json()["refresh_token"]
    sandbox.advance(days=10)
    answer = refresh(sandbox, newest)
    assert answer.status_code == 400
    assert answer.json() == {
        "error": "invalid_grant",
        "error_description": "Refresh token expired",
    }


def test_where_tokens_rotate_the_old_one_is_revoked(start_sandbox):
    sandbox = start_sandbox(events=51, rotate=True)
    first = sandbox.listeners.consent(PLAYLIST_SCOPES)
    second = refresh(sandbox, first).json()["refresh_token"]
    assert second != first
    assert refresh(sandbox, first).json()["error_description"] == "Refresh token revoked"
    assert refresh(sandbox, second).status_code == 200


def test_a_revoked_consent_ends_every_token_of_that_listener_only(sandbox):
    sandbox.listeners.add_listener("kim", "Kim")
    code = code_of(sandbox, "kim")
    kim, kept = ListenerClient(sandbox, "kim"), ListenerClient(sandbox)
    refresh_token = sandbox.listeners.consent(PLAYLIST_SCOPES, "kim")
    control(sandbox, "POST", "listeners/kim/revoke")
    assert refresh(sandbox, refresh_token).json()["error"] == "invalid_grant"
    assert kim("GET", "/me").status_code == 401
    assert kept("GET", "/me").status_code == 200
    assert exchange(sandbox, code).json()["error"] == "invalid_grant"


def test_an_unknown_refresh_token_is_an_invalid_grant(sandbox):
    answer = refresh(sandbox, "made-up").json()
    assert answer == {"error": "invalid_grant", "error_description": "Invalid refresh token"}


@pytest.mark.parametrize(
    ("account", "text"),
    [
        ({"premium": False}, "Active premium subscription required"),
        ({"allowlisted": False}, "User not registered in the Developer Dashboard"),
    ],
)
def test_who_may_not_use_the_app_can_log_in_but_every_call_is_a_plain_403(sandbox, account, text):
    sandbox.listeners.add_listener("kim", "Kim", **account)
    bearer = exchange(sandbox, code_of(sandbox, "kim")).json()["access_token"]
    for path in ("/v1/me", "/v1/me/playlists", "/v1/search", "/v1/playlists/x/tracks"):
        answer = spotify(sandbox, path, bearer=bearer)
        assert answer.status_code == 403
        assert answer.headers["content-type"].startswith("text/plain")
        assert answer.text.startswith(text)


def test_the_apps_own_token_is_no_listeners(sandbox):
    answer = me(sandbox, token(sandbox))
    assert answer.status_code == 401
    assert answer.json()["error"]["message"] == "Valid user authentication required"


def test_a_listeners_calls_count_towards_the_same_quota(start_sandbox):
    sandbox = start_sandbox(events=51, daily_quota=3)
    listener, bearer = ListenerClient(sandbox), token(sandbox)
    assert listener("GET", "/me").status_code == 200
    assert listener.json("POST", "/me/playlists", name="Soon").status_code == 201
    assert spotify(sandbox, "/v1/search", q="x", type="artist", bearer=bearer).status_code == 200
    refused = listener("GET", "/me")
    assert refused.status_code == 429
    assert refused.json()["error"]["reason"] == "QUOTA_EXCEEDED"
    assert int(refused.headers["Retry-After"]) > 80_000


def test_a_listeners_country_makes_songs_available_without_a_market(sandbox):
    artist = sandbox.world.catalog.artists[0]
    song = sandbox.world.catalog.tracks_of(artist.id)[0]
    assert ListenerClient(sandbox)("GET", f"/tracks/{song.id}").status_code == 200


def test_a_reset_forgets_every_listener_and_token(sandbox):
    sandbox.listeners.add_listener("kim", "Kim")
    kim, refresh_token = ListenerClient(sandbox, "kim"), sandbox.listeners.consent((), "kim")
    sandbox.reset()
    assert kim("GET", "/me").status_code == 401
    assert refresh(sandbox, refresh_token).json()["error"] == "invalid_grant"
    everyone = control(sandbox, "GET", "listeners")["listeners"]
    assert [one["user_id"] for one in everyone] == ["listener"]
