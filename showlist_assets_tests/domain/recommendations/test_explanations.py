"""Why somebody is recommended, sentence by sentence."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from showlist_assets.domain.recommendations.explanations import explain

_ROW = {
    "performer_name": "Jay Som",
    "basis": "none",
    "because": [],
    "genre": None,
    "genre_share": None,
    "plays": 0,
    "last_at": None,
    "verdict": "none",
}

_TOGETHER = "; ListenBrainz listeners play them together with Jay Som."
_NOBODY = "; nobody has told ListenBrainz yet who is similar to this artist."


def bands(*names):
    return [{"artist_name": name, "share": 0.1} for name in names]


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        (
            {"basis": "known", "plays": 12, "last_at": datetime(2026, 11, 3, 12, tzinfo=UTC)},
            "You played them 12 times, last on 3 November 2026.",
        ),
        (
            {"basis": "known", "plays": 1, "last_at": datetime(2026, 11, 3, 12, tzinfo=UTC)},
            "You played them once, last on 3 November 2026.",
        ),
        ({"basis": "known", "plays": 2}, "You played them twice."),
        ({"basis": "known"}, "They are among your top artists on Spotify."),
        ({"basis": "known", "verdict": "more"}, "You asked for more of them."),
        (
            {"basis": "co-listening", "because": bands("Mitski", "Big Thief", "Lucy Dacus")},
            f"You play Mitski, Big Thief and Lucy Dacus{_TOGETHER}",
        ),
        (
            {"basis": "co-listening", "because": bands("Mitski"), "verdict": "less"},
            f"You play Mitski{_TOGETHER} You asked for less of them.",
        ),
        (
            {"basis": "genre", "genre": "Indie Folk", "genre_share": 0.18},
            f"You play Indie Folk (18% of your listening){_NOBODY}",
        ),
        (
            {"basis": "genre", "genre": "Polka", "genre_share": 0.002},
            f"You play Polka (under 1% of your listening){_NOBODY}",
        ),
        ({}, "Nothing is known yet that would tell whether you like them."),
        ({"basis": "known", "plays": 9, "verdict": "block"}, "You blocked them."),
    ],
)
def test_the_sentence_of_each_basis(columns, words):
    assert explain({**_ROW, **columns}) == words


def test_the_first_band_is_told_with_its_plays_in_the_listeners_zone():
    played = {"Mitski": {"plays": 34, "first_at": datetime(2026, 4, 1, 2, tzinfo=UTC)}}
    row = {**_ROW, "basis": "co-listening", "because": bands("Mitski", "Big Thief")}
    assert explain(row, played=played, zone=ZoneInfo("America/New_York")) == (
        "You play Mitski (34 times since March 2026) and Big Thief; ListenBrainz listeners play "
        "them together with Jay Som."
    )


def test_a_sentence_never_claims_a_cause():
    for basis in ("known", "co-listening", "genre", "none"):
        row = {**_ROW, "basis": basis, "because": bands("A"), "genre": "x", "genre_share": 0.1}
        assert "because" not in explain(row).lower()


def test_how_often_somebody_was_played_is_left_out_where_plain_text_goes_out():
    last = datetime(2026, 11, 3, 12, tzinfo=UTC)
    row = {**_ROW, "basis": "known", "plays": 12, "last_at": last}
    assert explain(row, counts=False) == "You played them, last on 3 November 2026."
