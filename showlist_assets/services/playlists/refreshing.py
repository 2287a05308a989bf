"""A playlist is brought up to date: planned, its files published, pushed, its digest mailed.

What belongs here: the order of these steps, the same for a run, a command and the page. What does
not: what each step does (``workflow``, ``plan_files``, ``digest_mail``) and who is told what came
of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from showlist_assets.services.playlists.digest_mail import MailReport

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from showlist_assets.domain.playlists.digest import Changes
    from showlist_assets.domain.playlists.plan import Plan
    from showlist_assets.domain.playlists.recipe import Recipe
    from showlist_assets.services.playlists.digest_mail import DigestMail
    from showlist_assets.services.playlists.plan_files import PlanFiles
    from showlist_assets.services.playlists.push_result import PushResult
    from showlist_assets.services.playlists.workflow import PlaylistWorkflow


@dataclass(frozen=True)
class PublishedPlan:
    """A plan whose files are written.

    Attributes:
        plan: What the playlist should hold.
        changed: What became of its shows since the plan before.
        places: Where plan, calendar and digest lie.
    """

    plan: Plan
    changed: Changes
    places: Mapping[str, str]


@dataclass(frozen=True)
class Pushed:
    """What came of a push and of its mails.

    Attributes:
        result: None while no account is connected.
        mailed: What became of the digest's mails.
        warning: What there is to know of the listener's permission; empty while all is well.
    """

    result: PushResult | None
    mailed: MailReport
    warning: str = ""


@dataclass(frozen=True)
class Refreshed:
    """What came of it all."""

    published: PublishedPlan
    pushed: Pushed


class PlaylistRefresh:
    """The steps of one platform.

    Attributes:
        workflow: Plans and pushes.
    """

    def __init__(
        self,
        workflow: PlaylistWorkflow,
        plans: PlanFiles,
        digest_mail: DigestMail,
        *,
        clock: Callable[[], datetime],
    ) -> None:
        """Read and send nothing yet; ``clock`` tells the present (UTC)."""
        self.workflow, self._plans = workflow, plans
        self._digest_mail, self._clock = digest_mail, clock

    def refresh(self, recipe: Recipe, *, run_id: str, recreate: bool = False) -> Refreshed:
        """Take all steps.

        Raises:
            RecipeError: a place of the recipe is not known.
            PushError, SourceError, AccountError, SettingsError, StorageError: as
                ``PlaylistWorkflow.push``; the plan is published by then.
        """
        published = self.publish(recipe)
        pushed = self.push(recipe, published.plan, run_id=run_id, recreate=recreate)
        return Refreshed(published, pushed)

    def publish(self, recipe: Recipe) -> PublishedPlan:
        """Plan, and write the files of the plan.

        Raises:
            RecipeError: a place of the recipe is not known.
            StorageError: the shows cannot be read, or a file cannot be written.
        """
        workflow = self.workflow
        plan = workflow.plan(recipe)
        changed = self._plans.publish(
            plan,
            today=workflow.today(recipe),
            now=self._clock(),
            fates=workflow.fates(recipe),
            playlist_url=workflow.playlist_url(recipe),
        )
        return PublishedPlan(plan, changed, self._plans.places(recipe.name))

    def push(
        self,
        recipe: Recipe,
        plan: Plan,
        *,
        run_id: str,
        dry_run: bool = False,
        recreate: bool = False,
    ) -> Pushed:
        """Push ``plan``, then mail the digest to whom the recipe names; a dry run mails nothing.

        Raises:
            PushError, SourceError, AccountError, SettingsError, StorageError: as
                ``PlaylistWorkflow.push``.
        """
        workflow = self.workflow
        result = workflow.push(recipe, plan, run_id=run_id, dry_run=dry_run, recreate=recreate)
        if dry_run:
            return Pushed(result, MailReport(), workflow.account_warning(recipe))
        mailed = self._digest_mail.deliver(
            recipe,
            (result and result.plan) or plan,
            today=workflow.today(recipe),
            now=self._clock(),
            fates=partial(workflow.fates, recipe),
            playlist_url=(result and result.playlist_url) or "",
        )
        return Pushed(result, mailed, workflow.account_warning(recipe))
