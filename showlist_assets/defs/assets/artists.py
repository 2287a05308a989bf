"""Who the performers are on Spotify: one decision each, with its reason."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import dagster as dg
import polars as pl

from showlist_assets.defs.assets.external import SPOTIFY_CATALOG
from showlist_assets.defs.contexts import run_tag
from showlist_assets.defs.jobs import CALLS_TAG
from showlist_assets.defs.previews import review_previews
from showlist_assets.defs.publishing import NewRows
from showlist_assets.defs.table_asset import table_asset
from showlist_assets.domain.matching import due, evidence, rows, songs
from showlist_assets.domain.matching.backlog import progress, resolved_shows
from showlist_assets.domain.matching.ladder import MATCHER_VERSION
from showlist_assets.domain.matching.replaced_rows import with_decisions
from showlist_assets.domain.matching.review import to_review_by_state
from showlist_assets.domain.names import performer_key
from showlist_assets.domain.tables.by_state import rows_by_state
from showlist_assets.services.artist_matching import ArtistMatcher
from showlist_assets.wiring import Platform

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date, datetime


@table_asset(
    group="artists",
    kinds={"polars", "parquet"},
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

    What overrides.yaml says always wins. Whoever was decided before, in any state, costs no call.
    The others are looked up with one search each, the soonest show first, until the run's share or
    the day's calls are spent; the rest is pending and comes first next time. Whoever was not
    found is looked for again after 1, 2, 4 ... 32 days. In Development Mode, artists of whom no
    song came are searched for once more, after all others. Every row says how sure the match is and
    why, and keeps the candidates.
    """
    now, overrides, states = platform.now(), platform.overrides.read(), context.partition_keys
    performers = due.performers_by_urgency(expanded_artists, today=now.date())
    stored = _stored(context, platform, performers, overrides)
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
        threads=platform.settings.lookup_threads,
    )
    # The answers would be in memory once more.
    del stored
    new = rows.decisions_frame(matcher.decide_all(open_ones))
    failure = matcher.failure
    # A spent day is no failure: the rest is pending, and comes first next time (docs/adr/0005).
    if failure and not matcher.answered and known.is_empty() and not failure.ends_the_day:
        raise failure
    settled = known.select("state", "performer_key").join(
        again, on=["state", "performer_key"], how="anti"
    )
    frame = with_decisions(known, new, instead_of=again)
    # Its answers would be in memory once more.
    del known
    further_search = platform.settings.spotify_mode == "development"
    to_hear = _to_hear(frame, further_search=further_search)
    wanted = songs.artists_to_ask(to_hear)
    if further_search and not wanted.is_empty():
        frame = _with_further_songs(frame, wanted, matcher, platform, now)
        to_hear = _to_hear(frame, further_search=further_search)
    decided = _decided(new, settled, again)
    resolved = resolved_shows(expanded_artists, to_hear, today=now.date())
    outlook = _outlook(frame, to_hear, expanded_artists, resolved, states, today=now.date())
    unknown = _unknown_overrides(frame, matcher.unknown_overrides)
    return NewRows(
        frame,
        of_state={
            state: {
                **{what: counts[state] for what, counts in decided.items()},
                "unknown_overrides": len(unknown.get(state, {})),
                **({"unknown_override_ids": unknown[state]} if state in unknown else {}),
                **outlook[state],
            }
            for state in states
        },
        of_run={
            **matcher.usage.as_numbers("spotify"),
            "spotify_searches_spared_by_links": matcher.spared_by_links,
            "stopped_early": str(matcher.failure or ""),
        },
    )


def _stored(
    context: dg.AssetExecutionContext,
    platform: Platform,
    performers: pl.DataFrame,
    overridden: Iterable[str],
) -> pl.DataFrame:
    """What was decided before of whoever is billed: each one's own row, heavy with answers.

    Of whom that does not decide, the rows of every state: an act that another one has decided costs
    no call.
    """
    states = context.partition_keys
    decided = platform.tables.read("matched_artists", states, columns=due.DECISION_COLUMNS)
    undecided = due.undecided_keys(performers, decided, overridden=overridden, now=platform.now())
    anywhere = list({*undecided, *_texts(performers)})
    own = pl.concat_str("state", "performer_key", separator=" ")
    key, of_run = pl.col("performer_key"), own.is_in(performers.select(own).to_series().to_list())
    found = [platform.tables.read("matched_artists", states, where=of_run)]
    if anywhere:
        elsewhere = key.is_in(anywhere) & ~of_run
        found.append(platform.tables.read_all("matched_artists", where=elsewhere))
    return pl.concat(found)


