"""Where a visitor asks about, from what they typed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from showlist_assets.domain.gazetteer import Area, Place, find_places, suggestions

if TYPE_CHECKING:
    from showlist_assets.storage.published.publication import Publication

_FALLBACK: Final = "New York, NY"


@dataclass(frozen=True)
class Asked:
    """What a text means.

    Attributes:
        place: None where the text names no place.
        others: Other places of that name.
        hints: Names like it, where there is no place.
    """

    place: Place | Area | None
    others: tuple[Place | Area, ...] = ()
    hints: tuple[str, ...] = ()


def asked_place(text: str) -> Asked:
    """The place that ``text`` names; of several, the largest."""
    found = find_places(text)
    if not found:
        return Asked(None, hints=suggestions(text))
    return Asked(found[0], others=found[1:])


def usual_place(chosen: str, publication: Publication | None) -> Place | Area:
    """Where somebody is shown concerts who has said nothing: what is set, or where most are."""
    for text in filter(None, (chosen, publication.busiest_city if publication else "", _FALLBACK)):
        if found := find_places(text):
            return found[0]
    raise AssertionError("The gazetteer lacks New York.")
