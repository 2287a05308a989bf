"""The listeners who gave their consent, one encrypted file each.

What belongs here: what is kept of a listener, and where. What does not: the key (``account_key``),
how a consent is given (``login``) and how tokens are renewed (``sources.spotify.user_token``).
"""

from __future__ import annotations

import json
import re
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from pydantic import AwareDatetime, BaseModel, ConfigDict, SecretStr, ValidationError

from showlist_assets.services.listeners.account_key import AccountError, AccountKey
from showlist_assets.sources.failures import NeedsConsent
from showlist_assets.sources.spotify.login import LISTENING_SCOPES, Tokens
from showlist_assets.storage.files import Changed, Files, LocalFiles, StorageError
from showlist_assets.storage.open_files import open_files

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
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
_SETTING: Final = "SHOWLIST_ACCOUNTS"
_LOCK: Final = "accounts"
_TRIES: Final = 5
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


@contextmanager
def told_as_account_error() -> Iterator[None]:
    """A context in which a failure of the files of accounts is an ``AccountError``."""
    try:
        yield
    except StorageError as error:
        raise AccountError(str(error)) from error


class AccountStore:
    """The accounts of one place. Every method raises ``AccountError`` where files fail it.

    A reader needs no lock: a file is replaced as a whole. Every writer takes it.

    Attributes:
        files: Where they lie, and what else is kept beside them.
        folder: The same on this machine, absolute; None where it is a bucket.
        key_file: Of the key, where none was given; None where one must be given.
        place: Where they lie, as a person finds them.
    """

    def __init__(
        self,
        place: Path | Files,
        key: SecretStr | None = None,
        *,
        left_behind: Path | None = None,
    ) -> None:
        """Read and write nothing yet.

        Args:
            place: A folder, made (0700) when the first account is saved, or a bucket.
            key: A Fernet key; without one, the file FOLDER.key, made (0600) when it is needed. With
                a bucket there must be one.
            left_behind: A folder where accounts would have been found before; where it has any and
                the bucket has none, nobody is taken for logged out.
        """
        self.files = open_account_files(place) if isinstance(place, Path) else place
        self.folder = self.files.root if isinstance(self.files, LocalFiles) else None
        self.place = self.files.uri("").rstrip("/")
        self.key_file = self.folder.with_name(f"{self.folder.name}.key") if self.folder else None
        self._key = AccountKey(self.key_file, key, accounts=self.place)
        self._left_behind = left_behind

    def names(self) -> list[str]:
        """The names of all accounts, sorted; no key is needed."""
        with told_as_account_error():
            files = map(Path, self.files.names(""))
        found = (file.stem for file in files if file.suffix == _SUFFIX)
        names = sorted(name for name in found if _NAME.fullmatch(name))
        if not names:
            self._refuse_to_leave_behind()
        return names

    def all(self) -> list[Account]:
        """All accounts, by name."""
        return [self.read(name) for name in self.names()]

    def find(self, name: str) -> Account | None:
        """The account called ``name``; None if there is none."""
        return self._versioned(name)[0]

    def _versioned(self, name: str) -> tuple[Account | None, str]:
        """The account and the version of its file."""
        file = self._file(name)
        with told_as_account_error():
            sealed, version = self.files.read_versioned(file)
        if sealed is None:
            if self._left_behind:
                self.names()
            return None, version
        at = self.files.uri(file)
        try:
            return Account.model_validate_json(self._key.unseal(sealed, at)), version
        except ValidationError:
            raise AccountError(
                f"{at} was written by another version of Showlist: run `showlist logout {name}` "
                f"and `showlist login {name}`."
            ) from None

    def read(self, name: str) -> Account:
        """The account called ``name``.

        Raises:
            AccountError: there is none.
        """
        account = self.find(name)
        if account is None:
            raise _no_account(name)
        return account

    def save(self, account: Account) -> None:
        """Keep ``account`` in the place of the one of its name.

        Raises:
            AccountError: it would be the sixth.
        """
        with self.lock():
            self.refuse_sixth(account.name)
            sealed = self._key.seal(_in_clear(account), may_make_key=not self.names())
            with told_as_account_error():
                self.files.write(self._file(account.name), sealed)

    def change(self, name: str, changed: Callable[[Account], Account]) -> Account:
        """Keep what ``changed`` makes of the account, called again on what another one has written.

        Returns:
            The account as it is now.

        Raises:
            AccountError: there is no such account, or others changed it each time.
        """
        with told_as_account_error(), self.lock():
            for _ in range(_TRIES):
                account, version = self._versioned(name)
                if account is None:
                    raise _no_account(name)
                after = changed(account)
                if after == account:
                    return account
                sealed = self._key.seal(_in_clear(after), may_make_key=False)
                # The lock of a machine that was cut off may have been taken over.
                with suppress(Changed):
                    self.files.write_if(self._file(name), sealed, version)
                    return after
        raise AccountError(f"Account {name!r} changes all the time: try again in a minute.")

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
        if self.folder and not self.folder.is_dir():
            return False
        with self.lock(), told_as_account_error():
            was_there = self.files.read(file) is not None
            self.files.delete(file)
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
        lost = f"run `showlist forget {Path(name).stem}` and import what they played again"
        return self._key.unseal(sealed, name, if_lost=lost)

    @contextmanager
    def lock(self) -> Iterator[None]:
        """A context in which no other process or thread changes any account."""
        with told_as_account_error(), self.files.lock(_LOCK, patience=_LOCK_SECONDS):
            yield

    def _refuse_to_leave_behind(self) -> None:
        """Where there is no account, tell of those that lie where they were found before.

        Raises:
            AccountError: there are some.
        """
        if self._left_behind is None or not any(self._left_behind.glob(f"*{_SUFFIX}")):
            return
        raise AccountError(
            f"{self.place} has no account, and {self._left_behind} has: accounts lie beside the "
            f"tables since this version. Either set SHOWLIST_ACCOUNT_KEY to what is in "
            f"{self._left_behind}.key and copy them (`gcloud storage cp {self._left_behind}/* "
            f"{self.place}/`), or leave them on this machine ({_SETTING}={self._left_behind}), or "
            "remove the folder and log in again."
        )

    @staticmethod
    def _file(name: str) -> str:
        if not _NAME.fullmatch(name):
            raise AccountError(
                f"{name!r} cannot be the name of an account: use up to 40 small letters, digits, "
                "hyphens and underscores, such as me."
            )
        return f"{name}{_SUFFIX}"


