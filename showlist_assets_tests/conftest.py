"""The sandbox, for every test that talks HTTP: one shared, and special ones on demand; and the
platform over it, empty or filled.
"""

from __future__ import annotations

import gc
import shutil
from typing import TYPE_CHECKING, Any

import anyio
import pytest
from hypothesis import settings

import showlist_assets_tests.sqlite_engines  # noqa: F401  (before Dagster)
from showlist_assets.sandbox.config import SandboxConfig
from showlist_assets.sandbox.server import Sandbox, start_sandbox
from showlist_assets_tests import clock
from showlist_assets_tests.longest_files import longest_first
from showlist_assets_tests.storage.gcs_service import gcs_service, new_bucket

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from showlist_assets.domain.states import Country
    from showlist_assets_tests.commands import FinishedDemo
    from showlist_assets_tests.platform_under_test import PlatformUnderTest

# Two workers share two cores: a slow example says nothing about the code.
settings.register_profile("shared_cores", deadline=None, max_examples=40)
# For `make test-deep`: hours do not matter there, and every property is asked more often.
settings.register_profile("deep", deadline=None, max_examples=500)
settings.load_profile("shared_cores")

clock.pin()

# pytest compiles anyio's modules itself, as those of a plugin, where each is first needed: in the
# thread of a server. CPython 3.11 fails when two threads compile (python/cpython#106905).
for _name in dir(anyio):
    getattr(anyio, _name)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items[:] = longest_first(items)


def pytest_collection_finish() -> None:
    # Thousands of tests and all modules stay to the end: no collection need look at them again.
    gc.freeze()


def pytest_unconfigure() -> None:
    # Extension modules tell at the end of whatever was not freed.
    gc.unfreeze()


@pytest.fixture(scope="session")
def _shared_sandbox() -> Iterator[Sandbox]:
    running = start_sandbox(SandboxConfig(clock=clock.NOW))
    yield running
    running.stop()


@pytest.fixture
def sandbox(_shared_sandbox: Sandbox) -> Sandbox:
    """The default sandbox as just started: nothing counted, no faults, every event in place."""
    _shared_sandbox.reset()
    return _shared_sandbox


@pytest.fixture
def made_up_country() -> Iterator[Country]:
    """A country that is known while the test lasts, as ``SHOWLIST_REGIONS`` makes one known."""
    from showlist_assets.domain.states import add_country, read_country
    from showlist_assets_tests.domain.made_country import MADE_UP, forget

    country = read_country("qz", MADE_UP)
    add_country(country)
    yield country
    forget()


@pytest.fixture(name="start_sandbox")
def start_sandbox_fixture() -> Iterator[Callable[..., Sandbox]]:
    """Starts a sandbox with the given fields of ``SandboxConfig``; all end with the test.

    Its clock stands at ``clock.NOW`` unless told otherwise.
    """
    running: list[Sandbox] = []

    def start(**config: Any) -> Sandbox:
        running.append(start_sandbox(SandboxConfig(**{"clock": clock.NOW, **config})))
        return running[-1]

    yield start
    for each in running:
        each.stop()


@pytest.fixture(scope="session")
def _gcs_service() -> Iterator[str]:
    with gcs_service() as address:
        yield address


@pytest.fixture
def gcs_bucket(_gcs_service: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """gs://NAME of an empty bucket that compares generations, for this process and its children."""
    monkeypatch.setenv("STORAGE_EMULATOR_HOST", _gcs_service)
    return f"gs://{new_bucket(_gcs_service)}"


@pytest.fixture
def platform(sandbox: Sandbox, tmp_path: Path) -> PlatformUnderTest:
    """The platform over the default sandbox, with empty tables of its own."""
    from showlist_assets_tests.platform_under_test import PlatformUnderTest

    return PlatformUnderTest(sandbox, tmp_path)


@pytest.fixture(scope="session")
def finished_runs(
    _shared_sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory
) -> PlatformUnderTest:
    """A platform after two runs, which filled the tables of ``FILLED``: to be looked at only.

    Made once; whoever wants to go on from there takes ``filled_platform``.
    """
    from showlist_assets_tests.platform_under_test import PlatformUnderTest

    _shared_sandbox.reset()
    filled = PlatformUnderTest(_shared_sandbox, tmp_path_factory.mktemp("filled"))
    filled.must_run("WA")
    filled.must_run("VT", "WY")
    filled.requests_made = _shared_sandbox.state.log.rows()
    return filled


@pytest.fixture
def filled_platform(
    finished_runs: PlatformUnderTest, sandbox: Sandbox, tmp_path: Path
) -> PlatformUnderTest:
    """A platform with the tables and kept answers of ``FILLED``, in which nothing has run yet.

    Its instance knows no run and the sandbox has counted no request: both are new.
    """
    from showlist_assets_tests.platform_under_test import PlatformUnderTest

    for name in ("data", "calls"):
        shutil.copytree(finished_runs.folder / name, tmp_path / name)
    return PlatformUnderTest(sandbox, tmp_path)


@pytest.fixture
def start_platform(
    start_sandbox: Callable[..., Sandbox], tmp_path: Path
) -> Callable[..., PlatformUnderTest]:
    """Starts the platform over a special sandbox (fields of ``SandboxConfig``)."""
    from showlist_assets_tests.platform_under_test import PlatformUnderTest

    def start(**config: Any) -> PlatformUnderTest:
        return PlatformUnderTest(start_sandbox(**config), tmp_path)

    return start


@pytest.fixture(scope="session")
def finished_demo(tmp_path_factory: pytest.TempPathFactory) -> FinishedDemo:
    """The folder of a demo of two states with its week of news: to be looked at, or copied."""
    from showlist_assets_tests.commands import demo_of_the_suite

    return demo_of_the_suite(tmp_path_factory.getbasetemp())
