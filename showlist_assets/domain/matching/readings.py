"""The other ways a printed name may be read: what to strip from it, and when never to.

Every pattern is a class of words or a mark, never a name. Each step that fires gives a shorter
reading of the same billing; a reading is believed only if an artist page equals it. A homage is
never read shorter (``domain.homage``): what is left would be the act that it is about.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from showlist_assets.domain.matching.equality import bare, words


class Reading(NamedTuple):
    """A shorter reading of a billing, the step that gave it and how far that step is trusted."""

    text: str
    rule: str
    trust: float


_FLAGS = re.IGNORECASE
_MOST_READINGS = 12
_OCCASION = re.compile(
    r"\b(?:fest(?:ival)?|(?:dance|after) ?party|rave|brunch|seating|package|parking|showcase|"
    r"open mic|battle of|block party|meet and greet|burlesque|"
    r"(?:club|dance|emo|disco) (?:nights?|nite))\b|\b(?:nights?|nite)$|\b20\d\d$",
    _FLAGS,
)
_FESTIVAL = re.compile(r"\bfest(?:ival)?(?: 20\d\d)?\s*$", _FLAGS)
_HEADING = re.compile(
    r"\b(?:tour|fest|festival|jam|bash|ball|round|revue|showcase|series|road to|gras|weekend|"
    r"benefit|winter|summer|holiday|christmas)\b|fest\b",
    _FLAGS,
)
_COUNTRY = (
    r"uk|us|usa|u\.s\.|u\.k\.|aus?|nz|ca|can|de|ger|fr|fra|es|esp|it|ita|nl|be|bel|se|swe|no|nor|"
    r"dk|den|fi|fin|at|aut|ch|ie|irl|is|pl|pt|br|bra|mx|mex|ar|arg|cl|co|pr|jp|jpn|kr|kor|il|za|sa"
)

# How far each step is trusted. Written with the labelled listings in sight, not fitted to them;
# docs/matching.md tells what each buys and how often it was wrong.
_PREFIXES = (
    ("notice", 0.95, re.compile(
        r"^[\W_]*(?:sold[ -]?out|cancell?ed|postponed|rescheduled|new date|low tickets?)\b[\W_]*",
        _FLAGS)),
    ("evening_with", 0.92, re.compile(
        r"^an? (?:[\w-]+ ){0,2}?(?:evening|night|afternoon|conversation) "
        r"(?:of \w+ )?with\s+", _FLAGS)),
    ("presents", 0.88, re.compile(r"^.+?\bpresents?\b[\s:\-]*(?=\S)", _FLAGS)),
)  # fmt: skip
_SUFFIXES = (
    # A tag tells namesakes apart, and no page says its country: too little for a search.
    ("country_tag", 0.75, re.compile(rf"\s*(?:\((?:{_COUNTRY})\)|\[(?:{_COUNTRY})\])\s*$", _FLAGS)),
    ("bracket", 0.93, re.compile(r"\s*[\(\[][^\)\]]*(?:[\)\]]\s*|$)")),
    ("notice", 0.95, re.compile(
        r"\s+[-:\u2013\u2014|]?\s*(?:(?:early|late) show|re-?scheduled|new date|"
        r"sold[ -]?out|cancell?ed|postponed|1[68]\+|21\+|all ages|night (?:\d|one|two)|\d day pass|"
        r"moved from .+)[\s!]*$", _FLAGS)),
    ("set", 0.93, re.compile(
        r"\s*[-:\u2013\u2014|]?\s+(?:dj[ -]set|live(?: set| in concert| on stage)?|in concert|"
        r"unplugged|(?:solo )?acoustic(?: set| performance)?|solo(?: set)?)"
        r"(?: 20\d\d)?[\s!]*$", _FLAGS)),
    ("and_friends", 0.9, re.compile(
        r"\s+(?:&|and|\+|with|w/)\s+(?:(?:his|her|their|the|some|all[- ]star|very|special) )*"
        r"(?:friends?|guests?|band|orchestra|ensemble|trio|quartet|big band|crew)\s*$", _FLAGS)),
)  # fmt: skip
_HEADS = (
    ("presenter", 0.82, re.compile(r"\s+presents?\b[\s:\-]*", _FLAGS)),
    # Whole words only: a "ft" without a boundary ate into "Draft" in beets (beetbox/beets#6843).
    ("guest", 0.88, re.compile(
        r"\s+(?:with|w/|feat(?:uring)?\b\.?|ft\b\.?|f/|starring|"
        r"(?:plus|and|&|\+) special guests?)\s*", _FLAGS)),
    ("place", 0.88, re.compile(r"\s+(?:@|at)\s+", _FLAGS)),
    ("title", 0.82, re.compile(r"\s+[-\u2013\u2014|~]+\s+|\s*:+\s+")),
    ("title", 0.82, re.compile(r"\s+(?=the\s.+\btour\b)", _FLAGS)),
    ("title", 0.82, re.compile(r"\s+(?=[\"'\u2018\u201c][^\"']{4,}[\"'\u2019\u201d](?:\s+\w+)?$)")),
)  # fmt: skip
# Commas and slashes stand between acts; "&", "and" and "x" as often within a name.
_STRONG_BILL = re.compile(r"\s*,\s+(?:(?:and|&)\s+)?|\s+(?:[/|\u2022]|b2b|vs\.?)\s+", _FLAGS)
_WEAK_BILL = re.compile(r"\s+(?:[+&]|x|and)\s+", _FLAGS)
_DUO = re.compile(r"(?:the )?\S+\s+(?:&|and|\+)\s+\S+|\S+, \S+", _FLAGS)
_BACKING = re.compile(
    r"(?!the\s)(\S+\s+.*?\S|.+)\s+(?:&|and|\+|y)\s+(?:the|his|her|their|los|las|la|su)\s[^,/+&]+",
    _FLAGS,
)
_BAND_NOUN = re.compile(
    r"\s+(?:band|trio|quartet|quintet|sextet|duo|ensemble|orchestra|collective)\s*$", _FLAGS
)


def is_occasion(name: str) -> bool:
    """Whether ``name`` says it is an occasion (festival, party, seat upgrade) and not an act."""
    return bool(_OCCASION.search(name))


def is_festival(name: str) -> bool:
    """Whether ``name`` ends as festivals do; narrow, for acts may have "party" in their name."""
    return bool(_FESTIVAL.search(name))


def _stripped(reading: Reading) -> Iterator[Reading]:
    text, _, trust = reading
    for rule, worth, pattern in (*_PREFIXES, *_SUFFIXES):
        shorter = pattern.sub(" ", text).strip(" -:,")
        if shorter and shorter != text:
            yield Reading(shorter, rule, min(trust, worth))


def _heads(reading: Reading) -> Iterator[Reading]:
    text, _, trust = reading
    for rule, worth, pattern in _HEADS:
        mark = pattern.search(text)
        if mark is None or not mark.start():
            continue
        head, tail = text[: mark.start()], text[mark.end() :]
        yield Reading(head.strip(" ,"), rule, min(trust, worth))
        if tail and _HEADING.search(head):
            yield Reading(tail.strip(" ,"), "heading", min(trust, 0.8))


def _acts(reading: Reading) -> Iterator[Reading]:
    """The leader of a band, or the acts of a bill; "Tinsel & Rook" is a duo and stays whole."""
    text, _, trust = reading
    leader = _BAND_NOUN.sub("", text)
    if leader != text:
        yield Reading(leader, "band_noun", min(trust, 0.8))
    backing = _BACKING.fullmatch(text)
    if backing:
        # Even so 3 of 8 leaders were strangers, the worst of all steps (docs/matching.md).
        if words(backing[1]) > 1:
            yield Reading(backing[1], "backing_band", min(trust, 0.8))
        return
    if _DUO.fullmatch(text):
        return
    separator = _STRONG_BILL if _STRONG_BILL.search(text) else _WEAK_BILL
    marks = list(separator.finditer(text))
    for mark in reversed(marks):
        yield Reading(text[: mark.start()].strip(), "first_act", min(trust, 0.8))
    for act in separator.split(text)[1:]:
        # Right in 3 of 4: the first step to drop if live results show strangers (docs/matching.md).
        if words(act) > 1:
            yield Reading(act.strip(" ,"), "later_act", min(trust, 0.7))


@lru_cache(maxsize=20_000)
def readings(name: str) -> tuple[Reading, ...]:
    """At most ``_MOST_READINGS`` shorter readings of ``name``, the most cautious first.

    The name itself is not one of them. Steps build on each other: "A night with X - Live" loses
    both ends, and is trusted no more than its least trusted step.
    """
    found: dict[str, Reading] = {}
    wave = [Reading(" ".join(name.split()), "", 1.0)]
    for step in (_stripped, _stripped, _heads, _stripped, _heads, _acts):
        for reading in [shorter for known in wave for shorter in step(known)]:
            key = bare(reading.text)
            if key and key != bare(name) and key not in found:
                found[key] = reading
                wave.append(reading)
    ordered = sorted(found.items(), key=lambda item: (-item[1].trust, -len(item[0]), item[0]))
    return tuple(reading for _, reading in ordered[:_MOST_READINGS])
