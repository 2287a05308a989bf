"""What of a show cannot be used, in words: the show is planned without it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from showlist_assets.domain.links import web_address
from showlist_assets.domain.zones import known_zone

if TYPE_CHECKING:
    from collections.abc import Iterator

    from showlist_assets.domain.playlists.plan import PlannedShow


def unusable_fields(shows: tuple[PlannedShow, ...]) -> Iterator[str]:
    """A sentence for each kind of field that is left out, with the first show as an example."""
    links = [show for show in shows if show.ticket_url and not web_address(show.ticket_url)]
    if links:
        yield (
            f"Without its ticket link, which is no address of the web: {_example(links)} "
            f"({links[0].ticket_url!r:.120})."
        )
    zones = [show for show in shows if _needs_zone(show) and not known_zone(show.venue_timezone)]
    if zones:
        yield (
            "Without its time in the calendar, because its time zone is not known: "
            f"{_example(zones)} ({zones[0].venue_timezone!r:.120})."
        )


def _needs_zone(show: PlannedShow) -> bool:
    return show.starts_at is None and show.starts_at_local is not None


def _example(shows: list[PlannedShow]) -> str:
    first = shows[0]
    more = f", and {len(shows) - 1} more" if len(shows) > 1 else ""
    return f"{first.title} on {first.local_date:%a %b} {first.local_date.day}{more}"
