"""The listener's page: what plays near you, heard, saved and kept, in a browser."""
