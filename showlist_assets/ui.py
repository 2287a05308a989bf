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

from showlist_assets.home import PROJECT_ROOT, live_home, sandbox_home
from showlist_assets.settings import load_settings

if TYPE_CHECKING:
    from rich.console import Console

    from showlist_assets.sandbox.config import SandboxConfig


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
            settings = load_settings()
            environment["SHOWLIST_OVERRIDES"] = _absolute(settings.overrides)
            if "data_root" in settings.model_fields_set:
                environment["SHOWLIST_DATA_ROOT"] = _absolute(settings.data_root)
        else:
            from showlist_assets.sandbox.server import run_sandbox

            running = stack.enter_context(run_sandbox(sandbox))
            environment |= running.env()
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


def _absolute(root: str) -> str:
    return root if root.startswith("gs://") else str(Path(root).expanduser().absolute())
