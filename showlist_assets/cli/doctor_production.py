"""``showlist doctor --production``: what an installation needs that nobody watches.

What belongs here: which parts there are, and what concerns secrets and the faces to the network.
What does not: Dagster's instance (``doctor_instance``), and the places (``doctor_stores``).
"""

from __future__ import annotations

import os
import stat
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from showlist_assets.cli.doctor_instance import instance_findings
from showlist_assets.cli.doctor_stores import store_findings
from showlist_assets.cli.findings import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from showlist_assets.settings import Settings
    from showlist_assets.wiring import Platform


def production_findings(platform: Platform, dagster_home: Path) -> Iterator[Finding]:
    """Look at everything: Dagster's instance in ``dagster_home``, places, secrets, addresses."""
    from showlist_assets.defs.instance_facts import (
        CONFIGURATION,
        UnusableInstanceError,
        folders_written,
    )

    written: dict[str, Path] = {}
    if (dagster_home / CONFIGURATION).is_file():
        try:
            written = {
                f"Dagster's {name}": at for name, at in folders_written(dagster_home).items()
            }
        except UnusableInstanceError as error:
            yield Finding("Dagster", "broken", str(error))
        else:
            yield from instance_findings(platform, dagster_home)
    else:
        yield Finding(
            "Dagster",
            "missing",
            f"{dagster_home} has no {CONFIGURATION}, so no daemon and no UI keep anything here "
            "(DAGSTER_HOME). `showlist tick` by another scheduler needs neither.",
        )
    yield from store_findings(platform, written)
    yield _account_key(platform.settings)
    yield from _env_file()
    yield from _addresses(platform.settings)


def _account_key(settings: Settings) -> Finding:
    """Whether whoever finds the accounts elsewhere can open them."""
    if settings.account_key:
        return Finding("Key of the accounts", "ok", "is set.")
    if settings.accounts_place.startswith("gs://"):
        return Finding(
            "Key of the accounts",
            "broken",
            "SHOWLIST_ACCOUNT_KEY is not set, and the accounts lie in a bucket, which other "
            "machines open, too: give all of them the same key.",
        )
    return Finding(
        "Key of the accounts",
        "missing",
        "it lies in a file beside the accounts. Whoever copies the disk can open them, and who "
        "loses it cannot: set SHOWLIST_ACCOUNT_KEY as a secret (docs/operations.md#secrets).",
    )


def _env_file() -> Iterator[Finding]:
    """Whether others on the machine can read ``.env``."""
    from dotenv import dotenv_values

    from showlist_assets.settings import secret_names

    file = Path(".env")
    if not file.is_file():
        return
    secrets = sorted(
        name for name, value in dotenv_values(file).items() if value and name in secret_names()
    )
    others = stat.S_IMODE(file.stat().st_mode) & (stat.S_IRGRP | stat.S_IROTH)
    if secrets and others:
        yield Finding(
            ".env",
            "broken",
            f"other users of this machine can read it, and it holds {', '.join(secrets)}: chmod "
            f"600 {file.absolute()}",
        )


def _addresses(settings: Settings) -> Iterator[Finding]:
    """The listener's page, which has a login, and Dagster's UI, which has none."""
    if settings.web_url and not _is_this_machine(settings.web_url):
        yield _page(settings, settings.web_url)
    if settings.dagster_url and not _is_this_machine(settings.dagster_url):
        yield Finding(
            "Dagster's UI",
            "missing",
            f"has no login: whoever reaches {settings.dagster_url} can start and delete runs. Bind "
            "it to 127.0.0.1 and reach it by a tunnel, or put a login in front of it.",
        )


def _page(settings: Settings, url: str) -> Finding:
    if not url.startswith("https://"):
        words = (
            f"{url} sends logins unencrypted: put a proxy with TLS in front, and write https://."
        )
        return Finding("Page", "broken", words)
    if not settings.web_proxies:
        return Finding(
            "Page",
            "missing",
            "SHOWLIST_WEB_PROXIES is not set, so all visitors behind the proxy count as one, and "
            "share its limits of requests: name the proxy's address.",
        )
    guests = "guests may look" if settings.web_guests else "nobody looks without an account"
    return Finding("Page", "ok", f"{url} is encrypted, and {guests} (SHOWLIST_WEB_GUESTS).")


def _is_this_machine(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def dagster_home_of(own: Path) -> Path:
    """DAGSTER_HOME, or else the home's ``own``."""
    said = os.environ.get("DAGSTER_HOME")
    return Path(said).expanduser().absolute() if said else own
