"""What is said of Ctrl-C, wherever it comes: one sentence on stderr, and the exit status.

Imports next to nothing: it must be there before anything else is, and after.
"""

from __future__ import annotations

import signal
import sys
from contextlib import suppress
from typing import Final

# As a shell tells it: 128 and the signal's number.
EXIT_STATUS: Final = 130


def tell_interruption() -> None:
    """Say that what is stored stays, and hear no further Ctrl-C."""
    # Whoever presses it twice, or holds it down, ends no clean-up with a stack.
    with suppress(ValueError):
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    sys.stderr.write(
        "Interrupted: what was stored so far stays, and the next run goes on from there.\n"
    )
