"""A listener goes: everything that is kept of them is deleted.

What belongs here: what there is, and in which order it goes. What does not: how each part deletes
(``accounts``, ``sessions``, ``services.playlists``), and Dagster's copies (``defs.runless``).
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from showlist_assets.domain.playlists.recipe import RecipeError

if TYPE_CHECKING:
    from showlist_assets.services.listeners.accounts import AccountStore
    from showlist_assets.services.listeners.feed_links import FeedLinks
    from showlist_assets.services.listeners.invitations import Invitations
    from showlist_assets.services.listeners.reports import Reports
    from showlist_assets.services.listeners.sessions import Sessions
    from showlist_assets.services.listening.history import ListeningHistory
    from showlist_assets.services.playlists.digest_mail import DigestMail
    from showlist_assets.services.playlists.history import PlaylistHistory
    from showlist_assets.services.playlists.plan_files import PlanFiles
    from showlist_assets.services.playlists.workflow import PlaylistWorkflow
    from showlist_assets.storage.recipes import RecipesFolder

HOW_TO_WITHDRAW: Final = (
    "The listener can withdraw the permission itself at https://www.spotify.com/account/apps/"
)
"""Spotify lets nobody but the listener end a permission."""


@dataclass(frozen=True, kw_only=True)
class ListenersTraces:
    """The parts that keep something of listeners."""

    accounts: AccountStore
    sessions: Sessions
    invitations: Invitations
    feed_links: FeedLinks
    reports: Reports
    recipes: RecipesFolder
    workflow: PlaylistWorkflow
    history: PlaylistHistory
    plans: PlanFiles
    digest_mail: DigestMail
    listening: ListeningHistory


@dataclass(frozen=True)
class Forgotten:
    """What was deleted.

    Attributes:
        had_account: Whether there was such an account.
        had_invitation: Whether an invitation for it was open.
        recipes: Names of the recipes whose plans, calendars, digests and pushes were deleted.
        left: Those of them whose file a person wrote: it is theirs, and still names the account.
        account: What recipes called the listener.
        had_listening: Whether anything was kept of what they play. Who is played by the same
            people as whom stays: it is public, and says nothing of any listener.
    """

    had_account: bool
    had_invitation: bool
    recipes: tuple[str, ...]
    left: tuple[str, ...]
    account: str = ""
    had_listening: bool = False

    @property
    def anything(self) -> bool:
        """Whether anything was kept."""
        kept = (self.had_account, self.had_invitation, self.had_listening, bool(self.recipes))
        return any(kept)


def forget(traces: ListenersTraces, name: str) -> Forgotten:
    """Delete everything of account ``name``.

    The tokens go first, so that nothing is written for the listener meanwhile. What was deleted
    already does no harm: after a failure, run it again.

    Raises:
        AccountError: the tokens, or what lies beside them, cannot be deleted.
        PushError: a push of one of the recipes goes on.
        RecipeError, StorageError: a file cannot be deleted.
    """
    # Spotify gives five days to delete what is kept of a listener who leaves
    # (https://developer.spotify.com/terms).
    had_account = traces.accounts.remove(name)
    traces.sessions.end_all(name)
    traces.reports.forget(name)
    had_listening = traces.listening.forget(name)
    had_invitation = traces.invitations.withdraw(name)
    recipes = _recipes_of(traces, name)
    by_hand = [recipe for recipe in recipes if _forget_recipe(traces, recipe, name)]
    return Forgotten(
        had_account, had_invitation, tuple(recipes), tuple(by_hand), name, had_listening
    )


def _recipes_of(traces: ListenersTraces, account: str) -> list[str]:
    """The recipes that name the account, and those that were pushed for it and are no more."""
    names = traces.recipes.names()
    found = {recipe for recipe in names if _account_of(traces.recipes, recipe) == account}
    history = traces.history
    pushed = {
        recipe
        for recipe in history.recipes()
        if any(row.account == account for row in history.rows(recipe))
    }
    return sorted(found | pushed)


def _account_of(recipes: RecipesFolder, name: str) -> str | None:
    # One with a mistake makes no playlist: whose it would be, nobody can say.
    with suppress(RecipeError):
        return recipes.read(name).account
    return None


def _forget_recipe(traces: ListenersTraces, recipe: str, account: str) -> bool:
    """Delete what was made of a recipe for the account; returns whether its file is left."""
    recipes = traces.recipes
    there = recipe in recipes.names()
    is_theirs = there and _account_of(recipes, recipe) == account
    # A push under way still notes what it has written.
    with traces.workflow.alone(recipe):
        traces.history.forget(recipe, account)
        if there and not is_theirs:
            # It is another listener's by now, and so is what was made of it last.
            return False
        traces.plans.remove(recipe)
        traces.digest_mail.forget(recipe)
        traces.feed_links.remove(recipe)
        by_hand = is_theirs and recipes.is_written_by_hand(recipe)
        if is_theirs and not by_hand:
            recipes.delete(recipe)
    return by_hand
