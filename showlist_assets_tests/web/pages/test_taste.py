"""What a listener plays at the page: told to that listener alone, said, taken back, and deleted."""

from __future__ import annotations

import io
import re
import tempfile
import zipfile

import pytest
from pydantic import SecretStr

from showlist_assets.domain.names import performer_key
from showlist_assets.web.rendering import segment
from showlist_assets_tests.domain.recommendations.listening_rows import listens
from showlist_assets_tests.web.browsers import Browser, hidden
from showlist_assets_tests.web.plays_sent import export

LINEUP = "/?where=WA&when=any+time"
EVIL = "<script>alert(1)</script>\"'`{{7*7}}\u202e"


@pytest.fixture
def heard(living):
    """The artist whom the account "me" has played: somebody who plays soon; by id and name."""
    publication = living.publications.current()
    acts = publication.upcoming("WA").acts.sort("local_date", "show_id", "billing")
    row = acts.row(0, named=True)
    artist = row["spotify_artist_id"], row["spotify_artist_name"]
    plays(living, artist)
    return artist


def plays(site, *artists, account="me"):
    told = listens(*({"artist": name, "spotify": one, "times": 30} for one, name in artists))
    site.platform.listening_store.write(account, "listens", told)
    site.platform.tastes.recompute(account)


def send(browser, content, name="Streaming_History_Audio_2026_0.json"):
    return browser.client.post("/taste/upload", files={"file": (name, content)})


def test_who_is_played_is_told_in_words_to_the_listener_and_to_nobody_else(heard, listener, robin):
    words = "You play them."
    artist = f"/artists/{heard[0]}"
    for path in (LINEUP, artist):
        assert words in listener.get(path).text, path
        for other in (robin, Browser(listener.site)):
            text = other.get(path).text
            assert words not in text
            assert "30 times" not in text
    answer = listener.client.get(LINEUP)
    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert "Cookie" in answer.headers["Vary"]


def test_a_page_that_the_browser_has_is_another_once_the_taste_is(heard, listener):
    tags = [listener.client.get(LINEUP).headers["ETag"]]
    known = {"If-None-Match": tags[0]}
    assert listener.client.get(LINEUP, headers=known).status_code == 304
    listener.post(f"/artists/{heard[0]}/say", verdict="more")
    again = listener.client.get(LINEUP, headers=known)
    assert again.status_code == 200
    assert again.headers["ETag"] != tags[0]


def test_what_is_said_of_a_band_is_shown_and_taken_back(heard, listener, living):
    page = listener.follow(listener.post(f"/artists/{heard[0]}/say", verdict="less"))
    assert "You said: less like this" in page.text
    assert "less like this" in listener.get("/taste").text
    said = living.platform.taste_feedback.read("me")
    assert said.select("verdict", "said_by").rows() == [("less", "page")]
    page = listener.follow(listener.post(f"/artists/{heard[0]}/say", verdict="back"))
    assert "You said" not in page.text
    assert living.platform.taste_feedback.read("me").is_empty()


def test_who_is_blocked_is_on_no_lineup_of_the_listener_and_on_all_others(heard, listener, robin):
    link = f'act-name"><a href="/artists/{heard[0]}"'
    assert link in listener.client.get(LINEUP).text
    listener.post(f"/artists/{heard[0]}/say", verdict="block")
    assert link not in listener.client.get(LINEUP).text
    songs = listener.client.get(f"/api/lineup{LINEUP[1:]}").json()["songs"]
    assert heard[0] not in {song["spotify_artist_id"] for song in songs}
    assert link in robin.client.get(LINEUP).text
    taken = hidden(listener.client.get("/taste").text, "artist")
    listener.follow(listener.post("/taste/take-back", artist=taken))
    assert link in listener.client.get(LINEUP).text


def test_a_way_out_of_nothing_lets_go_of_taste_and_promises_what_its_link_shows(heard, listener):
    other = re.findall(r'act-name"><a href="(/artists/[^"/]+)"', listener.client.get(LINEUP).text)
    blocked = next(one for one in other if one != f"/artists/{heard[0]}")
    listener.post(f"{blocked}/say", verdict="block")
    # Whom they play fits best of all, and is the one that this leaves out.
    nothing = f"{LINEUP}&fit=100&known=never&unknown_taste=leave+out"
    found = listener.get(nothing)
    assert "Nothing to play here yet" in found.text
    (songs,) = re.findall(r"Any taste: (\d+ songs?)", found.text)
    way_out = found.link_to("Any taste")
    assert "taste" not in way_out
    assert re.search(rf"\b{songs} from", listener.get(way_out).text)


@pytest.mark.parametrize("verdict", ["", "love", "known"])
def test_no_other_word_is_kept_of_a_band(heard, listener, verdict):
    assert listener.post(f"/artists/{heard[0]}/say", verdict=verdict).status_code == 400


def test_only_who_has_logged_in_says_anything_or_sees_what_is_played(heard, guest):
    anybody = Browser(guest.site)
    assert anybody.post(f"/artists/{heard[0]}/say", verdict="more").status_code == 401
    assert "More or less?" not in anybody.get(LINEUP).text
    anybody.get("/taste", 401)
    for path in ("take-back", "listenbrainz", "forget", "upload"):
        assert anybody.post(f"/taste/{path}").status_code == 401, path


@pytest.mark.usefixtures("heard")
def test_the_form_asks_for_taste_only_where_it_is_known(listener, robin):
    assert "closest to my taste" in listener.get(LINEUP).text
    assert robin.get(LINEUP).link_to("Tell what you play") == "/taste"
    assert Browser(robin.site).get(LINEUP).link_to("Log in") == "/login"
    assert "closest to my taste" not in robin.get(LINEUP).text
    # An address of somebody else's keeps what it says.
    assert 'name="known" value="only"' in robin.client.get(f"{LINEUP}&known=only").text


