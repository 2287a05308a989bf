"""Calendars of venues that an operator named: what a feed is and how its file is read."""
