"""A save from a first look to a playlist at Spotify, and all that can stand between."""

from __future__ import annotations

from urllib.parse import quote, urlsplit

import html5lib
import pytest
from filelock import FileLock

from showlist_assets.domain.playlists.wish import wish_of
from showlist_assets.web import saving as saving_rules
from showlist_assets.web.pages import saving as saving_page
from showlist_assets.web.pages import saving_steps
from showlist_assets_tests.web.browsers import Browser, hidden
from showlist_assets_tests.web.markup import Markup, well_made

WISH = "when=any time&most=12"
NAME = "me-washington-state-any-time"
SAVE = f"/save?{quote(WISH, safe='=&')}"


def save(browser: Browser, wish: str = WISH, **fields: str):
    """Send the form of a save with what it holds besides."""
    return browser.post("/save", **{"wish": wish, "refresh": "on change", **fields})


def saved(browser: Browser, wish: str = WISH, **fields: str) -> str:
    """A save to its end; returns the path of its page."""
    answer = save(browser, wish, **fields)
    path = urlsplit(answer.headers["location"]).path
    assert path.startswith("/saving/"), answer.headers["location"]
    return path


def live(sandbox) -> list[str]:
    (only,) = sandbox.listeners.playlists()
    return list(only.uris)


def test_a_guest_sees_what_it_adds_and_spotify_is_asked_nothing(guest, sandbox):
    page = guest.get(SAVE)
    assert "12 songs from" in page.text
    asked = "to set their covers, and to see what you play lately and most; nothing else"
    assert asked in page.text
    assert sandbox.requests("spotify") == 0


def test_a_guest_agrees_comes_back_and_it_is_saved(open_site, sandbox):
    browser = Browser(open_site(is_made_up=True))
    form = hidden(browser.client.get(SAVE).text, "wish")
    back = browser.agree(save(browser, form, title="Tonight & later", public="yes"))
    page = browser.follow(browser.client.get(back))
    assert "Saved. 12 added" in page.text
    (playlist,) = sandbox.listeners.playlists()
    assert (playlist.name, playlist.public) == ("Tonight & later", True)
    assert page.link_to("Listen on Spotify").endswith(f"/playlist/{playlist.id}")
    recipe = browser.site.platform.recipes.read("me-tonight-and-later")
    assert (recipe.account, recipe.refresh, recipe.max_tracks) == ("me", "on change", 12)


def test_the_preview_is_what_is_written(listener, sandbox, living):
    saved(listener)
    planned = living.platform.plans.read(NAME)
    assert live(sandbox) == planned.uris
    page = listener.get(SAVE).text
    assert all(track.track_name in page for track in planned.tracks)


def test_the_recipe_says_when_it_is_kept_up_to_date(listener, living):
    for refresh in ("on change", "weekly", "never"):
        saved(listener, refresh=refresh, playlist=NAME if living.platform.recipes.names() else "")
        recipe = living.platform.recipes.read(NAME)
        assert recipe.refresh == refresh
        assert living.platform.recipes.written_by(NAME) == "the web page"
        assert wish_of(recipe).most == 12


def test_what_is_there_already_is_changed_only_after_its_difference_was_seen(listener, sandbox):
    saved(listener)
    before = live(sandbox)
    sandbox.listeners.remove_tracks(sandbox.listeners.playlists()[0].id, [before[0]])
    fewer = "when=any time&most=5"
    answer = save(listener, fewer)
    assert urlsplit(answer.headers["location"]).path == "/save"
    assert len(live(sandbox)) == len(before) - 1
    page = listener.follow(answer)
    assert "Write it anew?" in page.text
    assert "that you took out stay" in page.text
    assert "Would leave" in page.text
    path = saved(listener, fewer, playlist=NAME)
    assert "Updated:" in listener.get(path).text
    assert len(live(sandbox)) == 5
    assert before[0] not in live(sandbox)


def test_a_second_playlist_of_the_same_leaves_the_first_alone(listener, sandbox, living):
    saved(listener)
    saved(listener, "when=any time&most=5", another="yes")
    assert living.platform.recipes.names() == [NAME, f"{NAME}-2"]
    assert sorted(len(one.uris) for one in sandbox.listeners.playlists()) == [5, 12]


def test_a_listener_who_comes_back_sees_the_difference_first(listener, sandbox):
    saved(listener)
    listener.post("/logout")
    back = listener.agree(save(listener, "when=any time&most=4", name="me"))
    page = listener.follow(listener.client.get(back))
    assert "Write it anew?" in page.text
    assert len(live(sandbox)) == 12


def test_only_its_listener_sees_a_save(listener, robin, guest):
    path = saved(listener)
    assert listener.get(path)
    assert robin.get(path, 404)
    assert guest.get(path, 401)
    assert listener.get("/saving/unknown", 404)


def test_nobody_writes_into_the_playlist_of_another_listener(listener, robin, living, sandbox):
    saved(listener)
    assert robin.client.get(f"{SAVE}&playlist={NAME}").status_code == 404
    assert save(robin, playlist=NAME).status_code == 404
    saved(robin)
    names = living.platform.recipes.names()
    assert names == [NAME, NAME.replace("me-", "robin-", 1)]
    assert len(sandbox.listeners.playlists("robin-at-spotify")) == 1


