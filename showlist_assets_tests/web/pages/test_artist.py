"""The page of an artist, and "Wrong band?": who may say what, and what it changes."""

from __future__ import annotations

import pytest

from showlist_assets.services.listeners.accounts import Account
from showlist_assets_tests.rows import NOW, pending
from showlist_assets_tests.web.markup import look

ONE, OTHER = "1" * 22, "2" * 22
PATH = "/artists/paper%20lantern"


def candidate(artist_id, name, rank=1, **columns):
    return {
        "query": "Paper Lantern", "rank": rank, "artist_id": artist_id, "name": name,
        "genres": [], "popularity": None, "image_url": None, **columns,
    }  # fmt: skip


@pytest.fixture
def lantern(publish):
    """Publishes the artist with two candidates, one of them taken."""
    publish(
        matched=({
            "spotify_artist_id": ONE, "level": "medium", "confidence": 0.8,
            "candidates": [
                candidate(ONE, "Paper Lantern"),
                candidate(OTHER, "Paper Lanterns", 2, genres=["folk"], popularity=40),
            ],
            "parts": [{"part": "name", "value": 1.0}, {"part": "namesakes", "value": 0.8}],
        },),
        songs=({"spotify_artist_id": ONE, "duration_ms": 221_000, "album_name": "Dusk"},),
        shows=({"latitude": 42.65, "longitude": -73.75},),
    )  # fmt: skip


@pytest.fixture
def listener(site, page, become):
    site.platform.accounts.save(
        Account(
            name="ada", user_id="id-of-ada", display_name="Ada", refresh_token="r",
            access_token="a", access_token_expires_at=NOW, scopes=(), consented_at=NOW,
        )
    )  # fmt: skip
    become(page, account="ada")
    return page


@pytest.fixture
def owner(page, become):
    become(page, owner=True)
    return page


def decided(site):
    return site.platform.overrides.read().get("paper lantern")


@pytest.mark.usefixtures("lantern")
def test_shows_songs_and_their_sound_are_told(page):
    found = look(page, f"{PATH}?where=10001")
    for words in ("1 show ahead", "Small Hours", "Dusk", "3:41", "lively", "mixed", "mi"):
        assert words in found.text, words
    assert "https://open.spotify.com/artist/" + ONE in found.links


@pytest.mark.usefixtures("lantern")
def test_the_same_page_answers_to_key_id_and_name(page):
    for key in ("paper%20lantern", ONE, "PAPER%20LANTERN"):
        assert "Best known songs" in look(page, f"/artists/{key}").text


@pytest.mark.usefixtures("lantern")
def test_how_it_was_decided_is_told_with_whoever_was_not_taken(page):
    text = look(page, PATH).text
    for words in (
        "Probably", "80%", "The page has the billed name.", "Nobody else has that name",
        "this one", "Paper Lanterns", "Not taken: another name; no. 2 in Spotify's answer",
        "folk · popularity 40",
    ):  # fmt: skip
        assert words in text, words


def test_a_decision_by_hand_is_told(publish, page):
    publish(matched=({"method": "override", "rule": "override", "reason": "Decided by hand."},))
    text = look(page, PATH).text
    assert "by hand" in text
    assert "What that is made of" not in text


def test_somebody_who_is_not_looked_up_yet_or_nobody_says_so(publish, page):
    publish(matched=({**pending()},))
    assert "Not looked up yet" in look(page, PATH).text
    publish(matched=({**pending(), "outcome": "rejected", "reason": "No page has this name."},))
    text = look(page, PATH).text
    assert "Why no band is heard here" in text
    assert "No page has this name." in text


def test_an_artist_without_shows_and_one_that_is_not_decided_have_pages(publish, page):
    publish(matched=(), songs=())
    assert "Nobody to look for" in look(page, PATH).text
    publish(acts=(), shows=())
    assert "No source lists a show of theirs now." in look(page, PATH).text


@pytest.mark.usefixtures("lantern")
def test_an_unknown_artist_may_be_searched_for(page):
    found = look(page, "/artists/Nobody%20At%2FAll", 404)
    assert "/search?q=Nobody%20At%2FAll" in found.links


