"""What Spotify tells of a listener's plays: top artists, the wall of fifty, and its quirks."""

from __future__ import annotations

import io
import json
import zipfile
from collections import Counter
from datetime import datetime, timedelta

import pytest
import requests

from showlist_assets_tests.clock import NOW
from showlist_assets_tests.sandbox import listeners
from showlist_assets_tests.sandbox.clients import control, spotify

SCOPES = ("user-top-read", "user-read-recently-played")


def bearer(sandbox, scopes=SCOPES, user_id="listener"):
    token = sandbox.listeners.consent(scopes, user_id)
    return listeners.refresh(sandbox, token).json()["access_token"]


def recent(sandbox, token=None, **query):
    return spotify(
        sandbox,
        "/v1/me/player/recently-played",
        bearer=token or bearer(sandbox),
        **{"limit": 50, **query},
    )


def top(sandbox, token=None, **query):
    return spotify(sandbox, "/v1/me/top/artists", bearer=token or bearer(sandbox), **query)


def times(answer):
    return [datetime.fromisoformat(item["played_at"]) for item in answer.json()["items"]]


def heard(sandbox, user_id="listener"):
    plays = sandbox.state.listening.plays(user_id)
    return [play for play in plays if play.is_heard and not play.incognito]


# Top artists


def test_top_artists_are_those_who_are_played_most_in_the_span(sandbox):
    for span, days in (("short_term", 28), ("medium_term", 182), ("long_term", 365)):
        since = NOW - timedelta(days=days)
        counted = Counter(p.track.artists[0].id for p in heard(sandbox) if p.ended_at >= since)
        told = [one["id"] for one in top(sandbox, time_range=span, limit=50).json()["items"]]
        counts = [counted[one] for one in told]
        assert counts == sorted(counts, reverse=True)
        assert counts[0] == counted.most_common(1)[0][1]


def test_a_top_artist_has_the_keys_that_development_mode_left(sandbox, start_sandbox):
    item = top(sandbox).json()["items"][0]
    assert set(item) == {"external_urls", "href", "id", "images", "name", "type", "uri"}
    extended = start_sandbox(mode="extended", events=60)
    assert {"genres", "popularity", "followers"} <= set(top(extended).json()["items"][0])


def test_most_of_what_is_played_is_of_three_genres(sandbox):
    taste = sandbox.state.listening.days_of("listener").taste
    liked = {artist.id for artist in taste.artists}
    assert len(taste.families) == 3
    told = [one["id"] for one in top(sandbox, time_range="long_term", limit=50).json()["items"]]
    assert sum(one in liked for one in told) >= 45
    soon = {one.artist_id for event in sandbox.world.events for one in event.performers}
    assert len(liked & soon) >= 10
    assert len(liked - soon) >= 10


@pytest.mark.parametrize(
    "query", [{"limit": 0}, {"limit": 51}, {"time_range": "forever"}, {"offset": -1}]
)
def test_top_artists_refuse_what_cannot_be(sandbox, query):
    assert top(sandbox, **query).status_code == 400


# Recently played


def test_a_play_is_told_with_the_millisecond_it_ended(sandbox):
    expected = [play.ended_at for play in heard(sandbox)[-50:]][::-1]
    answer = recent(sandbox)
    assert times(answer) == expected
    item = answer.json()["items"][0]
    assert set(item) == {"track", "played_at", "context"}
    assert set(item["context"]) == {"external_urls", "href", "type", "uri"}
    assert {"id", "uri", "name", "duration_ms", "artists", "album", "external_ids"} <= set(
        item["track"]
    )


def test_nothing_is_behind_the_fiftieth(sandbox):
    token = bearer(sandbox)
    first = recent(sandbox, token).json()
    assert len(first["items"]) == 50
    headers = {"Authorization": f"Bearer {token}"}
    beyond = requests.get(first["next"], headers=headers, timeout=10).json()
    assert (beyond["items"], beyond["next"], beyond["cursors"]) == ([], None, None)


def test_cursors_go_both_ways_within_the_fifty(sandbox):
    token = bearer(sandbox)
    everything = times(recent(sandbox, token))
    page = recent(sandbox, token, limit=20).json()
    older = recent(sandbox, token, before=page["cursors"]["before"])
    assert times(older) == everything[20:]
    newer = recent(sandbox, token, after=int(everything[9].timestamp() * 1000) + 1)
    assert times(newer) == everything[:9]


