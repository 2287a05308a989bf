"""A listener's playlists: seen, changed, undone, subscribed to and deleted by nobody else."""

from __future__ import annotations

import gzip
from urllib.parse import quote, urlsplit

import pytest

from showlist_assets.domain.playlists.wish import query_of, wish_of
from showlist_assets.web.pace import Pace
from showlist_assets.web.pages import playlist as pages
from showlist_assets.web.upkeep import Upkeep
from showlist_assets_tests.web.browsers import Browser, hidden

WISH = "when=any time&most=12"
NAME = "me-washington-state-any-time"
ONE = f"/playlists/{NAME}"
ROUTES = [(method, route.path) for route in pages.ROUTES for method in route.methods or ()]
SHOWN = sorted(path for method, path in ROUTES if method == "GET")
DONE = sorted(path for method, path in ROUTES if method == "POST")
TOKEN = "/calendar/"


@pytest.fixture
def mine(listener) -> Browser:
    """The listener "me" with one playlist of twelve songs."""
    save(listener)
    return listener


def save(browser: Browser, wish: str = WISH, **fields: str) -> None:
    answer = browser.post("/save", wish=wish, **{"refresh": "on change", **fields})
    assert urlsplit(answer.headers["location"]).path.startswith("/saving/")


def live(sandbox) -> list[str]:
    (only,) = sandbox.listeners.playlists()
    return list(only.uris)


def by_hand(living, text: str = "states: WA\n", name: str = "by-hand") -> str:
    folder = living.platform.recipes.folder
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.yaml").write_text(text)
    return f"/playlists/{name}"


def test_a_listener_sees_what_they_saved_and_how_it_is(mine):
    text = mine.get("/playlists").text
    assert "Live in Washington" in text
    assert "12 songs · changed just now · keeps itself when shows change" in text


def test_its_own_page_tells_the_songs_with_their_shows_and_what_it_asks_for(mine, living):
    found = mine.get(ONE)
    assert "It asks for: Washington, any time." in found.text
    plan = living.platform.plans.read(NAME)
    assert plan.tracks
    for track in plan.tracks:
        assert track.track_name in found.text
        assert track.venue_name in found.text


def test_one_without_shows_does_not_tell_of_shows(listener, living):
    path = by_hand(living, "discover: similar to what I play\n", "like-mine")
    text = listener.get(path).text
    assert "Songs like those you played in the last 30 days" in text
    for words in ("It asks for", "next 14 days", "show by show", "shows behind this playlist"):
        assert words not in text


def test_whoever_has_saved_nothing_is_told_how(listener):
    assert "Nothing saved yet" in listener.get("/playlists").text


def test_nobody_else_sees_a_playlist(mine, robin, guest):
    for path in SHOWN:
        address = path.replace("{name}", NAME)
        assert robin.client.get(address).status_code == 404, path
        assert guest.client.get(address).status_code == 401, path
        assert mine.client.get(f"{address}?to=1").status_code == 200, path


@pytest.mark.usefixtures("mine")
def test_nobody_else_does_anything_with_a_playlist(robin, guest, living, sandbox):
    recipe, before = living.platform.recipes.digest(NAME), live(sandbox)
    fields = {"to": "1", "uri": "x", "refresh": "never"}
    for path in DONE:
        address = path.replace("{name}", NAME)
        assert robin.post(address, **fields).status_code == 404, path
        assert guest.post(address, **fields).status_code == 401, path
    assert living.platform.recipes.digest(NAME) == recipe
    assert live(sandbox) == before
    assert not living.feed_links.has(NAME)


def test_what_is_no_name_is_not_there(listener):
    for name in ("..%2F..%2Fetc", "No Such", "%00", "x" * 300):
        assert listener.client.get(f"/playlists/{name}").status_code == 404, name


def test_the_form_is_filled_with_what_the_playlist_asks_for(mine, living):
    text = mine.client.get(f"{ONE}/edit").text
    assert hidden(text, "playlist") == NAME
    assert 'action="/save"' in text
    recipe = living.platform.recipes.read(NAME)
    wish = wish_of(recipe)
    # What the form sends unchanged asks for no change.
    page = mine.get(f"/save?{query_of(wish)}&playlist={NAME}")
    assert "It is up to date: 12 songs." in page.text
    save(mine, query_of(wish), playlist=NAME)
    assert living.platform.recipes.read(NAME) == recipe


@pytest.mark.parametrize(
    "text", ["states: WA\n", "states: WA\nfeatures:\n  tempo: 100..120\nmax_tracks: 7\n"]
)
def test_a_file_that_a_person_wrote_can_be_read_and_not_changed(listener, living, text):
    path = by_hand(living, text)
    page = listener.get(f"{path}/edit")
    assert "edit the file by-hand.yaml" in page.text
    assert "states" in page.text
    assert "Show me" not in page.text
    assert listener.post(f"{path}/keep", refresh="never").status_code == 400
    assert listener.post(f"{path}/delete").status_code == 400
    assert (living.platform.recipes.folder / "by-hand.yaml").read_text() == text


