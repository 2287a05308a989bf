"""What listeners say of artists: more, less, block, and taking it back.

What belongs here: whom a name or a link means, and keeping what was said. What does not: what it
does to a score (``domain.recommendations.weights``, ``show_scores``). Whoever says something has
``Tastes.recompute`` called afterwards, or it counts from the next refresh on.
"""

from __future__ import annotations

import re
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal

import polars as pl

from showlist_assets.domain.matching.overrides import artist_id_from
from showlist_assets.domain.names import normalize
from showlist_assets.domain.recommendations.artist_keys import (
    artist_key,
    ids_of_track,
    with_right_keys,
)
from showlist_assets.domain.recommendations.show_scores import FIRST_ROWS
from showlist_assets.domain.tables.columns import polars_schema
from showlist_assets.domain.tables.listening.taste_feedback import TasteFeedback
from showlist_assets.errors import ShowlistError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import datetime

    from showlist_assets.services.listeners.accounts import AccountStore
    from showlist_assets.storage.listening import ListeningStore
    from showlist_assets.storage.tables import TableStore

Verdict = Literal["more", "less", "block"]
SaidBy = Literal["command", "page", "listenbrainz", "playlist"]

_LOCK_SECONDS: Final = 10.0
# A track's, an album's, or another service's: no name of an artist looks like it.
_LINK: Final = re.compile(r"\w+://|spotify:\w+:|(?:\w+\.)*spotify\.(?:com|link)/", re.IGNORECASE)
# A song that is taken out says less than a word.
_BY_HAND: Final = ("command", "page")


class UnknownArtistError(ShowlistError):
    """Nobody can be meant."""


@dataclass(frozen=True)
class SaidOf:
    """The artist that was meant.

    Attributes:
        key: As ``TasteFeedback`` has it.
        name: The artist's name.
        is_known: Whether the listener plays them or they play soon; else it was only noted.
        keys: Further ones that are known of the artist.
    """

    key: str
    name: str
    is_known: bool
    keys: frozenset[str] = field(default=frozenset(), repr=False)


