"""Every screen, as somebody sees it: nothing asked of others, nothing broken, nothing cut off."""

from __future__ import annotations

import re

import pytest

from showlist_assets.web.pages import ROUTES
from showlist_assets.web.rendering import STATIC, TEMPLATES
from showlist_assets_tests.web.browser.screens import SCREENS, address_of, is_there
from showlist_assets_tests.web.browser.watching import DESKTOP, PHONE

_STATUS = {"not_found": 404, "unknown_place": 404, "playlists_of_nobody": 401}
# What is no screen, or one that only somebody who has logged in sees (`test_saving`, `test_taste`).
_SEEN_ELSEWHERE = re.compile(
    r"/healthz|.*\.ics|/calendar/.*|/feed/.*|/auth/callback|/saving/.*|/playlists/.+|/me|/owner.*|/taste"
    r"|.*/digest"
)


@pytest.fixture(params=SCREENS)
def screen(request, served):
    address = address_of(request.param, served)
    if not is_there(address):
        pytest.skip(f"{address} is not made yet")
    return request.param, address


def test_a_screen_is_sound_in_every_look(screen, watched, axe, pictures):
    name, address = screen
    watched.look(PHONE, "light")
    answer = watched.visit(address)
    assert answer.status == _STATUS.get(name, 200)
    watched.open_all()
    wrong = watched.unsound(axe, lambda *look: pictures(watched.page, name, *look))
    assert wrong + watched.problems == []


def test_a_scheme_changes_nothing_but_colours():
    """Or most rules are not asked of every look (``WatchedPage.unsound``)."""
    files = [*STATIC.glob("*.css"), *STATIC.glob("*.js"), *TEMPLATES.rglob("*.html")]
    said = "".join(file.read_text(encoding="utf-8") for file in files)
    (block,) = re.findall(
        r"@media \(prefers-color-scheme: dark\) \{\s*:root \{([^}]*)\}\s*\}", said
    )
    assert said.count("prefers-color-scheme") == 1
    assert re.fullmatch(r"(\s*--[a-z-]+: #[0-9a-f]{6};)+\s*", block)


def test_a_screen_fits_the_narrowest_phone_and_twice_the_size_of_text(screen, watched):
    watched.look(320, "light")
    watched.visit(screen[1])
    watched.open_all()
    assert watched.pixels_too_wide() == 0
    # 200 % on a window of 1280 px leaves 640.
    watched.look(640, "light")
    watched.page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert watched.pixels_too_wide() == 0
    watched.look(DESKTOP, "light")
    assert watched.pixels_too_wide() == 0


def test_every_address_of_the_page_is_a_screen_that_is_seen_here(served):
    seen = [address_of(name, served).partition("?")[0] for name in SCREENS]
    unseen = [
        route.path
        for route in ROUTES
        if "GET" in (route.methods or ())
        and not _SEEN_ELSEWHERE.fullmatch(route.path)
        and not any(route.path_regex.fullmatch(path) for path in seen)
    ]
    assert unseen == []
