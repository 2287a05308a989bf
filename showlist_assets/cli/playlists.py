"""``showlist plan``, ``push``, ``history`` and ``rollback``: what a person sees of playlists."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final

import typer
from rich.markup import escape

from showlist_assets.cli.options import BASE, Base, OfDemo, platform_of
from showlist_assets.cli.options import console as terminal
from showlist_assets.cli.recipes import no_recipe_in
from showlist_assets.errors import ShowlistError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from showlist_assets.domain.playlists.recipe import Recipe
    from showlist_assets.wiring import Platform

RecipeNames = Annotated[
    list[str] | None, typer.Argument(help="Recipes by name; all of the folder if left out.")
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Only read, and say.")]

BY_HAND: Final = "command line"


def plan(names: RecipeNames = None, sandbox: OfDemo = False, home: Base = BASE) -> None:
    """Show what recipes make of the upcoming shows, and what a push would change."""
    # The demo's listener has gone with the demo: nothing is live.
    show_plans(platform_of(home, sandbox=sandbox), names or [], terminal, live=not sandbox)


def push(
    names: RecipeNames = None,
    dry_run: DryRun = False,
    recreate: Annotated[
        bool, typer.Option("--recreate", help="A new playlist where the old one was deleted.")
    ] = False,
) -> None:
    """Write the difference between plan and playlist to the listener's account."""
    well = push_recipes(platform_of(), names or [], terminal, dry_run=dry_run, recreate=recreate)
    raise typer.Exit(0 if well else 1)


def history(
    name: Annotated[str | None, typer.Argument(help="A recipe; all if left out.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="How many pushes.")] = 20,
    sandbox: OfDemo = False,
    home: Base = BASE,
) -> None:
    """List what was pushed, when, by whom, and what it cost."""
    show_history(platform_of(home, sandbox=sandbox), name, terminal, limit=limit)


def rollback(
    name: Annotated[str, typer.Argument(help="A recipe.")],
    to: Annotated[int, typer.Option(help="The push to go back to (see `showlist history`).")],
    dry_run: DryRun = False,
) -> None:
    """Bring back what an earlier push left; the listener's own tracks stay."""
    roll_recipe_back(platform_of(), name, to, terminal, dry_run=dry_run)


def show_plans(
    platform: Platform, names: Sequence[str], console: Console, *, live: bool = True
) -> None:
    """Print the plans of the recipes ``names`` (all of the folder if empty).

    Args:
        platform: Whose recipes and shows.
        names: Of the recipes.
        console: Where the plans are printed.
        live: Compare them with what is live, and say what a push would change.

    Raises:
        RecipeError: a recipe cannot be used.
        StorageError: the shows cannot be read.
    """
    from rich.markdown import Markdown

    from showlist_assets.services.playlists.page import plan_page
    from showlist_assets.services.playlists.workflow import NO_ACCOUNT
    from showlist_assets.sources.failures import SourceError

    steps = platform.playlists
    for recipe in _recipes(platform, names, console):
        planned, difference = steps.plan(recipe), None
        try:
            if live:
                difference = steps.push(recipe, planned, run_id=BY_HAND, dry_run=True)
        except SourceError as failure:
            console.print(f"[yellow]What is live cannot be told: {escape(str(failure))}[/yellow]")
        console.print(Markdown(plan_page(planned, difference)))
        if live and difference is None:
            console.print(NO_ACCOUNT.format(name=recipe.account), soft_wrap=True)


def push_recipes(
    platform: Platform,
    names: Sequence[str],
    console: Console,
    *,
    dry_run: bool = False,
    recreate: bool = False,
) -> bool:
    """Plan and push the recipes ``names`` (all if empty); returns whether none failed.

    One that fails does not stop the others.

    Raises:
        RecipeError: a recipe cannot be used; nothing was pushed.
    """
    all_well = True
    for recipe in _recipes(platform, names, console):
        try:
            words = _push(recipe, platform, dry_run=dry_run, recreate=recreate)
            console.print(f"[bold]{recipe.name}[/bold]  {escape(words)}", soft_wrap=True)
        except ShowlistError as failure:
            all_well = False
            console.print(
                f"[bold]{recipe.name}[/bold]  [red]Error:[/red] {escape(str(failure))}",
                soft_wrap=True,
            )
    return all_well


def _push(recipe: Recipe, platform: Platform, *, dry_run: bool, recreate: bool) -> str:
    from showlist_assets.services.playlists.workflow import NO_ACCOUNT

    steps = platform.playlists
    planned = steps.plan(recipe)
    if not dry_run:
        platform.plans.publish(planned, today=steps.today(recipe), now=platform.now())
    result = steps.push(recipe, planned, run_id=BY_HAND, dry_run=dry_run, recreate=recreate)
    if result is None:
        return NO_ACCOUNT.format(name=recipe.account)
    said = (result.words, result.playlist_url or "", steps.account_warning(recipe))
    return " ".join(part for part in said if part)


def show_history(platform: Platform, name: str | None, console: Console, *, limit: int) -> None:
    """Print the last pushes of the recipe ``name``, or of all, newest first.

    Raises:
        StorageError: the history cannot be read.
    """
    from rich.table import Table

    from showlist_assets.services.playlists.history import history_rows

    rows = history_rows(platform.history, name).head(limit)
    if rows.is_empty():
        console.print("Nothing was pushed yet.")
        return
    table = Table(box=None)
    for column in ("recipe", "push", "when (UTC)", "status", "added", "removed", "tracks", "calls",
                   "account", "what"):  # fmt: skip
        table.add_column(column, overflow="fold")
    for row in rows.iter_rows(named=True):
        back = f"back to push {row['rolled_back_to']}" if row["rolled_back_to"] else ""
        table.add_row(
            row["recipe"], str(row["number"]), f"{row['started_at']:%Y-%m-%d %H:%M}", row["status"],
            str(row["added"]), str(row["removed"]), str(row["tracks"]), str(row["calls"]),
            row["account"], escape(row["words"] or back or row["title"]),
        )  # fmt: skip
    console.print(table)


def roll_recipe_back(
    platform: Platform, name: str, to: int, console: Console, *, dry_run: bool = False
) -> None:
    """Bring back what push number ``to`` of the recipe ``name`` left.

    Raises:
        AccountError, PushError, RecipeError, SourceError, StorageError: as their messages say.
    """
    recipe = platform.recipes.read(name)
    result = platform.playlists.roll_back(recipe, to, run_id=BY_HAND, dry_run=dry_run)
    console.print(escape(result.words), soft_wrap=True)


def _recipes(platform: Platform, names: Sequence[str], console: Console) -> list[Recipe]:
    folder = platform.recipes
    wanted = list(names) or folder.names()
    if not wanted:
        console.print(no_recipe_in(folder), soft_wrap=True)
    return [folder.read(name) for name in wanted]
