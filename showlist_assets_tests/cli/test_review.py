"""``showlist review``: what is shown, and what becomes of an answer."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from rich.console import Console

from showlist_assets.cli.review import list_cases, review_cases
from showlist_assets.domain.matching.overrides import OverridesError, parse_overrides
from showlist_assets.settings import Settings
from showlist_assets.storage.files import StorageError
from showlist_assets.wiring import Platform
from showlist_assets_tests.rows import NOW, TODAY, frame

_PAGE = {"query": "q", "rank": 1, "genres": ["rock"], "popularity": 12, "image_url": None}
_TWIN = {**_PAGE, "artist_id": "A" * 22, "name": "Paper Lantern"}
_OTHER = {**_PAGE, "artist_id": "B" * 22, "name": "Somebody Else", "rank": 2}


def _decision(key: str, **columns):
    return {"performer_key": key, "performer_name": key.title(), "level": "low", **columns}


def _show(key: str, days: int = 3, **columns):
    on = TODAY + timedelta(days=days)
    return {"performer_key": key, "performer_name": key.title(), "local_date": on, **columns}


@pytest.fixture
def ours(tmp_path):
    """A platform of a folder, without a sandbox: a review asks nobody."""
    return Platform(
        Settings(
            data_root=str(tmp_path / "data"), overrides=str(tmp_path / "overrides.yaml"), now=NOW
        )
    )


@pytest.fixture
def store(ours):
    tables = ours.tables
    weak = _decision("paper lantern", candidates=[_OTHER, _TWIN], spotify_artist_id="A" * 22)
    tables.write("matched_artists", "NY", frame("matched_artists", weak))
    tables.write("expanded_artists", "NY", frame("expanded_artists", _show("paper lantern")))
    return ours


def _review(platform, *answers: str) -> tuple[int, str]:
    said, out = iter(answers), io.StringIO()
    console = Console(file=out, width=200)
    written = review_cases(platform, console, limit=5, ask=lambda _: next(said))
    return written, out.getvalue()


@pytest.mark.parametrize(
    ("answer", "artist_id"),
    [
        ("1", "A" * 22),
        ("2", "B" * 22),
        ("k", "A" * 22),
        ("n", None),
        ("https://open.spotify.com/artist/" + "C" * 22, "C" * 22),
    ],
)
def test_an_answer_becomes_an_override(store, tmp_path, answer, artist_id):
    path = tmp_path / "overrides.yaml"
    path.write_text("# Ours.\n")
    written, shown = _review(store, answer, "checked")
    override = parse_overrides(path.read_text())["paper lantern"]
    assert (written, override.artist_id, override.note) == (1, artist_id, "checked")
    assert path.read_text().startswith("# Ours.\n")
    assert "https://open.spotify.com/artist/" + "A" * 22 in shown


def test_an_answer_that_is_none_is_asked_again_and_skipping_writes_nothing(store, tmp_path):
    path = tmp_path / "overrides.yaml"
    written, shown = _review(store, "9", "what?", "")
    assert written == 0
    assert not path.exists()
    assert "'what?' is none of these" in shown


@pytest.mark.parametrize("answer", ["\u00b2", "0", "3", "A" * 21, "spotify:track:" + "A" * 22])
def test_what_only_looks_like_an_answer_is_asked_again(store, answer):
    written, shown = _review(store, answer, "q")
    assert written == 0
    assert "is none of these" in shown


def test_keeping_a_rejection_says_that_it_is_nobody(ours, tmp_path):
    tables = ours.tables
    refused = _decision(
        "paper lantern",
        outcome="rejected",
        spotify_artist_id=None,
        spotify_artist_name=None,
        candidates=[_TWIN],
    )
    tables.write("matched_artists", "NY", frame("matched_artists", refused))
    tables.write("expanded_artists", "NY", frame("expanded_artists", _show("paper lantern")))
    path = tmp_path / "overrides.yaml"
    assert _review(ours, "K", "")[0] == 1
    assert parse_overrides(path.read_text())["paper lantern"].artist_id is None


def test_what_was_answered_is_not_asked_again_before_the_next_run(store):
    _review(store, "k", "")
    assert _review(store)[0] == 0
    assert list_cases(store, Console(file=io.StringIO()), limit=5) == 0


def test_a_file_that_cannot_be_used_is_told_before_anything_is_asked(store, tmp_path):
    path = tmp_path / "overrides.yaml"
    path.write_bytes(b"# caf\xe9\n")
    with pytest.raises(OverridesError, match="UTF-8"):
        _review(store)


def test_the_written_file_can_be_read_by_whoever_reads_the_record(store, tmp_path):
    kept_elsewhere, path = tmp_path / "kept.yaml", tmp_path / "overrides.yaml"
    kept_elsewhere.write_bytes(b"# Ours.\r\n")
    path.symlink_to(kept_elsewhere)
    _review(store, "k", "")
    record = tmp_path / "data" / "matched_artists" / "NY.parquet"
    assert path.is_symlink()
    assert kept_elsewhere.stat().st_mode == record.stat().st_mode
    assert b"\n" not in kept_elsewhere.read_bytes().replace(b"\r\n", b"")


def test_a_failed_write_leaves_the_file_and_the_folder_as_they_were(store, tmp_path, monkeypatch):
    path = tmp_path / "overrides.yaml"
    path.write_text("# Ours.\n")

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(StorageError, match=r"No space left.*SHOWLIST_OVERRIDES"):
        _review(store, "k", "")
    assert {file.name for file in tmp_path.iterdir()} == {"data", "overrides.yaml"}
    assert path.read_text() == "# Ours.\n"


def test_quitting_ends_at_once(store):
    assert _review(store, "q")[0] == 0


def test_where_nobody_was_looked_up_yet_that_is_said(ours):
    assert "nothing to review yet" in _review(ours)[1]


def test_the_list_asks_nothing(store):
    out = io.StringIO()
    assert list_cases(store, Console(file=out, width=200), limit=5) == 1
    assert "low confidence" in out.getvalue()


def test_the_asset_s_page_shows_the_same(platform):
    platform.must_run("NV")
    shown = str(platform.metadata("matched_artists", "NV")["to_review"])
    assert "why" in shown or shown == "*Nothing to review.*"
