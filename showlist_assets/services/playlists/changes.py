"""What a push has to write: a target, against the playlist as it was found.

What belongs here: putting a plan, what is live and what we know of it together, without asking
anybody. What does not: sending it (``push``).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from showlist_assets.domain.playlists.diff import Add, Remove, edits, target_list
from showlist_assets.services.playlists.history import Details, WriteStep, WrittenTrack
from showlist_assets.services.playlists.live import (
    LivePlaylistState,
    description_with_marker,
    details_of,
    is_ours,
    one_line,
)

if TYPE_CHECKING:
    from showlist_assets.domain.playlists.diff import Edit, TargetList
    from showlist_assets.domain.playlists.planner import Plan, PlannedTrack


@dataclass(frozen=True)
class Target:
    """What a playlist should become: a plan, or what an earlier push left.

    Attributes:
        reserve: Tracks that fill the list up where the listener has taken some out, the best first,
            each with how many of ``tracks`` stand before it.
        cover: A JPEG; None leaves the picture alone.
        rolls_back_to: The number of the earlier push.
    """

    recipe: str
    details: Details
    tracks: tuple[WrittenTrack, ...]
    reserve: tuple[tuple[int, WrittenTrack], ...] = ()
    cover: bytes | None = None
    rolls_back_to: int | None = None

    @property
    def candidates(self) -> dict[str, WrittenTrack]:
        """Whatever may be written, by URI."""
        return {track.uri: track for track in (*self.tracks, *(one for _, one in self.reserve))}


@dataclass(frozen=True)
class PlannedChanges:
    """What has to be written.

    Attributes:
        edits: Of the list, in order.
        details: Title, description and visibility, as far as they change.
        withheld: What the listener took out, by URI, whether it is planned or not.
        skipped: URIs of planned tracks, and of the reserve, that are left out for that.
        cover: To be uploaded, if any.
    """

    target: Target
    found: LivePlaylistState
    wanted: TargetList
    edits: list[Edit]
    details: dict[str, Any]
    withheld: dict[str, WrittenTrack]
    skipped: set[str]
    cover: bytes | None

    @property
    def writes(self) -> int:
        """Requests that change something."""
        is_new = self.found.playlist is None
        return len(self.edits) + bool(self.details) + bool(self.cover) + is_new

    def noted(self) -> dict[str, Any]:
        """What a history row says of it before it is done."""
        found, planned = self.found, self.target.candidates
        playlist = found.playlist
        return {
            "playlist_id": playlist.id if playlist else None,
            "playlist_url": playlist.url if playlist else None,
            "before": found.items,
            "ours_before": tuple(found.ours_there.values()),
            "ours": tuple(planned[uri] for uri in self.wanted.ours),
            "additions": self.wanted.additions,
            "items": self.wanted.items,
            "steps": tuple(map(_step, self.edits)),
            "withheld": tuple(self.withheld.values()),
            "details": self.target.details,
            "details_before": self._own_details_before(),
            "rolled_back_to": self.target.rolls_back_to,
            # Until the new one has been uploaded, which comes last and may fail.
            "cover": found.last.cover if found.last else None,
        }

    def _own_details_before(self) -> Details | None:
        """What is live, but for what the listener changed by hand: that never was ours."""
        if self.found.playlist is None:
            return None
        live = details_of(self.found.playlist).model_dump()
        return self.target.details.model_copy(update={name: live[name] for name in self.details})


def target_of(plan: Plan, *, public: bool, cover: bytes | None) -> Target:
    """What ``plan`` makes of its playlist."""
    details = Details(
        title=one_line(plan.title),
        description=description_with_marker(plan.description, plan.recipe),
        public=public,
    )
    return Target(
        plan.recipe,
        details,
        tuple(_written(track) for track in plan.tracks),
        tuple((one.behind, _written(one.track)) for one in plan.reserve),
        cover,
    )


def planned_changes(target: Target, found: LivePlaylistState) -> PlannedChanges:
    """What makes ``found`` the target."""
    withheld = found.withheld
    skipped = {
        uri
        for uri, track in target.candidates.items()
        if any(out.keeps_out(track) for out in withheld.values())
    }
    # What is there by the listener's own hand fills nothing up: it would be there twice.
    theirs = set(found.items) - set(found.ours)
    wanted = target_list(
        _filled_up(target, skipped, theirs), found.items, ours=found.ours, withheld=skipped
    )
    return PlannedChanges(
        target=target,
        found=found,
        wanted=wanted,
        edits=edits(found.items, wanted),
        details=_details_to_change(target, found),
        withheld=withheld,
        skipped=skipped,
        cover=_cover_to_upload(target, found),
    )


def _filled_up(target: Target, skipped: set[str], theirs: set[str]) -> list[str]:
    """The target's tracks in order, with as many of the reserve as are skipped."""
    planned = [track.uri for track in target.tracks]
    lacking = len(skipped.intersection(planned))
    usable = [
        (behind, track.uri)
        for behind, track in target.reserve
        if track.uri not in skipped and track.uri not in theirs and track.uri not in planned
    ]
    spare = [(behind, 0, uri) for behind, uri in usable[:lacking]]
    ordered = sorted(
        [*spare, *((place, 1, uri) for place, uri in enumerate(planned))], key=lambda one: one[:2]
    )
    return [uri for *_, uri in ordered]


def _step(edit: Edit) -> WriteStep:
    if isinstance(edit, Add):
        return WriteStep(added=edit.uris)
    return WriteStep(removed=edit.uris) if isinstance(edit, Remove) else WriteStep()


def digest(cover: bytes) -> str:
    """By which the history knows a picture again."""
    # Spotify tells addresses of a cover and never its bytes.
    return hashlib.sha256(cover).hexdigest()


def _details_to_change(target: Target, found: LivePlaylistState) -> dict[str, Any]:
    """What of title, description and visibility is ours and not as it should be."""
    if found.playlist is None:
        return {}
    live, wanted = details_of(found.playlist), target.details.model_dump()
    return {
        name: wanted[name]
        for name, value in live.model_dump().items()
        # Spotify tells ``public`` as null where it is "not relevant" (OpenAPI description).
        if value is not None and value != wanted[name] and is_ours(name, value, found.last)
    }


def _cover_to_upload(target: Target, found: LivePlaylistState) -> bytes | None:
    known = found.last.cover if found.last else None
    return target.cover if target.cover and digest(target.cover) != known else None


def _written(track: PlannedTrack) -> WrittenTrack:
    return WrittenTrack(
        uri=track.uri,
        show_id=track.show_id,
        local_date=track.local_date,
        label=f"{track.artist_name} - {track.track_name}",
        artist_id=track.spotify_artist_id,
        isrc=track.isrc,
        recording=track.recording,
    )
