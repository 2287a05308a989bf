"""A listener's taste: whom to ask what of artists, and what is made of the answers."""
