"""The songs that stand for each artist, and how they sound."""

from __future__ import annotations

from collections import Counter
from contextlib import closing
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

import dagster as dg
import polars as pl

from showlist_assets.defs.assets.external import RECCOBEATS
from showlist_assets.defs.publishing import NewRows
from showlist_assets.defs.table_asset import table_asset
from showlist_assets.domain import tracks
from showlist_assets.domain.matching.evidence import found_track_struct
from showlist_assets.domain.tables.columns import polars_schema
from showlist_assets.domain.tables.top_tracks import TopTracks
from showlist_assets.services.calls_ahead import CallsLeft, in_order
from showlist_assets.sources.failures import SourceError
from showlist_assets.sources.http.usage import ApiUsage
from showlist_assets.wiring import Platform

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from showlist_assets.sources.reccobeats import ReccoBeats
    from showlist_assets.sources.spotify.catalog import SpotifyCatalog

_ARTIST: Final = ["state", "spotify_artist_id"]
# ReccoBeats is free and says nothing of a limit: a second request on its way hides the waiting.
_FEATURE_THREADS: Final = 2


@table_asset(
    group="tracks",
    kinds={"polars", "parquet"},
    code_version="1",
    pool="spotify",
    columns={"matched_artists": tracks.SEARCH_COLUMNS},
)
def top_tracks(
    context: dg.AssetExecutionContext,
    matched_artists: pl.DataFrame,
    platform: dg.ResourceParam[Platform],
) -> NewRows:
    """Up to ten best-known tracks of each matched artist, ranked.

    In Development Mode they are the tracks of the very search that found the artist, or of a
    further one where it brought none, so they cost no call here. In Extended Mode, where the search
    brought ten songs of the artist, they are these, the most popular first; of whom it brought
    fewer, Spotify's own top tracks, asked once per artist.
    """
    if platform.settings.spotify_mode == "development":
        frame, usage, failure = tracks.tracks_from_search(matched_artists), ApiUsage(), ""
    else:
        frame, usage, failure = _ask_top_tracks(context, matched_artists, platform)
    lacking = tracks.artists_without_tracks(matched_artists, frame)
    counts = Counter(lacking.get_column("state"))
    return NewRows(
        frame,
        of_state={
            state: {"artists_without_tracks": counts[state]} for state in context.partition_keys
        },
        of_run={**usage.as_numbers("spotify"), "stopped_early": failure},
    )


def _ask_top_tracks(
    context: dg.AssetExecutionContext, matched_artists: pl.DataFrame, platform: Platform
) -> tuple[pl.DataFrame, ApiUsage, str]:
    """Spotify's own ranking or the search's; where none can be had, its order stands in."""
    now, stored = platform.now(), platform.tables.read_all("top_tracks")
    known = tracks.known_top_tracks(matched_artists, stored)
    if platform.settings.top_tracks == "as needed":
        enough = tracks.tracks_by_popularity(matched_artists)
        known = pl.concat([known, enough.join(known, on=_ARTIST, how="anti")])
    missing = tracks.artists_without_top_tracks(matched_artists, known)
    client = platform.spotify()
    answers, failure = _answers_by_artist(context, client, [each for _, each in missing], platform)
    rows = [
        row
        for state, artist_id in missing
        for row in tracks.ranked_rows(
            state,
            artist_id,
            answers.get(artist_id, ()),
            source="spotify_top_tracks",
            ranked_at=now,
        )
    ]
    ranked = pl.concat([known, pl.DataFrame(rows, schema=polars_schema(TopTracks))])
    stand_in = tracks.tracks_from_search(matched_artists).join(ranked, on=_ARTIST, how="anti")
    return pl.concat([ranked, stand_in]), client.usage, failure


def _answers_by_artist(
    context: dg.AssetExecutionContext,
    client: SpotifyCatalog,
    artist_ids: Iterable[str],
    platform: Platform,
) -> tuple[dict[str, list[dict[str, Any]]], str]:
    """Spotify's top tracks by artist, each asked for once, and the last failure ("" if none)."""
    answers: dict[str, list[dict[str, Any]]] = {}
    failure, threads = "", platform.settings.lookup_threads
    asked = in_order(
        dict.fromkeys(artist_ids), client.top_tracks, threads=threads, left=_left(client)
    )
    with closing(asked):
        for artist_id, found in asked:
            try:
                answers[artist_id] = [found_track_struct(track) for track in found()]
            except SourceError as error:
                failure = str(error)
                context.log.warning(f"Top tracks of {artist_id}: {failure}")
                # Every further request would fail alike; one artist that cannot be had stops
                # nobody.
                if error.source_is_down or error.ends_the_day:
                    break
    return answers, failure


