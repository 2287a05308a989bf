"""How everybody who plays fits a taste."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from showlist_assets.domain.recommendations.show_scores import (
    LOCAL,
    Similarity,
    blend_warm_and_cold,
    performers_of,
    show_taste,
)
from showlist_assets.domain.recommendations.weights import taste_of
from showlist_assets.domain.tables.columns import polars_schema
from showlist_assets.domain.tables.listening.show_taste import ShowTaste
from showlist_assets.domain.tables.upcoming_shows import UpcomingShows
from showlist_assets_tests.clock import NOW
from showlist_assets_tests.domain.recommendations.listening_rows import (
    ids,
    listens,
    neighbours,
    people,
    said,
    top_artists,
)


def on_bills(*acts):
    """Who plays, as (name, genres) or a name; a matched artist's id is sp-NAME."""
    told = [act if isinstance(act, tuple) else (act, []) for act in acts]
    rows = [
        {
            "performer_key": name.lower(),
            "performer_name": name,
            "spotify_artist_id": f"sp-{name}",
            "genres": genres,
        }
        for name, genres in told
    ]
    schema = {
        name: kind
        for name, kind in polars_schema(UpcomingShows).items()
        if name in {"performer_key", "performer_name", "spotify_artist_id", "genres"}
    }
    return pl.DataFrame(rows, schema=schema)


def fits(upcoming, plays=None, *, near=None, known=None, counts=None, feedback=None, top=None):
    """``ShowTaste`` by name, valid by its schema."""
    similarity = Similarity(
        artist_ids=ids() if known is None else known,
        neighbours=neighbours() if near is None else near,
        listeners=people() if counts is None else counts,
    )
    taste = taste_of(
        listens() if plays is None else plays,
        as_of=NOW,
        top_artists=top_artists() if top is None else top,
        feedback=said() if feedback is None else feedback,
        artist_ids=similarity.artist_ids,
    )
    performers = performers_of(upcoming, similarity.artist_ids)
    told = ShowTaste.validate(show_taste(taste, performers, similarity, at=NOW))
    return {row["performer_name"]: row for row in told.iter_rows(named=True)}


def test_each_performer_rests_on_the_best_that_is_known():
    found = fits(
        on_bills(("Mitski", ["Indie Rock"]), "Jay", ("Folker", ["Indie Rock"]), ("Dj", ["Techno"])),
        listens({"artist": "Mitski", "mbid": "m1", "times": 9}, {"artist": "Big", "mbid": "m2"}),
        near=neighbours(("m1", "j1", 50), ("m2", "j1", 10)),
        known=ids(Jay="j1"),
    )
    assert {name: row["basis"] for name, row in found.items()} == {
        "Mitski": "known",
        "Jay": "co-listening",
        "Folker": "genre",
        "Dj": "none",
    }
    assert found["Mitski"]["score"] > found["Jay"]["score"] > 0
    assert found["Mitski"]["plays"] == 9
    assert found["Dj"]["score"] is None
    assert found["Folker"]["genre"] == "Indie Rock"
    assert found["Folker"]["genre_share"] == pytest.approx(0.5, abs=0.5)
    because = {one["artist_name"]: one["share"] for one in found["Jay"]["because"]}
    assert list(because) == ["Mitski", "Big"]
    assert sum(because.values()) == pytest.approx(1)


def test_of_whom_nothing_is_known_there_is_no_score():
    found = fits(on_bills(("Dj", ["Techno"])))
    assert [(row["basis"], row["score"]) for row in found.values()] == [("none", None)]


def test_three_reasons_are_told_at_most():
    plays = listens(*({"artist": f"Band {n}", "mbid": f"m{n}"} for n in range(6)))
    near = neighbours(*((f"m{n}", "j1", 10 + n) for n in range(6)))
    found = fits(on_bills("Jay"), plays, near=near, known=ids(Jay="j1"))
    assert [one["artist_name"] for one in found["Jay"]["because"]] == ["Band 5", "Band 4", "Band 3"]


