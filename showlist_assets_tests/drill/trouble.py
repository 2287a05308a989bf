"""What goes wrong on which day: faults and kills, drawn from a seed."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from showlist_assets_tests.drill.run_process import Kill

if TYPE_CHECKING:
    from collections.abc import Sequence
    from random import Random

_HOUR: Final = 3600

# Without malformed_item, and without ReccoBeats' empty_page: both are believed (docs/measured.md).
_ANYWHERE: Final = (
    "status", "reset", "truncated", "cut_json", "not_json", "wrong_types", "late", "web_page",
    "hostile_page", "odd_items",
)  # fmt: skip
_KINDS: Final[dict[str, tuple[str, ...]]] = {
    "seatgeek": (*_ANYWHERE, "captcha", "empty_page", "duplicate_page", "rate_limit"),
    "ticketmaster": (*_ANYWHERE, "captcha", "rate_limit"),
    "spotify": (
        *_ANYWHERE, "rate_limit", "quota_exceeded", "forbidden", "not_premium", "captcha",
        "insufficient_scope", "empty_page", "malformed_item",
    ),
    "accounts": ("status", "reset", "not_json", "captcha", "web_page", "hostile_page"),
    "reccobeats": (*_ANYWHERE, "rate_limit", "captcha", "malformed_item"),
}  # fmt: skip
_SERVICES: Final = ("spotify", "spotify", "spotify", "accounts", "reccobeats")
_WITHOUT_END: Final = 100_000


@dataclass(frozen=True)
class BadDay:
    """The faults ordered in the morning, and what kills the day's runs and their restarts."""

    faults: tuple[dict[str, Any], ...] = ()
    kills: tuple[Kill | None, ...] = ()

    def __str__(self) -> str:
        faults = [f"{one['service']} {one['kind']} x{one['times']}" for one in self.faults]
        return ", ".join(faults) or "nothing"


def bad_days(seed: int, days: int, sources: Sequence[str] = ("seatgeek",)) -> list[BadDay]:
    """The same troubles for a seed, day by day; of event sources only ``sources`` have any."""
    rng = random.Random(seed)
    services = (*sources, *_SERVICES)
    return [_bad_day(rng, services) for _ in range(days)]


@dataclass(frozen=True)
class Outage:
    """An event source that answers nothing for some days.

    Attributes:
        source: Which.
        first: The first such day; 0 is the first of all.
        days: For how long.
    """

    source: str
    first: int
    days: int

    def added_to(self, days: Sequence[BadDay]) -> list[BadDay]:
        """The same days with the outage among them, which comes before other faults."""
        down = {"service": self.source, "kind": "status", "status": 503, "times": _WITHOUT_END}
        with_it = [*days, *[BadDay()] * (self.first + self.days - len(days))]
        for day in range(self.first, self.first + self.days):
            with_it[day] = replace(with_it[day], faults=(down, *with_it[day].faults))
        return with_it


def _bad_day(rng: Random, services: Sequence[str]) -> BadDay:
    faults = [_fault(rng, services) for _ in range(rng.randint(1, 4))]
    return BadDay(tuple(faults), tuple(_kill(rng) for _ in range(rng.randint(0, 4))))


def _kill(rng: Random) -> Kill | None:
    return rng.choice(
        [Kill("answer kept", rng.randint(1, 9)), Kill("file renamed", rng.randint(1, 12)), None]
    )


def _fault(rng: Random, services: Sequence[str]) -> dict[str, Any]:
    service = rng.choice(services)
    kind = rng.choice(_KINDS[service])
    fault: dict[str, Any] = {
        "service": service,
        "kind": kind,
        "times": rng.choice((1, 1, 2, 3, 6, 20)),
        "skip": rng.choice((0, 0, 1, 3, 8, 20)),
    }
    match kind:
        case "status":
            fault["status"] = rng.choice((500, 502, 503, 504))
        case "malformed_item":
            # Twice in a row it is what the API says, and is believed.
            fault["times"] = 1
        case "late":
            fault["seconds"] = 0.02
        case "rate_limit":
            fault["retry_after"] = rng.choice((1, 5, 30, 300))
        case "quota_exceeded":
            fault |= {"retry_after": rng.randint(1, 22) * _HOUR, "times": 1}
    return fault
