"""What every source has in common: how a request is sent, answered, counted and kept."""
