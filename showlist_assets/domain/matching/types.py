"""What the matcher is given and what it answers: billings, candidates, decisions."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Outcome = Literal["matched", "rejected"]
Level = Literal["high", "medium", "low", "none"]


@dataclass(frozen=True, slots=True)
class Candidate:
    """One artist page in a search answer.

    Attributes:
        genres: Spotify's own, lower case; often empty.
        popularity: 0-100, or None where the app is not told (Development Mode).
        rank: 1-based place in the answer.
    """

    artist_id: str
    name: str
    genres: tuple[str, ...] = ()
    # Taken from Development Mode in February 2026, as followers were:
    # https://developer.spotify.com/documentation/web-api/references/changes/february-2026
    popularity: int | None = None
    rank: int = 1


@dataclass(frozen=True, slots=True)
class Billing:
    """One performer as an event site prints it.

    Attributes:
        genres: the site's own words ("Hip-Hop/Rap/Urban", "indie"); any taxonomy.
        event_kind: "concert" or "music_festival", where the festival may bill itself.
        billing: place on the bill, 1 for the headliner.
        spotify_artist_id: the artist page the site itself links to, if it does.
    """

    name: str
    genres: tuple[str, ...] = ()
    event_kind: str = "concert"
    billing: int = 1
    country: str | None = "US"
    city: str | None = None
    # SeatGeek documents such links; no answer since 2017 is known to have one (api-support#39).
    spotify_artist_id: str | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """Who a billing is, or why nobody was named.

    Attributes:
        confidence: 0 to 1, an ordering and not a probability; 0 when rejected.
        reason: plain words for a listener.
        parts: what the confidence is made of, each 0 to 1, multiplied.
        rule: short stable code of the ladder step that decided.
    """

    outcome: Outcome
    candidate: Candidate | None
    confidence: float
    level: Level
    reason: str
    rule: str
    parts: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AskFor:
    """The ladder needs the answer to one more search before it can decide."""

    query: str
    why: str