def test_a_recipe_that_a_person_wrote_is_left_alone(listener, living):
    folder = living.platform.recipes.folder
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{NAME}.yaml").write_text("# Mine.\nstates: WA\n")
    saved(listener)
    assert (folder / f"{NAME}.yaml").read_text() == "# Mine.\nstates: WA\n"
    assert f"{NAME}-2" in living.platform.recipes.names()


def test_an_unknown_place_is_asked_about_and_nothing_is_written(listener, living, sandbox):
    assert "Where is that?" in listener.get("/save?where=Nowhereville", 404).text
    assert save(listener, "where=Nowhereville").status_code == 400
    assert sandbox.listeners.playlists() == []
    assert living.platform.recipes.names() == []


def test_a_wish_that_leaves_nothing_says_why(listener):
    page = listener.get("/save?when=any time&genre=polka")
    assert "Nothing is left" in page.text
    assert "Save it" not in page.text


def test_whatever_a_title_holds_it_is_a_title(listener):
    for title in ("<script>alert(1)</script>", "{nonsense}", "\u202eevil", "x" * 500):
        saved(listener, title=title)
    assert "<script>alert" not in listener.client.get("/playlists").text
    assert "<script>alert(1)</script>" in listener.get("/playlists").text


@pytest.mark.parametrize(
    ("fault", "words", "way_out"),
    [
        ("quota_exceeded", "Spotify's requests of today are spent", "My playlists"),
        ("not_allowlisted", "developer dashboard", "My playlists"),
        ("not_premium", "Premium", "My playlists"),
    ],
)
def test_each_problem_has_its_sentence_and_its_way_out(listener, sandbox, fault, words, way_out):
    sandbox.fault("spotify", fault, times=20)
    page = listener.get(saved(listener))
    assert words in page.text
    assert page.link_to(way_out)
    assert "showlist " not in page.text


def test_a_consent_that_ended_leads_to_the_login(listener, sandbox, living):
    sandbox.listeners.revoke()
    living.platform.accounts.tokens("me").end()
    page = listener.get(saved(listener))
    assert "Spotify wants to hear from you again" in page.text
    assert page.link_to("Connect Spotify") == "/login"
    assert "Agree again" in listener.get("/playlists").text


def test_a_deleted_playlist_is_made_anew_only_if_that_is_said(listener, sandbox):
    saved(listener)
    (old,) = sandbox.listeners.playlists()
    sandbox.listeners.unfollow(old.id)
    path = saved(listener, playlist=NAME)
    text = listener.client.get(path).text
    assert "You deleted this playlist" in well_made(text).text
    assert sandbox.listeners.playlists() == []
    assert hidden(text, "recreate") == "yes"
    page = listener.follow(listener.post(f"/playlists/{NAME}/again", recreate="yes"))
    assert "Saved. 12 added" in page.text


def test_too_many_saves_are_told_to_wait(listener):
    saved(listener)
    for _ in range(5):
        saved(listener, playlist=NAME)
    assert "You have saved often" in listener.get(saved(listener, playlist=NAME)).text


def test_a_save_that_takes_long_is_waited_for_by_a_page(listener, living, monkeypatch):
    saved(listener)
    monkeypatch.setattr(saving_steps, "_WORTH_WAITING", 0.05)
    monkeypatch.setattr(saving_page, "_WAITED", 0.05)
    with FileLock(living.platform.accounts.folder / f"{NAME}.push.lock"):
        path = saved(listener, playlist=NAME)
        page = listener.client.get(path).text
        assert "Writing your playlist" in page
        assert 'http-equiv="refresh" content="2"' in page
        # Whoever is impatient begins no second one.
        assert saved(listener, playlist=NAME) == path
    living.saves.wait(path.removeprefix("/saving/"), 60)
    page = listener.client.get(path).text
    assert "It is up to date" in page
    assert "http-equiv" not in page


def test_under_a_prefix_every_link_and_form_leads_to_it(open_site):
    site = open_site(public_url="https://example.org/music", is_made_up=True)
    browser = Browser(site, "https://example.org")
    page = Markup(html5lib.parse(browser.client.get(SAVE).text, namespaceHTMLElements=False))
    own = [link for link in page.links if link.startswith("/")]
    assert own
    assert all(link.startswith("/music/") for link in own)
    answer = browser.client.get(browser.agree(save(browser)).removeprefix("/music"))
    assert answer.headers["location"].startswith("/music/saving/")


def test_a_playlist_that_was_deleted_during_the_login_is_told_of(listener, living):
    saved(listener)
    listener.post("/logout")
    back = listener.agree(save(listener, name="me", playlist=NAME))
    living.platform.recipes.delete(NAME)
    listener.follow(listener.client.get(back), 404)
    assert listener.get("/playlists")
    assert living.platform.recipes.names() == []


def test_a_listener_has_some_playlists_and_no_more(listener, living, monkeypatch):
    monkeypatch.setattr(saving_rules, "MOST_PLAYLISTS", 2)
    (living.platform.recipes.folder).mkdir(parents=True, exist_ok=True)
    (living.platform.recipes.folder / "by-hand.yaml").write_text("states: WA\n")
    for title in ("one", "two"):
        saved(listener, title=title)
    answer = save(listener, title="three")
    assert answer.status_code == 400
    assert "no room for more" in answer.text
    assert living.platform.recipes.names() == ["by-hand", "me-one", "me-two"]
    saved(listener, title="two", playlist="me-two")
    listener.post("/playlists/me-one/delete")
    saved(listener, title="three")
