"""The world that the sandbox serves: generated, or read from a folder."""
