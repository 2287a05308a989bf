"""``showlist login``, ``logout``, ``forget`` and ``accounts``, with a browser of a few lines."""

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

from showlist_assets.cli.accounts import forget_listener, list_accounts, log_in, log_out
from showlist_assets.cli.app import app
from showlist_assets.settings import SettingsError, load_settings, setting_names
from showlist_assets.sources.failures import BudgetSpent
from showlist_assets.sources.spotify.login import LoginError
from showlist_assets.wiring import Platform
from showlist_assets_tests.clock import PINNED
from showlist_assets_tests.services.listeners.test_login import answer_of


@pytest.fixture
def platform(sandbox, tmp_path, monkeypatch):
    """Over the sandbox, with no key but the app's public id; a command of the test has it, too."""
    monkeypatch.chdir(tmp_path)
    for name in setting_names():
        monkeypatch.delenv(name, raising=False)
    for name, value in {**PINNED, **sandbox.env()}.items():
        if name != "SPOTIFY_CLIENT_SECRET":
            monkeypatch.setenv(name, value)
    monkeypatch.setenv("SHOWLIST_LOGIN_PORT", str(free_port()))
    return Platform(load_settings())


@pytest.fixture
def console():
    return Console(file=io.StringIO(), width=200)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


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


def test_after_a_login_the_person_is_told(platform, console, monkeypatch):
    browser = FakeBrowser(monkeypatch)
    account = log_in(platform, "me", console)
    assert platform.accounts.read("me") == account
    assert "Logged in as Robin Listener" in console.file.getvalue()
    assert "good until" in console.file.getvalue()
    assert "you can close this page" in browser.shown.text
    redirect = parse_qs(urlsplit(browser.page).query)["redirect_uri"]
    assert redirect == [f"http://127.0.0.1:{platform.settings.login_port}/callback"]


def test_neither_the_terminal_nor_the_log_nor_the_page_tells_a_token_or_a_code(
    platform, console, monkeypatch, caplog, capfd
):
    codes = []

    def remember(redirect):
        codes.append(parse_qs(urlsplit(redirect).query)["code"][0])
        return redirect

    browser = FakeBrowser(monkeypatch, remember)
    with caplog.at_level(logging.INFO):
        account = log_in(platform, "me", console)
    streams = capfd.readouterr()
    told = console.file.getvalue() + caplog.text + streams.out + streams.err + browser.shown.text
    tokens = account.tokens
    for secret in (*codes, tokens.access_token, tokens.refresh_token):
        assert secret not in told


def test_a_declined_permission_is_said_in_the_browser_too(platform, console, monkeypatch):
    browser = FakeBrowser(monkeypatch, decision="cancel")
    with pytest.raises(LoginError, match="The permission was declined"):
        log_in(platform, "me", console)
    assert "The permission was declined" in browser.shown.text


def test_a_silent_connection_and_other_pages_do_not_end_the_wait(platform, console, monkeypatch):
    address = ("127.0.0.1", platform.settings.login_port)
    silent = []

    def look_around(redirect):
        silent.append(socket.create_connection(address))
        stray = {
            "/favicon.ico": 404,
            "/callback": 400,
            "/callback?error=access_denied": 400,
            "/callback?code=old&state=OLD": 400,
        }
        for path, status in stray.items():
            page = requests.get(f"http://127.0.0.1:{address[1]}{path}", timeout=5)
            assert page.status_code == status
        assert "answer to another login" in page.text
        return redirect

    FakeBrowser(monkeypatch, look_around)
    assert log_in(platform, "me", console).user_id == "listener"
    silent[0].close()


def test_nobody_who_agrees_is_waited_for_only_so_long(platform, console, monkeypatch):
    monkeypatch.setattr("webbrowser.open", lambda _: False)
    with pytest.raises(LoginError, match=r"Nobody agreed.*redirect URI.*--no-browser"):
        log_in(platform, "me", console, patience=0.1)
    assert "No browser could be started" in console.file.getvalue()


def test_a_port_that_is_taken_is_said_before_anything_is_opened(platform, console, monkeypatch):
    browser = FakeBrowser(monkeypatch)
    with (
        socket.create_server(("127.0.0.1", platform.settings.login_port)),
        pytest.raises(LoginError, match=rf"Port {platform.settings.login_port} is taken"),
    ):
        log_in(platform, "me", console)
    assert browser.page is None


