"""A playlist as it is, and whose each thing in it is: ours, or the listener's.

What belongs here: what can be told from Spotify's answer and our newest row about it. What does
not: what to do about it (``push``).
"""

from __future__ import annotations

import html
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from showlist_assets.domain.playlists.templates import LONGEST_DESCRIPTION
from showlist_assets.services.playlists.history import Details

if TYPE_CHECKING:
    from collections.abc import Sequence

    from showlist_assets.services.playlists.history import PushRow, WrittenTrack
    from showlist_assets.sources.spotify.playlists import LivePlaylist


@dataclass(frozen=True)
class LivePlaylistState:
    """The playlist as it is, and what we know of it.

    Attributes:
        playlist: None where there is none yet.
        items: Its URIs in order.
        last: Our newest push to this very playlist.
    """

    playlist: LivePlaylist | None
    items: tuple[str, ...] = ()
    last: PushRow | None = None

    @cached_property
    def ours(self) -> dict[str, WrittenTrack]:
        """Our tracks that may be in it, by URI; an unfinished push may have left either list."""
        if self.last is None:
            return {}
        # A push that died may have landed none of its writes, or all.
        unsettled = () if self.last.status == "done" else self.last.ours_before
        return {track.uri: track for track in (*unsettled, *self.last.ours)}

    @property
    def ours_there(self) -> dict[str, WrittenTrack]:
        """Those of them that are in it."""
        return {uri: track for uri, track in self.ours.items() if uri in self.items}

    @cached_property
    def withheld(self) -> dict[str, WrittenTrack]:
        """What the listener took out and has not put back, by URI.

        Where none of an artist's songs is left, the artist was taken out with them; where none is
        left of those for one show, the artist was taken out of that show, whatever its id is now.
        """
        if self.last is None:
            return {}
        had = self.last.left_behind(self.items)
        taken = [track for uri, track in self.ours.items() if uri in had - set(self.items)]
        known = {track.uri: track for track in (*self.last.withheld, *taken)}
        there = [track for uri, track in known.items() if uri in self.items]
        there += self.ours_there.values()
        return {
            uri: _withheld(track, taken=taken, there=there)
            for uri, track in known.items()
            if uri not in self.items
        }

    @property
    def newly_taken_out(self) -> tuple[WrittenTrack, ...]:
        """What the listener has taken out since our newest push, and no song that went by itself.

        Nothing where more than half of ours are gone: a list that is cleared says nothing of one
        song.
        """
        # Spotify tells that an item is gone, and not which.
        if self.last is None or self._went > 0:
            return ()
        known = {track.uri for track in self.last.withheld}
        taken = tuple(track for uri, track in self.withheld.items() if uri not in known)
        return () if len(taken) > len(self.ours_there) else taken

    @property
    def still_untold(self) -> tuple[WrittenTrack, ...]:
        """What was taken out before, and could not be told to whoever hears of it."""
        return tuple(track for track in self.withheld.values() if track.untold)

    @property
    def _went(self) -> int:
        return self.items.count("") - (self.last.after.count("") if self.last else 0)

    @property
    def is_as_we_left_it(self) -> bool:
        """Whether the list holds what our newest push left, which ended well."""
        return (
            self.last is not None and self.last.status == "done" and self.last.after == self.items
        )


def _withheld(
    track: WrittenTrack, *, taken: Sequence[WrittenTrack], there: Sequence[WrittenTrack]
) -> WrittenTrack:
    """``track``, and whether its artist or its show went with it: none of their songs is there."""
    artist, show = track.artist_id, track.show
    artist_went = track.with_artist or (artist != "" and any(artist == t.artist_id for t in taken))
    show_went = track.with_show or (show is not None and any(show == t.show for t in taken))
    return track.model_copy(
        update={
            "with_artist": artist_went and all(artist != t.artist_id for t in there),
            "with_show": show_went and all(show != t.show for t in there),
        }
    )


def marker(recipe: str) -> str:
    """What a playlist's description ends with, so that it is found again by it."""
    # In the description, because Spotify gives an app no field of its own on a playlist.
    return f"(showlist: {recipe})"


def has_marker(playlist: LivePlaylist, recipe: str) -> bool:
    """Whether the playlist says that it is the recipe's."""
    return marker(recipe) in one_line(playlist.description)


def description_with_marker(text: str, recipe: str) -> str:
    """``text`` in one line, cut to what Spotify takes, and the marker behind it."""
    plain, room = one_line(text), LONGEST_DESCRIPTION - len(marker(recipe)) - 1
    if len(plain) > room:
        plain = plain[: room - 1].rsplit(" ", 1)[0].rstrip(" ,;:") + "…"
    return f"{plain} {marker(recipe)}".strip()


def is_ours(name: str, value: object, last: PushRow | None) -> bool:
    """Whether nobody but us has put it there; Spotify may also tell it otherwise than it was sent.

    Without this, a description that Spotify alters would be written again with every push.
    """
    if last is None:
        return True
    unsettled = None if last.status == "done" else last.details_before
    return any(value == getattr(one, name) for one in (last.details, unsettled) if one)


def details_of(playlist: LivePlaylist) -> Details:
    """How the playlist presents itself now, written as our own details are."""
    return Details(
        title=one_line(playlist.name),
        description=one_line(playlist.description),
        public=playlist.public,
    )


def one_line(text: str) -> str:
    """``text`` without line breaks and without the HTML entities that Spotify puts into it."""
    # Descriptions are read back escaped, slashes too (spotify/web-api#980).
    return " ".join(html.unescape(text).split())
