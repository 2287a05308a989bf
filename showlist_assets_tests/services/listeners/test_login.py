"""A listener logs in, out, and is forgotten: over the sandbox, with a browser of a few lines."""

from __future__ import annotations

import io
import logging
import os
import shutil
import socket
import struct
import subprocess
import sys
from contextlib import suppress
from threading import Thread
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from rich.console import Console
from typer.testing import CliRunner

from showlist_assets.cli.app import app
from showlist_assets.services.listeners.accounts import AccountError, open_accounts
from showlist_assets.services.listeners.login import forget, list_accounts, log_in, log_out
from showlist_assets.settings import SettingsError, load_settings, setting_names
from showlist_assets.sources.failures import BudgetSpent, NotAllowlisted, NotPremium, WrongKey
from showlist_assets.sources.spotify.login import SCOPES, LoginAttempt, LoginError, challenge_of


@pytest.fixture
def settings(sandbox, tmp_path, monkeypatch):
    """The platform's settings over the sandbox, with no key but the app's public id."""
    monkeypatch.chdir(tmp_path)
    for name in setting_names():
        monkeypatch.delenv(name, raising=False)
    for name, value in sandbox.env().items():
        if name != "SPOTIFY_CLIENT_SECRET":
            monkeypatch.setenv(name, value)
    monkeypatch.setenv("SHOWLIST_LOGIN_PORT", str(free_port()))
    return load_settings()


@pytest.fixture
def console():
    return Console(file=io.StringIO(), width=200)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def answer_of(page, decision="agree", listener="listener"):
    """Where the accounts service sends somebody who pressed the button."""
    response = requests.post(
        page, {"listener": listener, "decision": decision}, timeout=5, allow_redirects=False
    )
    return response.headers["Location"]


class FakeBrowser:
    """Opens the page, presses a button and follows the way back; keeps the last page."""

    def __init__(self, monkeypatch, change=lambda redirect: redirect, **decision):
        self.page = self._shown = self._thread = None
        self._change, self._decision = change, decision
        monkeypatch.setattr("webbrowser.open", self.open)

    def open(self, page):
        self.page = page
        self._thread = Thread(target=self._visit, args=(page,), daemon=True)
        self._thread.start()
        return True

    @property
    def shown(self):
        """The last page, which may come a moment after the login has ended."""
        self._thread.join(timeout=10)
        return self._shown

    def _visit(self, page):
        redirect = self._change(answer_of(page, **self._decision))
        # The login may have ended already, and its server with it.
        with suppress(requests.ConnectionError):
            self._shown = requests.get(redirect, timeout=5)


def pasting(monkeypatch, answer):
    """A person who opens the page elsewhere and pastes ``answer(page)``."""

    def read(console, _):
        pages = [line for line in console.file.getvalue().split() if "/authorize?" in line]
        return answer(pages[0])

    monkeypatch.setattr(Console, "input", read)


def test_after_a_login_the_account_is_kept_and_the_person_is_told(
    settings, console, sandbox, monkeypatch
):
    browser = FakeBrowser(monkeypatch)
    account = log_in(settings, "me", console)
    assert open_accounts(settings).read("me") == account
    assert (account.user_id, account.display_name) == ("listener", "Robin Listener")
    assert account.scopes == tuple(sorted(SCOPES))
    assert "Logged in as Robin Listener" in console.file.getvalue()
    assert "good until" in console.file.getvalue()
    assert sandbox.requests("spotify") == 1
    assert "you can close this page" in browser.shown.text


def test_the_page_asks_for_no_more_than_is_used_and_holds_no_secret(settings, console, monkeypatch):
    browser = FakeBrowser(monkeypatch)
    log_in(settings, "me", console)
    asked = {name: found[0] for name, found in parse_qs(urlsplit(browser.page).query).items()}
    assert asked["scope"].split() == list(SCOPES)
    assert asked["redirect_uri"] == f"http://127.0.0.1:{settings.login_port}/callback"
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


