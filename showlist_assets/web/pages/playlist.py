"""``/playlists/NAME``: one playlist, its history, and all that its listener can do with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from starlette.exceptions import HTTPException
from starlette.responses import Response

from showlist_assets.domain.playlists.recipe import RecipeError
from showlist_assets.domain.playlists.recipe_text import recipe_text
from showlist_assets.domain.playlists.wish import recipe_of, wish_of
from showlist_assets.errors import ShowlistError
from showlist_assets.services.playlists.save_words import problem_of, told_of
from showlist_assets.services.playlists.saving import RUN_ID
from showlist_assets.web.failures import Failure
from showlist_assets.web.pages.playlists import read_card
from showlist_assets.web.pages.saving_steps import started
from showlist_assets.web.places import asked_place, usual_place
from showlist_assets.web.rendering import Page, answer, frame_of, redirect, segment
from showlist_assets.web.routing import does, field, shows
from showlist_assets.web.saving import is_of_page, own_recipe
from showlist_assets.web.tastes import visitors_taste
from showlist_assets.web.views.form import form_of
from showlist_assets.web.views.playlist import (
    Address,
    Delete,
    Edit,
    bring_back_of,
    playlist_of,
)
from showlist_assets.web.visitors import required_account, visitor_of

if TYPE_CHECKING:
    from starlette.datastructures import FormData
    from starlette.requests import Request

    from showlist_assets.domain.playlists.recipe import Recipe
    from showlist_assets.domain.playlists.wish import Wish
    from showlist_assets.web.rendering import Frame
    from showlist_assets.web.site import Site

_REFRESHES: Final = {"on change": "kept", "weekly": "kept", "never": "stopped"}
# The stored page has its own sheet inline, and no script runs in it.
_DIGEST_POLICY: Final = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'; sandbox allow-popups "
    "allow-popups-to-escape-sandbox allow-top-navigation-by-user-activation"
)


def _own(request: Request, site: Site) -> Recipe:
    """The recipe of the address, if it is the visitor's; others are told that there is none."""
    account = required_account(visitor_of(request, site))
    recipe = own_recipe(site, request.path_params["name"], account)
    if recipe is None:
        raise HTTPException(404)
    return recipe


def _changeable(request: Request, site: Site) -> Recipe:
    recipe = _own(request, site)
    if not is_of_page(site, recipe.name):
        raise HTTPException(
            400, "This playlist's file was written by hand: it is changed there, not here."
        )
    return recipe


def _title(site: Site, recipe: Recipe) -> str:
    return read_card(site, recipe, site.platform.plans.read(recipe.name)).title


def _frame(request: Request, site: Site, title: str) -> Frame:
    return frame_of(request, site, title=title, section="playlists")


def playlist(request: Request, site: Site) -> Response:
    """What it holds, what changed, and what can be done with it."""
    recipe = _own(request, site)
    platform = site.platform
    plan = platform.plans.read(recipe.name)
    view = playlist_of(
        read_card(site, recipe, plan),
        recipe,
        platform.history.rows(recipe.name),
        is_by_hand=not is_of_page(site, recipe.name),
        has_feed=site.feed_links.has(recipe.name),
        now=site.now(),
        plan=plan,
    )
    return answer(site, Page("playlist.html", _frame(request, site, view.card.title), view))


def edit(request: Request, site: Site) -> Response:
    """The form, filled with what the playlist asks for; read only where it cannot say that."""
    recipe = _own(request, site)
    wish = wish_of(recipe)
    is_by_hand = not is_of_page(site, recipe.name)
    form = None
    if wish is not None and not is_by_hand:
        taste = visitors_taste(request, site)
        form = form_of(wish, _genres(site, wish, recipe), taste=taste)
    title = _title(site, recipe)
    view = Edit(
        name=recipe.name,
        path=f"/playlists/{segment(recipe.name)}",
        title=title,
        form=form,
        kept=(("title", wish.title), ("public", "yes" if wish.public else "no"),
              ("refresh", wish.refresh), ("playlist", recipe.name)) if wish else (),
        text="" if form else recipe_text(recipe),
        is_by_hand=is_by_hand,
    )  # fmt: skip
    return answer(site, Page("edit.html", _frame(request, site, f"Change {title}"), view))


def _genres(site: Site, wish: Wish, recipe: Recipe) -> tuple[tuple[str, int], ...]:
    publication = site.publications.current()
    asked = asked_place(wish.where) if wish.where else None
    place = asked.place if asked else usual_place(site.options.place, publication)
    if publication is None or place is None:
        return ()
    wished = recipe_of(wish, place, name=recipe.name, account=recipe.account)
    return site.previews.of(publication, wished, reader=recipe.account).genres


def again(request: Request, site: Site, form: FormData) -> Response:
    """Write it now; a new one only where the listener says so."""
    return started(site, _own(request, site), recreate=field(form, "recreate") == "yes")


def keep(request: Request, site: Site, form: FormData) -> Response:
    """Change when it is kept up to date."""
    recipe, refresh = _changeable(request, site), field(form, "refresh")
    if refresh not in _REFRESHES:
        raise HTTPException(400)
    site.platform.recipes.write(recipe.model_copy(update={"refresh": refresh}))
    return redirect(site, f"/playlists/{segment(recipe.name)}?did={_REFRESHES[refresh]}")


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 7):
        raise HTTPException(404)
    return int(text)


def _keep_pace(site: Site, recipe: Recipe) -> None:
    if not site.pace.allows("compare", recipe.account):
        raise HTTPException(429, headers={"Retry-After": "600"})


