"""What a playlist shall hold, before anything is written: tracks, and the shows behind them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Final, Literal

from showlist_assets.domain.names import normalize
from showlist_assets.domain.states import BY_CODE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

NEVER_FETCHED: Final = "they were never fetched"
"""What notes about missing states have in common: a page words them for listeners."""
_STATES_NAMED: Final = 4
# The noun that begins a reason for leaving things out.
_ONE: Final = re.compile(r"\b(show|act|artist|track|song|listing|opener)s\b( that are)?")

# As Spotify's titles name a reissue: "Song - 2011 Remaster", "Song (Remastered)".
_REISSUE: Final = re.compile(
    r"\s+(?:-\s[^-]*|[(\[][^)\]]*)\bremaster(?:ed)?\b[^)\]]*[)\]]?\s*$", re.IGNORECASE
)


@dataclass(frozen=True, kw_only=True)
class TasteNote:
    """How an act fits the listener's taste; what the listener plays is for nobody else's eyes.

    Attributes:
        artist: The act, by its name on Spotify, else as billed.
        basis: On what it rests (``ShowTaste.basis``).
        words: The same in a sentence.
        percentile: The share of the acts that play where and when the recipe looks that fit no
            better, above 0 to 1; None where nothing is known of this one.
        because: Up to three artists that the listener plays.
    """

    artist: str
    basis: str
    words: str
    percentile: float | None = None
    because: tuple[str, ...] = ()

    @property
    def is_known(self) -> bool:
        """Whether anything is known."""
        return self.basis != "none"


@dataclass(frozen=True, kw_only=True)
class PlannedTrack:
    """One track, and the show for which it is on the playlist.

    ``starts_at_local`` is the wall clock at the venue, None while not announced. ``why`` says in
    words what brought the track here, and nothing of what the listener plays: that says ``taste``,
    None where the recipe does not ask for taste, where nothing is known of the listener, and in
    plans of earlier versions.
    """

    track_id: str
    track_name: str
    artist_name: str
    spotify_artist_id: str
    show_id: str
    local_date: date
    starts_at_local: datetime | None
    venue_timezone: str | None
    venue_name: str
    venue_city: str | None
    state: str
    ticket_url: str | None
    billing: int
    why: str
    role: str = "headliner"
    show_title: str = ""
    explicit: bool | None = None
    duration_ms: int | None = None
    energy: float | None = None
    isrc: str | None = None
    last_date: date | None = None
    taste: TasteNote | None = None

    @property
    def is_suggested(self) -> bool:
        """Whether it is here for no show: ``local_date`` is the day on which it was suggested.

        Then ``show_id``, ``venue_name`` and ``state`` are empty, and ``spotify_artist_id`` only
        tells artists apart.
        """
        return not self.show_id

    @property
    def why_for_listener(self) -> str:
        """``why``, and how it fits their taste: for places that nobody else reads."""
        return " ".join(filter(None, (self.why, self.taste.words if self.taste else "")))

    @property
    def last_day(self) -> date:
        """The last on which it plays: ``local_date``, but for a festival of several days."""
        return self.last_date or self.local_date

    @property
    def uri(self) -> str:
        """The track as Spotify's playlist endpoints take it."""
        return f"spotify:track:{self.track_id}"

    @property
    def recording(self) -> str:
        """Equal for the same recording of the artist on a single, an album, a remaster."""
        title = _REISSUE.sub("", self.track_name)
        return f"{self.spotify_artist_id} {normalize(title)}"


@dataclass(frozen=True)
class ReserveTrack:
    """A track beyond the playlist's size, heard where the listener has taken out another.

    ``behind`` is how many of the plan's tracks stand before it in the recipe's order.
    """

    track: PlannedTrack
    behind: int


@dataclass(frozen=True)
class UnheardAct:
    """An act as billed, and why no song of it is known, in words."""

    name: str
    why: str


@dataclass(frozen=True, kw_only=True)
class PlannedShow:
    """One show that the recipe lets through, with who of its bill can be heard.

    ``starts_at`` is UTC; it and ``starts_at_local`` are None while the time is not announced.
    ``doors_at_local`` is the venue's clock, None where no source tells, and in plans of earlier
    versions.
    ``ends_at`` (UTC) is rarely known; ``last_date`` is None for a show of one day. ``artists`` are
    those who can be heard, by their names on Spotify; where that is nobody, whoever is billed.
    ``unheard`` are the acts that the recipe lets through and that have no song. ``artist_ids`` are
    those of ``artists`` on Spotify, in their order, each empty where there is none; none at all in
    plans of earlier versions. ``taste`` tells of the act that fits the listener's taste best; None
    as in ``PlannedTrack``, and where nothing is known of any.
    """

    show_id: str
    title: str
    artists: tuple[str, ...]
    local_date: date
    venue_name: str
    state: str
    starts_at: datetime | None = None
    starts_at_local: datetime | None = None
    venue_timezone: str | None = None
    venue_address: str | None = None
    venue_city: str | None = None
    venue_postal_code: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    ticket_url: str | None = None
    lowest_price: float | None = None
    status: str = "scheduled"
    ends_at: datetime | None = None
    last_date: date | None = None
    unheard: tuple[UnheardAct, ...] = ()
    artist_ids: tuple[str, ...] = ()
    doors_at_local: datetime | None = None
    taste: TasteNote | None = None

    @property
    def last_day(self) -> date:
        """The last on which it plays: ``local_date``, but for a festival of several days."""
        return self.last_date or self.local_date

    def has_begun(self, now: datetime) -> bool:
        """Whether it has begun at ``now`` (UTC), as far as its start is known."""
        return self.starts_at is not None and self.starts_at <= now


