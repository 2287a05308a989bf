"""What stands before every answer of the API: who may ask, how often, and of which shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Final

from fastapi import Depends, HTTPException, Request, Response

from showlist_assets.storage.published.publication import Publication
from showlist_assets.web.rendering import is_known, tag_of
from showlist_assets.web.routing import keep_pace
from showlist_assets.web.site import Site
from showlist_assets.web.visitors import visitor_of

# Counted up when an answer changes its form, so that no program keeps an old one.
_FORM: Final = 1


@dataclass(frozen=True)
class Call:
    """A request that may be answered.

    Attributes:
        site: The page's parts.
        publication: The shows that it is answered from.
        headers: Of the answer.
    """

    site: Site
    publication: Publication
    headers: Mapping[str, str]


def admitted(request: Request, response: Response) -> Call:
    """The call, if it may be answered and its answer is not known already.

    Raises:
        HTTPException: 401 for a guest where none may look, 429, 503 while nothing is published, 304
            for a program that has the answer.
    """
    site: Site = request.app.state.site
    keep_pace(request, site, "look")
    if not site.options.guests and visitor_of(request, site).is_guest:
        raise HTTPException(401, "Only who has an account here may look. Log in at the page.")
    publication = site.publications.current()
    if publication is None:
        words = "No shows are published yet. Ask again in a few minutes."
        raise HTTPException(503, words, {"Retry-After": "300"})
    tag = tag_of(request, site, publication.id, _FORM)
    headers = {"ETag": tag, "Cache-Control": "private, no-cache", "Vary": "Cookie"}
    if is_known(request, tag):
        raise HTTPException(304, headers=headers)
    response.headers.update(headers)
    return Call(site, publication, headers)


Admitted = Annotated[Call, Depends(admitted)]
