"""Cases about what an operator meets: the sensor, the folder of recipes, the end of a login."""

from __future__ import annotations

import json
import logging
import re
import socket
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import dagster as dg
import requests
from pydantic import SecretStr

from showlist_assets.defs.sensors import playlist_refresh_sensor
from showlist_assets.services.listeners.accounts import Account
from showlist_assets.services.listeners.callback_server import CallbackServer
from showlist_assets.settings import load_settings
from showlist_assets.sources.spotify.login import SCOPES, LoginAttempt, LoginError
from showlist_assets.wiring import Platform
from showlist_assets_tests.clock import NOW, PINNED
from showlist_assets_tests.reported_cases.cases import Case, Found, unclear

if TYPE_CHECKING:
    from collections.abc import Iterator

_NUMBERS = {"no": 0, "a": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6}
_STATE = "WY"


class Operator:
    """Whoever has a folder of recipes, a connected account and a Dagster instance.

    Attributes:
        run_keys: Of the runs that the ticks so far have started, each once: the daemon skips a key
            that it knows.
        told: What the ticks have said.
    """

    def __init__(self, folder: Path) -> None:
        self._folder, self._cursor = folder, None
        self.recipes = folder / "recipes"
        self.recipes.mkdir()
        variables = {
            **PINNED,
            "SHOWLIST_DATA_ROOT": str(folder / "data"),
            "SHOWLIST_RECIPES": str(self.recipes),
            "SHOWLIST_OVERRIDES": str(folder / "overrides.yaml"),
            "SHOWLIST_SHOW_DECISIONS": str(folder / "shows.yaml"),
            "SHOWLIST_FEEDS": str(folder / "feeds"),
        }
        self._platform = Platform(load_settings(**variables))
        self._platform.accounts.save(
            Account(
                name="me",
                user_id="listener",
                display_name="Robin",
                refresh_token=SecretStr("none"),
                scopes=SCOPES,
                consented_at=NOW,
            )
        )
        self._instances = 1
        self._instance = _instance(folder / "dagster-1")
        self.run_keys: dict[str, str | None] = {}
        self.told = ""

    def new_instance(self) -> None:
        """Go on with an event log that begins again."""
        self._instance.dispose()
        self._instances += 1
        self._instance = _instance(self._folder / f"dagster-{self._instances}")

    def close(self) -> None:
        self._instance.dispose()

    def write(self, file: str, text: str) -> None:
        (self.recipes / file).write_text(text, encoding="utf-8")

    def materialized(self, state: str) -> None:
        event = dg.AssetMaterialization("upcoming_shows", partition=state)
        self._instance.report_runless_asset_event(event)

    def set_back(self, upto: int) -> None:
        """Keep the cursor, but for the storage id that it has come to."""
        self._cursor = json.dumps({**json.loads(self._cursor or "{}"), "upto": upto})

    def tick(self) -> None:
        """One evaluation, as the daemon makes it."""
        with (
            _heard() as lines,
            dg.build_sensor_context(
                instance=self._instance,
                cursor=self._cursor,
                resources={"platform": self._platform},
            ) as context,
        ):
            found = playlist_refresh_sensor(context)
        for request in found.run_requests or ():
            self.run_keys.setdefault(str(request.run_key), request.partition_key)
        skipped = found.skip_reason.skip_message if found.skip_reason else ""
        self.told = " ".join((self.told, skipped or "", *lines))
        self._cursor = found.cursor or self._cursor


def _instance(folder: Path) -> dg.DagsterInstance:
    folder.mkdir()
    return dg.DagsterInstance.ephemeral(str(folder))


