"""How an act's name is compared: one spelling for all the ways sites print the same name.

What belongs here: folding of letters and punctuation, and the key built on it. What does not:
deciding which Spotify page a name means (``domain.matching``).
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

# Letters and marks that Unicode does not decompose, though sites and fans replace them freely.
_APOSTROPHES = "\u2018\u2019\u02bb\u02bc\u0060\u00b4\u2032"
_QUOTES = "\u201c\u201d\u201e"
_DASHES = "\u2010\u2011\u2012\u2013\u2014\u2212"
# Soft hyphens, zero-width and direction marks, variation selectors: pasted along with names.
_INVISIBLE = "\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufe0e\ufe0f\ufeff"
_LETTERS = str.maketrans(
    dict(zip("øłđðþæœ\u0131ħŧ", ("o", "l", "d", "d", "th", "ae", "oe", "i", "h", "t"), strict=True))
    | dict.fromkeys(_APOSTROPHES, "'")
    | dict.fromkeys(_QUOTES, '"')
    | dict.fromkeys(_DASHES, "-")
    | dict.fromkeys(_INVISIBLE, "")
)
_ACCENT = re.compile("[\u0300-\u036f]")
_WORD = re.compile(r"[^\W_]")
# Sites print "J.R.V." and "JRV", "D'Arling" and "Darling" for one act.
_APOSTROPHE = re.compile(r"(?<=\w)'(?=\w)|(?<=\w)\.(?=\w)")
_DOLLARS = re.compile(r"\$+(?=[^\W\d_])|(?<=[^\W\d_])\$+")
# Only beside letters: "P!nk" is Pink, but "!!!" and "$" are names of signs and stay.
_BANG_IN_WORD = re.compile(r"(?<=[^\W\d_])!(?=[^\W\d_])")
_NO_WORD = re.compile(r"[\W_]")
_ASCII_SIGNS = {code: " " for code in range(128) if not chr(code).isalnum()}
# In a key a sign between letters stands for one ("Ke$ha"), elsewhere it is a sign ("$NOT").
_LETTER_DOLLARS = re.compile(r"(?<=[^\W\d_])\$+(?=[^\W\d_])")
_TELLS_APART = "$.-!*"


def fold(text: str) -> str:
    """``text`` in lower case without accents, in plain quotes and dashes, spaces collapsed.

    Only marks of the Latin, Greek and Cyrillic scripts are dropped: in Hindi, Thai or Japanese a
    mark is part of the letter. Text that would vanish altogether is returned as it came.
    """
    if text.isascii():
        return " ".join(text.lower().replace("`", "'").split())
    # Twice: lower case brings letters and marks of its own ("Ø" to "ø", "İ" to "i" and a dot), and
    # folding once more must change nothing.
    folded = _ACCENT.sub("", unicodedata.normalize("NFKD", text.translate(_LETTERS)))
    folded = _ACCENT.sub("", unicodedata.normalize("NFKD", folded.casefold())).translate(_LETTERS)
    # NFKD has taken Hangul and voiced kana apart, and "がく" and "かく" are two acts.
    folded = " ".join(unicodedata.normalize("NFKC", folded).split())
    return folded or " ".join(text.split())


def _as_letters(dollars: re.Match[str]) -> str:
    return "s" * len(dollars.group())


def _mark_or_space(match: re.Match[str]) -> str:
    character = match.group()
    return character if unicodedata.category(character).startswith("M") else " "


@lru_cache(maxsize=200_000)
def normalize(name: str) -> str:
    """The words of ``name``: folded, ``&`` and ``+`` as "and", ``A$AP`` as "asap", no punctuation.

    Idempotent, and empty only for blank names: a name without a letter or digit ("!!!", "+/-")
    keeps its folded text. A leading "the" stays: dropping it is a guess that ``matching`` makes.
    """
    folded = fold(name)
    if not _WORD.search(folded):
        return folded
    # Most names have none of these signs, and looking for one is cheaper than a pattern.
    text = _DOLLARS.sub(_as_letters, folded) if "$" in folded else folded
    text = _BANG_IN_WORD.sub("i", text) if "!" in text else text
    text = _APOSTROPHE.sub("", text) if "'" in text or "." in text else text
    text = text.replace("&", " and ").replace("+", " and ")
    spaced = text.translate(_ASCII_SIGNS) if text.isascii() else _NO_WORD.sub(_mark_or_space, text)
    return " ".join(spaced.split())


@lru_cache(maxsize=200_000)
def without_article(name: str) -> str:
    """``name`` normalised, without a leading "the" (unless it is all there is).

    For comparing, not for a performer's key: "The Band" and "Band" may be two acts.
    """
    key = normalize(name)
    return key.removeprefix("the ") or key


@lru_cache(maxsize=200_000)
def performer_key(name: str) -> str:
    """The key under which one act is known across shows, states and sources.

    "BEYONCÉ" and "Beyoncé" share one, as do "Simon & Garfunkel" and "Simon and Garfunkel". In a
    name of one word ``$ . - ! *`` tell acts apart: "SNOT" and "$NOT" have two. Never empty for a
    name that is not blank.
    """
    key = normalize(name)
    # Only of one word: sites print "Mr. Big" and "Mr Big" for one act, but "mike." is not Mike.
    if " " in key or " " in fold(name):
        return key
    return _with_its_marks(fold(name)) if _WORD.search(key) else key


def _with_its_marks(word: str) -> str:
    kept = "".join(
        sign
        for sign in word
        if sign in _TELLS_APART or _WORD.match(sign) or unicodedata.category(sign).startswith("M")
    )
    spelled = _LETTER_DOLLARS.sub(_as_letters, kept)
    return _BANG_IN_WORD.sub("i", spelled)
