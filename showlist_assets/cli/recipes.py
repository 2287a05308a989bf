"""``showlist recipes`` and ``showlist recipes init``: the folder of recipes.

What belongs here: what a person sees of the files. What does not: what becomes of a recipe
(``playlists``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from showlist_assets.cli.named_groups import ShowsWhatIsNamed
from showlist_assets.cli.options import (
    BASE,
    Base,
    OfDemo,
    World,
    platform_of,
    refuse_before_subcommand,
)
from showlist_assets.cli.options import console as terminal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from showlist_assets.storage.recipes import RecipesFolder


recipes = typer.Typer(
    cls=ShowsWhatIsNamed,
    help="List the recipes of playlists, and whether each can be read.",
    invoke_without_command=True,
)


@recipes.callback()
def _list(
    context: typer.Context,
    sandbox: OfDemo = False,
    world: World = None,
    home: Base = BASE,
) -> None:
    refuse_before_subcommand(context)
    if context.invoked_subcommand is None:
        readable = list_recipes(platform_of(home, world, sandbox=sandbox).recipes, terminal)
        raise typer.Exit(0 if readable else 1)


@recipes.command()
def show(
    names: Annotated[list[str], typer.Argument(help="Recipes by name.")],
    sandbox: OfDemo = False,
    world: World = None,
    home: Base = BASE,
) -> None:
    """Say whether some recipes can be read; `showlist recipes NAME` does the same."""
    folder = platform_of(home, world, sandbox=sandbox).recipes
    raise typer.Exit(0 if show_recipes(folder, names, terminal) else 1)


@recipes.command()
def init(
    folder: Annotated[
        str | None,
        typer.Argument(
            metavar="[FOLDER]",
            help="Where to, such as gs://bucket/prefix; else where recipes are read from.",
        ),
    ] = None,
    sandbox: OfDemo = False,
    world: World = None,
    home: Base = BASE,
) -> None:
    """Write example recipes and the schema that editors check them with; overwrite nothing."""
    from showlist_assets.storage.recipes import RecipesFolder

    if folder:
        write_examples(RecipesFolder(folder), terminal, shown=folder)
        return
    own = platform_of(home, world, sandbox=sandbox).recipes
    write_examples(own, terminal, shown=own.uri)


def list_recipes(folder: RecipesFolder, console: Console) -> bool:
    """Print name and title of every recipe, and the mistakes; returns whether all can be read."""
    names, mistakes = folder.names(), folder.strays()
    if not names:
        console.print(no_recipe_in(folder), soft_wrap=True)
    return _print_recipes(folder, names, mistakes, console)


def show_recipes(folder: RecipesFolder, names: Sequence[str], console: Console) -> bool:
    """The same of the recipes ``names``; returns whether all can be read."""
    known = folder.names()
    unknown = [folder.no_recipe(name) for name in names if name not in known]
    return _print_recipes(folder, [name for name in names if name in known], unknown, console)


def _print_recipes(
    folder: RecipesFolder, names: Sequence[str], mistakes: list[str], console: Console
) -> bool:
    from rich.table import Table

    from showlist_assets.domain.playlists.recipe import RecipeError

    table = Table(box=None)
    for column in ("recipe", "title", "readable"):
        table.add_column(column, overflow="fold")
    for name in names:
        try:
            table.add_row(name, escape(folder.read(name).title), "yes")
        except RecipeError as error:
            mistakes.append(str(error))
            table.add_row(name, "", "[red]no[/red]")
    if names:
        console.print(table)
    for words in mistakes:
        console.print(f"[red]{escape(words)}[/red]", soft_wrap=True)
    return not mistakes


def no_recipe_in(folder: RecipesFolder) -> str:
    """What to do about an empty folder."""
    return (
        f"There is no recipe in {folder.uri}: `showlist recipes init` writes four to begin "
        "with, docs/recipes.md says what a recipe can hold."
    )


def write_examples(folder: RecipesFolder, console: Console, *, shown: str) -> None:
    """Write what ``folder``, called ``shown``, does not have of the examples and the schema.

    Raises:
        StorageError: the folder cannot be written.
    """
    from showlist_assets.cli.templates import example_recipes

    for name, content in example_recipes().items():
        said = "Wrote" if folder.write_new(name, content) else "Kept"
        console.print(f"{said} {shown.rstrip('/')}/{name}", soft_wrap=True, markup=False)
    console.print("Next: `showlist plan` shows what they make of the shows.")
