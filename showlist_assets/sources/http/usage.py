"""How many requests were sent, and how many the cache spared."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ApiUsage:
    """What a session has sent, and what the cache spared it.

    Attributes:
        sent: Requests.
        reused: Requests that the cache answered.
        outdated: How many of these answers were past their time and stood in for a failure.
        malformed: Items of answers that could not be read and were passed over.
        failed: What the last such failure was; empty where there was none.
    """

    sent: int = 0
    reused: int = 0
    outdated: int = 0
    malformed: int = 0
    failed: str = ""

    def as_numbers(self, service: str) -> dict[str, int]:
        """Metadata of a run, with the same keys every time."""
        return {
            f"{service}_calls": self.sent,
            f"{service}_answers_reused": self.reused,
            f"{service}_answers_outdated": self.outdated,
            f"{service}_items_malformed": self.malformed,
        }

    def __add__(self, other: ApiUsage) -> ApiUsage:
        return ApiUsage(
            self.sent + other.sent,
            self.reused + other.reused,
            self.outdated + other.outdated,
            self.malformed + other.malformed,
            other.failed or self.failed,
        )
