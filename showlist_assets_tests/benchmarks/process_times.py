"""CPU seconds of the processes that this one has started, by what they are (Linux)."""

from __future__ import annotations

import os
from collections import Counter, defaultdict
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

_TICKS: Final = os.sysconf("SC_CLK_TCK")


def cpu_seconds(kinds: Mapping[str, str], *, otherwise: str) -> Counter[str]:
    """Of all children and theirs, those that have ended included.

    Args:
        kinds: What stands in the command of a child -> what it and its own children count as.
        otherwise: What all other children count as.
    """
    children: defaultdict[int, list[int]] = defaultdict(list)
    used: dict[int, float] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            # The name, in brackets, may hold blanks and brackets itself.
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
            children[int(fields[1])].append(int(folder.name))
            # Its own time and that of the children it has waited for.
            used[int(folder.name)] = sum(map(int, fields[11:15])) / _TICKS
    told: Counter[str] = Counter()
    for child in children[os.getpid()]:
        told[_kind(child, kinds, otherwise)] += _of_tree(child, children, used)
    return told


def _kind(process: int, kinds: Mapping[str, str], otherwise: str) -> str:
    with suppress(OSError):
        command = Path(f"/proc/{process}/cmdline").read_bytes().decode().replace("\0", " ")
        return next((kind for part, kind in kinds.items() if part in command), otherwise)
    return otherwise


def _of_tree(process: int, children: Mapping[int, list[int]], used: Mapping[int, float]) -> float:
    below = children.get(process, [])
    return used[process] + sum(_of_tree(each, children, used) for each in below)
