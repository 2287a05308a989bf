"""Which Spotify artist a performer is, and the bookkeeping around that decision."""
