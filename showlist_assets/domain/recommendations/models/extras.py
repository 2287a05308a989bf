"""The libraries that models need and the platform does not, found when they are first used."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from showlist_assets.errors import ShowlistError


class MissingExtraError(ShowlistError):
    """A library that an extra brings is not installed."""


def library(module: str, *, extra: str = "recommendations") -> Any:
    """The module, of a library that ``extra`` brings.

    Raises:
        MissingExtraError: it is not installed.
    """
    try:
        return import_module(module)
    except ImportError as error:
        raise MissingExtraError(
            f"This needs {module.partition('.')[0]}, which is not installed: "
            f'pip install "showlist[{extra}]".'
        ) from error
