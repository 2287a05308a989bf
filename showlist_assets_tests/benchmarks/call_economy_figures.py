"""The arithmetic and the tables of the benchmark of calls; what is run lies in ``call_economy``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Final

WINDOW_SECONDS: Final = 30.0
FEATURE_BATCH: Final = 40


@dataclass(frozen=True)
class Limits:
    """What the sandbox allows: ``window`` Spotify calls per rolling 30 s, each taking a while."""

    window: int
    latency_ms: int

    def seconds(self, calls: int) -> float:
        """The shortest time in which one client can make ``calls``, one after the other."""
        latency = self.latency_ms / 1000
        starts: list[float] = []
        for place in range(calls):
            after_the_last = starts[-1] + latency if starts else 0.0
            slot = starts[place - self.window] + WINDOW_SECONDS if place >= self.window else 0.0
            starts.append(max(after_the_last, slot))
        return starts[-1] + latency if starts else 0.0


@dataclass(frozen=True)
class Pass:
    """One run of one method.

    Attributes:
        method: In words, and which pass it was.
        mode: What the Spotify app might do.
        events: Events that were read.
        rows: Performers billed on them.
        performers: Different performers among the rows.
        new: Performers who were looked up in this pass.
        matched: Different performers with an artist.
        spotify: Spotify calls that were answered, tokens not counted.
        refused: Spotify calls that got a 429, on top.
        reccobeats: ReccoBeats calls.
        tracks: Tracks whose features were asked for in this pass, by state.
        seconds: How long it took, without the start of the process.
        start: Seconds until the process could begin.
        timed_rows: Billed rows that were timed, where ``seconds`` was reckoned from a part.
    """

    method: str
    mode: str
    events: int
    rows: int
    performers: int
    new: int
    matched: int
    spotify: int
    refused: int
    reccobeats: int
    tracks: Mapping[str, int]
    seconds: float
    start: float = 0.0
    timed_rows: int | None = None

    @property
    def per_performer(self) -> float:
        """Spotify calls, refused ones too, per different performer."""
        return (self.spotify + self.refused) / self.performers if self.performers else 0.0

    @property
    def per_new(self) -> float:
        """Spotify calls, refused ones too, per performer who was looked up."""
        return (self.spotify + self.refused) / self.new if self.new else 0.0

    @property
    def feature_calls(self) -> int:
        """ReccoBeats calls that the tracks of each state fill."""
        return sum(ceil(count / FEATURE_BATCH) for count in self.tracks.values())


@dataclass(frozen=True)
class Passes:
    """All of a benchmark; the first pass of ours in Development Mode lacks the newcomers."""

    reference: Pass
    reference_paging: Pass
    extended: Pass
    first: Pass
    again: Pass
    newcomers: Pass

    def in_order(self) -> tuple[Pass, ...]:
        """As they are printed."""
        return (
            self.reference, self.reference_paging, self.extended, self.first, self.again,
            self.newcomers,
        )  # fmt: skip


_COLUMNS = (
    "method", "Spotify app", "events", "billed rows", "performers", "looked up", "matched",
    "Spotify calls", "refused (429)", "per 1,000 performers", "per performer", "ReccoBeats calls",
    "tracks / 40 per state", "wall s", "bound s", "wall / bound", "process start s",
)  # fmt: skip


def passes_table(passes: Iterable[Pass], limits: Limits) -> str:
    """One line per pass, as Markdown."""
    return _table(_COLUMNS, (_line(each, limits) for each in passes), words=2)


def _line(each: Pass, limits: Limits) -> list[str]:
    bound = limits.seconds(each.spotify)
    about = "~" if each.timed_rows is not None else ""
    return [
        each.method,
        each.mode,
        *(f"{n:,}" for n in (each.events, each.rows, each.performers, each.new, each.matched)),
        f"{each.spotify:,}",
        str(each.refused),
        f"{1000 * each.per_performer:,.0f}",
        f"{each.per_performer:.2f}",
        f"{each.reccobeats:,}",
        f"{each.feature_calls:,}",
        f"{about}{each.seconds:,.1f}",
        f"{bound:,.1f}",
        f"{about}{each.seconds / bound:.2f}" if bound else "-",
        f"{each.start:.1f}" if each.start else "-",
    ]


def _table(head: Sequence[str], lines: Iterable[Sequence[str]], words: int) -> str:
    rule = ["---"] * words + ["---:"] * (len(head) - words)
    return "\n".join("| " + " | ".join(line) + " |" for line in (head, rule, *lines))
