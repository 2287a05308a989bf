"""Sentences in lines of 80 columns, wherever the terminal is wider."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from rich.console import Console

WIDTH: Final = 80


def print_wrapped(console: Console, words: str, *, indent: int = 0) -> None:
    """Print ``words``; names in them come from strangers, and mean no markup."""
    pad = " " * indent
    for line in textwrap.wrap(words, WIDTH, initial_indent=pad, subsequent_indent=pad):
        console.print(line, soft_wrap=True, markup=False)
