"""One printed name that is a whole bill: its acts, where the evidence says that it is one.

"Iron & Wine" and "A & B" look alike, so no mark between two names decides. A text is taken apart
only if nobody is known by the whole of it and its parts are known, and otherwise stays whole until
a later run knows more.

What belongs here: reading the acts off a text. What does not: who an act is (``domain.matching``),
and a shorter reading of a single act's name (``domain.matching.readings``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import polars as pl

from showlist_assets.domain.homage import is_homage
from showlist_assets.domain.names import normalize, performer_key, without_article

if TYPE_CHECKING:
    from collections.abc import Iterable

# Promoters and occasions stand before these words, acts behind them.
_HEADING: Final = re.compile(r"^(?P<head>.+?)(?:\s+presents?\s*:?|\s+with)\s+(?P<acts>\S.*)$", re.I)
_PRESENTS: Final = re.compile(r"\s+presents?\s*:?\s+\S", re.I)
# An act's own tour or release party names the act, so it is no heading to drop.
_OCCASION: Final = re.compile(
    r"(?!.*(?:[:\u2013\u2014|]|\s-|\b(?:release|anniversary|birthday)\b))"
    r".*\b(?:evening|night|afternoon|conversation|party|brunch|jam|fest(?:ival)?)s?$",
    re.I,
)
_GUEST: Final = re.compile(r"^(?:(?:very )?special )?guests?:?\s+", re.I)
# "LEADER & The BAND" is one act as a rule, and so is "NAME, the TITLE".
_BELONGS_BEFORE: Final = re.compile(r"^(?:the|his|her|their|los|las)\b", re.I)
# Between acts, hardly ever within the name of one.
_STRONG: Final = re.compile(r"\s+(?:w/|//|with|[\u00b7\u2022|])\s+|\s*;\s+", re.I)
_LIST: Final = re.compile(r"\s*,\s+(?:(?:and|&)\s+)?", re.I)
_LAST_OF_LIST: Final = re.compile(r",.*,\s+(?:and|&)\s+\S", re.I)
# Between acts, and as often within the name of one.
_WEAK: Final = re.compile(r"\s*,\s+(?:(?:and|&)\s+)?|(?<!\bw)\s*/\s*|\s+(?:&|\+|and)\s+", re.I)
_ANY: Final = re.compile(f"{_STRONG.pattern}|{_WEAK.pattern}", re.I)
_MARK: Final = re.compile(f"{_STRONG.pattern}|{_WEAK.pattern}|{_PRESENTS.pattern}", re.I)
# More names than one act has as a rule.
_LONG_LIST: Final = 3
# Such a mark stands in names as well.
_WITH: Final = re.compile(r"\swith\s", re.I)
# The rest of a bill without a name: nobody to look for.
_UNNAMED: Final = re.compile(
    r"^(?:(?:very )?special guests?|guests?|support|more|many more|friends|others|tba|tbd"
    r"|(?:his|her|their|the|full|live) (?:band|friends|orchestra))$"
)


@dataclass(frozen=True)
class KnownActs:
    """What is known of names before a bill is read; each set holds performer keys.

    Attributes:
        billed: Billed by themselves on some show, of this run or an earlier one.
        pages: Carried whole by an artist page that some search returned.
        nobody: Texts that were searched whole, and no page of the answer carries.
        apart: Texts that an earlier run took apart: what refuted them is no longer stored.
        whole: Texts that the operator decided by hand.
    """

    billed: frozenset[str] = frozenset()
    pages: frozenset[str] = frozenset()
    nobody: frozenset[str] = frozenset()
    apart: frozenset[str] = frozenset()
    whole: frozenset[str] = frozenset()


def acts_of(text: str, known: KnownActs) -> list[str]:
    """The acts that ``text`` bills, in order; ``text`` alone where it may be the name of one.

    With a strong mark ("w/", ";", a list that ends in ", and") a search of the whole must have
    found nobody of that name, or every part be known; one known part is enough in the first case.
    With a weak one ("&", a comma, a slash) both must hold, and a single word is known only if it is
    billed by itself somewhere: there is a page for nearly every word.
    """
    key = performer_key(text)
    # Taken apart, a homage would lead to the acts that it is about.
    if is_homage(text) or key in known.whole or key in known.pages:
        return [text]
    headed = _behind_heading(text)
    for mark, strong in ((_strong_mark(text), True), (_WEAK, False)):
        parts = _parts(headed or text, mark)
        # Behind a heading there may be nothing but marks.
        only_with = not headed and not _MARK.search(_WITH.sub(" ", text))
        is_bill = _is_bill(key, parts, known, strong=strong, only_with=only_with)
        if parts and (len(parts) > 1 or headed) and is_bill:
            return _within_each(parts, known) if strong else parts
    return [text]


def names_in(texts: Iterable[str]) -> list[str]:
    """Keys of the texts that may be a whole bill, and of all that may be an act of one."""
    found: set[str] = set()
    for text in texts:
        if _MARK.search(text):
            inner = _behind_heading(text) or text
            parts = [
                one for mark in (_strong_mark(text), _WEAK, _ANY) for one in _parts(inner, mark)
            ]
            found |= {performer_key(name) for name in (text, *parts)}
    return sorted(found)


def known_acts(
    billed: Iterable[str], earlier: pl.DataFrame, *, apart: Iterable[str], whole: Iterable[str]
) -> KnownActs:
    """What this run's bills and earlier decisions tell.

    Args:
        billed: Names that stand for themselves on the bills at hand.
        earlier: ``performer_key`` and ``candidates`` of ``MatchedArtists`` that were searched for.
        apart: Texts (not keys) that were taken apart before.
        whole: Performer keys that are decided by hand.
    """
    searched = set(earlier.get_column("performer_key"))
    candidates = earlier.get_column("candidates").explode().struct.field("name")
    pages = {performer_key(name) for name in candidates.drop_nulls().unique()}
    return KnownActs(
        billed=frozenset(performer_key(name) for name in billed if not _MARK.search(name)),
        pages=frozenset(pages),
        nobody=frozenset(searched - pages),
        apart=frozenset(performer_key(text) for text in apart),
        whole=frozenset(whole),
    )


def _strong_mark(text: str) -> re.Pattern[str]:
    return re.compile(f"{_STRONG.pattern}|{_LIST.pattern}", re.I) if _lists(text) else _STRONG


def _lists(text: str) -> bool:
    return bool(_LAST_OF_LIST.search(text))


def _behind_heading(text: str) -> str | None:
    """What an occasion or a promoter announces; None where nothing is announced."""
    found = _HEADING.match(text)
    if found and (_PRESENTS.search(text) or _OCCASION.match(found["head"])):
        return found["acts"]
    return None


def _parts(text: str, mark: re.Pattern[str]) -> list[str]:
    """The named acts between the marks, each once."""
    pieces = [_GUEST.sub("", piece.strip(" ,")) for piece in mark.split(text)]
    named = [piece for piece in pieces if not _UNNAMED.match(normalize(piece))]
    by_key = {performer_key(piece): piece for piece in reversed(named)}
    return [piece for key, piece in reversed(by_key.items()) if key]


def _within_each(parts: list[str], known: KnownActs) -> list[str]:
    acts = [act for part in parts for act in _acts_within(part, known)]
    return list({performer_key(act): act for act in reversed(acts)}.values())[::-1]


def _acts_within(part: str, known: KnownActs) -> list[str]:
    """The acts of one part of a bill that holds a list itself ("A w/ B, C")."""
    acts = _parts(part, _LIST)
    whole = performer_key(part) in known.pages or len(acts) < len(_LIST.split(part))
    return [part] if whole or not _all_known_beside_weak(acts, known) else acts


def _all_known_beside_weak(parts: list[str], known: KnownActs) -> bool:
    return all(
        _is_known(part, known, by_page=" " in part) and not _BELONGS_BEFORE.match(part)
        for part in parts
    )


def _is_bill(
    key: str, parts: list[str], known: KnownActs, *, strong: bool, only_with: bool
) -> bool:
    if key in known.apart:
        return bool(parts)
    refuted = key in known.nobody
    if not strong:
        enough = _is_long_list(parts, known) or _all_known_beside_weak(parts, known)
        return refuted and enough
    are_known = [_is_known(part, known, by_page=True) for part in parts]
    # "The Thing With Feathers": a page for every word of it says nothing.
    is_firm = not only_with or any(_is_firm(part, known) for part in parts)
    return is_firm and bool(parts) and (all(are_known) or (refuted and any(are_known)))


def _is_long_list(parts: list[str], known: KnownActs) -> bool:
    """Whether there are more names than one act has, and two of them are acts."""
    firm = sum(_is_firm(part, known) for part in parts)
    return len(parts) >= _LONG_LIST and firm > 1 and not any(map(_BELONGS_BEFORE.match, parts))


def _is_firm(part: str, known: KnownActs) -> bool:
    return _is_known(part, known, by_page=" " in without_article(part))


def _is_known(part: str, known: KnownActs, *, by_page: bool) -> bool:
    key = performer_key(part)
    return key in known.billed or (by_page and key in known.pages)
