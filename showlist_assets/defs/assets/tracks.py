"""The songs that stand for each artist, and how they sound."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import dagster as dg
import polars as pl

from showlist_assets.defs.assets.external import RECCOBEATS
from showlist_assets.defs.resources import Clock, ReccoBeatsResource, SpotifyResource, Tables
from showlist_assets.defs.table_asset import publish, table_asset
from showlist_assets.domain import tracks
from showlist_assets.domain.matching import decisions
from showlist_assets.domain.tables.schemas import TopTracks, polars_schema
from showlist_assets.sources.failures import SourceError
from showlist_assets.sources.http.usage import ApiUsage

if TYPE_CHECKING:
    from datetime import datetime

    from showlist_assets.sources.reccobeats import ReccoBeats
    from showlist_assets.sources.spotify.catalog import SpotifyCatalog
    from showlist_assets.storage.tables import TableStore


@table_asset(kinds={"spotify", "polars", "parquet"}, code_version="1", pool="spotify")
def top_tracks(
    context: dg.AssetExecutionContext,
    matched_artists: pl.DataFrame,
    spotify: SpotifyResource,
    tables: Tables,
    clock: Clock,
) -> dg.MaterializeResult:
    """Up to ten best-known tracks of each matched artist, ranked.

    In Development Mode they are the tracks of the very search that found the artist, so they cost
    no call; in Extended Mode Spotify's own top tracks, asked once per artist.
    """
    now, store = clock.now(), tables.store()
    if spotify.mode == "development":
        frame, usage, failure = tracks.tracks_from_search(matched_artists), ApiUsage(), ""
    else:
        frame, usage, failure = _ask_top_tracks(context, matched_artists, spotify, store, now)
    return publish(
        context,
        store,
        frame,
        at=now,
        numbers={**usage.as_numbers("spotify"), "stopped_early": failure},
    )


def _ask_top_tracks(
    context: dg.AssetExecutionContext,
    matched_artists: pl.DataFrame,
    spotify: SpotifyResource,
    store: TableStore,
    now: datetime,
) -> tuple[pl.DataFrame, ApiUsage, str]:
    """Spotify's own ranking; where it cannot be had, the tracks of the search stand in."""
    stored = store.read_all("top_tracks")
    kept = tracks.known_top_tracks(matched_artists, stored)
    rows: list[dict[str, Any]] = []
    client, failure = spotify.client(), ""
    answers: dict[str, list[dict[str, Any]]] = {}
    for state, artist_id in tracks.artists_without_top_tracks(matched_artists, stored):
        try:
            if artist_id not in answers:
                found = client.top_tracks(artist_id)
                answers[artist_id] = [decisions.found_track_struct(track) for track in found]
        except SourceError as error:
            failure = str(error)
            context.log.warning(f"Top tracks of {artist_id}: {failure}")
            if error.source_is_down or error.ends_the_day:
                break
            continue
        rows += tracks.ranked_rows(
            state, artist_id, answers[artist_id], source="spotify_top_tracks", ranked_at=now
        )
    ranked = pl.concat([kept, pl.DataFrame(rows, schema=polars_schema(TopTracks))])
    stand_in = tracks.tracks_from_search(matched_artists).join(
        ranked, on=["state", "spotify_artist_id"], how="anti"
    )
    return pl.concat([ranked, stand_in]), client.usage, failure


@table_asset(
    kinds={"reccobeats", "polars", "parquet"},
    code_version="1",
    pool="reccobeats",
    deps=[RECCOBEATS],
)
def audio_features(
    context: dg.AssetExecutionContext,
    top_tracks: pl.DataFrame,
    spotify: SpotifyResource,
    reccobeats: ReccoBeatsResource,
    tables: Tables,
    clock: Clock,
) -> dg.MaterializeResult:
    """How each track sounds: energy, valence, tempo and eight more numbers.

    Known tracks are never asked again. ReccoBeats is asked by forty; in Extended Mode Spotify
    itself. A track nobody knows keeps a row that says so, and is asked again after a month.
    """
    now, store = clock.now(), tables.store()
    wanted = top_tracks.get_column("track_id").unique().to_list()
    stored = store.read_all("audio_features", where=pl.col("track_id").is_in(wanted))
    kept = tracks.features_to_keep(top_tracks, stored, now=now)
    missing = tracks.tracks_to_ask(top_tracks, kept)
    providers: dict[str, SpotifyCatalog | ReccoBeats] = {"reccobeats": reccobeats.client()}
    if spotify.mode == "extended":
        providers = {"spotify": spotify.client(), **providers}
    frames, failures = [kept], []
    for name, provider in providers.items():
        answers, asked, failure = _ask_features(context, provider, missing, now)
        last = name == "reccobeats"
        frames.append(
            tracks.features_frame(
                top_tracks, answers, asked if last else list(answers), source=name, asked_at=now
            )
        )
        failures += [failure] if failure else []
        missing = [track_id for track_id in missing if track_id not in answers]
    spotify_usage = providers["spotify"].usage if "spotify" in providers else ApiUsage()
    return publish(
        context,
        store,
        pl.concat(frames),
        at=now,
        numbers={
            "asked_now": sum(frame.height for frame in frames[1:]),
            "known_before": kept.height,
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
) -> tuple[dict[str, dict[str, Any]], list[str], str]:
    """Answers by track, the tracks that were asked, and why it stopped early ("" if it did not).

    Features are the garnish: shows come out without them, and the next run asks again.
    """
    answers: dict[str, dict[str, Any]] = {}
    for start in range(0, len(missing), provider.batch_size):
        batch = missing[start : start + provider.batch_size]
        try:
            found = provider.audio_features(batch, newer_than=now - tracks.KEPT_ANSWER_HOLDS)
        except SourceError as failure:
            context.log.warning(f"Audio features are incomplete: {failure}")
            return answers, missing[:start], str(failure)
        answers |= {track_id: asdict(features) for track_id, features in found.items()}
    return answers, missing, ""
