"""What is known of artists beyond Spotify: ids elsewhere, neighbours, how many listeners."""
