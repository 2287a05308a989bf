"""Neighbours from files of an operator's own, beside those that a service told."""

from __future__ import annotations

import json

import polars as pl
import pytest

from showlist_assets.domain.recommendations.show_scores import LOCAL
from showlist_assets.domain.tables.columns import polars_schema
from showlist_assets.domain.tables.similarity.artist_neighbours import ArtistNeighbours
from showlist_assets.services.taste.local_model import LocalModel, TrainingError
from showlist_assets.services.taste.shared_tables import SharedTables
from showlist_assets.storage.files import LocalFiles
from showlist_assets.storage.similarity import SimilarityStore
from showlist_assets_tests.clock import NOW


@pytest.fixture
def tables(tmp_path):
    return SharedTables(SimilarityStore(LocalFiles(tmp_path / "data")), LocalFiles(tmp_path))


@pytest.fixture
def model(tables):
    return LocalModel(tables, clock=lambda: NOW)


def _plays():
    """Listeners of two tastes: a1 to a3, and b1 to b3."""
    rows = [
        (f"u{i}", f"{'ab'[i % 2]}{artist}")
        for i in range(24)
        for artist in (1, 2, 3)
        if (i + artist) % 3
    ]
    return pl.DataFrame(rows, schema=["listener", "artist_mbid"], orient="row")


def _pairs(tables):
    rows = tables.read("artist_neighbours").filter(pl.col("algorithm") == LOCAL)
    return set(rows.select("artist_mbid", "neighbour_mbid").iter_rows())


def test_every_format_teaches_the_same(model, tables, tmp_path):
    plays = _plays()
    plays.write_csv(tmp_path / "plays.csv")
    plays.write_parquet(tmp_path / "plays.parquet")
    listens = [
        {"user_id": who, "track_metadata": {"mbid_mapping": {"artist_mbids": [artist]}}}
        for who, artist in plays.iter_rows()
    ]
    lines = [json.dumps(one) for one in listens]
    (tmp_path / "listens.jsonl").write_text("\n".join([*lines, "{broken", '{"user_id": 1}']))
    found = []
    for name in ("plays.csv", "plays.parquet", "listens.jsonl"):
        done = model.train([tmp_path / name])
        assert (done.listeners, done.artists) == (24, 6)
        found.append(_pairs(tables))
    assert done.unreadable == 2
    assert found[0] == found[1] == found[2]
    assert all(one[0] == other[0] for one, other in found[0])


def test_training_again_replaces_what_was_learnt_and_leaves_what_was_told(model, tables, tmp_path):
    told = pl.DataFrame(
        {
            "artist_mbid": "a1",
            "neighbour_mbid": ["a2", "c1"],
            "neighbour_name": ["A2", "C1"],
            "score": [9.0, 8.0],
            "algorithm": "sessions",
            "fetched_at": NOW,
        },
        schema=polars_schema(ArtistNeighbours),
    )
    tables.replace("artist_neighbours", told, on="artist_mbid")
    _plays().write_csv(tmp_path / "plays.csv")
    model.train([tmp_path / "plays.csv"])
    model.train([tmp_path / "plays.csv"])
    rows = tables.read("artist_neighbours")
    assert set(rows.filter(pl.col("algorithm") == "sessions")["neighbour_mbid"]) == {"a2", "c1"}
    assert ("a1", "a2") in _pairs(tables)


def test_what_cannot_be_learnt_from_is_told(model, tmp_path):
    few = _plays().filter(pl.col("listener").is_in(["u1", "u2"]))
    few.write_csv(tmp_path / "few.csv")
    (tmp_path / "other.csv").write_text("who,what\n1,2\n")
    (tmp_path / "not.parquet").write_bytes(b"no parquet")
    (tmp_path / "other.json").write_text("{}\n")
    for name, words in (
        ("few.csv", "2 listeners"),
        ("other.csv", "no column listener"),
        ("not.parquet", "cannot be read"),
        ("other.json", "no listens of known artists"),
    ):
        with pytest.raises(TrainingError, match=words):
            model.train([tmp_path / name])
