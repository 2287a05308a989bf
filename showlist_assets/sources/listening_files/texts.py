"""Bytes as text, and text as lines and JSON values that cost no more than themselves when broken.

What belongs here: encodings and syntax. What does not: what a value means.
"""

from __future__ import annotations

import codecs
import csv
import io
import json
import re
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

BROKEN: Final = None
"""Stands for what could not be read; no reader finds anything in it."""

# Fields of several lines are rare, and a quote that is never closed must not swallow the file.
_MOST_LINES: Final = 10
_MOST_BREAKS: Final = 1_000
# A break may be noticed at the end of the text only, however many begin before it: of a text, all
# together read in vain no more than these letters, or twice the text where that is more.
_MOST_IN_VAIN: Final = 4_000_000
_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    # Before those of UTF-16, of which one is its beginning.
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_DECODER: Final = json.JSONDecoder()
_BLANKS: Final = re.compile(r"[ \t\r\n]*")
_NEXT_OBJECT: Final = re.compile(r"\}\s*,\s*(?=\{)")


def decoded(content: bytes) -> str:
    """``content`` by its mark, else as UTF-8, else as Windows has it."""
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return content[len(mark) :].decode(encoding, "replace")
    # An ASCII letter in UTF-16 has a zero beside it, in UTF-32 three; no text in UTF-8 begins with
    # one.
    if content[1:4] == b"\0\0\0":
        return content.decode("utf-32-le", "replace")
    if content[:3] == b"\0\0\0" and content[3:4]:
        return content.decode("utf-32-be", "replace")
    if content[1:2] == b"\0":
        return content.decode("utf-16-le", "replace")
    if content[:1] == b"\0" and content[1:2]:
        return content.decode("utf-16-be", "replace")
    try:
        return content.decode()
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


def beginning(head: bytes) -> str:
    """The text of a file's first bytes, which may end within a letter."""
    # What has zeros is not in UTF-8, though it may pass for it.
    for cut in range(0 if b"\0" in head[:4] else 4):
        try:
            return head[: len(head) - cut].decode("utf-8-sig").lstrip()
        except UnicodeDecodeError:
            continue
    return decoded(head).lstrip()


def is_array(text: str) -> bool:
    """Whether ``text`` begins as an array of JSON."""
    return text.startswith("[", _after_blanks(text, 0))


def json_lines(text: str) -> Iterator[tuple[int, Any]]:
    """The value of each line with its number; blank lines are none."""
    for number, line in enumerate(io.StringIO(text), start=1):
        if line.strip():
            yield number, json_value(line)


def json_elements(text: str, start: int = 0) -> Iterator[tuple[int, Any]]:
    """The values of the array at ``start`` with their numbers from 1 on.

    A broken one costs all up to the next object; where the array breaks off there is one more.
    Values are read one by one: all together take several times the room of their text.
    """
    position, number, breaks = _after_blanks(text, start) + 1, 0, 0
    left = max(_MOST_IN_VAIN, 2 * len(text))
    while (position := _after_blanks(text, position)) < len(text):
        # Within an object something may follow the array.
        if text[position] == "]" and (start or _after_blanks(text, position + 1) == len(text)):
            return
        number += 1
        try:
            value, position = _DECODER.raw_decode(text, position)
        except (ValueError, RecursionError) as error:
            yield number, BROKEN
            left -= _noticed_at(error, text) - position
            after = _NEXT_OBJECT.search(text, position)
            breaks += 1
            if after is None or breaks > _MOST_BREAKS or left < 0:
                return
            position = after.end()
            continue
        yield number, value
        position = _after_blanks(text, position)
        if text[position : position + 1] == ",":
            position += 1
    yield number + 1, BROKEN


def _noticed_at(error: Exception, text: str) -> int:
    # A quote that is never closed is told by where it stands, and is noticed at the end.
    if isinstance(error, json.JSONDecodeError) and not error.msg.startswith("Unterminated"):
        return error.pos
    return len(text)


def elements_of(text: str, key: str) -> Iterator[tuple[int, Any]]:
    """The same of the array that an object has as ``key``, though the object is broken."""
    found = re.search(rf'(?<!\\)"{key}"\s*:\s*(?=\[)', text)
    if found is None:
        yield 1, BROKEN
    else:
        yield from json_elements(text, found.end())


def json_value(text: str) -> Any:
    """The one value of ``text``; ``BROKEN`` where it is none."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return BROKEN


def csv_rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """The fields of each row with the number of its first line; none where it is broken."""
    lines = text.replace("\r\n", "\n").split("\n")
    position = 0
    while position < len(lines):
        count = _lines_of_row(lines, position)
        found = "\n".join(lines[position : position + count])
        if found.strip():
            yield position + 1, _fields(found)
        position += count


def _lines_of_row(lines: list[str], position: int) -> int:
    """How many lines a row has; 1 where a quote is never closed, so that only this one is lost."""
    quotes = 0
    for count, line in enumerate(lines[position : position + _MOST_LINES], start=1):
        quotes += line.count('"')
        if quotes % 2 == 0 and (
            count == 1 or _fields("\n".join(lines[position : position + count]))
        ):
            return count
    return 1


def _fields(row: str) -> list[str]:
    try:
        return next(csv.reader(io.StringIO(row, newline=""), strict=True))
    except (csv.Error, StopIteration):
        return []


def _after_blanks(text: str, position: int) -> int:
    found = _BLANKS.match(text, position)
    return found.end() if found else position
