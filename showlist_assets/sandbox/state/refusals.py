"""How Spotify words its refusals; seen in reports of 2026, since only some are documented."""

from __future__ import annotations

# Both in plain text: zmb3/spotify#301, spotipy-dev/spotipy#1233.
NOT_PREMIUM = (
    "Active premium subscription required for the owner of the app. When the subscription status "
    "changes, it can take a few hours before requests are allowed again."
)
NOT_ALLOWLISTED = "User not registered in the Developer Dashboard"

NOT_OWNER = "You cannot add tracks to a playlist you don't own."
INSUFFICIENT_SCOPE = "Insufficient client scope"
ENDPOINT_GONE = "Forbidden"
NEEDS_LISTENER = "Valid user authentication required"
NOT_FOUND = "Resource not found"
