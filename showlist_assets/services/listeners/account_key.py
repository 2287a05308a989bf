"""The key that accounts are encrypted with: from the environment, or a file only we can read."""

from __future__ import annotations

import base64
import os
from typing import TYPE_CHECKING, Final

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from showlist_assets.errors import ShowlistError

if TYPE_CHECKING:
    from pathlib import Path

    from pydantic import SecretStr

_VARIABLE: Final = "SHOWLIST_ACCOUNT_KEY"
_MAKE_ONE: Final = (
    'python -c "from cryptography.fernet import Fernet; print(Fernet.generate_key().decode())"'
)
_FOR_OTHERS: Final = 0o077


class AccountError(ShowlistError):
    """An account is missing or cannot be kept; the message says which, and what to do."""


class AccountKey:
    """Encrypts and decrypts account files.

    The file lies beside the folder of accounts, not in it: a copy of the folder tells nothing.
    """

    def __init__(self, file: Path, given: SecretStr | None) -> None:
        """Read nothing yet.

        Args:
            file: Where the key is, or will be, where none is given.
            given: The key of the environment.
        """
        self._file, self._given = file, given

    def seal(self, plain: bytes, *, may_make_key: bool) -> bytes:
        """``plain``, encrypted.

        Args:
            plain: What to encrypt.
            may_make_key: Whether a missing key file is made; not while something is encrypted
                with the key that is missing.

        Raises:
            AccountError: there is no usable key.
        """
        if may_make_key and self._given is None and not self._file.exists():
            self._make()
        return self._fernet().encrypt(plain)

    def unseal(self, sealed: bytes, file: Path, *, if_lost: str = "") -> bytes:
        """What ``sealed``, the content of ``file``, was before.

        Args:
            sealed: What ``seal`` made.
            file: Named after whom it is about.
            if_lost: What to do without the key; by default, log in again.

        Raises:
            AccountError: it was encrypted with another key, or damaged.
        """
        try:
            return self._fernet().decrypt(sealed)
        except InvalidToken:
            source = _VARIABLE if self._given else str(self._file)
            again = f"run `showlist logout {file.stem}` and `showlist login {file.stem}`"
            raise AccountError(
                f"{file} cannot be opened with the key of {source}: the key is another one, or the "
                f"file is damaged. Put the right key back; if it is lost, {if_lost or again}."
            ) from None

    @property
    def is_there(self) -> bool:
        """Whether there is one to be used."""
        return self._given is not None or self._file.exists()

    def derived(self, purpose: str, *, may_make_key: bool) -> bytes:
        """32 bytes that nobody can make without the key, and which do not lead back to it.

        Args:
            purpose: Names them: each has its own.
            may_make_key: As ``seal``.

        Raises:
            AccountError: there is no usable key.
        """
        if may_make_key and not self.is_there:
            self._make()
        self._fernet()
        key = base64.urlsafe_b64decode(self._text().strip())
        return HKDF(SHA256(), 32, salt=None, info=purpose.encode()).derive(key)

    def _text(self) -> str:
        return self._given.get_secret_value() if self._given else self._read()

    def _fernet(self) -> Fernet:
        try:
            return Fernet(self._text().strip())
        except ValueError:
            source = _VARIABLE if self._given else str(self._file)
            raise AccountError(
                f"{source} holds no usable key: it must be 32 bytes in base64. Make one with: "
                f"{_MAKE_ONE}"
            ) from None

    def _read(self) -> str:
        try:
            mode = self._file.stat().st_mode
            text = self._file.read_text(encoding="ascii", errors="replace")
        except FileNotFoundError:
            raise AccountError(
                f"The key of the accounts, {self._file}, is gone. Put it back, or set {_VARIABLE}; "
                "if it is lost, run `showlist logout NAME` for each account and log in again."
            ) from None
        except OSError as error:
            raise AccountError(
                f"Cannot read {self._file}: {error.strerror}. Make it readable for this user."
            ) from None
        if mode & _FOR_OTHERS:
            raise AccountError(
                f"{self._file} can be read by other users of this machine, so it is not used. Run: "
                f"chmod 600 {self._file}"
            )
        return text

    def _make(self) -> None:
        try:
            # O_EXCL: a key made over another one would make every account unreadable. With its mode
            # from the start: a chmod afterwards leaves a moment in which others can read it.
            handle = os.open(self._file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "wb") as file:
                file.write(Fernet.generate_key() + b"\n")
        except OSError as error:
            raise AccountError(
                f"Cannot write {self._file}: {error.strerror}. Set {_VARIABLE}, or set "
                "SHOWLIST_ACCOUNTS to a folder this user may write to."
            ) from None
