"""A listener's taste from end to end: plays in, questions over real HTTP, scores out."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest

from showlist_assets.services.taste.coverage import SIZES, funnel, shares_by_basis
from showlist_assets.services.taste.shared_tables import Asked
from showlist_assets.services.taste.similar_artists import SimilarArtists
from showlist_assets.wiring import Platform
from showlist_assets_tests.clock import NOW
from showlist_assets_tests.domain.recommendations.listening_rows import listens, top_artists
from showlist_assets_tests.services.taste.made_up_listener import (
    MOST_PLAYED,
    play_the_most_played,
    with_performers,
)


@pytest.fixture
def tasting(platform, sandbox):
    """A platform with some of those who play in the made-up world, and no plays."""
    return with_performers(platform, sandbox)


@pytest.fixture
def played(tasting, sandbox):
    """The same, after the listener's most played artists were played."""
    play_the_most_played(tasting, sandbox)
    return tasting


def test_nobody_is_asked_anything_for_somebody_of_whom_nothing_is_known(tasting):
    done = tasting.tastes.refresh("me")
    assert (done.artists, done.by_basis, done.troubles) == (0, {}, ())
    assert tasting.tastes.show_taste("me") is None


def test_a_refresh_scores_by_what_is_played_by_neighbours_and_by_genre(played):
    done = played.tastes.refresh("me")
    assert done.troubles == ()
    assert done.artists == MOST_PLAYED
    assert done.neighbours.asked > MOST_PLAYED / 2
    assert done.by_basis["known"] > 0
    assert done.by_basis["co-listening"] > done.by_basis["known"]
    fits = played.tastes.show_taste("me")
    assert fits.filter(pl.col("basis") == "co-listening")["because"].list.len().min() >= 1
    assert played.tastes.taste("me")["weight"].sum() == pytest.approx(1)
    assert not played.ledger("spotify").spent()


def test_a_second_refresh_asks_nobody_again(played):
    first = played.tastes.refresh("me")
    again = played.tastes.refresh("me")
    assert again.by_basis == first.by_basis
    assert (again.ids.asked, again.neighbours.asked, again.listeners.asked) == (0, 0, 0)


def test_day_one_is_a_taste_from_spotifys_three_lists(tasting, sandbox):
    heard = {play.track.artists[0].id: play.track for play in sandbox.state.listening.plays()}
    names = [track.artists[0].name for track in heard.values()][:20]
    top = top_artists(*names).with_columns(spotify_artist_id=pl.Series(list(heard)[:20]))
    tasting.listening_store.write("me", "top_artists", top)
    done = tasting.tastes.refresh("me")
    assert done.by_basis["co-listening"] > 0


def test_what_the_listener_says_counts_at_once_and_can_be_taken_back(played):
    played.tastes.refresh("me")
    before = played.tastes.show_taste("me")
    best = before.sort("score", descending=True, nulls_last=True).row(0, named=True)

    def verdict_and_score():
        row = played.tastes.show_taste("me").row(
            by_predicate=pl.col("performer_key") == best["performer_key"], named=True
        )
        return row["verdict"], row["score"]

    said = played.taste_feedback.say("me", best["performer_name"], "block")
    assert said.is_known
    played.tastes.recompute("me")
    assert verdict_and_score() == ("block", 0)
    link = f"https://open.spotify.com/artist/{best['spotify_artist_id']}"
    assert played.taste_feedback.take_back("me", link) is not None
    assert played.taste_feedback.take_back("me", link) is None
    played.tastes.recompute("me")
    assert verdict_and_score() == ("none", pytest.approx(best["score"]))


def test_the_taste_is_unreadable_without_the_key(played):
    played.tastes.refresh("me")
    name = played.tastes.taste("me")["artist_name"][0].encode()
    folder = played.settings.data_root
    files = [file for file in Path(folder, "listening").rglob("*") if file.is_file()]
    assert files
    assert all(name not in file.read_bytes() for file in files)


def test_while_labs_is_down_the_neighbours_of_yesterday_serve_and_it_is_told(played, sandbox):
    first = played.tastes.refresh("me")
    later = Platform(played.settings, clock=lambda: NOW + timedelta(days=40))
    sandbox.fault("listenbrainz_labs", "status", status=404, times=20)
    done = later.tastes.refresh("me")
    assert done.by_basis["co-listening"] == first.by_basis["co-listening"]
    assert done.neighbours.left > 0
    assert any("Labs" in trouble for trouble in done.troubles)


def test_without_a_token_links_and_plays_alone_tell_ids_and_scores_are_normalised_all_the_same(
    played,
):
    settings = played.settings.model_copy(update={"listenbrainz_token": None})
    platform = Platform(settings, clock=lambda: NOW)
    done = platform.tastes.refresh("me")
    assert done.by_basis["known"] > 0
    assert done.by_basis["co-listening"] > 0
    assert done.troubles == ()
    shared = platform.shared_tables
    assert set(shared.read("artist_ids")["how"]) <= {"spotify_url", "listens", "none"}
    assert shared.read("artist_listeners")["listeners"].count() > 0


def test_the_funnel_is_told_by_size_of_venue(played):
    played.tastes.refresh("me")
    found = funnel(played.tables.read_all("upcoming_shows"), played.shared_tables.similarity())
    assert found.performers >= found.matched >= found.identified >= found.linked > 0
    assert sum(count for count, _, _ in found.by_size.values()) == found.performers
    assert set(found.by_size) == set(SIZES)
    shares = shares_by_basis(played.tastes.show_taste("me"))
    assert sum(shares.values()) == pytest.approx(1)


@pytest.fixture
def asked_meanwhile(platform, monkeypatch):
    """Refreshes a taste while something else happens: it is done while services are asked."""
    made = Platform(platform.platform.settings, clock=lambda: NOW)
    plays = listens({"artist": "Mitski", "mbid": "m1", "times": 3}, {"artist": "Kyoto"})
    made.listening_store.write("me", "listens", plays)
    monkeypatch.setattr(SimilarArtists, "ask_listeners", lambda *_: Asked())

    def refresh(meanwhile):
        def ask(*_):
            meanwhile(made)
            return Asked()

        monkeypatch.setattr(SimilarArtists, "ask_neighbours", ask)
        made.tastes.refresh("me")
        return made

    return refresh


def test_who_is_forgotten_while_services_are_asked_stays_forgotten(asked_meanwhile):
    made = asked_meanwhile(lambda one: one.listening.forget("me"))
    assert made.listening_store.accounts() == []
    made.tastes.recompute("me")
    assert made.listening_store.accounts() == []


def test_what_is_said_or_played_while_services_are_asked_counts(asked_meanwhile):
    def say(made):
        made.taste_feedback.say("me", "Kyoto", "less")
        made.tastes.recompute("me")
        plays = listens({"artist": "Mitski", "mbid": "m1"}, {"artist": "Kyoto", "times": 9})
        made.listening_store.write("me", "listens", plays)

    taste = asked_meanwhile(say).tastes.taste("me")
    assert taste.sort("artist_name").select("artist_name", "verdict", "plays").rows() == [
        ("Kyoto", "less", 9), ("Mitski", "none", 1),
    ]  # fmt: skip