def _texts(performers: pl.DataFrame) -> list[str]:
    """Keys of the texts that were searched whole before they were acts."""
    texts = performers.get_column("billed_texts").explode().drop_nulls().unique()
    return list(map(performer_key, texts))


def _with_further_songs(
    frame: pl.DataFrame,
    wanted: pl.DataFrame,
    matcher: ArtistMatcher,
    platform: Platform,
    now: datetime,
) -> pl.DataFrame:
    """The decisions with the songs of those whose search brought none of theirs."""
    ids = wanted.get_column("spotify_artist_id").to_list()
    # By artist: another name of the same one may have brought songs or been asked.
    stored = platform.tables.read_all(
        "matched_artists", where=pl.col("spotify_artist_id").is_in(ids)
    )
    found = songs.songs_known(pl.concat([stored, frame]), wanted)
    left = wanted.filter(~pl.col("spotify_artist_id").is_in(list(found)))
    answers = matcher.search_songs(left.get_column("query").unique(maintain_order=True))
    for artist_id, query in left.iter_rows():
        if query in answers:
            tracks = [evidence.found_track_struct(track) for track in answers[query]]
            found[artist_id] = songs.FoundSongs(tracks, now, query)
    return songs.add_songs(frame, found)


def _to_hear(frame: pl.DataFrame, *, further_search: bool) -> pl.DataFrame:
    # With Extended Quota the next step asks for each artist's own ranking, which is not here yet.
    with_songs = songs.artists_with_songs(frame) if further_search else frame
    # The bulk of the table does not tell.
    told = frame.drop("found_tracks", "candidates")
    return songs.with_what_to_hear(told, with_songs, further_search=further_search)


def _decided(
    new: pl.DataFrame, settled: pl.DataFrame, again: pl.DataFrame
) -> dict[str, Counter[str]]:
    """By state how many performers were decided in this run, before it, and once more."""
    rows = {
        "decided_in_this_run": new.filter(pl.col("outcome") != "pending"),
        "decided_in_earlier_runs": settled,
        "looked_for_again_in_this_run": again,
    }
    return {what: Counter(each.get_column("state")) for what, each in rows.items()}


def _unknown_overrides(
    decisions: pl.DataFrame, unknown: dict[str, str]
) -> dict[str, dict[str, str]]:
    """By state the artists that overrides.yaml names for its performers, unknown to Spotify."""
    named = decisions.lazy().select("state", "performer_key")
    named = named.filter(pl.col("performer_key").is_in(list(unknown)))
    ids: dict[str, dict[str, str]] = {}
    for state, key in named.collect().iter_rows():
        ids.setdefault(state, {})[key] = unknown[key]
    return ids


def _outlook(
    decisions: pl.DataFrame,
    to_hear: pl.DataFrame,
    billed: pl.DataFrame,
    resolved: pl.DataFrame,
    states: Sequence[str],
    *,
    today: date,
) -> dict[str, dict[str, Any]]:
    """By state how complete its next shows are, and which decisions a person should see."""
    without_song = songs.without_song_by_state(to_hear)
    songless = Counter(without_song.get_column("state"))
    cases = to_review_by_state(decisions, billed, today=today, without_song=without_song)
    shown = review_previews(cases, states)
    return {
        state: {
            **progress(rows),
            "artists_without_song": songless[state],
            "to_review": dg.MetadataValue.md(shown[state]),
        }
        for state, rows in rows_by_state(resolved, states).items()
    }


def _share(context: dg.AssetExecutionContext, platform: Platform) -> int | None:
    """How many lookups the run may make: the setting, or what its schedule allots."""
    setting = platform.settings.calls_per_run
    allotted = run_tag(context, CALLS_TAG)
    return setting if setting is not None else int(allotted) if allotted else None
