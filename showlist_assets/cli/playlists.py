"""``showlist plan``, ``push``, ``history``, ``restore`` and ``rollback``, for a person."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Final

import typer
from rich.markup import escape

from showlist_assets.cli.options import BASE, Base, OfDemo, World, platform_asking, platform_of
from showlist_assets.cli.options import console as terminal
from showlist_assets.cli.recipes import no_recipe_in
from showlist_assets.errors import ShowlistError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from rich.console import Console

    from showlist_assets.domain.playlists.recipe import Recipe
    from showlist_assets.services.playlists.history import WrittenTrack
    from showlist_assets.wiring import Platform

RecipeNames = Annotated[
    list[str] | None, typer.Argument(help="Recipes by name; all of the folder if left out.")
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Only read, and say.")]

BY_HAND: Final = "command line"


def plan(
    names: RecipeNames = None,
    sandbox: OfDemo = False,
    world: World = None,
    home: Base = BASE,
) -> None:
    """Show what recipes make of the upcoming shows, and what a push would change."""
    with platform_asking(home, world, sandbox=sandbox) as platform:
        well = show_plans(platform, names or [], terminal)
    raise typer.Exit(0 if well else 1)


def push(
    names: RecipeNames = None,
    dry_run: DryRun = False,
    recreate: Annotated[
        bool, typer.Option("--recreate", help="A new playlist where the old one was deleted.")
    ] = False,
    sandbox: OfDemo = False,
    world: World = None,
    home: Base = BASE,
) -> None:
    """Write the difference between plan and playlist to the listener's account."""
    with platform_asking(home, world, sandbox=sandbox) as platform:
        well = push_recipes(platform, names or [], terminal, dry_run=dry_run, recreate=recreate)
    raise typer.Exit(0 if well else 1)


