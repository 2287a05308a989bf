"""Whom a listing names: its acts and the words around them, read off its title and its bill.

What belongs here: reading one listing's names. What does not: comparing two listings
(``domain.events.merging_rules``), and who an act is (``domain.matching``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from showlist_assets.domain.homage import is_homage
from showlist_assets.domain.names import normalize, without_article

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

# What is sold beside the tickets of a show; it is that show all the same.
_OFFER: Final = re.compile(
    r"(?:\bclub|\bpremium|\bvip|\bbox|\breserved|\bpreferred)(?: level)? seat(?:ing|s)?\b"
    r"|\bsuites?(?:\s*(?:&|and|\+))? (?:premium seating|seating|rentals?|reservations?|tickets?"
    r"|packages?)(?: package)?\b|[-:]\s*suites?\s*$|^suites?\s*[-:]"
    r"|\bticket\s*(?:\+|&|and)\s*hotel(?: deals?| packages?)?|\bhotel (?:package|deal)s?"
    r"|\bvip (?:add[- ]?on|upgrade|package|experience|lounge|club)s?\b|\bvip\b(?=\s*:)"
    r"|\bearly entry\b|\badd[- ]?on\b|\bfast (?:lane|pass)\b"
    r"|\b(?:live nation\s*-\s*)?(?:post[- ]show )?meet\s*(?:&|and|n|\+)\s*greet\b"
    r"(?: (?:upgrade|package|experience))*(?: event)?(?: post[- ]show)?"
    r"|\bpost[- ]show\b|\bevent ticket required\b|\bnot a concert ticket\b|\bparking(?: pass)?\b"
    r"|\bupgrades?\b|\blive ?stream(?:ing)?\b(?: from\b.*)?|\bplatinum tickets?\b",
    re.IGNORECASE,
)
# What every offer holds, looked for first: most texts have none of it.
_OF_OFFERS: Final = re.compile(
    "seat|suite|hotel|vip|early entry|add|fast|greet|post|ticket|parking|upgrade|stream"
)
# What every notice, offer and pass holds, likewise.
_OF_NOTICES: Final = re.compile(
    r"[0-9(]|now|locat|mov|venue|pass|ticket|combo|package|bundle|presented|sold|cancel|pone"
    r"|schedule|announced|free|ages|night|live|concert|official|early|late|" + _OF_OFFERS.pattern
)
# And what else a title says of its show.
_OF_TITLES: Final = re.compile(
    "now|locat|mov|venue|pass|ticket|combo|package|bundle|day|greet|post|vip|parking|lounge|party"
    "|show|afters|early|late|matin|set|seating|performance|session|vol|pt|part|chapter|episode|#"
    "|kids|children|famil"
)
# Offers that begin hours before the show or behind it.
_OFF_HOURS: Final = re.compile(r"\bearly entry|greet|post[- ]show|\bvip|parking|lounge", re.I)
_EACH: Final = r"(?:set|show|seating|performance|session)"
_HOUR_OF_SET: Final = re.compile(
    rf"\b(1[0-2]|0?[1-9])(?::([0-5]\d))?\s*(?:[ap]\.?m\b\.?)?\s*{_EACH}\b", re.IGNORECASE
)
_COUNTED: Final = (
    ("set", re.compile(rf"\b(1st|first|2nd|second|3rd|third|4th|fourth) {_EACH}\b", re.I)),
    ("set", re.compile(rf"\b{_EACH} (?:# ?)?(\d|one|two|three|four|i{{1,3}})\b(?!:)", re.I)),
    ("part", re.compile(r"\b(?:vol|volume|pt|part|chapter|episode)\b\.? ?#?(\w+)", re.I)),
    ("part", re.compile(r"#\s?(\d+)\b")),
)
_COUNTS: Final = {
    word: str(count)
    for count, words in enumerate(
        ("1st first one i", "2nd second two ii", "3rd third three iii", "4th fourth four iv"), 1
    )
    for word in words.split()
}
# What an act plays beside its own show, and is not that show.
_BESIDE: Final = (
    ("kids", re.compile(r"\bfor (?:kids|children|famil(?:y|ies))\b|\bkids (?:show|concert)", re.I)),
    ("dj set", re.compile(r"\bdj set\b", re.I)),
)
_SUPPORT: Final = re.compile(
    r"\S\s*\b(?:w/|with\b|support(?:ed)? (?:by|from)\b|feat(?:uring)?\b|ft\b|special guests?\b)",
    re.I,
)
_NUMBER: Final = r"(?:\d+|two|three|four|five)"
_PASS: Final = re.compile(
    rf"\b{_NUMBER}[- ]?(?:days?|nights?)[- ](?:pass|ticket|combo|package|bundle|event pass)"
    rf"|\b{_NUMBER}[- ]?(?:days?|nights?) (?:ga |vip |festival )?(?:pass(?:es)?|tickets?)\b"
    r"|\b(?:weekend|full[- ]festival|festival|season|multi[- ]?(?:day|night)|series)"
    r" (?:ga |vip )?pass(?:es)?\b|\b(?:full|whole|both|all|multi)[- ](?:weekend|days?|nights?)"
    r" (?:pass|ticket)",
    re.IGNORECASE,
)
_ONE_DAY: Final = re.compile(
    r"\b(?:single[- ]day|day \d|day (?:one|two|three)"
    r"|(?:mon|tues|wednes|thurs|fri|satur|sun)day)\b",
    re.IGNORECASE,
)
_AROUND: Final = re.compile(
    r"\b(?:after|pre)[- ]?(?:party|show)\b|\bafters\b|\bwatch(?:ing)? party\b|\blistening party\b",
    re.IGNORECASE,
)
_EARLY: Final = re.compile(
    r"\bearly (?:show|set|session|performance)\b|\(early\)|\bmatin[eé]e\b", re.I
)
_LATE: Final = re.compile(r"\blate(?:[- ]night)? (?:show|set|session|performance)\b|\(late\)", re.I)
_MOVE: Final = re.compile(
    r"(?:\bnow (?:at|in)\b|\b(?:re-?located|moved|moving)\s+(?:to|from)\b"
    r"|\b(?:venue|location)s? (?:change[ds]?|moved|update)\b|\bnew venue\b)(?P<where>[^)\]]*)",
    re.IGNORECASE,
)
# "MOVED TO ARAGON: Leon Thomas": what follows is the show.
_MOVE_FIRST: Final = re.compile(
    r"^\W*(?:show\s+)?(?:re-?located|moved|moving)\s+(?:to|from)\b"
    r"(?P<where>[^:)\]]*?)(?::\s|\s*-->|\s[-|\u2013\u2014]\s)",
    re.IGNORECASE,
)
# What a title says about the evening, and nothing about who plays.
_NOTICE: Final = re.compile(
    r"\bsold[- ]out\b(?:\s*-?\s*thank you)?|\bcancell?ed\b|\bpost-?poned\b|\bre-?scheduled\b"
    r"|\blow tickets?\b|\bjust announced\b|\bfew tickets (?:left|remain)\w*|\bfree (?:show|event)\b"
    r"|\b(?:all )?ages\b(?: \d\d ?\+| show| and up)?|\b\d\d ?\+"
    r"|\b\d\d (?:and|&) (?:over|up|older)\b"
    r"|\b(?:early|late)(?:[- ]night)? (?:show|set|session|performance)\b|\((?:early|late)\)"
    r"|\bnight (?:\d|one|two|three)\b(?: of \d)?|\b\d{1,2}/\d{1,2}(?:/\d{2,4})?\b"
    r"|\b(?:doors?|show)?\s*(?:at )?\d{1,2}(?::\d\d)?\s*[ap]\.?m\b\.?(?: show| doors?)?"
    r"|\blive (?:at|from|in)\b.*|\bin concert\b|\bofficial\b|\blive!?$"
    r"|\((?:[^()]*,\s*)?(?:[a-z]{2}|usa)\)|\(re-?issue\)",
    re.IGNORECASE,
)
_PRESENTS: Final = re.compile(r"\s*\bpresent(?:s|ed by|ing)?\b\s*:?\s*-?\s*", re.IGNORECASE)
_PRESENTED_BY: Final = re.compile(r"\bpresented by\b.*$", re.IGNORECASE)
# Between acts, or between an act and what it plays.
_STRONG: Final = re.compile(
    r"\s+(?:with|w|feat(?:uring)?|ft|starring|plus|and special guests?|vs)\b\.?\s*/?\s*"
    r"|\s*\bw/\s*|\s*(?:,|;|:|\||//|\s/\s|•|·|[\u2013\u2014]|-->|\s-|-\s|\(|\)|\[|\]|\"|“|”|\s\+\s|\*|!\s)\s*",
    re.IGNORECASE,
)
_WEAK: Final = re.compile(r"\s+(?:&|and|x|y|n|\+)\s+|\s*/\s*", re.IGNORECASE)
_LEADING: Final = re.compile(
    r"^(?:an? (?:evening|night|afternoon) with |(?:support )?from |(?:very )?(?:special )?guests? "
    r"|support |host(?:ed by)? |dj |music (?:of|by) |live |the music of |starring )+"
)
# A tour's year; "Owls 1999" is a name.
_YEAR: Final = re.compile(r"(?<=\w) 20[2-4]\d$")
# Of names that nobody carries, or everybody.
_NOBODY: Final = re.compile(
    r"(?:\d[\d ]*|(?:very )?special guests?|guests?|support|openers?|friends|(?:many )?more|others"
    r"|t\s?b\s?[ad]|to be announced|(?:his|her|their|the|full|live) (?:band|friends)|band|djs?"
    r"|open mic(?: night)?|open jam|jam(?: session)?|karaoke(?: night)?|trivia(?: night)?"
    r"|live(?: music| jazz)?|music|concerts?|comedy(?: show| night)?|stand up comedy|jazz|blues"
    r"|brunch|dinner|happy hour|new years? eve(?: \d+)?|nye(?: \d+)?|halloween|christmas|holiday"
    r"|(?:private|special) event|festival|tour|on tour|u ?s ?a?|usa|north america|live nation"
    r"|(?:the )?\w* ?(?:world|us|usa|na|fall|spring|summer|winter|north american) ?tour"
    r"(?: \d+)?|various artists|presents?|an evening|in the round|tickets?|acoustic|solo|unplugged"
    r"|dj set|dance party|release party|album release(?: show)?|record release(?: show)?|local)"
)
_OCCASION: Final = re.compile(
    r"\b(?:tour|fest|festival|anniversary|part[iy]|night|nights|residency|celebration|eve|extravaganza"
    r"|edition|season|series|weekend|vol|volume|pt|part|day|world|live|concert|showcase|benefit)\b"
)


@dataclass(frozen=True)
class ListingNames:
    """The names of a listing, normalised for comparing.

    Attributes:
        headliner: The act that the listing puts first; "" where it names nobody.
        billed: Names on the bill.
        acts: Names on the bill, and parts of the title that may be acts.
        parts: Pieces of names that are joined by "and": an act each, or half the name of one.
        presenters: Who presents, if the title says so: a promoter, or the act itself.
        text: All that is printed, a blank before and behind each word.
        words: What is left of the title without notices and offers.
        is_pass: Whether it admits to several days or nights.
        is_one_day: Whether it names one day of several.
        is_offer: Whether it sells something beside the show: seats, a hotel, a greeting.
        is_off_hours: Whether that offer's time may lie hours from the show's.
        is_around: Whether it is a party before or after a show.
        is_homage: Whether it is about another act.
        has_support: Whether its title sets the act that it puts first apart from its support.
        session: "early" or "late" where it says so.
        counted: Which of several it says it is: of what ("set", "part"), and the number.
        hour: Minutes of the clock's twelve hours at which its title says that it begins.
        beside: What it says of an act's other show: for children, a DJ set.
        moved: What it says about another house that the show came from or went to; None if nothing.
    """

    headliner: str
    billed: frozenset[str]
    acts: frozenset[str]
    parts: frozenset[str]
    presenters: frozenset[str]
    text: str
    words: str
    is_pass: bool
    is_one_day: bool
    is_offer: bool
    is_off_hours: bool
    is_around: bool
    is_homage: bool
    has_support: bool
    session: str | None
    counted: frozenset[tuple[str, str]]
    hour: int | None
    beside: frozenset[str]
    moved: str | None


def read_names(title: str, performers: Sequence[str], venue: str, city: str | None) -> ListingNames:
    """The names of a listing at ``venue``: the house's own name and the city's are no acts."""
    not_acts = frozenset((without_article(venue), normalize(city or ""), ""))
    # Of a title that says nothing beside names, nothing is looked for.
    said = title if _may_hold(_OF_TITLES, title) else ""
    moved = _MOVE_FIRST.search(said) or _MOVE.search(said)
    plain = _without_notices(title)
    presenter, heard = _presented(plain)
    whole = _not_of_the_city(list(_acts(_STRONG.split(heard), not_acts)), city)
    # What is sold beside the show is billed like an act.
    played = [name for name in performers if not _holds_offer(name)]
    billed = list(_acts(map(_without_notices, played), not_acts))
    named = [name for name in whole if not _OCCASION.search(name)] or whole[:1]
    acts = frozenset((*billed, *named))
    sides = [side for text in (heard, *played) for side in _halves(text)]
    return ListingNames(
        headliner=(billed or named or [""])[0],
        billed=frozenset(billed),
        acts=acts,
        parts=frozenset(side for side in sides if side not in not_acts) - acts,
        presenters=frozenset(_acts([presenter], not_acts)),
        text=f" {normalize(plain)}  {'  '.join(billed)} ",
        words=_own_words(plain, not_acts),
        is_pass=bool(_PASS.search(said)),
        is_one_day=bool(_ONE_DAY.search(said)),
        is_offer=_is_offer(title, performers),
        is_off_hours=bool(_OFF_HOURS.search(said)),
        is_around=bool(_AROUND.search(said)),
        is_homage=is_homage(title),
        has_support=bool(_SUPPORT.search(title)),
        session=_session(said),
        counted=_counted(said),
        hour=_hour_of_set(said),
        beside=frozenset(what for what, pattern in _BESIDE if pattern.search(said)),
        moved=normalize(moved["where"]) if moved else None,
    )


def says_moved(title: str) -> bool:
    """Whether a title says that its show went to another house, or came from one."""
    return bool(_MOVE.search(title))


def _session(title: str) -> str | None:
    if _EARLY.search(title):
        return "early"
    return "late" if _LATE.search(title) else None


def _counted(title: str) -> frozenset[tuple[str, str]]:
    found = ((of, number.lower()) for of, said in _COUNTED for number in said.findall(title))
    counts = ((of, _COUNTS.get(number, number)) for of, number in found)
    return frozenset((of, count) for of, count in counts if count.isdecimal())


def _hour_of_set(title: str) -> int | None:
    found = _HOUR_OF_SET.search(title)
    return int(found[1]) % 12 * 60 + int(found[2] or 0) if found else None


def _is_offer(title: str, performers: Sequence[str]) -> bool:
    return any(map(_holds_offer, (title, *performers)))


@lru_cache(maxsize=200_000)
def _holds_offer(text: str) -> bool:
    return _may_hold(_OF_OFFERS, text) and bool(_OFFER.search(text))


def _may_hold(signs: re.Pattern[str], text: str) -> bool:
    """Whether ``text`` has any of the ``signs``, in lower case, of patterns that cost more."""
    # Beyond ASCII some letters are equal to others in a pattern that are not when in lower case.
    return not text.isascii() or bool(signs.search(text.lower()))


@lru_cache(maxsize=200_000)
def _without_notices(text: str) -> str:
    if not _may_hold(_OF_NOTICES, text):
        return text
    text = _MOVE.sub(" ", _MOVE_FIRST.sub(" ", text))
    if _holds_offer(text):
        text = _OFFER.sub(" ", text)
    return _NOTICE.sub(" ", _PRESENTED_BY.sub(" ", _PASS.sub(" ", text)))


def _presented(text: str) -> tuple[str, str]:
    """Who presents and what; nobody presents where the title says nothing of it."""
    if text.isascii() and "present" not in text.lower():
        return "", text
    who, *what = _PRESENTS.split(text, maxsplit=1)
    return (who, what[0]) if what and what[0].strip() else ("", text)


def _not_of_the_city(names: list[str], city: str | None) -> list[str]:
    """Without a part of the city's name, "(Vegas)", unless it is all there is."""
    words = set(normalize(city or "").split())
    return [name for name in names if not words.issuperset(name.split())] or names


def _acts(texts: Iterable[str], not_acts: frozenset[str]) -> Iterator[str]:
    """The acts' names; ``not_acts`` holds "", which is what names nobody."""
    return (name for name in map(_act, texts) if name not in not_acts)


@lru_cache(maxsize=200_000)
def _act(text: str) -> str:
    name = without_article(_YEAR.sub("", _LEADING.sub("", normalize(text))))
    return "" if _NOBODY.fullmatch(name) else name


@lru_cache(maxsize=200_000)
def _halves(text: str) -> tuple[str, ...]:
    """The sides of each "and" within one name, where both may be acts of their own."""
    if not _WEAK.search(text):
        return ()
    split = (_WEAK.split(piece) for piece in _STRONG.split(text))
    named = (_act(side) for sides in split if len(sides) > 1 for side in sides)
    return tuple(side for side in named if len(side) > 2)


def _own_words(text: str, not_acts: frozenset[str]) -> str:
    words = normalize(text)
    for name in not_acts:
        if name and f" {name} " in f" {words} ":
            words = f" {words} ".replace(f" {name} ", " ").strip()
    return words
