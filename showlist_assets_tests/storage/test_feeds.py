"""The folder of feeds: which files are feeds, and what is said of the others."""

from __future__ import annotations

import pytest

from showlist_assets.domain.feeds.feed import FeedError
from showlist_assets.storage.feeds import FeedsFolder
from showlist_assets.storage.files import StorageError

FIELDS = {"from": "a.ics", "venue": "The Room", "city": "Albany", "state": "NY"}


def test_a_folder_that_is_not_there_holds_none(tmp_path):
    assert FeedsFolder(tmp_path / "nowhere").read_all() == ([], [])


def test_a_mistake_costs_its_own_feed_only(tmp_path):
    folder = FeedsFolder(tmp_path)
    folder.add("room", FIELDS)
    (tmp_path / "mistaken.yaml").write_text(
        "from: a.ics\nvenue: A\ncity: B\nstate: VT\nevry: 1 day\n"
    )
    (tmp_path / "Bad Name.yaml").write_text("from: a.ics\n")
    (tmp_path / "latin.yml").write_bytes("from: é.ics".encode("latin-1"))
    (tmp_path / "._room.yaml").write_bytes(b"\x00\x05")
    feeds, broken = folder.read_all()
    assert [feed.name for feed in feeds] == ["room"]
    told = {each.name: (each.state, each.words) for each in broken}
    assert set(told) == {"mistaken", "Bad Name", "latin"}
    assert told["mistaken"][0] == "VT"
    assert "did you mean 'every'" in told["mistaken"][1]
    assert "small letters" in told["Bad Name"][1]
    assert "UTF-8" in told["latin"][1]
    assert all("\n" not in words for _, words in told.values())


def test_an_unknown_name_is_told_with_the_nearest(tmp_path):
    folder = FeedsFolder(tmp_path)
    folder.add("room", FIELDS)
    with pytest.raises(FeedError, match="Did you mean 'room'"):
        folder.read("rom")


def test_nothing_is_written_that_is_no_feed_or_in_the_place_of_one(tmp_path):
    folder = FeedsFolder(tmp_path)
    folder.add("room", FIELDS)
    with pytest.raises(FeedError, match="already"):
        folder.add("room", FIELDS)
    with pytest.raises(FeedError, match="needs"):
        folder.add("other", {"from": "a.ics"})
    with pytest.raises(FeedError, match="small letters"):
        folder.add("../other", FIELDS)
    assert folder.names() == ["room"]


def test_a_folder_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "feeds").write_text("in the way")
    with pytest.raises(StorageError, match="SHOWLIST_FEEDS"):
        FeedsFolder(tmp_path / "feeds").add("room", FIELDS)
