"""Files that hold what somebody listened to: finding them, knowing them, reading them."""
