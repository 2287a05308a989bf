"""The tables: their schemas, and what is counted, expected and set aside."""
