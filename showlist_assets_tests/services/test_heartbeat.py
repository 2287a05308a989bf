"""The sign of life, over real HTTP: what is called, and what is never said."""

from __future__ import annotations

import socket

import pytest
from pydantic import SecretStr

from showlist_assets.services.heartbeat import Heartbeat
from showlist_assets_tests.services.receiver import receiver

SECRET = "0d5f-secret"


def test_the_outside_watch_is_called():
    with receiver() as watch:
        heartbeat = Heartbeat(SecretStr(f"{watch.url}/{SECRET}?create=1"))
        heartbeat.good()
        heartbeat.bad()
    assert watch.paths == [f"/{SECRET}?create=1", f"/{SECRET}/fail?create=1"]


def test_without_an_address_nobody_is():
    Heartbeat(None).good()


def test_a_watch_that_refuses_is_a_warning_without_its_address(caplog):
    with receiver() as watch:
        watch.status = 404
        Heartbeat(SecretStr(f"{watch.url}/{SECRET}")).good()
    assert "refused with status 404" in caplog.text
    assert SECRET not in caplog.text


@pytest.mark.parametrize("answers", [True, False])
def test_a_watch_that_does_not_answer_is_a_warning_within_seconds(answers, caplog, monkeypatch):
    monkeypatch.setattr("showlist_assets.services.heartbeat._SECONDS", (0.1, 0.1))
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        if not answers:
            server.close()
        Heartbeat(SecretStr(f"http://127.0.0.1:{port}/{SECRET}")).good()
    assert "was not heard" in caplog.text
    assert SECRET not in caplog.text