@contextmanager
def _heard() -> Iterator[list[str]]:
    """What is logged meanwhile, wherever."""
    lines: list[str] = []

    class Ear(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(record.getMessage())

    ear = Ear()
    heard = [logging.getLogger(), logging.getLogger("dagster")]
    for logger in heard:
        logger.addHandler(ear)
    try:
        yield lines
    finally:
        for logger in heard:
            logger.removeHandler(ear)


@contextmanager
def _operator() -> Iterator[Operator]:
    with tempfile.TemporaryDirectory() as folder:
        operator = Operator(Path(folder))
        yield operator
        operator.close()


# A case: {"steps": ["recipe NAME = CONTENT, STATE materialized, tick", ...], "right": "two runs"}
def sensor(case: Case) -> Found:
    """How many runs the steps start."""
    wanted = re.search(r"(\w+) runs?\b", str(case.right))
    number = wanted and (_NUMBERS.get(wanted[1], wanted[1]))
    if not wanted or not str(number).isdigit():
        return unclear(f"how many runs are {case.right!r}?")
    steps = [part.strip() for step in case["steps"] for part in step.split(",")]
    with _operator() as operator:
        if not any(step.startswith("recipe ") for step in steps):
            _take("recipe mine = A", operator)
        for step in steps:
            if not _take(step, operator):
                return unclear(f"what is to be done by {step!r}?")
        seen = len(operator.run_keys)
    return Found(f"{seen} runs", is_right=seen == int(str(number)))


def _take(step: str, operator: Operator) -> bool:
    """Do what the words say; False where they are not understood."""
    if found := re.fullmatch(r"recipe (\S+) = (.+)", step):
        # Each letter is a content of its own; a longer word is one, too.
        text = f"states: {_STATE}\nwhen: any time\n# {found[2]}\n"
        operator.write(f"{found[1]}.yaml", text)
    elif found := re.fullmatch(r"recipe (\S+) (?:removed|deleted|gone)", step):
        (operator.recipes / f"{found[1]}.yaml").unlink()
    elif found := re.fullmatch(r"cursor upto (\d+)", step):
        operator.set_back(int(found[1]))
    elif step.startswith("storage ids begin again"):
        operator.new_instance()
    elif found := re.fullmatch(r"([A-Z]{2}(?: and [A-Z]{2})*) materialized", step):
        for state in found[1].split(" and "):
            operator.materialized(state)
    elif step == "tick":
        operator.tick()
    else:
        # What stands in brackets only explains the step before.
        return step.startswith(("or ", "(")) or step.endswith(")")
    return True


# A case: {"folder": {file: text}, "right": "NAME runs; the hidden file is ignored"}
def folder(case: Case) -> Found:
    """Which files of the folder are recipes, which run, and of which something is said."""
    with _operator() as operator:
        for file, text in case["folder"].items():
            operator.write(file, text)
        operator.materialized(_STATE)
        operator.tick()
        runs = sorted(filter(None, operator.run_keys.values()))
        told = operator.told
    named = [file for file in case["folder"] if file in told]
    right = str(case.right)
    checks: list[bool] = []
    for names in re.findall(r"([\w-]+(?:(?:, | and )[\w-]+)*) runs?\b", right):
        checks += [name in runs for name in re.split(r", | and ", names)]
    if "ignored" in right:
        hidden = [file for file in case["folder"] if file.startswith(".")]
        checks.append(not set(hidden) & set(named))
    if "said" in right or right.startswith("read"):
        checks += [Path(file).stem in runs or file in named for file in case["folder"]]
    if not checks:
        return unclear(f"what is to be seen by {right!r}?")
    return Found({"runs": runs, "told of": named}, is_right=all(checks))


# A case: {"requests": [path, ...], "right": "code abc; ..."}
def login(case: Case) -> Found:
    """What the requests to the callback make of a login with a state of its own."""
    state = str(case.get("state") or "GOOD")
    port = _free_port()
    attempt = LoginAttempt(
        "https://accounts.example", "id", f"http://127.0.0.1:{port}/callback", state
    )
    with CallbackServer(port, attempt.code_in) as server:
        pages = [
            requests.get(f"http://127.0.0.1:{port}{path}", timeout=5).text
            for path in case["requests"]
        ]
        try:
            outcome = f"code {server.code(within=0.5)}"
        except LoginError as error:
            outcome = f"login ends: {error}"
    wanted, _, page = str(case.right).partition(";")
    seen: dict[str, Any] = {"outcome": outcome}
    good = _is_outcome(wanted.strip(), outcome)
    if "page" in page:
        words = re.sub(r"<[^>]+>", " ", pages[0].partition("<h1>")[2]).strip()
        seen["first page"] = words
        good &= bool(re.search(r"another login|not this login|not .{0,20}this login", words))
    return Found(seen, is_right=good)


def _is_outcome(wanted: str, outcome: str) -> bool:
    """``wanted`` is the code, or how the login ends ("login ends: declined")."""
    if wanted.startswith("code "):
        return outcome == wanted
    words = wanted.partition(":")[2].strip() or "login ends"
    # "You declined", "was declined": the word, in whatever form.
    return outcome.startswith("login ends") and words.removesuffix("ed") in outcome.lower()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
