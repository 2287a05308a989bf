"""How each source of events answered for each state, as the warehouse tells it.

What belongs here: the schema of these rows. What does not: keeping them (``storage.fetch_record``).
It is no table of the platform's own (``registry``): nothing is made from it.
"""

from __future__ import annotations

import dataframely as dy

from showlist_assets.domain.tables.columns import state_code, utc


class SourceFetches(dy.Schema):
    """The last fetch of one state from one source of events, and the last that was answered."""

    state = state_code()
    source = dy.String(primary_key=True, description="The source of events.")
    answered_at = utc("When it answered last; null if never.", nullable=True)
    complete_through = dy.Date(
        nullable=True,
        description="The date up to which that answer held every listing; null where it left "
        "something out.",
    )
    listings = dy.Int64(
        nullable=False, min=0, description="How many listings came with that answer."
    )
    failing_since = utc(
        "When the first fetch failed since the last answer; null where the last one was answered.",
        nullable=True,
    )
    tried_at = utc("When the last fetch was tried, whatever became of it.", nullable=True)
    because = dy.String(
        nullable=False, description="What the source said when it failed last; empty if never."
    )
    was_missing = dy.Bool(
        nullable=False,
        description="No event of the state was stored when it failed first.",
    )
