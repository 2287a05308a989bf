"""Handing mails to a mail server, over SMTP.

What belongs here: the connection, and what went wrong in words that hold no password. What does
not: what a mail says (``services.playlists.digest_mail``).
"""

from __future__ import annotations

import smtplib
import ssl
from contextlib import contextmanager, suppress
from email.headerregistry import Address
from email.policy import SMTP
from ipaddress import ip_address
from typing import TYPE_CHECKING, ClassVar, Final
from urllib.parse import unquote, urlsplit

from showlist_assets.errors import ShowlistError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from email.message import EmailMessage

_SECONDS: Final = 20.0
# RFC 8314: submission with TLS from the first byte, and with STARTTLS.
_PORTS: Final = {"smtps": 465, "smtp": 587}


class MailError(ShowlistError):
    """A mail was not sent; the message says why, and holds no password."""

    retryable: ClassVar[bool] = True


class MailServer:
    """The server of an SMTP URL, to which mails are handed.

    Attributes:
        sender: Whom the mails are from, as a header says it.
    """

    def __init__(self, url: str, sender: str | None = None) -> None:
        """Send nothing yet.

        Args:
            url: ``smtp[s]://[user:password@]host[:port]``, user and password percent-encoded.
            sender: Whom the mails are from; by default the user, if that is an address.

        Raises:
            MailError: it cannot be told whom they are from.
        """
        parts = urlsplit(url.strip())
        self._is_encrypted = parts.scheme == "smtps"
        self._host = parts.hostname or ""
        self._port = parts.port or _PORTS.get(parts.scheme, 587)
        self._user, self._password = unquote(parts.username or ""), unquote(parts.password or "")
        self.sender = _sender(sender or self._user)

    def send(self, message: EmailMessage) -> None:
        """Hand ``message`` over, to whom its header names.

        Raises:
            MailError: the server does not answer, refuses us, or refuses the mail.
        """
        with self._connection() as smtp:
            smtp.send_message(message)

    def check(self) -> None:
        """Connect, encrypt and log in, and send nothing.

        Raises:
            MailError: one of these fails.
        """
        with self._connection() as smtp:
            smtp.noop()

    @contextmanager
    def _connection(self) -> Iterator[smtplib.SMTP]:
        try:
            smtp = self._connected()
            try:
                self._encrypt_and_log_in(smtp)
                yield smtp
            finally:
                # What was sent is sent, however the server says goodbye.
                with suppress(OSError):
                    smtp.quit()
        # smtplib's exceptions are OSErrors, too.
        except (OSError, UnicodeError) as failure:
            raise MailError(
                f"The mail server {self._host}:{self._port} {_words(failure)}"
            ) from None

    def _connected(self) -> smtplib.SMTP:
        if self._is_encrypted:
            context = ssl.create_default_context()
            return smtplib.SMTP_SSL(self._host, self._port, timeout=_SECONDS, context=context)
        return smtplib.SMTP(self._host, self._port, timeout=_SECONDS)

    def _encrypt_and_log_in(self, smtp: smtplib.SMTP) -> None:
        smtp.ehlo_or_helo_if_needed()
        if not self._is_encrypted and smtp.has_extn("starttls"):
            smtp.starttls(context=ssl.create_default_context())
        elif not self._is_encrypted and self._user and not _is_this_machine(self._host):
            raise MailError(
                f"The mail server {self._host}:{self._port} offers no encryption (STARTTLS), so "
                "the password was not sent. Use smtps:// or another port."
            )
        if self._user:
            smtp.login(self._user, self._password)


def _sender(text: str) -> str:
    """``text`` if it is one address, with or without a name before it."""
    header = SMTP.header_factory("From", text) if text.isprintable() else None
    addresses: tuple[Address, ...] = getattr(header, "addresses", ())
    if len(addresses) == 1 and addresses[0].username and addresses[0].domain:
        return text
    raise MailError(
        "It is not known whom mails are from: set SHOWLIST_MAIL_FROM to an address, such as "
        "Showlist <me@example.org>."
    )


def _is_this_machine(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _words(failure: Exception) -> str:
    """What went wrong; nothing of what was sent, which a server may repeat."""
    if isinstance(failure, smtplib.SMTPAuthenticationError):
        return (
            f"refused user and password ({failure.smtp_code}): correct SHOWLIST_SMTP_URL. Many "
            "providers want an app password here."
        )
    if isinstance(failure, smtplib.SMTPRecipientsRefused):
        refused = ", ".join(
            f"{address} ({code})" for address, (code, _) in failure.recipients.items()
        )
        return f"refused the recipient {refused}."
    if isinstance(failure, smtplib.SMTPSenderRefused):
        return f"refused the sender ({failure.smtp_code}): correct SHOWLIST_MAIL_FROM."
    if isinstance(failure, smtplib.SMTPResponseException):
        return f"refused the mail ({failure.smtp_code})."
    if isinstance(failure, smtplib.SMTPNotSupportedError):
        return "cannot do what this needs: a login, or letters beyond ASCII in an address."
    if isinstance(failure, ssl.SSLCertVerificationError):
        return f"has a certificate that is not trusted: {failure.verify_message}."
    if isinstance(failure, ssl.SSLError):
        return "could not be encrypted with: smtps:// is for port 465, smtp:// for 587 and 25."
    if isinstance(failure, smtplib.SMTPServerDisconnected):
        return "closed the connection."
    reason = failure.strerror if isinstance(failure, OSError) else ""
    return f"cannot be reached: {reason or type(failure).__name__}."
