"""Whole ways through the page, of one person and of several in browsers of their own."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier, Event
from urllib.parse import urlsplit

import html5lib

from showlist_assets.web.rendering import segment
from showlist_assets_tests.clock import NOW
from showlist_assets_tests.web.browsers import Browser
from showlist_assets_tests.web.markup import well_made

WISH = "when=any time&most=12"
NAME = "me-washington-state-any-time"
PATIENCE = 30


def invited_to(owner, name):
    """Invite somebody at the owner's page; the address that it shows, below the page's own."""
    root = html5lib.parse(owner.post("/owner/invite", name=name).text, namespaceHTMLElements=False)
    (shown,) = [one.text for one in root.iter("code") if one.get("id") == "invitation"]
    return shown.removeprefix("http://127.0.0.1:8300")


def come(site, address, listener):
    """Somebody opens an invitation in a browser of their own, and agrees at Spotify."""
    browser = Browser(site)
    page = browser.client.get(address)
    root = html5lib.parse(page.text, namespaceHTMLElements=False)
    (form,) = [one for one in root.iter("form") if one.find("input[@name='invite']") is not None]
    fields = {one.get("name"): one.get("value") for one in form.iter("input")}
    answer = browser.client.get(
        browser.agree(browser.post(form.get("action"), **fields), listener=listener)
    )
    assert answer.headers["location"] == "/playlists?did=in"
    return browser


def save(browser, wish=WISH, **fields):
    return browser.post("/save", **{"wish": wish, "refresh": "on change", **fields})


def live(sandbox, listener="listener"):
    (only,) = sandbox.listeners.playlists(listener)
    return list(only.uris)


def test_the_owner_invites_five_who_come_and_a_sixth_finds_no_room(owner, living, sandbox):
    names = [f"friend-{number}" for number in range(5)]
    addresses = {name: invited_to(owner, name) for name in names}
    assert "five users at most" in owner.post("/owner/invite", name="sixth").text
    for name, address in addresses.items():
        sandbox.listeners.add_listener(f"{name}-at-spotify", name.title())
        browser = come(living, address, f"{name}-at-spotify")
        assert browser.get("/me").text.count(f"Called {name} here") == 1
        assert living.platform.accounts.read(name).user_id == f"{name}-at-spotify"
        assert "This invitation was used" in Browser(living).get(address).text
    assert living.platform.accounts.names() == names
    before = sandbox.requests("accounts")
    assert "There is no room" in well_made(owner.post("/login").text).text
    assert sandbox.requests("accounts") == before
    # One who goes makes room.
    owner.post("/owner/remove", name="friend-2")
    sandbox.listeners.add_listener("robin-at-spotify", "Robin")
    come(living, invited_to(owner, "robin"), "robin-at-spotify")
    assert "robin" in living.platform.accounts.names()


def test_a_wrong_band_goes_from_a_guest_to_a_listener_to_the_owner_and_back(
    guest, owner, living, sandbox
):
    with living.publications.current().cursor() as cursor:
        key, name = cursor.execute(
            "select performer_key, performer_name from upcoming_shows "
            "where track_id is not null order by all limit 1"
        ).fetchone()
    path = f"/artists/{segment(key)}"
    page = guest.get(path)
    assert "Log in to tell the owner" in page.text
    assert page.link_to("Log in") == "/login"
    sandbox.listeners.add_listener("robin-at-spotify", "Robin")
    listener = come(living, invited_to(owner, "robin"), "robin-at-spotify")
    listener.get(path)
    told = listener.follow(listener.post(f"{path}/wrong", words="That is their tribute"))
    assert "The owner will look at it" in told.text
    # The owner, in a browser of theirs, is led from the first page to the decision.
    assert "1 report" in owner.get("/owner").text
    review = owner.get(owner.get("/owner").link_to("Review them"))
    assert "That is their tribute robin" in review.text
    assert urlsplit(review.link_to(f"who {name} is")).path == path
    assert "That is their tribute" in owner.get(path).text
    decided = owner.follow(owner.post(f"{path}/wrong", **{"is": "nobody"}))
    assert "Decided by hand: nobody on Spotify." in decided.text
    for browser in (guest, listener):
        assert "Decided by hand: nobody on Spotify." in browser.get(path).text
    assert "That is their tribute" not in owner.get("/owner/review").text
    back = owner.follow(owner.post(f"{path}/wrong", **{"is": "undo"}))
    assert "Taken back." in back.text
    assert "Decided by hand" not in guest.get(path).text


def at_once(*deeds):
    """Do all of ``deeds`` at the same moment, each in a thread; what each returned."""
    barrier = Barrier(len(deeds))

    def do(deed):
        barrier.wait(PATIENCE)
        return deed()

    with ThreadPoolExecutor(len(deeds)) as threads:
        return [one.result(PATIENCE) for one in [threads.submit(do, deed) for deed in deeds]]


def test_browsers_that_save_at_once_make_one_playlist_for_each_listener(
    listener, robin, living, sandbox
):
    other = Browser(living)
    other.log_in(name="me")
    answers = at_once(lambda: save(listener), lambda: save(other), lambda: save(robin))
    browsers = (listener, other, robin)
    for browser, answer in zip(browsers, answers, strict=True):
        text = browser.follow(answer).text
        # Whoever comes second is shown what is there, or waits for the same save.
        assert "Saved. 12 added" in text or "Write it anew?" in text, text[:300]
    assert len(live(sandbox)) == len(set(live(sandbox))) == 12
    assert len(live(sandbox, "robin-at-spotify")) == 12
    assert living.platform.recipes.names() == [NAME, NAME.replace("me-", "robin-", 1)]


def test_of_two_changes_at_once_the_later_holds_here_and_at_spotify(
    listener, living, sandbox, monkeypatch
):
    save(listener)
    other, start, is_between = Browser(living), living.saves.start, Event()
    other.log_in(name="me")

    def started(recipe, **options):
        if recipe.max_tracks == 5:
            # Its file is written; now the other browser does all it can.
            is_between.set()
            Event().wait(0.3)
        return start(recipe, **options)

    def later():
        is_between.wait(PATIENCE)
        return save(other, "when=any time&most=7", playlist=NAME)

    monkeypatch.setattr(living.saves, "start", started)
    answers = at_once(lambda: save(listener, "when=any time&most=5", playlist=NAME), later)
    for answer in answers:
        saving_id = urlsplit(answer.headers["location"]).path.removeprefix("/saving/")
        assert living.saves.wait(saving_id, PATIENCE).state == "done"
    assert living.platform.recipes.read(NAME).max_tracks == 7
    assert len(live(sandbox)) == 7
    assert {row.status for row in living.platform.history.rows(NAME)} == {"done"}


def test_a_day_that_is_spent_amid_a_save_is_told_with_the_time_and_it_goes_on_then(
    open_site, sandbox
):
    moments = [NOW]
    browser = Browser(open_site(clock=lambda: moments[-1]))
    browser.become_owner()
    browser.log_in()
    # The playlist is made, but no song comes in.
    endpoint = "/v1/playlists/{id}/items"
    sandbox.fault("spotify", "quota_exceeded", endpoint=endpoint, retry_after=5 * 3600 + 60)
    page = browser.follow(save(browser))
    assert "Saved here; Spotify comes later" in page.text
    # 17:00 UTC is 9 in the morning in Washington State.
    assert "Save again after 2:01 PM (PST) on Friday." in page.text
    assert live(sandbox) == []
    asked = sandbox.requests("spotify")
    page = browser.follow(browser.post(f"/playlists/{NAME}/again"))
    assert "Save again after 2:01 PM (PST) on Friday." in page.text
    assert sandbox.requests("spotify") == asked
    moments.append(NOW + timedelta(hours=6))
    sandbox.advance(hours=6)
    page = browser.follow(browser.post(f"/playlists/{NAME}/again"))
    assert "12 added" in page.text
    assert len(live(sandbox)) == 12


def test_whoever_has_to_agree_again_does_and_goes_on(listener, living, sandbox):
    save(listener)
    sandbox.listeners.revoke()
    living.platform.accounts.tokens("me").end()
    page = listener.follow(save(listener, "when=any time&most=5", playlist=NAME))
    assert "Spotify wants to hear from you again" in page.text
    again = listener.get(page.link_to("Connect Spotify"))
    assert "Connect Spotify again" in again.text
    assert "Agree again" not in listener.follow(listener.log_in()).text
    page = listener.follow(listener.post(f"/playlists/{NAME}/again"))
    assert "Updated:" in page.text
    assert len(live(sandbox)) == 5
