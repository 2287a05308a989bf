"""ListenBrainz: what listeners played, and its Labs: what is played by the same people."""