def test_the_port_is_free_again_after_a_login(platform, console, monkeypatch):
    FakeBrowser(monkeypatch)
    for _ in range(2):
        log_in(platform, "me", console)


def test_without_a_browser_the_answer_is_pasted_even_in_two_lines(platform, console, monkeypatch):
    def broken_in_two(page):
        redirect = answer_of(page)
        return f"  {redirect[:60]}\n{redirect[60:]} "

    pasting(monkeypatch, broken_in_two)
    assert log_in(platform, "me", console, browser=False).user_id == "listener"


@pytest.mark.parametrize("pasted", ["", "http://127.0.0.1:8888/callback", "hello"])
def test_something_else_pasted_is_refused(platform, console, monkeypatch, pasted):
    pasting(monkeypatch, lambda _: pasted)
    with pytest.raises(LoginError, match="no answer of Spotify's"):
        log_in(platform, "me", console, browser=False)


def test_without_an_app_or_a_call_nothing_is_opened(platform, console, monkeypatch):
    browser = FakeBrowser(monkeypatch)
    spent = platform.settings.model_copy(update={"spotify_budget": 0})
    with pytest.raises(BudgetSpent):
        log_in(Platform(spent), "me", console)
    without = platform.settings.model_copy(update={"spotify_client_id": None})
    with pytest.raises(SettingsError, match="SPOTIFY_CLIENT_ID is not set"):
        log_in(Platform(without), "me", console)
    assert browser.page is None


def test_a_browser_that_hangs_up_before_the_last_page_has_logged_in_all_the_same(
    platform, console, monkeypatch, capfd
):
    def hang_up(redirect):
        with socket.create_connection(("127.0.0.1", platform.settings.login_port)) as connection:
            # Closing sends a reset, not an orderly end.
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            path = redirect.partition(f":{platform.settings.login_port}")[2]
            connection.sendall(f"GET {path} HTTP/1.0\r\n\r\n".encode())
        return redirect

    FakeBrowser(monkeypatch, hang_up)
    assert log_in(platform, "me", console).user_id == "listener"
    assert "Traceback" not in capfd.readouterr().err


def test_the_list_of_accounts_says_how_long_each_permission_lasts(platform, console, monkeypatch):
    list_accounts(platform, console)
    assert "Nobody has logged in" in console.file.getvalue()
    FakeBrowser(monkeypatch)
    account = log_in(platform, "me", console)
    list_accounts(platform, console)
    assert f"good until {account.consent_ends_at:%Y-%m-%d}" in console.file.getvalue()


@pytest.mark.parametrize(
    ("leave", "says"), [(log_out, "Logged out me."), (forget_listener, "me any")]
)
def test_who_leaves_is_told_how_to_withdraw_the_permission_itself(
    platform, console, monkeypatch, leave, says
):
    FakeBrowser(monkeypatch)
    log_in(platform, "me", console)
    leave(platform, "me", console)
    assert platform.accounts.names() == []
    assert says in console.file.getvalue()
    assert "https://www.spotify.com/account/apps/" in console.file.getvalue()


@pytest.mark.usefixtures("platform")
@pytest.mark.parametrize(
    ("command", "given", "status", "says"),
    [
        ("accounts", "", 0, "Nobody has logged in"),
        ("login --no-browser", "", 1, "No address was pasted"),
        ("login --no-browser Robin", "", 1, "cannot be the name of an account"),
        ("logout", "", 1, "There is no account 'me', so nobody was logged out."),
        ("forget", "n\n", 1, "Delete the tokens and the history of me?"),
        ("forget --yes", "", 1, "Nothing was kept of an account 'me'."),
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


def test_a_listener_logs_in_with_a_real_browser(platform, page):
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
    page.wait_for_url(f"http://127.0.0.1:{platform.settings.login_port}/callback?**")
    assert "you can close this page" in page.inner_text("body")
    out, err = process.communicate(timeout=30)
    assert (process.returncode, err) == (0, "")
    assert "Logged in as Robin Listener" in out
    assert platform.accounts.names() == ["me"]
