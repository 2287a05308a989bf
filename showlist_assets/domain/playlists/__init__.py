"""From a recipe and the upcoming shows to a list of tracks, and to what changes."""
