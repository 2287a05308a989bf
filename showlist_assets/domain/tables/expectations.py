"""What is expected of a table beyond its schema, and when it is fit to replace the last one.

What belongs here: bounds, and the judgement of a state's numbers by them. What does not: counting
the numbers (``measures``) and what Dagster shows of a judgement (``defs.checks``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from showlist_assets.domain.tables.measures import Numbers

# A few odd rows are the source's daily untidiness; most of a state's rows at once mean that the
# source changed its format, and then yesterday's table is worth more than today's remnant.
_MOST_ROWS: Final = 0.5
_FEW_ROWS: Final = 10


def most_rows_hold(good: int, rejected: int) -> bool:
    """Whether a state's table is fit to replace the last one."""
    return rejected < _FEW_ROWS or rejected <= _MOST_ROWS * (good + rejected)


@dataclass(frozen=True)
class Expectation:
    """A measure that should stay within bounds in every state; a warning where it does not."""

    name: str
    measure: str
    description: str
    at_least: float | None = None
    at_most: float | None = None

    def holds(self, numbers: Numbers) -> bool:
        """Whether a state's numbers are as expected."""
        value = numbers[self.measure]
        return not (
            (self.at_least is not None and value < self.at_least)
            or (self.at_most is not None and value > self.at_most)
        )

    def shortfalls(self, numbers: Mapping[str, Numbers]) -> dict[str, int | float]:
        """The states that fall short, each with its value of the measure."""
        return {
            state: values[self.measure]
            for state, values in numbers.items()
            if not self.holds(values)
        }


def _any(name: str, measure: str, description: str) -> Expectation:
    return Expectation(name, measure, description, at_least=1)


EXPECTATIONS: Final[dict[str, tuple[Expectation, ...]]] = {
    "raw_events": (
        _any("has_events", "events", "The state has at least one upcoming event."),
        Expectation(
            "source_answered",
            "kept_from_earlier_answers",
            "Every event source answered for the state; otherwise its last good events are kept.",
            at_most=0,
        ),
        Expectation(
            "was_fetched",
            "never_fetched",
            "The events of the state were fetched at least once: until then, nothing stored does "
            "not mean that nothing is on.",
            at_most=0,
        ),
    ),
    "shows": (
        _any("has_shows", "shows", "The state has at least one show."),
        Expectation(
            "few_doubtful_merges",
            "doubtful_merges",
            "At most twenty merges of listings are doubtful: `showlist review --shows`.",
            at_most=20,
        ),
    ),
    "show_changes": (
        Expectation(
            "no_source_is_doubted",
            "shows_not_believed_gone",
            "No source drops half of a state's shows at once: such an answer is not believed.",
            at_most=0,
        ),
    ),
    "expanded_artists": (
        _any("has_performers", "performers", "The state has at least one performer."),
    ),
    "matched_artists": (
        Expectation(
            "match_rate",
            "matched_share",
            "At least half of the performers that were looked up are on Spotify.",
            at_least=0.5,
        ),
        Expectation(
            "few_pending",
            "pending_share",
            "At most a tenth of the performers still wait for free Spotify calls.",
            at_most=0.1,
        ),
        Expectation(
            "overrides_are_known",
            "unknown_overrides",
            "Spotify knows every artist that overrides.yaml names.",
            at_most=0,
        ),
    ),
    "top_tracks": (_any("has_tracks", "tracks", "The state has at least one track."),),
    "audio_features": (
        Expectation(
            "feature_coverage",
            "tracks_known_share",
            "Audio features are known for at least half of the tracks.",
            at_least=0.5,
        ),
    ),
    "upcoming_shows": (
        _any(
            "has_songs", "shows_with_songs", "The state has at least one future show with a song."
        ),
    ),
}
