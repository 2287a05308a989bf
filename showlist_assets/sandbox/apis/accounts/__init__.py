"""Spotify's accounts service: tokens and consent."""
