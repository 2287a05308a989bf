"""Where secrets lie that stand in no environment: files of a folder, and Google Secret Manager.

What belongs here: finding some by their names. What does not: which settings are secrets
(``settings``), and how Google is asked (``secret_manager``). What a secret is stands in no message
and in no log.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

from showlist_assets.storage.secret_manager import SecretsError, secret_manager

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

# Where Docker, compose and Podman put the secrets of a container.
_USUAL_FOLDER: Final = "/run/secrets"


def read_secrets(
    names: Sequence[str],
    *,
    folder: str = "",
    manager: str = "",
    in_manager: Collection[str] = (),
    known: Collection[str] = (),
) -> dict[str, str]:
    """Those of ``names`` that are somewhere, by name: a file counts more than Google.

    Args:
        names: What is looked for.
        folder: Of files; "" for /run/secrets, where there is one.
        manager: A place as ``SECRET_MANAGER`` has it; "" for none.
        in_manager: The names that are looked for there.
        known: All names that a file may have.

    Raises:
        SecretsError: what is there cannot be read, or a file is called as nothing known.
    """
    found: dict[str, str] = {}
    usual = Path(_USUAL_FOLDER)
    if folder:
        _refuse_strange_files(Path(folder).expanduser(), known)
        found = _read_files(Path(folder).expanduser(), names)
    elif usual.is_dir() and os.access(usual, os.R_OK | os.X_OK):
        found = _read_files(usual, names)
    missing = [name for name in names if name not in found and name in in_manager]
    if manager and missing:
        found |= secret_manager(manager).read(missing)
    return found


def _refuse_strange_files(folder: Path, known: Collection[str]) -> None:
    """Refuse a misspelled secret, which would silently not be set."""
    ours = tuple({f"{name.partition('_')[0]}_" for name in known})
    for name in sorted(_files_of(folder)):
        if name.upper().startswith(ours) and name.upper() not in known:
            raise SecretsError(
                f"{folder / name} is called as no secret of Showlist is (SHOWLIST_SECRETS_DIR): a "
                f"file may be called {', '.join(known)}. Other settings belong in the environment."
            )


def _files_of(folder: Path) -> dict[str, Path]:
    try:
        # Kubernetes keeps the content of a volume in folders whose names begin with dots.
        return {file.name: file for file in folder.iterdir() if not file.name.startswith(".")}
    except OSError as error:
        raise SecretsError(
            f"The folder of secrets {folder} cannot be read: {error.strerror}. Correct "
            "SHOWLIST_SECRETS_DIR, or let this user read it."
        ) from None


def _read_files(folder: Path, names: Iterable[str]) -> dict[str, str]:
    """Those of ``names`` that have a file in ``folder``, without the newline at its end.

    A file may be called as the name is or in small letters. A folder of that name counts as the one
    file in it: Cloud Run mounts each secret as a folder of its own.
    """
    files = _files_of(folder)
    found: dict[str, str] = {}
    faults: list[str] = []
    for name in names:
        spelled = [files[each] for each in (name, name.lower()) if each in files]
        if not spelled:
            continue
        file = spelled[0]
        if len(spelled) > 1:
            # Which of them was meant nobody can tell, and one may be old.
            faults.append(f"{name} has two files in {folder}, in capitals and in small letters.")
            continue
        try:
            found[name] = _content(_only_file(file))
        except ValueError as error:
            faults.append(f"{name} cannot be read from {file}: {error}.")
    if faults:
        raise SecretsError("\n".join(faults))
    return found


def _only_file(place: Path) -> Path:
    if not place.is_dir():
        return place
    try:
        inside = [file for file in place.iterdir() if not file.name.startswith(".")]
    except OSError as error:
        raise ValueError(error.strerror) from None
    if len(inside) != 1:
        raise ValueError("it is a folder, and does not hold one file alone")
    return inside[0]


def _content(file: Path) -> str:
    # A pipe would be waited for.
    if file.exists() and not file.is_file():
        raise ValueError("it is no file")
    try:
        value = file.read_text(encoding="utf-8").rstrip("\r\n")
    except UnicodeDecodeError:
        raise ValueError("it is not UTF-8 text") from None
    except OSError as error:
        raise ValueError(error.strerror) from None
    if not value.strip():
        raise ValueError("it is empty")
    if not value.isprintable():
        raise ValueError("it holds more than one line, or signs that cannot be printed")
    return value