@dataclass(frozen=True)
class Wording:
    """A recipe's own title and description, ``{fields}`` and all, and the names of its places.

    With them, a plan is worded anew when the listener has taken out some of its tracks.
    """

    title: str
    description: str
    places: tuple[str, ...]


@dataclass(frozen=True)
class Plan:
    """A playlist as it shall be.

    ``left_out`` counts what did not make it, by reason; ``shows`` are all that the recipe lets
    through, by date, also those whose artists are heard for another night; ``notes`` are what the
    listener should look at, such as a venue that nobody knows; ``reserve`` are the next candidates,
    the best first; ``wording`` is None in plans of earlier versions; ``missing`` are the recipe's
    states (USPS codes) of whose shows nothing is known yet; ``published_at`` (UTC) is when its
    digest was made, None before that and in plans of earlier versions; ``songless`` are the shows
    of which nobody can be heard, where the calendar holds them; ``calendar_shows`` and ``alarm``
    are what the recipe says of its calendar; ``way_out`` is what to change in a recipe that lets
    nothing through; ``is_discovered`` where it is of suggested songs, and of no shows.
    """

    recipe: str
    title: str
    description: str
    tracks: tuple[PlannedTrack, ...]
    left_out: dict[str, int]
    shows: tuple[PlannedShow, ...] = ()
    notes: tuple[str, ...] = ()
    reserve: tuple[ReserveTrack, ...] = ()
    wording: Wording | None = None
    missing: tuple[str, ...] = ()
    published_at: datetime | None = None
    songless: tuple[PlannedShow, ...] = ()
    calendar_shows: Literal["playlist", "all"] = "playlist"
    alarm: timedelta | None = None
    way_out: str = ""
    is_discovered: bool = False

    @property
    def uris(self) -> list[str]:
        """The tracks in order, as Spotify's playlist endpoints take them."""
        return [track.uri for track in self.tracks]

    @property
    def why_empty(self) -> str:
        """Why there is no track, and what would help, in a few sentences; empty where there are."""
        if self.tracks:
            return ""
        why = self._why_no_song() if self.is_discovered else self._why_no_track()
        return " ".join(filter(None, (why, self.way_out)))

    def _why_no_song(self) -> str:
        told = left_out_in_words(self.left_out)
        return f"There is no song to suggest. {told}".strip()

    def _why_no_track(self) -> str:
        if not self.left_out and self.missing:
            return f"No show is known where this recipe looks. {missing_in_words(self.missing)}"
        if not self.left_out:
            return (
                "No show with a known artist is upcoming where this recipe looks; name more "
                "'states', or a wider 'near'."
            )
        return f"Nothing is left of what is upcoming. {left_out_in_words(self.left_out)}"


def left_out_in_words(left_out: Mapping[str, int]) -> str:
    """What did not make it, counted by reason, in a sentence; empty where nothing was."""
    counts = ", ".join(
        f"{count:,} {_ONE.sub(_as_one, reason, count=1) if count == 1 else reason}"
        for reason, count in left_out.items()
    )
    return f"Left out: {counts}." if counts else ""


def _as_one(plural: re.Match[str]) -> str:
    return plural[1] + (" that is" if plural[2] else "")


def missing_in_words(states: Sequence[str], within: str = "") -> str:
    """What a listener should know of states that were never fetched.

    Args:
        states: USPS codes.
        within: The circle that brought them in, such as "25 mi of New York".
    """
    names = [BY_CODE[state].name for state in states]
    named = names if len(names) <= _STATES_NAMED else names[: _STATES_NAMED - 1]
    more = [f"{len(names) - len(named)} more states"] if len(named) < len(names) else []
    *others, last = [*named, *more]
    listed = f"{', '.join(others)} and {last}" if others else last
    where = f"{listed}, within {within}" if within else listed
    return (
        f"Nothing is known yet of shows in {where}: {NEVER_FETCHED}, so none of them is here "
        "(`showlist status` says more)."
    )
