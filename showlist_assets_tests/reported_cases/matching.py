"""Cases about who a billing is: from the document of a show to the row that is stored."""

from __future__ import annotations

import logging
import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from showlist_assets.domain.catalog import FoundArtist, FoundTrack, SearchAnswer
from showlist_assets.domain.events.billing import expand_artists
from showlist_assets.domain.matching import due, evidence
from showlist_assets.domain.matching.equality import equality
from showlist_assets.domain.matching.rows import decisions_frame
from showlist_assets.domain.names import normalize
from showlist_assets.services.artist_matching import ArtistMatcher
from showlist_assets.sources.failures import NotFound
from showlist_assets.sources.http.usage import ApiUsage
from showlist_assets_tests.benchmarks.matching import SimulatedSearch
from showlist_assets_tests.clock import NOW
from showlist_assets_tests.reported_cases.cases import Case, Found, unclear
from showlist_assets_tests.reported_cases.events import documents_of_bills, now_of, rows_of
from showlist_assets_tests.reported_cases.search_server import SearchServer
from showlist_assets_tests.rows import shows_of_listings
from showlist_assets_tests.shared_data import SHARED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import datetime

    import polars as pl

    from showlist_assets.services.artist_matching import ArtistSearch

_CATALOG = SHARED / "data" / "matching" / "catalog.csv"
# What a listing puts between an act and what else it says.
_CUT = re.compile(
    r"\s+[-\u2013\u2014|\u00b7]+\s*|\s*[-\u2013\u2014|\u00b7]+\s+|:\s+|;\s+|\s//\s|\s(?:in|of|on|at|to|by|for|live)\s"
)
_WORDS = {"no": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "ten": 10}


class Pages:
    """A search that answers every question with the same pages, and then with those of another.

    Args:
        pages: Their names, or also ``popularity`` and ``genres``.
        popularity: Whether it tells popularity and genres; Development Mode does not.
        behind: Another search, whose answers come first.
    """

    usage = ApiUsage()

    def __init__(
        self,
        pages: Iterable[str | dict[str, Any]],
        *,
        popularity: bool = True,
        behind: ArtistSearch | None = None,
    ) -> None:
        told = [{"name": page} if isinstance(page, str) else page for page in pages]
        self._pages = tuple(
            FoundArtist(
                artist_id=page.get("id") or f"made-up-{number}",
                name=page["name"],
                genres=tuple(page.get("genres") or ()) if popularity else (),
                popularity=page.get("popularity") if popularity else None,
                followers=None,
                image_url=None,
            )
            for number, page in enumerate(told)
        )
        self._behind = behind

    def search(self, name: str, /, *, newer_than: datetime | None = None) -> SearchAnswer:
        del newer_than
        found = self._behind.search(name).artists if self._behind else ()
        known = {normalize(one.name) for one in found}
        lacking = tuple(one for one in self._pages if normalize(one.name) not in known)
        return SearchAnswer((*found, *lacking), ())

    def search_tracks(self, query: str) -> tuple[FoundTrack, ...]:
        """None: a search for songs decides nobody."""
        del query
        return ()

    def artist(self, artist_id: str, /) -> FoundArtist:
        raise NotFound(f"No artist {artist_id}.", service="spotify")


def performers_of(bills: Iterable[Sequence[str]], now: datetime = NOW) -> pl.DataFrame:
    """The performers of these bills, each a show, in the order in which they are looked up."""
    acts = expand_artists(shows_of_listings(rows_of(documents_of_bills(bills), now).good))
    return due.performers_by_urgency(acts, today=now.date())


def decided(
    performers: pl.DataFrame,
    search: Callable[[], ArtistSearch],
    *,
    now: datetime = NOW,
    stored: pl.DataFrame | None = None,
) -> list[dict[str, Any]]:
    """The new rows of a run that finds the ``stored`` ones, as the asset makes them."""
    stored = decisions_frame([]) if stored is None else stored
    known = due.decisions_that_hold(performers, stored)
    again = due.due_again(known, now=now)
    left = due.performers_to_decide(performers, known, again)
    matcher = ArtistMatcher(
        search,
        earlier=evidence.earlier_evidence(left, stored),
        due={(row["state"], row["performer_key"]): row for row in again.iter_rows(named=True)},
        overrides={},
        now=now,
        log=logging.getLogger("showlist.reported_cases"),
    )
    return matcher.decide_all(left)


def _first_row(billing: str, search: ArtistSearch) -> dict[str, Any] | None:
    """The row of the only act on a show; None where the listing names none."""
    rows = decided(performers_of([[billing]]), lambda: search)
    return rows[0] if rows else None


