"""Secrets that Google Secret Manager keeps.

Why not ``pydantic_settings.GoogleSecretManagerSettingsSource``: it asks for every setting, secret
or not, at every reading of the settings, and takes a denied permission for a secret that is not
set.
"""

from __future__ import annotations

import re
import threading
import time
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from showlist_assets.errors import ShowlistError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from pydantic import SecretStr

SECRET_MANAGER: Final = re.compile(
    r"(?P<project>projects/[a-z0-9:.-]+)(/secrets/(?P<prefix>[A-Za-z0-9_-]+))?"
)
"""Where Google keeps them: projects/ID, or projects/ID/secrets/BEGINNING-OF-THEIR-NAMES."""

_ROLE: Final = "roles/secretmanager.secretAccessor"
_PATIENCE: Final = 10.0
# A rotated secret is seen after this. Ten secrets so often come to some 40,000 readings a month for
# a process that asks all the time.
_LIFETIME: Final = 600.0
# While Google does not answer, what was read before goes on to count for so long, then it is asked
# again.
_PAUSE: Final = 60.0
_AT_ONCE: Final = 16


class SecretsError(ShowlistError):
    """A secret cannot be read; the message names it, and what to do."""


@cache
def secret_manager(place: str) -> SecretManager:
    """The one of this process for ``place`` (``SECRET_MANAGER``), which remembers what it read."""
    return SecretManager(place, connect=connect)


def connect() -> Any:
    """A client of Google Secret Manager with the machine's own credentials.

    Raises:
        SecretsError: its library is not installed, or there are no credentials.
    """
    try:
        from google.cloud.secretmanager_v1 import SecretManagerServiceClient
    except ImportError:
        raise SecretsError(
            "SHOWLIST_SECRET_MANAGER is set, and Google's library for it is not installed: pip "
            "install 'showlist[gcp]'."
        ) from None
    from google.auth.exceptions import GoogleAuthError

    try:
        return SecretManagerServiceClient()
    except GoogleAuthError as error:
        raise SecretsError(
            "SHOWLIST_SECRET_MANAGER is set, and this machine has no credentials for Google Cloud "
            f"({type(error).__name__}): give it a service account, or run `gcloud auth "
            "application-default login`."
        ) from None


@dataclass(frozen=True)
class _Kept:
    """What was read: None where there is no such secret."""

    value: SecretStr | None
    until: float


class _NotNowError(Exception):
    """Google does not answer; what was read before may go on to count."""


