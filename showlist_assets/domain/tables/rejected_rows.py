"""The rows that were set aside, of every table together.

What belongs here: the schema of these rows. What does not: telling good rows from bad ones
(``quality``). It is no table of the platform's own (``registry``): nothing is made from it.
"""

from __future__ import annotations

from typing import Final

import dataframely as dy

from showlist_assets.domain.states import BY_CODE
from showlist_assets.domain.tables.columns import utc

# Of a rejected row that names no state of ours.
UNKNOWN_STATE: Final = "??"


class RejectedRows(dy.Schema):
    """A row that broke a rule of its table: set aside and counted, never dropped in silence."""

    state = dy.String(
        nullable=False,
        check={"known_value": lambda col: col.is_in([*BY_CODE, UNKNOWN_STATE])},
        description="The state (as in other tables) whose partition the row was meant for; ?? "
        "where it named none.",
    )
    table = dy.String(nullable=False, description="The table the row was meant for.")
    reason = dy.String(nullable=False, description="Which rules it broke, in words.")
    row = dy.String(nullable=False, description="The row itself, as JSON.")
    rejected_at = utc("When it was set aside.")
