"""``showlist review``: what is shown first, and what becomes of an answer."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from rich.console import Console

from showlist_assets.domain.overrides import parse_overrides
from showlist_assets.domain.reviewing import to_review
from showlist_assets.review import list_cases, review_cases
from showlist_assets.tables import open_tables
from showlist_assets_tests.rows import NOW, TODAY, frame

_PAGE = {"query": "q", "rank": 1, "genres": ["rock"], "popularity": 12, "image_url": None}
_TWIN = {**_PAGE, "artist_id": "A" * 22, "name": "Paper Lantern"}
_OTHER = {**_PAGE, "artist_id": "B" * 22, "name": "Somebody Else", "rank": 2}
_NOBODY = {"outcome": "rejected", "spotify_artist_id": None, "spotify_artist_name": None}


def _decision(key: str, **columns):
    return {"performer_key": key, "performer_name": key.title(), "level": "low", **columns}


def _show(key: str, days: int = 3, **columns):
    on = TODAY + timedelta(days=days)
    return {"performer_key": key, "performer_name": key.title(), "local_date": on, **columns}


def _order(decisions, shows) -> list[str]:
    found = to_review(
        frame("matched_artists", *decisions), frame("expanded_artists", *shows), today=TODAY
    )
    return found["performer_key"].to_list()


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ((_decision("a"), _show("a", 2)), (_decision("b"), _show("b", 40))),
        ((_decision("a"), _show("a")), (_decision("b", level="medium"), _show("b"))),
        ((_decision("a"), _show("a")), (_decision("b"), _show("b", billing=3, role="support"))),
        (
            (_decision("a"), _show("a", performer_score=0.9)),
            (_decision("b"), _show("b", performer_score=0.1)),
        ),
    ],
    ids=["sooner", "weaker", "headliner", "bigger"],
)
def test_what_is_sooner_weaker_or_bigger_comes_first(first, second):
    assert _order([second[0], first[0]], [second[1], first[1]]) == ["a", "b"]


def test_what_needs_no_look_is_left_out():
    decisions = [
        _decision("sure", level="high"),
        _decision("by hand", method="override"),
        _decision("fest", rule="is_festival", **_NOBODY),
        _decision("nobody alike", candidates=[_OTHER], **_NOBODY),
        _decision("over"),
        _decision("weak"),
    ]
    shows = [_show(d["performer_key"]) for d in decisions if d["performer_key"] != "over"]
    assert _order(decisions, [*shows, _show("over", -1)]) == ["weak"]


def test_a_rejection_with_a_look_alike_is_shown_with_the_reason():
    found = to_review(
        frame("matched_artists", _decision("paper lanterm", candidates=[_TWIN], **_NOBODY)),
        frame("expanded_artists", _show("paper lanterm")),
        today=TODAY,
    )
    assert "'Paper Lantern' is spelled much alike" in found["why"][0]


@pytest.fixture
def store(tmp_path):
    tables = open_tables(str(tmp_path / "data"))
    weak = _decision("paper lantern", candidates=[_OTHER, _TWIN], spotify_artist_id="A" * 22)
    tables.write("matched_artists", "NY", frame("matched_artists", weak))
    tables.write("expanded_artists", "NY", frame("expanded_artists", _show("paper lantern")))
    return tables


def _review(store, path, *answers: str) -> tuple[int, str]:
    said, out = iter(answers), io.StringIO()
    console = Console(file=out, width=200)
    written = review_cases(store, path, console, now=NOW, limit=5, ask=lambda _: next(said))
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
    written, shown = _review(store, path, answer, "checked")
    override = parse_overrides(path.read_text())["paper lantern"]
    assert (written, override.artist_id, override.note) == (1, artist_id, "checked")
    assert path.read_text().startswith("# Ours.\n")
    assert "https://open.spotify.com/artist/" + "A" * 22 in shown


def test_an_answer_that_is_none_is_asked_again_and_skipping_writes_nothing(store, tmp_path):
    path = tmp_path / "overrides.yaml"
    written, shown = _review(store, path, "9", "what?", "")
    assert written == 0
    assert not path.exists()
    assert "'what?' is none of these" in shown


def test_quitting_ends_at_once(store, tmp_path):
    assert _review(store, tmp_path / "overrides.yaml", "q")[0] == 0


def test_the_list_asks_nothing(store):
    out = io.StringIO()
    assert list_cases(store, Console(file=out, width=200), now=NOW, limit=5) == 1
    assert "low confidence" in out.getvalue()


def test_the_asset_s_page_shows_the_same(platform):
    platform.must_run("NV")
    shown = str(platform.metadata("matched_artists", "NV")["to_review"])
    assert "why" in shown or shown == "*Nothing to review.*"
