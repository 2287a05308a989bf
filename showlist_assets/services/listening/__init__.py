"""A listener's history: where it comes from, what is kept of it, and what it amounts to."""
