"""What `showlist doctor` says of alerts and of the outside watch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from showlist_assets.cli.findings import Finding
from showlist_assets.errors import ShowlistError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from showlist_assets.wiring import Platform


def alert_findings(platform: Platform) -> Iterator[Finding]:
    """Whether failures can be told; nothing is sent."""
    from showlist_assets.services.alerts import check_address

    address = platform.settings.alerts
    if address is None:
        yield Finding("Alerts", "note", "nobody is told what failed: SHOWLIST_ALERTS is not set.")
        return
    try:
        way = check_address(address.get_secret_value(), platform.mail_server)
    except ShowlistError as failure:
        yield Finding("Alerts", "broken", str(failure))
        return
    words = f"what failed is told {way}; `showlist doctor --alert` sends a message as a test."
    yield Finding("Alerts", "ok", words)


def alert_sent(platform: Platform) -> Finding:
    """Send a message; it counts for no hour, and is sent again each time."""
    from showlist_assets.services.alerts import sender

    address = platform.settings.alerts
    if address is None:
        return Finding("Alert", "missing", "SHOWLIST_ALERTS is not set, so nothing was sent.")
    send = sender(address.get_secret_value(), platform.mail_server)
    try:
        send("Showlist: a test", "Failures will be told here. Sent by `showlist doctor --alert`.")
    except ShowlistError as failure:
        return Finding("Alert", "broken", str(failure))
    return Finding("Alert", "ok", "a message was sent to the address of SHOWLIST_ALERTS.")
