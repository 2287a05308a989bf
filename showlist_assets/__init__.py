"""Showlist: every concert near you, matched to Spotify, as a Dagster data platform.

Import concrete submodules; importing the package itself does nothing.
"""
