"""An artist in full: shows, songs and their sound, and how we know who this is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from showlist_assets.domain.quantities import counted
from showlist_assets.web import wording
from showlist_assets.web.rendering import segment
from showlist_assets.web.tastes import NOBODYS, VisitorsTaste
from showlist_assets.web.views.listing import ShowRow, row_of, shows_in_words
from showlist_assets.web.views.sound import Measure, energy, measures, mood, tempo

if TYPE_CHECKING:
    from datetime import date

    from showlist_assets.domain.gazetteer import Area, Place
    from showlist_assets.domain.matching.overrides import Override
    from showlist_assets.services.listeners.reports import Report
    from showlist_assets.storage.published.artists import ArtistPage, Candidate, ScorePart
    from showlist_assets.storage.published.songs import Song
    from showlist_assets.web.tastes import Opinion, TasteLine

_MOST_SONGS: Final = 10
_MOST_SHOWS: Final = 40
_CONFIDENCE: Final = {
    "high": "We are sure",
    "medium": "Probably",
    "low": "Maybe: this is a guess",
    "none": "",
}
_PARTS: Final = {
    "name": "The name is the same",
    "spelling": "It is spelled the same",
    "step": "The whole billed name was used",
    "namesakes": "Nobody else has that name",
    "genre": "The genre fits the billing",
    "link": "The event's own page links to this artist",
}


@dataclass(frozen=True)
class SongLine:
    """A song with its sound."""

    track_id: str
    name: str
    facts: str
    sound: tuple[Measure, ...]


@dataclass(frozen=True)
class CandidateLine:
    """An artist that was considered.

    Attributes:
        likeness: How alike the names are, as a share and in words.
        verdict: Why it is the one, or why not.
    """

    spotify_id: str
    name: str
    facts: str
    likeness: Measure
    verdict: str
    is_chosen: bool


@dataclass(frozen=True)
class ArtistView:
    """The page of an artist.

    Attributes:
        path: Its own address.
        known_as: The name on Spotify, where it is another one.
        nobody: Why nobody is heard; empty where somebody is.
        verdict: How sure the match is, in words.
        waiting: A decision by hand that the next refresh follows; empty: none.
        is_answered: Whether a decision by hand can be taken back.
        reports: What listeners said, for the owner.
        reported: What this visitor said of it already.
        taste: How it fits the visitor's taste; None where that is not known.
        opinion: What the visitor may say of it; None for a guest.
    """

    path: str
    name: str
    billed_as: tuple[str, ...]
    known_as: str
    spotify_id: str
    genres: tuple[str, ...]
    summary: str
    shows: tuple[ShowRow, ...]
    more_shows: str
    place: str
    sound: tuple[Measure, ...]
    songs: tuple[SongLine, ...]
    nobody: str
    verdict: str
    confidence: Measure | None
    reason: str
    by_hand: bool
    decided: date | None
    parts: tuple[Measure, ...]
    candidates: tuple[CandidateLine, ...]
    waiting: str
    is_answered: bool
    reports: tuple[Report, ...]
    reported: str
    taste: TasteLine | None
    opinion: Opinion | None


def artist_of(
    artist: ArtistPage,
    place: Place | Area | None,
    *,
    today: date,
    answered: Override | None,
    reports: tuple[Report, ...] = (),
    reported: str = "",
    taste: VisitorsTaste = NOBODYS,
) -> ArtistView:
    """The page of ``artist``, for whoever asked about ``place``; ``answered`` is the override."""
    known_as = wording.printed(artist.spotify_artist_name or "")
    name = wording.printed(artist.name)
    songs = artist.songs[:_MOST_SONGS]
    path, key = f"/artists/{segment(artist.performer_key)}", artist.performer_key
    spotify_id = artist.spotify_artist_id or ""
    return ArtistView(
        path=path,
        name=name,
        billed_as=tuple(
            printed for each in artist.billed_as if (printed := wording.printed(each)) != name
        ),
        known_as=known_as if known_as.casefold() != name.casefold() else "",
        spotify_id=spotify_id,
        genres=tuple(map(wording.printed, artist.genres[:5])),
        summary=shows_in_words(len(artist.shows)),
        shows=tuple(row_of(one, place, today=today) for one in artist.shows[:_MOST_SHOWS]),
        more_shows=_more(len(artist.shows)),
        place=place.label if place else "",
        sound=measures(
            (song.energy for song in songs),
            (song.valence for song in songs),
            (song.tempo for song in songs),
        ),
        songs=tuple(_song(one, artist.spotify_artist_name) for one in songs),
        nobody=_nobody(artist),
        verdict=_verdict(artist),
        confidence=_confidence(artist),
        reason=wording.printed(artist.reason or ""),
        by_hand=artist.is_decided_by_hand,
        decided=artist.decided_at.date() if artist.decided_at else None,
        parts=() if artist.is_decided_by_hand else tuple(map(_part, artist.parts)),
        candidates=tuple(map(_candidate, artist.candidates)),
        waiting=_waiting(artist, answered),
        is_answered=answered is not None,
        reports=reports,
        reported=reported,
        taste=taste.line_of(spotify_id=spotify_id, performer_key=key),
        opinion=taste.opinion_of(
            artist.spotify_artist_name or artist.name,
            path,
            spotify_id=spotify_id,
            performer_key=key,
        ),
    )


def _more(shows: int) -> str:
    return f"And {counted(shows - _MOST_SHOWS, 'more show')}." if shows > _MOST_SHOWS else ""


def _song(song: Song, artist: str | None) -> SongLine:
    with_whom = [wording.printed(name) for name in song.artist_names if name != artist]
    facts = (
        f"with {', '.join(with_whom)}" if with_whom else "",
        wording.printed(song.album_name or ""),
        (song.release_date or "")[:4],
        wording.minutes_long(song.duration_ms) if song.duration_ms else "",
    )
    sound = (energy(song.energy), mood(song.valence), tempo(song.tempo))
    return SongLine(
        track_id=song.track_id,
        name=wording.printed(song.track_name),
        facts=" · ".join(filter(None, facts)),
        sound=tuple(one for one in sound if one is not None),
    )


def _nobody(artist: ArtistPage) -> str:
    if artist.spotify_artist_id:
        return "" if artist.songs else "No song of this artist is known yet."
    if artist.outcome == "pending":
        return f"Not looked up yet. {wording.printed(artist.reason or '')}".strip()
    return wording.printed(artist.reason or "This is not somebody we look for on Spotify.")


def _verdict(artist: ArtistPage) -> str:
    if artist.outcome == "pending":
        return "Not looked up yet"
    if artist.is_decided_by_hand:
        return "Decided by hand" if artist.spotify_artist_id else "By hand: nobody on Spotify"
    if artist.spotify_artist_id:
        return _CONFIDENCE.get(artist.level or "", "")
    return "Nobody on Spotify, as far as we know" if artist.outcome else "Nobody to look for"


def _confidence(artist: ArtistPage) -> Measure | None:
    if artist.confidence is None or not artist.spotify_artist_id:
        return None
    return _as_share("Confidence", artist.confidence)


def _as_share(name: str, value: float) -> Measure:
    return Measure(name, round(min(max(value, 0.0), 1.0), 3), wording.percent(value))


def _part(part: ScorePart) -> Measure:
    return _as_share(_PARTS.get(part.part, wording.printed(part.part)), part.value)


def _candidate(one: Candidate) -> CandidateLine:
    known = f"popularity {one.popularity}" if one.popularity is not None else ""
    genres = ", ".join(map(wording.printed, one.genres[:3]))
    return CandidateLine(
        spotify_id=one.spotify_artist_id,
        name=wording.printed(one.name),
        facts=" · ".join(filter(None, (genres, known))),
        likeness=_as_share("Name alike", one.likeness),
        verdict=f"{_why(one)}; no. {one.rank} in Spotify's answer",
        is_chosen=one.is_chosen,
    )


def _why(one: Candidate) -> str:
    is_equal = one.why != "another name"
    if one.is_chosen:
        return f"Taken: {one.why}" if is_equal else "Taken"
    return f"Not taken, though {one.why}" if is_equal else "Not taken: another name"


def _waiting(artist: ArtistPage, answered: Override | None) -> str:
    """What a decision says that no refresh has followed yet."""
    if answered is None or (
        artist.is_decided_by_hand and artist.spotify_artist_id == answered.artist_id
    ):
        return ""
    if answered.artist_id is None:
        return "Decided by hand: nobody on Spotify. It holds from the next refresh on, for good."
    chosen = next(
        (one.name for one in artist.candidates if one.spotify_artist_id == answered.artist_id),
        f"the artist {answered.artist_id}",
    )
    return (
        f"Decided by hand: {wording.printed(chosen)}. It holds from the next refresh on, for good."
    )