def _left(client: SpotifyCatalog | ReccoBeats) -> CallsLeft:
    return CallsLeft(client.calls_left, lambda: client.usage.sent)


@table_asset(
    group="tracks",
    kinds={"polars", "parquet"},
    code_version="1",
    pool="reccobeats",
    deps=[RECCOBEATS],
    columns={"top_tracks": tracks.WANTED_COLUMNS},
)
def audio_features(
    context: dg.AssetExecutionContext,
    top_tracks: pl.DataFrame,
    platform: dg.ResourceParam[Platform],
) -> NewRows:
    """How each track sounds: energy, valence, tempo and eight more numbers.

    Known tracks are never asked again. ReccoBeats is asked by forty; in Extended Mode Spotify
    itself. A track nobody knows keeps a row that says so, and is asked again after a month.
    """
    now = platform.now()
    wanted = top_tracks.get_column("track_id").unique().to_list()
    stored = platform.tables.read_all("audio_features", where=pl.col("track_id").is_in(wanted))
    kept = tracks.features_to_keep(top_tracks, stored, now=now)
    missing = tracks.tracks_to_ask(top_tracks, kept)
    providers: dict[str, SpotifyCatalog | ReccoBeats] = {"reccobeats": platform.reccobeats()}
    if platform.settings.spotify_mode == "extended":
        # Spotify first, where the app is old enough to be told: its features are closed to apps
        # registered since 2024-11-27
        # (https://developer.spotify.com/blog/2024-11-27-changes-to-the-web-api).
        providers = {"spotify": platform.spotify(), **providers}
    asked_now, failures = [], []
    for name, provider in providers.items():
        threads = min(_FEATURE_THREADS, platform.settings.lookup_threads)
        answers, asked, failure = _ask_features(context, provider, missing, now, threads=threads)
        last = name == "reccobeats"
        asked_now.append(
            tracks.features_frame(
                top_tracks, answers, asked if last else list(answers), source=name, asked_at=now
            )
        )
        failures += [failure] if failure else []
        missing = [track_id for track_id in missing if track_id not in answers]
    new = pl.concat(asked_now)
    asked_by_state, known = Counter(new.get_column("state")), Counter(kept.get_column("state"))
    spotify_usage = providers["spotify"].usage if "spotify" in providers else ApiUsage()
    return NewRows(
        pl.concat([kept, new]),
        of_state={
            state: {
                "asked_in_this_run": asked_by_state[state],
                "known_from_earlier_runs": known[state],
            }
            for state in context.partition_keys
        },
        of_run={
            **spotify_usage.as_numbers("spotify"),
            **providers["reccobeats"].usage.as_numbers("reccobeats"),
            "stopped_early": " ".join(failures),
        },
    )


def _ask_features(
    context: dg.AssetExecutionContext,
    provider: SpotifyCatalog | ReccoBeats,
    missing: list[str],
    now: datetime,
    *,
    threads: int,
) -> tuple[dict[str, dict[str, Any]], list[str], str]:
    """Answers by track, the tracks that were asked, and why it stopped early ("" if it did not).

    Features are the garnish: shows come out without them, and the next run asks again.
    """
    answers: dict[str, dict[str, Any]] = {}
    batches = in_order(
        range(0, len(missing), provider.batch_size),
        lambda start: provider.audio_features(
            missing[start : start + provider.batch_size],
            newer_than=now - tracks.KEPT_ANSWER_HOLDS,
        ),
        threads=threads,
        left=_left(provider),
    )
    with closing(batches):
        for start, answer in batches:
            try:
                found = answer()
            except SourceError as failure:
                context.log.warning(f"Audio features are incomplete: {failure}")
                return answers, missing[:start], str(failure)
            answers |= {track_id: asdict(features) for track_id, features in found.items()}
    return answers, missing, ""
