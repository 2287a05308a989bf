"""Matches decided by hand: the file ``overrides.yaml``, read and written.

A list of entries, each with a ``performer`` as billed, the ``artist`` (a Spotify id, URI or link,
or the word ``nobody``), and a ``note`` if you like. What stands here always wins over the rules.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Final

import yaml

from showlist_assets.domain.names import performer_key

NOBODY: Final = "nobody"
_KEYS: Final = ("performer", "artist", "note")
_ARTIST: Final = re.compile(
    r"(?:spotify:artist:|https?://open\.spotify\.com/(?:intl-[a-z-]+/)?artist/)?([0-9A-Za-z]{22})"
    r"(?:\?\S*)?"
)


class OverridesError(ValueError):
    """The file cannot be used; the message names the line and what would be right."""


@dataclass(frozen=True)
class Override:
    """One decision by hand; ``artist_id`` is None where the performer is nobody on Spotify."""

    performer: str
    performer_key: str
    artist_id: str | None
    note: str = ""


def artist_id_from(text: str) -> str | None:
    """The Spotify artist id in an id, a URI or a link; None where there is none."""
    found = _ARTIST.fullmatch(text.strip())
    return found.group(1) if found else None


def parse_overrides(text: str, *, source: str = "overrides.yaml") -> dict[str, Override]:
    """The overrides in the file's ``text``, by performer key.

    Raises:
        OverridesError: naming ``source``, the line, and what would be right.
    """
    overrides: dict[str, Override] = {}
    lines: dict[str, int] = {}
    for node in _entries(text, source):
        override = _override(node, source)
        line = node.start_mark.line + 1
        first = lines.setdefault(override.performer_key, line)
        if first != line:
            raise OverridesError(
                f"{source}, line {line}: {override.performer!r} is already decided in line {first}."
                " Keep one of the two."
            )
        overrides[override.performer_key] = override
    return overrides


def with_override(text: str, override: Override) -> str:
    """``text`` with ``override`` in it; an entry of the same performer is replaced.

    Every other line stays as it is, comments included.
    """
    entry = _entry(override)
    lines = text.splitlines(keepends=True)
    for node in _entries(text, "overrides.yaml"):
        if _override(node, "overrides.yaml").performer_key == override.performer_key:
            return "".join(lines[: node.start_mark.line]) + entry + _after(lines, node)
    start = text if not text or text.endswith("\n") else text + "\n"
    return start + entry


def _after(lines: list[str], node: yaml.Node) -> str:
    last = node.end_mark.line + (1 if node.end_mark.column else 0)
    # The end of a block lies after the blank and comment lines that follow it.
    while last > node.start_mark.line + 1 and not lines[last - 1].strip().partition("#")[0]:
        last -= 1
    return "".join(lines[last:])


def _entry(override: Override) -> str:
    fields = {"performer": override.performer, "artist": override.artist_id or NOBODY}
    if override.note:
        fields["note"] = override.note
    return yaml.safe_dump([fields], allow_unicode=True, sort_keys=False, width=10_000)


def _entries(text: str, source: str) -> list[yaml.MappingNode]:
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise OverridesError(f"{source}, line {line}: not valid YAML, {error.problem}.") from None
    if root is None:
        return []
    if not isinstance(root, yaml.SequenceNode):
        raise OverridesError(
            f"{source}, line 1: must be a list: begin each entry with '- performer:'."
        )
    for node in root.value:
        if not isinstance(node, yaml.MappingNode):
            raise OverridesError(
                f"{source}, line {node.start_mark.line + 1}: each entry needs 'performer' and "
                "'artist'."
            )
    return list(root.value)


def _override(node: yaml.MappingNode, source: str) -> Override:
    fields = {}
    for key, value in node.value:
        where = f"{source}, line {key.start_mark.line + 1}"
        if key.value not in _KEYS:
            near = get_close_matches(str(key.value), _KEYS, n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"use {', '.join(_KEYS)}."
            raise OverridesError(f"{where}: {key.value!r} is not known here; {hint}")
        if not isinstance(value, yaml.ScalarNode):
            raise OverridesError(f"{where}: {key.value!r} must be text.")
        fields[key.value] = value.value.strip()
    where = f"{source}, line {node.start_mark.line + 1}"
    for needed in ("performer", "artist"):
        if not fields.get(needed):
            raise OverridesError(f"{where}: the entry has no {needed!r}.")
    artist_id = None if fields["artist"].lower() == NOBODY else artist_id_from(fields["artist"])
    if artist_id is None and fields["artist"].lower() != NOBODY:
        raise OverridesError(
            f"{where}: {fields['artist']!r} is no Spotify artist: give the artist's link, URI or "
            f"id, or the word {NOBODY!r}."
        )
    name = fields["performer"]
    return Override(name, performer_key(name), artist_id, fields.get("note", ""))
