"""The pages of shows, artists and venues, as paths of the page without its prefix."""

from __future__ import annotations

from showlist_assets.domain.names import performer_key
from showlist_assets.domain.venue_keys import venue_key
from showlist_assets.web.rendering import segment


def show_path(show_id: str) -> str:
    """The page of a show."""
    return f"/shows/{segment(show_id)}"


def artist_path(name: str) -> str:
    """The page of an act by its name as billed."""
    return f"/artists/{segment(performer_key(name))}"


def venue_path(name: str, city: str | None, state: str) -> str:
    """The page of a venue."""
    return f"/venues/{segment(venue_key(name, city, state))}"
