"""What the doctor says of taste: of how many performers anything is known, and of whom not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from showlist_assets.cli.findings import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from showlist_assets.services.taste.coverage import Funnel
    from showlist_assets.wiring import Platform

_BASES: Final = {
    "known": "by what is played",
    "co-listening": "by neighbours",
    "genre": "by genre",
    "none": "not at all",
}


def taste_findings(platform: Platform) -> Iterator[Finding]:
    """The funnel of all performers, by size of venue; then each listener who has a taste."""
    from showlist_assets.domain.recommendations.show_scores import FIRST_ROWS
    from showlist_assets.errors import ShowlistError
    from showlist_assets.services.taste.coverage import funnel

    try:
        accounts = platform.listening_store.accounts()
        if not accounts:
            return
        upcoming = platform.tables.read_all("upcoming_shows", where=FIRST_ROWS)
        found = funnel(upcoming, platform.shared_tables.similarity())
        yield Finding("Taste", "note", _funnel_in_words(found))
        for size, (count, identified, linked) in found.by_size.items():
            words = (
                f"of {count:,}, {identified:.0%} are on MusicBrainz, {linked:.0%} have neighbours."
            )
            yield Finding(f"Taste, {size}", "note", words)
        for account in accounts:
            yield _listener(platform, account)
    except ShowlistError as failure:
        yield Finding("Taste", "broken", str(failure))


def _funnel_in_words(found: Funnel) -> str:
    return (
        f"{found.performers:,} performers: {found.matched:,} on Spotify, {found.identified:,} of "
        f"them on MusicBrainz, {found.linked:,} of them played together with others."
    )


def _listener(platform: Platform, account: str) -> Finding:
    from showlist_assets.services.taste.coverage import shares_by_basis

    fits = platform.tastes.show_taste(account)
    if fits is None:
        words = f"no taste yet: `showlist taste refresh {account}`."
        return Finding(f"Taste of {account}", "missing", words)
    shares = shares_by_basis(fits)
    told = ", ".join(f"{shares[one]:.0%} {_BASES[one]}" for one in _BASES if shares.get(one))
    return Finding(f"Taste of {account}", "ok", f"performers are ranked: {told}.")
