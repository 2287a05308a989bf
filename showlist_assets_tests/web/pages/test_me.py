"""A listener's account at the page: how long it lasts, and how all of it ends."""

from __future__ import annotations

import threading
from datetime import timedelta

from filelock import FileLock

from showlist_assets_tests.clock import NOW
from showlist_assets_tests.web.browsers import Browser


def save(browser: Browser) -> None:
    assert browser.post("/save", wish="when=any time&most=5").status_code == 303


def test_it_tells_how_long_the_permission_lasts(listener):
    text = listener.get("/me").text
    assert "Robin Listener" in text
    assert "(180 days)" in text
    assert "set their covers, and see what you play lately and most; nothing else" in text
    assert listener.get("/me").link_to("spotify.com/account/apps").startswith("https://www.spot")


def test_a_permission_that_ends_soon_is_told_with_every_playlist(open_site):
    moments = [NOW]
    browser = Browser(open_site(clock=lambda: moments[-1]))
    browser.become_owner()
    browser.log_in()
    assert "Agree again" not in browser.get("/playlists").text
    moments.append(NOW + timedelta(days=160))
    assert "(20 days)" in browser.get("/playlists").text


def test_a_guest_has_no_account(guest):
    assert guest.get("/me", 401).link_to("Log in") == "/login?to=/me"


def test_logging_out_ends_the_cookie_and_nothing_else(listener, living):
    save(listener)
    assert "logged out" in listener.follow(listener.post("/logout")).text
    assert listener.get("/me", 401)
    assert living.platform.accounts.names() == ["me"]
    assert len(living.platform.recipes.names()) == 1


def test_what_is_deleted_is_said_and_nothing_of_a_listener_is_left(robin, living, filled_platform):
    save(robin)
    (name,) = living.platform.recipes.names()
    robin.post(f"/playlists/{name}/address")
    account = living.platform.accounts.read("robin")
    said = robin.get("/me").text
    assert "At once, and for good" in said
    assert "The playlists in your Spotify account stay as they are." in said
    page = robin.follow(robin.post("/me/forget"))
    assert "Everything that was kept of you here is deleted." in page.text
    assert robin.get("/me", 401)
    traces = [account.user_id, account.display_name, account.refresh_token.get_secret_value(), name]
    kept = [file for file in filled_platform.folder.rglob("*") if file.is_file()]
    left = [
        (file.name, trace)
        for file in kept
        for trace in traces
        if trace.encode() in file.read_bytes() or trace in file.name
    ]
    # The lock that pushes took turns by is empty, and names the recipe only.
    assert [one for one in left if not one[0].endswith(".lock")] == []


def test_forgetting_one_leaves_the_others_alone(listener, robin, living):
    save(listener)
    save(robin)
    robin.post("/me/forget")
    assert living.platform.accounts.names() == ["me"]
    assert listener.get("/playlists")
    assert [name.split("-")[0] for name in living.platform.recipes.names()] == ["me"]


def test_an_old_cookie_is_nobodys_after_forgetting(robin, living):
    thief = Browser(living)
    for one in robin.client.cookies.jar:
        thief.client.cookies.set(one.name, str(one.value))
    robin.post("/me/forget")
    assert thief.get("/me", 401)


def test_nothing_is_deleted_while_a_playlist_is_being_written(listener, owner, living):
    save(listener)
    (name,) = living.platform.recipes.names()
    with FileLock(living.platform.accounts.folder / f"{name}.push.lock"):
        answer = listener.post("/me/forget")
        assert answer.status_code == 409
        assert "nothing was deleted" in answer.text
        assert owner.post("/owner/remove", name="me").status_code == 400
    assert living.platform.accounts.names() == ["me"]
    assert listener.post("/me/forget").status_code == 303


def test_nothing_is_deleted_while_a_save_waits_for_its_turn(robin, owner, living):
    """Such a save holds no lock yet, and would publish the plan of somebody who is forgotten."""
    save(robin)
    (name,) = living.platform.recipes.names()
    recipe = living.platform.recipes.read(name)
    gone = threading.Event()
    living.saves._threads.submit(gone.wait, 60)
    living.saves._threads.submit(gone.wait, 60)
    waiting = living.saves.start(recipe)
    try:
        assert robin.post("/me/forget").status_code == 409
        assert owner.post("/owner/remove", name="robin").status_code == 400
        answer = robin.post(f"/playlists/{name}/delete")
        assert answer.status_code == 409
        assert "nothing was deleted" in answer.text
    finally:
        gone.set()
    assert living.saves.wait(waiting, 60).state == "done"
    assert living.platform.recipes.names() == [name]
    assert robin.post(f"/playlists/{name}/delete").status_code == 303
    assert robin.post("/me/forget").status_code == 303
    assert living.platform.plans.read(name) is None
