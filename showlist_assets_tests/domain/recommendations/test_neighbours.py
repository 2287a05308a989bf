"""Scores by who is played together with whom."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from showlist_assets.domain.recommendations.neighbours import (
    LONGEST_LIST,
    parts_of_scores,
    score_neighbours,
)


def pairs(*rows):
    return pl.DataFrame(
        list(rows),
        schema={"artist": pl.String, "neighbour": pl.String, "score": pl.Float64},
        orient="row",
    )


def weights(**by_artist):
    return pl.DataFrame(
        {"artist": list(by_artist), "weight": list(by_artist.values())},
        schema={"artist": pl.String, "weight": pl.Float64},
    )


def people(**by_artist):
    return pl.DataFrame(
        {"artist": list(by_artist), "listeners": list(by_artist.values())},
        schema={"artist": pl.String, "listeners": pl.Int64},
    )


def scores(*args):
    return dict(score_neighbours(*args).iter_rows())


def test_a_score_is_the_sum_over_artists_divided_by_popularity():
    found = scores(
        weights(a=0.75, b=0.25),
        pairs(("a", "p", 8.0), ("b", "p", 4.0)),
        people(a=100, b=50, p=200),
        pl.Series(["p"]),
    )
    expected = 0.75 * 8 / (100**0.4 * 200**0.6) + 0.25 * 4 / (50**0.4 * 200**0.6)
    assert found == {"p": pytest.approx(expected)}


def test_whoever_everybody_plays_does_not_come_first():
    near = pairs(("a", "famous", 300.0), ("a", "local", 10.0))
    found = scores(
        weights(a=1.0), near, people(a=100, famous=1_000_000, local=50), near["neighbour"]
    )
    assert found["local"] > found["famous"]


def test_a_pair_counts_once_whichever_of_the_two_told_of_it():
    asked = (weights(a=1.0), people(a=10, p=10), pl.Series(["p"]))
    one, other, both = (
        scores(asked[0], told, asked[1], asked[2])["p"]
        for told in (
            pairs(("a", "p", 5.0)),
            pairs(("p", "a", 5.0)),
            pairs(("a", "p", 5.0), ("p", "a", 5.0)),
        )
    )
    assert one == other == both


def test_the_median_stands_in_where_nobody_knows_how_many_play_an_artist():
    near = pairs(("a", "p", 5.0))
    unknown = scores(weights(a=1.0), near, people(a=10, x=30, y=20), near["neighbour"])
    known = scores(weights(a=1.0), near, people(a=10, x=30, y=20, p=20), near["neighbour"])
    assert unknown["p"] == pytest.approx(known["p"])


def test_lists_are_cut_where_those_that_are_served_end():
    near = pairs(*(("a", f"p{n:03}", float(1000 - n)) for n in range(LONGEST_LIST + 5)))
    found = scores(weights(a=1.0), near, people(), near["neighbour"])
    assert sum(score > 0 for score in found.values()) == LONGEST_LIST


def test_of_whom_nothing_is_told_there_is_no_score_and_of_strangers_it_is_nothing():
    near = pairs(("x", "p", 5.0), ("a", "a", 0.0))
    asked = pl.Series(["p", "nobody", "a"])
    assert scores(weights(a=1.0), near, people(), asked) == {"p": 0.0, "a": 0.0}


_SCORES = st.lists(
    st.tuples(st.sampled_from("abcd"), st.sampled_from("pqr"), st.floats(0.1, 100)),
    min_size=1,
    max_size=12,
    unique_by=lambda row: row[:2],
)


@given(_SCORES, st.randoms(use_true_random=False))
def test_the_order_of_rows_is_irrelevant(rows, random):
    listened = weights(a=0.4, b=0.3, c=0.2, d=0.1)
    again = random.sample(rows, len(rows))
    asked = pl.Series(list("pqr"))
    assert scores(listened, pairs(*rows), people(a=3, p=9), asked) == scores(
        listened, pairs(*again), people(p=9, a=3), asked.reverse()
    )


@given(_SCORES, st.floats(0.05, 0.9))
def test_an_artist_who_is_nobodys_neighbour_changes_no_score_beside_another(rows, share):
    listened = weights(a=0.4, b=0.3, c=0.2, d=0.1)
    with_other = pl.concat(
        [listened.with_columns(pl.col("weight") * (1 - share)), weights(stranger=share)]
    )
    asked = pl.Series(list("pqr"))
    before = scores(listened, pairs(*rows), people(), asked)
    after = scores(with_other, pairs(*rows), people(), asked)
    assert after == pytest.approx({one: score * (1 - share) for one, score in before.items()})


def test_many_listeners_are_scored_at_once_each_as_alone():
    near = pairs(("a", "p", 5.0), ("b", "p", 1.0), ("b", "q", 2.0))
    both = pl.concat(
        [
            weights(a=1.0).with_columns(listener=pl.lit(1)),
            weights(b=1.0).with_columns(listener=pl.lit(2)),
        ]
    )
    found = score_neighbours(both, near, people(), pl.Series(["p", "q"]))
    for number, listened in ((1, weights(a=1.0)), (2, weights(b=1.0))):
        own = found.filter(pl.col("listener") == number).drop("listener")
        assert dict(own.iter_rows()) == scores(listened, near, people(), pl.Series(["p", "q"]))


def test_the_parts_of_a_score_add_up_to_it():
    listened, near = weights(a=0.5, b=0.5), pairs(("a", "p", 5.0), ("b", "p", 1.0))
    parts = parts_of_scores(listened, near, people(), pl.Series(["p"]))
    assert parts["part"].sum() == pytest.approx(
        scores(listened, near, people(), pl.Series(["p"]))["p"]
    )