def test_neither_the_terminal_nor_the_log_nor_the_page_tells_a_token_or_a_code(
    settings, console, monkeypatch, caplog, capfd
):
    codes = []

    def remember(redirect):
        codes.append(parse_qs(urlsplit(redirect).query)["code"][0])
        return redirect

    browser = FakeBrowser(monkeypatch, remember)
    with caplog.at_level(logging.INFO):
        account = log_in(settings, "me", console)
    streams = capfd.readouterr()
    told = console.file.getvalue() + caplog.text + streams.out + streams.err + browser.shown.text
    tokens = account.tokens
    for secret in (*codes, tokens.access_token, tokens.refresh_token):
        assert secret not in told


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
def test_an_answer_that_is_none_ends_the_login_with_a_sentence(
    settings, console, monkeypatch, change, says
):
    FakeBrowser(monkeypatch, change)
    with pytest.raises(LoginError, match=says):
        log_in(settings, "me", console)
    assert open_accounts(settings).names() == []


def test_a_declined_permission_is_said_in_the_browser_too(settings, console, monkeypatch):
    browser = FakeBrowser(monkeypatch, decision="cancel")
    with pytest.raises(LoginError, match="The permission was declined"):
        log_in(settings, "me", console)
    assert "The permission was declined" in browser.shown.text


def test_a_silent_connection_and_other_pages_do_not_end_the_wait(settings, console, monkeypatch):
    address = ("127.0.0.1", settings.login_port)
    silent = []

    def look_around(redirect):
        silent.append(socket.create_connection(address))
        for path in ("/favicon.ico", "/callback"):
            assert (
                requests.get(f"http://127.0.0.1:{address[1]}{path}", timeout=5).status_code == 404
            )
        return redirect

    FakeBrowser(monkeypatch, look_around)
    assert log_in(settings, "me", console).user_id == "listener"
    silent[0].close()


def test_nobody_who_agrees_is_waited_for_only_so_long(settings, console, monkeypatch):
    monkeypatch.setattr("webbrowser.open", lambda _: False)
    with pytest.raises(LoginError, match=r"Nobody agreed.*redirect URI.*--no-browser"):
        log_in(settings, "me", console, patience=0.1)
    assert "No browser could be started" in console.file.getvalue()


def test_a_port_that_is_taken_is_said_before_anything_is_opened(settings, console, monkeypatch):
    browser = FakeBrowser(monkeypatch)
    with (
        socket.create_server(("127.0.0.1", settings.login_port)),
        pytest.raises(LoginError, match=rf"Port {settings.login_port} is taken"),
    ):
        log_in(settings, "me", console)
    assert browser.page is None


def test_the_port_is_free_again_after_a_login(settings, console, monkeypatch):
    FakeBrowser(monkeypatch)
    for _ in range(2):
        log_in(settings, "me", console)


def test_without_a_browser_the_answer_is_pasted_even_in_two_lines(settings, console, monkeypatch):
    def broken_in_two(page):
        redirect = answer_of(page)
        return f"  {redirect[:60]}\n{redirect[60:]} "

    pasting(monkeypatch, broken_in_two)
    assert log_in(settings, "me", console, browser=False).user_id == "listener"


@pytest.mark.parametrize("pasted", ["", "http://127.0.0.1:8888/callback", "hello"])
def test_something_else_pasted_is_refused(settings, console, monkeypatch, pasted):
    pasting(monkeypatch, lambda _: pasted)
    with pytest.raises(LoginError, match="no answer of Spotify's"):
        log_in(settings, "me", console, browser=False)


@pytest.mark.parametrize(
    ("person", "failure"),
    [({"premium": False}, NotPremium), ({"allowlisted": False}, NotAllowlisted)],
)
def test_a_listener_whom_spotify_refuses_is_not_kept(
    settings, console, sandbox, monkeypatch, person, failure
):
    sandbox.listeners.add_listener("eve", "Eve", **person)
    FakeBrowser(monkeypatch, listener="eve")
    with pytest.raises(failure):
        log_in(settings, "me", console)
    assert open_accounts(settings).names() == []


def test_another_listener_does_not_take_over_an_account(settings, console, sandbox, monkeypatch):
    FakeBrowser(monkeypatch)
    before = log_in(settings, "me", console)
    sandbox.listeners.add_listener("eve", "Eve")
    FakeBrowser(monkeypatch, listener="eve")
    with pytest.raises(AccountError, match=r"'me' is Robin Listener's, but Eve has just agreed"):
        log_in(settings, "me", console)
    assert open_accounts(settings).read("me") == before
    assert log_in(settings, "eve", console).user_id == "eve"


def test_a_new_login_lifts_an_ended_permission_and_begins_its_six_months(
    settings, console, monkeypatch
):
    FakeBrowser(monkeypatch)
    first = log_in(settings, "me", console)
    open_accounts(settings).tokens("me").end()
    later = settings.model_copy(update={"now": first.consent_ends_at})
    assert not log_in(later, "me", console).needs_consent
    assert open_accounts(settings).read("me").consented_at == first.consent_ends_at


