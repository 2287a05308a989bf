"""``showlist doctor``: what is configured, what is missing, what that costs, do the keys work."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated

import typer

from showlist_assets.cli.doctor_alerts import alert_findings, alert_sent
from showlist_assets.cli.doctor_instance import upgrade_findings
from showlist_assets.cli.doctor_listening import listening_findings
from showlist_assets.cli.doctor_places import place_findings
from showlist_assets.cli.doctor_sources import source_findings
from showlist_assets.cli.doctor_taste import taste_findings
from showlist_assets.cli.findings import Finding, tried
from showlist_assets.cli.options import BASE, Base, OfDemo, World, platform_asking
from showlist_assets.cli.options import console as terminal

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from rich.console import Console

    from showlist_assets.cli.findings import Verdict
    from showlist_assets.settings import Settings
    from showlist_assets.wiring import Platform

_MARKS = {
    "ok": "[green]ok[/green]     ",
    "missing": "[yellow]missing[/yellow]",
    "broken": "[red]broken[/red] ",
    "note": "[dim]note[/dim]   ",
}


def doctor(
    production: Annotated[
        bool,
        typer.Option(
            "--production",
            help="Look also at what an installation needs that nobody watches: pools, run "
            "monitoring, passwords, the bucket's rights, clock, backups (docs/operations.md).",
        ),
    ] = False,
    alert: Annotated[
        bool,
        typer.Option("--alert", help="Send a test message to the address of SHOWLIST_ALERTS."),
    ] = False,
    sandbox: OfDemo = False,
    world: World = None,
    home: Base = BASE,
) -> None:
    """Say what is configured, what is missing and what that costs, and try the keys."""
    from showlist_assets.cli.doctor_production import dagster_home_of, production_findings
    from showlist_assets.cli.homes import live_home, sandbox_home

    with platform_asking(home, world, sandbox=sandbox) as platform:
        healthy = examine(findings(platform), terminal)
        if alert:
            healthy = examine([alert_sent(platform)], terminal) and healthy
        if sandbox or world:
            dagster_home = sandbox_home(home, world).dagster
        else:
            dagster_home = dagster_home_of(live_home(home).dagster)
        if production:
            terminal.print("\n[bold]Production[/bold]")
            healthy = examine(production_findings(platform, dagster_home), terminal) and healthy
        else:
            healthy = examine(upgrade_findings(dagster_home), terminal) and healthy
    raise typer.Exit(0 if healthy else 1)


def examine(found: Iterable[Finding], console: Console) -> bool:
    """Print what was ``found``; returns whether all that is configured works."""
    healthy = True
    for finding in found:
        healthy = healthy and finding.verdict != "broken"
        console.print(f"{_MARKS[finding.verdict]}  [bold]{finding.subject}[/bold]  {finding.words}")
    return healthy


def findings(platform: Platform) -> Iterator[Finding]:
    """Look at everything, the network included, one thing after the other."""
    settings = platform.settings
    yield from _configured(settings)
    yield _storage(platform)
    yield from place_findings(platform)
    yield _calls(platform)
    yield from source_findings(platform)
    if settings.spotify_client_id and settings.spotify_client_secret:
        yield tried("Spotify", platform.spotify)
    else:
        yield Finding(
            "Spotify",
            "missing",
            "Without SPOTIFY_CLIENT_ID and SPOTIFY_CLIENT_SECRET no artist is matched and no track "
            "is known. Register an app; its owner needs Premium.",
        )
    yield from _accounts(platform)
    yield tried("ReccoBeats", platform.reccobeats)
    yield from listening_findings(platform)
    yield from taste_findings(platform)
    if settings.mail_server:
        yield _mail(platform)
    yield from alert_findings(platform)
    yield _page(settings)
    yield _mode(settings)


def _configured(settings: Settings) -> Iterator[Finding]:
    from showlist_assets.settings import setting_names

    given = settings.model_fields_set
    for name, field in setting_names().items():
        if field in given:
            value = getattr(settings, field)
            shown = "set, not shown" if _is_secret(value) else _without_login(str(value))
            yield Finding(name, "note", shown)


def _without_login(value: str) -> str:
    """``value`` without the user and password that a URL can hold."""
    return re.sub(r"//[^/@]*@", "//***@", value)


def _is_secret(value: object) -> bool:
    return hasattr(value, "get_secret_value")


def _storage(platform: Platform) -> Finding:
    from showlist_assets.storage.files import StorageError

    try:
        platform.tables.probe()
        states = len(platform.tables.states("upcoming_shows"))
    except StorageError as error:
        return Finding("Tables", "broken", str(error))
    return Finding(
        "Tables",
        "ok",
        f"{platform.settings.data_root} can be written; {states} of {len(platform.states)} states "
        f"{'has' if states == 1 else 'have'} shows.",
    )


def _calls(platform: Platform) -> Finding:
    """Whether the ledger can be kept, and what is left of Spotify's day."""
    from showlist_assets.sources.http.call_store import CallStoreError

    settings = platform.settings
    try:
        ledger = platform.ledger("spotify")
        ledger.check()
        free = ledger.free() or 0
    except CallStoreError as error:
        return Finding("Call store", "broken", str(error))
    return Finding(
        "Call store",
        "ok",
        f"{_without_login(settings.call_store_place)} can be used; {free} of "
        f"{settings.spotify_budget} Spotify calls are free for lookups (`showlist status` tells "
        "more).",
    )


def _accounts(platform: Platform) -> Iterator[Finding]:
    """Who has logged in, and whose permission ends soon."""
    from showlist_assets.services.listeners.accounts import (
        AccountError,
        account_status,
        needs_attention,
    )

    now = platform.now()
    try:
        accounts = platform.accounts.all()
    except AccountError as error:
        yield Finding("Accounts", "broken", str(error))
        return
    if not accounts:
        yield Finding(
            "Accounts", "missing", "Nobody has logged in, so no playlist is written: showlist login"
        )
    for account in accounts:
        verdict: Verdict = "missing" if needs_attention(account, now=now) else "ok"
        yield Finding(f"Account {account.name}", verdict, account_status(account, now=now))


def _mail(platform: Platform) -> Finding:
    """Whether digests can be mailed."""
    from showlist_assets.services.mail import MailError

    try:
        server = platform.mail_server()
        if server:
            server.check()
    except MailError as failure:
        return Finding("Mail", "broken", str(failure))
    return Finding("Mail", "ok", "the server answers, and takes the configured login.")


def _page(settings: Settings) -> Finding:
    """Where Spotify sends listeners back who log in at the page."""
    from showlist_assets.web.site import SiteOptions

    options = SiteOptions(public_url=settings.web_url or "")
    if options.is_led_back_to:
        words = f"{options.redirect_uri} must be a redirect URI of your Spotify app."
        return Finding("Listener's page", "note", words)
    return Finding(
        "Listener's page",
        "missing",
        f"Spotify takes no redirect URI such as {options.redirect_uri}: it must begin with "
        "https:// or http://127.0.0.1. Until then a listener pastes the address at which the login "
        "ends.",
    )


def _mode(settings: Settings) -> Finding:
    if settings.spotify_mode == "development":
        words = (
            f"Development Mode: one search per new artist, {settings.spotify_budget:,} calls in 24 "
            "hours at most; no popularity, "
            "top tracks in the order of the search, audio features from ReccoBeats."
        )
    else:
        words = "Extended Quota: Spotify's own top tracks, popularity and audio features."
    return Finding("Spotify mode", "note", words)
