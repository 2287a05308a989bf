"""``showlist taste``: who of those that play soon fits a listener, why, and what they say of it.

What belongs here: what a person types and reads. What does not: the scores and the sentences
(``domain.recommendations``), and what is asked of whom (``services.taste``).
"""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

import typer
from rich.markup import escape

from showlist_assets.cli.named_groups import ShowsWhatIsNamed
from showlist_assets.cli.options import (
    BASE,
    Base,
    OfDemo,
    World,
    platform_asking,
    platform_of,
    refuse_before_subcommand,
)
from showlist_assets.cli.options import console as terminal
from showlist_assets.cli.taste_train import train
from showlist_assets.cli.wrapped import print_wrapped
from showlist_assets.domain.quantities import counted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import polars as pl
    from rich.console import Console

    from showlist_assets.services.taste.shared_tables import Asked
    from showlist_assets.services.taste.suggestions import SuggestionsRefreshed
    from showlist_assets.services.taste.tastes import TasteRefreshed
    from showlist_assets.wiring import Platform

_TOP_ARTISTS: Final = 10
_NOTHING: Final = (
    "Nothing is known yet of what {account!r} likes: import what they play with `showlist import "
    "FILE`, or connect an account that tells it with `showlist listening connect {account}`; then "
    "run `showlist taste refresh {account}`."
)
_SAID: Final = {
    "more": "{name} counts for more from now on.",
    "less": "{name} counts for less from now on.",
    "block": "{name} is blocked: left out of everything that goes by taste.",
}


taste = typer.Typer(
    cls=ShowsWhatIsNamed,
    help="Say who of those that play soon fits a listener, and why.",
    invoke_without_command=True,
)
taste.command()(train)

AccountName = Annotated[str, typer.Argument(help="What recipes call the listener.")]
OfAccount = Annotated[str, typer.Option("--account", help="What recipes call the listener.")]
ArtistName = Annotated[
    str, typer.Argument(help="A name, or a link to the artist on Spotify.", metavar="ARTIST")
]
States = Annotated[
    list[str] | None,
    typer.Option("--state", help="Only shows there, such as NY; may be given again."),
]
Most = Annotated[int, typer.Option(min=1, help="How many performers.")]


@taste.callback()
def _show(
    context: typer.Context,
    sandbox: OfDemo = False,
    world: World = None,
    home: Base = BASE,
) -> None:
    refuse_before_subcommand(context)
    if context.invoked_subcommand is None:
        print_taste(platform_of(home, world, sandbox=sandbox), "me", terminal)


@taste.command()
def show(
    account: AccountName = "me",
    state: States = None,
    limit: Most = 20,
    sandbox: OfDemo = False,
    world: World = None,
    home: Base = BASE,
) -> None:
    """List who fits best, with their next show and why; `showlist taste ACCOUNT` does the same."""
    platform = platform_of(home, world, sandbox=sandbox)
    print_taste(platform, account, terminal, states=state or (), limit=limit)


@taste.command()
def refresh(
    account: AccountName = "me",
    sandbox: OfDemo = False,
    world: World = None,
    home: Base = BASE,
) -> None:
    """Ask who is played together with whom, and rank whoever plays soon again."""
    with platform_asking(home, world, sandbox=sandbox) as platform:
        platform.accounts.check_name(account)
        print_refreshed(platform.tastes.refresh(account), terminal)
        print_suggested(platform.suggestions.refresh(account), terminal)


@taste.command()
def more(
    artist: ArtistName,
    account: OfAccount = "me",
    sandbox: OfDemo = False,
    world: World = None,
    home: Base = BASE,
) -> None:
    """Let an artist count for more."""
    say(platform_of(home, world, sandbox=sandbox), account, artist, "more", terminal)


@taste.command()
def less(
    artist: ArtistName,
    account: OfAccount = "me",
    sandbox: OfDemo = False,
    world: World = None,
    home: Base = BASE,
) -> None:
    """Let an artist count for less."""
    say(platform_of(home, world, sandbox=sandbox), account, artist, "less", terminal)


