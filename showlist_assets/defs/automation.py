"""What Dagster materializes by itself, and when.

What belongs here: conditions from asset to asset. What does not: side effects; a push into a
listener's account is a sensor's (``sensors``), which can say why it starts one.
"""

from __future__ import annotations

import dagster as dg

AFTER_THE_SHOWS = (
    dg.AutomationCondition.any_deps_updated()
    .allow(dg.AssetSelection.assets("upcoming_shows"))
    .since_last_handled()
    # A run in progress only delays the file; it never makes a half one (docs/adr/0017).
    & ~dg.AutomationCondition.any_deps_in_progress()
    & ~dg.AutomationCondition.in_progress()
).with_label("shows changed, no run under way")
"""Shows have changed, and no run is changing more of them; the page cuts a longer label short.

Once after a wave of runs, not once per run: three weekly runs are one change for a reader.

Not ``eager()``, which waits until no partition is missing: a state that nobody asked for is.
"""

# Needs no operator: an automation that must be turned on is a warehouse that stays old.
automation_sensor = dg.AutomationConditionSensorDefinition(
    "warehouse_automation",
    target=dg.AssetSelection.groups("warehouse"),
    default_status=dg.DefaultSensorStatus.RUNNING,
    minimum_interval_seconds=30,
    description="Publishes the DuckDB file once shows have changed. Without the daemon, run the "
    "job rebuild_warehouse.",
)
