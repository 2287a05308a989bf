"""How much each artist counts."""

from __future__ import annotations

from itertools import pairwise

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from showlist_assets.domain.recommendations.weights import LARGEST_SHARE, capped_shares, taste_of
from showlist_assets.domain.tables.listening.taste import Taste
from showlist_assets_tests.clock import NOW
from showlist_assets_tests.domain.recommendations.listening_rows import (
    frame,
    listens,
    said,
    top_artists,
)


def taste(plays=None, *, top=None, feedback=None, **more):
    """The taste, valid by its schema."""
    return Taste.validate(
        taste_of(
            listens() if plays is None else plays,
            as_of=NOW,
            top_artists=top_artists() if top is None else top,
            feedback=said() if feedback is None else feedback,
            **more,
        )
    )


def weights(*args, **named):
    """Weights by name."""
    return dict(taste(*args, **named).select("artist_name", "weight").iter_rows())


def test_a_play_counts_half_after_half_a_year():
    found = weights(
        listens(
            {"artist": "Now", "times": 8},
            {"artist": "Then", "times": 8, "days": 360},
            *({"artist": f"Other {n}"} for n in range(10)),
        )
    )
    assert found["Now"] > found["Then"] > found["Other 1"]


def test_nobody_has_a_taste_of_nothing():
    assert taste().is_empty()


@given(st.lists(st.just(0.0) | st.floats(1e-30, 1e6), min_size=1, max_size=300))
def test_shares_add_up_to_one_and_none_is_over_the_cap(amounts):
    shares = capped_shares(pl.Series(amounts))
    positive = sum(amount > 0 for amount in amounts)
    if not positive:
        assert shares.sum() == 0
        return
    assert shares.sum() == pytest.approx(1)
    assert shares.max() <= min(1, max(LARGEST_SHARE, 2 / positive)) + 1e-9


@given(st.lists(st.floats(0.001, 1e6), min_size=2, max_size=300))
def test_shares_keep_the_order_of_the_amounts(amounts):
    shares = capped_shares(pl.Series(amounts)).to_list()
    in_order = sorted(zip(amounts, shares, strict=True))
    assert all(one[1] <= other[1] + 1e-12 for one, other in pairwise(in_order))


_PLAYS = st.lists(
    st.fixed_dictionaries(
        {
            "artist": st.sampled_from(["Ana", "Bo", "Cy", "Di"]),
            "mbid": st.sampled_from([None, "m1", "m2"]),
            "spotify": st.sampled_from([None, "s1"]),
            "days": st.integers(0, 1000),
        }
    ),
    min_size=1,
    max_size=15,
)


@given(_PLAYS, st.randoms(use_true_random=False))
def test_the_order_of_plays_is_irrelevant_and_all_weights_add_up_to_one(plays, random):
    told = listens(*plays)
    first, again = taste(told), taste(told[random.sample(range(told.height), told.height)])
    assert first.equals(again)
    assert first["weight"].sum() == pytest.approx(1)
    assert first["plays"].sum() == len(plays)


@given(_PLAYS)
def test_a_block_always_wins(plays):
    blocked = plays[0]["artist"]
    found = taste(listens(*plays), feedback=said((blocked, "block")), top=top_artists(blocked))
    rows = found.filter(pl.col("verdict") == "block")
    assert not rows.is_empty()
    assert (rows["weight"] == 0).all()
    assert (found.filter(pl.col("artist_name") == blocked)["verdict"] == "block").all()


def test_more_and_less_move_a_weight():
    plays = listens(*({"artist": f"Band {n}", "times": 5} for n in range(20)))
    plain = weights(plays)
    moved = weights(plays, feedback=said(("Band 1", "more"), ("Band 2", "less")))
    assert moved["Band 1"] > plain["Band 1"] > plain["Band 2"] > moved["Band 2"] > 0


def test_an_artist_who_was_only_asked_for_counts_like_a_usual_one():
    plays = listens(*({"artist": f"Band {n}", "times": 5} for n in range(20)))
    found = taste(plays, feedback=said(("Newcomer", "more"))).row(
        by_predicate=pl.col("artist_name") == "Newcomer", named=True
    )
    assert found["plays"] == 0
    assert found["weight"] > 1 / 21


def test_spotifys_lists_are_a_taste_by_themselves_by_rank():
    found = weights(top=top_artists(*(f"Band {n:02}" for n in range(30))))
    assert found["Band 00"] >= found["Band 10"] > found["Band 29"] > 0
    assert sum(found.values()) == pytest.approx(1)


def test_a_hand_that_blocked_is_not_overruled_by_a_song_that_was_taken_out():
    by_hand = said(("Band", "block"))
    later = said(("Band", "less"), said_by="playlist").with_columns(
        pl.col("said_at").dt.offset_by("1d"), artist_key=pl.lit("spotify:sp-Band")
    )
    found = taste(top=top_artists("Band"), feedback=pl.concat([by_hand, later]))
    assert found["verdict"].to_list() == ["block"]


def test_a_bare_name_is_the_only_performer_who_bears_it():
    known = pl.DataFrame(
        {
            "artist_name": ["Mitski", "Nobody Asked"],
            "spotify_artist_id": ["s1", "s2"],
            "artist_mbid": ["m1", None],
        }
    )
    found = taste(listens({"artist": "MITSKI"}), namesakes=known)
    assert found.select("artist_mbid", "spotify_artist_id").rows() == [("m1", "s1")]


def test_plays_and_lists_of_one_artist_are_not_added_up():
    plays = listens({"artist": "Band", "spotify": "sp-Band", "times": 3})
    found = taste(plays, top=top_artists("Band"))
    assert found.select("artist_key", "plays").rows() == [("spotify:sp-Band", 3)]


def test_feedback_on_another_artist_of_the_same_name_leaves_this_one_alone():
    other = frame(
        "taste_feedback",
        [
            {
                "artist_key": "mbid:m2",
                "artist_name": "Wolves",
                "verdict": "block",
                "said_by": "page",
                "said_at": NOW,
            }
        ],
    )
    found = taste(listens({"artist": "Wolves", "mbid": "m1"}), feedback=other)
    assert dict(found.select("artist_key", "verdict").iter_rows()) == {
        "mbid:m1": "none",
        "mbid:m2": "block",
    }


def test_songs_without_shows_that_were_taken_out_are_of_as_many_artists():
    rows = said(("Ada", "less"), ("Bea", "less"), ("Cleo", "less"), said_by="playlist")
    mbids = [f"{number}0bbcd88-8583-4ecf-9d56-4f05f02de513" for number in range(2)]
    # As earlier versions kept them; of the last one no MBID was known.
    keys = [*(f"spotify:mbid:{mbid}" for mbid in mbids), "spotify:mbid:cleo"]
    found = taste(feedback=rows.with_columns(artist_key=pl.Series(keys)))
    assert found.select("artist_key", "artist_name").rows() == [
        (f"mbid:{mbids[0]}", "Ada"), (f"mbid:{mbids[1]}", "Bea"), ("name:cleo", "Cleo"),
    ]  # fmt: skip
    assert found["spotify_artist_id"].null_count() == 3