def test_a_wish_of_taste_is_the_lineup_that_is_saved(heard, listener, living):
    asked = f"{LINEUP}&known=only&unknown_taste=leave+out"
    songs = listener.client.get(f"/api/lineup{asked[1:]}").json()["songs"]
    assert {song["spotify_artist_id"] for song in songs} == {heard[0]}
    assert listener.post("/save", wish=asked[2:]).status_code == 303
    (name,) = living.platform.recipes.names()
    recipe = living.platform.recipes.read(name)
    assert (recipe.taste.known, recipe.unknown_taste) == ("only", "leave out")


def test_somebody_of_whom_nothing_is_known_is_told_so_and_no_command(robin):
    text = robin.get(f"{LINEUP}&order=taste").text
    assert "Nothing is known here of what you play" in text
    assert "showlist import" not in text


def test_the_page_tells_whom_they_play_and_how_many_acts_near_that_explains(heard, listener):
    text = listener.get("/taste").text
    assert f"{heard[1]} 30 plays" in text
    assert "You play 1 of them." in text
    assert "that play in Washington" in text


@pytest.mark.parametrize("zipped", [False, True], ids=["a file", "a zip"])
def test_a_file_that_is_sent_is_read_and_its_bands_are_known_at_once(listener, living, zipped):
    content = export("A", "B", "A")
    if zipped:
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            archive.writestr("MyData/Streaming_History_Audio_2026_0.json", content)
        content = packed.getvalue()
    answer = send(listener, content, "my_spotify_data.zip" if zipped else "history.json")
    assert answer.status_code == 200
    assert "3 new plays" in answer.text
    assert "A 2 plays" in listener.get("/taste").text
    assert "Nothing new" in send(listener, content).text
    kept = living.platform.listening.read("me", "listen_reports")
    assert "192.0.2.77" not in str(kept.to_dicts())


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"", "empty.json"),
        (b"\x00\xff" * 500, "picture.png"),
        (b"PK\x03\x04broken", "data.zip"),
        (b'[{"ts": "never"}]', "../../etc/passwd"),
        (b"name,price\nx,1\n", f"{EVIL}.csv"),
        (b"hello", "." * 300),
    ],
    ids=["empty", "a picture", "a broken zip", "a path", "a payload", "dots"],
)
def test_a_file_that_tells_of_no_plays_is_refused_kindly(listener, living, content, name):
    answer = send(listener, content, name)
    assert answer.status_code == 400
    assert "Nothing could be read" in answer.text
    assert "<script>alert" not in answer.text
    assert living.platform.listening.read("me", "listens").is_empty()
    assert not living.reading.locked()


def test_a_file_that_is_sent_has_no_name_on_the_disk(listener, living, tmp_path, monkeypatch):
    """So that nothing of it is left, whatever ends the process."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    seen = []
    alone = living.platform.listening.alone

    def looked(account):
        seen.extend(folder.iterdir())
        return alone(account)

    monkeypatch.setattr(living.platform.listening, "alone", looked)
    large = export(*"ABCDE" * 100) + b" " * 2_000_000
    assert send(listener, large).status_code == 200
    assert not seen


def test_a_form_without_a_file_is_told_to_choose_one(listener):
    assert "Choose a file first." in listener.post("/taste/upload").text


def test_one_file_is_read_at_a_time(listener, living):
    with living.reading:
        assert send(listener, export("A")).status_code == 409
    assert send(listener, export("A")).status_code == 200


def test_no_upload_is_larger_than_is_said_and_all_other_forms_stay_small(listener):
    large = {"Content-Length": "200100000"}
    assert listener.client.post("/taste/upload", headers=large).status_code == 413
    assert send(listener, export(*"ABCDE" * 100)).status_code == 200
    assert listener.post("/taste/listenbrainz", name="x" * 70_000).status_code == 413


def test_a_name_at_listenbrainz_is_kept_and_taken_away(listener, living):
    listener.follow(listener.post("/taste/listenbrainz", name="  somebody "))
    assert 'value="somebody"' in listener.client.get("/taste").text
    assert living.platform.listening_profiles.read("me").listenbrainz_name == "somebody"
    profiles = living.platform.listening_profiles
    profiles.change("me", listenbrainz_token=SecretStr("a-token"))
    listener.post("/taste/listenbrainz", name="another")
    assert profiles.read("me").listenbrainz_token is None
    listener.post("/taste/listenbrainz", name="")
    assert living.platform.listening_profiles.read("me").listenbrainz_name is None
    assert listener.post("/taste/listenbrainz", name="y" * 65).status_code == 400


def test_forgetting_what_is_played_leaves_nothing_of_it_and_the_account(heard, listener, living):
    listener.post(f"/artists/{heard[0]}/say", verdict="more")
    send(listener, export("A"))
    listener.follow(listener.post("/taste/forget"))
    assert living.platform.listening.accounts() == []
    assert living.platform.accounts.names() == ["me"]
    assert "Nothing is known yet" in listener.get("/taste").text
    assert "You play them." not in listener.get(LINEUP).text


def test_names_of_strangers_are_printed_and_never_run(listener, living):
    plays(living, ("1" * 22, EVIL))
    living.platform.taste_feedback.say("me", EVIL, "block")
    send(listener, export(EVIL))
    assert "<script>alert" not in listener.client.get("/taste").text
    path = f"/artists/{segment(performer_key(EVIL))}/say"
    assert listener.post(path, verdict="more").status_code == 404
