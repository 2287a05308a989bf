"""Spotify's Web API."""
