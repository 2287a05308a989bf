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


# The words of Spotify's genres by which a page tells its country, for the tags that sites print.
_COUNTRIES: dict[str, str] = {
    "uk": r"uk|british|brit\w+|english|scottish|welsh|london",
    "us": r"us|american|texas|california|chicago|nashville|east coast|west coast|atl|la|nyc",
    "au": r"australian|aussie",
    "nz": r"nz|new zealand|kiwi",
    "ca": r"canadian",
    "de": r"german|deutsch\w*",
    "fr": r"french|francais\w*|chanson",
    "es": r"spanish|espanol\w*|spain",
    "it": r"italian\w*",
    "nl": r"dutch|nederland\w*",
    "be": r"belgian|belge",
    "se": r"swedish|svensk\w*",
    "no": r"norwegian|norsk\w*",
    "dk": r"danish|dansk\w*",
    "fi": r"finnish|suomi\w*",
    "at": r"austrian",
    "ch": r"swiss",
    "ie": r"irish",
    "pl": r"polish|polsk\w*",
    "pt": r"portuguese",
    "br": r"brazil\w*|brasil\w*",
    "mx": r"mexican\w*|mexicano",
    "ar": r"argentin\w*",
    "cl": r"chilen\w*|chilean",
    "co": r"colombian\w*",
    "pr": r"puerto rican|boricua",
    "jp": r"j-\w+|japanese",
    "kr": r"k-?pop|korean",
    "il": r"israeli\w*",
    "za": r"south african",
}
_SAME_TAG: dict[str, str] = {
    "usa": "us", "aus": "au", "can": "ca", "ger": "de", "fra": "fr", "esp": "es", "ita": "it",
    "bel": "be", "swe": "se", "nor": "no", "den": "dk", "fin": "fi", "aut": "at", "irl": "ie",
    "bra": "br", "mex": "mx", "arg": "ar", "jpn": "jp", "kor": "kr", "sa": "za",
}  # fmt: skip
_NATIONS = {tag: re.compile(rf"\b(?:{stems})\b") for tag, stems in _COUNTRIES.items()}


def from_country(tag: str, genres: Iterable[str]) -> bool | None:
    """Whether ``genres`` tell the country of ``tag`` ("uk"); None where they tell no country."""
    told = " / ".join(genres).lower()
    known = _SAME_TAG.get(tag, tag)
    if known in _NATIONS and _NATIONS[known].search(told):
        return True
    others = any(nation.search(told) for other, nation in _NATIONS.items() if other != known)
    return False if others else None
