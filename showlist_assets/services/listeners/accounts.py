"""The listeners who gave their consent, one encrypted file each.

What belongs here: what is kept of a listener, and where. What does not: the key (``account_key``),
how a consent is given (``login``) and how tokens are renewed (``sources.spotify.user_token``).
"""

from __future__ import annotations

import json
import os
import re
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

from filelock import FileLock, Timeout
from pydantic import AwareDatetime, BaseModel, ConfigDict, SecretStr, ValidationError

from showlist_assets.services.listeners.account_key import AccountError, AccountKey
from showlist_assets.sources.failures import NeedsConsent
from showlist_assets.sources.spotify.login import LISTENING_SCOPES, Tokens

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from contextlib import AbstractContextManager
    from datetime import datetime

__all__ = [
    "Account",
    "AccountError",
    "AccountStore",
    "AccountTokens",
    "account_status",
    "needs_attention",
]

MOST_ACCOUNTS: Final = 5
"""Users that a Development Mode app may have (Spotify's quota modes page)."""
CONSENT_LASTS: Final = timedelta(days=180)
"""A little less than six months (181 to 184 days), which Spotify counts from the consent, not from
a renewal (https://developer.spotify.com/blog/2026-06-18-refresh-token-expiration)."""
WARN_AHEAD: Final = timedelta(days=30)

# A name becomes a file's, which must not lie outside of the folder.
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
_SUFFIX: Final = ".account"
# Whoever renews a token holds the lock while Spotify answers, after a pause that it asked for.
_LOCK_SECONDS: Final = 90.0


class Account(BaseModel):
    """A listener who agreed that Showlist writes their playlists.

    Attributes:
        name: What recipes call them.
        user_id: Spotify's id of the listener.
        display_name: As Spotify shows it.
        refresh_token: Never shown; dead six months after the consent.
        access_token: The last one, so that processes share it; None if there was none.
        access_token_expires_at: When its hour is over (UTC).
        scopes: What the listener agreed to.
        consented_at: When (UTC). Spotify does not tell it later.
        needs_consent: Whether Spotify has said that the permission has ended.
    """

    # Pydantic's errors quote what they refuse, here tokens.
    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    name: str
    user_id: str
    display_name: str
    refresh_token: SecretStr
    access_token: SecretStr | None = None
    access_token_expires_at: AwareDatetime | None = None
    scopes: tuple[str, ...]
    consented_at: AwareDatetime
    needs_consent: bool = False

    @property
    def consent_ends_at(self) -> datetime:
        """When Spotify may end the permission at the earliest (UTC)."""
        return self.consented_at + CONSENT_LASTS

    @property
    def tokens(self) -> Tokens:
        """The tokens in clear."""
        access = self.access_token
        return Tokens(
            access_token=access.get_secret_value() if access else None,
            expires_at=self.access_token_expires_at,
            refresh_token=self.refresh_token.get_secret_value(),
            scopes=self.scopes,
        )

    def with_tokens(self, tokens: Tokens) -> Account:
        """The account with ``tokens`` in the place of its own."""
        access = tokens.access_token
        return self.model_copy(
            update={
                "refresh_token": SecretStr(tokens.refresh_token),
                "access_token": SecretStr(access) if access else None,
                "access_token_expires_at": tokens.expires_at,
                "scopes": tokens.scopes,
            }
        )


def account_status(account: Account, *, now: datetime) -> str:
    """How long the permission lasts, in words; what to do where it does not."""
    login = f"run `showlist login {account.name}`"
    if account.needs_consent:
        return f"needs consent: Spotify has ended the permission; {login}"
    left = account.consent_ends_at - now
    until = (
        f"consent of {account.consented_at:%Y-%m-%d}, good until {account.consent_ends_at:%Y-%m-%d}"
    )
    if left <= timedelta(0):
        return f"{until}: six months are over, Spotify may end it any moment; {login}"
    if left <= WARN_AHEAD:
        span = f"{left.days} days" if left.days > 1 else "a day or less"
        return f"{until}: {span} left; {login}"
    return f"{until}{_what_is_not_agreed(account)}"


def _what_is_not_agreed(account: Account) -> str:
    """What an older consent lacks; it is good for playlists all the same."""
    if set(LISTENING_SCOPES) <= set(account.scopes):
        return ""
    return f"; for playlists only: `showlist login {account.name}` asks to read plays, too"


