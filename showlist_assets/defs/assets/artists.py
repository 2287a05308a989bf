"""Who the performers are on Spotify: one decision each, with its reason."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import dagster as dg
import polars as pl

from showlist_assets.defs.assets.external import SPOTIFY_CATALOG
from showlist_assets.defs.contexts import run_tag
from showlist_assets.defs.jobs import CALLS_TAG
from showlist_assets.defs.previews import review_preview
from showlist_assets.defs.publishing import NewRows
from showlist_assets.defs.table_asset import table_asset
from showlist_assets.domain.matching import due, evidence, rows
from showlist_assets.domain.matching.backlog import progress, resolved_shows
from showlist_assets.domain.matching.ladder import MATCHER_VERSION
from showlist_assets.domain.matching.review import to_review
from showlist_assets.services.artist_matching import ArtistMatcher
from showlist_assets.wiring import Platform

if TYPE_CHECKING:
    from datetime import date


@table_asset(
    group="artists",
    kinds={"spotify", "polars", "parquet"},
    # Dagster shows states that older rules decided as out of sync.
    code_version=MATCHER_VERSION,
    pool="spotify",
    deps=[SPOTIFY_CATALOG],
)
def matched_artists(
    context: dg.AssetExecutionContext,
    expanded_artists: pl.DataFrame,
    platform: dg.ResourceParam[Platform],
) -> NewRows:
    """One decision per performer: which Spotify artist this is, or why nobody.

    What `overrides.yaml` says always wins. Whoever was decided before, in any state, costs no call.
    The others are looked up with one search each, the soonest show first, until the run's share or
    the day's calls are spent; the rest is *pending* and comes first next time. Whoever was not
    found is looked for again after 1, 2, 4 ... 32 days. Every row says how sure the match is and
    why, and keeps the candidates.
    """
    now, overrides = platform.now(), platform.overrides.read()
    performers = due.performers_by_urgency(expanded_artists, today=now.date())
    billed = performers.get_column("performer_key").unique().to_list()
    # Every state: an act that another one has decided costs no call. Only who is billed, for rows
    # are heavy with answers.
    stored = platform.tables.read_all(
        "matched_artists", where=pl.col("performer_key").is_in(billed)
    )
    known = due.decisions_that_hold(performers, stored, overridden=overrides)
    again = due.due_again(known, now=now)
    open_ones = due.performers_to_decide(performers, known, again)
    matcher = ArtistMatcher(
        lambda: platform.spotify(share=_share(context, platform)),
        earlier=evidence.earlier_evidence(open_ones, stored),
        due={(row["state"], row["performer_key"]): row for row in again.iter_rows(named=True)},
        overrides=overrides,
        now=now,
        log=context.log,
    )
    new = rows.decisions_frame(matcher.decide_all(open_ones))
    failure = matcher.failure
    # A spent day is no failure: the rest is pending, and comes first next time (docs/adr/0005).
    if failure and not matcher.answered and known.is_empty() and not failure.ends_the_day:
        raise failure
    settled = known.join(again, on=["state", "performer_key"], how="anti")
    frame = pl.concat([settled, new]).sort("state", "performer_key")
    return NewRows(
        frame,
        of_state={
            state: {
                **_decided(state, new, settled, again),
                **_unknown_overrides(state, frame, matcher.unknown_overrides),
                **_outlook(state, frame, expanded_artists, now.date()),
            }
            for state in context.partition_keys
        },
        of_run={
            **matcher.usage.as_numbers("spotify"),
            "stopped_early": str(failure or ""),
        },
    )


def _decided(
    state: str, new: pl.DataFrame, settled: pl.DataFrame, again: pl.DataFrame
) -> dict[str, int]:
    """How many of the state's performers were decided in this run, before it, and once more."""
    here = pl.col("state") == state
    return {
        "decided_now": new.filter(here & (pl.col("outcome") != "pending")).height,
        "decided_before": settled.filter(here).height,
        "looked_for_again": again.filter(here).height,
    }


def _unknown_overrides(state: str, frame: pl.DataFrame, unknown: dict[str, str]) -> dict[str, Any]:
    """Artists that overrides.yaml names for performers of the state, and Spotify does not know."""
    here = frame.filter((pl.col("state") == state) & pl.col("performer_key").is_in(list(unknown)))
    keys = here.get_column("performer_key").to_list()
    return {
        "unknown_overrides": len(keys),
        "unknown_override_ids": {key: unknown[key] for key in keys},
    }


def _outlook(
    state: str, frame: pl.DataFrame, expanded_artists: pl.DataFrame, today: date
) -> dict[str, Any]:
    """How complete the state's next shows are, and which of its decisions a person should see."""
    here = pl.col("state") == state
    matched, billed = frame.filter(here), expanded_artists.filter(here)
    return {
        **progress(resolved_shows(billed, matched, today=today)),
        "to_review": dg.MetadataValue.md(review_preview(to_review(matched, billed, today=today))),
    }


def _share(context: dg.AssetExecutionContext, platform: Platform) -> int | None:
    """How many lookups the run may make: the setting, or what its schedule allots."""
    setting = platform.settings.calls_per_run
    allotted = run_tag(context, CALLS_TAG)
    return setting if setting is not None else int(allotted) if allotted else None
