"""Everything that knows Dagster, one module per concept.

What belongs here: assets, checks, jobs, schedules, sensors, resources, and what they say in the UI.
What does not: deciding anything (``domain``), doing anything (``services``).
"""