def bring_back(request: Request, site: Site) -> Response:
    """What would change if an earlier state came back."""
    recipe = _own(request, site)
    _keep_pace(site, recipe)
    to = _number(request.query_params.get("to", ""))
    row = site.platform.history.row(recipe.name, to)
    if row is None or row.account != recipe.account:
        raise HTTPException(404)
    try:
        result = site.platform.playlists.roll_back(recipe, to, run_id=RUN_ID, dry_run=True)
    except ShowlistError as failure:
        return _refused(request, site, recipe, failure)
    view = bring_back_of(recipe, row, result)
    return answer(site, Page("bring_back.html", _frame(request, site, "Bring back"), view))


def do_bring_back(request: Request, site: Site, form: FormData) -> Response:
    """Bring an earlier state back."""
    recipe = _own(request, site)
    _keep_pace(site, recipe)
    try:
        result = site.platform.playlists.roll_back(
            recipe, _number(field(form, "to")), run_id=RUN_ID
        )
    except ShowlistError as failure:
        return _refused(request, site, recipe, failure)
    if result.outcome == "gone":
        words = "You have deleted this playlist in Spotify, so nothing can be brought back."
        return _told(request, site, recipe, "Nothing to bring back", words)
    return redirect(site, f"/playlists/{segment(recipe.name)}?did=undone")


def _refused(request: Request, site: Site, recipe: Recipe, failure: ShowlistError) -> Response:
    return _told(request, site, recipe, "Not now", told_of(problem_of(failure)).words)


def _told(request: Request, site: Site, recipe: Recipe, heading: str, words: str) -> Response:
    way_out = ("Back to the playlist", f"/playlists/{segment(recipe.name)}")
    failure = Failure(heading, words, way_out)
    return answer(site, Page("failure.html", _frame(request, site, heading), failure, 409))


def restore(request: Request, site: Site, form: FormData) -> Response:
    """Let a song come back that the listener has taken out."""
    recipe, uri = _own(request, site), field(form, "uri")
    if not uri:
        raise HTTPException(400)
    try:
        site.platform.playlists.restore(recipe, uri)
    except ShowlistError as failure:
        return _refused(request, site, recipe, failure)
    return redirect(site, f"/playlists/{segment(recipe.name)}?did=restored")


def digest(request: Request, site: Site) -> Response:
    """The digest as it is mailed."""
    recipe = _own(request, site)
    content = site.platform.plans.read_digest(recipe.name, "html")
    if content is None:
        raise HTTPException(404)
    headers = {"Content-Security-Policy": _DIGEST_POLICY, "Cache-Control": "private, no-cache"}
    return Response(content, media_type="text/html; charset=utf-8", headers=headers)


def make_address(request: Request, site: Site, _form: FormData) -> Response:
    """A new secret address of the calendar and feeds, shown this once."""
    recipe = _own(request, site)
    token = site.feed_links.make(recipe.name)
    address = site.options.address
    rest = address.partition("://")[2]
    view = Address(
        path=f"/playlists/{segment(recipe.name)}",
        title=_title(site, recipe),
        calendar=f"{address}/calendar/{token}.ics",
        webcal=f"webcal://{rest}/calendar/{token}.ics",
        feeds=tuple((kind.upper(), f"{address}/feed/{token}.{kind}") for kind in
                    ("xml", "json", "csv")),
    )  # fmt: skip
    # Pressed together with what strangers wrote, a secret could be guessed from the length.
    headers = {"Content-Encoding": "identity", "Cache-Control": "no-store"}
    frame = _frame(request, site, "Calendar address")
    return answer(site, Page("address.html", frame, view, headers=headers))


def end_address(request: Request, site: Site, _form: FormData) -> Response:
    """Let the secret address lead nowhere."""
    recipe = _own(request, site)
    site.feed_links.remove(recipe.name)
    return redirect(site, f"/playlists/{segment(recipe.name)}?did=unsubscribed")


def ask_delete(request: Request, site: Site) -> Response:
    """What deleting does, before it is done."""
    recipe = _changeable(request, site)
    title = _title(site, recipe)
    view = Delete(f"/playlists/{segment(recipe.name)}", title)
    return answer(site, Page("delete.html", _frame(request, site, f"Delete {title}"), view))


def delete(request: Request, site: Site, _form: FormData) -> Response:
    """Delete what is kept here of a playlist; at Spotify it stays."""
    recipe = _changeable(request, site)
    if recipe.name in site.saves.under_way(recipe.account):
        # It would leave a plan and a playlist behind.
        words = "This playlist is being written right now, so nothing was deleted. Try again soon."
        return _told(request, site, recipe, "In a minute", words)
    try:
        site.platform.recipes.delete(recipe.name)
    except RecipeError:
        raise HTTPException(404) from None
    site.feed_links.remove(recipe.name)
    site.platform.plans.remove(recipe.name)
    return redirect(site, "/playlists?did=deleted")


_ONE: Final = "/playlists/{name}"
ROUTES = [
    shows(_ONE, playlist),
    shows(f"{_ONE}/edit", edit),
    does(f"{_ONE}/again", again),
    does(f"{_ONE}/keep", keep),
    shows(f"{_ONE}/bring-back", bring_back),
    does(f"{_ONE}/bring-back", do_bring_back),
    does(f"{_ONE}/restore", restore),
    shows(f"{_ONE}/digest", digest),
    does(f"{_ONE}/address", make_address, pace="secret"),
    does(f"{_ONE}/address/end", end_address),
    shows(f"{_ONE}/delete", ask_delete),
    does(f"{_ONE}/delete", delete),
]