@pytest.mark.usefixtures("lantern")
def test_a_guest_is_asked_to_log_in_and_changes_nothing(page, site):
    assert "Log in to tell the owner" in look(page, PATH).text
    assert page.post(f"{PATH}/wrong", data={"is": "nobody"}).status_code == 401
    assert decided(site) is None


@pytest.mark.usefixtures("lantern")
def test_a_listener_tells_the_owner_and_decides_nothing(listener, site):
    told = {"words": "That is <b>the</b> trio\r\nof Albany", "is": "nobody"}
    answer = listener.post(f"{PATH}/wrong", data=told)
    assert (answer.status_code, answer.headers["location"]) == (303, f"{PATH}?did=told")
    assert decided(site) is None
    (report,) = site.platform.reports.read()
    assert (report.account, report.performer_key) == ("ada", "paper lantern")
    text = look(listener, f"{PATH}?did=told").text
    assert "You have told the owner: That is <b>the</b> trio of Albany" in text
    assert "The owner will look at it" in text


@pytest.mark.usefixtures("lantern")
def test_the_owner_sees_what_listeners_said_until_it_is_decided(listener, site, become):
    listener.post(f"{PATH}/wrong", data={"words": "another band"})
    become(listener, owner=True)
    assert "another band" in look(listener, PATH).text
    listener.post(f"{PATH}/wrong", data={"is": "nobody"})
    assert "another band" not in look(listener, PATH).text
    assert not site.platform.reports.read()


@pytest.mark.parametrize(
    ("said", "artist_id"),
    [
        ({"is": OTHER}, OTHER),
        ({"is": "nobody"}, None),
        ({"is": "link", "link": f"https://open.spotify.com/artist/{OTHER}?si=x"}, OTHER),
        ({"link": f" spotify:artist:{OTHER} "}, OTHER),
    ],
)
@pytest.mark.usefixtures("lantern")
def test_the_owner_decides_for_good_and_may_take_it_back(owner, site, said, artist_id):
    answer = owner.post(f"{PATH}/wrong", data=said)
    assert (answer.status_code, answer.headers["location"]) == (303, f"{PATH}?did=decided")
    assert decided(site).artist_id == artist_id
    text = look(owner, f"{PATH}?did=decided").text
    assert "It holds from the next refresh on, for good." in text
    assert "Take it back" in text
    answer = owner.post(f"{PATH}/wrong", data={"is": "undo"})
    assert answer.headers["location"] == f"{PATH}?did=taken_back"
    assert decided(site) is None
    assert "Take it back" not in look(owner, PATH).text


@pytest.mark.parametrize(
    "said",
    [{}, {"is": "link"}, {"is": "link", "link": "https://evil.example/artist/x"}, {"is": "x"}],
)
@pytest.mark.usefixtures("lantern")
def test_what_names_nobody_is_refused_with_what_would_be_right(owner, site, said):
    answer = owner.post(f"{PATH}/wrong", data=said)
    assert answer.status_code == 400
    assert "paste a link" in answer.text
    assert decided(site) is None


@pytest.mark.usefixtures("lantern")
def test_a_decision_is_refused_from_another_site(owner, site):
    headers = {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}
    answer = owner.post(f"{PATH}/wrong", data={"is": "nobody"}, headers=headers)
    assert answer.status_code == 403
    assert decided(site) is None


@pytest.mark.usefixtures("lantern")
def test_the_page_changes_with_a_decision_though_nothing_was_published(owner):
    tag = owner.get(PATH).headers["etag"]
    owner.post(f"{PATH}/wrong", data={"is": "nobody"})
    assert owner.get(PATH, headers={"If-None-Match": tag}).status_code == 200


@pytest.mark.usefixtures("lantern")
def test_nobody_is_told_of_at_an_unknown_address(listener, site):
    assert listener.post("/artists/none/wrong", data={"words": "x"}).status_code == 404
    assert not site.platform.reports.read()
