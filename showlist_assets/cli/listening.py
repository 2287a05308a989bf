"""``showlist listening``: what is known of a listener's plays, and where it comes from.

What belongs here: what a person types and reads. What does not: asking the services
(``services.listening``) and reading files (``cli.import_listens``).
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

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
from showlist_assets.cli.wrapped import print_wrapped
from showlist_assets.domain.quantities import counted

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from rich.console import Console

    from showlist_assets.services.listening.syncing import Synced
    from showlist_assets.wiring import Platform


listening = typer.Typer(
    cls=ShowsWhatIsNamed,
    help="Say what is known of a listener's plays, and connect what tells of them.",
    invoke_without_command=True,
)

AccountName = Annotated[str, typer.Argument(help="What recipes call the listener.")]


@listening.callback()
def _show(
    context: typer.Context,
    sandbox: OfDemo = False,
    world: World = None,
    home: Base = BASE,
) -> None:
    refuse_before_subcommand(context)
    if context.invoked_subcommand is None:
        print_listening(platform_of(home, world, sandbox=sandbox), "me", terminal)


@listening.command()
def show(
    account: AccountName = "me",
    sandbox: OfDemo = False,
    world: World = None,
    home: Base = BASE,
) -> None:
    """Say what is known of a listener's plays; `showlist listening ACCOUNT` does the same."""
    print_listening(platform_of(home, world, sandbox=sandbox), account, terminal)


@listening.command()
def connect(
    account: AccountName = "me",
    listenbrainz: Annotated[
        str | None,
        typer.Option(help='The listener\'s name at ListenBrainz; "" disconnects it.'),
    ] = None,
    token_file: Annotated[
        Path | None,
        typer.Option(help="A file with the listener's own token there, which private plays want."),
    ] = None,
    ask_token: Annotated[
        bool, typer.Option("--ask-token", help="Ask for that token here.")
    ] = False,
    timezone: Annotated[
        str | None, typer.Option(help="Of the listener's days, such as America/New_York.")
    ] = None,
    spotify: Annotated[
        bool | None,
        typer.Option("--spotify/--no-spotify", help="Read recently played tracks and top artists."),
    ] = None,
    sandbox: OfDemo = False,
    world: World = None,
    home: Base = BASE,
) -> None:
    """Say where to look for what a listener plays; what is left out stays as it was."""
    platform = platform_of(home, world, sandbox=sandbox)
    token = _token_in(token_file) if token_file else None
    if ask_token:
        # An argument would be in the shell's history and in the list of processes.
        token = _token_of(typer.prompt("Token of ListenBrainz", hide_input=True), "The answer")
    connect_listener(
        platform,
        account,
        terminal,
        listenbrainz=listenbrainz,
        token=token,
        timezone=timezone,
        spotify=spotify,
    )


@listening.command()
def sync(
    account: AccountName = "me",
    sandbox: OfDemo = False,
    world: World = None,
    home: Base = BASE,
) -> None:
    """Ask everything that is connected for what is new, at once."""
    with platform_asking(home, world, sandbox=sandbox) as platform:
        sync_listener(platform, account, terminal)


def connect_listener(
    platform: Platform,
    account: str,
    console: Console,
    *,
    listenbrainz: str | None = None,
    token: str | None = None,
    timezone: str | None = None,
    spotify: bool | None = None,
) -> None:
    """Keep where to look for what ``account`` plays.

    Raises:
        AccountError, StorageError: it cannot be kept.
        ZoneError: there is no such time zone.
    """
    from pydantic import SecretStr

    from showlist_assets.domain.listening.days import zone_of

    profiles = platform.listening_profiles
    name = profiles.read(account).listenbrainz_name if listenbrainz is None else listenbrainz
    if token and not name:
        raise typer.BadParameter("A token is that of a name: give --listenbrainz NAME, too.")
    if timezone is not None:
        zone_of(timezone)
    given: dict[str, object] = {
        "listenbrainz_name": listenbrainz and " ".join(listenbrainz.split()),
        "listenbrainz_token": SecretStr(token) if token else None,
        "timezone": timezone,
        "spotify": spotify,
        "spotify_top": spotify,
    }
    changed = {name: value for name, value in given.items() if value is not None}
    profiles.change(account, **changed)
    connected = platform.listening_sync.connected(account)
    print_wrapped(console, f"Connected for {account}: {', '.join(connected) or 'nothing yet'}.")
    if connected:
        print_wrapped(console, f"`showlist listening sync {account}` asks them now.")