class Feedback:
    """The tables ``TasteFeedback`` of all listeners."""

    def __init__(
        self,
        store: ListeningStore,
        tables: TableStore,
        accounts: AccountStore,
        *,
        clock: Callable[[], datetime],
    ) -> None:
        """Read nothing yet; ``accounts`` say how a listener may be called."""
        self._store, self._tables, self._accounts = store, tables, accounts
        self._clock = clock

    def read(self, account: str) -> pl.DataFrame:
        """All that ``account`` said.

        Raises:
            AccountError, StorageError: it cannot be read.
        """
        return with_right_keys(self._store.read(account, "taste_feedback"))

    def say(
        self, account: str, artist: str, verdict: Verdict, *, said_by: SaidBy = "command"
    ) -> SaidOf:
        """Note ``verdict`` on ``artist``, in the place of what was said of them before.

        Args:
            account: Whose word it is.
            artist: A name, a link, URI or id of Spotify's, or mbid:ID.
            verdict: What it is.
            said_by: Where it was said.

        Raises:
            UnknownArtistError: nobody can be meant by it, such as by a link to a song.
            AccountError, StorageError: it cannot be read or written.
        """
        if not artist_id_from(artist) and _LINK.match(artist.strip()):
            raise UnknownArtistError(
                f"{artist.strip()} is no link to an artist on Spotify. Name the artist, or give "
                "the link that the artist's own page there has."
            )
        meant = self.meant(account, artist)
        self._note(account, meant, verdict, said_by)
        return meant

    def taken_out(self, account: str, artist_id: str, artist_name: str) -> None:
        """A song of the artist was taken out of a playlist: less, unless the listener said more.

        Args:
            account: Whose playlist it is.
            artist_id: On Spotify; or mbid:ID, as a playlist without shows has it.
            artist_name: As people read it.

        Raises:
            AccountError, StorageError: it cannot be read or written.
        """
        # Who plays soon would tell no other id.
        played = self._store.read(account, "taste")
        meant = self._by_ids(played, *ids_of_track(artist_id), artist_name)
        said = self._said_of(self.read(account), meant)
        if said.filter(pl.col("said_by").is_in(_BY_HAND)).is_empty():
            self._note(account, meant, "less", "playlist")

    def take_over(self, account: str, liked: Mapping[str, bool]) -> int:
        """Keep what ListenBrainz knows of artists: more where liked, else less.

        Whatever was said here stays, by hand or by taking a song out. ListenBrainz' "hate" is said
        of a song, so that it is no block of the artist.

        Args:
            account: Whose word it is.
            liked: Whether they like the artist, by name.

        Returns:
            Of how many artists something else is kept now.

        Raises:
            AccountError, StorageError: it cannot be read or written.
        """
        known, changed = self._known(account), 0
        with self._alone(account):
            said = before = self.read(account)
            for artist, is_liked in liked.items():
                if not normalize(artist):
                    continue
                meant = self._named(known, artist)
                verdict: Verdict = "more" if is_liked else "less"
                of_artist = self._said_of(said, meant)
                is_ours = pl.col("said_by") != "listenbrainz"
                if not of_artist.filter(is_ours | (pl.col("verdict") == verdict)).is_empty():
                    continue
                row = self._row(meant, verdict, "listenbrainz")
                said = pl.concat([said.join(of_artist, on="artist_key", how="anti"), row])
                changed += 1
            if said is not before:
                self._store.write(account, "taste_feedback", said)
        return changed

    def take_back(self, account: str, artist: str) -> SaidOf | None:
        """Forget what was said of ``artist``; None where nothing was.

        Raises:
            UnknownArtistError: nobody can be meant by it.
            AccountError, StorageError: it cannot be read or written.
        """
        meant = self.meant(account, artist)
        with self._alone(account):
            before = self.read(account)
            said = self._said_of(before, meant)
            if said.is_empty():
                return None
            self._store.write(
                account, "taste_feedback", before.join(said, on="artist_key", how="anti")
            )
        return meant

    def meant(self, account: str, artist: str) -> SaidOf:
        """Whom ``artist`` means: of those whom the listener plays or who play soon, if of any.

        Raises:
            UnknownArtistError: it is blank.
        """
        wanted = artist.strip()
        spotify_id = artist_id_from(wanted)
        mbid = ids_of_track(wanted)[0]
        if not normalize(wanted):
            raise UnknownArtistError("Name an artist, or give a link to one on Spotify.")
        known = self._known(account)
        if mbid or spotify_id:
            return self._by_ids(known, mbid, spotify_id)
        return self._named(known, wanted)

    @staticmethod
    def _by_ids(
        known: pl.DataFrame, mbid: str | None, spotify_id: str | None, name: str = ""
    ) -> SaidOf:
        """The artist of these ids, called ``name`` where nobody calls them otherwise."""
        column, wanted = ("artist_mbid", mbid) if mbid else ("spotify_artist_id", spotify_id)
        found = known.filter(pl.col(column) == wanted) if wanted else known.clear()
        name = name or (found["artist_name"][0] if found.height else wanted or "")
        keys = {f"mbid:{one}" for one in found["artist_mbid"].drop_nulls()}
        keys |= {f"spotify:{one}" for one in found["spotify_artist_id"].drop_nulls()}
        key = artist_key(mbid, spotify_id, name)
        return SaidOf(key, name, not found.is_empty(), frozenset(keys))

    @staticmethod
    def _named(known: pl.DataFrame, wanted: str) -> SaidOf:
        names = pl.Series([normalize(name) for name in known["artist_name"]], dtype=pl.String)
        found = known.filter(names == normalize(wanted))
        if found.is_empty():
            return SaidOf(artist_key(None, None, wanted), wanted, is_known=False)
        # Of several artists of one name, by the name: then it is said of all of them.
        ids = found["spotify_artist_id"].drop_nulls().unique().to_list()
        only = ids[0] if len(ids) == 1 else None
        name = found["artist_name"][0]
        return SaidOf(artist_key(None, only, name), name, is_known=True)

    def _known(self, account: str) -> pl.DataFrame:
        """artist_name and both ids of whoever the listener plays, then of who plays soon."""
        self._accounts.check_name(account)
        columns = ["artist_name", "spotify_artist_id", "artist_mbid"]
        played = self._store.read(account, "taste").select(columns)
        soon = self._tables.read_all("upcoming_shows", where=FIRST_ROWS).select(
            "spotify_artist_id",
            artist_name=pl.coalesce("spotify_artist_name", "performer_name"),
            artist_mbid=pl.lit(None, pl.String),
        )
        return pl.concat([played, soon.select(columns)]).unique(maintain_order=True)

    @staticmethod
    def _said_of(said: pl.DataFrame, meant: SaidOf) -> pl.DataFrame:
        """The rows about the artist: by the same key, or by the same name where that is one's."""
        name = normalize(meant.name)
        same_name = [normalize(one) == name for one in said["artist_name"]]
        is_same = pl.Series("is_same", same_name, dtype=pl.Boolean)
        # Two artists of one name are two where one service gives them two ids.
        service = meant.key.partition(":")[0]
        is_same_kind = pl.col("artist_key").str.starts_with(f"{service}:")
        is_namesake = is_same_kind & (service != "name")
        keys = [meant.key, *meant.keys]
        return said.filter(pl.col("artist_key").is_in(keys) | (is_same & ~is_namesake))

    def _note(self, account: str, meant: SaidOf, verdict: Verdict, said_by: SaidBy) -> None:
        row = self._row(meant, verdict, said_by)
        with self._alone(account):
            before = self.read(account)
            others = before.join(self._said_of(before, meant), on="artist_key", how="anti")
            self._store.write(account, "taste_feedback", pl.concat([others, row]))

    def _row(self, meant: SaidOf, verdict: Verdict, said_by: SaidBy) -> pl.DataFrame:
        return pl.DataFrame(
            [(meant.key, meant.name, verdict, said_by, self._clock())],
            schema=polars_schema(TasteFeedback),
            orient="row",
        )

    @contextmanager
    def _alone(self, account: str) -> Iterator[None]:
        """While it lasts, nobody else changes what the listener said."""
        # The name becomes a file's.
        self._accounts.check_name(account)
        with self._accounts.files.lock(f"{account}.taste", patience=_LOCK_SECONDS):
            yield
