"""Telling whoever runs Showlist what went wrong: each thing once, and a storm in few messages.

What belongs here: what was told (``storage.alert_record``), how much an hour, and the two ways out:
the mail server, and apprise for everything else. What does not: what is worth telling
(``services.troubles``, ``defs.watching``, ``cli.tick_alerts``). A message that cannot be sent is a
warning in the log and waits for the next time: it never fails what it tells of.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, ClassVar, Final

from showlist_assets.domain.quantities import counted
from showlist_assets.errors import ShowlistError
from showlist_assets.storage.alert_record import AlertRecord, Waiting

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import datetime

    from apprise import Apprise

    from showlist_assets.services.mail import MailServer
    from showlist_assets.storage.alert_record import AlertFile

_log = logging.getLogger(__name__)

MESSAGES_AN_HOUR: Final = 5
_HOUR: Final = timedelta(hours=1)
# The hour of the next look is never quite a whole one later.
_BETWEEN_LOOKS: Final = timedelta(minutes=55)
_KEPT: Final = 20
# No run is told of again after that: Dagster's own retries come within minutes.
_REMEMBERED: Final = timedelta(days=60)
_MAIL: Final = "mailto:"
_WITHOUT_APPRISE: Final = (
    "SHOWLIST_ALERTS names an address of apprise, which is not installed: pip install "
    "'showlist[alerts]'. Only mailto: goes without it."
)


class AlertError(ShowlistError):
    """A message was not sent; the words hold nothing of the address, which is a secret."""

    retryable: ClassVar[bool] = True


@dataclass(frozen=True)
class Alert:
    """One thing to tell.

    Attributes:
        key: By which it is told once.
        title: In a line, without the name of the program.
        text: What happened, and what to do.
    """

    key: str
    title: str
    text: str


class Alerts:
    """What is told, to one address."""

    def __init__(
        self, send: Callable[[str, str], None], file: AlertFile, *, clock: Callable[[], datetime]
    ) -> None:
        """Send nothing yet.

        Args:
            send: Sends a title and a text, or raises ``AlertError``.
            file: Of what was told.
            clock: The present (UTC).
        """
        self._send, self._file, self._now = send, file, clock

    def is_time_to_look(self) -> bool:
        """Whether an hour has passed since lasting troubles were looked for.

        Raises:
            StorageError: the record cannot be read.
        """
        last = self._file.read().looked_at
        return last is None or self._now() - last >= _BETWEEN_LOOKS

    def tell(
        self,
        alerts: Iterable[Alert] = (),
        *,
        lasting: Mapping[str, Iterable[Alert]] | None = None,
    ) -> None:
        """Tell what was not told before, or keep it for later where the hour has had enough.

        Args:
            alerts: What happened.
            lasting: By kind, whatever of it lasts now; what is over may be told again one day.

        Raises:
            StorageError: the record cannot be read or written.
        """
        now, happened = self._now(), tuple(alerts)
        groups = {group: tuple(each) for group, each in (lasting or {}).items()}
        taken: Waiting | None = None

        def changed(record: AlertRecord) -> None:
            nonlocal taken
            _forget(record, groups, now)
            for alert in happened:
                _keep(record, alert, alert.key, now)
            for group, there in groups.items():
                record.looked_at = now
                for alert in there:
                    _keep(record, alert, f"{group}/{alert.key}", now)
            taken = _taken(record, now)

        self._file.change(changed)
        if taken:
            self._deliver(taken)

    def _deliver(self, waiting: Waiting) -> None:
        try:
            self._send(waiting.title, waiting.text)
        except ShowlistError as failure:
            _log.warning("%s What was to be told waits: %s", failure, waiting.title)

            def put_back(record: AlertRecord) -> None:
                record.waiting.insert(0, waiting)

            self._file.change(put_back)


def _forget(record: AlertRecord, groups: Mapping[str, Iterable[Alert]], now: datetime) -> None:
    there = {f"{group}/{alert.key}" for group, alerts in groups.items() for alert in alerts}
    record.told = {
        key: at
        for key, at in record.told.items()
        if (key in there or key.partition("/")[0] not in groups)
        and (now - at < _REMEMBERED or key in there)
    }
    record.sent = [at for at in record.sent if now - at < _HOUR]


def _keep(record: AlertRecord, alert: Alert, key: str, now: datetime) -> None:
    if key in record.told:
        return
    record.told[key] = now
    if len(record.waiting) < _KEPT:
        record.waiting.append(Waiting(title=f"Showlist: {alert.title}", text=alert.text))
    else:
        record.not_kept += 1


def _taken(record: AlertRecord, now: datetime) -> Waiting | None:
    """All that waits as one message, if one more may be sent."""
    if not record.waiting or len(record.sent) >= MESSAGES_AN_HOUR:
        return None
    waiting, more = record.waiting, record.not_kept
    record.waiting, record.not_kept = [], 0
    record.sent.append(now)
    if len(waiting) == 1 and not more:
        return waiting[0]
    parts = [f"{each.title.removeprefix('Showlist: ')}\n{each.text}" for each in waiting]
    if more:
        parts.append(f"And {more} more, which are not kept; the log has them.")
    title = f"Showlist: {counted(len(waiting) + more, 'thing')} to look at"
    return Waiting(title=title, text="\n\n".join(parts))


def sender(address: str, mail_server: Callable[[], MailServer | None]) -> Callable[..., None]:
    """What sends a title and a text to ``address``, by mail or by apprise."""
    if address.startswith(_MAIL) and not address.startswith(f"{_MAIL}//"):
        to = address.removeprefix(_MAIL)
        return lambda title, text: _mail(title, text, to=to, server=mail_server())
    return lambda title, text: _notify(title, text, address)


def check_address(address: str, server: Callable[[], MailServer | None]) -> str:
    """Which way messages go, in words; nothing is sent.

    Raises:
        AlertError: they cannot go that way.
        MailError: it is not known whom mails are from.
    """
    if address.startswith(_MAIL) and not address.startswith(f"{_MAIL}//"):
        if server() is None:
            raise AlertError(_NO_MAIL_SERVER)
        return "by mail"
    _apprise_to(address)
    return f"by apprise ({address.partition(':')[0]})"


_NO_MAIL_SERVER: Final = (
    "SHOWLIST_ALERTS is an address for mail, and no mail server is set: SHOWLIST_SMTP_URL."
)


def _mail(title: str, text: str, *, to: str, server: MailServer | None) -> None:
    from email.message import EmailMessage
    from email.policy import SMTP

    if server is None:
        raise AlertError(_NO_MAIL_SERVER)
    message = EmailMessage(policy=SMTP)
    message["From"], message["To"] = server.sender, to
    message["Subject"] = " ".join(title.split())
    # Nobody's absence is to answer it.
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(f"{text}\n")
    server.send(message)


def _notify(title: str, text: str, address: str) -> None:
    if not _apprise_to(address).notify(title=title, body=text, body_format="text"):
        raise AlertError(
            f"The address of SHOWLIST_ALERTS ({address.partition(':')[0]}) took no message; "
            "`showlist doctor --alert` tries it."
        )


def _apprise_to(address: str) -> Apprise:
    try:
        import apprise
    except ImportError:
        raise AlertError(_WITHOUT_APPRISE) from None
    # It logs answers and addresses, which hold the secret.
    logging.getLogger("apprise").setLevel(logging.CRITICAL + 1)
    found = apprise.Apprise()
    if not found.add(address):
        raise AlertError(
            "SHOWLIST_ALERTS is no address that apprise knows: such as ntfy://topic, slack://..., "
            "or mailto:me@example.org (https://appriseit.com/services/)."
        )
    return found