@taste.command()
def block(
    artist: ArtistName,
    account: OfAccount = "me",
    sandbox: OfDemo = False,
    world: World = None,
    home: Base = BASE,
) -> None:
    """Leave an artist out of everything."""
    say(platform_of(home, world, sandbox=sandbox), account, artist, "block", terminal)


@taste.command("forget")
def forget_artist(
    artist: ArtistName,
    account: OfAccount = "me",
    sandbox: OfDemo = False,
    world: World = None,
    home: Base = BASE,
) -> None:
    """Take back what was said of an artist."""
    take_back(platform_of(home, world, sandbox=sandbox), account, artist, terminal)


def say(
    platform: Platform,
    account: str,
    artist: str,
    verdict: Literal["more", "less", "block"],
    console: Console,
) -> None:
    """Note what a listener says of an artist, and rank again at once.

    Raises:
        UnknownArtistError, AccountError, StorageError: as ``Feedback.say``.
    """
    said = platform.taste_feedback.say(account, artist, verdict)
    platform.tastes.recompute(account)
    unknown = "" if said.is_known else " Nobody of this name plays soon or was played."
    print_wrapped(console, f"{_SAID[verdict].format(name=said.name)}{unknown}")


def take_back(platform: Platform, account: str, artist: str, console: Console) -> None:
    """Forget what a listener said of an artist, and rank again at once.

    Raises:
        UnknownArtistError, AccountError, StorageError: as ``Feedback.take_back``.
    """
    said = platform.taste_feedback.take_back(account, artist)
    if said is None:
        print_wrapped(console, f"{account} has said nothing of {artist}.")
        return
    platform.tastes.recompute(account)
    print_wrapped(console, f"{said.name} counts as if nothing had been said.")


def print_refreshed(done: TasteRefreshed, console: Console) -> None:
    """Print what came of a refresh."""
    if not done.artists:
        print_wrapped(console, _NOTHING.format(account=done.account))
        return
    by_basis = ", ".join(f"{count:,} by {_BASES[one]}" for one, count in _scored(done.by_basis))
    unscored = done.by_basis.get("none", 0)
    print_wrapped(console, f"{counted(done.artists, 'artist')} make the taste of {done.account}.")
    print_wrapped(
        console,
        f"{counted(done.performers, 'performer')} of upcoming shows: {by_basis or 'none scored'}; "
        f"nothing is known of {unscored:,}.",
    )
    for what, asked in (
        ("Ids on MusicBrainz", done.ids),
        ("Neighbours", done.neighbours),
        ("Numbers of listeners", done.listeners),
    ):
        print_wrapped(console, f"{what}: {_asked_in_words(asked)}")
    for trouble in done.troubles:
        print_wrapped(console, f"What was known before serves: {trouble}")


def print_suggested(done: SuggestionsRefreshed, console: Console) -> None:
    """Print what came of asking for songs that are played together with what was played."""
    if not done.seeds:
        return
    songs, left = counted(done.by_status.get("id", 0), "song"), done.asked.left
    waiting = f"; {left:,} wait for the next refresh" if left else ""
    print_wrapped(
        console,
        f"{songs} to suggest, by {counted(done.seeds, 'song')} played in the last 30 days (asked "
        f"about {done.asked.asked:,}{waiting}).",
    )
    for trouble in filter(None, (done.asked.trouble, done.trouble)):
        print_wrapped(console, f"What was known before serves: {trouble}")


_BASES: Final = {"known": "what is played", "co-listening": "neighbours", "genre": "genre"}


def _scored(by_basis: Mapping[str, int]) -> Iterator[tuple[str, int]]:
    return ((one, by_basis[one]) for one in _BASES if by_basis.get(one))


