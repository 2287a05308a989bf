"""What a listener plays and likes, and what came of a file that was sent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from showlist_assets.domain.listening.accounting import NOT_FOUND
from showlist_assets.domain.quantities import counted
from showlist_assets.domain.recommendations.artist_keys import ids_of
from showlist_assets.domain.states import BY_CODE
from showlist_assets.web import wording
from showlist_assets.web.tastes import VERDICTS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from showlist_assets.domain.listening.accounting import Accounting
    from showlist_assets.services.listening.importing import Imported
    from showlist_assets.services.listening.profile import ListeningProfile

_TOP_ARTISTS: Final = 25
_IMPORTS: Final = 10
_BASES: Final = {
    "known": "You play {} of them.",
    "co-listening": "{} are close to what you play: who plays the one plays the other.",
    "genre": "{} only share a genre with what you play.",
    "none": "Of {} nothing is known yet that would tell.",
}
_SAID_BY: Final = {
    "command": "by command",
    "page": "here",
    "listenbrainz": "at ListenBrainz",
    "playlist": "by taking a song of theirs out of a playlist",
}


@dataclass(frozen=True)
class PlayedLine:
    """An artist whom the listener plays; ``plays`` in words."""

    name: str
    plays: str


@dataclass(frozen=True)
class SaidLine:
    """What was said of an artist; ``artist`` names them in the form that takes it back."""

    name: str
    said: str
    how: str
    artist: str


@dataclass(frozen=True)
class TasteView:
    """The page of what a listener plays.

    Attributes:
        plays: How many are known, and since when; empty: none.
        top: Whom they play most.
        near: How the acts of the usual place's state are known, in sentences.
        near_heading: Of which acts that speaks.
        not_found: Of how many plays the song is not known; empty: of none.
        imports: What came of the newest files and services, in sentences.
        name: At ListenBrainz; empty: none.
        has_token: Whether the listener's own token there is kept.
    """

    plays: str
    top: tuple[PlayedLine, ...]
    said: tuple[SaidLine, ...]
    near_heading: str
    near: tuple[str, ...]
    not_found: str
    imports: tuple[str, ...]
    name: str
    has_token: bool


@dataclass(frozen=True)
class ImportedView:
    """What came of a file that was sent."""

    heading: str
    words: tuple[str, ...]


def taste_of(
    taste: pl.DataFrame,
    *,
    said: pl.DataFrame,
    listens: pl.DataFrame,
    imports: pl.DataFrame,
    accounting: Accounting,
    near: Mapping[str, int],
    state: str,
    profile: ListeningProfile,
) -> TasteView:
    """The page over what is kept of a listener; ``near`` counts acts of ``state`` by basis."""
    top = taste.filter(pl.col("weight") > 0, pl.col("verdict") != "block").sort(
        "weight", "plays", "artist_name", descending=[True, True, False]
    )
    newest = imports.sort("imported_at", descending=True).head(_IMPORTS)
    acts = counted(sum(near.values()), "act")
    return TasteView(
        plays=_plays(listens),
        top=tuple(map(_played, top.head(_TOP_ARTISTS).iter_rows(named=True))),
        said=tuple(map(_said, said.sort("said_at", descending=True).iter_rows(named=True))),
        near_heading=f"Of the {acts} that play in {BY_CODE[state].name}" if near else "",
        near=tuple(
            words.format(f"{near[one]:,}") for one, words in _BASES.items() if near.get(one)
        ),
        not_found=_not_found(accounting),
        imports=tuple(map(_import, newest.iter_rows(named=True))),
        name=wording.printed(profile.listenbrainz_name or ""),
        has_token=profile.listenbrainz_token is not None,
    )


def imported_of(came: Imported) -> ImportedView:
    """What came of a file."""
    others = len(came.others)
    told = (
        *map(_import, came.files.iter_rows(named=True)),
        *(wording.printed(words) for words in came.refused),
        f"{counted(others, 'other file')} in it told of no plays." if others else "",
        f"{counted(came.listens, 'play')} of yours known in all.",
    )
    heading = f"{counted(came.new_listens, 'new play')}" if came.new_listens > 0 else "Nothing new"
    return ImportedView(heading, tuple(filter(None, told)))


def _plays(listens: pl.DataFrame) -> str:
    if listens.is_empty():
        return ""
    first, last = min(listens["started_at"]), max(listens["started_at"])
    period = f"{wording.full_day(first)} to {wording.full_day(last)}"
    return f"{counted(listens.height, 'play')}, {period}"


def _played(row: Mapping[str, Any]) -> PlayedLine:
    plays = counted(row["plays"], "play") if row["plays"] else "one of your top artists at Spotify"
    return PlayedLine(wording.printed(row["artist_name"]), plays)


def _said(row: Mapping[str, Any]) -> SaidLine:
    mbid, spotify_id = ids_of(row["artist_key"])
    return SaidLine(
        name=wording.printed(row["artist_name"]),
        said=VERDICTS[row["verdict"]],
        how=f"said {_SAID_BY[row['said_by']]}, {wording.full_day(row['said_at'])}",
        artist=f"mbid:{mbid}" if mbid else spotify_id or wording.printed(row["artist_name"]),
    )


def _not_found(accounting: Accounting) -> str:
    missed = accounting.by[NOT_FOUND]
    return f"Of {counted(missed, 'play')} ListenBrainz does not know the song." if missed else ""


def _import(row: Mapping[str, Any]) -> str:
    what = wording.printed(row["file_name"] or row["source"])
    return f"{what}: {', '.join(_counts(row))}."


def _counts(row: Mapping[str, Any]) -> Iterator[str]:
    yield f"{counted(row['rows'], 'row')}"
    yield f"{row['added']:,} new"
    for name, words in (
        ("known", "known before"),
        ("too_short", "under 30 seconds"),
        ("not_music", "not music"),
        ("incognito", "in a private session and not kept"),
        ("bad_rows", "not readable"),
    ):
        if row[name]:
            yield f"{row[name]:,} {words}"
