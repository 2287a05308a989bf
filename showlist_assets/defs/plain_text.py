"""Words as Dagster's pages print them.

They show a plain text letter by letter, so the backticks around a command, which a console and
Markdown understand, would stand there as such.
"""

from __future__ import annotations


def plain_text(words: str) -> str:
    """``words`` with a command in quotes instead of backticks."""
    return words.replace("`", "'")
