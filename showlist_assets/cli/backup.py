"""``showlist backup`` and ``showlist restore-backup``: what a person sees of a backup.

What belongs here: the words. What does not: what a backup holds (``services.backup``).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from showlist_assets.cli.options import BASE, Base, OfDemo, World, platform_of
from showlist_assets.cli.options import console as terminal
from showlist_assets.domain.quantities import counted
from showlist_assets.errors import ShowlistError

if TYPE_CHECKING:
    from rich.console import Console

    from showlist_assets.cli.homes import Home
    from showlist_assets.services.backup import Tally
    from showlist_assets.wiring import Platform

_PARTS: Final = {
    "accounts": "listeners who logged in, encrypted",
    "accounts.key": "the key that opens them",
    "data": "tables, histories of shows, pushes and plays, plans, calendars, digests",
    "calls": "the ledger of calls",
    "recipes": "recipes",
    "feeds": "calendars of venues",
    "overrides.yaml": "matches decided by hand",
    "shows.yaml": "what was decided by hand of shows",
    "world": "the sandbox's listeners and playlists",
}
_KEY_LEFT_OUT: Final = (
    "The key that opens the accounts is not in it, so that nobody who finds the file can write the "
    "listeners' playlists or read what they play: keep a copy of {key} elsewhere, or add "
    "--with-key and keep the file like a password. Without the key each listener logs in again, "
    "and what they play is lost."
)
_KEY_IN_IT: Final = "With the key in it the file opens the accounts: keep it like a password."
_LEFT_OUT: Final = (
    "Left out: .env (keys belong in no copy), kept answers, Dagster's runs, and the DuckDB file, "
    "which is built from the tables."
)


def backup(
    file: Annotated[Path, typer.Argument(help="The zip to write, for this user only.")],
    with_key: Annotated[
        bool, typer.Option("--with-key", help="Put the key of the accounts in, too.")
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="Replace the file.")] = False,
    sandbox: OfDemo = False,
    world: World = None,
    home: Base = BASE,
) -> None:
    """Write all that cannot be made again into one file."""
    owner = Owner.of(home, world, sandbox=sandbox)
    platform = platform_of(home, world, sandbox=sandbox)
    make_backup(platform, file, terminal, owner=owner, with_key=with_key, replace=force)


def restore_backup(
    file: Annotated[Path, typer.Argument(help="A file of `showlist backup`.")],
    force: Annotated[
        bool, typer.Option("--force", help="Replace what is there, after a backup of it.")
    ] = False,
    sandbox: OfDemo = False,
    world: World = None,
    home: Base = BASE,
) -> None:
    """Bring back what a backup holds, all or nothing; refuses to overwrite."""
    owner = Owner.of(home, world, sandbox=sandbox)
    if owner.world:
        refuse_while_running(owner.home)
        # A home that was removed, or never was on this machine, may come back.
        owner.home.prepare()
    platform = platform_of(home, world, sandbox=sandbox)
    bring_back(platform, file, terminal, owner=owner, replace=force)


class HomeInUseError(ShowlistError):
    """Another process works in the home; the message says which."""


def refuse_while_running(home: Home) -> None:
    """Refuse to change a home under somebody's hands.

    Raises:
        HomeInUseError: its sandbox is being served.
    """
    from showlist_assets.sandbox.state.lasting import LastingWorld

    lasting = LastingWorld(home.world)
    if not home.root.is_dir() or lasting.claim():
        lasting.release()
        return
    at = f" at {url}" if (url := lasting.address()) else ""
    raise HomeInUseError(
        f"Another process serves the sandbox of {home.root}{at}, such as `showlist ui`: end it "
        "first."
    )


@dataclass(frozen=True)
class Owner:
    """Whose backup it is: made-up and real artists must not meet."""

    home: Home
    world: Path | None

    @classmethod
    def of(cls, base: Path, world: Path | None, *, sandbox: bool) -> Owner:
        """Whoever the options of a command name."""
        from showlist_assets.cli.homes import live_home, sandbox_home

        if not (sandbox or world):
            return cls(live_home(base), None)
        own = sandbox_home(base, world)
        return cls(own, own.world)

    @property
    def name(self) -> str:
        """What the backup calls it."""
        return self.home.root.name


def make_backup(
    platform: Platform,
    file: Path,
    console: Console,
    *,
    owner: Owner,
    with_key: bool = False,
    replace: bool = False,
) -> None:
    """Write the backup, and say what is in it and what is not.

    Raises:
        BackupError: it cannot be written; nothing was changed.
    """
    tally = _write(platform, file, owner=owner, with_key=with_key, replace=replace)
    platform.last_backup.note(platform.now())
    console.print(f"Wrote {file} ({tally.size / 1e6:.1f} MB unpacked):", soft_wrap=True)
    print_parts(tally, console)
    if "accounts.key" in tally.files:
        console.print(_KEY_IN_IT, soft_wrap=True)
    elif "accounts" in tally.files or platform.listening.accounts():
        where = "SHOWLIST_ACCOUNT_KEY" if platform.settings.account_key else _key_file(platform)
        console.print(_KEY_LEFT_OUT.format(key=where), soft_wrap=True, markup=False)
    console.print(_LEFT_OUT, soft_wrap=True)
    for words in _kept_elsewhere(platform):
        console.print(words, soft_wrap=True, markup=False)


def _write(platform: Platform, file: Path, *, owner: Owner, with_key: bool, replace: bool) -> Tally:
    from importlib.metadata import version

    from showlist_assets.services.backup import write_backup

    return write_backup(
        file,
        platform.kept_parts(world=owner.world),
        home=owner.name,
        version=version("showlist"),
        now=platform.now(),
        with_key=with_key,
        replace=replace,
    )


def _kept_elsewhere(platform: Platform) -> list[str]:
    from showlist_assets.settings import OPERATORS_WORK
    from showlist_assets.storage.files import is_in_bucket

    elsewhere = []
    if "://" in platform.settings.data_root:
        elsewhere.append(
            f"{platform.settings.data_root} is no folder of this machine: its tables and histories "
            "are not in it. Let the bucket keep versions of its objects."
        )
    work = [platform.place_of(name).address for name in OPERATORS_WORK]
    if in_bucket := [address for address in work if is_in_bucket(address)]:
        elsewhere.append(f"Not in it, because it lies in a bucket: {', '.join(in_bucket)}.")
    if "://" in platform.settings.accounts_place:
        elsewhere.append(f"Nor are the accounts: they lie at {platform.settings.accounts_place}.")
    if "://" in platform.settings.call_store_place:
        elsewhere.append(f"The ledger of calls is not in it: {platform.call_store} keeps it.")
    return elsewhere


def bring_back(
    platform: Platform, file: Path, console: Console, *, owner: Owner, replace: bool = False
) -> None:
    """Restore the backup, and say what came back and what a person still has to do.

    Raises:
        BackupError: it cannot be brought back; nothing was changed.
    """
    from showlist_assets.services.backup import Backup

    with Backup(file, platform.kept_parts(world=owner.world), home=owner.name) as opened:
        if replace and opened.others():
            name = f"before-restore-{platform.now():%Y%m%d-%H%M%S}.zip"
            before = (platform.accounts.folder or Path(".showlist/accounts")).with_name(name)
            _write(platform, before, owner=owner, with_key=True, replace=True)
            console.print(f"What was there is in {before}.", soft_wrap=True, markup=False)
        tally = opened.restore(replace=replace)
    console.print(
        f"Brought back from {file}, made {tally.made_at[:16].replace('T', ' ')} UTC by Showlist "
        f"{tally.version}:",
        soft_wrap=True,
        markup=False,
    )
    print_parts(tally, console)
    _print_what_to_do(platform, tally, console)


def print_parts(tally: Tally, console: Console) -> None:
    """Print how many files there are of what."""
    for part, words in _PARTS.items():
        if files := tally.files.get(part):
            console.print(f"  {counted(files, 'file'):>12}  {words}", soft_wrap=True)


def _print_what_to_do(platform: Platform, tally: Tally, console: Console) -> None:
    if shut := shut_accounts(platform):
        into = f"{_key_file(platform)} (chmod 600) or " if platform.accounts.key_file else ""
        console.print(
            f"The key here does not open {', '.join(shut)}: put the right one into {into}"
            "SHOWLIST_ACCOUNT_KEY; or run `showlist logout NAME` and `showlist login NAME` "
            "for each, and where plays were kept, `showlist forget NAME` before.",
            soft_wrap=True,
            markup=False,
        )
    if "data" in tally.files:
        console.print(
            "The DuckDB file follows with the next run; `showlist status` says what is due.",
            soft_wrap=True,
        )


def _key_file(platform: Platform) -> str:
    return str(platform.accounts.key_file or "SHOWLIST_ACCOUNT_KEY")


def shut_accounts(platform: Platform) -> list[str]:
    """Listeners of whom something cannot be opened with the key that is here."""
    from showlist_assets.domain.tables.listening.registry import LISTENER_TABLES
    from showlist_assets.services.listeners.accounts import AccountError

    shut = []
    for name in platform.listening.listeners():
        try:
            platform.accounts.find(name)
            platform.listening_profiles.read(name)
            for table in LISTENER_TABLES:
                platform.listening.read(name, table)
        except AccountError:
            shut.append(name)
    return shut
