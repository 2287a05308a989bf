"""Why a performer is recommended, in one sentence that claims no more than is known.

Nobody is liked "because of" a band: the best of three reasons carries an eighth of a score.

What belongs here: the words. What does not: the scores (``show_scores``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from showlist_assets.domain.quantities import counted

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime, tzinfo

_SAID: Final = {
    "more": "You asked for more of them.",
    "less": "You asked for less of them.",
    "block": "You blocked them.",
}
_SMALLEST_SHARE: Final = 0.01


def explain(
    row: Mapping[str, Any],
    *,
    played: Mapping[str, Mapping[str, Any]] | None = None,
    zone: tzinfo | None = None,
    counts: bool = True,
) -> str:
    """What the score of ``row`` (of ``ShowTaste``) rests on, and what the listener said.

    Args:
        row: With its columns by name.
        played: Rows of ``Taste`` by artist_name: then the first band is told with its plays.
        zone: The listener's, by which days are told; by default that of the instants.
        counts: Whether it says how often the performer was played.
    """
    said = _SAID.get(row["verdict"])
    if row["verdict"] == "block" and said:
        return said
    words = _words(row, played or {}, zone, counts=counts)
    return " ".join(part for part in (words, said) if part)


def _words(
    row: Mapping[str, Any],
    played: Mapping[str, Mapping[str, Any]],
    zone: tzinfo | None,
    *,
    counts: bool,
) -> str | None:
    if row["basis"] == "known":
        return _of_known(row, zone, counts=counts)
    if row["basis"] == "co-listening":
        return _of_neighbours(row, played, zone)
    if row["basis"] == "genre":
        return _of_genre(row)
    return "Nothing is known yet that would tell whether you like them."


def _of_known(row: Mapping[str, Any], zone: tzinfo | None, *, counts: bool) -> str | None:
    if row["plays"]:
        last = row["last_at"]
        when = f", last on {_day_in_words(last, zone)}" if last else ""
        times = f" {_times(row['plays'])}" if counts else ""
        return f"You played them{times}{when}."
    # Then it is the listener's word alone.
    return None if row["verdict"] == "more" else "They are among your top artists on Spotify."


def _of_neighbours(
    row: Mapping[str, Any], played: Mapping[str, Mapping[str, Any]], zone: tzinfo | None
) -> str:
    names = [one["artist_name"] for one in row["because"]]
    told = [_with_plays(names[0], played, zone), *names[1:]] if names else ["the like"]
    performer = row["performer_name"]
    return f"You play {in_a_row(told)}; ListenBrainz listeners play them together with {performer}."


def _with_plays(name: str, played: Mapping[str, Mapping[str, Any]], zone: tzinfo | None) -> str:
    row = played.get(name)
    if row is None or not row["plays"] or row["first_at"] is None:
        return name
    first = _there(row["first_at"], zone)
    return f"{name} ({_times(row['plays'])} since {first:%B %Y})"


def _of_genre(row: Mapping[str, Any]) -> str:
    share = row["genre_share"] or 0.0
    told = "under 1%" if share < _SMALLEST_SHARE else f"{share:.0%}"
    genre = row["genre"] or "their genre"
    return (
        f"You play {genre} ({told} of your listening); nobody has told ListenBrainz yet who is "
        "similar to this artist."
    )


def in_a_row(names: Sequence[str]) -> str:
    """``names`` as a sentence lists them: "A", "A and B", "A, B and C"."""
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} and {names[-1]}"


def _day_in_words(instant: datetime, zone: tzinfo | None) -> str:
    """The day of ``instant`` where the listener lives: "3 November 2026"."""
    day = _there(instant, zone)
    return f"{day.day} {day:%B %Y}"


def _there(instant: datetime, zone: tzinfo | None) -> datetime:
    return instant.astimezone(zone) if zone else instant


def _times(plays: int) -> str:
    return {1: "once", 2: "twice"}.get(plays, counted(plays, "time"))
