"""Shows that no source lists any more: gone on under another id, presumed cancelled, or doubtful.

Sources drop a cancelled show without a word, and drop shows for reasons of their own: an answer cut
off at a thousand, a walk that broke off, a new id. So a show has vanished only if

* it begins tomorrow or later at the venue, and was to go ahead;
* no show of the same act, house, day and start is there instead;
* every source that listed it was walked completely beyond its date (``certain_through``), and the
  feed that listed it is still read;
* none of these sources dropped half of its shows of the state at once (``doubted``).

What belongs here: these rules. What does not: what is told of it (``show_changes``).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from showlist_assets.domain.events.show_differences import GOES_AHEAD, KnownShow
from showlist_assets.domain.same_show import ShowIdentity, is_one_start, show_identity

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime
    from typing import TypeAlias

    Key: TypeAlias = tuple[str, str]
    Shows: TypeAlias = Mapping[Key, KnownShow]

# Of the listings that a capped walk of Ticketmaster lost from one day to the next, 124 of 130 lay
# on the last two days that it reached (November 2025).
_LAST_DAYS: Final = timedelta(days=2)
# Below so many shows, half of them is chance; of less than three, all of them.
_ENOUGH_FOR_HALF: Final = 10
_ENOUGH_FOR_ALL: Final = 3


@dataclass(frozen=True, order=True)
class Doubted:
    """A source that dropped too much of a state at once to be believed.

    Attributes:
        state: The state.
        source: The source.
        gone: How many of its coming shows it does not list any more.
        of: How many coming shows it listed within the days that it was walked.
    """

    state: str
    source: str
    gone: int
    of: int


def certain_through(complete_through: date) -> date:
    """The last date of which a walk's silence is believed.

    Args:
        complete_through: The last date up to which the walk met every listing, as it thinks.
    """
    return max(complete_through, date.min + _LAST_DAYS) - _LAST_DAYS


class Walks:
    """How far each source's silence is believed."""

    def __init__(
        self, covered: Mapping[Key, date | None], feeds_read: Mapping[Key, frozenset[str]]
    ) -> None:
        self._through = {key: certain_through(day) for key, day in covered.items() if day}
        self._feeds = feeds_read

    def saw(self, source: str, show: KnownShow) -> bool:
        """Whether the walk of ``source`` would have met ``show``."""
        through = self._through.get((show.state, source))
        if through is None or show.local_date is None or show.local_date > through:
            return False
        return self._reads(source, show)

    def without(self, doubted: Iterable[Doubted]) -> Walks:
        """The same, without the sources that are not believed at all."""
        names = {(one.state, one.source) for one in doubted}
        walks = Walks({}, self._feeds)
        walks._through = {key: day for key, day in self._through.items() if key not in names}
        return walks

    def _reads(self, source: str, show: KnownShow) -> bool:
        """Whether the feed that listed ``show`` is read; true where the source has no feeds."""
        feeds, own = self._feeds.get((show.state, source)), f"{source}-"
        if feeds is None or not show.listing.startswith(own):
            return True
        # A listing's id begins with its feed.
        return show.listing.removeprefix(own).partition(":")[0] in feeds


def doubted(
    known: Shows, present: Shows, heirs: Mapping[Key, Key], walks: Walks, now: datetime
) -> tuple[Doubted, ...]:
    """Sources that dropped half of their shows of a state at once, or all of a few.

    Args:
        known: What is known of each show.
        present: What is told of each show that is there.
        heirs: ``successors``.
        walks: How far each source was walked.
        now: The present (UTC).
    """
    listed: Counter[Key] = Counter()
    gone: Counter[Key] = Counter()
    # New shows count as well: a second look at the same table, which knows them, judges the same.
    for key in (known.keys() | present.keys()) - heirs.keys():
        show = present.get(key) or known[key]
        if show.status not in GOES_AHEAD or not show.is_ahead(now):
            continue
        told = present[key].sources if key in present else ()
        before = known[key].sources if key in known else ()
        for source in {*told, *before}:
            if walks.saw(source, show):
                listed[show.state, source] += 1
                gone[show.state, source] += source not in told
    return tuple(
        Doubted(state, source, gone[state, source], count)
        for (state, source), count in sorted(listed.items())
        if _is_too_much(gone[state, source], count)
    )


def _is_too_much(gone: int, of: int) -> bool:
    return (of >= _ENOUGH_FOR_HALF and 2 * gone >= of) or (of >= _ENOUGH_FOR_ALL and gone == of)


def successors(known: Shows, present: Shows, now: datetime) -> dict[Key, Key]:
    """For shows that are not there, those that they go on as: the same act, house and start."""
    absent = [
        show
        for key, show in sorted(known.items())
        if key not in present and show.sources and not show.is_over(now)
    ]
    days = {(show.state, show.local_date) for show in absent}
    at: defaultdict[ShowIdentity, list[KnownShow]] = defaultdict(list)
    for show in present.values():
        if (show.state, show.local_date) in days:
            for identity in _identities(show):
                at[identity].append(show)
    found: dict[Key, Key] = {}
    for show in absent:
        alike = [
            other
            for identity in _identities(show)
            for other in at.get(identity, ())
            if is_one_start(show.starts_at_local, other.starts_at_local)
        ]
        if alike:
            best = min(alike, key=lambda one: (set(show.sources).isdisjoint(one.sources), one.key))
            found[show.key] = best.key
    return found


def _identities(show: KnownShow) -> Iterator[ShowIdentity]:
    # Where nobody is billed the title names the act.
    for act in dict.fromkeys((*show.acts, show.title)):
        yield show_identity(
            act,
            venue_name=show.venue_name,
            venue_city=show.venue_city,
            state=show.state,
            local_date=show.local_date,
        )


def vanished(
    known: Shows, present: Shows, heirs: Mapping[Key, Key], walks: Walks, now: datetime
) -> Iterator[KnownShow]:
    """Shows that are presumed cancelled; the arguments are those of ``doubted``."""
    for key in sorted(known.keys() - present.keys() - heirs.keys()):
        show = known[key]
        is_on = show.status in GOES_AHEAD and show.sources and show.is_ahead(now)
        if is_on and all(walks.saw(source, show) for source in show.sources):
            yield show
