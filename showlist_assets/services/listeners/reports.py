"""What listeners say of a match: "that is another band". The owner decides; nobody else changes it.

What belongs here: the notes, and how many are kept. What does not: deciding
(``storage.overrides``). ``reports.json`` lies beside the accounts.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from showlist_assets.domain.playlists.wish_model import cleaned
from showlist_assets.services.listeners.private_file import PrivateFile

if TYPE_CHECKING:
    from collections.abc import Callable

    from showlist_assets.storage.files import Files

LONGEST_WORDS: Final = 300
MOST_REPORTS: Final = 500
_LONGEST_NAME: Final = 200
_REPORTS: Final = "reports"


@dataclass(frozen=True)
class Report:
    """One listener about one performer.

    Attributes:
        account: Whose words these are.
        at: When they were said (UTC).
        words: In the listener's own words, on one line; may be empty.
    """

    performer_key: str
    performer: str
    account: str
    at: datetime
    words: str


class Reports:
    """All reports, the oldest of too many dropped.

    Every method raises ``AccountError`` where their file fails it.
    """

    def __init__(self, files: Files, *, clock: Callable[[], datetime]) -> None:
        """Read and write nothing yet; ``files`` are those of the accounts."""
        self._file, self._clock = PrivateFile(files, "reports.json"), clock

    def read(self) -> tuple[Report, ...]:
        """All of them, the newest first."""
        rows = self._file.read().get(_REPORTS, [])
        return tuple(
            Report(**{**row, "at": datetime.fromisoformat(row["at"])}) for row in reversed(rows)
        )

    def of(self, performer_key: str) -> tuple[Report, ...]:
        """Those about one performer, the newest first."""
        return tuple(one for one in self.read() if one.performer_key == performer_key)

    def add(self, performer_key: str, performer: str, account: str, words: str) -> None:
        """Keep what ``account`` says; whatever it said of this performer before gives way."""
        report = Report(
            performer_key=performer_key[:_LONGEST_NAME],
            performer=cleaned(performer)[:_LONGEST_NAME],
            account=account,
            at=self._clock(),
            words=cleaned(words)[:LONGEST_WORDS],
        )
        row = {**asdict(report), "at": report.at.isoformat()}

        def add(content: dict[str, Any]) -> None:
            others = [one for one in content.get(_REPORTS, []) if not _is_same_case(one, row)]
            content[_REPORTS] = [*others, row][-MOST_REPORTS:]

        self._file.change(add)

    def settle(self, performer_key: str) -> None:
        """Forget what was said of a performer: the owner has decided."""
        self._drop("performer_key", performer_key)

    def forget(self, account: str) -> None:
        """Forget all that ``account`` said."""
        self._drop("account", account)

    def _drop(self, field: str, value: str) -> None:
        if all(row[field] != value for row in self._file.read().get(_REPORTS, [])):
            return

        def drop(content: dict[str, Any]) -> None:
            content[_REPORTS] = [row for row in content.get(_REPORTS, []) if row[field] != value]

        self._file.change(drop)


def _is_same_case(one: dict[str, Any], other: dict[str, Any]) -> bool:
    return all(one[field] == other[field] for field in ("performer_key", "account"))
