"""ListenBrainz: its API, and its Labs, which are another service."""
