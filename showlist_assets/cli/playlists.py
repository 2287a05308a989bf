"""``showlist plan``, ``push``, ``history`` and ``rollback``: what a person sees of playlists."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rich.markdown import Markdown
from rich.markup import escape

from showlist_assets.errors import ShowlistError
from showlist_assets.services.playlists.history import history_rows
from showlist_assets.services.playlists.page import plan_page
from showlist_assets.services.playlists.plan_files import PlanFiles
from showlist_assets.services.playlists.workflow import (
    NO_ACCOUNT,
    account_warning,
    history_in,
    listeners_date,
    make_plan,
    push_plan,
    roll_back,
)
from showlist_assets.sources.failures import SourceError
from showlist_assets.storage.recipes import RecipesFolder
from showlist_assets.storage.tables import open_files

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from showlist_assets.domain.playlists.recipe import Recipe
    from showlist_assets.settings import Settings

BY_HAND: Final = "command line"


def show_plans(settings: Settings, names: Sequence[str], console: Console) -> None:
    """Print the plans of the recipes ``names`` (all of the folder if empty), and what is live.

    Raises:
        RecipeError: a recipe cannot be used.
        StorageError: the shows cannot be read.
    """
    for recipe in _recipes(settings, names, console):
        plan = make_plan(recipe, settings)
        difference = None
        try:
            difference = push_plan(recipe, plan, settings, run_id=BY_HAND, dry_run=True)
        except SourceError as failure:
            console.print(f"[yellow]What is live cannot be told: {escape(str(failure))}[/yellow]")
        console.print(Markdown(plan_page(plan, difference)))
        if difference is None:
            console.print(NO_ACCOUNT.format(name=recipe.account), soft_wrap=True)


def push_recipes(
    settings: Settings,
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
    for recipe in _recipes(settings, names, console):
        try:
            words = _push(recipe, settings, dry_run=dry_run, recreate=recreate)
            console.print(f"[bold]{recipe.name}[/bold]  {escape(words)}", soft_wrap=True)
        except ShowlistError as failure:
            all_well = False
            console.print(
                f"[bold]{recipe.name}[/bold]  [red]Error:[/red] {escape(str(failure))}",
                soft_wrap=True,
            )
    return all_well


def _push(recipe: Recipe, settings: Settings, *, dry_run: bool, recreate: bool) -> str:
    plan = make_plan(recipe, settings)
    if not dry_run:
        PlanFiles(open_files(settings.data_root)).publish(
            plan,
            today=listeners_date(recipe, settings.current_time()),
            now=settings.current_time(),
        )
    result = push_plan(recipe, plan, settings, run_id=BY_HAND, dry_run=dry_run, recreate=recreate)
    if result is None:
        return NO_ACCOUNT.format(name=recipe.account)
    said = (result.words, result.playlist_url or "", account_warning(recipe, settings))
    return " ".join(part for part in said if part)


def show_history(settings: Settings, name: str | None, console: Console, *, limit: int) -> None:
    """Print the last pushes of the recipe ``name``, or of all, newest first.

    Raises:
        StorageError: the history cannot be read.
    """
    from rich.table import Table

    rows = history_rows(history_in(settings), name).head(limit)
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
    settings: Settings, name: str, to: int, console: Console, *, dry_run: bool = False
) -> None:
    """Bring back what push number ``to`` of the recipe ``name`` left.

    Raises:
        AccountError, PushError, RecipeError, SourceError, StorageError: as their messages say.
    """
    recipe = RecipesFolder(settings.recipes).read(name)
    result = roll_back(recipe, to, settings, run_id=BY_HAND, dry_run=dry_run)
    console.print(escape(result.words), soft_wrap=True)


def _recipes(settings: Settings, names: Sequence[str], console: Console) -> list[Recipe]:
    folder = RecipesFolder(settings.recipes)
    wanted = list(names) or folder.names()
    if not wanted:
        console.print(f"There is no recipe in {folder.folder}: docs/recipes.md says how to write.")
    return [folder.read(name) for name in wanted]
