"""Ticketmaster's Discovery API: its routes, its documents and what it lists."""
