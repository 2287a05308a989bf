"""From a listing to the acts that play it."""
