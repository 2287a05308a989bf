"""``showlist ui``: Dagster's webserver and daemon, over the sandbox or over real keys."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from dotenv import dotenv_values

from showlist_assets.cli.homes import PROJECT_ROOT, live_home, sandbox_home
from showlist_assets.settings import load_settings

if TYPE_CHECKING:
    from rich.console import Console

    from showlist_assets.sandbox.config import SandboxConfig
    from showlist_assets.settings import Settings


def run_ui(*, base: Path, port: int, console: Console, sandbox: SandboxConfig | None) -> int:
    """Serve the UI on 127.0.0.1 until interrupted; returns Dagster's exit status.

    Args:
        base: Folder of the homes.
        port: Of the UI.
        console: Where the address is printed.
        sandbox: What the sandbox is to be; None for the real APIs.
    """
    home = live_home(base) if sandbox is None else sandbox_home(base, sandbox.world)
    home.prepare()
    # Dagster reads `.env` from its own working directory, which is the home.
    written = {k: v for k, v in dotenv_values(".env").items() if v} if sandbox is None else {}
    environment = {**written, **os.environ, **home.environment()}
    with ExitStack() as stack:
        if sandbox is None:
            # What the operator keeps elsewhere wins over the home's own folder.
            environment |= _kept_elsewhere(load_settings())
        else:
            from showlist_assets.cli.demo_listener import connect_listener
            from showlist_assets.sandbox.server import run_sandbox

            running = stack.enter_context(run_sandbox(sandbox))
            environment |= {**running.env(), "SHOWLIST_RECIPES": str(home.recipes)}
            connect_listener(
                running, load_settings(accounts=str(home.accounts), data_root=str(home.data))
            )
            console.print(f"Sandbox of the APIs: {running.url}")
        console.print(f"Dagster UI: [bold]http://127.0.0.1:{port}[/bold] (stop with Ctrl-C)")
        return _serve(environment, home.root, port)


def _serve(environment: dict[str, str], folder: Path, port: int) -> int:
    command = [
        sys.executable,
        # `dagster dev` works without the dg CLI, and says on every start that dg supersedes it.
        *("-W", "ignore"),
        *("-m", "dagster", "dev"),
        *("-w", str(PROJECT_ROOT / "workspace.yaml")),
        *("-h", "127.0.0.1", "-p", str(port)),
    ]
    process = subprocess.Popen(command, env=environment, cwd=folder)  # noqa: S603
    # Whoever stops us, by Ctrl-C or by `kill`, stops Dagster's processes too.
    signal.signal(signal.SIGTERM, lambda *_: process.send_signal(signal.SIGINT))
    try:
        return process.wait()
    except KeyboardInterrupt:
        # The terminal's Ctrl-C has reached Dagster as well, which takes a moment to end.
        return process.wait()


def _kept_elsewhere(settings: Settings) -> dict[str, str]:
    """Absolute places of what the operator keeps outside the home, which is Dagster's folder."""
    places = {
        "SHOWLIST_OVERRIDES": _absolute(settings.overrides),
        "SHOWLIST_RECIPES": _absolute(settings.recipes),
    }
    for field, variable in (
        ("data_root", "SHOWLIST_DATA_ROOT"),
        ("accounts", "SHOWLIST_ACCOUNTS"),
        ("call_store", "SHOWLIST_CALL_STORE"),
    ):
        if field in settings.model_fields_set:
            places[variable] = _absolute(getattr(settings, field))
    return places


def _absolute(root: str) -> str:
    return root if "://" in root else str(Path(root).expanduser().absolute())
