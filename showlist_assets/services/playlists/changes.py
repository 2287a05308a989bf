"""What a push has to write: a target, against the playlist as it was found.

What belongs here: putting a plan, what is live and what we know of it together, without asking
anybody. What does not: sending it (``push``).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from showlist_assets.domain.playlists.diff import edits, target_list
from showlist_assets.services.playlists.history import Details, WrittenTrack
from showlist_assets.services.playlists.live import (
    LivePlaylistState,
    description_with_marker,
    details_of,
    is_ours,
    one_line,
)

if TYPE_CHECKING:
    from datetime import datetime

    from showlist_assets.domain.playlists.diff import Edit, TargetList
    from showlist_assets.domain.playlists.planner import Plan, PlannedTrack


@dataclass(frozen=True)
class Target:
    """What a playlist should become: a plan, or what an earlier push left.

    Attributes:
        cover: A JPEG; None leaves the picture alone.
        rolls_back_to: The number of the earlier push.
    """

    recipe: str
    details: Details
    tracks: tuple[WrittenTrack, ...]
    cover: bytes | None = None
    rolls_back_to: int | None = None


@dataclass(frozen=True)
class PlannedChanges:
    """What has to be written.

    Attributes:
        edits: Of the list, in order.
        details: Title, description and visibility, as far as they change.
        withheld: What the listener took out, by URI, whether it is planned or not.
        skipped: URIs of planned tracks that are left out for that.
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
        found, planned = self.found, {track.uri: track for track in self.target.tracks}
        playlist = found.playlist
        return {
            "playlist_id": playlist.id if playlist else None,
            "playlist_url": playlist.url if playlist else None,
            "before": found.items,
            "ours_before": tuple(found.ours_there.values()),
            "ours": tuple(planned[uri] for uri in self.wanted.ours),
            "additions": self.wanted.additions,
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
    return Target(plan.recipe, details, tuple(_written(track) for track in plan.tracks), cover)


def planned_changes(target: Target, found: LivePlaylistState, *, now: datetime) -> PlannedChanges:
    """What makes ``found`` the target at ``now`` (UTC)."""
    withheld = found.withheld(now)
    shows = {track.uri: track.show_id for track in target.tracks}
    # For this show only: another show of the artist may bring the track again (docs/playlists.md).
    skipped = {uri for uri, track in withheld.items() if shows.get(uri) == track.show_id}
    wanted = target_list([*shows], found.items, ours=found.ours, withheld=skipped)
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
    )
