"""``showlist feeds``: the calendars of venues, written, listed and read at once.

What belongs here: what a person types and sees. What does not: what a feed is
(``domain.feeds.feed``) and how its calendar is read (``sources.feeds``).
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer
from rich.markup import escape

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
from showlist_assets.domain.clock_times import clock_time
from showlist_assets.domain.quantities import counted

if TYPE_CHECKING:
    from rich.console import Console

    from showlist_assets.domain.feeds.feed import Feed
    from showlist_assets.sources.feeds.client import FeedAnswer
    from showlist_assets.storage.feeds import FeedsFolder
    from showlist_assets.wiring import Platform

# How many events and faults are printed of each feed.
_SHOWN: Final = 5

feeds = typer.Typer(
    help="List the calendars of venues, add one, and read them at once.",
    invoke_without_command=True,
)


@feeds.callback()
def _list(
    context: typer.Context,
    sandbox: OfDemo = False,
    world: World = None,
    home: Base = BASE,
) -> None:
    refuse_before_subcommand(context)
    if context.invoked_subcommand is None:
        list_command(sandbox, world, home)


@feeds.command("list")
def list_command(sandbox: OfDemo = False, world: World = None, home: Base = BASE) -> None:
    """List every feed, what it said last, and what is wrong with it; asks nobody."""
    well = list_feeds(platform_of(home, world, sandbox=sandbox), terminal)
    raise typer.Exit(0 if well else 1)


@feeds.command()
def add(
    name: Annotated[str, typer.Argument(help="What to call it, such as boiler-room.")],
    source: Annotated[
        str,
        typer.Option("--from", help="A calendar (.ics), table (.csv) or page: URL or file."),
    ],
    venue: Annotated[str | None, typer.Option(help="The venue's name.")] = None,
    city: Annotated[str | None, typer.Option(help="Its city.")] = None,
    state: Annotated[str | None, typer.Option(help="Its state, such as NY.")] = None,
    kind: Annotated[str | None, typer.Option(help="ics, csv or page, if not plain.")] = None,
    venues: Annotated[
        str | None, typer.Option(help='"from entries": each entry names its own venue.')
    ] = None,
    address: Annotated[str | None, typer.Option(help="Street and number.")] = None,
    postal_code: Annotated[str | None, typer.Option(help="ZIP code.")] = None,
    latitude: Annotated[float | None, typer.Option(help="Degrees north.")] = None,
    longitude: Annotated[float | None, typer.Option(help="Degrees east.")] = None,
    timezone: Annotated[str | None, typer.Option(help="Such as America/New_York.")] = None,
    capacity: Annotated[int | None, typer.Option(help="How many people it holds.")] = None,
    tickets: Annotated[str | None, typer.Option(help="Where tickets are sold.")] = None,
    every: Annotated[str | None, typer.Option(help="How often it is asked: 12 hours.")] = None,
    sandbox: OfDemo = False,
    world: World = None,
    home: Base = BASE,
) -> None:
    """Write the file of a feed, and read its calendar at once."""
    fields = {
        "kind": kind,
        "venue": venue,
        "city": city,
        "state": state,
        "venues": venues,
        "address": address,
        "postal_code": postal_code,
        "latitude": latitude,
        "longitude": longitude,
        "timezone": timezone,
        "capacity": capacity,
        "tickets": tickets,
        "every": every,
    }
    with platform_asking(home, world, sandbox=sandbox) as platform:
        folder = platform.feeds_folder
        file = folder.add(name, {"from": _from_folder(source, folder), **fields})
        terminal.print(f"Wrote {file}", soft_wrap=True, markup=False)
        if not check_feeds(platform, [folder.read(name)], terminal):
            terminal.print("The file stays: correct it, then run `showlist feeds check`.")
            raise typer.Exit(1)


@feeds.command()
def check(
    name: Annotated[
        str | None, typer.Argument(help="A feed, or the path of a feed's YAML; else all of them.")
    ] = None,
    sandbox: OfDemo = False,
    world: World = None,
    home: Base = BASE,
) -> None:
    """Read feeds now: how many shows, the first of them, and what cannot be read."""
    with platform_asking(home, world, sandbox=sandbox) as platform:
        raise typer.Exit(0 if _check(platform, name) else 1)


def _check(platform: Platform, name: str | None) -> bool:
    folder = platform.feeds_folder
    if name is not None:
        file = Path(name)
        if file.suffix in (".yaml", ".yml"):
            from showlist_assets.storage.feeds import FeedsFolder

            folder, name = FeedsFolder(file.parent), file.stem
        return check_feeds(platform, [folder.read(name)], terminal, folder=folder)
    found, broken = folder.read_all()
    if not found and not broken:
        terminal.print(_no_feed_in(folder), soft_wrap=True)
    for each in broken:
        terminal.print(f"[red]{escape(each.words)}[/red]", soft_wrap=True)
    good = check_feeds(platform, found, terminal)
    return good and not broken


def check_feeds(
    platform: Platform,
    feeds: list[Feed],
    console: Console,
    *,
    folder: FeedsFolder | None = None,
) -> bool:
    """Read ``feeds`` and print what they say; returns whether all could be read.

    A host is not asked again while its copy is young, whoever asks.
    """
    client = platform.feeds(folder)
    now, good = platform.now(), True
    for feed in feeds:
        answer = client.answer(feed, now)
        _print(answer, console)
        good = good and not answer.trouble
    return good


def list_feeds(platform: Platform, console: Console) -> bool:
    """Print every feed as it was read last; returns whether none is in trouble."""
    from rich.table import Table

    folder = platform.feeds_folder
    found, broken = folder.read_all()
    if not found and not broken:
        console.print(_no_feed_in(folder), soft_wrap=True)
        return True
    client, now = platform.feeds(), platform.now()
    table = Table(box=None)
    for column in ("feed", "kind", "venue", "next shows", "last answer"):
        table.add_column(column, overflow="fold")
    troubles = [each.words for each in broken]
    for feed in found:
        answer = client.answer(feed, now, asks=False)
        venue = "from entries" if feed.venues == "from entries" else feed.venue or ""
        table.add_row(
            feed.name,
            answer.kind or feed.kind or "",
            escape(venue),
            str(answer.rows.good.height),
            f"{answer.answered_at:%Y-%m-%d %H:%M} UTC" if answer.answered_at else "none yet",
        )
        if answer.trouble:
            troubles.append(answer.trouble)
    console.print(table)
    for words in troubles:
        console.print(f"[red]{escape(words)}[/red]", soft_wrap=True)
    return not troubles


def _print(answer: FeedAnswer, console: Console) -> None:
    good, rejected = answer.rows.good, answer.rows.rejected
    console.print(f"[bold]{escape(answer.feed.name)}[/bold]")
    if answer.trouble:
        console.print(f"  [red]{escape(answer.trouble)}[/red]", soft_wrap=True)
    if answer.answered_at is None:
        return
    shows = counted(good.height, "show")
    off = good.filter(good["status"] == "cancelled").height
    console.print(
        f"  {answer.kind}: {shows} ahead"
        + (f" ({off} cancelled)" if off else "")
        + f", {rejected.height} set aside; read {answer.answered_at:%Y-%m-%d %H:%M} UTC"
    )
    for row in good.sort("local_date", "starts_at_local").head(_SHOWN).iter_rows(named=True):
        when = row["starts_at_local"]
        at = f"{when:%Y-%m-%d} {clock_time(when)}" if when else f"{row['local_date']} (no time)"
        note = "" if row["status"] == "scheduled" else f" ({row['status']})"
        console.print(
            f"  {at}  {escape(row['title'])}{note}, {escape(row['venue_name'])}", soft_wrap=True
        )
    for reason in rejected["reason"].head(_SHOWN):
        console.print(f"  [yellow]{escape(reason)}[/yellow]", soft_wrap=True)
    if rejected.height > _SHOWN:
        console.print(f"  and {rejected.height - _SHOWN} more that were set aside")


def _from_folder(source: str, folder: FeedsFolder) -> str:
    """A path that was typed where the operator stands, as it is from the folder."""
    is_shared = folder.folder is None and folder.beside(source) is not None
    if "://" in source or is_shared or not Path(source).expanduser().exists():
        return source
    path = Path(source).expanduser().absolute()
    if folder.folder is None:
        from showlist_assets.domain.feeds.feed import FeedError

        # Other machines would not find it.
        raise FeedError(
            f"{path} lies on this machine, and the feeds in {folder.uri}. Copy it there (gcloud "
            f"storage cp {path} {folder.uri}/), then say --from {path.name}."
        )
    return str(path.relative_to(folder.folder)) if path.is_relative_to(folder.folder) else str(path)


def _no_feed_in(folder: FeedsFolder) -> str:
    return (
        f"There is no feed in {folder.uri}: `showlist feeds add` writes one, docs/feeds.md says "
        "what it can hold."
    )
