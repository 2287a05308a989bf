"""``docs/commands.md``: every command with its arguments and options."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import typer

from showlist_assets.cli.app import EXIT_STATUSES, app

if TYPE_CHECKING:
    from collections.abc import Iterator

    from click import Command

_INTRODUCTION: Final = (
    "Written by `make docs` from `showlist_assets/cli/`. `showlist` alone and `showlist COMMAND "
    "-h` say the same; `showlist --version` says which version it is, and `showlist "
    "--install-completion` teaches your shell the commands. In a clone, `.venv/bin/showlist` is "
    "the command, and `make demo` and `make ui` call it."
)
_HOMES: Final = (
    "`--home` names the folder that keeps the homes (`.showlist`), `--sandbox` and `--world` "
    "choose one of them: without, a command is about the live home, which real keys fill. What "
    "the settings say of a place counts more ([settings.md](settings.md))."
)
_INTERRUPTED: Final = (
    "Ctrl-C is safe at any moment: files are replaced as a whole, and a push writes down what it "
    "is about to do before it does it."
)


def commands_page() -> str:
    """The page, in the order of ``showlist --help``."""
    parts = ["# Commands", _INTRODUCTION, _HOMES, "## Exit status", _exit_statuses(), _INTERRUPTED]
    root: Any = typer.main.get_command(app)
    panels: dict[str, list[str]] = {}
    for name, command in root.commands.items():
        panels.setdefault(command.rich_help_panel, []).append(name)
    for panel, names in panels.items():
        parts.append(f"## {panel}")
        for name in names:
            parts += _sections(name, root.commands[name])
    return "\n\n".join(parts) + "\n"


def _exit_statuses() -> str:
    lines = ["| status | meaning |", "| --- | --- |"]
    return "\n".join([*lines, *(f"| {code} | {words} |" for code, words in EXIT_STATUSES.items())])


def _sections(name: str, command: Any) -> Iterator[str]:
    yield f"### showlist {name}"
    yield inspect.cleandoc(command.help or "")
    if table := _parameters(command):
        yield table
    for below, each in getattr(command, "commands", {}).items():
        yield from _sections(f"{name} {below}", each)


def _parameters(command: Command) -> str:
    rows = [_row(each) for each in command.params if not getattr(each, "hidden", False)]
    lines = ["| argument or option | default | meaning |", "| --- | --- | --- |"]
    return "\n".join([*lines, *rows]) if rows else ""


def _row(parameter: Any) -> str:
    if parameter.param_type_name == "argument":
        name = f"`{parameter.name.upper()}`"
    else:
        name = ", ".join(f"`{each}`" for each in (*parameter.opts, *parameter.secondary_opts))
    default = "needed" if parameter.required else _default(parameter)
    # What comes of it may hold a bar, which would begin another cell.
    meaning = (parameter.help or "").replace("|", "\\|")
    return f"| {name} | {default} | {meaning} |"


def _default(parameter: Any) -> str:
    if isinstance(parameter.show_default, str):
        return parameter.show_default
    value = parameter.default
    if getattr(parameter, "is_flag", False):
        return f"`{parameter.opts[0]}`" if value and parameter.secondary_opts else ""
    return f"`{value}`" if isinstance(value, (str, int, float, Path)) else ""
