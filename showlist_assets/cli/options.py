"""What commands share: their options, the console, and the platform that the options choose.

What belongs here: whatever two groups of commands ask a person for. What does not: a command (its
group's module), and registering it (``app``).
"""

from __future__ import annotations

import socket
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, Literal

import typer
from rich.console import Console

from showlist_assets.errors import ShowlistError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from showlist_assets.cli.homes import Home
    from showlist_assets.sandbox.config import SandboxConfig
    from showlist_assets.settings import Settings
    from showlist_assets.wiring import Platform

# Names come from strangers: ":x:" is what they print, and no picture.
console: Final = Console(highlight=False, emoji=False)

World = Annotated[
    Path | None,
    typer.Option(
        help="Serve real data from this folder (docs/sandbox.md) instead of a made-up world."
    ),
]
# One rule for all commands: --home says where homes are kept, --sandbox and --world which one.
Base = Annotated[
    Path, typer.Option("--home", help="Folder that keeps the homes: live, sandbox, world-NAME.")
]
Seed = Annotated[int, typer.Option(help="Which made-up world.")]
Events = Annotated[int, typer.Option(min=1, help="How many concerts the made-up world has.")]
Mode = Annotated[
    Literal["development", "extended"], typer.Option(help="What the sandbox's Spotify app may do.")
]
Quota = Annotated[int, typer.Option(min=0, help="Spotify calls the sandbox allows in 24 hours.")]
ALL_SOURCES: Final = "ticketmaster,seatgeek,feeds"
_AS_BEFORE: Final = "the home's, at first {}"
# Those of a home that lasts: what is left out stays as it was.
HomesSeed = Annotated[
    int | None, typer.Option(help="Which made-up world.", show_default=_AS_BEFORE.format(1))
]
HomesEvents = Annotated[
    int | None,
    typer.Option(
        min=1,
        help="How many concerts the made-up world has.",
        show_default=_AS_BEFORE.format(600),
    ),
]
HomesMode = Annotated[
    Literal["development", "extended"] | None,
    typer.Option(
        help="What the sandbox's Spotify app may do.",
        show_default=_AS_BEFORE.format("development"),
    ),
]
HomesQuota = Annotated[
    int | None,
    typer.Option(
        min=0,
        help="Spotify calls the sandbox allows in 24 hours.",
        show_default=_AS_BEFORE.format(1000),
    ),
]
HomesSources = Annotated[
    str | None,
    typer.Option(
        help="Where concerts are looked for, the preferred one first: ticketmaster, seatgeek, "
        "feeds (the pages of venues).",
        show_default=_AS_BEFORE.format("all three"),
    ),
]
OfDemo = Annotated[
    bool, typer.Option("--sandbox", help="The sandbox's home, as `showlist demo` made it.")
]
BASE: Final = Path(".showlist")


class PortTakenError(ShowlistError):
    """Somebody else listens on the port."""


class UnknownSourceError(ShowlistError):
    """Concerts cannot be looked for there."""


class NoHomeError(ShowlistError):
    """Nothing was ever kept in the folder that was named."""


def platform_of(home: Path = BASE, world: Path | None = None, *, sandbox: bool = False) -> Platform:
    """The platform of real keys, or of a sandbox's home, for whoever asks no API.

    Raises:
        NoHomeError: there is no such home.
        SettingsError: a setting is unknown or cannot be used.
        LastingWorldError: what is kept of the sandbox cannot be read.
    """
    from showlist_assets.settings import load_settings
    from showlist_assets.wiring import Platform

    if not (sandbox or world):
        return Platform(live_settings(home))
    return Platform(load_settings(**_known_home(home, world).kept_sandbox_settings()))


@contextmanager
def platform_asking(
    home: Path = BASE, world: Path | None = None, *, sandbox: bool = False
) -> Iterator[Platform]:
    """The same for whoever asks an API: the home's sandbox answers while the block lasts.

    Raises:
        NoHomeError: there is no such home.
        SettingsError: a setting is unknown or cannot be used.
        LastingWorldError, WorldError, RunningElsewhereError: the sandbox cannot be served.
    """
    if not (sandbox or world):
        yield platform_of(home)
        return
    from showlist_assets.cli.home_sandbox import sandbox_of
    from showlist_assets.settings import load_settings
    from showlist_assets.wiring import Platform

    own = _known_home(home, world)
    with sandbox_of(own, sandbox_config(world=world, home=own)) as running:
        yield Platform(load_settings(**own.sandbox_settings(running)))


