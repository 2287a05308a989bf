"""Who needs a decision: the most urgent first, and who was not found is looked for again later.

What belongs here: choosing whom to decide, and when again. What does not: deciding (``ladder``),
what was answered before (``evidence``) and the rows that hold it (``rows``).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

import polars as pl

from showlist_assets.domain.matching.ladder import MATCHER_VERSION
from showlist_assets.domain.matching.replaced_rows import with_decisions
from showlist_assets.domain.matching.types import Billing
from showlist_assets.domain.tables.columns import polars_schema
from showlist_assets.domain.tables.matched_artists import MatchedArtists

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime


@dataclass(frozen=True)
class Performer:
    """One performer of one state, with everything that the shows of the state say about it."""

    state: str
    key: str
    name: str
    act_kind: str
    genres: tuple[str, ...]
    event_kind: str
    billing: int
    city: str | None
    score: float
    source_spotify_artist_id: str | None
    shows: int
    next_show_on: date | None
    billed_texts: tuple[str, ...] = ()
    """Printed texts that were taken apart into this act and perhaps others."""

    @property
    def as_billed(self) -> Billing:
        """What the matcher is told."""
        return Billing(
            name=self.name,
            genres=self.genres,
            event_kind=self.event_kind,
            billing=self.billing,
            city=self.city,
            spotify_artist_id=self.source_spotify_artist_id,
        )


def performers_by_urgency(expanded_artists: pl.DataFrame, *, today: date) -> pl.DataFrame:
    """One row per state and performer, in the order in which calls should be spent on them.

    Soonest show first (shows without a date last), then the best billing, then the biggest name.
    Shows whose last day is before ``today`` do not count, unless the performer has no other.
    Whoever is billed only behind the first act of a text that was taken apart comes after everybody
    else. Columns: the fields of ``Performer``, with ``performer_key`` and ``performer_name`` named
    as in ``MatchedArtists``.
    """
    over = (pl.coalesce("last_date", "local_date") < today).fill_null(value=False)
    ordered = expanded_artists.with_columns(over=over).sort(
        "over", "local_date", "billing", "performer_score", "performer_key",
        descending=[False, False, False, True, False], nulls_last=True,
    )  # fmt: skip
    grouped = ordered.with_columns(behind=_behind_the_first()).group_by(
        "state", "performer_key", maintain_order=True
    )
    performers = grouped.agg(
        pl.col("performer_name", "act_kind", "event_kind", "billing").first(),
        genres=pl.col("genres").explode().drop_nulls().unique(maintain_order=True),
        city=pl.col("venue_city").first(),
        score=pl.col("performer_score").first().fill_null(0.0),
        source_spotify_artist_id=pl.col("source_spotify_artist_id").drop_nulls().first(),
        shows=pl.col("show_id").n_unique().cast(pl.Int32),
        next_show_on=pl.when(pl.col("over").first())
        .then(pl.col("local_date").max())
        .otherwise(pl.col("local_date").first()),
        billed_texts=pl.col("billed_text").drop_nulls().unique(maintain_order=True),
        behind=pl.col("behind").all(),
    )
    return performers.sort("behind", maintain_order=True).drop("behind")


def _behind_the_first() -> pl.Expr:
    first = pl.col("billing").min().over("state", "show_id", "billed_text")
    return pl.col("billed_text").is_not_null() & (pl.col("billing") > first)


DECISION_COLUMNS: Final = (
    "state", "performer_key", "outcome", "matcher_version", "method", "ask_again_at",
)  # fmt: skip
"""What ``undecided_keys`` takes of ``MatchedArtists``."""


def undecided_keys(
    performers: pl.DataFrame,
    decisions: pl.DataFrame,
    *,
    overridden: Iterable[str] = (),
    now: datetime,
) -> list[str]:
    """Keys of performers of whom their own state's row alone does not tell who they are ``now``.

    Of them every state's answers are wanted, of the others their own row.

    Args:
        performers: As ``performers_by_urgency`` gives them.
        decisions: ``MatchedArtists`` of their states, at least ``DECISION_COLUMNS``.
        overridden: As ``decisions_that_hold`` takes them.
        now: Who is looked for again by then is undecided.
    """
    holding = decisions.filter(_holds(overridden))
    due = due_again(holding, now=now)
    key = ["state", "performer_key"]
    left = [performers.join(holding, on=key, how="anti"), performers.join(due, on=key, how="semi")]
    return pl.concat(left).get_column("performer_key").unique().to_list()


def _holds(overridden: Iterable[str]) -> pl.Expr:
    """Whether a row of ``MatchedArtists`` was decided by today's rules alone."""
    return (
        (pl.col("outcome") != "pending")
        # Newer rules decide everybody again, from the stored answers and without a call.
        & (pl.col("matcher_version") == MATCHER_VERSION)
        # An entry that is taken back leaves the decision to the rules again (docs/adr/0007).
        & (pl.col("method") != "override")
        & ~pl.col("performer_key").is_in(list(overridden))
    )


