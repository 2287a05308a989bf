"""The base of every failure that Showlist foresees.

Whoever meets one tells its words, without a stack: they say what failed, for which input, and what
to do. Anything else that is raised is a fault of ours and keeps its stack.
"""

from __future__ import annotations

from typing import ClassVar


class ShowlistError(Exception):
    """A foreseen failure, told in words for a person."""

    retryable: ClassVar[bool] = False
    """Whether trying the same again within minutes makes sense."""
