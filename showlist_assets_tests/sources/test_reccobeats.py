from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from showlist_assets.sources.failures import BadAnswer, Transient
from showlist_assets.sources.features import Features, features_from
from showlist_assets_tests.sources.clients import reccobeats
from showlist_assets_tests.sources.conftest import Reply


@pytest.fixture
def tracks(sandbox):
    catalog = sandbox.world.catalog
    return [track for one in catalog.artists for track in catalog.tracks_of(one.id)]


def item(track_id, **features):
    return {"id": "a-uuid", "href": f"https://open.spotify.com/track/{track_id}", **features}


def test_each_track_gets_its_own_features_though_the_order_is_another(sandbox, tracks):
    asked = tracks[:30]
    found = reccobeats(sandbox).audio_features([one.id for one in asked])
    assert set(found) == {one.id for one in asked if one.features}
    for one in asked:
        if one.features:
            assert found[one.id].tempo == one.features.tempo
            assert found[one.id].energy == one.features.energy


def test_tracks_are_asked_by_forty_and_each_once(sandbox, tracks):
    ids = [one.id for one in tracks[:90]]
    client = reccobeats(sandbox)
    found = client.audio_features([*ids, *ids])
    assert client.usage.sent == sandbox.requests("reccobeats") == 3
    assert set(found) == {one.id for one in tracks[:90] if one.features}


def test_no_tracks_cost_no_call(sandbox):
    client = reccobeats(sandbox)
    assert client.audio_features([]) == {}
    assert client.usage.sent == 0


def test_an_undetected_key_is_none(sandbox, tracks):
    undetected = [one.id for one in tracks if one.features and one.features.key == -1][:40]
    found = reccobeats(sandbox).audio_features(undetected)
    assert found
    assert {one.key for one in found.values()} == {None}


def test_of_several_rows_for_a_track_the_first_counts_and_strangers_are_left_out(serve):
    rows = [item("t1", tempo=100), item("t1", tempo=90), item("t9", tempo=80), None, {"href": 3}]
    server = serve(Reply({"content": rows}))
    assert reccobeats(server.url).audio_features(["t1"]) == {"t1": Features(tempo=100.0)}


@pytest.mark.parametrize("end", ["/", "?si=abc", "/?si=abc"])
def test_the_id_is_found_in_any_form_of_link(serve, end):
    server = serve(Reply({"content": [item(f"t1{end}", energy=0.5)]}))
    assert reccobeats(server.url).audio_features(["t1"]) == {"t1": Features(energy=0.5)}


@pytest.mark.parametrize("body", [{}, {"content": None}, {"content": {}}, [], None])
def test_an_answer_without_a_list_is_an_error(serve, body):
    with pytest.raises(BadAnswer, match="ReccoBeats"):
        reccobeats(serve(Reply(body)).url).audio_features(["t1"])


def test_a_check_asks_once(sandbox):
    client = reccobeats(sandbox)
    client.check()
    assert client.usage.sent == 1


def test_an_outage_is_told_after_bounded_retries(sandbox):
    sandbox.fault("reccobeats", "status", status=503, times=99)
    with pytest.raises(Transient, match="ReccoBeats answered 503"):
        reccobeats(sandbox).audio_features(["t1"])
    assert sandbox.requests("reccobeats") < 10


ANYTHING = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.lists(st.none())


@given(st.fixed_dictionaries(dict.fromkeys(Features.__slots__, ANYTHING)))
def test_features_are_finite_numbers_or_nothing(answer):
    found = features_from(answer)
    for name in Features.__slots__:
        value = getattr(found, name)
        if name in ("key", "mode"):
            assert value is None or (type(value) is int and value >= 0)
        else:
            assert value is None or (type(value) is float and abs(value) < 1e9)
