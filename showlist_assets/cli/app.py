"""The command line: which commands there are, and what becomes of a failure.

A foreseen failure is one sentence on stderr and exit status 1; a wrong argument is status 2. What a
command does lies in the module of its group, which bears its name or that of its group. These
modules import what takes long only when a command needs it, because ``--help`` needs none of it.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

import typer
from rich.console import Console
from typer.core import TyperGroup

from showlist_assets.cli import (
    accounts,
    cache,
    demo,
    doctor,
    feeds,
    forget_event,
    playlists,
    recipes,
    review,
    sandbox,
    status,
    ui,
)
from showlist_assets.errors import ShowlistError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


# As a shell tells it: 128 and the signal's number.
_INTERRUPTED: Final = 130


@contextmanager
def exit_on_failure() -> Iterator[None]:
    """Turn a foreseen failure into one sentence and exit status 1, Ctrl-C into one and 130."""
    try:
        yield
    except KeyboardInterrupt:
        Console(stderr=True, highlight=False).print(
            "Interrupted: what was stored so far stays, and the next run goes on from there."
        )
        raise typer.Exit(_INTERRUPTED) from None
    except ShowlistError as failure:
        from rich.markup import escape

        Console(stderr=True, highlight=False).print(
            f"[red]Error:[/red] {escape(str(failure))}", soft_wrap=True
        )
        raise typer.Exit(1) from None


class _Commands(TyperGroup):
    def invoke(self, ctx: Any) -> Any:
        with exit_on_failure():
            return super().invoke(ctx)


_GROUPS: Final[dict[str, tuple[Callable[..., None], ...]]] = {
    "Try it without keys": (demo.demo, sandbox.sandbox),
    "Run it": (
        ui.ui,
        doctor.doctor,
        status.status,
        review.review,
        cache.cache,
        forget_event.forget_event,
    ),
    "Playlists": (
        playlists.plan,
        playlists.push,
        playlists.history,
        playlists.restore,
        playlists.rollback,
    ),
    "Listeners": (accounts.login, accounts.logout, accounts.forget, accounts.accounts),
}

app = typer.Typer(
    cls=_Commands,
    help="Every concert near you, matched to Spotify: a Dagster data platform.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
for panel, commands in _GROUPS.items():
    for command in commands:
        app.command(rich_help_panel=panel)(command)
app.add_typer(feeds.feeds, name="feeds", rich_help_panel="Run it")
app.add_typer(recipes.recipes, name="recipes", rich_help_panel="Playlists")

if __name__ == "__main__":
    app()
