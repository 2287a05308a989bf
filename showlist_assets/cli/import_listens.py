"""``showlist import``: the files in which a listener's plays are told.

What belongs here: what a person types and reads. What does not: the files
(``sources.listening_files``) and what is kept of them (``services.listening.importing``).
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer
from rich.markup import escape

from showlist_assets.cli.options import BASE, Base, OfDemo, World, platform_of
from showlist_assets.cli.options import console as terminal
from showlist_assets.cli.wrapped import print_wrapped
from showlist_assets.domain.quantities import counted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from showlist_assets.services.listening.importing import BadRows, Imported
    from showlist_assets.wiring import Platform

_ROWS_NAMED: Final = 10


def import_listens(
    files: Annotated[
        list[Path],
        typer.Argument(help="Files, folders or zips from Spotify, ListenBrainz, Last.fm, Maloja."),
    ],
    account: Annotated[str, typer.Option(help="Whose plays they are.")] = "me",
    sandbox: OfDemo = False,
    world: World = None,
    home: Base = BASE,
) -> None:
    """Read what a listener played from files; the same file twice adds nothing."""
    import_into(platform_of(home, world, sandbox=sandbox), files, account, terminal)


def import_into(
    platform: Platform, files: Sequence[Path], account: str, console: Console
) -> Imported:
    """Read ``files``, and print what came of each.

    Raises:
        ListeningFileError: nothing of it could be used.
        AccountError, StorageError: the history cannot be read or written.
    """
    from showlist_assets.services.listening.importing import import_files

    platform.accounts.check_name(account)
    with console.status("Reading") as status:
        came = import_files(
            files,
            account,
            platform.listening,
            now=platform.now(),
            report=lambda name: status.update(f"Reading {escape(name)}"),
        )
        if came.liked:
            platform.taste_feedback.take_over(account, came.liked)
    print_imported(came, account, console)
    return came


def print_imported(came: Imported, account: str, console: Console) -> None:
    """Print what came of each file, and of all."""
    for row in came.files.iter_rows(named=True):
        period = (
            f", {row['from_at']:%Y-%m-%d} to {row['until_at']:%Y-%m-%d}" if row["from_at"] else ""
        )
        print_wrapped(console, f"{row['file_name']}: {_counts(row)}{period}.")
        if bad := came.bad_rows.get(row["import_id"]):
            print_wrapped(console, _unread(bad), indent=2)
    for sentence in came.refused:
        print_wrapped(console, sentence)
    if came.others:
        print_wrapped(console, f"{counted(len(came.others), 'other file')} told of no plays.")
    if len(came.files) > 1:
        total = dict(came.files.select(*_COUNTS).sum().row(0, named=True))
        print_wrapped(console, f"Together: {_counts(total)}.")
    if came.liked:
        print_wrapped(
            console, f"What was loved or hated counts for {counted(len(came.liked), 'artist')}."
        )
    print_wrapped(
        console,
        f"{counted(came.listens, 'play')} of {account} known in all, {came.new_listens:,} more "
        "than before.",
    )
    print_wrapped(console, f"Next: `showlist taste refresh {account}` ranks who plays soon.")


def _unread(bad: BadRows) -> str:
    named = ", ".join(f"{number:,}" for number in bad.numbers[:_ROWS_NAMED])
    more = ", ..." if len(bad.numbers) > _ROWS_NAMED else ""
    noun = bad.counted if len(bad.numbers) == 1 else f"{bad.counted}s"
    return f"Not read: {noun} {named}{more}."


_COUNTS: Final = (
    "rows", "added", "known", "too_short", "not_music", "incognito", "bad_rows",
)  # fmt: skip


def _counts(row: dict[str, int]) -> str:
    told = (
        (row["known"], "known before"),
        (row["too_short"], "under 30 seconds"),
        (row["not_music"], "not music"),
        (row["incognito"], "in a private session and not kept"),
        (row["bad_rows"], "not readable"),
    )
    rest = "".join(f", {count:,} {words}" for count, words in told if count)
    return f"{counted(row['rows'], 'row')}, {row['added']:,} new{rest}"
