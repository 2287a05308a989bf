"""From a lineup to a playlist at Spotify and back again, in a browser, with scripts and without."""

from __future__ import annotations

import re

import pytest

from showlist_assets_tests.web.browser.screens import ALL_OF_NEW_YORK
from showlist_assets_tests.web.browser.watching import DESKTOP, PHONE, WatchedPage


@pytest.fixture(params=[True, False], ids=["with scripts", "without"])
def visitor(request, new_context, served):
    """Somebody new, at a page that nobody has saved anything at."""
    for recipe in served.site.platform.recipes.names():
        served.site.platform.recipes.delete(recipe)
    served.site.saves._started.clear()
    context = new_context(
        java_script_enabled=request.param, viewport={"width": DESKTOP, "height": 900}
    )
    return WatchedPage(context, served.url)


def _agree(page, choice="Agree"):
    page.wait_for_url("http://localhost:*/**/authorize?**")
    page.get_by_role("button", name=choice).click()


def _saved(visitor, address=ALL_OF_NEW_YORK):
    """Save the lineup at ``address`` as a new visitor does."""
    page = visitor.page
    visitor.visit(address)
    page.get_by_role("link", name="Save to Spotify").click()
    page.get_by_role("button", name="Continue with Spotify").click()
    _agree(page)
    page.wait_for_url("**/saving/*")
    page.get_by_role("link", name="Listen on Spotify").wait_for()
    return page


def _songs(text):
    return int(re.search(r"(\d+)", text)[1])


def test_what_is_seen_is_what_is_saved_and_undone(visitor, world):
    page = visitor.page
    visitor.visit(ALL_OF_NEW_YORK)
    promised = [
        name.strip()
        for name in page.locator(".song .play > span:last-child").evaluate_all(
            "all => all.map(one => one.lastChild.textContent)"
        )
    ]
    count = _songs(page.inner_text("#headline"))
    _saved(visitor)
    page.get_by_role("link", name="Listen on Spotify").click()
    # The sandbox's page of the playlist, which Spotify's own stands for in the world.
    page.wait_for_url(f"{world.url}/listen/playlist/*")
    written = page.inner_text("body")
    assert count > 10
    assert [name for name in promised if name not in written] == []
    page.go_back()
    page.get_by_role("link", name="This playlist").click()
    page.get_by_role("heading", name="History").wait_for()
    assert visitor.problems == []


def test_cancelling_at_spotify_says_so_and_saves_nothing(visitor, served, world):
    page = visitor.page
    writes = world.writes()
    visitor.visit(ALL_OF_NEW_YORK)
    page.get_by_role("link", name="Save to Spotify").click()
    page.get_by_role("button", name="Continue with Spotify").click()
    _agree(page, "Cancel")
    page.wait_for_url(f"{served.url}/auth/callback**")
    assert page.locator("[role=alert]").inner_text()
    assert world.writes() == writes
    assert served.site.platform.recipes.names() == []
    assert visitor.problems == []


def test_a_change_is_shown_before_it_is_written_and_can_be_brought_back(visitor):
    page = _saved(visitor)
    page.get_by_role("link", name="This playlist").click()
    page.get_by_role("link", name="Change", exact=True).click()
    page.locator("#wish summary", has_text="More wishes").click()
    page.locator("#wish [name=tracks]").select_option("1")
    page.get_by_role("button", name="See what changes").click()
    page.locator(".diff-words").wait_for()
    assert page.locator(".diff .minus").count() > 0
    page.get_by_role("button", name="Write it").click()
    page.wait_for_url("**/saving/*")
    page.get_by_role("link", name="Undo").click()
    page.get_by_role("heading", name=re.compile("Bring back")).wait_for()
    assert page.locator(".diff .plus").count() > 0
    page.get_by_role("button", name="Bring it back").click()
    page.get_by_role("heading", name="History").wait_for()
    assert visitor.problems == []


