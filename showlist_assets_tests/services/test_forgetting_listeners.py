"""Everything that is kept of a listener goes, and nothing of anybody else."""

from __future__ import annotations

import pytest
from filelock import FileLock

from showlist_assets.cli.demo_listener import connect_listener
from showlist_assets.domain.playlists.recipe import parse_recipe
from showlist_assets.sandbox.state.listening import LISTENBRAINZ_USER
from showlist_assets.services.listeners.accounts import AccountStore
from showlist_assets.services.listening.profile import ListeningProfile
from showlist_assets.services.playlists import workflow
from showlist_assets.services.playlists.push import PushUnderWay
from showlist_assets_tests.services.mailbox import mail_server

WISH = "states: WA\nwhen: any time\ntracks_per_artist: 1\n"


def contents(folder):
    """Names and contents of all files, but of what every call of Spotify's is counted in."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and "calls" not in path.parts and path.suffix != ".lock"
    }


@pytest.fixture
def home(filled_platform):
    """Two listeners with everything that is kept of one: "me", and "zoe-the-other"."""
    with mail_server() as box:
        filled_platform.set(
            SHOWLIST_SMTP_URL=f"smtp://127.0.0.1:{box.port}", SHOWLIST_MAIL_FROM="show@example.org"
        )
        platform = filled_platform.platform
        me = connect_listener(filled_platform.sandbox, platform)
        platform.accounts.save(me.model_copy(update={"name": "zoe-the-other"}))
        for account in ("me", "zoe-the-other"):
            name = f"{account}-live"
            recipe = parse_recipe(
                f"{WISH}account: {account}\nmail: {{to: {account}@example.org}}\n",
                name=name,
                source=name,
            )
            platform.recipes.folder.mkdir(exist_ok=True)
            platform.recipes.write(recipe)
            platform.playlist_refresh.refresh(recipe, run_id="web page")
            platform.feed_links.make(name)
            platform.web_sessions.number(account)
            platform.invitations.invite(account)
        yield filled_platform


def test_everything_of_the_listener_goes_and_the_others_stays(home):
    platform, folder = home.platform, home.folder
    other = {name: kept for name, kept in contents(folder).items() if "zoe-the-other" in name}
    assert {name.partition("/")[0] for name in other} == {"accounts", "data", "recipes"}
    kinds = {name.split("/")[1] for name in other if name.startswith("data/")}
    assert kinds == {"calendars", "digests", "mailed", "playlist_history", "playlist_plans"}

    forgotten = platform.forget_listener("me")
    assert forgotten.had_account
    assert forgotten.had_invitation
    assert (forgotten.recipes, forgotten.left) == (("me-live",), ())

    left = contents(folder)
    assert {name: left.get(name) for name in other} == other
    assert not [name for name in left if "me-live" in name or name.endswith("me.account")]
    for name, kept in left.items():
        assert b"me-live" not in kept, name
        assert b"me@example.org" not in kept, name
    assert "me" not in platform.web_sessions._file.read()["accounts"]
    assert [each.account for each in platform.invitations.open()] == ["zoe-the-other"]
    assert platform.feed_links.has("zoe-the-other-live")


def test_what_they_play_goes_with_every_lock_and_others_plays_stay(platform):
    own = platform.platform
    for account in ("me", "zoe-the-other"):
        connect_listening(own, account)
        own.listening_sync.sync(account, most_pages=1)
        own.listening.rebuild(account)
        own.tastes.refresh(account)
        own.taste_feedback.say(account, "Somebody", "less")
    shared = own.shared_tables.read("artist_neighbours")
    assert not shared.is_empty()
    others = {name for name in names(platform.folder) if "zoe-the-other" in name}
    assert {"accounts/zoe-the-other.listening.lock", "accounts/zoe-the-other.taste.lock"} <= others
    forgotten = own.forget_listener("me")
    assert (forgotten.had_account, forgotten.had_listening) == (False, True)
    left = names(platform.folder)
    assert {name for name in left if "zoe-the-other" in name} == others
    assert not [name for name in left if name.rpartition("/")[2].startswith("me.")]
    # Who is played by the same people says nothing of a listener.
    assert own.shared_tables.read("artist_neighbours").equals(shared)
    assert own.listening.listeners() == ["zoe-the-other"]


def names(folder):
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def connect_listening(platform, account):
    profile = ListeningProfile(listenbrainz_name=LISTENBRAINZ_USER)
    platform.listening_profiles.save(account, profile)


def test_it_may_be_done_again_and_then_nothing_was_kept(home):
    home.platform.forget_listener("me")
    assert not home.platform.forget_listener("me").anything


def test_the_playlist_at_spotify_stays(home):
    before = len(home.sandbox.listeners.playlists())
    home.platform.forget_listener("me")
    assert len(home.sandbox.listeners.playlists()) == before


def test_a_recipe_that_a_person_wrote_is_left_and_named(home):
    platform = home.platform
    file = platform.recipes.folder / "by-hand.yaml"
    file.write_text(WISH)
    platform.playlist_refresh.refresh(platform.recipes.read("by-hand"), run_id="run")
    forgotten = platform.forget_listener("me")
    assert forgotten.left == ("by-hand",)
    assert file.read_text() == WISH
    assert platform.plans.read("by-hand") is None
    assert platform.history.rows("by-hand") == []


def test_a_recipe_that_is_anothers_by_now_keeps_what_was_made_for_them(home):
    platform = home.platform
    text = platform.recipes.read("zoe-the-other-live").model_copy(update={"account": "me"})
    platform.recipes.write(text)
    platform.forget_listener("zoe-the-other")
    assert platform.recipes.read("zoe-the-other-live").account == "me"
    assert platform.plans.read("zoe-the-other-live") is not None
    assert platform.history.rows("zoe-the-other-live") == []


def test_recipes_that_are_no_more_are_forgotten_too(home):
    platform = home.platform
    platform.recipes.delete("me-live")
    assert platform.forget_listener("me").recipes == ("me-live",)
    assert platform.plans.read_digest("me-live", "html") is None


def test_the_tokens_go_first_and_a_push_that_goes_on_is_waited_for(home, monkeypatch):
    platform = home.platform
    monkeypatch.setattr(workflow, "_LOCK_SECONDS", 0.05)
    lock = FileLock(platform.accounts.folder / "me-live.push.lock", thread_local=False)
    with lock, pytest.raises(PushUnderWay):
        platform.forget_listener("me")
    assert AccountStore(platform.accounts.folder).find("me") is None
    assert platform.forget_listener("me").recipes == ("me-live",)
    assert not platform.history.recipes().count("me-live")
