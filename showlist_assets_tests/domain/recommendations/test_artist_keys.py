"""Which mentions are one artist."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from showlist_assets.domain.recommendations.artist_keys import MENTION, known_performers, unite

_SCHEMA = {**MENTION, "plays": pl.Int64}


def united(*mentions):
    """The key of each mention, given as (mbid, spotify id, name)."""
    rows = [(*mention, 1) for mention in mentions]
    told = unite(pl.DataFrame(rows, schema=_SCHEMA, orient="row"))
    keys = {row[:3]: row[3] for row in told.iter_rows()}
    return [keys[mention] for mention in mentions]


def test_equal_ids_are_one_artist_however_they_are_spelled():
    assert united(("m1", None, "Sigur Rós"), ("m1", None, "Sigur Ros"), (None, "s", "SR")) == [
        "mbid:m1",
        "mbid:m1",
        "spotify:s",
    ]


def test_an_id_is_lent_to_the_same_name_and_on_to_its_other_ids():
    assert set(united((None, None, "Mitski"), ("m1", None, "MITSKI"), (None, "s1", "Mitski"))) == {
        "mbid:m1"
    }


def test_two_artists_of_one_name_stay_two_and_the_bare_name_is_neither():
    assert united(("m1", None, "Wolves"), ("m2", None, "Wolves"), (None, None, "Wolves")) == [
        "mbid:m1",
        "mbid:m2",
        "name:wolves",
    ]


def test_a_chain_of_equal_ids_never_joins_two_mbids():
    keys = united(("m1", "s1", "A"), ("m2", "s1", "A"), (None, "s1", "A"))
    assert keys[0] == "mbid:m1"
    assert keys[1] == "mbid:m2"


_MENTIONS = st.lists(
    st.tuples(
        st.sampled_from(["m1", "m2", None]),
        st.sampled_from(["s1", "s2", "s3", None]),
        st.sampled_from(["Ana", "ANA", "Bo", "Cy"]),
        st.integers(0, 3),
    ),
    max_size=12,
)


@given(_MENTIONS, st.randoms(use_true_random=False))
def test_the_order_of_mentions_is_irrelevant_and_no_group_has_two_mbids(rows, random):
    shuffled = random.sample(rows, len(rows))
    told, again = (
        unite(pl.DataFrame(each, schema=_SCHEMA, orient="row")).sort(*MENTION, nulls_last=True)
        for each in (rows, shuffled)
    )
    assert told.equals(again)
    own = told.drop_nulls("artist_mbid")
    assert (own["artist_mbid"] == own["mbid"]).all()


@pytest.mark.parametrize(
    ("performer", "artist", "is_same"),
    [
        (("Wolves", "s1", None), ("Wolves", None, None), True),
        (("Wolves", "s1", None), ("Wolves", "s2", None), False),
        (("Wolves", "s1", "m1"), ("Wolves", None, "m2"), False),
        (("The Wolves", "s1", None), ("Wolves", "s1", "m1"), True),
        (("Wolves", None, None), ("WOLVES", "s2", "m2"), True),
        (("Wolves", None, None), ("Foxes", None, None), False),
    ],
)
def test_a_performer_is_known_by_id_or_by_a_name_that_no_id_contradicts(performer, artist, is_same):
    columns = ["spotify_artist_id", "artist_mbid"]
    performers = pl.DataFrame(
        [("p", *performer)],
        schema=dict.fromkeys(["performer_key", "performer_name", *columns], pl.String),
        orient="row",
    )
    artists = pl.DataFrame(
        [("a", *artist)],
        schema=dict.fromkeys(["artist_key", "artist_name", *columns], pl.String),
        orient="row",
    )
    assert known_performers(performers, artists).height == int(is_same)
