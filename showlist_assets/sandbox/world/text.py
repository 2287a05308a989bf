"""How a search engine reads a name: folded letters, words, and the letters run together."""

from __future__ import annotations

import re
import unicodedata

# Letters that Unicode does not take apart into a base letter and a mark.
_LETTERS = str.maketrans(
    {
        "ø": "o",
        "ł": "l",
        "đ": "d",
        "ß": "ss",
        "æ": "ae",
        "œ": "oe",
        "þ": "th",
        "ð": "d",
        "\u0131": "i",
    }
    | {"\u2019": "'", "\u2018": "'", "$": "s", "&": " and ", "+": " and "}
)
_WITHIN_WORD = re.compile(r"(?<=\w)['.](?=\w)")
# "Co.慶応" is two words: Latin letters and others do not run into one.
_WORDS = re.compile(r"[0-9a-z\u00df-\u00f6\u00f8-\u024f]+|[^\W_a-z0-9\u00df-\u024f]+")


def fold(text: str) -> str:
    """Lower case without accents; ``&`` and ``+`` read as "and"."""
    apart = unicodedata.normalize("NFKD", text.casefold().translate(_LETTERS))
    bare = "".join(mark for mark in apart if not unicodedata.combining(mark))
    return unicodedata.normalize("NFKC", bare)


def words(text: str) -> list[str]:
    """The words of ``text``, folded; empty where it is all punctuation."""
    if text.isascii() and text.isalpha():
        return [text.lower()]
    return _WORDS.findall(_WITHIN_WORD.sub("", fold(text)))


def slug(text: str) -> str:
    """A name as it appears in a ticket site's addresses."""
    return "-".join(words(text)) or "untitled"