def open_account_files(place: str | Path, gcs_client: Callable[[], Any] | None = None) -> Files:
    """The files of a folder of accounts, for their owner only, or of a bucket."""
    return open_files(str(place), gcs_client=gcs_client, private=True, setting=_SETTING)


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

    def write(self, tokens: Tokens, *, instead_of: Tokens | None = None) -> Tokens:
        """Keep ``tokens``, unless there are others than ``instead_of`` by now; returns the kept.

        Without ``instead_of``, whatever is there gives way.
        """

        def changed(account: Account) -> Account:
            return account.with_tokens(tokens) if _are(account, instead_of) else account

        return self._store.change(self._name, changed).tokens

    def end(self, dead: Tokens | None = None) -> NeedsConsent | None:
        """Mark the account, unless there are others than ``dead`` by now.

        Returns:
            What the listener is told; None where there are others.
        """

        def changed(account: Account) -> Account:
            is_dead = _are(account, dead)
            return account.model_copy(update={"needs_consent": True}) if is_dead else account

        account = self._store.change(self._name, changed)
        return _needs_consent(account) if account.needs_consent else None


def _are(account: Account, tokens: Tokens | None) -> bool:
    return tokens is None or account.tokens.refresh_token == tokens.refresh_token


def _no_account(name: str) -> AccountError:
    return AccountError(f"There is no account {name!r}: run `showlist login {name}`.")


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
