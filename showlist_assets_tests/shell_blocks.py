"""The commands that a page of Markdown tells its reader to type.

What belongs here: finding them. What does not: running them (``test_commands_of_docs``,
``newcomer``). Python alone, because a newcomer's machine has nothing else yet.
"""

from __future__ import annotations

import re
import textwrap
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# A block within a list is set in.
_BLOCK = re.compile(r"^( *)```sh\n(.+?)^\1```$", re.MULTILINE | re.DOTALL)
_HERE_DOCUMENT = re.compile(r"<<-?\s*'?(\w+)'?")
_REMARK = re.compile(r"(^|\s+)#\s.*$")


def blocks_of(page: Path) -> list[str]:
    """The text of each block of commands, in order."""
    found = _BLOCK.finditer(page.read_text(encoding="utf-8"))
    return [textwrap.dedent(block.group(2)) for block in found]


def commands_of(block: str) -> list[str]:
    """The commands of a block, each whole: with its further lines, and without a remark behind."""
    return list(_commands(iter(block.splitlines())))


def _commands(lines: Iterator[str]) -> Iterator[str]:
    for line in lines:
        text = _REMARK.sub("", line)
        if not text.strip():
            continue
        whole = [text]
        while whole[-1].endswith("\\"):
            whole.append(next(lines))
        if found := _HERE_DOCUMENT.search(text):
            for inner in lines:
                whole.append(inner)
                if inner.strip() == found.group(1):
                    break
        yield "\n".join(whole).rstrip()
