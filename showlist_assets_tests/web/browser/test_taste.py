"""What a listener plays, in a browser: said with scripts and without, and sound in every look."""

from __future__ import annotations

import json
import re
from base64 import b64encode

import itsdangerous
import pytest

from showlist_assets_tests.domain.recommendations.listening_rows import listens
from showlist_assets_tests.web.browser.screens import ALL_OF_NEW_YORK
from showlist_assets_tests.web.browser.watching import DESKTOP, PHONE, WatchedPage
from showlist_assets_tests.web.plays_sent import export


@pytest.fixture
def known(served):
    """The account whose taste is known: it plays the first band of the lineup, and two others."""
    site = served.site
    acts = site.publications.current().upcoming("NY").acts.sort("local_date", "show_id", "billing")
    artists = acts.unique("spotify_artist_id", keep="first", maintain_order=True).head(3)
    (account, *_) = site.platform.accounts.names()
    site.platform.listening.forget(account)
    told = listens(
        *(
            {"artist": name, "spotify": one, "times": 30}
            for one, name in artists.select("spotify_artist_id", "spotify_artist_name").iter_rows()
        )
    )
    site.platform.listening_store.write(account, "listens", told)
    site.platform.tastes.recompute(account)
    yield account
    site.platform.listening.forget(account)


@pytest.fixture
def logged_in(new_context, served, known):
    """Opens a browser that is logged in as ``known``."""

    def open_browser(**options):
        said = {"account": known, "number": served.site.sessions.number(known)}
        signer = itsdangerous.TimestampSigner(served.site.sessions.secret)
        value = signer.sign(b64encode(json.dumps(said).encode())).decode()
        context = new_context(viewport={"width": DESKTOP, "height": 900}, **options)
        context.add_cookies([{"name": "showlist", "value": value, "url": served.url}])
        return WatchedPage(context, served.url)

    return open_browser


@pytest.mark.parametrize("has_scripts", [True, False], ids=["with scripts", "without"])
def test_a_word_on_a_band_is_said_where_it_is_read_and_taken_back(logged_in, has_scripts):
    watched = logged_in(java_script_enabled=has_scripts)
    page = watched.page
    watched.visit(ALL_OF_NEW_YORK)
    say = page.locator(".say").first
    say.get_by_text("More or less?").click()
    say.get_by_role("button", name="Never").click()
    said = page.get_by_text("You said:")
    said.wait_for()
    # With scripts, whoever reads the lineup stays there.
    assert ("/artists/" in page.url) is not has_scripts
    page.get_by_role("button", name="Take it back").click()
    said.wait_for(state="detached")
    assert watched.problems == []


@pytest.mark.parametrize("address", ["/taste", ALL_OF_NEW_YORK, "an artist"])
def test_a_page_that_goes_by_taste_is_sound_in_every_look(logged_in, axe, pictures, address):
    watched = logged_in()
    if address == "an artist":
        watched.visit(ALL_OF_NEW_YORK)
        address = re.search(r'act-name"><a href="([^"]+)"', watched.page.content())[1]
    name = {"/taste": "taste", ALL_OF_NEW_YORK: "home_taste"}.get(address, "artist_taste")
    assert watched.visit(address).status == 200
    watched.open_all()
    wrong = watched.unsound(axe, lambda *look: pictures(watched.page, name, *look))
    watched.look(320, "light")
    wrong += ["320: too wide"] * bool(watched.pixels_too_wide())
    assert wrong + watched.problems == []


def test_a_file_is_chosen_sent_and_told(logged_in, known, served, tmp_path):
    served.site.platform.listening.forget(known)
    file = tmp_path / "Streaming_History_Audio_2026_0.json"
    file.write_bytes(export("Somebody"))
    watched = logged_in()
    watched.look(PHONE, "light")
    watched.visit("/taste")
    watched.page.set_input_files("input[type=file]", file)
    watched.page.get_by_role("button", name="Read it").click()
    watched.page.get_by_role("heading", name="1 new play").wait_for()
    assert watched.problems == []
