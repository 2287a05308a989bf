"""Why songs left a playlist: their show is off, or has moved out of what the recipe asks for.

What belongs here: which of a push's removals the history of shows explains. What does not: the
words (``domain.playlists.show_fates``), and what is removed (``changes``).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from showlist_assets.domain.playlists.show_fates import ShowFates, why_left

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import date

    from showlist_assets.domain.playlists.plan import PlannedShow
    from showlist_assets.domain.playlists.windows import Days
    from showlist_assets.services.playlists.history import WrittenTrack


@dataclass(frozen=True)
class Departures:
    """What is known of the shows whose songs leave.

    Attributes:
        fates: What became of shows.
        planned: The shows that the recipe still lets through: their songs left for other reasons.
        days: Those that the recipe means.
        today: The listener's date.
    """

    fates: ShowFates = field(default_factory=ShowFates)
    planned: tuple[PlannedShow, ...] = ()
    days: Days | None = None
    today: date | None = None

    def of(
        self, removed: Iterable[WrittenTrack], staying: Collection[WrittenTrack] = ()
    ) -> tuple[str, ...]:
        """A sentence for each show that the history explains, in order.

        Args:
            removed: What leaves.
            staying: What stays for another show than it was written for.
        """
        listed = {(show.state, show.show_id) for show in self.planned}
        left: dict[tuple[str, str], list[WrittenTrack]] = {}
        for track in (*removed, *staying):
            key = track.state, track.show_id
            if key not in listed and not self._is_over(track):
                left.setdefault(key, []).append(track)
        known = self.fates.of(tracks[0] for tracks in left.values())
        told = [
            why_left(tracks[0], _acts(tracks, staying), fate, self.days)
            for key, tracks in left.items()
            if (fate := known.get(key))
        ]
        return tuple(filter(None, told))

    def still_on(self, tracks: Iterable[WrittenTrack]) -> tuple[WrittenTrack, ...]:
        """``tracks`` without those whose show is off."""
        tracks = tuple(tracks)
        known = self.fates.of(tracks)
        return tuple(
            track
            for track in tracks
            if self._is_over(track)
            or not ((fate := known.get((track.state, track.show_id))) and fate.is_off)
        )

    def ahead(self, tracks: Iterable[WrittenTrack]) -> tuple[WrittenTrack, ...]:
        """``tracks`` without those whose show is off, or plays today for the last time, or is over.

        A song that stands for no show stays.
        """
        return tuple(
            track
            for track in self.still_on(tracks)
            if not track.show_id or self.today is None or track.last_day > self.today
        )

    def _is_over(self, track: WrittenTrack) -> bool:
        # What became of a show after its date is no reason.
        return self.today is not None and track.last_day < self.today


def _acts(tracks: Iterable[WrittenTrack], staying: Collection[WrittenTrack]) -> str:
    named: dict[str, bool] = {}
    for track in tracks:
        name = track.artist_name or track.label
        named[name] = named.get(name, False) or track in staying
    return ", ".join(
        f"{name} (whose song stays for another night)" if stays else name
        for name, stays in named.items()
    )