def _asked_in_words(asked: Asked) -> str:
    left = f"; {asked.left:,} wait for the next refresh" if asked.left else ""
    return f"asked about {counted(asked.asked, 'artist')}{left}."


def print_taste(
    platform: Platform,
    account: str,
    console: Console,
    *,
    states: tuple[str, ...] | list[str] = (),
    limit: int = 20,
) -> None:
    """Print who fits best of those that play soon, and whom the listener plays most.

    Raises:
        AccountError, StorageError: something cannot be read.
    """
    from showlist_assets.domain.listening.days import zone_of
    from showlist_assets.domain.recommendations.explanations import explain
    from showlist_assets.domain.recommendations.show_scores import FIRST_ROWS

    platform.accounts.check_name(account)
    fits = platform.tastes.show_taste(account)
    if fits is None:
        print_wrapped(console, _NOTHING.format(account=account))
        return
    played = platform.tastes.taste(account)
    upcoming = platform.tables.read_all("upcoming_shows", where=FIRST_ROWS)
    rows = best_performers(fits, upcoming, states, limit)
    console.print(f"[bold]Who plays soon, and fits {escape(account)}[/bold]")
    by_name = {row["artist_name"]: row for row in played.iter_rows(named=True)}
    zone = zone_of(platform.listening_profiles.read(account).timezone or "UTC")
    for place, row in enumerate(rows.iter_rows(named=True), start=1):
        _print_performer(place, row, explain(row, played=by_name, zone=zone), console)
    if rows.is_empty():
        print_wrapped(console, "Nobody of whom anything is known plays soon.")
    _print_top_artists(played, console)


def best_performers(
    fits: pl.DataFrame, upcoming: pl.DataFrame, states: tuple[str, ...] | list[str], limit: int
) -> pl.DataFrame:
    """Rows of ``fits`` (``ShowTaste``) with the next show of each, the best first."""
    import polars as pl

    wanted = [state.upper() for state in states]
    shows = upcoming.filter(pl.col("state").is_in(wanted)) if wanted else upcoming
    next_shows = shows.sort("local_date", "show_id", "row_number", nulls_last=True).unique(
        "performer_key", keep="first", maintain_order=True
    )
    columns = ["performer_key", "local_date", "venue_city", "state", "venue_name"]
    scored = fits.filter(pl.col("score").is_not_null(), pl.col("verdict") != "block")
    return (
        scored.join(next_shows.select(columns), on="performer_key", how="inner")
        .sort("score", "local_date", "performer_key", descending=[True, False, False])
        .head(limit)
    )


def _print_performer(place: int, row: Mapping[str, Any], why: str, console: Console) -> None:
    from rich.cells import set_cell_size

    date = row["local_date"]
    day = f"{date:%a} {date.day} {date:%b %Y}" if date else "no date yet"
    where = ", ".join(part for part in (row["venue_city"], row["state"]) if part)
    when = textwrap.shorten(f"{day}, {where}", 37, placeholder="…")
    name = set_cell_size(textwrap.shorten(row["performer_name"], 36, placeholder="…"), 36)
    console.print(f"{place:>3}  {name}  {when}", style="bold", soft_wrap=True, markup=False)
    print_wrapped(console, f"{row['basis']}: {why}", indent=5)


def _print_top_artists(played: pl.DataFrame, console: Console) -> None:
    import polars as pl

    top = played.filter(pl.col("weight") > 0).sort(
        "weight", "plays", "artist_name", descending=[True, True, False]
    )
    console.print("[bold]Whom they play[/bold]")
    for name, plays in top.head(_TOP_ARTISTS).select("artist_name", "plays").iter_rows():
        words = counted(plays, "play") if plays else "among the top artists on Spotify"
        print_wrapped(console, f"{name}: {words}", indent=5)
    said = played.filter(pl.col("verdict") != "none").sort("verdict", "artist_name")
    for name, verdict in said.select("artist_name", "verdict").iter_rows():
        print_wrapped(console, f"{name}: {verdict}", indent=5)
