"""What listeners say of matches: whose it is, how much is kept, and how it goes."""

from __future__ import annotations

from threading import Thread

import pytest

from showlist_assets.services.listeners import reports
from showlist_assets.services.listeners.account_key import AccountError
from showlist_assets.services.listeners.reports import LONGEST_WORDS, Reports
from showlist_assets.storage.files import LocalFiles
from showlist_assets_tests.clock import NOW


@pytest.fixture
def told(tmp_path):
    return Reports(LocalFiles(tmp_path / "accounts", private=True), clock=lambda: NOW)


def test_a_report_is_kept_with_who_said_it_and_when(told):
    told.add("paper lantern", "Paper Lantern", "ada", "  the trio\r\nof Albany\x07 ")
    (report,) = told.of("paper lantern")
    assert (report.account, report.at, report.words) == ("ada", NOW, "the trio of Albany")
    assert not told.of("night bus")


def test_who_says_it_again_replaces_what_was_said(told):
    for words in ("one", "two"):
        told.add("paper lantern", "Paper Lantern", "ada", words)
    told.add("paper lantern", "Paper Lantern", "bo", "three")
    assert [one.words for one in told.read()] == ["three", "two"]


def test_no_report_is_long_and_the_oldest_of_too_many_go(told, monkeypatch):
    monkeypatch.setattr(reports, "MOST_REPORTS", 3)
    for number in range(5):
        told.add(f"act {number}", "x" * 9999, "ada", "y" * 9999 + "\ud800")
    assert [one.performer_key for one in told.read()] == ["act 4", "act 3", "act 2"]
    assert all(len(one.words) <= LONGEST_WORDS and len(one.performer) <= 200 for one in told.read())


def test_a_decision_settles_them_and_a_listener_who_goes_takes_theirs_along(told):
    for key in ("one", "two"):
        for account in ("ada", "bo"):
            told.add(key, key, account, "wrong")
    told.settle("one")
    assert [(one.performer_key, one.account) for one in told.read()] == [
        ("two", "bo"),
        ("two", "ada"),
    ]
    told.forget("ada")
    told.forget("ada")
    assert [one.account for one in told.read()] == ["bo"]


def test_reports_of_one_moment_are_all_kept(told):
    threads = [Thread(target=told.add, args=(f"act {n}", "x", "ada", "")) for n in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(told.read()) == 20


def test_a_damaged_file_is_told(told, tmp_path):
    told.add("one", "one", "ada", "")
    (tmp_path / "accounts" / "reports.json").write_text("[1, 2")
    with pytest.raises(AccountError, match="damaged"):
        told.read()