class SecretManager:
    """Secrets of a project of Google Cloud, each read once in ten minutes at most.

    Threads may share one.
    """

    def __init__(
        self,
        place: str,
        *,
        connect: Callable[[], Any] = connect,
        lifetime: float = _LIFETIME,
        patience: float = _PATIENCE,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Ask nothing yet.

        Args:
            place: As ``SECRET_MANAGER`` has it.
            connect: Makes Google's client.
            lifetime: For how many seconds what was read counts.
            patience: How many seconds Google has for all answers together.
            clock: Measures both.
        """
        parts = SECRET_MANAGER.fullmatch(place)
        if parts is None:
            raise SecretsError(f"{place} is no place of secrets: it must be projects/ID.")
        self._project, self._prefix = parts["project"], parts["prefix"] or ""
        self._connect, self._lifetime, self._patience = connect, lifetime, patience
        self._clock, self._lock = clock, threading.Lock()
        self._kept: dict[str, _Kept] = {}

    def read(self, names: Iterable[str]) -> dict[str, str]:
        """Those of ``names`` that are there.

        Raises:
            SecretsError: Google refuses one or does not answer; "there is none" is no such case.
        """
        wanted = tuple(names)
        with self._lock:
            now = self._clock()
            due = [
                name for name in wanted if name not in self._kept or self._kept[name].until < now
            ]
            if due:
                self._read_anew(due)
            values = ((name, self._kept[name].value) for name in wanted)
            return {name: value.get_secret_value() for name, value in values if value is not None}

    def _read_anew(self, names: Sequence[str]) -> None:
        from concurrent.futures import ThreadPoolExecutor

        from pydantic import SecretStr

        faults: list[str] = []
        with self._connect() as client, ThreadPoolExecutor(_AT_ONCE) as threads:
            answers = [(name, threads.submit(self._asked, client, name)) for name in names]
            for name, answer in answers:
                try:
                    value = answer.result()
                except _NotNowError as error:
                    if name not in self._kept:
                        faults.append(str(error))
                    else:
                        until = self._clock() + _PAUSE
                        self._kept[name] = replace(self._kept[name], until=until)
                except SecretsError as error:
                    faults.append(str(error))
                else:
                    secret = SecretStr(value) if value is not None else None
                    self._kept[name] = _Kept(secret, self._clock() + self._lifetime)
        if faults:
            raise SecretsError("\n".join(faults))

    def _asked(self, client: Any, name: str) -> str | None:
        from google.api_core.exceptions import GoogleAPICallError, NotFound, RetryError
        from google.api_core.retry import Retry, if_exception_type
        from google.auth.exceptions import GoogleAuthError

        not_now: tuple[type[Exception], ...] = (*_transient(), RetryError, GoogleAuthError)
        secret = f"{self._project}/secrets/{self._prefix}{name}"
        try:
            answer = client.access_secret_version(
                request={"name": f"{secret}/versions/latest"},
                retry=Retry(predicate=if_exception_type(*_transient()), timeout=self._patience),
                timeout=self._patience,
            )
        except NotFound as error:
            # A project that is not there is no secret that is not set.
            if "secret" in str(error.message).lower():
                return None
            raise SecretsError(_refused(name, secret, error)) from None
        except not_now as error:
            raise _NotNowError(
                f"{name} cannot be read: Google Secret Manager did not answer for {secret} in "
                f"{self._patience:g} seconds ({type(error).__name__}). Try again; `gcloud secrets "
                "versions access` shows whether it answers there."
            ) from None
        except GoogleAPICallError as error:
            raise SecretsError(_refused(name, secret, error)) from None
        return _text(name, secret, answer.payload.data)


def _transient() -> tuple[type[Exception], ...]:
    from google.api_core.exceptions import (
        DeadlineExceeded,
        InternalServerError,
        ServiceUnavailable,
        TooManyRequests,
    )

    return DeadlineExceeded, InternalServerError, ServiceUnavailable, TooManyRequests


def _text(name: str, secret: str, data: bytes) -> str:
    try:
        # `echo ... | gcloud secrets versions add` writes a newline at the end.
        value = data.decode().rstrip("\r\n")
    except UnicodeDecodeError:
        raise SecretsError(
            f"{name} cannot be used: {secret} holds no UTF-8 text. Add a version that does."
        ) from None
    if not value:
        raise SecretsError(f"{name} cannot be used: {secret} is empty. Add a version that is not.")
    return value


def _refused(name: str, secret: str, error: Any) -> str:
    """Why Google refuses the secret called ``name``, in the words of whoever can mend it."""
    from google.api_core.exceptions import FailedPrecondition, NotFound, PermissionDenied

    project = secret.partition("/secrets/")[0]
    start = f"{name} cannot be read from Google Secret Manager:"
    if isinstance(error, NotFound):
        return f"{start} there is no {project}. Correct SHOWLIST_SECRET_MANAGER."
    if isinstance(error, FailedPrecondition):
        return f"{start} the newest version of {secret} is disabled or destroyed. Add a new one."
    if not isinstance(error, PermissionDenied):
        return f"{start} it answered {type(error).__name__} for {secret}."
    if error.reason == "SERVICE_DISABLED":
        return (
            f"{start} it is not enabled in {project}. Run `gcloud services enable "
            "secretmanager.googleapis.com`, or correct SHOWLIST_SECRET_MANAGER."
        )
    # Of a secret that does not exist, whoever has the role on single secrets only is told the same
    # (GoogleCloudPlatform/professional-services-data-validator#1433).
    return (
        f"{start} permission denied (secretmanager.versions.access on {secret}). Grant this "
        f"account {_ROLE} on it. If there is no such secret, and the account has that role on "
        "single secrets, name those that there are in SHOWLIST_SECRET_NAMES."
    )
