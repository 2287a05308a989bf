"""Calendars of venues: asking for them, and reading what they say, in whatever form."""
