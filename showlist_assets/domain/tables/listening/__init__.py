"""The tables of one listener each: encrypted, beside the accounts, in no warehouse."""
