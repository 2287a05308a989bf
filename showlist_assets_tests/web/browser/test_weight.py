"""How heavy and how steady the page is for somebody who has never been here."""

from __future__ import annotations

import pytest

from showlist_assets_tests.web.browser.screens import ALL_OF_NEW_YORK, address_of
from showlist_assets_tests.web.browser.watching import (
    DESKTOP,
    PHONE,
    WatchedPage,
    received,
    vitals_script,
)

_PAGE_BYTES = 15_000
_VISIT_BYTES = 60_000
_REQUESTS = 9
# What is called good; on an idle machine it is a third of that.
_PAINTED_MS = 2500
_MOVED = 0.05


@pytest.mark.parametrize("width", [PHONE, DESKTOP])
@pytest.mark.parametrize("screen", ["home", "home_state", "show", "artist", "venue", "announced"])
def test_a_first_visit_is_light_and_nothing_jumps(new_context, served, screen, width):
    context = new_context(viewport={"width": width, "height": 844})
    context.add_init_script(vitals_script())
    watched = WatchedPage(context, served.url)
    asked = []
    watched.page.on("requestfinished", lambda request: asked.append(request))
    watched.visit(address_of(screen, served))
    watched.page.evaluate("document.fonts.ready")
    watched.page.wait_for_load_state("networkidle")
    weights = received(asked)
    vitals = watched.page.evaluate("vitals")
    assert len(weights) <= _REQUESTS, sorted(weights)
    assert sum(weights.values()) <= _VISIT_BYTES, weights
    assert weights[watched.page.url] <= _PAGE_BYTES
    assert 0 < vitals["painted"] < _PAINTED_MS
    assert vitals["moved"] <= _MOVED
    assert watched.problems == []


def test_a_second_visit_loads_nothing_again(new_context, served):
    context = new_context()
    page = context.new_page()
    page.goto(f"{served.url}{ALL_OF_NEW_YORK}")
    asked = []
    page.on("response", lambda answer: asked.append(answer))
    page.goto(f"{served.url}/about")
    page.goto(f"{served.url}{ALL_OF_NEW_YORK}")
    sent = [each.url for each in asked if each.request.sizes()["responseBodySize"] > 0]
    # The browser asks for a tab's icon beside the page, and keeps it elsewhere.
    assert [url for url in sent if "/static/" in url and "icon" not in url] == []