# A case: {"bills": [[...], ...], "right": {"performers": n, "acts_on_bill": n}}
def bills(case: Case) -> Found:
    """How many acts are told apart on the first bill, and on all of them."""
    acts = expand_artists(
        shows_of_listings(rows_of(documents_of_bills(case["bills"]), now_of(case)).good)
    )
    first = acts.filter(acts["show_id"] == acts["show_id"][0])
    seen = {"performers": performers_of(case["bills"]).height, "acts_on_bill": first.height}
    wanted = {key: case.right[key] for key in seen if key in case.right}
    return Found(seen, is_right=all(seen[key] == value for key, value in wanted.items()))


# A case: {"billing": ..., "answer": [...], "right": {"artist": ..., "confidence_below": ...}}
def billing(case: Case) -> Found:
    """Whom the answer makes of the billing, and how sure; with and without popularity told."""
    verdicts, seen = [], []
    for popularity in (False, True):
        row = _first_row(case["billing"], Pages(case["answer"], popularity=popularity))
        name = row["spotify_artist_name"] if row else None
        confidence = row["confidence"] if row else 0.0
        verdicts.append(_is_said(case.right, name, confidence))
        seen.append(f"{name} ({confidence:.2f})" if name else "nobody")
    return Found(" / ".join(dict.fromkeys(seen)), is_right=all(verdicts))


def _is_said(right: dict[str, Any], name: str | None, confidence: float) -> bool:
    below = right.get("confidence_below")
    or_below = re.search(r"below (\d[.\d]*)", str(right.get("or", "")))
    if or_below and confidence < float(or_below[1]):
        return True
    is_sure = confidence >= right.get("confidence_at_least", 0)
    is_doubted = below is None or confidence < below
    return is_sure and is_doubted and right.get("artist", name) == name


# A case: {"printed": ..., "page": ..., "right": "equal_name"}
def equal_names(case: Case) -> Found:
    """By which rule the two names are equal."""
    seen = equality(case["printed"], case["page"])
    wanted = None if case.right in (None, "", "none", "not equal") else case.right
    return Found(seen, is_right=seen == wanted)


# A line of a CSV file: billing,right
def listing(case: Case) -> Found:
    """Whom a listing site's line names: in Development Mode, and with everything told."""
    wanted = (case.right or "").strip()
    pages = [wanted] if wanted else _acts_it_is_about(case["billing"])
    seen = []
    for told in (False, True):
        behind = SimulatedSearch(popularity=told, genres=told) if _CATALOG.exists() else None
        search = Pages(pages, popularity=told, behind=behind)
        row = _first_row(case["billing"], search)
        seen.append((row["spotify_artist_name"] if row else None) or "")
    # Pages of one act are written in several ways; what counts is that it is the act.
    is_right = all(normalize(name) == normalize(wanted) for name in seen)
    return Found(" / ".join(dict.fromkeys(name or "nobody" for name in seen)), is_right=is_right)


def _acts_it_is_about(name: str) -> list[str]:
    """What stands before and behind each cut: acts that a listing may be taken for.

    Never the whole: a page of that very name would be right.
    """
    cuts = [*_CUT.finditer(name)]
    around = [*(name[: cut.start()] for cut in cuts), *(name[cut.end() :] for cut in cuts)]
    parts = [part.strip() for part in _CUT.split(name)]
    return list(
        dict.fromkeys(
            part for part in (*parts, *around) if len(normalize(part)) > 2 and part != name.strip()
        )
    )


# A case: {"performers": [...], "right": "the N bands are asked and decided"}, and a longest query
def refused_for_good(case: Case) -> Found:
    """What becomes of names that are too long to be asked for, and of those behind them."""
    longest = re.search(r"maximum length of (\d+)", case.call)
    if not longest:
        return unclear("the call names no maximum length")
    limit = int(longest[1])
    performers = performers_of([case["performers"]])
    with SearchServer(limit) as server:
        rows = decided(performers, server.client)
        asked = len(server.asked)
        again = decided(
            performers,
            server.client,
            now=NOW + timedelta(hours=20),
            stored=decisions_frame(rows),
        )
        calls_again = len(server.asked) - asked
    long_ones = [row for row in rows if len(row["performer_name"]) > limit]
    others = [row for row in rows if len(row["performer_name"]) <= limit]
    matched = sum(row["outcome"] == "matched" for row in others)
    pending = sum(row["outcome"] == "pending" for row in long_ones)
    seen = (
        f"{matched} of {len(others)} others matched, {len(long_ones) - pending} of "
        f"{len(long_ones)} too long decided; {calls_again} calls and {len(again)} decisions in "
        "the next run"
    )
    good = matched == len(others) and not pending and not calls_again
    return Found(seen, is_right=good and _counts_fit(case.right, len(others), len(long_ones)))


def _counts_fit(right: str, others: int, long_ones: int) -> bool:
    """Whether the sentence speaks of as many names as there are."""
    numbers = [
        int(word) if word.isdigit() else _WORDS[word]
        for word in re.findall(r"\bthe (\w+)\b", right)
        if word.isdigit() or word in _WORDS
    ]
    return all(number in (others, long_ones) for number in numbers)
