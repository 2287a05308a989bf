"""Measures how well a printed text that is a whole bill is taken apart, on public listings.

Run ``python -m showlist_assets_tests.benchmarks.bill_splitting``.

The truth is a proxy, read off sites that list performers beside a title. A bill is a title that
holds nothing but the names of its two and more performers, and what stands between them. A name is
one of a performer with such a mark in it ("&", "and", a comma, a slash) that nobody bills in parts.
What is known is what production would know: who is billed on other shows, and whom the searches of
all names returned.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

import polars as pl

from showlist_assets.domain.events import bill_texts
from showlist_assets.domain.homage import is_homage
from showlist_assets.domain.names import performer_key
from showlist_assets_tests.benchmarks.matching import SimulatedSearch, decide_listings
from showlist_assets_tests.shared_data import shared

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from showlist_assets_tests.benchmarks.matching import Decided

_BETWEEN = re.compile(
    r"(?:\s|[,;/&+|\u00b7\u2022:-]|\b(?:and|with|w|feat|ft|featuring|plus|special|guests?|very|x)\b)*",
    re.IGNORECASE,
)
_MARK = re.compile(r"\s(?:&|and|\+|/|with|w/)\s|,\s|;\s|/", re.IGNORECASE)


class Listing(NamedTuple):
    """The title of a show, and who plays it."""

    title: str
    performers: tuple[str, ...]


@dataclass(frozen=True)
class Splitting:
    """What came of it.

    Attributes:
        bills: Texts that are bills, and how many were taken apart into just their acts.
        acts: Acts that bills were taken into, and how many of these play that show.
        names: Names with a mark, and how many of them stayed whole.
        calls: Searches a bill costs as it is, and those that its acts cost beside them.
    """

    bills: int
    bills_right: int
    acts: int
    acts_right: int
    names: int
    names_whole: int
    calls_whole: int
    calls_parts: int
    bills_apart: int

    @property
    def acts_share(self) -> float:
        return self.acts_right / self.acts if self.acts else 1.0

    @property
    def whole_share(self) -> float:
        return self.names_whole / self.names if self.names else 1.0

    @property
    def recall(self) -> float:
        return self.bills_right / self.bills

    @property
    def calls_an_apart(self) -> float:
        return self.calls_parts / self.bills_apart if self.bills_apart else 0.0


@cache
def _listings() -> tuple[Listing, ...]:
    found = set()
    tables = (
        ("data/world/events.csv", "name", "attraction_names"),
        ("data/shows/events_dev.csv", "title", "performers"),
    )
    for path, title, performers in tables:
        with shared(path).open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                names = filter(None, (name.strip() for name in row[performers].split("|")))
                found.add(Listing(" ".join(row[title].split()), tuple(names)))
    return tuple(sorted(found))


def is_a_bill(listing: Listing) -> bool:
    """Whether the title is the names of two performers or more, and nothing else."""
    rest = listing.title
    for name in sorted(listing.performers, key=len, reverse=True):
        rest, found = re.subn(re.escape(name), " ", rest, flags=re.IGNORECASE)
        if not found:
            return False
    return len(listing.performers) > 1 and bool(_BETWEEN.fullmatch(rest)) and rest.strip() != ""


def measure(every: int = 1) -> Splitting:
    """Each ``every``-th bill and name read with what the rest of the listings tells."""
    listings = _listings()
    bills = [listing for listing in listings if is_a_bill(listing)][::every]
    # Names by the number of shows that have them: a bill's own listing tells nothing of it.
    billed = Counter(name for listing in listings for name in set(listing.performers))
    names = sorted(name for name in billed if _MARK.search(name) and not is_homage(name))[::every]
    whole = _search(listing.title for listing in bills) | _search(names)
    parts = {*bill_texts.names_in(whole)}
    known = (name for name in billed if not _MARK.search(name) and performer_key(name) in parts)
    earlier = _as_rows(whole | _search(known))
    results = [_taken_apart(bill, billed, earlier) for bill in bills]
    kept = [
        bill_texts.acts_of(name, _known(billed, earlier)) == [name]
        for name in names
        if not _is_billed_in_parts(name, billed)
    ]
    apart = [(bill, acts) for bill, acts in zip(bills, results, strict=True) if len(acts) > 1]
    played = {bill: {performer_key(name) for name in bill.performers} for bill in bills}
    new = [act for bill, acts in apart for act in acts if not _billed_elsewhere(act, bill, billed)]
    return Splitting(
        bills=len(bills),
        bills_right=sum({*map(performer_key, acts)} == played[bill] for bill, acts in apart),
        acts=sum(len(acts) for _, acts in apart),
        acts_right=sum(performer_key(act) in played[bill] for bill, acts in apart for act in acts),
        names=len(kept),
        names_whole=sum(kept),
        calls_whole=sum(whole[bill.title].searches for bill in bills),
        calls_parts=sum(found.searches for found in _search(new).values()),
        bills_apart=len(apart),
    )


def _search(names: Iterable[str]) -> dict[str, Decided]:
    chosen = sorted({*names})
    rows = [{"listing": name, "context_genre": ""} for name in chosen]
    searched = decide_listings(rows, SimulatedSearch(popularity=False, genres=False))
    return dict(zip(chosen, searched, strict=True))


def _as_rows(searched: dict[str, Decided]) -> pl.DataFrame:
    """What the rows of these decisions tell a later run."""
    return pl.DataFrame(
        {
            "performer_key": [performer_key(name) for name in searched],
            "candidates": [
                [{"name": page} for page in found.pages.values()] for found in searched.values()
            ],
        }
    )


def _known(billed: Iterable[str], earlier: pl.DataFrame) -> bill_texts.KnownActs:
    return bill_texts.known_acts(billed, earlier, apart=(), whole=())


def _taken_apart(bill: Listing, billed: Counter[str], earlier: pl.DataFrame) -> list[str]:
    elsewhere = [name for name in billed if _billed_elsewhere(name, bill, billed)]
    # Nor has anybody been looked up who is on no other show.
    own = {performer_key(name) for name in bill.performers} - {*map(performer_key, elsewhere)}
    seen = earlier.filter(~pl.col("performer_key").is_in(own))
    return bill_texts.acts_of(bill.title, _known(elsewhere, seen))


def _billed_elsewhere(name: str, bill: Listing, billed: Counter[str]) -> bool:
    return billed[name] > (name in bill.performers)


def _is_billed_in_parts(name: str, billed: Counter[str]) -> bool:
    parts: Sequence[str] = [part.strip() for part in _MARK.split(name)]
    return all(billed[part] for part in parts)


def main() -> None:
    found = measure()
    print(found)
    print(f"acts that play that show: {found.acts_share:.1%}")
    print(f"names kept whole: {found.whole_share:.1%}")
    print(f"bills taken apart rightly: {found.recall:.1%}")
    print(f"further searches for a bill taken apart: {found.calls_an_apart:.2f}")


if __name__ == "__main__":
    main()
