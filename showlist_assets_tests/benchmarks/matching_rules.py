"""Rules by which other programs take a search hit for a billed name, to measure ours beside.

Each is written anew from a description of what it does, on the artist's name alone, so a figure is
that of the idea and not of the whole program, which may know albums, recordings or aliases too.
Picard's word-by-word similarity is left out: its description leaves too much open to be fair.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from rapidfuzz import fuzz
from rapidfuzz.distance import JaroWinkler, Levenshtein
from rapidfuzz.utils import default_process

from showlist_assets.domain.matching.equality import bare
from showlist_assets.domain.names import fold

Hit = dict[str, Any]
Search = Callable[[str], list[Hit]]
Rule = Callable[[str, Search], str | None]
Score = Callable[[str, str], float]

_AS_SORTED = re.compile(r"^(.*), the$")
# What beets takes away, and the share of the saved edits that it still charges for it.
_BEETS_CHEAP = (
    (re.compile(r"^the "), 0.1),
    (re.compile(r"[\[(]?\b(?:featuring|feat|ft)\b[. :].+"), 0.1),
    (re.compile(r"\(.*?\)"), 0.3),
    (re.compile(r"\[.*?\]"), 0.3),
)
_NO_LETTER = re.compile(r"[\W_]")
_DETUNED = re.compile(r"\s*(?:[(\[,]|\b(?:ft|feat|featuring|with)\b|\s-\s|&).*", re.IGNORECASE)


def top_hit(name: str, search: Search) -> str | None:
    return next((hit["id"] for hit in search(name)), None)


def equal_name(name: str, search: Search) -> str | None:
    """The first hit whose name equals ``name`` in our own folding, a leading "the" aside."""
    return next((hit["id"] for hit in search(name) if bare(hit["name"]) == bare(name)), None)


def most_similar(score: Score, accepts: Callable[[float], bool]) -> Rule:
    """The rule that takes the first of the most similar hits if its score is accepted."""

    def rule(name: str, search: Search) -> str | None:
        scored = [(score(hit["name"], name), hit["id"]) for hit in search(name)]
        best, artist_id = max(scored, key=lambda pair: pair[0], default=(0.0, None))
        return artist_id if accepts(best) else None

    return rule


def lidarr(name: str, search: Search) -> str | None:
    """Similar by more than .8 while nobody else is within .2: namesakes are left alone."""
    scored = sorted(
        ((Levenshtein.normalized_similarity(bare(hit["name"]), bare(name)), hit["id"]))
        for hit in search(name)
    )
    if not scored or scored[-1][0] <= 0.8:
        return None
    rivals = [score for score, _ in scored[:-1] if score > scored[-1][0] - 0.2]
    return None if rivals else scored[-1][1]


def listenbrainz(edits: int) -> Rule:
    """The top hit for the name, or else for the name with its tail cut off, within ``edits``."""

    def rule(name: str, search: Search) -> str | None:
        for query in dict.fromkeys((name, _DETUNED.sub("", name).strip())):
            wanted = _without_punctuation(query)
            for hit in search(query)[:1] if wanted else ():
                if Levenshtein.distance(_without_punctuation(hit["name"]), wanted) <= edits:
                    return str(hit["id"])
        return None

    return rule


def _without_punctuation(name: str) -> str:
    return _NO_LETTER.sub("", fold(name))


def _folded_ratio(page: str, name: str) -> float:
    return fuzz.ratio(fold(page), fold(name))


def _processed(scorer: Callable[..., float]) -> Score:
    return lambda page, name: scorer(page, name, processor=default_process)


def _jaro_winkler(page: str, name: str) -> float:
    return JaroWinkler.similarity(fold(page), fold(name))


def _spaceless_ratio(page: str, name: str) -> float:
    return Levenshtein.normalized_similarity(
        *(fold(text).replace(" ", "") for text in (page, name))
    )


def _beets_distance(page: str, name: str) -> float:
    one, two = (_AS_SORTED.sub(r"the \1", fold(text)).replace("&", "and") for text in (page, name))
    distance, charged = _edit_share(one, two), 0.0
    for pattern, share in _BEETS_CHEAP:
        shorter_one, shorter_two = pattern.sub("", one), pattern.sub("", two)
        shorter = _edit_share(shorter_one, shorter_two)
        if shorter < distance:
            charged += share * (distance - shorter)
            one, two, distance = shorter_one, shorter_two, shorter
    return distance + charged


def _edit_share(one: str, two: str) -> float:
    one, two = _NO_LETTER.sub("", one), _NO_LETTER.sub("", two)
    return Levenshtein.normalized_distance(one, two) if one and two else float(one != two)


def _beets_similarity(page: str, name: str) -> float:
    return -_beets_distance(page, name)


RULES: dict[str, Rule] = {
    "top hit, taken blindly": top_hit,
    "reference program: `partial_ratio` > 80": most_similar(
        lambda page, name: round(fuzz.partial_ratio(page, name)), lambda score: score > 80
    ),
    "`WRatio` >= 90": most_similar(_processed(fuzz.WRatio), lambda score: score >= 90),
    "`token_set_ratio` >= 90": most_similar(
        _processed(fuzz.token_set_ratio), lambda score: score >= 90
    ),
    "`ratio` >= 90, folded": most_similar(_folded_ratio, lambda score: score >= 90),
    "`token_sort_ratio` >= 90": most_similar(
        _processed(fuzz.token_sort_ratio), lambda score: score >= 90
    ),
    "Jaro-Winkler >= .94, folded": most_similar(_jaro_winkler, lambda score: score >= 0.94),
    "Levenshtein ratio >= .88, folded, no spaces (Vigliensoni et al. 2013)": most_similar(
        _spaceless_ratio, lambda score: score >= 0.88
    ),
    "like Lidarr: > .8, nobody else within .2": lidarr,
    "like beets: distance < .04": most_similar(_beets_similarity, lambda score: score > -0.04),
    "like beets: distance <= .25": most_similar(_beets_similarity, lambda score: score >= -0.25),
    "like ListenBrainz: <= 2 edits, tail cut off": listenbrainz(2),
    "like ListenBrainz: <= 5 edits, tail cut off": listenbrainz(5),
    "equal folded name": equal_name,
}
REFERENCE = "reference program: `partial_ratio` > 80"
