"""Logging in at the page: who may, what the cookie holds, and what nobody can make of it."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from showlist_assets.web.logins import goes_on_at
from showlist_assets.web.pace import Pace
from showlist_assets.web.pages import ROUTES
from showlist_assets_tests.clock import NOW
from showlist_assets_tests.web.browsers import Browser, hidden
from showlist_assets_tests.web.markup import well_made

POSTS = sorted(route.path for route in ROUTES if "POST" in (route.methods or ()))


def redirect_of(answer) -> str:
    (uri,) = parse_qs(urlsplit(answer.headers["location"]).query)["redirect_uri"]
    return uri


def test_the_owner_logs_in_as_me_and_the_cookie_holds_a_name_and_a_number(owner, living):
    answer = owner.log_in()
    assert answer.headers["location"] == "/playlists?did=in"
    account = living.platform.accounts.read("me")
    assert account.user_id == "listener"
    assert owner.cookie == {
        "account": "me",
        "number": living.sessions.number("me"),
        "owner": living.sessions.owner_number(),
    }
    flags = answer.headers["set-cookie"].lower()
    assert "httponly" in flags
    assert "samesite=lax" in flags


def test_over_https_the_cookie_is_secure_and_this_hosts_alone(open_site):
    browser = Browser(
        open_site(public_url="https://music.example.org"), "https://music.example.org"
    )
    key = browser.site.sessions.owner_link_token()
    made = browser.post("/owner/enter", key=key).headers["set-cookie"]
    assert made.startswith("__Host-showlist=")
    assert "secure" in made.lower()
    assert redirect_of(browser.post("/login")) == "https://music.example.org/auth/callback"


def test_a_login_gives_the_browser_another_cookie(owner):
    asked = owner.post("/login")
    before = owner.cookie
    owner.client.get(owner.agree(asked))
    assert "browser" in before
    assert "browser" not in owner.cookie


def test_somebody_who_was_not_invited_is_never_sent_to_spotify(guest, sandbox):
    answer = guest.post("/login")
    assert answer.status_code == 403
    assert "whoever was invited" in answer.text
    assert guest.post("/login", invite="made-up").status_code == 403
    assert guest.post("/login", name="me").status_code == 403
    assert sandbox.requests("accounts") == 0


def test_a_login_leads_back_to_the_page_that_asked_for_it(owner):
    way_out = "/login?to=/taste"
    assert way_out in owner.get("/taste", 401).links
    to = hidden(owner.client.get(way_out).text, "to")
    back = owner.agree(owner.post("/login", to=to))
    assert owner.client.get(back).headers["location"] == "/taste?did=in"


@pytest.mark.parametrize(
    "to",
    [
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "/taste@evil.example",
        "/taste/forget",
        "/taste\n",
        "/playlists/../save",
        "/save?wish=where=NY",
        "/logout",
    ],
)
def test_a_login_leads_to_no_page_but_a_listeners_own(owner, to):
    page = owner.client.get("/login", params={"to": to}).text
    assert hidden(page, "to") == "/playlists"
    assert goes_on_at(to) == "/playlists"


def test_a_form_cannot_choose_where_a_login_leads(owner):
    away = owner.post("/login", to="https://evil.example", return_to="//evil.example")
    assert owner.client.get(owner.agree(away)).headers["location"] == "/playlists?did=in"


def test_an_answer_of_spotifys_works_once(owner):
    back = owner.agree(owner.post("/login"))
    assert owner.client.get(back).status_code == 303
    again = owner.client.get(back)
    assert again.status_code == 400
    assert "Each works once" in again.text


def test_nobody_can_be_logged_in_as_somebody_else(owner, living, sandbox):
    sandbox.listeners.add_listener("stranger", "A Stranger")
    back = owner.agree(owner.post("/login"), listener="stranger")
    victim = Browser(living)
    victim.get("/")
    victim.post("/login", name="me")
    assert victim.client.get(back).status_code == 400
    assert living.platform.accounts.names() == []
    # Nor was it used up by that.
    assert owner.client.get(back).status_code == 303


@pytest.mark.parametrize("answer", ["?code=x&state=y", "?code=x", "?state=", "?error=denied", ""])
def test_what_answers_no_login_logs_nobody_in(owner, living, answer):
    owner.post("/login")
    assert owner.client.get(f"/auth/callback{answer}").status_code == 400
    assert living.platform.accounts.names() == []


def test_after_ten_minutes_an_answer_comes_too_late(open_site):
    moments = [NOW]
    browser = Browser(open_site(clock=lambda: moments[-1]))
    browser.become_owner()
    back = browser.agree(browser.post("/login"))
    moments.append(NOW + timedelta(minutes=11))
    assert browser.client.get(back).status_code == 400


def test_whoever_declines_is_told_that_nothing_was_changed(owner, living):
    back = owner.agree(owner.post("/login"), decision="cancel")
    answer = owner.client.get(back)
    assert answer.status_code == 400
    assert "You did not agree at Spotify, so nothing was changed." in answer.text
    assert living.platform.accounts.names() == []


def test_an_invitation_makes_the_account_that_it_names_and_works_once(robin, living):
    assert robin.cookie["account"] == "robin"
    assert living.platform.accounts.read("robin").display_name == "Robin Second"
    assert living.invitations.open() == []


def test_an_invitation_is_used_up_by_a_login_only(living):
    token = living.invitations.invite("robin")
    browser = Browser(living)
    assert "as robin" in browser.get(f"/login?invite={token}").text
    browser.get(f"/login?invite={token}")
    browser.client.get(browser.agree(browser.post("/login", invite=token), decision="cancel"))
    assert len(living.invitations.open()) == 1


def test_an_invitation_that_is_withdrawn_meanwhile_lets_nobody_in(living):
    browser, token = Browser(living), living.invitations.invite("robin")
    back = browser.agree(browser.post("/login", invite=token))
    living.invitations.withdraw("robin")
    answer = browser.client.get(back)
    assert answer.status_code == 400
    assert "withdrawn" in answer.text
    assert living.platform.accounts.names() == []
    assert "Ask for another one" in browser.get(f"/login?invite={token}").text


def test_a_listener_who_is_known_gets_their_account_back(robin, living):
    robin.post("/logout")
    assert robin.get("/playlists", 401)
    page = robin.client.get("/login").text
    assert hidden(page, "name") == "robin"
    robin.log_in("robin-at-spotify", name="Robin ")
    assert robin.cookie["account"] == "robin"
    assert living.platform.accounts.names() == ["robin"]


@pytest.mark.usefixtures("robin")
def test_the_owner_at_spotify_as_a_known_listener_is_that_listener(living):
    browser = Browser(living)
    browser.become_owner()
    browser.log_in("robin-at-spotify")
    assert browser.cookie["account"] == "robin"
    assert living.platform.accounts.names() == ["robin"]


@pytest.mark.usefixtures("robin")
def test_a_name_alone_makes_nobody_another_listener(living):
    thief = Browser(living)
    answer = thief.log_in("listener", name="robin")
    assert answer.status_code == 400
    assert "Another listener has this account" in answer.text
    assert living.platform.accounts.read("robin").user_id == "robin-at-spotify"


def test_in_the_sandbox_anybody_at_this_machine_tries_it_out(open_site):
    browser = Browser(open_site(is_made_up=True))
    assert browser.log_in().headers["location"] == "/playlists?did=in"
    assert browser.cookie["account"] == "me"
    elsewhere = Browser(open_site(is_made_up=True, host="0.0.0.0"))  # noqa: S104
    assert elsewhere.post("/login").status_code == 403


def test_a_sixth_listener_is_refused_before_spotify(owner, living, sandbox):
    for number in range(5):
        sandbox.listeners.add_listener(f"id-{number}", "Somebody")
        token = living.invitations.invite(f"guest-{number}")
        Browser(living).log_in(f"id-{number}", invite=token)
    before = sandbox.requests("accounts")
    answer = owner.post("/login")
    assert answer.status_code == 503
    assert "There is no room" in answer.text
    assert sandbox.requests("accounts") == before
    owner.log_in("id-3", name="guest-3")
    assert owner.cookie["account"] == "guest-3"


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("not_allowlisted", "Ask its owner to add the e-mail"),
        ("not_premium", "Premium"),
    ],
)
def test_what_spotify_refuses_is_told_in_a_sentence(owner, living, sandbox, fault, words):
    back = owner.agree(owner.post("/login"))
    sandbox.fault("spotify", fault)
    answer = owner.client.get(back)
    assert answer.status_code == 400
    assert words in answer.text
    assert "showlist login" not in answer.text
    assert living.platform.accounts.names() == []


def test_a_page_in_a_network_without_https_takes_the_answer_by_hand(open_site):
    site = open_site(public_url="http://192.168.1.5:8300", host="0.0.0.0")  # noqa: S104
    browser = Browser(site, "http://192.168.1.5:8300")
    browser.become_owner()
    assert "copy an address out of your browser" in browser.get("/login").text
    page = browser.post("/login")
    to_spotify = well_made(page.text).link_to("Open Spotify")
    uri = "http://127.0.0.1:8888/callback"
    assert parse_qs(urlsplit(to_spotify).query)["redirect_uri"] == [uri]
    pressed = {"listener": "listener", "decision": "agree"}
    sent = requests.post(to_spotify, pressed, timeout=5, allow_redirects=False)
    back = sent.headers["location"]
    broken_in_two = f" {back[:60]}\n{back[60:]} "
    answer = browser.post("/login/paste", address=broken_in_two)
    assert answer.headers["location"] == "/playlists?did=in"
    assert site.platform.accounts.names() == ["me"]


def test_localhost_leads_to_the_address_that_spotify_knows(living):
    browser = Browser(living, "http://localhost:8300")
    answer = browser.client.get("/login?invite=abc")
    assert answer.headers["location"] == "http://127.0.0.1:8300/login?invite=abc"
    answer = browser.client.get("/save?when=any+time")
    assert answer.headers["location"] == "http://127.0.0.1:8300/save?when=any+time"


def test_where_guests_may_not_look_they_may_log_in(open_site):
    browser = Browser(open_site(guests=False))
    for path in ("/playlists", "/save", "/me", "/saving/x"):
        assert browser.client.get(path).headers["location"] == "/login"
    token = browser.site.invitations.invite("robin")
    browser.log_in(invite=token)
    assert browser.get("/playlists")
    assert browser.client.post("/logout").headers["location"] == "/login?did=out"


def test_a_stolen_cookie_ends_with_the_login_everywhere(listener, living):
    thief = Browser(living)
    for one in listener.client.cookies.jar:
        thief.client.cookies.set(one.name, str(one.value))
    assert thief.get("/me")
    listener.post("/me/everywhere")
    assert thief.get("/me", 401)
    assert thief.get("/playlists", 401)


def test_a_cookie_of_somebodys_own_making_is_nobodys(living):
    browser = Browser(living)
    browser.client.cookies.set("showlist", "eyJhY2NvdW50IjogIm1lIn0=.aaaa.bbbb")
    assert browser.get("/me", 401)


@pytest.mark.parametrize(
    "headers",
    [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}, {"Origin": "null"}],
)
def test_no_other_site_can_send_a_form(guest, headers):
    for path in POSTS:
        address = path.replace("{name}", "mine").replace("{key:path}", "somebody")
        assert guest.client.post(address, headers=headers).status_code == 403, path


def test_logins_are_paced(open_site):
    site = open_site()
    site.pace = Pace()
    browser = Browser(site)
    answers = [browser.post("/login").status_code for _ in range(11)]
    assert answers[-1] == 429
    assert set(answers[:-1]) == {403}


def test_no_secret_is_on_a_page_or_in_the_log(owner, caplog):
    caplog.set_level("DEBUG")
    back = owner.agree(owner.post("/login"))
    (code,) = parse_qs(urlsplit(back).query)["code"]
    owner.client.get(back)
    account = owner.site.platform.accounts.read("me")
    secrets = [code, account.refresh_token.get_secret_value()]
    said = " ".join(
        [owner.client.get(path).text for path in ("/me", "/owner", "/playlists")]
        + [record.getMessage() for record in caplog.records if record.name != "httpx"]
    )
    assert not [secret for secret in secrets if secret in said]


def test_whoever_is_removed_while_they_log_in_comes_back_by_an_invitation_only(
    owner, robin, living
):
    robin.post("/logout")
    back = robin.agree(robin.post("/login", name="robin"), listener="robin-at-spotify")
    owner.post("/owner/remove", name="robin")
    answer = robin.client.get(back)
    assert answer.status_code == 400
    assert "deleted meanwhile" in answer.text
    assert living.platform.accounts.names() == []


def test_whoever_is_known_uses_up_nobodys_invitation(listener, living):
    token = living.invitations.invite("ada")
    assert listener.log_in(invite=token).status_code == 303
    assert listener.cookie["account"] == "me"
    back_again = Browser(living)
    assert back_again.log_in(invite=token).status_code == 303
    assert back_again.cookie["account"] == "me"
    assert [one.account for one in living.invitations.open()] == ["ada"]


@pytest.mark.parametrize("charset", ["unicode_escape", "utf-7", "utf-16", "nonsense"])
def test_a_form_in_a_charset_of_its_own_breaks_nothing(guest, charset):
    answer = guest.client.post(
        "/login",
        content=b'--x\r\nContent-Disposition: form-data; name="invite"\r\n\r\n\\ud800\r\n--x--\r\n',
        headers={"Content-Type": f"multipart/form-data; boundary=x; charset={charset}"},
    )
    assert answer.status_code == 403
