"""What is worked on together: many light things at once, a heavy one alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

_Item = TypeVar("_Item")


def batches_up_to(
    most: int, items: Iterable[_Item], weight: Callable[[_Item], int]
) -> Iterator[list[_Item]]:
    """All ``items`` in their order, in batches that weigh at most ``most``.

    What alone weighs more is a batch by itself. No more items are taken than the batch and the one
    that did not fit.
    """
    batch: list[_Item] = []
    weighs = 0
    for item in items:
        of_item = weight(item)
        if batch and weighs + of_item > most:
            yield batch
            batch, weighs = [], 0
        batch.append(item)
        weighs += of_item
    if batch:
        yield batch
