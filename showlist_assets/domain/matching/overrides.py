"""Matches decided by hand: the file ``overrides.yaml``, read and written.

A list of entries, each with a ``performer`` as billed, the ``artist`` (a Spotify id, URI or link,
or the word ``nobody``), and a ``note`` if you like. What stands here always wins over the rules.
"""

from __future__ import annotations

import re
import textwrap
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import Final

import yaml

from showlist_assets.domain.names import performer_key
from showlist_assets.errors import ShowlistError

NOBODY: Final = "nobody"
_KEYS: Final = ("performer", "artist", "note")
_ARTIST: Final = re.compile(
    r"(?:spotify:artist:|(?:https?://)?open\.spotify\.com/(?:intl-[A-Za-z-]+/)?artist/)?"
    r"([0-9A-Za-z]{22})/?(?:\?\S*)?"
)


class OverridesError(ShowlistError):
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


def with_override(text: str, override: Override, *, source: str = "overrides.yaml") -> str:
    """``text`` with ``override`` in it; an entry of the same performer is replaced.

    Every other line stays as it is, comments included. The name and the note are put on one line
    each.

    Raises:
        OverridesError: ``text`` cannot be used, or is laid out so that no entry can be put in.
    """
    override = replace(
        override, performer=_one_line(override.performer), note=_one_line(override.note)
    )
    wanted = parse_overrides(text, source=source) | {override.performer_key: override}
    written = _put_in(text, override, source)
    # A flow list, a lone dash, an anchor: YAML allows more than a line-wise edit can respect.
    try:
        kept = parse_overrides(written, source=source) == wanted
    except OverridesError:
        kept = False
    if not kept:
        raise OverridesError(
            f"{source}: no entry for {override.performer!r} can be put in. Write the file as a "
            "plain list, each entry on lines of its own that begin with '- performer:'."
        )
    return written


def without_override(text: str, key: str, *, source: str = "overrides.yaml") -> str:
    """``text`` without the entry of the performer ``key``; unchanged where it has none.

    Every other line stays as it is, comments included.

    Raises:
        OverridesError: ``text`` cannot be used, or is laid out so that the entry cannot be taken
            out.
    """
    before = parse_overrides(text, source=source)
    if key not in before:
        return text
    wanted = {other: override for other, override in before.items() if other != key}
    written = _taken_out(text, key, source)
    try:
        kept = parse_overrides(written, source=source) == wanted
    except OverridesError:
        kept = False
    if not kept:
        raise OverridesError(
            f"{source}: the entry for {before[key].performer!r} cannot be taken out. Write the "
            "file as a plain list, each entry on lines of its own that begin with '- performer:'."
        )
    return written


def _taken_out(text: str, key: str, source: str) -> str:
    lines = text.splitlines(keepends=True)
    for node in _entries(text, source):
        if _override(node, source).performer_key == key:
            return "".join(lines[: node.start_mark.line] + lines[_end_line(node, lines) :])
    return text


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _put_in(text: str, override: Override, source: str) -> str:
    nodes = _entries(text, source)
    # A mapping begins two columns after the dash of its entry.
    indent = " " * max(0, nodes[0].start_mark.column - 2) if nodes else ""
    entry = textwrap.indent(_entry(override), indent)
    if "\r\n" in text:
        entry = entry.replace("\n", "\r\n")
    lines = text.splitlines(keepends=True)
    for node in nodes:
        if _override(node, source).performer_key == override.performer_key:
            before, after = lines[: node.start_mark.line], lines[_end_line(node, lines) :]
            return "".join(before) + entry + "".join(after)
    line_break = "" if not text or text.endswith("\n") else "\n"
    return text + line_break + entry


def _end_line(node: yaml.MappingNode, lines: list[str]) -> int:
    """Number of the first line after the entry; blank lines and comments are not part of it."""
    # The end of a block mapping lies after what follows it, that of its last value does not.
    end = node.end_mark if node.flow_style else node.value[-1][1].end_mark
    last = int(end.line) + (1 if end.column else 0)
    while not lines[last - 1].strip():
        last -= 1
    return last


def _entry(override: Override) -> str:
    fields = {"performer": override.performer, "artist": override.artist_id or NOBODY}
    if override.note:
        fields["note"] = override.note
    # Without a width PyYAML breaks lines after 80 characters; ours are replaced line by line.
    return yaml.safe_dump([fields], allow_unicode=True, sort_keys=False, width=10_000)


def _entries(text: str, source: str) -> list[yaml.MappingNode]:
    try:
        # Composed and not loaded: nodes know their lines, and a band called "No" stays text.
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise OverridesError(f"{source}, line {line}: not valid YAML, {error.problem}.") from None
    # Of the reader of characters: it tells a position and has no mark.
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise OverridesError(
            f"{source}, line {line}: holds a character that YAML does not allow "
            f"(U+{int(error.character):04X}). Remove it."
        ) from None
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
    fields = _fields(node, source)
    where = f"{source}, line {node.start_mark.line + 1}"
    for needed in ("performer", "artist"):
        if not fields.get(needed):
            raise OverridesError(f"{where}: the entry has no {needed!r}.")
    nobody = fields["artist"].lower() == NOBODY
    artist_id = None if nobody else artist_id_from(fields["artist"])
    if artist_id is None and not nobody:
        raise OverridesError(
            f"{where}: {fields['artist']!r} is no Spotify artist: give the artist's link, URI or "
            f"id, or the word {NOBODY!r}."
        )
    name = fields["performer"]
    return Override(name, performer_key(name), artist_id, fields.get("note", ""))


def _fields(node: yaml.MappingNode, source: str) -> dict[str, str]:
    """The text under each key of an entry."""
    fields: dict[str, str] = {}
    for key, value in node.value:
        where = f"{source}, line {key.start_mark.line + 1}"
        name = key.value if isinstance(key, yaml.ScalarNode) else "a key of several parts"
        if name not in _KEYS:
            near = get_close_matches(name, _KEYS, n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"use {', '.join(_KEYS)}."
            raise OverridesError(f"{where}: {name!r} is not known here; {hint}")
        if name in fields:
            raise OverridesError(f"{where}: {name!r} stands twice in this entry. Keep one.")
        if not isinstance(value, yaml.ScalarNode):
            raise OverridesError(f"{where}: {name!r} must be text.")
        fields[name] = value.value.strip()
    return fields