def history(
    name: Annotated[str | None, typer.Argument(help="A recipe; all if left out.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="How many pushes.")] = 20,
    sandbox: OfDemo = False,
    world: World = None,
    home: Base = BASE,
) -> None:
    """List what was pushed, when, by whom, and what it cost."""
    show_history(platform_of(home, world, sandbox=sandbox), name, terminal, limit=limit)


def rollback(
    name: Annotated[str, typer.Argument(help="A recipe.")],
    to: Annotated[int, typer.Option(help="The push to go back to (see `showlist history`).")],
    dry_run: DryRun = False,
    sandbox: OfDemo = False,
    world: World = None,
    home: Base = BASE,
) -> None:
    """Bring back what an earlier push left; the listener's own tracks stay."""
    with platform_asking(home, world, sandbox=sandbox) as platform:
        roll_recipe_back(platform, name, to, terminal, dry_run=dry_run)


def restore(
    name: Annotated[str, typer.Argument(help="A recipe.")],
    what: Annotated[
        str | None,
        typer.Argument(help="A song, an artist or a track id; everything if left out."),
    ] = None,
    sandbox: OfDemo = False,
    world: World = None,
    home: Base = BASE,
) -> None:
    """Let songs that were taken out of a playlist come back with the next push."""
    restore_withheld(platform_of(home, world, sandbox=sandbox), name, what, terminal)


def restore_withheld(platform: Platform, name: str, what: str | None, console: Console) -> None:
    """Withhold no longer what ``what`` names in the playlist of the recipe ``name``.

    Raises:
        RecipeError, StorageError: as their messages say.
        ShowlistError: nothing of that name is withheld.
    """
    recipe = platform.recipes.read(name)
    back = platform.playlists.restore(recipe, what)
    if not back:
        meant = f"Nothing like {what!r} is" if what else "Nothing is"
        raise ShowlistError(f"{meant} withheld from {name!r}: see `showlist history {name}`.")
    for track in back:
        console.print(f"No longer withheld: {escape(track.label or track.uri)}", soft_wrap=True)
    console.print(f"`showlist push {name}` brings back what its plan still has.", soft_wrap=True)


def show_plans(
    platform: Platform, names: Sequence[str], console: Console, *, live: bool = True
) -> bool:
    """Print the plans of the recipes ``names`` (all if empty); returns whether none failed.

    One that fails does not stop the others.

    Args:
        platform: Whose recipes and shows.
        names: Of the recipes.
        console: Where the plans are printed.
        live: Compare them with what is live, and say what a push would change.

    Raises:
        RecipeError: the only recipe that was named cannot be used.
    """
    return _each(platform, names, console, lambda recipe: _show(recipe, platform, console, live))


def _show(recipe: Recipe, platform: Platform, console: Console, live: bool) -> None:
    from showlist_assets.cli.plan_text import print_plan
    from showlist_assets.services.playlists.workflow import NO_ACCOUNT
    from showlist_assets.sources.failures import SourceError

    steps = platform.playlists
    planned, difference, untold = steps.plan(recipe), None, ""
    try:
        if live:
            difference = steps.push(recipe, planned, run_id=BY_HAND, dry_run=True)
            untold = "" if difference else NO_ACCOUNT.format(name=recipe.account)
    except SourceError as failure:
        console.print(f"[yellow]What is live cannot be told: {escape(str(failure))}[/yellow]")
    print_plan(planned, difference, console)
    if untold:
        console.print(escape(untold), soft_wrap=True)


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
        RecipeError: the only recipe that was named cannot be used; nothing was pushed.
    """

    def push_one(recipe: Recipe) -> None:
        words = _push(recipe, platform, dry_run=dry_run, recreate=recreate)
        console.print(f"[bold]{recipe.name}[/bold]  {escape(words)}", soft_wrap=True)

    return _each(platform, names, console, push_one)


def _push(recipe: Recipe, platform: Platform, *, dry_run: bool, recreate: bool) -> str:
    from showlist_assets.services.playlists.workflow import NO_ACCOUNT

    refresh = platform.playlist_refresh
    planned = platform.playlists.plan(recipe) if dry_run else refresh.publish(recipe).plan
    pushed = refresh.push(recipe, planned, run_id=BY_HAND, dry_run=dry_run, recreate=recreate)
    result, mailed = pushed.result, pushed.mailed.words
    if result is None:
        raise ShowlistError(
            " ".join(filter(None, (NO_ACCOUNT.format(name=recipe.account), mailed)))
        )
    said = (result.words, result.playlist_url or "", mailed, pushed.warning)
    return " ".join(part for part in said if part)


def show_history(platform: Platform, name: str | None, console: Console, *, limit: int) -> None:
    """Print the last pushes of the recipe ``name``, or of all, newest first.

    Raises:
        RecipeError: ``name`` is no recipe, and none was ever pushed under it.
        StorageError: the history cannot be read.
    """
    from showlist_assets.domain.playlists.recipe import RecipeError
    from showlist_assets.services.playlists.history import history_rows

    folder = platform.recipes
    if name and name not in {*folder.names(), *platform.history.recipes()}:
        raise RecipeError(folder.no_recipe(name))
    rows = history_rows(platform.history, name)[:limit]
    if not rows:
        console.print("Nothing was pushed yet.")
        return
    for recipe in dict.fromkeys(row["recipe"] for row in rows):
        _print_pushes([row for row in rows if row["recipe"] == recipe], console)
    _show_withheld(platform, name, console)


def _print_pushes(rows: list[dict[str, Any]], console: Console) -> None:
    """The pushes of one recipe as a table that fits into 80 columns, and what is to say of each."""
    from rich.table import Table

    newest = rows[0]
    console.print(f"[bold]{newest['recipe']}[/bold]  {escape(newest['title'])}", soft_wrap=True)
    table = Table(box=None)
    for column in (
        "push",
        "when (UTC)",
        "status",
        "added",
        "removed",
        "tracks",
        "calls",
        "account",
    ):
        number = column in ("push", "added", "removed", "tracks", "calls")
        table.add_column(column, justify="right" if number else "left", overflow="fold")
    for row in rows:
        table.add_row(
            str(row["number"]), f"{row['started_at']:%Y-%m-%d %H:%M}", row["status"],
            str(row["added"]), str(row["removed"]), str(row["tracks"]), str(row["calls"]),
            row["account"],
        )  # fmt: skip
    console.print(table)
    for row in rows:
        back = f"back to push {row['rolled_back_to']}" if row["rolled_back_to"] else ""
        for words in filter(None, (back, row["words"], *row["departed"])):
            console.print(f"{row['recipe']}, push {row['number']}: {escape(words)}", soft_wrap=True)


def _show_withheld(platform: Platform, name: str | None, console: Console) -> None:
    for recipe in [name] if name else platform.history.recipes():
        rows = platform.history.rows(recipe)
        newest = {row.account: row for row in rows}
        for track in (track for row in newest.values() for track in row.withheld):
            console.print(
                f"Withheld from {recipe}: {escape(track.label or track.uri)}{_with_it(track)} "
                f"(`showlist restore {recipe}` brings it back)",
                soft_wrap=True,
            )


def _with_it(track: WrittenTrack) -> str:
    """What else is withheld with it."""
    if track.with_artist:
        return ", with everything else of the artist"
    if track.with_show:
        at = f"{escape(track.venue_name)} until {track.last_day:%b} {track.last_day.day}"
        return f", with everything else of the artist's show at {at}"
    return ""


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


def _each(
    platform: Platform,
    names: Sequence[str],
    console: Console,
    do: Callable[[Recipe], None],
) -> bool:
    """Do it with each of the recipes ``names`` (all if empty), tell what fails, and go on.

    Returns:
        Whether none failed.

    Raises:
        RecipeError: the only one that was named cannot be used.
    """
    folder = platform.recipes
    if len(names) == 1:
        folder.read(names[0])
    wanted = list(names) or folder.names()
    if not wanted:
        console.print(no_recipe_in(folder), soft_wrap=True)
    # Whoever names recipes did not ask about the others.
    strays = [] if names else folder.strays()
    for words in strays:
        console.print(f"[red]Error:[/red] {escape(words)}", soft_wrap=True)
    all_well = not strays
    for name in wanted:
        try:
            do(folder.read(name))
        except ShowlistError as failure:
            all_well = False
            console.print(
                f"[bold]{escape(name)}[/bold]  [red]Error:[/red] {escape(str(failure))}",
                soft_wrap=True,
            )
    return all_well
