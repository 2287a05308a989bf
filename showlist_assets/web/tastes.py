"""What a visitor likes, as pages tell it to that visitor and to nobody else.

What belongs here: reading it for whoever is logged in, a line on an artist, and what was said of
one. What does not: the scores and the sentences (``domain.recommendations``), and whom a plan
leaves out (``domain.playlists``).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from showlist_assets.domain.names import normalize
from showlist_assets.domain.playlists.taste_fit import is_of_use
from showlist_assets.web import wording
from showlist_assets.web.visitors import visitor_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    import polars as pl
    from starlette.requests import Request

    from showlist_assets.services.taste.feedback import Verdict
    from showlist_assets.web.site import Site

VERDICTS: Final[Mapping[Verdict, str]] = {
    "more": "more like this",
    "less": "less like this",
    "block": "never again",
}
"""What a listener may say of an artist, as the buttons are labelled."""
_LABELS: Final = {
    "known": "You play them.",
    "co-listening": "Close to what you play.",
    "genre": "A genre you play.",
}


@dataclass(frozen=True)
class TasteLine:
    """How an artist fits the visitor's taste: on what that rests, and the same in a sentence."""

    label: str
    words: str


@dataclass(frozen=True)
class Opinion:
    """What the visitor may say of an artist, and has said.

    Attributes:
        anchor: The same on every page, so that a script can put an answer in its place.
        path: The page of the artist, below which it is said.
        said: What was said; empty: nothing.
    """

    anchor: str
    path: str
    name: str
    said: str


class VisitorsTaste:
    """What is known of one visitor's taste; of somebody without an account nothing."""

    def __init__(
        self, fits: pl.DataFrame | None, said: pl.DataFrame | None, *, is_listener: bool
    ) -> None:
        """Of what was read.

        Args:
            fits: ``ShowTaste``; None: nothing is known.
            said: ``TasteFeedback``; None: nothing was said.
            is_listener: Whether the visitor has an account.
        """
        self._fits = fits
        self.is_listener, self.is_known = is_listener, is_of_use(fits)
        self._by_key = _rows_by(fits, "performer_key")
        self._by_artist = _rows_by(fits, "spotify_artist_id")
        said_rows = list(said.iter_rows(named=True)) if said is not None else []
        self._said: dict[str, Verdict] = {row["artist_key"]: row["verdict"] for row in said_rows}
        # Two artists on Spotify of one name are two.
        self._said_by_name: dict[str, Verdict] = {
            normalize(row["artist_name"]): row["verdict"]
            for row in said_rows
            if not row["artist_key"].startswith("spotify:")
        }

    def line_of(self, *, spotify_id: str = "", performer_key: str = "") -> TasteLine | None:
        """How the artist fits; None where nothing is known that would tell."""
        number = self._by_artist.get(spotify_id, self._by_key.get(performer_key))
        if self._fits is None or number is None:
            return None
        row = self._fits.row(number, named=True)
        if row["score"] is None or row["basis"] not in _LABELS or row["verdict"] == "block":
            return None
        from showlist_assets.domain.recommendations.explanations import explain

        # What was said is told beside the button that takes it back.
        words = explain({**row, "verdict": "none"})
        return TasteLine(_LABELS[row["basis"]], wording.printed(words))

    def opinion_of(
        self, name: str, path: str, *, spotify_id: str = "", performer_key: str = ""
    ) -> Opinion | None:
        """What the visitor may say of the artist; None for somebody without an account."""
        if not self.is_listener:
            return None
        by_name = self._said_by_name.get(normalize(name))
        verdict = self._said.get(f"spotify:{spotify_id}", by_name) if spotify_id else by_name
        digest = hashlib.sha256((performer_key or name).encode()).hexdigest()[:10]
        # The id stands in the address beside it, so that a page does not grow by another one.
        token = spotify_id if spotify_id.isascii() and spotify_id.isalnum() else digest
        return Opinion(
            anchor=f"say-{token}",
            path=path,
            name=wording.printed(name),
            said=VERDICTS[verdict] if verdict else "",
        )


def visitors_taste(request: Request, site: Site) -> VisitorsTaste:
    """What is known of whoever sent ``request``, and asks for a page that nobody else is given.

    Raises:
        AccountError, StorageError: it cannot be read.
    """
    account = visitor_of(request, site).account
    if account is None:
        return NOBODYS
    platform = site.platform
    fits, said = platform.listeners_taste.of(account), platform.taste_feedback.read(account)
    return VisitorsTaste(fits, said, is_listener=True)


def _rows_by(fits: pl.DataFrame | None, name: str) -> Mapping[Any, int]:
    """The best row of each, by ``name``."""
    if fits is None:
        return {}
    found: dict[Any, int] = {}
    best = fits.with_row_index("number").sort("score", descending=True, nulls_last=True)
    for value, number in best.select(name, "number").iter_rows():
        if value:
            found.setdefault(value, number)
    return found


NOBODYS: Final = VisitorsTaste(None, None, is_listener=False)
"""What is known of somebody without an account."""
