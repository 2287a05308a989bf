"""The command line: which commands there are, and what becomes of a failure.

A foreseen failure is one sentence on stderr and exit status 1; a wrong argument is status 2; Ctrl-C
is one sentence and 130. What a command does lies in the module of its group, which bears its name
or that of its group. These modules import what takes long only when a command needs it, because
``--help`` needs none of it.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer
from rich.console import Console
from typer.core import TyperGroup

from showlist_assets.cli import (
    accounts,
    backup,
    backup_drill,
    cache,
    demo,
    doctor,
    feeds,
    forget_event,
    import_listens,
    listening,
    migrate,
    playlists,
    recipes,
    reset,
    review,
    sandbox,
    status,
    taste,
    tick,
    ui,
    web,
)
from showlist_assets.cli.interruption import EXIT_STATUS, tell_interruption
from showlist_assets.errors import ShowlistError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


EXIT_STATUSES: Final = {
    0: "done",
    1: "failed: one sentence on stderr says why and what to do",
    2: "wrong usage: an unknown command, option or value",
    EXIT_STATUS: "interrupted by Ctrl-C: what was stored stays, the next run goes on from there",
}


@contextmanager
def exit_on_failure() -> Iterator[None]:
    """Turn a foreseen failure into one sentence and exit status 1, Ctrl-C into one and 130."""
    try:
        yield
    except KeyboardInterrupt:
        raise _interrupted() from None
    except typer.Abort as abort:
        # A question tells Ctrl-C by this and a no by the same.
        if isinstance(abort.__context__, KeyboardInterrupt):
            raise _interrupted() from None
        Console(stderr=True).print("Nothing was changed.")
        raise typer.Exit(1) from None
    except ShowlistError as failure:
        _tell(failure)
        raise typer.Exit(1) from None


def _tell(failure: ShowlistError) -> None:
    from showlist_assets.services.log_lines import logs_as_json

    if logs_as_json():
        import logging

        logging.getLogger(__name__).error("%s", failure)
        return
    from rich.markup import escape

    Console(stderr=True, highlight=False, emoji=False).print(
        f"[red]Error:[/red] {escape(str(failure))}", soft_wrap=True
    )


def _interrupted() -> typer.Exit:
    tell_interruption()
    return typer.Exit(EXIT_STATUS)


class _Commands(TyperGroup):
    def invoke(self, ctx: Any) -> Any:
        with exit_on_failure():
            return super().invoke(ctx)


def _print_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        Console(highlight=False).print(f"showlist {version('showlist')}")
        raise typer.Exit


_GROUPS: Final[dict[str, tuple[Callable[..., None], ...]]] = {
    "Try it without keys": (demo.demo, sandbox.sandbox),
    "Run it": (
        web.web,
        ui.ui,
        tick.tick,
        migrate.migrate,
        doctor.doctor,
        status.status,
        review.review,
        cache.cache,
        forget_event.forget_event,
    ),
    "Keep it": (backup.backup, backup.restore_backup, backup_drill.backup_drill, reset.reset),
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
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Exit status: "
    + "; ".join(f"{status} {words.partition(':')[0]}" for status, words in EXIT_STATUSES.items())
    + ". docs/commands.md has every command.",
    pretty_exceptions_enable=False,
)


@app.callback(invoke_without_command=True)
def showlist(
    context: typer.Context,
    _version: Annotated[
        bool,
        typer.Option(
            "--version", help="Say which version this is.", callback=_print_version, is_eager=True
        ),
    ] = False,
) -> None:
    """Every concert near you, matched to Spotify: a Dagster data platform."""
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


for panel, commands in _GROUPS.items():
    for command in commands:
        app.command(rich_help_panel=panel)(command)
app.add_typer(feeds.feeds, name="feeds", rich_help_panel="Run it")
app.add_typer(recipes.recipes, name="recipes", rich_help_panel="Playlists")
app.command("import", rich_help_panel="Listeners")(import_listens.import_listens)
app.add_typer(listening.listening, name="listening", rich_help_panel="Listeners")
app.add_typer(taste.taste, name="taste", rich_help_panel="Listeners")

if __name__ == "__main__":
    app()
