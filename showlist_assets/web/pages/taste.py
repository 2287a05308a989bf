"""``/taste``: what a listener plays and likes, where that comes from, and how all of it ends."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.body_limit import RequestBodyLimitMiddleware
from starlette.routing import Route

from showlist_assets.services.listening.importing import import_files
from showlist_assets.services.taste.coverage import shares_in
from showlist_assets.services.taste.feedback import UnknownArtistError
from showlist_assets.sources.listening_files.archives import Opened
from showlist_assets.sources.listening_files.contents import ListeningFileError
from showlist_assets.web.failures import Failure
from showlist_assets.web.places import usual_place
from showlist_assets.web.rendering import Page, answer, frame_of, redirect
from showlist_assets.web.routing import does, field, keep_pace, shows
from showlist_assets.web.views.taste import imported_of, taste_of
from showlist_assets.web.visitors import required_account, visitor_of

if TYPE_CHECKING:
    from starlette.datastructures import FormData
    from starlette.requests import Request
    from starlette.responses import Response

    from showlist_assets.web.site import Site

MOST_UPLOADED: Final = 200_000_000
"""Bytes of an upload: the export of two decades has a tenth of it."""
_LONGEST_NAME: Final = 64
_WAYS_BACK: Final = ("What you play", "/taste")
# What a form has around its file.
_AROUND: Final = 10_000


def taste(request: Request, site: Site) -> Response:
    """Whom the listener plays, what they said, how much of what is on that explains."""
    account = required_account(visitor_of(request, site))
    platform, publication = site.platform, site.publications.current()
    place = usual_place(site.options.place, publication)
    fits = platform.listeners_taste.of(account)
    upcoming = publication.upcoming(place.state) if publication else None
    view = taste_of(
        platform.tastes.taste(account),
        said=platform.taste_feedback.read(account),
        listens=platform.listening.read(account, "listens"),
        imports=platform.listening.read(account, "listening_imports"),
        accounting=platform.listening.accounting(account),
        near=shares_in(fits, upcoming) if fits is not None and upcoming is not None else {},
        state=place.state,
        profile=platform.listening_profiles.read(account),
    )
    frame = frame_of(request, site, title="What you play", section="taste")
    return answer(site, Page("taste.html", frame, view))


def take_back(request: Request, site: Site, form: FormData) -> Response:
    """What was said of an artist was never said."""
    account = required_account(visitor_of(request, site))
    try:
        site.platform.taste_feedback.take_back(account, field(form, "artist")[:200])
    except UnknownArtistError:
        raise HTTPException(400) from None
    site.platform.tastes.recompute(account)
    return redirect(site, "/taste?did=unsaid")


def connect(request: Request, site: Site, form: FormData) -> Response:
    """Keep the listener's name at ListenBrainz; without a name, it is asked no more."""
    account = required_account(visitor_of(request, site))
    name = " ".join(field(form, "name").split())
    if len(name) > _LONGEST_NAME or not name.isprintable():
        raise HTTPException(400, "Such a name no one has at ListenBrainz.")
    profiles = site.platform.listening_profiles
    profiles.change(account, listenbrainz_name=name)
    return redirect(site, f"/taste?did={'connected' if name else 'disconnected'}")


def forget(request: Request, site: Site, _form: FormData) -> Response:
    """Delete all that is kept of what the listener plays and likes."""
    account = required_account(visitor_of(request, site))
    site.platform.listening.forget(account)
    return redirect(site, "/taste?did=unheard")


async def upload(request: Request) -> Response:
    """Read a file of plays: whoever sends it is known before a byte of it is read."""
    site: Site = request.app.state.site
    account = required_account(visitor_of(request, site))
    keep_pace(request, site, "upload")
    # A large file waits on the disk without a name there: whatever ends the process, it is gone.
    async with request.form(max_files=1, max_fields=2) as form:
        sent = form.get("file")
        if not isinstance(sent, UploadFile) or not sent.filename:
            raise HTTPException(400, "Choose a file first.")
        return await run_in_threadpool(_read, request, site, account, sent)


def _read(request: Request, site: Site, account: str, sent: UploadFile) -> Response:
    if not site.reading.acquire(blocking=False):
        words = "Another file is being read just now. Try again in a minute."
        return _refused(request, site, "In a minute", words, 409)
    try:
        opened = Opened(_file_name(sent.filename or ""), sent.file)
        came = import_files([opened], account, site.platform.listening, now=site.now())
        if came.liked:
            site.platform.taste_feedback.take_over(account, came.liked)
        site.platform.tastes.recompute(account)
    except ListeningFileError as error:
        return _refused(request, site, "Nothing could be read", str(error), 400)
    finally:
        site.reading.release()
    view = imported_of(came)
    frame = frame_of(request, site, title=view.heading, section="taste")
    return answer(site, Page("imported.html", frame, view))


def _file_name(name: str) -> str:
    """Its own name, by which it is told."""
    last = re.split(r"[/\\]", name)[-1]
    return re.sub(r"[^\w. -]", "_", last).strip(". ")[-80:] or "upload"


def _refused(request: Request, site: Site, heading: str, words: str, status: int) -> Response:
    failure = Failure(heading, words, _WAYS_BACK)
    frame = frame_of(request, site, title=heading, section="taste")
    return answer(site, Page("failure.html", frame, failure, status))


ROUTES = [
    shows("/taste", taste),
    does("/taste/take-back", take_back),
    does("/taste/listenbrainz", connect),
    does("/taste/forget", forget),
    Route(
        "/taste/upload",
        upload,
        methods=["POST"],
        # In the place of the limit of all other forms (``security``).
        middleware=[Middleware(RequestBodyLimitMiddleware, max_body_size=MOST_UPLOADED + _AROUND)],
    ),
]
