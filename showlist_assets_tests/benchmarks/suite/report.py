"""The table of a run: every figure beside its reference and its aims."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from showlist_assets_tests.benchmarks.suite.figures import FIGURES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from showlist_assets_tests.benchmarks.suite.figures import Figure, Reading
    from showlist_assets_tests.benchmarks.suite.parts import Outcome

_COLUMNS: Final = (
    "figure", "measured", "reference", "beside what", "ratio", "aim", "ratio's aim", "verdict",
)  # fmt: skip
_DECIMALS: Final = {"calls": 2, "CPU s": 2, "s": 1, "MB": 0}


def report(outcome: Outcome) -> str:
    """The table as Markdown, what could not be measured, and how long it took."""
    rows = (
        _row(figure, reading)
        for figure in FIGURES
        if (reading := outcome.readings.get(figure.key)) and reading.measured is not None
    )
    failed = [f"Not measured: {part}. {why}" for part, why in outcome.failed.items()]
    took = (
        f"{outcome.size} size, {outcome.seconds:.0f} s, load {outcome.load:.1f} before. "
        "How well names are matched: python -m showlist_assets_tests.benchmarks.matching."
    )
    return "\n\n".join([table(_COLUMNS, rows), *failed, took])


def verdict(figure: Figure, reading: Reading) -> str:
    """Whether every aim is met that the figure has."""
    aims = ((figure.aim, reading.measured), (figure.ratio_aim, reading.ratio))
    judged = [(aim, found) for aim, found in aims if aim is not None]
    if any(found is None for _, found in judged):
        return "unknown"
    missed = [found for aim, found in judged if found is not None and found > aim]
    return ("not met" if missed else "met") if judged else ""


def in_words(figure: Figure, value: float | None) -> str:
    """A measured value, or that of the reference, without its unit."""
    return "" if value is None else f"{value:,.{_DECIMALS[figure.unit]}f}"


def ratio_in_words(ratio: float | None) -> str:
    """Three figures, as most ratios are near one."""
    return "" if ratio is None else f"{ratio:.3g}"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Markdown."""
    return "\n".join("| " + " | ".join(line) + " |" for line in _lines(head, rows))


def _lines(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[Sequence[str]]:
    yield head
    yield ["---"] + ["---:"] * (len(head) - 1)
    yield from rows


def _row(figure: Figure, reading: Reading) -> list[str]:
    return [
        figure.name,
        f"{in_words(figure, reading.measured)} {figure.unit}",
        in_words(figure, reading.reference),
        figure.reference,
        ratio_in_words(reading.ratio),
        "" if figure.aim is None else f"{figure.aim:g}",
        ratio_in_words(figure.ratio_aim),
        verdict(figure, reading),
    ]
