"""``/owner/review``: matches worth a look, the weakest of the most visible first; owner only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from showlist_assets.domain.matching.review import to_review
from showlist_assets.web.rendering import Page, answer, frame_of
from showlist_assets.web.routing import shows
from showlist_assets.web.views.review import review_of
from showlist_assets.web.visitors import required_owner, visitor_of

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from showlist_assets.web.site import Site

_CASES: Final = 20


def review(request: Request, site: Site) -> Response:
    """What listeners said, then what ``showlist review`` would ask about."""
    required_owner(visitor_of(request, site))
    platform = site.platform
    answered = platform.overrides.read()
    matched = platform.tables.read_all("matched_artists")
    undecided = matched.filter(~pl.col("performer_key").is_in(list(answered)))
    cases = to_review(
        undecided,
        platform.tables.read_all("expanded_artists"),
        today=site.now().date(),
        limit=_CASES,
    )
    pending = matched.filter(pl.col("outcome") == "pending")["performer_key"].n_unique()
    view = review_of(cases.to_dicts(), platform.reports.read(), pending, now=site.now())
    frame = frame_of(request, site, title="Who is who", section="owner")
    return answer(site, Page("review.html", frame, view))


ROUTES = [shows("/owner/review", review, to_anybody=True)]
