"""When an artist page carries the name a site prints, or that name with a slip of the pen."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from rapidfuzz.distance import OSA

from showlist_assets.domain.names import fold, normalize

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
_SORTED = re.compile(r"([^,]+),\s*([^,]+)")
# Regional Mexican bands are billed with such a word and without it.
_GROUP_NOUN = re.compile(r"^(?:la |los |el )?(?:banda|grupo|conjunto|orquesta) (?=\w)")
_BACKING_BAND = re.compile(r"^(.+? .+?) and (?:the|his|her|their|los|las|la) .+$")


def bare(name: str) -> str:
    """``name`` normalised, without a leading "the" (unless it is all there is)."""
    return normalize(name).removeprefix("the ") or normalize(name)


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


def equality(printed: str, page: str) -> str | None:
    """How ``page`` equals ``printed``: a key of ``EQUALITIES``, or None if it does not."""
    ours, theirs = normalize(printed), normalize(page)
    if ours == theirs:
        return "equal_name"
    if bare(printed) == bare(page):
        return "article"
    if compact(printed) == compact(page) and len(compact(page)) > 3:
        return "spacing"
    if theirs == _in_name_order(printed):
        return "sort_name"
    if {ours, *_script_halves(printed)} & {theirs, *_script_halves(page)}:
        return "script"
    return "short_form" if _is_short_form(printed, page) else None


def is_slip(printed: str, page: str, others: Iterable[str]) -> bool:
    """Whether ``printed`` is ``page`` with one slip, judged without any dictionary.

    A slip is one letter added, lost, changed or swapped with its neighbour, in a name of eight
    letters or more, not at the start of a word, and not a plural ("Warlock", "Warlocks"). The word
    in which the two differ must be nobody else's: one that another artist in the answer carries
    is a word and no slip ("Clanton" beside "Clinton").
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
    return not any(a in known or a + "s" == b or b + "s" == a for a, b in odd)