def live_settings(home: Path) -> Settings:
    """The settings of this process, with the live home's places where ``home`` is chosen.

    What the environment says of a place counts more.

    Raises:
        SettingsError: a setting is unknown or cannot be used.
    """
    from showlist_assets.cli.homes import live_home
    from showlist_assets.settings import load_settings, setting_names

    settings = load_settings()
    if home == BASE:
        return settings
    given = {name for name, field in setting_names().items() if field in settings.model_fields_set}
    # The others are where the operator works, and not in a home.
    places = ("SHOWLIST_DATA_ROOT", "SHOWLIST_CALL_STORE", "SHOWLIST_ACCOUNTS")
    own = live_home(home).settings()
    if "://" in settings.data_root and "data_root" in settings.model_fields_set:
        # Accounts lie beside the tables, wherever these are.
        own["SHOWLIST_ACCOUNTS"] = settings.accounts_place
    return load_settings(**{name: own[name] for name in places if name not in given})


def _known_home(home: Path, world: Path | None) -> Home:
    from showlist_assets.cli.homes import sandbox_home

    own = sandbox_home(home, world)
    if not own.root.is_dir():
        raise NoHomeError(
            f"No demo has kept anything in {own.root}: run `showlist demo` first, or correct "
            "--home or --world."
        )
    return own


def sandbox_config(
    *,
    world: Path | None = None,
    seed: int | None = None,
    events: int | None = None,
    mode: Literal["development", "extended"] | None = None,
    quota: int | None = None,
    sources: str | None = None,
    countries: Iterable[str] = (),
    home: Home | None = None,
) -> SandboxConfig:
    """The sandbox of a demo, whose clock stands where the platform's does.

    What is left out is as in the world that the ``home`` has had, if any. With two ticket sites,
    each lists some concerts that the other one does not. ``countries`` are beside those that the
    world has anyway.

    Raises:
        SettingsError: a setting is unknown or cannot be used.
        LastingWorldError: what is kept of the home's world cannot be read.
    """
    from showlist_assets.sandbox.config import SandboxConfig
    from showlist_assets.sandbox.state.lasting import LastingWorld
    from showlist_assets.settings import load_settings

    before = LastingWorld(home.world).choices() if home else None
    usual = SandboxConfig() if before is None else before
    if sources is None:
        chosen = _chosen_sources(ALL_SOURCES) if before is None else before.sources
    else:
        chosen = _chosen_sources(sources)
    return SandboxConfig(
        world=world,
        sources=chosen,
        dealt="split" if {"ticketmaster", "seatgeek"} <= set(chosen) else "both",
        seed=usual.seed if seed is None else seed,
        events=usual.events if events is None else events,
        mode=mode or usual.mode,
        countries=tuple(dict.fromkeys((*usual.countries, *countries))),
        daily_quota=usual.daily_quota if quota is None else quota,
        clock=load_settings().now,
    )


def _chosen_sources(names: str) -> tuple[str, ...]:
    """What ``--sources`` says.

    Raises:
        UnknownSourceError: a name that is none, or comes twice, or no name.
    """
    from showlist_assets.settings import EVENT_SOURCES

    chosen = [name.strip().lower() for name in names.split(",") if name.strip()]
    if not chosen or len(set(chosen)) < len(chosen) or set(chosen) - set(EVENT_SOURCES):
        raise UnknownSourceError(
            f"--sources {names!r} cannot be used: name {', '.join(EVENT_SOURCES)} or some of them, "
            "each once, with commas between."
        )
    return tuple(chosen)


def refuse_before_subcommand(context: typer.Context) -> None:
    """Refuse options that the subcommand takes, and that would say nothing before it.

    Raises:
        typer.BadParameter: there are some.
    """
    sources = {name: context.get_parameter_source(name) for name in context.params}
    given = [name for name, source in sources.items() if source and source.name == "COMMANDLINE"]
    if context.invoked_subcommand and given:
        raise typer.BadParameter(
            f"give --{given[0]} after {context.invoked_subcommand}, not before it."
        )


def refuse_taken_port(port: int) -> None:
    """Say at once what a server would say after seconds.

    Raises:
        PortTakenError: another program listens there.
    """
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            raise PortTakenError(
                f"Port {port} is taken by another program: choose another one with --port."
            ) from None
