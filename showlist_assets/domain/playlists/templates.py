"""Titles and descriptions of playlists: text with ``{fields}`` that the plan fills in."""

from __future__ import annotations

import unicodedata
from difflib import get_close_matches
from string import Formatter
from typing import Final

# Spotify answers 500, or cuts, above these: metabrainz/troi-recommendation-playground#146 and #155.
LONGEST_TITLE: Final = 100
LONGEST_DESCRIPTION: Final = 300
_ELLIPSIS: Final = "…"
# They turn around what follows, in a page or a log as well as in the title.
_TURNING: Final = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")

# None of these changes with the day alone: a plan that did not change must not be written again.
TEMPLATE_FIELDS: Final[dict[str, str]] = {
    "places": "where: the cities, or the states",
    "dates": "the dates of the first and the last show on the playlist",
    "first_date": "the date of the first show",
    "last_date": "the date of the last show",
    "artists": "names of artists, soonest first, as many as fit",
    "venues": "names of venues, soonest first, as many as fit",
    "artist_count": "how many artists, such as 1 artist",
    "show_count": "how many shows, such as 12 shows",
    "track_count": "how many tracks, such as 24 tracks",
}


class TemplateError(ValueError):
    """A template cannot be used; the message says what would be right."""


def check_template(template: str, *, longest: int) -> str:
    """``template`` on one line, if its fields are known and its own words fit in ``longest``.

    Raises:
        TemplateError: a character that is none, an unknown field, a stray brace, or too many
            characters.
    """
    strange = next((sign for sign in template if _is_control(sign)), None)
    if strange:
        raise TemplateError(
            f"holds a character that cannot be seen (U+{ord(strange):04X}): write it without."
        )
    text = " ".join(template.split())
    try:
        parts = list(Formatter().parse(text))
    except ValueError as error:
        raise TemplateError(f"{error}: write {{{{ for a brace that is part of the text.") from None
    # No format: fields are text, and "{artists:99999999}" would make the title a hundred megabytes.
    for _, field, spec, conversion in parts:
        if field is not None and (field not in TEMPLATE_FIELDS or spec or conversion):
            raise TemplateError(_unknown_field(field))
    own = sum(len(literal) for literal, *_ in parts)
    if own > longest:
        raise TemplateError(f"has {own} characters, Spotify takes {longest}: make it shorter.")
    return text


def _is_control(sign: str) -> bool:
    """Whether it steers a terminal or the direction of the text, and is no break of a line."""
    return sign in _TURNING or (unicodedata.category(sign) == "Cc" and sign not in "\n\r\t")


def _unknown_field(field: str) -> str:
    near = get_close_matches(field, TEMPLATE_FIELDS, n=1, cutoff=0.5)
    if field in TEMPLATE_FIELDS:
        return f"{{{field}}} takes no format: write it without ':' or '!'."
    hint = f"did you mean {{{near[0]}}}?" if near else f"there are {', '.join(TEMPLATE_FIELDS)}."
    return f"{{{field}}} is no field of a template; {hint}"


def fill(template: str, values: dict[str, str | list[str]], *, longest: int) -> str:
    """``template`` with its fields, on one line of at most ``longest`` characters.

    A list is cut to as many names as fit ("A, B and 12 more"); text that is still too long ends in
    an ellipsis.
    """
    lists = {field: names for field, names in values.items() if isinstance(names, list)}
    kept = max((len(names) for names in lists.values()), default=0)
    text = _filled(template, values, kept)
    while len(text) > longest and kept > 1:
        kept -= 1
        text = _filled(template, values, kept)
    if len(text) <= longest:
        return text
    return text[: longest - 1].rstrip(" ,;:·-") + _ELLIPSIS


def _filled(template: str, values: dict[str, str | list[str]], kept: int) -> str:
    words = {
        field: _listed(value, kept) if isinstance(value, list) else value
        for field, value in values.items()
    }
    return " ".join(template.format_map(words).split())


def _listed(names: list[str], kept: int) -> str:
    if len(names) > kept:
        return f"{', '.join(names[:kept])} and {len(names) - kept} more"
    return " and ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))
