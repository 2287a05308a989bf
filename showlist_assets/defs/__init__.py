"""Everything that knows Dagster, one module per concept.

What belongs here: assets, checks, jobs, schedules, sensors, resources, and what they say in the UI.
What does not: deciding anything (``domain``), doing anything (``services``).
"""

import gc

# By default a look for garbage follows every 700 new objects. Definitions and events are hundreds
# of thousands that live on: the looks took a twentieth of a run, and memory hardly grows without.
gc.set_threshold(20_000, 20, 20)
