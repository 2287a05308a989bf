"""A recipe's playlist: planned, pushed, remembered, rolled back."""
