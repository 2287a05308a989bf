"""The published DuckDB file as pages read it: one read-only connection, and a function a question.

What belongs here: opening a publication, and queries that answer with frozen dataclasses. What does
not: building the file (``storage.warehouse``), and how an answer is shown.
"""