def test_it_is_stopped_and_kept_again(mine, living):
    page = mine.follow(mine.post(f"{ONE}/keep", refresh="never"))
    assert "not kept up to date any more" in page.text
    assert living.platform.recipes.read(NAME).refresh == "never"
    mine.post(f"{ONE}/keep", refresh="weekly")
    assert "keeps itself every Monday" in mine.get("/playlists").text
    assert mine.post(f"{ONE}/keep", refresh="hourly").status_code == 400


def test_an_earlier_state_comes_back_after_its_difference_was_seen(mine, sandbox):
    before = live(sandbox)
    save(mine, "when=any time&most=5", playlist=NAME)
    assert "+12" in mine.get(ONE).text
    page = mine.get(f"{ONE}/bring-back?to=1")
    assert "7 songs would come back, 0 would leave, 5 would stay." in page.text
    assert len(live(sandbox)) == 5
    page = mine.follow(mine.post(f"{ONE}/bring-back", to="1"))
    assert "Brought back." in page.text
    assert "brought back #1" in page.text
    assert live(sandbox) == before


def test_what_was_never_written_cannot_come_back(mine):
    for to in ("", "0", "99", "-1", "1e3", "9" * 30, "x"):
        assert mine.client.get(f"{ONE}/bring-back", params={"to": to}).status_code == 404, to


def test_what_was_taken_out_may_come_back(mine, sandbox):
    (playlist,) = sandbox.listeners.playlists()
    taken = live(sandbox)[3]
    sandbox.listeners.remove_tracks(playlist.id, [taken])
    mine.post(f"{ONE}/again")
    assert taken not in live(sandbox)
    text = mine.client.get(ONE).text
    assert "Taken out by you" in text
    assert hidden(text, "uri") == taken
    mine.post(f"{ONE}/restore", uri=taken)
    mine.post(f"{ONE}/again")
    assert taken in live(sandbox)


def test_the_digest_has_a_policy_of_its_own(mine):
    answer = mine.client.get(f"{ONE}/digest")
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script" not in policy
    assert "sandbox" in policy
    assert "All shows" in answer.text


def test_a_calendars_address_is_shown_once_and_stands_nowhere(mine, living, filled_platform):
    answer = mine.post(f"{ONE}/address")
    assert answer.headers["content-encoding"] == "identity"
    assert answer.headers["cache-control"] == "no-store"
    token = answer.text.split(TOKEN)[1].split(".ics")[0]
    assert len(token) >= 43
    assert living.feed_links.recipe_of(token) == NAME
    assert token not in mine.client.get(ONE).text
    kept = [file.read_bytes() for file in filled_platform.folder.rglob("*") if file.is_file()]
    assert not [content for content in kept if token.encode() in content]
    mine.post(f"{ONE}/address")
    assert living.feed_links.recipe_of(token) is None


def test_looking_at_differences_is_paced_for_a_listener(mine, living, sandbox):
    save(mine, "when=any time&most=5", playlist=NAME)
    living.pace = Pace()
    before = sandbox.requests("spotify")
    answers = [mine.client.get(f"{ONE}/bring-back?to=1").status_code for _ in range(41)]
    assert (answers[-1], set(answers[:-1])) == (429, {200})
    assert sandbox.requests("spotify") <= before + 2 * 40
    assert "Spotify is not asked now" in mine.get(f"/save?when=any time&playlist={NAME}").text


def test_the_calendars_address_can_be_ended(mine, living):
    mine.post(f"{ONE}/address")
    assert "leads nowhere any more" in mine.follow(mine.post(f"{ONE}/address/end")).text
    assert not living.feed_links.has(NAME)


def test_deleting_says_what_it_does_and_leaves_spotify_alone(mine, living, sandbox):
    mine.post(f"{ONE}/address")
    page = mine.get(f"{ONE}/delete")
    assert "Stays: the playlist in your Spotify account" in page.text
    assert living.platform.recipes.names() == [NAME]
    assert "Deleted here." in mine.follow(mine.post(f"{ONE}/delete")).text
    assert living.platform.recipes.names() == []
    assert living.platform.plans.read(NAME) is None
    assert not living.feed_links.has(NAME)
    assert len(live(sandbox)) == 12


def test_it_says_when_updates_are_turned_off(mine, living):
    for runs in (False, True, None):
        living.__dict__["upkeep"] = Upkeep(lambda answer=runs: answer)
        said = "updates are turned off" in mine.get("/playlists").text
        assert said is (runs is False)


def test_a_playlist_of_another_name_than_ascii_is_found(listener, living):
    save(listener, title="東京")
    (name,) = living.platform.recipes.names()
    assert "東京" in listener.get(f"/playlists/{quote(name)}").text


def test_pages_without_a_secret_may_be_compressed(mine):
    answer = mine.client.get(ONE, headers={"Accept-Encoding": "gzip"})
    assert answer.headers["content-encoding"] == "gzip"
    assert gzip.compress(answer.content)
