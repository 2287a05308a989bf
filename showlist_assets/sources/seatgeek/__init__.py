"""SeatGeek: asking for events, and reading what it answers."""
