"""Groups of commands that take a name in the place of a command: `showlist recipes NAME`."""

from __future__ import annotations

from difflib import get_close_matches
from typing import Any

from typer.core import TyperGroup
from typing_extensions import override


class ShowsWhatIsNamed(TyperGroup):
    """Takes a name for its command ``show``; a slip of a command is told as such."""

    @override
    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        if get_close_matches(args[0], self.commands, n=1):
            return super().resolve_command(ctx, args)
        return super().resolve_command(ctx, ["show", *args])
