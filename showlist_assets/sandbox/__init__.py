"""A stand-in for the APIs on this machine: a real HTTP server over a made-up or real world."""