def needs_attention(account: Account, *, now: datetime) -> bool:
    """Whether the permission has ended, or ends within 30 days."""
    return account.needs_consent or account.consent_ends_at - now <= WARN_AHEAD


class AccountStore:
    """The accounts of one folder. Every method raises ``AccountError`` where files fail it.

    A reader needs no lock: a file is replaced as a whole. Every writer takes it.

    Attributes:
        folder: Where they lie, absolute.
    """

    def __init__(self, folder: Path, key: SecretStr | None = None) -> None:
        """Read and write nothing yet.

        Args:
            folder: Made (0700) when the first account is saved.
            key: A Fernet key; without one, the file FOLDER.key, made (0600) when it is needed.
        """
        self.folder = folder.expanduser().absolute()
        self._key = AccountKey(self.folder.with_name(f"{self.folder.name}.key"), key)
        # The same lock may be taken again by the thread that holds it.
        self._lock = FileLock(self.folder / "accounts.lock", timeout=_LOCK_SECONDS, mode=0o600)

    def names(self) -> list[str]:
        """The names of all accounts, sorted; no key is needed."""
        found = (file.stem for file in self.folder.glob(f"*{_SUFFIX}"))
        return sorted(name for name in found if _NAME.fullmatch(name))

    def all(self) -> list[Account]:
        """All accounts, by name."""
        return [self.read(name) for name in self.names()]

    def find(self, name: str) -> Account | None:
        """The account called ``name``; None if there is none."""
        file = self._file(name)
        try:
            sealed = file.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise _cannot("read", file, error) from None
        try:
            return Account.model_validate_json(self._key.unseal(sealed, file))
        except ValidationError:
            raise AccountError(
                f"{file} was written by another version of Showlist: run `showlist logout {name}` "
                f"and `showlist login {name}`."
            ) from None

    def read(self, name: str) -> Account:
        """The account called ``name``.

        Raises:
            AccountError: there is none.
        """
        account = self.find(name)
        if account is None:
            raise AccountError(f"There is no account {name!r}: run `showlist login {name}`.")
        return account

    def save(self, account: Account) -> None:
        """Keep ``account`` in the place of the one of its name.

        Raises:
            AccountError: it would be the sixth.
        """
        with self.lock():
            self.refuse_sixth(account.name)
            sealed = self._key.seal(_in_clear(account), may_make_key=not self.names())
            _replace(self._file(account.name), sealed)

    def check_name(self, name: str) -> None:
        """Refuse what cannot be the name of an account, or of a listener without one.

        Raises:
            AccountError: it cannot.
        """
        self._file(name)

    def refuse_sixth(self, name: str, *, expected: Iterable[str] = ()) -> None:
        """Stop a login early that could not be kept.

        Args:
            name: Of the account.
            expected: Names of others for whom room has to stay.

        Raises:
            AccountError: there are five others already, or ``name`` cannot be a name.
        """
        self._file(name)
        others = sorted({*self.names(), *expected} - {name})
        if len(others) >= MOST_ACCOUNTS:
            raise AccountError(
                f"There is no room for account {name!r}: a Spotify app in Development Mode has "
                f"{MOST_ACCOUNTS} users at most, and these are {', '.join(others)}. "
                "`showlist forget NAME` removes one."
            )

    def remove(self, name: str) -> bool:
        """Delete the account, whichever key it needs; returns whether there was one."""
        file = self._file(name)
        if not self.folder.is_dir():
            return False
        with self.lock():
            was_there = file.exists()
            try:
                for each in (file, _unfinished(file)):
                    each.unlink(missing_ok=True)
            except OSError as error:
                raise _cannot("delete", file, error) from None
        return was_there

    def tokens(self, name: str) -> AccountTokens:
        """The tokens of the account called ``name``, for ``sources.spotify.user_token``."""
        return AccountTokens(self, name)

    def secret_for(self, purpose: str) -> str:
        """A secret that is the same for every process that has the key, and stored nowhere.

        A key is made where there is none yet, and no account that another one had sealed.
        """
        if self._key.is_there:
            return self._key.derived(purpose, may_make_key=False).hex()
        with self.lock():
            return self._key.derived(purpose, may_make_key=not self.names()).hex()

    def seal(self, plain: bytes) -> bytes:
        """``plain``, encrypted with the key of the accounts: for what is kept of their listening.

        Raises:
            AccountError: there is no usable key.
        """
        if self._key.is_there:
            return self._key.seal(plain, may_make_key=False)
        # Nobody need have logged in to have a history.
        with self.lock():
            return self._key.seal(plain, may_make_key=not self.names())

    def unseal(self, sealed: bytes, name: str) -> bytes:
        """What ``sealed``, the content of the file ``name``, was before.

        Raises:
            AccountError: it was encrypted with another key, or damaged.
        """
        file = Path(name)
        lost = f"run `showlist forget {file.stem}` and import what they played again"
        return self._key.unseal(sealed, file, if_lost=lost)

    @contextmanager
    def lock(self) -> Iterator[None]:
        """A context in which no other process or thread changes any account."""
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._lock.acquire()
        except Timeout:
            raise AccountError(
                f"Another process has held {self._lock.lock_file} for {_LOCK_SECONDS:.0f} s. Run "
                "it again; if it stays so, end that process."
            ) from None
        except OSError as error:
            raise _cannot("write", self.folder, error) from None
        try:
            yield
        finally:
            self._lock.release()

    def _file(self, name: str) -> Path:
        if not _NAME.fullmatch(name):
            raise AccountError(
                f"{name!r} cannot be the name of an account: use up to 40 small letters, digits, "
                "hyphens and underscores, such as me."
            )
        return self.folder / f"{name}{_SUFFIX}"


