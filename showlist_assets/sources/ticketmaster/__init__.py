"""Ticketmaster: the client of its Discovery API, and the reader of its documents."""
