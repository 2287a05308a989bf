"""``/saving/ID``: how a save goes, and what came of it; only its listener sees it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from showlist_assets.web.failures import Failure
from showlist_assets.web.rendering import Page, answer, frame_of
from showlist_assets.web.routing import shows
from showlist_assets.web.views.saving import saving_of
from showlist_assets.web.visitors import required_account, visitor_of

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from showlist_assets.web.site import Site

_ASKS_AGAIN: int = 2
_WAITED: float = 1.0


def saving(request: Request, site: Site) -> Response:
    """Written, being written, or why not and what helps."""
    account = required_account(visitor_of(request, site))
    found = site.saves.wait(request.path_params["saving_id"], _WAITED)
    if found is None or found.account != account:
        words = "This save is over an hour old, or not yours. Your playlists say how they are."
        failure = Failure("No such save", words, ("My playlists", "/playlists"))
        frame = frame_of(request, site, title=failure.heading, section="playlists")
        return answer(site, Page("failure.html", frame, failure, 404))
    recipe = found.plan.title if found.plan else found.recipe
    undo = _undo(site, found.recipe, found.result.number if found.result else None)
    view = saving_of(found, title=recipe, undo=undo)
    is_running = found.state == "running"
    frame = frame_of(
        request, site, title=view.heading, section="playlists",
        refresh=_ASKS_AGAIN if is_running else 0,
    )  # fmt: skip
    return answer(site, Page("saving.html", frame, view))


def _undo(site: Site, recipe: str, number: int | None) -> int | None:
    """The push that an undo would bring back; None where there is none."""
    if number is None:
        return None
    rows = site.platform.history.rows(recipe)
    return max((one.number for one in rows if one.number < number and one.status == "done"),
               default=None)  # fmt: skip


ROUTES = [shows("/saving/{saving_id}", saving)]
