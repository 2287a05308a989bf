"""``showlist backup-drill``: does a backup come back, and does it tell the same.

What belongs here: bringing it back where it harms nothing, and comparing. What does not: what a
backup holds (``services.backup``).
"""

from __future__ import annotations

from dataclasses import dataclass
from difflib import unified_diff
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated, Final

import typer

from showlist_assets.cli.backup import Owner, print_parts
from showlist_assets.cli.options import BASE, Base, OfDemo, World, platform_of
from showlist_assets.cli.options import console as terminal
from showlist_assets.domain.quantities import counted
from showlist_assets.errors import ShowlistError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import Console

    from showlist_assets.services.backup import Tally
    from showlist_assets.settings import Settings
    from showlist_assets.wiring import Platform

# Longer texts are compared as they are, whatever the terminal.
_WIDTH: Final = 400
_LINES: Final = 20
# Kept answers are in no backup.
_NOT_COMPARED: Final = frozenset({"Cache"})


class DrillFailedError(ShowlistError):
    """A backup came back, and what came back is not what it should be."""


def backup_drill(
    file: Annotated[Path, typer.Argument(help="A file of `showlist backup`.")],
    sandbox: OfDemo = False,
    world: World = None,
    home: Base = BASE,
) -> None:
    """Bring a backup back into an empty folder, and compare what it tells; nothing here changes."""
    owner = Owner.of(home, world, sandbox=sandbox)
    drill(platform_of(home, world, sandbox=sandbox), file, terminal, owner=owner)


def drill(platform: Platform, file: Path, console: Console, *, owner: Owner) -> None:
    """Bring ``file`` back elsewhere, and say whether status and plans are the same there as here.

    Raises:
        BackupError: it is damaged, of another home or of a newer version.
        DrillFailedError: an account cannot be opened, or it tells something else than what is here
            although nothing has changed since.
    """
    with TemporaryDirectory(prefix="showlist-drill-") as folder:
        there = _Elsewhere.restored(platform, file, Path(folder), owner=owner)
        console.print(f"Brought back from {file} into an empty folder:", soft_wrap=True)
        print_parts(there.tally, console)
        there.must_open_accounts()
        differing = list(_differing(_told(platform), _told(there.platform)))
        since = list(_changed_since(platform, there.platform, file, owner=owner))
    if not differing:
        console.print("Status and plans are the same there as here.")
        return
    for line in differing[:_LINES]:
        console.print(line, soft_wrap=True, markup=False)
    if not since:
        raise DrillFailedError(
            "What was brought back tells something else, although nothing has changed since: do "
            "not rely on this backup, and report it."
        )
    console.print(f"It differs by what came after: {' and '.join(since)}.")


@dataclass(frozen=True)
class _Elsewhere:
    """A platform over nothing but what was brought back."""

    platform: Platform
    tally: Tally

    @classmethod
    def restored(cls, platform: Platform, file: Path, folder: Path, *, owner: Owner) -> _Elsewhere:
        from showlist_assets.services.backup import Backup
        from showlist_assets.wiring import Platform

        settings = _settings_in(folder, platform)
        world = folder / "world" if owner.world else None
        parts = Platform(settings).kept_parts(world=world)
        with Backup(file, parts, home=owner.name) as opened:
            tally = opened.restore()
        if "accounts.key" not in tally.files:
            # What opens them after a disaster: the key that is kept elsewhere.
            settings = settings.model_copy(update={"account_key": _key_of(platform)})
        return cls(Platform(settings), tally)

    def must_open_accounts(self) -> None:
        """Refuse accounts that the key does not open.

        Raises:
            DrillFailedError: naming them.
        """
        from showlist_assets.cli.backup import shut_accounts

        if shut := shut_accounts(self.platform):
            raise DrillFailedError(
                f"The key does not open {', '.join(shut)}: after a disaster they would have to log "
                "in again. Find the right key (SHOWLIST_ACCOUNT_KEY, or accounts.key of the "
                "machine that made the backup) and keep it."
            )


def _settings_in(folder: Path, platform: Platform) -> Settings:
    """The same, with everything that lies on this machine in ``folder``."""
    from showlist_assets.settings import OPERATORS_WORK

    settings = platform.settings
    places = {
        "data_root": (settings.data_root, "data"),
        "accounts": (settings.accounts_place, "accounts"),
        "call_store": (settings.call_store_place, "calls"),
    }
    for name, place in OPERATORS_WORK.items():
        places[name] = (platform.place_of(name).address, place)
    moved = {
        name: str(folder / place) for name, (here, place) in places.items() if "://" not in here
    }
    return settings.model_copy(update={**moved, "warehouse": None})


def _key_of(platform: Platform) -> object:
    from pydantic import SecretStr

    if platform.settings.account_key:
        return platform.settings.account_key
    file = platform.accounts.key_file
    return SecretStr(file.read_text(encoding="utf-8").strip()) if file and file.is_file() else None


def _told(platform: Platform) -> list[str]:
    """The lines of ``showlist status`` and ``showlist plan``, as far as a backup holds them."""
    from io import StringIO

    from rich.console import Console

    from showlist_assets.cli.playlists import show_plans
    from showlist_assets.cli.status import status_lines

    lines = [
        f"{line.subject} {line.words}"
        for line in status_lines(platform)
        if line.subject not in _NOT_COMPARED
    ]
    if not platform.recipes.names():
        return lines
    console = Console(file=StringIO(), record=True, width=_WIDTH)
    show_plans(platform, [], console, live=False)
    plans = console.export_text().replace(str(platform.recipes.folder), "recipes")
    return [*lines, *plans.splitlines()]


def _differing(here: list[str], there: list[str]) -> list[str]:
    return list(unified_diff(here, there, "here", "brought back", n=0, lineterm=""))


def _changed_since(here: Platform, there: Platform, file: Path, *, owner: Owner) -> Iterator[str]:
    """What is otherwise here by now, in words."""
    from showlist_assets.services.backup import Backup
    from showlist_assets.wiring import SERVICES

    with Backup(file, here.kept_parts(world=owner.world), home=owner.name) as opened:
        if others := opened.others():
            yield f"{counted(len(others), 'file')} changed"
    if any(here.ledger(each).spent() != there.ledger(each).spent() for each in SERVICES):
        yield "calls were made"
