"""What the pages print: typed, finished, in words; a module a screen."""
