"""What a listener may like: pure functions over what they play and who plays the same."""
