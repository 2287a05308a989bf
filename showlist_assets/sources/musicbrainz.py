"""MusicBrainz: which of its artists an artist of Spotify's is (https://musicbrainz.org/doc).

It asks for one call a second, which the ledger sees to, and for a name and a contact in the
User-Agent, which the session sends.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from showlist_assets.sources.failures import BadAnswer, NotFound
from showlist_assets.sources.http.usage import ApiUsage
from showlist_assets.sources.json_values import items, mapping, printed, text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from showlist_assets.sources.http.session import ApiSession

# It takes a hundred addresses a call (its page "MusicBrainz API", "url (by text)"); so many fit
# into an address that every proxy lets through.
_ADDRESSES: Final = 50
_PAGE: Final = "https://open.spotify.com/artist/"
_MBID: Final = re.compile(r"[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}")
# Any id: whether it is linked does not matter, an answer does.
_ANY_ARTIST: Final = "0000000000000000000000"


class MusicBrainz:
    """A client; no credentials are needed.

    Attributes:
        malformed: How many links could not be read and were passed over.
    """

    def __init__(self, session: ApiSession, base_url: str) -> None:
        """Make a client of the service at ``base_url``, such as https://musicbrainz.org."""
        self._session, self._url = session, f"{base_url.rstrip('/')}/ws/2/url"
        self.malformed = 0

    @property
    def usage(self) -> ApiUsage:
        """What was sent and what was spared."""
        return self._session.usage + ApiUsage(malformed=self.malformed)

    def check(self) -> None:
        """One call, to see whether the service answers.

        Raises:
            SourceError: as ``failures`` says.
        """
        with self._session.bypassing_cache():
            self.artists_of_spotify([_ANY_ARTIST])

    def artists_of_spotify(self, ids: Sequence[str]) -> dict[str, str]:
        """MBIDs by Spotify's ids of artists, a call for fifty; who is not linked is missing.

        An id that several artists of MusicBrainz are linked to is missing, too: it would be a
        guess.

        Raises:
            SourceError: as ``failures`` says.
        """
        known: dict[str, str] = {}
        # In one order, so that the same artists are the same request to the cache.
        asked = sorted(set(ids))
        for start in range(0, len(asked), _ADDRESSES):
            known.update(self._ask(asked[start : start + _ADDRESSES]))
        return known

    def _ask(self, batch: list[str]) -> Iterator[tuple[str, str]]:
        pages = [f"{_PAGE}{one}" for one in batch]
        params: dict[str, Any] = {"resource": pages, "inc": "artist-rels", "fmt": "json"}
        try:
            with self._session.request_scope():
                links = _links(self._session.get_object(self._url, params))
        except NotFound:
            # Of a single address, none is a 404.
            return
        for link in links:
            fields = mapping(link)
            page = printed(fields.get("resource")) or ""
            artists = set(_artists(fields))
            spotify_id = page.partition("?")[0].rstrip("/").rpartition("/")[2]
            if not page.startswith(_PAGE):
                self.malformed += 1
            elif spotify_id in batch and len(artists) == 1:
                yield spotify_id, artists.pop()


def _links(answer: dict[str, Any]) -> list[Any]:
    """The addresses of an answer: a list of several, or the only one itself."""
    if "urls" in answer and isinstance(answer["urls"], list):
        return answer["urls"]
    if text(answer.get("resource")):
        return [answer]
    raise BadAnswer(
        "MusicBrainz answered without an address. Try again later.",
        service="musicbrainz",
        what="asking for artists",
    )


def _artists(link: dict[str, Any]) -> Iterator[str]:
    for relation in items(link.get("relations")):
        found = (printed(mapping(mapping(relation).get("artist")).get("id")) or "").lower()
        # A link that ended was somebody else's page, or is no more.
        if _MBID.fullmatch(found) and mapping(relation).get("ended") is not True:
            yield found
