"""Spotify: the catalogue, listeners' playlists, and the tokens for both."""