def _token_in(file: Path) -> str:
    try:
        return _token_of(file.read_text("utf-8", "replace"), str(file))
    except OSError as failure:
        raise typer.BadParameter(f"{file} cannot be read: {failure.strerror}.") from None


def _token_of(text: str, told_by: str) -> str:
    token = text.strip()
    # Any other could not be sent.
    if not token or " " in token or not token.isascii() or not token.isprintable():
        raise typer.BadParameter(f"{told_by} is no token: that is one word of letters and digits.")
    return token


def sync_listener(platform: Platform, account: str, console: Console) -> None:
    """Ask everything that is connected, and print what came of it.

    Raises:
        AccountError, StorageError: something cannot be read or written.
    """
    if not platform.listening_sync.connected(account):
        print_wrapped(
            console,
            f"Nothing is connected for {account}: run `showlist listening connect {account} "
            f"--listenbrainz NAME`, or `showlist login {account}`.",
        )
        return
    with console.status("Asking") as status:
        synced = platform.listening_sync.sync(
            account, tell=lambda source, plays: status.update(f"{source}: {plays:,}")
        )
        plays = platform.listening.rebuild(account).height
    print_synced(synced, plays, console)


def print_synced(synced: Synced, plays: int, console: Console) -> None:
    """Print what came of a sync."""
    for source, told in synced.returned.items():
        print_wrapped(console, f"{source}: {told:,} told, {synced.added[source]:,} new.")
    for source, trouble in synced.troubles.items():
        print_wrapped(console, f"{source}: {trouble}")
    if synced.unfinished:
        print_wrapped(console, "More plays wait at ListenBrainz: the next sync goes on.")
    print_wrapped(console, f"{counted(plays, 'play')} known in all.")


def print_listening(platform: Platform, account: str, console: Console) -> None:
    """Print what is known of the plays of ``account``.

    Raises:
        AccountError, StorageError: something cannot be read.
    """
    from showlist_assets.domain.listening.accounting import account_for
    from showlist_assets.domain.listening.days import zone_of

    history = platform.listening
    plays = history.read(account, "listens")
    zone = zone_of(platform.listening_profiles.read(account).timezone or "UTC")
    connected = platform.listening_sync.connected(account)
    print_wrapped(console, f"Connected: {', '.join(connected) or 'nothing'}.")
    if plays.is_empty():
        print_wrapped(
            console,
            f"No play of {account} is known: `showlist import FILE` reads an export, `showlist "
            f"listening connect {account}` connects what tells of new ones.",
        )
        return
    first, last = min(plays["started_at"]), max(plays["started_at"])
    print_wrapped(
        console,
        f"{counted(plays.height, 'play')} from {first.astimezone(zone):%Y-%m-%d} to "
        f"{last.astimezone(zone):%Y-%m-%d %H:%M} ({zone.key}).",
    )
    told = plays["sources"].explode().value_counts(sort=True)
    print_wrapped(
        console, "Told by " + ", ".join(f"{one} ({n:,})" for one, n in told.iter_rows()) + "."
    )
    imports = history.read(account, "listening_imports")
    ended = account_for(plays, history.read(account, "recording_ids"), imports)
    console.print("[bold]Where they ended[/bold]")
    for end, count in ended.by.items():
        print_wrapped(console, f"{end}: {count:,} ({ended.share(end):.1%})", indent=2)
    if ended.unknown:
        console.print("[bold]Most played of those not found[/bold]")
    for artist, title, count in ended.unknown:
        print_wrapped(console, f"{artist}: {title} ({count:,})", indent=2)
    _print_gaps(platform, account, zone, console)


def _print_gaps(platform: Platform, account: str, zone: ZoneInfo, console: Console) -> None:
    gaps = platform.listening.read(account, "listening_gaps").sort("from_at")
    for row in gaps.filter(gaps["closed_by"].is_null()).iter_rows(named=True):
        since, until = (row[name].astimezone(zone) for name in ("from_at", "until_at"))
        print_wrapped(
            console,
            f"Plays may be missing from {since:%Y-%m-%d %H:%M} to {until:%Y-%m-%d %H:%M} "
            f"({row['reason']}); an import that covers it fills it.",
        )
    polls = platform.listening.read(account, "listening_polls").sort("polled_at")
    if polls.height:
        next_at = polls["next_poll_at"][-1].astimezone(zone)
        print_wrapped(console, f"Spotify is looked at again from {next_at:%Y-%m-%d %H:%M} on.")
