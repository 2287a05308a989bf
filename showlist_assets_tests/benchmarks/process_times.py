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
    children, used = _processes()
    told: Counter[str] = Counter()
    for child in children[os.getpid()]:
        told[_kind(child, kinds, otherwise)] += _of_tree(child, children, used)
    return told


def tree_seconds(process: int) -> float:
    """Of a process that runs and all below it, those that have ended included."""
    children, used = _processes()
    return _of_tree(process, children, used)


def descendants(process: int) -> set[int]:
    """All processes below this one, those included that have ended and nobody has waited for."""
    children, _ = _processes()
    found: set[int] = set()
    waiting = [process]
    while waiting:
        below = children.get(waiting.pop(), [])
        found.update(below)
        waiting += below
    return found


def is_running(process: int) -> bool:
    """Whether it is there and has not ended."""
    with suppress(OSError):
        return _fields(Path(f"/proc/{process}"))[0] != "Z"
    return False


def _processes() -> tuple[Mapping[int, list[int]], Mapping[int, float]]:
    """The children of each process that runs, and the CPU seconds of each."""
    children: defaultdict[int, list[int]] = defaultdict(list)
    used: dict[int, float] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            fields = _fields(folder)
            children[int(fields[1])].append(int(folder.name))
            # Its own time and that of the children it has waited for.
            used[int(folder.name)] = sum(map(int, fields[11:15])) / _TICKS
    return children, used


def _fields(folder: Path) -> list[str]:
    """Of ``stat``, from the state on: the name, in brackets, may hold blanks and brackets."""
    return (folder / "stat").read_text().rpartition(")")[2].split()


def _kind(process: int, kinds: Mapping[str, str], otherwise: str) -> str:
    with suppress(OSError):
        command = Path(f"/proc/{process}/cmdline").read_bytes().decode().replace("\0", " ")
        return next((kind for part, kind in kinds.items() if part in command), otherwise)
    return otherwise


def _of_tree(process: int, children: Mapping[int, list[int]], used: Mapping[int, float]) -> float:
    below = children.get(process, [])
    return used[process] + sum(_of_tree(each, children, used) for each in below)
