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
# What is sold or thrown around an act: never read shorter, as what is left would be the act.
_AROUND_AN_ACT = re.compile(
    r"\b(?:parking|seating|memberships?|packages?|vip (?:upgrade|experience|lounge)|"
    r"meet (?:and|&|n) greets?|m&g|hotel (?:rooms?|stays?|offers?|deals?)|"
    r"shuttles?|suites?|laser\w*|planetarium|rentals?|gift cards?|tailgate|"
    r"(?:fast|express|vip) (?:lane|pass)|(?:lounge|club|early|vip) (?:access|entry)|"
    r"light show|on screen|film screening|screening|sing[- ]?along|trivia|rave|brunch|"
    r"karaoke|burlesque|"
    r"(?:dance|disco|after|pop|theme[d]?|listening|watch|viewing|"
    r"halloween|birthday|silent|day|pool|pre)[ -]?part(?:y|ies)|"
    r"(?:club|dance|emo|disco|drag|dj) (?:nights?|nite)|silent disco|drag show)\b"
    r"|\W camping\W*$|\bvip\W*$|\blive to (?:film|picture)\b"
    r"|(?<!release )\bparty\W*$|\bparti\W*$|^(?:[^:]*\b(?:party|parti|nite)\b[^:]*):",
    _FLAGS,
)
# "Live at PLACE!" and a film "in Concert" under its series: the name of an evening.
_EVENING = re.compile(
    # Acts are billed "Live in Concert" or "- In Concert", films "NAME in Concert".
    r"\blive at\b.*!\s*$|^\S+ live at\b|:.*\bin concert\s*$|"
    r"(?<![-|:~\u2013\u2014])(?<!\blive)\s+in concert\s*$",
    _FLAGS,
)
# A notice that the same words stand in: "Early Show", "Night 1: ".
_NIGHT_NUMBER = re.compile(r"\b(?:nights?|day) (?:\d|one|two|three)\b", _FLAGS)
_FESTIVAL = re.compile(r"\bfest(?:ival)?(?: 20\d\d)?\s*$", _FLAGS)
_HEADING = re.compile(
    r"\b(?:tour|fest|festival|jam|bash|ball|round|revue|showcase|series|road to|gras|weekend|"
    r"benefit|winter|summer|holiday|christmas|halloween|nye|new year'?s(?: eve)?)\b|fest\b",
    _FLAGS,
)
# Shows of a season are as often about an act: "Christmas with NAME".
_SEASON = re.compile(r"\b(?:holiday|christmas|halloween|winter|nye|new year'?s(?: eve)?)\b", _FLAGS)
_COUNTRY = (
    r"uk|us|usa|u\.s\.|u\.k\.|aus?|nz|ca|can|de|ger|fr|fra|es|esp|it|ita|nl|be|bel|se|swe|no|nor|"
    r"dk|den|fi|fin|at|aut|ch|ie|irl|is|pl|pt|br|bra|mx|mex|ar|arg|cl|co|pr|jp|jpn|kr|kor|il|za|sa"
)