@pytest.mark.usefixtures("settings")
def test_without_an_app_nothing_is_opened(console, monkeypatch):
    browser = FakeBrowser(monkeypatch)
    monkeypatch.delenv("SPOTIFY_CLIENT_ID")
    with pytest.raises(SettingsError, match="SPOTIFY_CLIENT_ID is not set, so nobody can log in"):
        log_in(load_settings(), "me", console)
    monkeypatch.setenv("SPOTIFY_CLIENT_ID", "two words")
    with pytest.raises(WrongKey):
        log_in(load_settings(), "me", console)
    assert browser.page is None


def test_with_the_days_calls_spent_nobody_is_asked_to_agree(settings, console, monkeypatch):
    browser = FakeBrowser(monkeypatch)
    with pytest.raises(BudgetSpent):
        log_in(settings.model_copy(update={"spotify_budget": 0}), "me", console)
    assert browser.page is None


def test_a_browser_that_hangs_up_before_the_last_page_has_logged_in_all_the_same(
    settings, console, monkeypatch, capfd
):
    def hang_up(redirect):
        with socket.create_connection(("127.0.0.1", settings.login_port)) as connection:
            # Closing sends a reset, not an orderly end.
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            path = redirect.partition(f":{settings.login_port}")[2]
            connection.sendall(f"GET {path} HTTP/1.0\r\n\r\n".encode())
        return redirect

    FakeBrowser(monkeypatch, hang_up)
    assert log_in(settings, "me", console).user_id == "listener"
    assert "Traceback" not in capfd.readouterr().err


def test_forgetting_deletes_the_tokens_first_and_what_others_keep_then(
    settings, console, monkeypatch
):
    FakeBrowser(monkeypatch)
    log_in(settings, "me", console)
    order = []

    def history(name):
        order.append((name, open_accounts(settings).names()))

    assert forget(settings, "me", also=[history])
    assert not forget(settings, "me", also=[history])
    assert order == [("me", [])] * 2


def test_the_list_of_accounts_says_how_long_each_permission_lasts(settings, console, monkeypatch):
    list_accounts(settings, console)
    assert "Nobody has logged in" in console.file.getvalue()
    FakeBrowser(monkeypatch)
    account = log_in(settings, "me", console)
    list_accounts(settings, console)
    assert f"good until {account.consent_ends_at:%Y-%m-%d}" in console.file.getvalue()
    assert log_out(settings, "me")
    assert not log_out(settings, "me")


@pytest.mark.usefixtures("settings")
@pytest.mark.parametrize(
    ("command", "given", "status", "says"),
    [
        ("accounts", "", 0, "Nobody has logged in"),
        ("login --no-browser", "", 1, "No address was pasted"),
        ("login --no-browser Robin", "", 1, "cannot be the name of an account"),
        ("logout", "", 0, "There is no account me."),
        ("forget", "n\n", 1, "Delete the tokens and the history of me?"),
        ("forget --yes", "", 0, "Nothing is kept of me any more. There was no account me."),
    ],
)
def test_a_command_says_what_it_did_or_why_not(command, given, status, says):
    result = CliRunner().invoke(app, command.split(), input=given)
    assert says in result.output
    assert result.exit_code == status


@pytest.fixture
def page():
    """A page of a real browser; skips where none is installed."""
    playwright = pytest.importorskip("playwright.sync_api", reason="pip install playwright")
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("chromium is not installed (Debian package chromium)")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield browser.new_page()
        browser.close()


def test_a_listener_logs_in_with_a_real_browser(settings, page):
    process = subprocess.Popen(
        [sys.executable, "-m", "showlist_assets.cli.app", "login"],
        # A browser that starts and shows nothing.
        env=dict(os.environ, BROWSER="true"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    page.goto(next(line.strip() for line in process.stdout if "/authorize?" in line))
    page.get_by_role("button", name="Agree").click()
    page.wait_for_url(f"http://127.0.0.1:{settings.login_port}/callback?**")
    assert "you can close this page" in page.inner_text("body")
    out, err = process.communicate(timeout=30)
    assert (process.returncode, err) == (0, "")
    assert "Logged in as Robin Listener" in out
    assert open_accounts(settings).names() == ["me"]
