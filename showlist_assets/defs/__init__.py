"""Everything that knows Dagster, one module per concept.

What belongs here: assets, checks, jobs, schedules, sensors, resources, and what they say in the UI.
What does not: deciding anything (``domain``), doing anything (``services``).
"""

import gc
import os

# What Polars has freed goes back to the machine at once, not half a second later: of the run with
# the heaviest states, which writes table after table, that is a twentieth of the memory. Polars
# reads it when it is first imported, behind its own setting.
os.environ.setdefault("_RJEM_MALLOC_CONF", "dirty_decay_ms:200,muzzy_decay_ms:0")

# By default a look for garbage follows every 700 new objects. Definitions and events are hundreds
# of thousands that live on: the looks took a twentieth of a run, and memory hardly grows without.
gc.set_threshold(20_000, 20, 20)