def decisions_that_hold(
    performers: pl.DataFrame, stored: pl.DataFrame, *, overridden: Iterable[str] = ()
) -> pl.DataFrame:
    """``MatchedArtists`` of the performers already decided by today's rules, in any state.

    A state's own row stays as it is, but for the shows it counts; a row taken from another state
    says so in ``method``.

    Args:
        performers: As ``performers_by_urgency`` gives them.
        stored: ``MatchedArtists`` of every state.
        overridden: Performer keys that are decided by hand now. Neither do their rows hold, nor
            those that were decided by hand once and no longer are.
    """
    key = ["state", "performer_key"]
    today = performers.select(*key, *_PER_RUN)
    # Rows are heavy with answers: they are chosen and put in order by what is light.
    light = stored.select(DECISION_COLUMNS).with_row_index("row")
    holding = light.filter(_holds(overridden)).select("row", *key)
    own = holding.join(today, on=key, maintain_order="left")
    new_here = today.join(own, on=key, how="anti")
    wanted = holding.join(new_here, on="performer_key", how="semi", maintain_order="left")
    others = (
        pl.concat(_taken(stored, wanted.get_column("row")))
        .drop("state", *_PER_RUN)
        .sort("decided_at", descending=True)
        .unique("performer_key", keep="first", maintain_order=True)
        .join(new_here, on="performer_key")
        .with_columns(
            method=pl.when(pl.col("method") == "none").then("method").otherwise(pl.lit("known"))
        )
    )
    held, of_run, height = [], own.select(_PER_RUN).rechunk(), 0
    for part in _taken(stored, own.get_column("row")):
        held.append(part.with_columns(of_run.slice(height, part.height)))
        height += part.height
    columns = polars_schema(MatchedArtists).names()
    return with_decisions(pl.concat(held).select(columns), others.select(columns))


def _taken(frame: pl.DataFrame, indices: pl.Series) -> list[pl.DataFrame]:
    """Rows by their ascending place, in parts of one state each: a whole one is not copied."""
    parts, first = [frame.clear()], 0
    for length in frame.get_column("state").rle().struct.field("len"):
        here = indices.filter((indices >= first) & (indices < first + length))
        part = frame.slice(first, length)
        parts.append(part if here.len() == length else part[here - first])
        first += length
    return parts


_PER_RUN: Final = ("performer_name", "shows", "next_show_on")


def due_again(holding: pl.DataFrame, *, now: datetime) -> pl.DataFrame:
    """The rows of ``holding`` whose performer was not found and is looked for again by ``now``."""
    return holding.filter(pl.col("ask_again_at") <= now)


def performers_to_decide(
    performers: pl.DataFrame, holding: pl.DataFrame, due: pl.DataFrame | None = None
) -> list[Performer]:
    """The performers that ``holding`` does not cover, most urgent first, and those ``due`` last.

    Somebody new may well be found; somebody who was not found before hardly ever is.
    """
    key = ["state", "performer_key"]
    left = performers.join(holding, on=key, how="anti", maintain_order="left")
    if due is not None:
        again = performers.join(due, on=key, how="semi", maintain_order="left")
        left = pl.concat([left, again])
    renamed = left.rename({"performer_key": "key", "performer_name": "name"})
    return [
        Performer(**{**row, **{name: tuple(row[name]) for name in ("genres", "billed_texts")}})
        for row in renamed.iter_rows(named=True)
    ]


# A band that is not on Spotify today may be next week, and hardly ever comes after a year: the
# pause doubles, as ListenBrainz' mapper re-checks its misses.
_LONGEST_PAUSE_DAYS = 32


def pause_after(misses: int) -> timedelta:
    """How long to wait before looking again after ``misses`` times in vain: 1, 2, 4 ... 32 days."""
    return timedelta(days=min(2 ** max(0, misses - 1), _LONGEST_PAUSE_DAYS))
