"""The control surface: what a test or a person changes in a running sandbox."""
