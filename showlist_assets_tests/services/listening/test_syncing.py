"""ListenBrainz page by page: nothing is lost when a sync ends between two of them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from showlist_assets.services.listeners.accounts import AccountError, AccountStore
from showlist_assets.services.listening.history import ListeningHistory
from showlist_assets.services.listening.polling import SpotifyPolls
from showlist_assets.services.listening.profile import ListeningProfile, ListeningProfiles
from showlist_assets.services.listening.syncing import ListeningSync
from showlist_assets.sources.failures import Unreachable
from showlist_assets.sources.listenbrainz.client import ListenPage
from showlist_assets.storage.files import LocalFiles
from showlist_assets.storage.listening import ListeningStore
from showlist_assets_tests.clock import NOW

_PAGE = 3


class _Pages:
    """Plays an hour apart in pages of three, as the client gives them; may die before a page."""

    def __init__(self, plays: int) -> None:
        self.times = [NOW - timedelta(hours=each + 1) for each in range(plays)]
        self.calls, self.dies_at = 0, 0

    def listens(self, user, *, newer_than=None, older_than=None) -> ListenPage:
        self.calls += 1
        if self.calls == self.dies_at:
            raise Unreachable("gone", service="listenbrainz", what="asking")
        wanted = [
            at
            for at in self.times
            if (older_than is None or at < older_than) and (newer_than is None or at > newer_than)
        ]
        page = wanted[:_PAGE]
        rows = [
            {
                "reported_at": at,
                "reported_means": "start",
                "track_name": f"{user} {at:%d %H}",
                "artist_name": "An Artist",
            }
            for at in page
        ]
        return ListenPage(
            rows, min(page, default=None), max(page, default=None), len(page), 0,
            len(wanted) > len(page),
        )  # fmt: skip


@pytest.fixture
def made(tmp_path):
    accounts = AccountStore(tmp_path / "accounts")
    store = ListeningStore(LocalFiles(tmp_path / "data", private=True), accounts)
    history = ListeningHistory(store, accounts, clock=lambda: NOW)
    profiles = ListeningProfiles(store, history)
    pages = _Pages(10)

    def sync(most_pages=200):
        polls = SpotifyPolls(history, profiles, clock=lambda: NOW)
        return ListeningSync(
            history, profiles, polls, accounts,
            listenbrainz=lambda _token: pages, spotify=lambda _account: None, clock=lambda: NOW,
        ).sync("me", most_pages=most_pages)  # fmt: skip

    profiles.save("me", ListeningProfile(listenbrainz_name="somebody"))
    return tmp_path, history, profiles, pages, sync


def _reports(history):
    return history.read("me", "listen_reports").height


@pytest.mark.parametrize("dies_at", [1, 2, 3, 4])
def test_a_sync_that_ends_between_pages_goes_on_and_loses_nothing(made, dies_at):
    _, history, _, pages, sync = made
    pages.dies_at = dies_at
    assert "listenbrainz" in sync().troubles
    # Meanwhile the listener goes on.
    pages.times = [NOW - timedelta(minutes=5), NOW - timedelta(minutes=9), *pages.times]
    assert not sync().unfinished
    assert _reports(history) == 12
    assert sum(sync().added.values()) == 0


def test_a_budget_ends_a_sync_and_the_next_goes_on(made):
    _, history, _, _, sync = made
    assert sync(most_pages=2).unfinished
    assert _reports(history) == 6
    assert not sync().unfinished
    assert _reports(history) == 10


def test_another_name_begins_anew(made):
    _, history, profiles, _, sync = made
    sync()
    profiles.save("me", ListeningProfile(listenbrainz_name="another"))
    sync()
    assert _reports(history) == 20


def test_nothing_can_be_read_outside_of_sealed_files_and_nothing_is_left_when_forgotten(made):
    root, history, profiles, _, sync = made
    sync()
    history.rebuild("me")
    for file in root.rglob("*"):
        content = file.read_bytes() if file.is_file() else b""
        assert b"An Artist" not in content, file
        assert b"somebody" not in content, file
    assert history.forget("me")
    assert not [file for file in root.rglob("*me*") if file.is_file()]
    assert profiles.read("me") == ListeningProfile()
    assert not history.forget("me")


def test_a_name_cannot_lead_out_of_the_folder(made):
    _, history, *_ = made
    with pytest.raises(AccountError):
        history.read("../me", "listens")
