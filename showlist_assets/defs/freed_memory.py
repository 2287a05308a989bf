"""Giving back to the machine what a step has freed, for the next one to have room."""

from __future__ import annotations

import ctypes
import gc
import sys


def give_back() -> None:
    """Find rows that only a cycle holds, such as that of an error and its frames; keep no rest.

    Of what threads have freed, glibc keeps some tens of megabytes for themselves; other libraries
    are not told.
    """
    gc.collect()
    if sys.platform == "linux":
        # Where it is another library than glibc there is no such function.
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
        if trim is not None:
            trim(0)
