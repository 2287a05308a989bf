"""``showlist taste train``: neighbours of artists from an operator's own co-listening."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from showlist_assets.cli.options import BASE, Base, OfDemo, World, platform_of
from showlist_assets.cli.options import console as terminal
from showlist_assets.domain.quantities import counted

if TYPE_CHECKING:
    from rich.console import Console

    from showlist_assets.services.taste.local_model import Trained

CoListening = Annotated[
    list[Path],
    typer.Argument(
        help="Parquet or CSV with the columns listener and artist_mbid, or JSON lines of "
        "ListenBrainz.",
        metavar="FILE...",
        exists=True,
        dir_okay=False,
    ),
]


def train(
    files: CoListening, sandbox: OfDemo = False, world: World = None, home: Base = BASE
) -> None:
    """Learn who is played together with whom from data of your own that you may use."""
    print_trained(platform_of(home, world, sandbox=sandbox).local_model.train(files), terminal)


def print_trained(done: Trained, console: Console) -> None:
    """Print what was learnt, and what comes next."""
    learnt = f"{counted(done.artists, 'artist')} have neighbours now"
    console.print(f"{learnt}, from {counted(done.listeners, 'listener')}.", soft_wrap=True)
    if done.unreadable:
        lines = counted(done.unreadable, "line")
        console.print(f"{lines} told no listen of a known artist.", soft_wrap=True)
    console.print("`showlist taste refresh` ranks with them.", markup=False, soft_wrap=True)
