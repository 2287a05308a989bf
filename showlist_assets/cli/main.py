"""Where the process begins: the command line, and Ctrl-C while its modules are still loading.

What belongs here: as little as can be, for a Ctrl-C that comes before this shows Python's stack.
"""

from __future__ import annotations

import gc
import sys

from showlist_assets.cli.interruption import EXIT_STATUS, tell_interruption


def main() -> None:
    """Run the command that was typed, to the end of the process."""
    try:
        # What is loaded lives as long as the process: looks for garbage in it are for nothing.
        gc.disable()
        from showlist_assets.cli.app import app

        gc.enable()
        gc.freeze()
        app()
    except KeyboardInterrupt:
        tell_interruption()
        sys.exit(EXIT_STATUS)
