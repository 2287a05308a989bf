"""SeatGeek's platform API v2."""
