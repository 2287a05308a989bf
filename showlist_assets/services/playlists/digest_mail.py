"""The digest by mail: each address is told once of whatever is news to it.

What belongs here: who is told what, and that it is remembered. What does not: what a digest holds
(``domain.playlists.digest_content``) and the connection (``services.mail``). ``mailed/RECIPE.json``
remembers by address which shows it was told of, and when, so that a mail that could not be sent
loses no news: the next one tells it. What the listener plays is told only where the recipe says so
(``MailWish.taste``), in the attached calendar, too.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from pydantic import TypeAdapter, ValidationError

from showlist_assets.domain.playlists.digest import changes
from showlist_assets.domain.playlists.digest_content import Digest, has_news, subject
from showlist_assets.domain.playlists.digest_page import digest_html
from showlist_assets.domain.playlists.digest_text import digest_text
from showlist_assets.domain.playlists.plan import PlannedShow
from showlist_assets.domain.quantities import counted
from showlist_assets.errors import ShowlistError
from showlist_assets.services.mail import MailError
from showlist_assets.storage.files import StorageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from showlist_assets.domain.playlists.plan import Plan
    from showlist_assets.domain.playlists.recipe import Recipe
    from showlist_assets.domain.playlists.show_fates import ShowFates
    from showlist_assets.services.mail import MailServer
    from showlist_assets.services.playlists.plan_files import PlanFiles
    from showlist_assets.storage.files import Files


@dataclass(frozen=True)
class Told:
    """What an address was told last: the shows, when (UTC), and on which date of the listener."""

    at: datetime
    on: date
    shows: tuple[PlannedShow, ...]


@dataclass(frozen=True)
class MailReport:
    """What became of the mails of a push.

    Attributes:
        sent: How many were sent.
        warning: What failed, in words; empty where nothing did.
    """

    sent: int = 0
    warning: str = ""

    @property
    def words(self) -> str:
        """What there is to say; empty where there was no news to send."""
        sent = f"{counted(self.sent, 'digest')} mailed." if self.sent else ""
        return " ".join(part for part in (sent, self.warning) if part)


_TOLD: Final = TypeAdapter(dict[str, Told])


class DigestMail:
    """Brings digests to the people, once a playlist has been pushed."""

    def __init__(
        self, files: Files, plans: PlanFiles, server: Callable[[], MailServer | None]
    ) -> None:
        """Send nothing yet.

        Args:
            files: Where it is remembered who was told what.
            plans: The files of the plans, calendars and digests.
            server: Gives the mail server; None where none is configured.
        """
        self._files, self._plans, self._server = files, plans, server

    def deliver(
        self,
        recipe: Recipe,
        plan: Plan,
        *,
        today: date,
        now: datetime,
        fates: Callable[[], ShowFates],
        playlist_url: str = "",
    ) -> MailReport:
        """Tell each address of the recipe what is news to it; what fails is told, never raised.

        The digest's files lead to the playlist from then on.

        Args:
            recipe: Names the addresses.
            plan: What is told of.
            today: The listener's date.
            now: The present (UTC).
            fates: Reads what became of shows.
            playlist_url: Where the playlist is, if it has been written.
        """
        sent, warnings = 0, list[str]()
        try:
            if playlist_url:
                self._plans.link_playlist(recipe.name, playlist_url)
            if not recipe.mail.to:
                return MailReport()
            server, told, became = self._server_for(recipe), self._read(recipe.name), fates()
            for address in dict.fromkeys(recipe.mail.to):
                digest = _digest(plan, told.get(address), today, now, became, playlist_url)
                if digest is None:
                    continue
                digest = replace(digest, tells_taste=recipe.mail.taste)
                try:
                    server.send(self._message(recipe, digest, server.sender, address, now))
                except MailError as failure:
                    # One address that is refused does not cost the others their mail.
                    warnings.append(str(failure))
                    continue
                sent += 1
                told[address] = Told(now, today, _without_taste(plan.shows))
                self._files.write(_file(recipe.name), _TOLD.dump_json(told, indent=1))
        except ShowlistError as failure:
            warnings.append(str(failure))
        return MailReport(sent, " ".join(dict.fromkeys(warnings)))

    def forget(self, recipe: str) -> None:
        """Remember no longer who was told what of the recipe.

        Raises:
            StorageError: it cannot be deleted.
        """
        self._files.delete(_file(recipe))

    def _server_for(self, recipe: Recipe) -> MailServer:
        server = self._server()
        if server is None:
            raise MailError(
                f"Recipe {recipe.name!r} names a mail address, and SHOWLIST_SMTP_URL is not set, "
                "so no digest was mailed."
            )
        return server

    def _message(
        self, recipe: Recipe, digest: Digest, sender: str, address: str, now: datetime
    ) -> EmailMessage:
        calendar = self._calendar(recipe, now) if recipe.mail.calendar else None
        return digest_message(digest, sender=sender, to=address, now=now, calendar=calendar)

    def _calendar(self, recipe: Recipe, now: datetime) -> bytes | None:
        if recipe.mail.taste:
            return self._plans.read_calendar(recipe.name)
        return self._plans.calendar_for_others(recipe.name, now=now)

    def _read(self, recipe: str) -> dict[str, Told]:
        content = self._files.read(_file(recipe))
        try:
            return _TOLD.validate_json(content) if content else {}
        except ValidationError as error:
            raise StorageError(
                f"{self._files.uri(_file(recipe))} does not say readably who was mailed what, so "
                "no digest was mailed. Delete it: the next mail lists all shows."
            ) from error


def _without_taste(shows: tuple[PlannedShow, ...]) -> tuple[PlannedShow, ...]:
    return tuple(replace(show, taste=None) for show in shows)


def _digest(
    plan: Plan,
    told: Told | None,
    today: date,
    now: datetime,
    fates: ShowFates,
    playlist_url: str,
) -> Digest | None:
    """What is news to whoever was ``told`` that; None where nothing is."""
    found = changes(
        plan,
        told.shows if told else plan.shows,
        today=today,
        fates=fates,
        since=told.at if told else None,
        now=now,
    )
    if not (has_news(found) if told else plan.shows):
        return None
    return Digest(
        plan=plan,
        found=found,
        today=today,
        is_first=told is None,
        since=told.on if told else None,
        playlist_url=playlist_url,
    )


def digest_message(
    digest: Digest, *, sender: str, to: str, now: datetime, calendar: bytes | None = None
) -> EmailMessage:
    """The digest as a mail: text, the same as a page, and the ``calendar`` file if it is wanted."""
    message = EmailMessage(policy=SMTP)
    message["Subject"] = subject(digest)
    message["From"] = sender
    message["To"] = to
    message["Date"] = format_datetime(now)
    text, page = digest_text(digest), digest_html(digest)
    # The same mail has the same id, so that one that is sent twice is shown once.
    identity = sha256("\n".join((digest.plan.recipe, to, text)).encode()).hexdigest()[:32]
    message["Message-ID"] = f"<{identity}@{message['From'].addresses[0].domain}>"
    # RFC 3834: no out-of-office note comes back.
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text)
    message.add_alternative(page, subtype="html")
    if calendar:
        message.add_attachment(
            calendar,
            maintype="text",
            subtype="calendar",
            filename=f"{digest.plan.recipe}.ics",
            params={"charset": "utf-8", "method": "PUBLISH"},
        )
    return message


def _file(recipe: str) -> str:
    return f"mailed/{recipe}.json"
