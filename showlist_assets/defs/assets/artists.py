"""Who the performers are on Spotify: one decision each, with its reason."""

from __future__ import annotations

import dagster as dg
import polars as pl

from showlist_assets.defs.assets.external import SPOTIFY_CATALOG
from showlist_assets.defs.jobs import CALLS_TAG
from showlist_assets.defs.previews import review_preview
from showlist_assets.defs.resources import Clock, OverridesFile, SpotifyResource, Tables
from showlist_assets.defs.table_asset import publish, table_asset
from showlist_assets.domain.matching import decisions
from showlist_assets.domain.matching.backlog import resolved_shows
from showlist_assets.domain.matching.ladder import MATCHER_VERSION
from showlist_assets.domain.matching.review import to_review
from showlist_assets.domain.tables.measures import progress
from showlist_assets.services.artist_matching import ArtistMatcher
from showlist_assets.settings import load_settings


@table_asset(
    kinds={"spotify", "polars", "parquet"},
    code_version=MATCHER_VERSION,
    pool="spotify",
    deps=[SPOTIFY_CATALOG],
)
def matched_artists(
    context: dg.AssetExecutionContext,
    expanded_artists: pl.DataFrame,
    spotify: SpotifyResource,
    overrides_file: OverridesFile,
    tables: Tables,
    clock: Clock,
) -> dg.MaterializeResult:
    """One decision per performer: which Spotify artist this is, or why nobody.

    What `overrides.yaml` says always wins. Whoever was decided before, in any state, costs no call.
    The others are looked up with one search each, the soonest show first, until the run's share or
    the day's calls are spent; the rest is *pending* and comes first next time. Whoever was not
    found is looked for again after 1, 2, 4 ... 32 days. Every row says how sure the match is and
    why, and keeps the candidates.
    """
    now, store, overrides = clock.now(), tables.store(), overrides_file.read()
    performers = decisions.performers_by_urgency(expanded_artists, today=now.date())
    billed = performers.get_column("performer_key").unique().to_list()
    stored = store.read_all("matched_artists", where=pl.col("performer_key").is_in(billed))
    known = decisions.decisions_that_hold(performers, stored, overridden=overrides)
    due = decisions.due_again(known, now=now)
    open_ones = decisions.performers_to_decide(performers, known, due)
    matcher = ArtistMatcher(
        lambda: spotify.client(share=_share(context)),
        earlier=decisions.earlier_evidence(open_ones, stored),
        due={(row["state"], row["performer_key"]): row for row in due.iter_rows(named=True)},
        overrides=overrides,
        now=now,
        log=context.log,
    )
    new = decisions.decisions_frame(matcher.decide_all(open_ones))
    if (
        matcher.failure
        and not matcher.answered
        and known.is_empty()
        and not matcher.failure.ends_the_day
    ):
        raise matcher.failure
    settled = known.join(due, on=["state", "performer_key"], how="anti")
    frame = pl.concat([settled, new]).sort("state", "performer_key")
    unknown = frame.filter(pl.col("performer_key").is_in(list(matcher.unknown_overrides)))
    resolved = resolved_shows(expanded_artists, frame, today=now.date())
    cases = to_review(frame, expanded_artists, today=now.date())
    return publish(
        context,
        store,
        frame,
        at=now,
        numbers={
            "decided_now": matcher.outcomes["matched"] + matcher.outcomes["rejected"],
            "decided_before": settled.height,
            "looked_for_again": due.height,
            **matcher.usage.as_numbers("spotify"),
            "stopped_early": str(matcher.failure or ""),
            **progress(resolved),
            "to_review": dg.MetadataValue.md(review_preview(cases)),
            "unknown_override_ids": dict(matcher.unknown_overrides),
        },
        state_numbers={
            state: {
                "unknown_overrides": unknown.filter(pl.col("state") == state).height,
                **progress(resolved.filter(pl.col("state") == state)),
            }
            for state in context.partition_keys
        },
    )


def _share(context: dg.AssetExecutionContext) -> int | None:
    """How many lookups the run may make: the setting, or what its schedule allots."""
    allotted = context.run.tags.get(CALLS_TAG)
    setting = load_settings().calls_per_run
    return setting if setting is not None else int(allotted) if allotted else None
