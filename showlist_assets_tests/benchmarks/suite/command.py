"""Every figure that is aimed at, beside its reference, in one table.

    make bench [FLAGS="--long --json FILE --against 0.2.0"]

Needs Linux. A regression against an earlier run, the last one recorded by default, is told by the
ratios to the references, which were measured beside in each run; it ends with status 1, and so does
a part that cannot be measured. An aim that is not met does not. Progress goes to stderr.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from showlist_assets_tests.benchmarks.child_processes import ends_with_its_processes
from showlist_assets_tests.benchmarks.suite.comparison import (
    CannotCompareError,
    as_json,
    read_run,
    regressions,
)
from showlist_assets_tests.benchmarks.suite.parts import PARTS, run_parts
from showlist_assets_tests.benchmarks.suite.report import report
from showlist_assets_tests.benchmarks.suite.series import CannotRecordError, Series, project_series
from showlist_assets_tests.benchmarks.suite.sizes import LONG, STANDARD

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from showlist_assets_tests.benchmarks.suite.parts import Outcome, Part
    from showlist_assets_tests.benchmarks.suite.sizes import Size

_INTERRUPTED = 130


def main(
    given: Sequence[str] | None = None, *, size: Size | None = None, series: Series | None = None
) -> int:
    """Measure, print, and do what the options say; returns the exit status.

    Args:
        given: The options; those of the command line by default.
        size: In place of the one that the options name.
        series: In place of the project's.
    """
    options, kept = _options(given), series or project_series()
    try:
        earlier = _earlier(options.against, kept)
        outcome = (
            read_run(options.source)
            if options.source
            else _measured(options.only or PARTS, size or (LONG if options.long else STANDARD))
        )
        print(report(outcome))
        if options.json:
            options.json.write_text(json.dumps(as_json(outcome), indent=2) + "\n")
        worse = _compared(outcome, earlier, is_asked_for=bool(options.against))
        if options.record:
            kept.record(options.record, outcome)
    except KeyboardInterrupt:
        _say("interrupted; no process is left")
        return _INTERRUPTED
    except (CannotCompareError, CannotRecordError, OSError) as failure:
        _say(str(failure))
        return 1
    return 1 if worse or outcome.failed else 0


def _measured(parts: Sequence[Part], size: Size) -> Outcome:
    with ends_with_its_processes(), tempfile.TemporaryDirectory() as folder:
        return run_parts(parts, size, Path(folder), _say)


def _earlier(name: str | None, series: Series) -> dict[str, Outcome]:
    """The run in the file of that name, or the last one of each size in the series.

    Args:
        name: Of a file, or of the release that alone counts; None for all of them.
        series: Where releases are looked for.

    Raises:
        CannotCompareError: there is neither file nor release of that name, or no run in the file.
    """
    if name is not None:
        with suppress(FileNotFoundError):
            given = read_run(Path(name))
            return {given.size: given}
    recorded = series.recorded().items()
    found = {size: one for (label, size), one in recorded if name in (None, label)}
    if name is not None and not found:
        raise CannotCompareError(f"{name} is no file, and not in {series.file}.")
    return found


def _compared(outcome: Outcome, earlier: Mapping[str, Outcome], *, is_asked_for: bool) -> list[str]:
    before = earlier.get(outcome.size)
    if before is None:
        if is_asked_for:
            raise CannotCompareError(f"That is no run of the {outcome.size} size.")
        return []
    worse = regressions(outcome, before)
    print("\nNothing is worse than before." if not worse else "\nWorse than before:")
    for words in worse:
        print(f"- {words}")
    return worse


def _options(given: Sequence[str] | None) -> argparse.Namespace:
    arguments = argparse.ArgumentParser(
        prog="make bench", description=__doc__.partition("\n")[0] if __doc__ else None
    )
    arguments.add_argument("--long", action="store_true", help="larger nations, some 30 minutes")
    arguments.add_argument("--only", type=_parts_named, help="parts, with commas")
    arguments.add_argument("--json", type=Path, help="write the figures to this file")
    arguments.add_argument("--against", help="a file of --json, or a release; the last one")
    arguments.add_argument("--record", metavar="LABEL", help="add them to docs/measured.md")
    arguments.add_argument(
        "--from", dest="source", type=Path, help="take the figures of this file; measure nothing"
    )
    return arguments.parse_args(given)


def _parts_named(text: str) -> list[Part]:
    known, wanted = {part.name for part in PARTS}, {*text.split(",")}
    if unknown := wanted - known:
        raise argparse.ArgumentTypeError(
            f"{', '.join(sorted(unknown))}: not among {', '.join(sorted(known))}"
        )
    return [part for part in PARTS if part.name in wanted]


def _say(what: str) -> None:
    print(f"Bench: {what}", file=sys.stderr, flush=True)
