"""Listeners: how one comes, what is kept of them, and how they go."""
