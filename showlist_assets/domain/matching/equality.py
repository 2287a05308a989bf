"""When an artist page carries the name a site prints, or that name with a slip of the pen."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from rapidfuzz.distance import OSA

from showlist_assets.domain.names import fold, normalize, performer_key, without_article

# How two names may be equal, from surest to least sure, and what each is worth.
EQUALITIES: dict[str, float] = {
    "equal_name": 1.0,
    "article": 0.95,
    "spacing": 0.93,
    "sort_name": 0.93,
    "script": 0.85,
    "short_form": 0.78,
}
# Unicode's blocks from Basic Latin to Latin Extended-B, and Latin Extended Additional.
_LATIN = re.compile(r"[\u0000-\u024f\u1e00-\u1eff]")
_LETTER = re.compile(r"[^\W\d_]")
_NATIVE_RUN = re.compile(r"[^\u0000-\u024f\u1e00-\u1eff]+")
_LATIN_RUN = re.compile(r"[\u0000-\u024f\u1e00-\u1eff]+")
# Shorter names have neighbours that are acts, too. It leaves 4 of 82 misspelt names unfound.
_SHORTEST_WITH_SLIP = 8
_SHORT_WORD = 4
# So long a word rarely has a neighbour that is a name.
_LONG_WORD = 9
_MANY_WORDS = 3
_LITTLE_WORDS = frozenset({"the", "a", "an", "los", "las", "el", "la"})
_LINKS = frozenset({"and", "in", "with", "y"})
_SORTED = re.compile(r"([^,]+),\s*([^,]+)")
# Regional Mexican bands are billed with such a word and without it.
_GROUP_NOUN = re.compile(r"^(?:la |los |el )?(?:banda|grupo|conjunto|orquesta) (?=\w)")
_BACKING_BAND = re.compile(r"^(.+? .+?) and (?:the|his|her|their|los|las|la) .+$")


@lru_cache(maxsize=100_000)
def bare(name: str) -> str:
    """``name`` as two names are compared: without a leading "the"."""
    return without_article(name)


@lru_cache(maxsize=100_000)
def compact(name: str) -> str:
    """``name`` normalised, without a leading "the" and without spaces."""
    return bare(name).replace(" ", "")


def words(name: str) -> int:
    """How many words ``name`` has, a leading "the" not counted."""
    return bare(name).count(" ") + 1


def _in_name_order(name: str) -> str | None:
    parts = _SORTED.fullmatch(name.strip())
    if parts is None or max(map(words, parts.groups())) > 2:
        return None
    return normalize(f"{parts[2]} {parts[1]}")


@lru_cache(maxsize=100_000)
def _script_halves(name: str) -> frozenset[str]:
    if name.isascii():
        return frozenset()
    name = fold(name)
    letters = _LETTER.findall(name)
    latin = sum(1 for letter in letters if _LATIN.match(letter))
    if latin in (0, len(letters)):
        return frozenset()
    halves = (normalize(run.sub(" ", name)) for run in (_NATIVE_RUN, _LATIN_RUN))
    return frozenset(filter(None, halves))


@lru_cache(maxsize=100_000)
def _without_group_noun(name: str) -> str:
    return _GROUP_NOUN.sub("", bare(name))


def _is_short_form(printed: str, page: str) -> bool:
    """Whether ``printed`` names the leader of ``page``, or either drops a "Grupo" or "Banda"."""
    band = _BACKING_BAND.match(bare(page))
    if band and band[1] == bare(printed):
        return True
    return _without_group_noun(printed) == _without_group_noun(page)


@lru_cache(maxsize=100_000)
def _without_little_words(name: str) -> str:
    """``name`` without articles, or as it is where less than two words would be left.

    Of three words and more, without "and" and what is printed for it: "Rick & James" is not Rick
    James.
    """
    left = [word for word in name.split() if word not in _LITTLE_WORDS]
    if len(left) < _MANY_WORDS:
        return " ".join(left) if len(left) > 1 else name
    few = [word for word in left if word not in _LINKS]
    return " ".join(few if len(few) >= _MANY_WORDS else left)


def equality(printed: str, page: str) -> str | None:
    """How ``page`` equals ``printed``: a key of ``EQUALITIES``, or None if it does not."""
    ours, theirs = normalize(printed), normalize(page)
    if ours == theirs:
        return "equal_name"
    if bare(printed) == bare(page) or _without_little_words(ours) == _without_little_words(theirs):
        return "article"
    if compact(printed) == compact(page) and len(compact(page)) > 3:
        return "spacing"
    if theirs == _in_name_order(printed):
        return "sort_name"
    if {ours, *_script_halves(printed)} & {theirs, *_script_halves(page)}:
        return "script"
    return "short_form" if _is_short_form(printed, page) else None


def spelled_alike(printed: str, page: str) -> float:
    """How nearly two equal names are spelled alike: what the equality is worth, up to 1.

    Case tells nothing. Accents and punctuation are dropped by sites at will and lower it a little;
    signs that tell acts apart ("SNOT", "$NOT") lower it to a low confidence.
    """
    ours, theirs = (
        unicodedata.normalize("NFC", each).casefold().split() for each in (printed, page)
    )
    if ours == theirs:
        return 1.0
    return 0.97 if performer_key(printed) == performer_key(page) else 0.7


def is_slip(printed: str, page: str, others: Iterable[str]) -> bool:
    """Whether ``printed`` is ``page`` with one slip, judged without any dictionary.

    A slip is one letter added, lost, changed or swapped with its neighbour, in a name of eight
    letters or more, not at the start of a word, and not a plural ("Warlock", "Warlocks"). What may
    be a name of its own is none: a word that another artist in the answer carries ("Clanton"
    beside "Clinton"), and one that differs as names do. Unless a letter is lost or added, and
    another word of the two names is one that nobody else in the answer has.
    """
    ours, theirs = compact(printed), compact(page)
    # OSA counts a swap of two neighbours as one edit; plain Levenshtein counts two.
    if min(len(ours), len(theirs)) < _SHORTEST_WITH_SLIP or OSA.distance(ours, theirs) != 1:
        return False
    our_words, their_words = bare(printed).split(), bare(page).split()
    if [word[0] for word in our_words] != [word[0] for word in their_words]:
        return False
    odd = {(a, b) for a, b in zip(our_words, their_words, strict=True) if a != b}
    known = {word for other in others for word in normalize(other).split()}
    if any(_is_plural(a, b) for a, b in odd):
        return False
    # Puns change a letter ("Mazzy Scar"); they rarely lose or add one.
    lengthened = len(ours) != len(theirs)
    if lengthened and any(
        len(word) > _SHORT_WORD for word in {*our_words} & {*their_words} - known
    ):
        return True
    return not any(a in known or _differ_as_names_do(a, b) for a, b in odd)


def _is_plural(one: str, other: str) -> bool:
    return one + "s" == other or other + "s" == one


def _differ_as_names_do(one: str, other: str) -> bool:
    """Whether both may be somebody's name: "Clanton" and "Clinton", "Clark" and "Clarke"."""
    if one + "e" == other or other + "e" == one:
        return True
    if len(one) != len(other):
        return False
    changed = [(a, b) for a, b in zip(one, other, strict=True) if a != b]
    return len(one) < _LONG_WORD and len(changed) == 1 and {*changed[0]} <= set("aeiouy")


def differs_at_its_end(printed: str, page: str) -> bool:
    """Whether the last letters differ, by which one word becomes another."""
    return compact(printed)[-1:] != compact(page)[-1:]
