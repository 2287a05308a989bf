"""The page before Spotify's: who may log in, and what is asked there."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class LoginView:
    """Who may log in here, and how.

    Attributes:
        account: As whom the visitor is logged in; empty: not at all.
        invited_as: The account that an invitation makes; empty: nobody was invited.
        invitation: Its token, to be sent along.
        is_spent: Whether an invitation was given that holds no more.
        may_begin: Whether the visitor needs neither a name nor an invitation.
        name: What the browser was called before.
        problem: Why the last try came to nothing; empty: there was none.
        is_pasted: Whether the way back is pasted by hand.
        goes_on_at: The page's own path to which the login leads.
    """

    account: str
    invited_as: str
    invitation: str
    is_spent: bool
    may_begin: bool
    name: str
    problem: str
    is_pasted: bool
    goes_on_at: str


@dataclass(frozen=True)
class PasteView:
    """Where somebody agrees, and how the address begins that they copy then."""

    leads_to: str
    begins_with: str
