"""``showlist forget-event``: removing a listing because its owner asked for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from showlist_assets.cli.options import BASE, Base, OfDemo, World, platform_of
from showlist_assets.cli.options import console as terminal

if TYPE_CHECKING:
    from rich.console import Console

    from showlist_assets.wiring import Platform


def forget_event(
    listing: Annotated[
        str, typer.Argument(help="Its source, a hyphen and its id: ticketmaster-G5vYZ9.")
    ],
    sandbox: OfDemo = False,
    world: World = None,
    home: Base = BASE,
) -> None:
    """Remove an event from all tables and kept answers for good, as its owner may ask."""
    forget(platform_of(home, world, sandbox=sandbox), listing, terminal)


def forget(platform: Platform, listing: str, console: Console) -> None:
    """Remove ``listing``, and say from where.

    Raises:
        NoListingError, ShowDecisionsError, StorageError, CallStoreError: as their messages say.
    """
    from showlist_assets.services.forgetting import forget_listing
    from showlist_assets.storage.warehouse import publish_warehouse

    held = forget_listing(
        platform.tables,
        platform.show_decisions,
        listing,
        preferred=platform.event_source_names,
        now=platform.now(),
    )
    # Kept answers hold whole pages of events, of which no single one can be taken out.
    dropped = platform.cache.clear(listing.strip().partition("-")[0])
    if held:
        shared = platform.shared_warehouse
        publish_warehouse(
            platform.tables,
            platform.warehouse_file,
            fetches=platform.fetch_record.fetches(),
            share=shared.upload if shared else None,
        )
    where = f"removed from {', '.join(held)}" if held else "in no table"
    console.print(
        f"{listing}: {where}; {dropped:,} kept answers of its source dropped. "
        f"{platform.show_decisions.uri} keeps it from coming back.",
        soft_wrap=True,
        markup=False,
    )
