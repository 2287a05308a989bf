"""Which decisions a person should look at first: the weakest of the most visible ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import polars as pl
from rapidfuzz import fuzz

from showlist_assets.domain.names import normalize

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date

_SIMILAR: Final = 80.0
_WEAKNESS: Final = {"low": 1.0, "medium": 0.6}
_SOON_DAYS: Final = 14.0
_UNDATED_DAYS: Final = 120


def to_review(
    matched_artists: pl.DataFrame,
    expanded_artists: pl.DataFrame,
    *,
    today: date,
    limit: int = 20,
    without_song: Collection[str] = (),
) -> pl.DataFrame:
    """The decisions most worth a look, one row per performer of all states, the first one first.

    The priority is weakness times visibility. Weakness: 1 for a match of low confidence and for one
    ``without_song`` (Spotify artist ids), which may be a page of that name that nobody uses; 0.6
    for one of medium confidence, and for a rejection how similar the nearest candidate's name is
    (nothing below 80 of 100). Visibility: 1 for a headliner and 0.5 for support, plus the source's
    score of the performer, plus a tenth per show (half at most), the sum halved every 14 days until
    the show; one without a date counts as 120 days off. Decisions by hand, pending ones, and names
    that are no act are left out; where states differ, the newest decision counts.

    Columns: ``performer_key``, ``performer_name``, ``outcome``, ``level``, ``confidence``,
    ``reason``, ``spotify_artist_id``, ``spotify_artist_name``, ``candidates``, ``next_show_on``,
    ``venue_city``, ``state``, ``billing``, ``score``, ``shows``, ``why`` and ``priority``.
    """
    return _cases(
        matched_artists,
        expanded_artists,
        of=["performer_key"],
        today=today,
        songless=pl.col("spotify_artist_id").is_in(list(without_song)),
    ).head(limit)


def to_review_by_state(
    matched_artists: pl.DataFrame,
    expanded_artists: pl.DataFrame,
    *,
    today: date,
    limit: int = 20,
    without_song: pl.DataFrame,
) -> pl.DataFrame:
    """What ``to_review`` says of each state's decisions and shows alone: ``limit`` of each state.

    Args:
        matched_artists: The decisions.
        expanded_artists: Who is billed.
        today: The first day that counts.
        limit: The most rows of a state.
        without_song: ``state`` and ``spotify_artist_id``, as ``songs.without_song_by_state`` gives
            them.
    """
    # One query: a run asks for the cases of twenty states.
    songless = pl.struct("state", "spotify_artist_id").is_in(
        without_song.select(pl.struct("state", "spotify_artist_id")).to_series().implode()
    )
    found = _cases(
        matched_artists,
        expanded_artists,
        of=["state", "performer_key"],
        today=today,
        songless=songless,
    )
    return found.group_by("state", maintain_order=True).head(limit).select(_COLUMNS)


def _cases(
    matched_artists: pl.DataFrame,
    expanded_artists: pl.DataFrame,
    *,
    of: list[str],
    today: date,
    songless: pl.Expr,
) -> pl.DataFrame:
    """Every decision worth a look, the first one first; one for each value of the columns ``of``.

    ``songless`` tells of a decision that it is for an artist without a song.
    """
    told = matched_artists.lazy()
    by_hand = told.filter(pl.col("method") == "override").select(of)
    # A state that was not run lately may hold what another has long decided otherwise.
    newest = (
        # The bulk of the table; candidates are of use for the few who are shown only.
        told.drop("found_tracks", "candidates", strict=False)
        .with_row_index("row")
        .join(by_hand, on=of, how="anti", maintain_order="left")
        .filter(pl.col("outcome") != "pending")
        .sort("decided_at", descending=True, maintain_order=True)
        .unique(of, keep="first", maintain_order=True)
        .with_columns(songless=songless.fill_null(value=False))
    )
    decided = newest.filter(
        ~pl.col("rule").str.starts_with("is_")
        & (
            (pl.col("outcome") == "rejected")
            | pl.col("level").is_in(list(_WEAKNESS))
            | pl.col("songless")
        )
    )
    shown = (
        decided.drop({"state", "shows", "next_show_on"} - {*of})
        .join(_soonest_shows(expanded_artists.lazy(), of, today), on=of, maintain_order="left")
        .collect()
    )
    candidates = matched_artists.get_column("candidates").gather(shown.get_column("row"))
    cases = shown.drop("row").with_columns(candidates)
    rows = [
        {**case, "why": why, "priority": round(weakness * _visibility(case, today), 4)}
        for case in map(_with_nearest_first, cases.iter_rows(named=True))
        for why, weakness in [_weakness(case)]
        if weakness > 0
    ]
    schema = {name: dtype for name, dtype in cases.schema.items() if name in _COLUMNS}
    frame = pl.DataFrame(
        [{name: row[name] for name in (*schema, "why", "priority")} for row in rows],
        schema={**schema, "why": pl.String, "priority": pl.Float64},
    )
    return frame.select(_COLUMNS).sort("priority", "performer_key", descending=[True, False])


_COLUMNS: Final = [
    "performer_key", "performer_name", "outcome", "level", "confidence", "reason",
    "spotify_artist_id", "spotify_artist_name", "candidates", "next_show_on", "venue_city",
    "state", "billing", "score", "shows", "why", "priority",
]  # fmt: skip


def _soonest_shows(expanded_artists: pl.LazyFrame, of: list[str], today: date) -> pl.LazyFrame:
    """Where and when each performer plays next, and the best billing and score of all shows."""
    last_day = pl.coalesce("last_date", "local_date")
    ahead = expanded_artists.filter(last_day.is_null() | (last_day >= today)).sort(
        "local_date", "billing", nulls_last=True
    )
    place = [name for name in ("venue_city", "state") if name not in of]
    return ahead.group_by(of, maintain_order=True).agg(
        pl.col(place).first(),
        next_show_on=pl.col("local_date").first(),
        billing=pl.col("billing").min(),
        score=pl.col("performer_score").max().fill_null(0.0),
        shows=pl.col("show_id").n_unique().cast(pl.Int32),
    )


def _with_nearest_first(case: dict[str, Any]) -> dict[str, Any]:
    """A rejection with the candidate first that a person may have taken, as few may be shown."""
    if case["outcome"] == "matched":
        return case
    nearest_first = sorted(
        case["candidates"],
        key=lambda candidate: name_similarity(case["performer_name"], candidate["name"]),
        reverse=True,
    )
    return {**case, "candidates": nearest_first}


def _weakness(case: dict[str, Any]) -> tuple[str, float]:
    if case["songless"]:
        return f"{case['level']} confidence, and no song was found", 1.0
    if case["outcome"] == "matched":
        return f"{case['level']} confidence", _WEAKNESS[case["level"]]
    if not case["candidates"]:
        return "", 0.0
    nearest = case["candidates"][0]
    similarity = name_similarity(case["performer_name"], nearest["name"])
    if similarity < _SIMILAR:
        return "", 0.0
    return f"rejected, though {nearest['name']!r} is spelled much alike", similarity / 100


# The one use of similarity: partial_ratio above 80 as a judge named a wrong artist for 27.9 % of
# the labelled listings (docs/adr/0007).
def name_similarity(billed: str, page: str) -> float:
    """How alike two names are spelled, 0 to 100; for showing to a person, never for deciding."""
    return fuzz.ratio(normalize(billed), normalize(page))


def _visibility(case: dict[str, Any], today: date) -> float:
    prominence = (1.0 if case["billing"] == 1 else 0.5) + case["score"]
    prominence += min(0.5, 0.1 * case["shows"])
    # A festival that is on began before today; it is no nearer than a show of today.
    days = max(0, (case["next_show_on"] - today).days) if case["next_show_on"] else _UNDATED_DAYS
    return float(prominence * 0.5 ** (days / _SOON_DAYS))