def test_a_calendar_has_an_address_of_its_own_that_ends_when_it_is_ended(visitor, served):
    page = _saved(visitor)
    page.get_by_role("link", name="This playlist").click()
    page.locator("#calendar").get_by_role("button").first.click()
    secret = page.locator("code.secret").first.inner_text()
    path = re.search(r"/calendar/.*", secret)[0]
    answer = served.get(path)
    assert answer.status_code == 200
    assert answer.text.startswith("BEGIN:VCALENDAR")
    # It is shown once.
    page.goto(f"{served.url}/playlists")
    assert path not in page.content()
    assert visitor.problems == []


def test_whoever_logs_out_is_nobody_again_also_with_the_back_button(visitor, served):
    page = _saved(visitor)
    page.goto(f"{served.url}/me")
    cookies = page.context.cookies()
    page.get_by_role("button", name="Log out", exact=True).click()
    page.locator("[role=status]", has_text="logged out").wait_for()
    page.go_back()
    page.reload()
    assert page.locator("h1").inner_text() == "Log in first"
    # What was taken while it held is of no more use once every browser was logged out.
    page.context.add_cookies(cookies)
    page.goto(f"{served.url}/me")
    page.get_by_role("button", name="Log out in every browser").click()
    page.context.add_cookies(cookies)
    assert page.goto(f"{served.url}/me").status == 401
    assert visitor.problems == []


def test_screens_of_a_listener_are_sound(new_context, served, axe, pictures):
    served.site.saves._started.clear()
    for recipe in served.site.platform.recipes.names():
        served.site.platform.recipes.delete(recipe)
    visitor = WatchedPage(new_context(viewport={"width": DESKTOP, "height": 900}), served.url)
    page = _saved(visitor)
    saving = page.url.removeprefix(served.url)
    page.get_by_role("link", name="This playlist").click()
    playlist = page.url.removeprefix(served.url)
    owner = f"/owner/enter?key={served.site.sessions.owner_link_token()}"
    wrong = []
    screens = {
        "saving": saving, "playlist": playlist, "edit": f"{playlist}/edit",
        "delete": f"{playlist}/delete", "playlists": "/playlists", "me": "/me",
        "save_again": f"/save?where=NY&when=any+time&playlist={playlist.rpartition('/')[2]}",
        "enter": owner, "owner": "/owner", "review": "/owner/review",
    }  # fmt: skip
    for name, address in screens.items():
        assert visitor.visit(address).status == 200, name
        if name == "enter":
            page.get_by_role("button").last.click()
            page.wait_for_url("**/owner?**")
            continue
        visitor.open_all()
        for width, scheme in ((PHONE, "light"), (DESKTOP, "dark")):
            visitor.look(width, scheme)
            wrong += [f"{name} {scheme}: {one}" for one in visitor.inaccessible(axe)]
            pictures(page, name, width, scheme)
            if pixels := visitor.pixels_too_wide():
                wrong.append(f"{name}: {pixels} px too wide at {width}")
        visitor.look(320, scheme)
        if pixels := visitor.pixels_too_wide():
            wrong.append(f"{name}: {pixels} px too wide at 320")
        wrong += [f"{name}: {one}" for one in visitor.problems]
    assert wrong == []


@pytest.fixture
def known_again(served):
    """Afterwards the account is there as before: other tests of this folder look at its taste."""
    accounts = served.site.platform.accounts
    before = accounts.read("me")
    yield
    accounts.save(before)


@pytest.mark.usefixtures("known_again")
def test_whoever_is_forgotten_leaves_nothing_here(visitor, served):
    page = _saved(visitor)
    page.goto(f"{served.url}/me")
    page.locator("summary", has_text="What is deleted").click()
    page.get_by_role("button", name="Forget me").click()
    page.locator("[role=status]", has_text="deleted").wait_for()
    assert served.site.platform.recipes.names() == []
    assert "me" not in served.site.platform.accounts.names()
    assert visitor.problems == []
