"""Our ids of shows: made once, and kept while listings come and go.

What belongs here: which id a show has. What does not: which listings are one show
(``domain.events.merging``).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from itertools import count
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence


def show_ids(
    shows: Mapping[int, Sequence[str]], earlier: Mapping[str, Sequence[str]]
) -> dict[int, str]:
    """The id of each of a state's shows; no two are equal.

    A listing is named as ``show_decisions.listing_id`` names it, and names the show that it is the
    first listing of. A show that shares a listing with an earlier one has that one's id:

    * of two earlier shows that became one, that of the one whose listing comes first now;
    * of two parts of an earlier show, the part with the listing that named it, else the one with
      most of its listings, else the one with the first of them.

    Args:
        shows: Names of the listings of each show, the preferred first; no listing is in two.
        earlier: The same of the shows before, by their ids.
    """
    show_of = {listing: show for show, listings in shows.items() for listing in listings}
    claims: dict[int, list[str]] = defaultdict(list)
    for show_id, listings in earlier.items():
        heir = _heir(show_id, listings, show_of)
        if heir is not None:
            claims[heir].append(show_id)
    ids = {
        show: claimed[0] if len(claimed) == 1 else _of_first(claimed, shows[show], earlier)
        for show, claimed in claims.items()
    }
    return ids | _new_ids({show: shows[show] for show in shows.keys() - ids.keys()}, ids.values())


def _heir(show_id: str, listings: Sequence[str], show_of: Mapping[str, int]) -> int | None:
    """The show that goes on under the id of an earlier one."""
    if show_id in show_of and show_id in listings:
        return show_of[show_id]
    # Counted in the order of the earlier listings, so that the first of them decides a tie.
    shared = Counter(show_of[listing] for listing in listings if listing in show_of)
    return max(shared, key=lambda show: shared[show]) if shared else None


def _of_first(
    claimed: Sequence[str], listings: Sequence[str], earlier: Mapping[str, Sequence[str]]
) -> str:
    before = {listing: show_id for show_id in claimed for listing in earlier[show_id]}
    return next(before[listing] for listing in listings if listing in before)


def _new_ids(shows: Mapping[int, Sequence[str]], taken: Iterable[str]) -> dict[int, str]:
    """Ids of shows that are new, none of them in ``taken``."""
    used = set(taken)
    ids: dict[int, str] = {}
    in_order = sorted(shows, key=lambda show: shows[show][0])
    # An id outlives the listing that named it; when that listing comes back as a show of its own,
    # its name is taken.
    for show in in_order:
        free = next((listing for listing in shows[show] if listing not in used), None)
        if free is not None:
            ids[show] = free
    used |= set(ids.values())
    for show in in_order:
        if show not in ids:
            numbered = (f"{shows[show][0]}-{number}" for number in count(2))
            ids[show] = next(one for one in numbered if one not in used)
            used.add(ids[show])
    return ids