def test_a_performer_whom_only_the_neighbours_name_is_found_by_an_unshared_name():
    plays = listens({"artist": "Mitski", "mbid": "m1"})
    near = neighbours(("m1", "jay", 10), ("m1", "wolves", 9), ("m1", "other", 8))
    twice = near.with_columns(
        pl.col("neighbour_name").replace({"OTHER": "Wolves"}),
    )
    found = fits(on_bills("Jay", "Wolves"), plays, near=twice)
    assert found["Jay"]["basis"] == "co-listening"
    assert found["Jay"]["artist_mbid"] == "jay"
    assert found["Wolves"]["basis"] == "none"


@pytest.mark.parametrize("verdict", ["more", "less", "block"])
@pytest.mark.parametrize("name", ["Mitski", "Jay", "Folker", "Dj"])
def test_what_the_listener_says_moves_every_kind_of_score(name, verdict):
    def scores(*words):
        found = fits(
            on_bills(
                ("Mitski", ["Indie Rock"]), "Jay", ("Folker", ["Indie Rock"]), ("Dj", ["Techno"])
            ),
            listens(
                {"artist": "Mitski", "mbid": "m1", "times": 9},
                *({"artist": f"Band {n}", "mbid": f"b{n}", "times": 9} for n in range(300)),
            ),
            near=neighbours(("m1", "j1", 50)),
            known=ids(Jay="j1"),
            feedback=said(*words),
        )
        return found[name]

    plain, moved = scores(), scores((name, verdict))
    assert moved["verdict"] == verdict
    if verdict == "block":
        assert not moved["score"]
    elif verdict == "less" and plain["score"] is not None:
        assert moved["score"] < plain["score"]
    elif verdict == "more":
        assert moved["score"] > (plain["score"] or 0)


def test_a_block_of_a_name_holds_for_all_who_bear_it():
    plays = listens(
        {"artist": "Wolves", "mbid": "m1"}, {"artist": "Wolves", "mbid": "m2", "spotify": "x"}
    )
    found = fits(on_bills("Wolves"), plays, feedback=said(("Wolves", "block")))
    assert found["Wolves"]["verdict"] == "block"


def test_a_model_of_the_operators_own_goes_before_counts_and_is_not_divided_again():
    plays = listens({"artist": "Mitski", "mbid": "m1"})
    counted = neighbours(("m1", "j1", 10), ("m1", "k1", 5))
    local = neighbours(("m1", "j1", 0.1), ("m1", "l1", 0.9), algorithm=LOCAL)
    found = fits(
        on_bills("Jay", "Kay", "Lou"),
        plays,
        near=pl.concat([counted.filter(pl.col("neighbour_mbid") != "j1"), local]),
        known=ids(Jay="j1", Kay="k1", Lou="l1"),
        counts=people(m1=10, j1=1, l1=1_000_000, k1=10),
    )
    assert found["Lou"]["score"] > found["Kay"]["score"] > found["Jay"]["score"]


def test_day_one_is_spotifys_list_alone():
    found = fits(on_bills("Mitski", "Jay"), top=top_artists("Mitski"))
    assert found["Mitski"]["basis"] == "known"
    assert found["Mitski"]["plays"] == 0


_FRAME = {"candidate": pl.Int64, "score": pl.Float64}
_SCORED = st.dictionaries(st.integers(0, 20), st.floats(0, 100), max_size=12)


@given(_SCORED, _SCORED)
def test_a_blend_keeps_the_order_within_each_kind_and_names_everybody_once(warm, cold):
    both = {**dict.fromkeys(warm, 0.0), **cold}
    told = blend_warm_and_cold(
        pl.DataFrame(list(warm.items()), schema=_FRAME, orient="row"),
        pl.DataFrame(list(both.items()), schema=_FRAME, orient="row"),
    )
    assert sorted(told["candidate"]) == sorted(both)
    for basis, given_scores in (("co-listening", warm), ("genre", cold)):
        rows = told.filter(pl.col("basis") == basis)
        order = [given_scores[one] for one in rows.sort("score")["candidate"]]
        assert order == pytest.approx(sorted(order))


def test_an_unrelated_artist_who_plays_changes_no_order():
    plays = listens({"artist": "Mitski", "mbid": "m1"}, {"artist": "Big", "mbid": "m2"})
    near = neighbours(("m1", "j1", 50), ("m2", "k1", 10))
    known = ids(Jay="j1", Kay="k1")
    for others in ((), ("Stranger",)):
        found = fits(on_bills("Jay", "Kay", *others), plays, near=near, known=known)
        assert found["Jay"]["score"] > found["Kay"]["score"]
