"""What a listener plays: what sources told, and the plays that it amounts to. Pure."""
