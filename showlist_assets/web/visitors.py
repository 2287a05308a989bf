"""Who is asking: a guest, a listener who has logged in, or the owner.

What belongs here: reading and changing the session's cookie. What does not: whether a session still
holds (``services.listeners.sessions``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from starlette.exceptions import HTTPException

if TYPE_CHECKING:
    from starlette.requests import Request

    from showlist_assets.web.site import Site

_ACCOUNT: Final = "account"
_NUMBER: Final = "number"
_OWNER: Final = "owner"


@dataclass(frozen=True)
class Visitor:
    """Whoever sent the request.

    Attributes:
        account: Of the listener; None while nobody has logged in.
        is_owner: Whether it is who runs this Showlist.
    """

    account: str | None = None
    is_owner: bool = False

    @property
    def is_guest(self) -> bool:
        """Whether nobody knows them."""
        return self.account is None and not self.is_owner


def visitor_of(request: Request, site: Site) -> Visitor:
    """Who sent ``request``; what its cookie says counts while the session holds."""
    session = request.session
    account = session.get(_ACCOUNT)
    if account is not None and not _holds(site, str(account), session.get(_NUMBER)):
        account = None
    owner = session.get(_OWNER)
    return Visitor(
        account=str(account) if account is not None else None,
        is_owner=owner is not None and owner == site.sessions.owner_number(),
    )


def _holds(site: Site, account: str, number: object) -> bool:
    return number == site.sessions.number(account) and account in site.platform.accounts.names()


def log_in(request: Request, site: Site, account: str) -> None:
    """Let the browser be ``account`` from now on; what it was before, but the owner, ends."""
    owner = request.session.get(_OWNER)
    request.session.clear()
    request.session.update({_ACCOUNT: account, _NUMBER: site.sessions.number(account)})
    if owner is not None:
        request.session[_OWNER] = owner


def become_owner(request: Request, site: Site) -> None:
    """Let the browser be the owner's from now on."""
    request.session[_OWNER] = site.sessions.owner_number()


def log_out(request: Request) -> None:
    """Let the browser be nobody's."""
    request.session.clear()


def required_account(visitor: Visitor) -> str:
    """The account of somebody who must have one.

    Raises:
        HTTPException: 401, nobody has logged in.
    """
    if visitor.account is None:
        raise HTTPException(401)
    return visitor.account


def required_owner(visitor: Visitor) -> None:
    """Refuse everybody but the owner.

    Raises:
        HTTPException: 404, so that nobody learns what there is.
    """
    if not visitor.is_owner:
        raise HTTPException(404)
