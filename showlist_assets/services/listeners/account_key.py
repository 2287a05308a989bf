"""The key that accounts are encrypted with: from the environment, or a file only we can read."""

from __future__ import annotations

import base64
import os
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Final

from showlist_assets.errors import ShowlistError

if TYPE_CHECKING:
    from pathlib import Path

    from cryptography.fernet import Fernet
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
    Beside accounts in a bucket there is none: a machine that keeps nothing would lose it, and a
    bucket that holds both protects nothing.
    """

    def __init__(self, file: Path | None, given: SecretStr | None, *, accounts: str) -> None:
        """Read nothing yet.

        Args:
            file: Where the key is, or will be, where none is given; None where it must be given.
            given: The key of the environment.
            accounts: Where they lie, as a person finds them.
        """
        self.file, self._given, self._accounts = file, given, accounts

    def seal(self, plain: bytes, *, may_make_key: bool) -> bytes:
        """``plain``, encrypted.

        Args:
            plain: What to encrypt.
            may_make_key: Whether a missing key file is made; not while something is encrypted
                with the key that is missing.

        Raises:
            AccountError: there is no usable key.
        """
        if may_make_key and not self.is_there:
            self._make()
        return self._fernet().encrypt(plain)

    def unseal(self, sealed: bytes, file: str, *, if_lost: str = "") -> bytes:
        """What ``sealed``, the content of ``file``, was before.

        Args:
            sealed: What ``seal`` made.
            file: Where it lies; named after whom it is about.
            if_lost: What to do without the key; by default, log in again.

        Raises:
            AccountError: it was encrypted with another key, or damaged.
        """
        from cryptography.fernet import InvalidToken

        try:
            return self._fernet().decrypt(sealed)
        except InvalidToken:
            name = PurePosixPath(file).stem
            again = f"run `showlist logout {name}` and `showlist login {name}`"
            raise AccountError(
                f"{file} cannot be opened with the key of {self._source}: the key is another one, "
                "or the file is damaged. Put the right key back; if it is lost, "
                f"{if_lost or again}."
            ) from None

    @property
    def is_there(self) -> bool:
        """Whether there is one to be used."""
        return self._given is not None or (self.file is not None and self.file.exists())

    @property
    def _source(self) -> str:
        return _VARIABLE if self._given or self.file is None else str(self.file)

    def derived(self, purpose: str, *, may_make_key: bool) -> bytes:
        """32 bytes that nobody can make without the key, and which do not lead back to it.

        Args:
            purpose: Names them: each has its own.
            may_make_key: As ``seal``.

        Raises:
            AccountError: there is no usable key.
        """
        from cryptography.hazmat.primitives.hashes import SHA256
        from cryptography.hazmat.primitives.kdf.hkdf import HKDF

        if may_make_key and not self.is_there:
            self._make()
        self._fernet()
        key = base64.urlsafe_b64decode(self._text().strip())
        return HKDF(SHA256(), 32, salt=None, info=purpose.encode()).derive(key)

    def _text(self) -> str:
        return self._given.get_secret_value() if self._given else self._read(self._own_file())

    def _own_file(self) -> Path:
        if self.file is None:
            raise AccountError(
                f"{_VARIABLE} is not set, and {self._accounts} is opened with nothing else: a key "
                "in a file would be lost with this machine. Set it to the key that the accounts "
                f"were encrypted with; before the first login, make one with: {_MAKE_ONE}"
            )
        return self.file

    def _fernet(self) -> Fernet:
        from cryptography.fernet import Fernet

        try:
            return Fernet(self._text().strip())
        except ValueError:
            raise AccountError(
                f"{self._source} holds no usable key: it must be 32 bytes in base64. Make one "
                f"with: {_MAKE_ONE}"
            ) from None

    @staticmethod
    def _read(file: Path) -> str:
        try:
            mode = file.stat().st_mode
            text = file.read_text(encoding="ascii", errors="replace")
        except FileNotFoundError:
            raise AccountError(
                f"The key of the accounts, {file}, is gone. Put it back, or set {_VARIABLE}; "
                "if it is lost, run `showlist logout NAME` for each account and log in again."
            ) from None
        except OSError as error:
            raise AccountError(
                f"Cannot read {file}: {error.strerror}. Make it readable for this user."
            ) from None
        if mode & _FOR_OTHERS:
            raise AccountError(
                f"{file} can be read by other users of this machine, so it is not used. Run: "
                f"chmod 600 {file}"
            )
        return text

    def _make(self) -> None:
        from cryptography.fernet import Fernet

        path = self._own_file()
        try:
            # O_EXCL: a key made over another one would make every account unreadable. With its mode
            # from the start: a chmod afterwards leaves a moment in which others can read it.
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "wb") as file:
                file.write(Fernet.generate_key() + b"\n")
        except OSError as error:
            raise AccountError(
                f"Cannot write {path}: {error.strerror}. Set {_VARIABLE}, or set "
                "SHOWLIST_ACCOUNTS to a folder this user may write to."
            ) from None
