"""What became of shows: their history as a fold over looks at the table of shows.

The history is only ever added to, and the last rows of a show carry what was known of it then. A
look is compared with that, never with the look before, so what one look leaves out the next one
tells; and the same look twice tells nothing.

What belongs here: which rows a look adds. What does not: how two tellings of one show differ
(``show_differences``), and which shows that are not there vanished (``show_absence``).
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

import polars as pl

from showlist_assets.domain.events.show_absence import (
    Doubted,
    Walks,
    doubted,
    successors,
    vanished,
)
from showlist_assets.domain.events.show_differences import (
    GOES_AHEAD,
    Difference,
    KnownShow,
    differences,
    first_words,
    of_history,
    of_table,
)
from showlist_assets.domain.tables.columns import polars_schema
from showlist_assets.domain.tables.from_rows import frame_of_rows
from showlist_assets.domain.tables.show_changes import CHANGES, ShowChanges

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

    from showlist_assets.domain.events.show_absence import Key, Shows

NEWS: Final = tuple(change for change in CHANGES if change not in ("known", "details"))
"""The changes that somebody may want to hear of; the others only keep the history whole."""

_SHOW: Final = ["state", "show_id"]
_TOLD: Final = [
    *_SHOW, "title", "status", "local_date", "last_date", "starts_at_local", "venue_name",
    "venue_city", "ticket_url", "performers", "listings",
]  # fmt: skip


@dataclass(frozen=True)
class FoundChanges:
    """What a look at the shows told.

    Attributes:
        rows: ``ShowChanges`` rows to add to the history.
        doubted: Sources that dropped so much at once that none of it is presumed cancelled.
    """

    rows: pl.DataFrame
    doubted: tuple[Doubted, ...]


def show_changes(
    history: pl.DataFrame,
    shows: pl.DataFrame,
    *,
    covered: Mapping[tuple[str, str], date | None],
    feeds_read: Mapping[tuple[str, str], frozenset[str]] | None = None,
    now: datetime,
) -> FoundChanges:
    """What ``shows`` tells that ``history`` does not know; nothing of shows that are over.

    Args:
        history: ``ShowChanges``.
        shows: ``Shows`` as they are now, of several states at once if you like.
        covered: By state and source, the last date at the venue up to which the last walk met every
            listing; None where it left something out. Without a word of a source that listed it, no
            show vanishes, so states that were not looked at may be in the history.
        feeds_read: By state and source, of a source that consists of feeds, those that were read;
            what a feed listed that is gone, or tells of another state now, leaves without news.
        now: The present (UTC).
    """
    known = {show.key: show for show in map(of_history, last_known(history).iter_rows(named=True))}
    present = {show.key: show for show in map(of_table, shows.select(_TOLD).iter_rows(named=True))}
    heirs = successors(known, present, now)
    walks = Walks(covered, feeds_read or {})
    not_believed = doubted(known, present, heirs, walks, now)
    look = _Look(known, present, heirs, walks.without(not_believed), _sources_known(history))
    at = _next(history, now)
    rows = [*look.of_present(now), *look.of_absent(now)]
    told = [{**asdict(show), **difference._asdict(), "changed_at": at} for show, difference in rows]
    frame = frame_of_rows(told, polars_schema(ShowChanges))
    return FoundChanges(frame.sort("state", "show_id", "change"), not_believed)


def last_known(history: pl.DataFrame) -> pl.DataFrame:
    """The last row of each show, which carries what is known of it."""
    return history.sort("changed_at", *_SHOW, "change").unique(
        _SHOW, keep="last", maintain_order=True
    )


def changes_since(history: pl.DataFrame, instant: datetime) -> pl.DataFrame:
    """The news (``NEWS``) that were learnt after ``instant``, in that order."""
    fresh = (pl.col("changed_at") > instant) & pl.col("change").is_in(NEWS)
    return history.filter(fresh).sort("changed_at", *_SHOW, "change")


def _next(history: pl.DataFrame, now: datetime) -> datetime:
    """``now``, or just behind the history where that is later: its rows' order is what counts."""
    last = history["changed_at"].max()
    return max(now, last + timedelta(microseconds=1)) if isinstance(last, datetime) else now


def _sources_known(history: pl.DataFrame) -> frozenset[Key]:
    pairs = history.select("state", "sources").explode("sources").drop_nulls().unique()
    return frozenset(pairs.iter_rows())


@dataclass(frozen=True)
class _Look:
    """One look at the shows, beside what is known.

    Attributes:
        known: What is known of each show.
        present: What is told of each show that is there.
        heirs: The shows under which ones that are not there go on.
        walks: How far a source's silence is believed.
        sources: The sources of each state that the history knows.
    """

    known: Shows
    present: Shows
    heirs: Mapping[Key, Key]
    walks: Walks
    sources: frozenset[Key]

    def of_present(self, now: datetime) -> Iterator[tuple[KnownShow, Difference]]:
        """What shows that are there tell; each with what is known after it."""
        former = self._former()
        for key, show in self.present.items():
            known = former.get(key) or self.known.get(key)
            if show.is_over(now):
                continue
            if known is None:
                yield show, self._first(show)
                continue
            missed = () if key in former else set(known.sources) - set(show.sources)
            dated = show if show.local_date else known
            unsure = {source for source in missed if not self.walks.saw(source, dated)}
            found, after = differences(known, show, unsure)
            if key in former and not found:
                # All is as it was but the id, under which nothing is known until a row says so.
                found = [Difference("details", None, first_words(after))]
            yield from ((after, one) for one in found)

    def of_absent(self, now: datetime) -> Iterator[tuple[KnownShow, Difference]]:
        """What shows that are not there tell."""
        for key, heir in self.heirs.items():
            # Listed by nobody: it is no more to be missed, nor to be taken up.
            show = replace(self.known[key], sources=())
            yield show, Difference("details", None, f"goes on as {heir[1]}")
        for show in vanished(self.known, self.present, self.heirs, self.walks, now):
            gone = Difference("vanished", first_words(show), "no source lists it any more")
            yield replace(show, status="vanished"), gone

    def _former(self) -> dict[Key, KnownShow]:
        """What is known, under a former id, of each show that is new or that was taken up."""
        former: dict[Key, KnownShow] = {}
        # Of two, one that was still on: the other one's end is no news of this show.
        for key in sorted(
            self.heirs, key=lambda key: (self.known[key].status not in GOES_AHEAD, key)
        ):
            heir = self.heirs[key]
            if heir not in self.known or not self.known[heir].sources:
                former.setdefault(heir, replace(self.known[key], show_id=heir[1]))
        return former

    def _first(self, show: KnownShow) -> Difference:
        # Of a source that is asked for the first time everything is new, and nothing is news.
        is_news = any((show.state, source) in self.sources for source in show.sources)
        change = "announced" if is_news and show.status in GOES_AHEAD else "known"
        return Difference(change, None, first_words(show))
