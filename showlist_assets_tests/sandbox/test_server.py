from __future__ import annotations

import subprocess
import sys
import time
from datetime import UTC, datetime

import pytest
import requests

from showlist_assets.sandbox.config import SandboxConfig
from showlist_assets.sandbox.server import SERVICES, run_sandbox
from showlist_assets_tests.sandbox.clients import events, search, seatgeek

SERVE = """
import sys
from showlist_assets.sandbox.config import SandboxConfig
from showlist_assets.sandbox.server import serve
serve(SandboxConfig())
"""


def test_it_answers_soon_after_the_process_starts_and_ends_when_interrupted():
    began = time.monotonic()
    process = subprocess.Popen([sys.executable, "-c", SERVE], stdout=subprocess.PIPE, text=True)
    try:
        line = process.stdout.readline()
        url = line.split()[2]
        assert requests.get(f"{url}/_sandbox/clock", timeout=5).status_code == 200
        # Measured at 0.3 s; the rest is room for a busy machine.
        assert time.monotonic() - began < 5
    finally:
        process.terminate()
        process.wait(timeout=5)


def test_a_generated_world_needs_neither_polars_nor_dagster():
    code = (
        "import sys; from showlist_assets.sandbox.server import start_sandbox;"
        "start_sandbox().stop(); print({'polars', 'dagster'} & sys.modules.keys())"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=30
    )
    assert done.stdout.strip() == "set()"


def test_two_sandboxes_of_one_setup_answer_alike(start_sandbox):
    setup = {"seed": 7, "events": 60, "clock": datetime(2026, 11, 20, tzinfo=UTC)}
    one, other = start_sandbox(**setup), start_sandbox(**setup)
    assert events(one) == events(other)
    name = one.world.catalog.artists[0].name
    assert search(one, name, "track") == search(other, name, "track")


def test_the_settings_name_the_mode_and_every_base_url(start_sandbox):
    env = start_sandbox(events=51, mode="extended").env()
    assert env["SHOWLIST_SPOTIFY_MODE"] == "extended"
    urls = [value for name, value in env.items() if name.endswith("_URL")]
    assert len(urls) == sum(bool(service.url_variable) for service in SERVICES)
    assert all(url.startswith("http://127.0.0.1:") for url in urls)


def test_it_ends_with_its_block_and_a_taken_port_is_an_error():
    with run_sandbox(SandboxConfig(events=51)) as running:
        port = int(running.url.rsplit(":", 1)[1])
        with pytest.raises(OSError, match="in use"), run_sandbox(SandboxConfig(port=port)):
            pass
    with pytest.raises(requests.ConnectionError):
        seatgeek(running)


def test_latency_is_added_to_services_but_not_to_the_control_surface(start_sandbox):
    running = start_sandbox(events=51, latency_ms=150)
    began = time.monotonic()
    requests.get(f"{running.url}/_sandbox/clock", timeout=5)
    between = time.monotonic()
    seatgeek(running)
    assert between - began < 0.15 <= time.monotonic() - between
