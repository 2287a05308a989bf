"""What every world is made of, generated or real; no HTTP and no payload shapes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from showlist_assets.errors import ShowlistError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from showlist_assets.sandbox.world.catalog import Catalog
    from showlist_assets.sandbox.world.entities import Event


class WorldError(ShowlistError):
    """A world cannot be served: the message names the folder, the file and the remedy."""


@dataclass(frozen=True, slots=True)
class World:
    """Everything the services answer from."""

    events: Sequence[Event]
    catalog: Catalog
