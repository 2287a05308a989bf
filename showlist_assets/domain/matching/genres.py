"""Whether the genre a site bills and the genres of an artist page can be the same music."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

# Word stems by family. Sites and Spotify use different taxonomies, so only families can be
# compared; a genre may belong to several ("country rock", "latin pop").
_STEMS: dict[str, str] = {
    "rock": (
        r"rock|metal|\w*core\b|jam band|grunge|emo|shoegaze|britpop|alternative|indie|punk|new wave"
    ),
    "metal": r"metal|deathcore|djent|hardcore|sludge|doom|grindcore|brutal",
    "pop": r"pop|boy band|girl group|idol|adult standards",
    "hip hop": r"hip.?hop|rap|trap|drill|grime|boom bap|crunk|phonk",
    "soul": r"r ?(?:&|n|and) ?b|soul|funk|motown|disco|quiet storm|neo soul",
    "country": r"country|americana|bluegrass|folk|banjo|red dirt|outlaw|singer.songwriter",
    "electronic": (
        r"dance|electr|edm|house|techno|trance|dubstep|brostep|bass\b|dnb|jungle|rave|club|"
        r"ambient|downtempo|synth|jamtronica|hardstyle|garage"
    ),
    "jazz": r"jazz|swing|bop\b|big band|blues|lounge",
    "blues": r"blues",
    "latin": (
        r"latin|salsa|reggaeton|banda|norte|corrido|cumbia|bachata|mexican|ranchera|tejano|urbano|"
        r"sertanejo|bolero|mariachi|merengue|tropical|espanol|flamenco|brasil"
    ),
    "classical": r"classical|orchestra|opera|symphon|choir|choral|baroque|chamber|composer|piano",
    "reggae": r"reggae|ska\b|dancehall|dub\b|rocksteady|soca",
    "religious": r"religious|christian|gospel|worship|ccm|anthem",
    "children": r"child|kids|family|nursery",
    "spoken": r"comedy|comic|lecture|spoken|podcast|theatre|theater",
}
_FAMILIES = tuple((family, re.compile(rf"\b(?:{stems})")) for family, stems in _STEMS.items())


@lru_cache(maxsize=50_000)
def _families_of(genre: str) -> frozenset[str]:
    lowered = genre.lower()
    return frozenset(family for family, stems in _FAMILIES if stems.search(lowered))


def genre_families(genres: Iterable[str]) -> frozenset[str]:
    """The broad families ("rock", "hip hop", ...) that any of ``genres`` belongs to."""
    return frozenset[str]().union(*map(_families_of, genres))


def genres_agree(billed: Iterable[str], listed: Iterable[str]) -> bool | None:
    """True if both sides share a family, False if they share none, None if either says nothing."""
    ours, theirs = genre_families(billed), genre_families(listed)
    return bool(ours & theirs) if ours and theirs else None
