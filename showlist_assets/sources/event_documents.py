"""What reading the documents of any source of events has in common.

What belongs here: taking documents or setting them aside, and what holds of shows whoever lists
them. What does not: what one source's fields mean (``sources.*.reader``).
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from showlist_assets.domain.states import country_of
from showlist_assets.domain.tables import quality
from showlist_assets.domain.tables.columns import polars_schema
from showlist_assets.domain.tables.from_rows import frame_of_rows
from showlist_assets.domain.tables.raw_events import RawEvents

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import datetime

    from showlist_assets.domain.states import Country

VENUE_NOT_ANNOUNCED: Final = "Venue to be announced"
NIGHT_ENDS: Final = timedelta(hours=6)
"""Whoever plays on till dawn plays on the evening before."""
LONGEST_SHOW: Final = timedelta(days=31)
"""Beyond, an end is a mistake, or that of a season ticket."""
# Rows of Python that are there at once: they take ten times the room of a frame's.
_AT_ONCE: Final = 500


def handed_over(documents: list[Any]) -> Iterator[Any]:
    """Each of ``documents`` in order; it goes as it is taken, as a state's take a hundred MB."""
    documents.reverse()
    while documents:
        yield documents.pop()


def rows_of_documents(
    documents: Iterable[object],
    read_row: Callable[[object, Country, datetime], tuple[dict[str, Any], str]],
    *,
    state: str | None,
    fetched_at: datetime,
) -> quality.CheckedRows:
    """``RawEvents`` rows of an API's event documents, and those that were set aside.

    Args:
        documents: Event objects as the API answers them.
        read_row: Makes the row of one that was asked for of a country, and says what is wrong with
            it ("" if it can be used).
        state: The state that was asked for; events elsewhere are set aside. None takes any state
            of the US.
        fetched_at: When they were fetched (UTC).
    """
    frames, rows, rejected = [], list[dict[str, Any]](), []
    schema = polars_schema(RawEvents)
    country = country_of(state)
    for document in documents:
        row, fault = read_row(document, country, fetched_at)
        if not fault and state and row["state"] != state:
            fault = f"the venue lies in {row['state']!r}, not in {state}"
        if fault:
            rejected.append(
                quality.rejected_row(
                    state=state or row.get("state"),
                    table="raw_events",
                    reason=fault,
                    row=document,
                    at=fetched_at,
                )
            )
        else:
            rows.append(row)
            if len(rows) == _AT_ONCE:
                frames.append(frame_of_rows(rows, schema))
                rows = []
    frames.append(frame_of_rows(rows, schema))
    # Rows shift between pages while they are read, so one event can come twice; the later is newer.
    frame = pl.concat(frames).unique(["source", "event_id"], keep="last", maintain_order=True)
    checked = quality.check_rows("raw_events", frame, at=fetched_at)
    return quality.CheckedRows(
        checked.good, pl.concat([quality.rejected_frame(rejected), checked.rejected])
    )


def fault_of_place(printed_state: str | None, state: str | None, country: Country) -> str:
    """Why an event that was asked for of ``country`` is elsewhere by its state; "" if it is not.

    Args:
        printed_state: As the source prints it.
        state: The country's state that it means, if any.
        country: That was asked for.
    """
    return "" if state else f"{printed_state!r} is not a {country.of_one}"


def fault_of_country(printed: str | None, country: Country) -> str:
    """Why an event is elsewhere by the country that it prints; "" where it is not, or says nothing.

    "DE" is Delaware here and Germany elsewhere; no country at all is no reason to lose a show.
    """
    if printed and not country.is_printed(printed):
        return f"the venue lies in {printed!r}, not in {country.name}"
    return ""
