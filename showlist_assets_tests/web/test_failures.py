"""What a visitor is told when something fails, and what stays in the log."""

from __future__ import annotations

import logging
import re

import pytest
from starlette.testclient import TestClient

from showlist_assets.storage.files import StorageError
from showlist_assets.web.app import build_app
from showlist_assets.web.rendering import environment

_HERE = "http://127.0.0.1:8300"


class _Broken:
    """Publications that cannot be read."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    def current(self):
        raise self._error

    def close(self) -> None:
        """Nothing is open."""


@pytest.fixture
def ask(site):
    def ask(error: Exception):
        site.publications = _Broken(error)
        page = TestClient(build_app(site), base_url=_HERE, raise_server_exceptions=False)
        return page.get("/")

    return ask


def test_a_fault_has_a_number_that_is_in_the_log_and_every_header(ask, caplog):
    with caplog.at_level(logging.ERROR, "showlist.web"):
        answer = ask(RuntimeError("/home/somebody/secret.key is not there"))
    assert answer.status_code == 500
    assert "secret.key" not in answer.text
    number = re.search(r"number (\w{6})", answer.text)[1]
    assert number in caplog.text
    assert "secret.key" in caplog.text
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_a_foreseen_failure_tells_a_guest_a_number_and_the_log_its_words(ask, caplog):
    with caplog.at_level(logging.WARNING, "showlist.web"):
        answer = ask(StorageError("/data/showlist.duckdb cannot be read"))
    assert answer.status_code == 503
    assert "showlist.duckdb" not in answer.text
    number = re.search(r"number (\w{6})", answer.text)[1]
    assert f"{number} /: /data/showlist.duckdb cannot be read" in caplog.text


@pytest.mark.parametrize("path", ["/api", "/static", "/nowhere", "/shows/nobody/"])
def test_no_answer_leads_to_an_address_of_the_host_header(site, path):
    page = TestClient(build_app(site), base_url=_HERE, follow_redirects=False)
    answer = page.get(path)
    assert "location" not in answer.headers or answer.headers["location"].startswith("/")


def test_another_host_is_refused(site):
    page = TestClient(build_app(site), base_url="http://evil.example")
    answer = page.get("/")
    assert answer.status_code == 400
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec-Fetch-Site": "same-origin", "Origin": _HERE}, 303),
        ({"Origin": _HERE}, 303),
        ({}, 303),
    ],
)
def test_a_form_of_another_site_does_nothing(site, headers, status):
    page = TestClient(build_app(site), base_url=_HERE, follow_redirects=False)
    assert page.post("/logout", headers=headers).status_code == status


def test_a_form_that_is_too_large_is_refused(site):
    page = TestClient(build_app(site), base_url=_HERE, follow_redirects=False)
    answer = page.post("/logout", data={"bands": "x" * 70_000})
    assert answer.status_code == 413


@pytest.mark.parametrize("content", ['{"owner": ', '{"accounts": [], "owner": "somebody"}'])
def test_a_damaged_file_of_sessions_is_told_in_words_and_tells_the_log_which(
    site, page, become, caplog, content
):
    """Who asks stands in that file, and with them the frame of every page, the failure's too."""
    become(page, account="me", owner=True)
    asking = TestClient(
        build_app(site), base_url=_HERE, cookies=page.cookies, raise_server_exceptions=False
    )
    (site.platform.accounts.folder / "sessions.json").write_text(content)
    for path in ("/", "/login", "/nowhere"):
        answer = asking.get(path)
        assert answer.status_code in (404, 500, 503)
        assert "Traceback" not in answer.text
        assert "sessions.json" not in answer.text
        assert "default-src 'none'" in answer.headers["content-security-policy"]
    numbers = re.findall(r"number (\w{6})", asking.get("/").text)
    assert all(number in caplog.text for number in numbers)
    assert numbers


def test_a_template_that_changes_under_a_running_page_is_not_mixed_with_older_views():
    assert environment().auto_reload is False