_NUMBER = r"(?:\d+|one|two|three|four)"
# What a site adds about tickets, ages, dates and places; it is nobody's name but before a mark.
_NOTICE = (
    r"sold[ -]?out|cancell?ed|postponed|re-?scheduled(?: (?:from|to) [^:|\u2013\u2014]+?)?|"
    r"(?:venue )?moved(?: (?:to|from) [^:|\u2013\u2014]+?)?|"
    r"(?:new|change of|updated) (?:date|venue|time)s?|"
    r"venue (?:change|upgrade)d?|just (?:announced|added)|(?:now )?on sale(?: now)?|"
    r"(?:very )?(?:low|few|limited|last|final) tickets?"
    r"(?: (?:alert|warning|remaining|available|left))?|"
    r"(?:selling|going) fast|(?:almost|nearly) (?:sold[ -]?out|gone)|"
    r"(?:second|2nd|third|3rd|extra|added|additional|final|new) (?:show|date|night)s?(?: added)?|"
    r"(?:show|date|night)s? added|re-?scheduled (?:date|show)|"
    r"(?:early|late|evening|afternoon|matinee|seated|standing|\d{1,2}(?::\d\d)? ?[ap]\.?m\.?) "
    r"(?:show|performance|set)|general admission|(?:ga )?(?:standing|seated)(?: only)?|"
    r"\d{1,2}(?::\d\d)? ?[ap]\.?m\.?|doors (?:at|open)\b[^:|]*|"
    rf"(?:night|day|show) {_NUMBER}(?: of {_NUMBER})?|"
    rf"(?:{_NUMBER}[ -](?:day|night)|weekend|single[ -]day) (?:pass|ticket)(?:e?s)?|"
    r"(?:ages )?(?:16|18|19|21) ?(?:\+|(?:and|&) (?:over|up))|all ages"
)
# Words that are names as well, and a notice only before or behind a mark.
_MARKED_NOTICE = (
    r"early|late|live|matinee|free(?: (?:show|concert|entry|admission))?|tonight|"
    r"(?:mon|tues|wednes|thurs|fri|satur|sun)day"
)
_NEW_YEAR = r"new year'?s(?: eve)?|nye"
_OF_A_TOUR = (
    r"20\d\d|north american?|south american?|latin american?|american|u\.?s\.?a?|uk|europe(?:an)?|"
    r"world(?:wide)?|global|canad(?:a|ian)|austral(?:ia|ian)|asian?|spring|summer|fall|autumn|winter|"
    r"holiday|christmas|farewell|final|reunion|(?:co-?)?headlin(?:e|ing)|acoustic|solo|"
    r"\d+(?:st|nd|rd|th)?(?:[ -]years?)?|anniversary|birthday|halloween|thanksgiving|"
    rf"valentine'?s(?: day)?|homecoming|benefit|residency|{_NEW_YEAR}"
)
_TAG = re.compile(rf"(?:\((?:{_COUNTRY})\)|\[(?:{_COUNTRY})\])\s*$", _FLAGS)
# How far each step is trusted. Written with the labelled listings in sight, not fitted to them;
# docs/matching.md tells what each buys and how often it was wrong.
_PREFIXES = (
    ("notice", 0.95, re.compile(
        rf"^[\W_]*(?:(?:{_NOTICE}|{_MARKED_NOTICE})\W*?\s*[:|!*~\u2013\u2014-]+\s+(?=\S)|"
        r"(?:sold[ -]?out|cancell?ed|postponed|re-?scheduled|new date|low tickets?)\b[\W_]*|"
        r"(?:16|18|19|21)\+\s*|all ages\s+)",
        _FLAGS)),
    # What is left of a list that was cut before its last name.
    ("notice", 0.95, re.compile(r"^(?:and|&|plus|with|w/)\s+(?=\S)", _FLAGS)),
    ("evening_with", 0.92, re.compile(
        r"^(?:an? (?:[\w-]+ ){0,2}?(?:evening|night|afternoon|conversation) "
        rf"(?:of \w+ )?with|{_NUMBER} (?:nights|evenings) (?:with|of))\s+", _FLAGS)),
    ("presents", 0.88, re.compile(r"^.+?\b(?:presents?|welcomes)\b[\s:\-]*(?=\S)", _FLAGS)),
    # A radio station names its frequency.
    ("presents", 0.88, re.compile(
        r"^(?:presented by [^:|]+|\d{2,3}\.\d [^:|]{1,30})\s*[:|]\s+(?=\S)", _FLAGS)),
)  # fmt: skip
_SUFFIXES = (
    # A tag tells namesakes apart, and no page says its country: too little for a search.
    ("country_tag", 0.75, re.compile(rf"\s*(?:\((?:{_COUNTRY})\)|\[(?:{_COUNTRY})\])\s*$", _FLAGS)),
    ("bracket", 0.93, re.compile(r"\s*[\(\[][^\)\]]*(?:[\)\]]\s*|$)")),
    ("notice", 0.95, re.compile(
        r"\s+[-:\u2013\u2014|]?\s*(?:(?:early|late) show|re-?scheduled|new date|"
        rf"{_NOTICE}|moved (?:from|to) .+)[\s!]*$", _FLAGS)),
    ("notice", 0.95, re.compile(
        rf"\s+[-:|*~\u2013\u2014]+\s*(?:{_NOTICE}|{_MARKED_NOTICE})[\s!*~]*$", _FLAGS)),
    ("sponsor", 0.93, re.compile(
        r"\s+[-|(\u2013\u2014]?\s*(?:presented|brought to you|sponsored|powered|hosted) by\b.*$",
        _FLAGS)),
    ("release", 0.9, re.compile(
        r"\s+[-:|\u2013\u2014]?\s*(?:album|record|e\.?p\.?|l\.?p\.?|single|cd|vinyl)[ -]release"
        r"(?: (?:show|party|concert|tour|night))?[\s!]*$", _FLAGS)),
    ("tour", 0.88, re.compile(
        rf"\s+[-:|\u2013\u2014]?\s*(?:the\s+)?(?:(?:{_OF_A_TOUR})\s+)+(?:tour|show|concert)"
        r"(?: 20\d\d)?[\s!]*$", _FLAGS)),
    ("tour", 0.88, re.compile(
        rf"\s+[-:|\u2013\u2014]?\s*(?:tour 20\d\d|residency|{_NEW_YEAR})"
        r"(?: 20\d\d)?[\s!]*$", _FLAGS)),
    ("set", 0.93, re.compile(
        r"\s*[-:\u2013\u2014|]?\s+(?:dj[ -]set|live(?: set| in concert| on stage)?|in concert|"
        r"unplugged|(?:solo )?acoustic(?: set| performance)?|solo(?: set)?)"
        r"(?: 20\d\d)?[\s!]*$", _FLAGS)),
    ("evening_with", 0.92, re.compile(r"[\s:\u2013\u2014-]+an evening with\s*$", _FLAGS)),
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
    ("title", 0.82, re.compile(
        r"\s+[-\u2013\u2014|~]+\s+|\s+[-\u2013\u2014](?=\w{2})|\s*:+\s+")),
    ("title", 0.82, re.compile(r"\s+(?=the\s.+\btour\b)", _FLAGS)),
    ("title", 0.82, re.compile(r"\s+(?=[\"'\u2018\u201c][^\"']{4,}[\"'\u2019\u201d](?:\s+\w+)?$)")),
)  # fmt: skip
# Commas and slashes stand between acts; "&", "and" and "x" as often within a name.
_STRONG_BILL = re.compile(
    r"\s*[,;]\s+(?:(?:and|&)\s+)?|"
    r"\s+(?://?|>{1,3}|[|\\\u2022\u00b7\u2605\u2606\u2726]|b[2-9]b|vs\.?|plus)\s+",
    _FLAGS,
)
# Without blanks it stands within names as often ("AC/DC").
_SLASH = re.compile(r"(?<=\w)[/\\](?=\w)")
_WEAK_BILL = re.compile(r"\s+(?:[+&]|x|and)\s+", _FLAGS)
_DUO = re.compile(r"(?:the )?\S+\s+(?:&|and|\+)\s+\S+|\S+, \S+", _FLAGS)
_TRIO = re.compile(r"\S+, (?:\S+, )*\S+ (?:&|and|\+) \S+", _FLAGS)
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