class AccountTokens:
    """One account's tokens, as ``sources.spotify.user_token.TokenStore`` wants them."""

    def __init__(self, store: AccountStore, name: str) -> None:
        self._store, self._name = store, name

    def lock(self) -> AbstractContextManager[None]:
        """A context in which no other process or thread changes them."""
        return self._store.lock()

    def read(self) -> Tokens:
        """The tokens as they are now.

        Raises:
            NeedsConsent: Spotify has ended the permission.
            AccountError: there is no such account (any more).
        """
        account = self._store.read(self._name)
        if account.needs_consent:
            raise _needs_consent(account)
        return account.tokens

    def write(self, tokens: Tokens) -> None:
        """Keep ``tokens`` in the place of the present ones."""
        self._store.save(self._store.read(self._name).with_tokens(tokens))

    def end(self) -> NeedsConsent:
        """Mark the account; returns what the listener is told."""
        ended = self._store.read(self._name).model_copy(update={"needs_consent": True})
        self._store.save(ended)
        return _needs_consent(ended)


def _needs_consent(account: Account) -> NeedsConsent:
    return NeedsConsent(
        f"Spotify has ended the permission of account {account.name!r} "
        f"({account.display_name}), as it does six months after each consent "
        f"({account.consented_at:%Y-%m-%d}), when it is withdrawn, or when SPOTIFY_CLIENT_ID names "
        f"another app. Run `showlist login {account.name}`.",
        service="spotify",
        what=f"renewing the token of account {account.name!r}",
    )


def _in_clear(account: Account) -> bytes:
    """The account as JSON with its tokens, which pydantic would mask."""
    tokens = account.tokens
    return json.dumps(
        account.model_dump(mode="json")
        | {"refresh_token": tokens.refresh_token, "access_token": tokens.access_token}
    ).encode()


def _replace(file: Path, content: bytes) -> None:
    """Put ``content`` in the place of ``file``, readable for its owner only, or change nothing."""
    unfinished = _unfinished(file)
    try:
        # Never readable for others, not even before a chmod.
        handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb") as target:
            target.write(content)
            target.flush()
            # A rename may reach the disk before the content does; after a power cut the file would
            # be empty.
            os.fsync(target.fileno())
        unfinished.replace(file)
    except OSError as error:
        raise _cannot("write", file, error) from None


def _unfinished(file: Path) -> Path:
    return file.with_name(f".{file.name}.new")


def _cannot(verb: str, path: Path, error: OSError) -> AccountError:
    return AccountError(
        f"Cannot {verb} {path}: {error.strerror}. Set SHOWLIST_ACCOUNTS to a folder this user may "
        "write to."
    )