def test_what_is_played_while_time_passes_is_told_then(sandbox):
    before = times(recent(sandbox))
    sandbox.advance(days=2)
    after = times(recent(sandbox))
    assert after[0] > before[0]
    assert after[0] <= NOW + timedelta(days=2)


@pytest.mark.parametrize(
    "query", [{"limit": 51}, {"limit": 0}, {"after": 1, "before": 2}, {"after": "now"}]
)
def test_recent_plays_refuse_what_cannot_be(sandbox, query):
    assert recent(sandbox, **query).status_code == 400


def test_quirks_are_switched_on_and_gone_after_a_reset(sandbox):
    ends = times(recent(sandbox))
    control(sandbox, "POST", "listening", stamps="start")
    assert all(start < end for start, end in zip(times(recent(sandbox)), ends, strict=True))
    control(sandbox, "POST", "listening", stamps="end", delay_hours=48)
    assert times(recent(sandbox))[0] <= NOW - timedelta(hours=48)
    control(sandbox, "POST", "listening", delay_hours=0, omitted=0.5)
    left = set(times(recent(sandbox))) & set(ends)
    assert 10 <= len(left) <= 40
    assert set(times(recent(sandbox))) & set(ends) == left
    assert "error" in control(sandbox, "POST", "listening", stamps="middle")
    sandbox.reset()
    assert control(sandbox, "GET", "listening") == {
        "stamps": "end", "omitted": 0.0, "delay_hours": 0.0,
    }  # fmt: skip


# Scopes


def test_each_takes_a_scope_of_its_own(sandbox):
    only_top = bearer(sandbox, ["user-top-read"])
    assert top(sandbox, only_top).ok
    refused = recent(sandbox, only_top)
    assert refused.status_code == 403
    assert refused.json()["error"]["message"] == "Insufficient client scope"
    assert top(sandbox, bearer(sandbox, ["user-read-recently-played"])).status_code == 403


def test_a_listener_may_leave_out_what_the_app_can_do_without(sandbox):
    wanted = " ".join((*listeners.PLAYLIST_SCOPES, *SCOPES))
    shown = listeners.open_page(sandbox, scope=wanted).text
    assert shown.count("not this") == 2
    url = listeners.accounts_url(sandbox, "/authorize")
    answer = requests.post(
        url,
        params=listeners.asked(sandbox, scope=wanted),
        data={"decision": "agree", "listener": "listener", "without": "user-top-read"},
        allow_redirects=False,
        timeout=10,
    )
    code = listeners.sent_back(answer)["code"]
    token = listeners.exchange(sandbox, code).json()
    assert set(token["scope"].split()) == {*listeners.PLAYLIST_SCOPES, SCOPES[1]}


# The export


def test_an_export_holds_every_play_and_what_real_ones_hold_besides(sandbox):
    rows = rows_of(sandbox.spotify_export())
    plays = sandbox.state.listening.plays()
    songs = [row for row in rows if row["spotify_track_uri"]]
    assert len(plays) < len(songs) < len(plays) * 1.03
    told = {(row["spotify_track_uri"], row["ms_played"]) for row in songs}
    assert {(f"spotify:track:{p.track.id}", p.ms_played) for p in plays} == told
    assert any(row["episode_name"] for row in rows)
    assert any(row["spotify_track_uri"] is row["episode_name"] is None for row in rows)
    assert any(row["incognito_mode"] for row in rows)
    assert any(row["ms_played"] < 30_000 for row in songs)
    late = [row for row in rows if row["offline"]]
    assert late
    assert all(
        datetime.fromisoformat(row["ts"]).timestamp() > row["offline_timestamp"] for row in late
    )


def test_an_export_is_the_same_each_time_and_over_control(sandbox):
    answer = control(sandbox, "GET", "listeners/listener/spotify-export")
    from showlist_assets.sandbox.control.client import SandboxElsewhere

    elsewhere = SandboxElsewhere(sandbox.url, {}, ())
    assert elsewhere.spotify_export("listener") == sandbox.spotify_export()
    assert answer["name"].endswith(".zip")


def rows_of(packed):
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        names = [name for name in archive.namelist() if name.endswith(".json")]
        return [row for name in names for row in json.loads(archive.read(name))]