def is_around_an_act(name: str) -> bool:
    """Whether ``name`` is what is sold or thrown around an act: parking, a party, a laser show.

    Such a name is only its own page's: what is left without these words is not who plays.
    """
    return is_thrown_around(name) or bool(_EVENING.search(_NIGHT_NUMBER.sub(" ", name)))


def is_thrown_around(name: str) -> bool:
    """Whether ``name`` has such a word ("parking", "party"); an act may have one of its own."""
    return bool(_AROUND_AN_ACT.search(_NIGHT_NUMBER.sub(" ", name)))


def tag_of(name: str) -> str:
    """The country in the brackets that end ``name`` ("uk"), or nothing."""
    tag = _TAG.search(name)
    return tag.group().strip(" ()[]").lower().replace(".", "") if tag else ""


def bill_acts(name: str) -> tuple[str, ...]:
    """The acts of a bill of at least two; "&" and "and" divide only names of two words and more."""
    if _STRONG_BILL.search(name):
        return tuple(filter(None, (act.strip() for act in _STRONG_BILL.split(name))))
    acts = tuple(act.strip() for act in _WEAK_BILL.split(name))
    return acts if len(acts) > 1 and all(" " in act for act in acts) else ()


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
            tail_worth = 0.8 if _SEASON.search(head) else 0.82
            yield Reading(tail.strip(" ,"), "heading", min(trust, tail_worth))


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
    if not separator.search(text) and all(" " in act for act in _SLASH.split(text)):
        separator = _SLASH
    # Of a list, one word may be an act as well; "Ash, Oak & Thorn" may be one.
    is_trio = _TRIO.fullmatch(text)
    worth = 0.8 if separator is _WEAK_BILL or is_trio else 0.82
    for mark in reversed(list(separator.finditer(text))):
        yield Reading(text[: mark.start()].strip(), "first_act", min(trust, worth))
    for act in separator.split(text)[1:]:
        # Right in 3 of 4: the first step to drop if live results show strangers (docs/matching.md).
        if words(act) > 1:
            yield Reading(act.strip(" ,"), "later_act", min(trust, 0.7))


_TITLED_TOUR = re.compile(rf"\s+(?:(?:{_OF_A_TOUR})\s+)*tour(?:\s+20\d\d)?\W*$", _FLAGS)


def _before_a_title(reading: Reading) -> Iterator[Reading]:
    """The act of "ACT Some Title Tour", which no mark divides: any head of two words or more.

    Never all that stands before "Tour": that is as often the tour's own name.
    """
    titled = _TITLED_TOUR.sub("", reading.text)
    if titled == reading.text:
        return
    parts = titled.split()
    for count in range(min(len(parts) - 1, 5), 1, -1):
        yield Reading(" ".join(parts[:count]), "title", min(reading.trust, 0.79))


@lru_cache(maxsize=20_000)
def readings(name: str) -> tuple[Reading, ...]:
    """At most ``_MOST_READINGS`` shorter readings of ``name``, the most cautious first.

    The name itself is not one of them. Steps build on each other: "A night with X - Live" loses
    both ends, and is trusted no more than its least trusted step.
    """
    found: dict[str, Reading] = {}
    wave = [Reading(" ".join(name.split()), "", 1.0)]
    for step in (_stripped, _stripped, _heads, _stripped, _heads, _acts, _before_a_title):
        for reading in [shorter for known in wave for shorter in step(known)]:
            key = bare(reading.text)
            if key and key != bare(name) and key not in found:
                found[key] = reading
                wave.append(reading)
    ordered = sorted(found.items(), key=lambda item: (-item[1].trust, -len(item[0]), item[0]))
    return tuple(reading for _, reading in ordered[:_MOST_READINGS])
