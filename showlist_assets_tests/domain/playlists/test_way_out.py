"""What helps a recipe that lets nothing through."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from showlist_assets.domain.playlists.planner import Plan, plan_playlist
from showlist_assets.domain.playlists.recipe import Recipe
from showlist_assets_tests.domain.playlists.show_rows import TODAY, show_row, shows_of

_ROWS = shows_of(
    show_row("1", "ada", genres=["rock"], venue_capacity=2000, lowest_price=30.0),
    show_row("2", "bea", genres=["folk"], venue_capacity=300, lowest_price=80.0),
    show_row(
        "3", "cleo", genres=["rock"], venue_capacity=300, lowest_price=10.0,
        local_date=TODAY + timedelta(days=20),
    ),
)  # fmt: skip


def _plan(**wishes: object) -> Plan:
    recipe = Recipe.model_validate({"name": "mine", "states": "NY", **wishes})
    return plan_playlist(recipe, _ROWS, today=TODAY)


@pytest.mark.parametrize(
    ("wishes", "words"),
    [
        ({"price": "<= 5"}, "Without 'price' it would hold 2 songs."),
        ({"genres": {"only": ["jazz"]}}, "Without 'genres' it would hold 2 songs."),
        (
            {"when": "tomorrow"},
            "The next show that fits is on Fri Nov 20: 'when: until 2026-11-20' reaches it.",
        ),
        (
            {"capacity": "<= 500", "genres": {"only": ["rock"]}},
            (
                "Without 'capacity' it would hold 1 song. The next show that fits is on Thu Dec "
                "10: 'when: until 2026-12-10' reaches it."
            ),
        ),
        (
            {"capacity": "<= 100", "price": "<= 5"},
            (
                "No single field is to blame: without 'capacity', 'price' and 'when' it would "
                "hold 3 songs, so loosen several."
            ),
        ),
    ],
)
def test_the_fewest_words_that_help_are_told(wishes, words):
    plan = _plan(**wishes)
    assert plan.tracks == ()
    assert plan.way_out == words
    assert plan.why_empty.endswith(words)
    assert plan.why_empty.count("Left out") == 1


def test_a_plan_with_songs_needs_no_way_out():
    assert _plan().way_out == ""


_WISHES = {
    "when": st.sampled_from(["today", "tomorrow", "next 2 months", "any time"]),
    "weekdays": st.sampled_from(["fri", "sat", "thu"]),
    "price": st.sampled_from(["<= 5", "<= 40", ">= 100"]),
    "capacity": st.sampled_from(["<= 100", "<= 500"]),
    "genres": st.sampled_from([{"only": ["rock"]}, {"never": ["rock", "folk"]}]),
    "openers": st.sampled_from(["yes", "only"]),
}


@given(st.fixed_dictionaries({}, optional=_WISHES))
def test_what_is_promised_holds(wishes):
    plan = _plan(**wishes)
    said = plan.way_out
    assert bool(said) <= (not plan.tracks)
    if said.startswith("Without '"):
        field, songs = said.split("'")[1], int(said.split("hold ")[1].split()[0])
        without = {name: wish for name, wish in wishes.items() if name != field}
        assert len(_plan(**without).tracks) == songs
    if "reaches it" in said:
        until = said.split("'when: ")[1].split("'")[0]
        assert _plan(**{**wishes, "when": until}).tracks
