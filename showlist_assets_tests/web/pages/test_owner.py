"""The owner's pages: nobody else's, and what they can do."""

from __future__ import annotations

from datetime import timedelta

from showlist_assets.web.pages import owner as owner_page
from showlist_assets.web.pages import review as review_page
from showlist_assets_tests.clock import NOW
from showlist_assets_tests.web.browsers import Browser
from showlist_assets_tests.web.markup import look

ROUTES = [*owner_page.ROUTES, *review_page.ROUTES]
OPEN = "/owner/enter"
SHOWN = [one.path for one in ROUTES if "GET" in (one.methods or ()) and one.path != OPEN]
DONE = [one.path for one in ROUTES if "POST" in (one.methods or ()) and one.path != OPEN]


def test_nobody_else_learns_that_there_are_such_pages(guest, robin):
    for path in SHOWN:
        assert guest.get(path, 404)
        assert robin.get(path, 404)


def test_nobody_else_does_what_an_owner_does(guest, robin, living):
    for path in DONE:
        for browser in (guest, robin):
            assert browser.post(path, name="robin").status_code == 404, path
    assert living.platform.accounts.names() == ["robin"]
    assert living.invitations.open() == []


def test_the_address_that_is_printed_makes_one_browser_the_owners_by_a_button(living):
    key = living.sessions.owner_link_token()
    browser, other = Browser(living), Browser(living)
    for _ in range(3):
        # A program that looks at every link uses nothing up.
        assert "Is this your Showlist?" in browser.get(f"{OPEN}?key={key}").text
    assert browser.get("/owner", 404)
    page = browser.follow(browser.post(OPEN, key=key))
    assert "Listeners" in page.text
    assert other.post(OPEN, key=key).status_code == 403
    assert other.get("/owner", 404)


def test_a_made_up_key_makes_nobody_the_owner(guest):
    for key in ("", "made-up", "\u2603", "x" * 4000):
        assert guest.post(OPEN, key=key).status_code == 403, key
        assert guest.client.get(OPEN, params={"key": key}).status_code == 200, key
    assert guest.get("/owner", 404)


def test_an_owners_address_is_good_for_a_quarter_of_an_hour(open_site):
    moments = [NOW]
    site = open_site(clock=lambda: moments[-1])
    key = site.sessions.owner_link_token()
    moments.append(NOW + timedelta(minutes=16))
    assert Browser(site).post(OPEN, key=key).status_code == 403


def test_an_invitation_is_shown_once_and_withdrawn(owner, living, filled_platform):
    answer = owner.post("/owner/invite", name=" Robin ")
    assert answer.headers["content-encoding"] == "identity"
    assert "e-mail address of their Spotify account" in answer.text
    token = answer.text.split("invite=")[1].split("<")[0]
    assert living.invitations.find(token).account == "robin"
    text = owner.client.get("/owner").text
    assert "robin" in text
    assert token not in text
    kept = [file.read_bytes() for file in filled_platform.folder.rglob("*") if file.is_file()]
    assert not [content for content in kept if token.encode() in content]
    owner.post("/owner/withdraw", name="robin")
    assert living.invitations.open() == []


def test_what_cannot_be_a_name_is_not_invited(owner, living):
    for name in ("", "../x", "a b", "<script>", "x" * 41):
        answer = owner.post("/owner/invite", name=name)
        assert answer.status_code == 400, name
        assert "small letters" in answer.text
    assert living.invitations.open() == []


def test_there_is_room_for_five(owner, living):
    for number in range(5):
        assert owner.post("/owner/invite", name=f"guest-{number}").status_code == 200
    answer = owner.post("/owner/invite", name="sixth")
    assert answer.status_code == 400
    assert "five users at most" in answer.text
    assert "All five places are taken" in owner.get("/owner").text
    assert len(living.invitations.open()) == 5


def test_it_tells_listeners_calls_freshness_and_the_redirect_uri(owner, robin):
    text = owner.get("/owner").text
    assert "Robin Second robin" in text
    assert "Lasts until" in text
    assert "1 for playlists" in text
    assert "http://127.0.0.1:8300/auth/callback" in text
    assert robin.get("/playlists")


def test_a_listener_is_removed_with_all_that_is_kept_of_them(owner, robin, living):
    robin.post("/save", wish="when=any time&most=5")
    owner.post("/owner/remove", name="robin")
    assert living.platform.accounts.names() == []
    assert living.platform.recipes.names() == []
    assert robin.get("/me", 401)
    assert owner.post("/owner/remove", name="robin").status_code == 404


def test_the_owner_leaves_in_every_browser(owner, living):
    other = Browser(living)
    other.become_owner()
    key = living.sessions.owner_link_token()
    owner.post("/owner/leave")
    assert other.get("/owner", 404)
    assert Browser(living).post(OPEN, key=key).status_code == 403


WEAK = {"level": "low", "confidence": 0.4, "reason": "Two artists have this name."}


def test_weak_matches_are_decided_from_the_list(publish, page, become, site):
    publish(matched=(WEAK,))
    become(page, owner=True)
    shown = look(page, "/owner/review")
    assert "Two artists have this name." in shown.text
    (form,) = [link for link in shown.links if link.endswith("/wrong")]
    assert page.post(form, data={"is": "nobody"}).status_code == 303
    (decided,) = site.platform.overrides.read().values()
    assert decided.artist_id is None
    assert "Nothing is doubtful now." in look(page, "/owner/review").text


def test_what_a_listener_says_of_a_match_is_shown(publish, page, become, site):
    publish()
    become(page, owner=True)
    said = "<b>That</b> is a tribute band"
    site.platform.reports.add("paper lantern", "Paper <i>Lantern</i>", "robin", said)
    text = look(page, "/owner/review").text
    assert said in text
    assert "Paper <i>Lantern</i>" in text
    assert "1 report of listeners" in look(page, "/owner").text


def test_what_a_listener_said_goes_with_them(robin, living):
    living.platform.reports.add("somebody", "Somebody", "robin", "a tribute band")
    robin.post("/me/forget")
    assert living.platform.reports.read() == ()
