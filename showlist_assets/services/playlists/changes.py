"""What a push has to write: a target, against the playlist as it was found.

What belongs here: putting a plan, what is live and what we know of it together, without asking
anybody. What does not: sending it (``push``).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, TypeAlias

from showlist_assets.domain.playlists.diff import Add, Remove, edits, target_list
from showlist_assets.domain.playlists.filled import filled_plan
from showlist_assets.services.playlists.cover import CoverError
from showlist_assets.services.playlists.departures import Departures
from showlist_assets.services.playlists.history import Details, WriteStep, WrittenTrack
from showlist_assets.services.playlists.live import (
    LivePlaylistState,
    description_with_marker,
    details_of,
    is_ours,
    one_line,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from showlist_assets.domain.playlists.diff import Edit, TargetList
    from showlist_assets.domain.playlists.plan import Plan, PlannedTrack

DrawCover: TypeAlias = "Callable[[Plan], bytes | None]"


@dataclass(frozen=True)
class Target:
    """What a playlist should become: a plan, or what an earlier push left.

    Attributes:
        tracks: Before the listener's wishes.
        plan: With which they are filled up where the listener has taken some out; None for a
            rollback.
        draw_cover: Makes the JPEG of what the playlist becomes; None leaves the picture alone.
        rolls_back_to: The number of the earlier push.
    """

    recipe: str
    details: Details
    tracks: tuple[WrittenTrack, ...]
    plan: Plan | None = None
    draw_cover: DrawCover | None = None
    rolls_back_to: int | None = None

    @property
    def candidates(self) -> dict[str, WrittenTrack]:
        """Whatever may be written, by URI."""
        reserve = self.plan.reserve if self.plan else ()
        return {track.uri: track for track in (*self.tracks, *(_written(r.track) for r in reserve))}


@dataclass(frozen=True)
class PlannedChanges:
    """What has to be written.

    Attributes:
        target: With the title and description of what is heard.
        plan: Filled up from its reserve; None for a rollback.
        edits: Of the list, in order.
        details: Title, description and visibility, as far as they change.
        withheld: What the listener took out, by URI, whether it is planned or not.
        skipped: URIs of planned tracks, and of the reserve, that are left out for that.
        cover: To be uploaded, if any.
        without_cover: Why none could be drawn, in words; the list is written all the same.
        departures: What is known of the shows of tracks that leave.
    """

    target: Target
    plan: Plan | None
    found: LivePlaylistState
    wanted: TargetList
    edits: list[Edit]
    details: dict[str, Any]
    withheld: dict[str, WrittenTrack]
    skipped: set[str]
    cover: bytes | None
    without_cover: str = ""
    departures: Departures = field(default_factory=Departures)

    @property
    def removed(self) -> tuple[WrittenTrack, ...]:
        """Our tracks that leave."""
        stays = set(self.wanted.items)
        return tuple(track for uri, track in self.found.ours_there.items() if uri not in stays)

    @property
    def ours(self) -> tuple[WrittenTrack, ...]:
        """What is ours afterwards, in order, each with the show that it stands for now."""
        planned = self.target.candidates
        return tuple(planned[uri] for uri in self.wanted.ours)

    @property
    def departed(self) -> tuple[str, ...]:
        """Why shows left, where they are off or have moved, in sentences.

        The song of an artist who has another night stays, and stands for that one.
        """
        return self.departures.of(self.removed, self._stay_for_another_show())

    def _stay_for_another_show(self) -> list[WrittenTrack]:
        there = self.found.ours_there
        pairs = [(there[now.uri], now) for now in self.ours if now.uri in there]
        return [
            then for then, now in pairs if (then.state, then.show_id) != (now.state, now.show_id)
        ]

    @property
    def writes(self) -> int:
        """Requests that change something."""
        is_new = self.found.playlist is None
        return len(self.edits) + bool(self.details) + bool(self.cover) + is_new

    def noted(self) -> dict[str, Any]:
        """What a history row says of it before it is done."""
        found = self.found
        playlist = found.playlist
        return {
            "playlist_id": playlist.id if playlist else None,
            "playlist_url": playlist.url if playlist else None,
            "before": found.items,
            "ours_before": tuple(found.ours_there.values()),
            "ours": self.ours,
            "additions": self.wanted.additions,
            "items": self.wanted.items,
            "steps": tuple(map(_step, self.edits)),
            "withheld": tuple(self.withheld.values()),
            "departed": self.departed,
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


def target_of(plan: Plan, *, public: bool, draw_cover: DrawCover | None = None) -> Target:
    """What ``plan`` makes of its playlist."""
    return Target(
        plan.recipe,
        _details(plan, public=public),
        tuple(_written(track) for track in plan.tracks),
        plan,
        draw_cover,
    )


def _details(plan: Plan, *, public: bool | None) -> Details:
    return Details(
        title=one_line(plan.title),
        description=description_with_marker(plan.description, plan.recipe),
        public=public,
    )


def planned_changes(
    target: Target, found: LivePlaylistState, departures: Departures | None = None
) -> PlannedChanges:
    """What makes ``found`` the target."""
    withheld = found.withheld
    skipped = {
        uri
        for uri, track in target.candidates.items()
        if any(out.keeps_out(track) for out in withheld.values())
    }
    theirs = set(found.items) - set(found.ours)
    plan = target.plan and filled_plan(target.plan, without=skipped, elsewhere=theirs)
    target = _worded_as_heard(target, plan, found)
    planned = plan.uris if plan else [track.uri for track in target.tracks]
    cover, without_cover = _cover_to_upload(target, plan, found)
    wanted = target_list(planned, found.items, ours=found.ours, withheld=skipped)
    return PlannedChanges(
        target=target,
        plan=plan,
        found=found,
        wanted=wanted,
        edits=edits(found.items, wanted),
        details=_details_to_change(target, found),
        withheld=withheld,
        skipped=skipped,
        cover=cover,
        without_cover=without_cover,
        departures=departures or Departures(),
    )


def _worded_as_heard(target: Target, plan: Plan | None, found: LivePlaylistState) -> Target:
    if plan is None:
        return target
    # Of no track at all there is nothing to tell: what was written last stays.
    details = (
        _details(plan, public=target.details.public)
        if plan.tracks or found.last is None
        else found.last.details
    )
    return replace(target, details=details)


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


def _cover_to_upload(
    target: Target, plan: Plan | None, found: LivePlaylistState
) -> tuple[bytes | None, str]:
    """The picture, if another one is there, and why none could be drawn."""
    if target.draw_cover is None or plan is None or not plan.tracks:
        return None, ""
    try:
        cover = target.draw_cover(plan)
    except CoverError as failure:
        return None, f"The cover was not drawn: {failure}"
    known = found.last.cover if found.last else None
    return (cover if cover and digest(cover) != known else None), ""


def _written(track: PlannedTrack) -> WrittenTrack:
    return WrittenTrack(
        uri=track.uri,
        show_id=track.show_id,
        local_date=track.local_date,
        last_date=track.last_date,
        venue_name=track.venue_name,
        venue_city=track.venue_city,
        state=track.state,
        label=f"{track.artist_name} - {track.track_name}",
        artist_name=track.artist_name,
        artist_id=track.spotify_artist_id,
        isrc=track.isrc,
        recording=track.recording,
    )
