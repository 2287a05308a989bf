"""ListenBrainz, over HTTP."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from showlist_assets.sandbox.config import LISTENBRAINZ_PRIVATE_TOKEN
from showlist_assets.sandbox.state.listening import LISTENBRAINZ_USER, PRIVATE_USER
from showlist_assets.sources.failures import (
    BadAnswer,
    NotFound,
    Permanent,
    SourceError,
    Transient,
    WrongKey,
)
from showlist_assets.sources.http.cache import ResponseCache
from showlist_assets.sources.http.call_store import open_call_store
from showlist_assets.sources.http.ledger import Allowance, Ledger
from showlist_assets.sources.listenbrainz import client as module
from showlist_assets.sources.listenbrainz.client import ListenBrainz, Popularity
from showlist_assets_tests.clock import NOW
from showlist_assets_tests.sources import clients
from showlist_assets_tests.sources.clients import Sleeps, session
from showlist_assets_tests.sources.conftest import OwnServer, Reply
from showlist_assets_tests.sources.listenbrainz.documents import BAND, SONG, listen, mbid

NOON = 1_700_000_000
TOKEN = "01234567-89ab-4cde-8f01-23456789abcd"


def listenbrainz(base, **options):
    made = {"session": session("listenbrainz"), "base_url": base, "token": TOKEN}
    return ListenBrainz(**{**made, **options})


def moment(seconds):
    return datetime.fromtimestamp(seconds, UTC)


def history(listens, *, tells_the_first=True):
    """A server that gives ``listens`` as ListenBrainz does: the newest first, ends exclusive."""

    def answer(request):
        most = int(request.query.get("count", 25))
        until = int(request.query.get("max_ts", 10**11))
        told = sorted(
            (one for one in listens if one["listened_at"] < until),
            key=lambda one: -one["listened_at"],
        )[:most]
        payload = {"count": len(told), "user_id": "kim", "listens": told}
        if tells_the_first:
            payload["oldest_listen_ts"] = min((one["listened_at"] for one in listens), default=0)
        return Reply({"payload": payload})

    return answer


def payload(*listens, **more):
    return Reply({"payload": {"count": len(listens), "listens": list(listens), **more}})


@given(
    # At most two of a kind in a second, so that no second is longer than a page.
    st.lists(st.tuples(st.integers(0, 12), st.integers(0, 2)), max_size=30, unique=True),
    st.booleans(),
    st.none() | st.integers(-1, 13),
)
def test_no_play_is_lost_or_told_twice_wherever_a_page_ends(played, tells_the_first, since):
    listens = [listen(NOON + second, track=f"song {second}-{n}") for second, n in played]
    server = OwnServer(history(listens, tells_the_first=tells_the_first))
    page, module.PAGE = module.PAGE, 4
    try:
        newer_than = None if since is None else moment(NOON + since)
        pages = list(listenbrainz(server.url).pages("kim", newer_than=newer_than))
    finally:
        module.PAGE = page
        server.stop()
    told = [row["track_name"] for page in pages for row in page.rows]
    least = -1 if since is None else since
    assert sorted(told) == sorted(f"song {second}-{n}" for second, n in played if second > least)
    # Whoever stops between two pages and goes on by their ends loses nothing either.
    ends = [(page.newest, page.oldest) for page in pages if page.oldest]
    assert all(later[0] < earlier[1] for earlier, later in pairwise(ends))


def test_what_is_new_since_the_last_time_costs_one_call(serve):
    server = serve(history([listen(NOON + minute * 60) for minute in range(2500)]))
    since = moment(NOON + 2400 * 60)
    pages = list(listenbrainz(server.url).pages("kim", newer_than=since))
    assert [len(page.rows) for page in pages] == [99]
    assert len(server.requests) == 1
    assert server.requests[0].query == {"count": "1000"}
    assert pages[0].newest == moment(NOON + 2499 * 60)


def test_a_long_history_costs_a_call_for_a_thousand_plays(serve):
    server = serve(history([listen(NOON + minute * 60) for minute in range(2500)]))
    rows = [row for page in listenbrainz(server.url).pages("kim") for row in page.rows]
    assert len({row["reported_at"] for row in rows}) == len(rows) == 2500
    assert len(server.requests) == 3


@pytest.mark.parametrize("tells_the_first", [True, False])
def test_an_empty_history_is_none_and_no_failure(serve, tells_the_first):
    server = serve(history([], tells_the_first=tells_the_first))
    (page,) = listenbrainz(server.url).pages("kim")
    assert (page.rows, page.oldest, page.count, page.has_more) == ([], None, 0, False)


def test_what_cannot_be_read_costs_itself_and_is_counted(serve):
    odd = [listen(None), listen(NOON, track=None), "odd", listen(NOON + 1)]
    client = listenbrainz(serve(payload(*odd, oldest_listen_ts=NOON)).url)
    page = client.listens("kim")
    assert [row["reported_at"] for row in page.rows] == [moment(NOON + 1)]
    assert page.unreadable == client.usage.malformed == 3
    assert page.count == 4


@pytest.mark.parametrize(
    "reply",
    [Reply({}), Reply({"payload": {}}), Reply({"payload": {"listens": {}}}), payload("x", None)],
)
def test_an_answer_without_plays_is_not_taken_for_an_empty_history(serve, reply):
    with pytest.raises(BadAnswer, match="ListenBrainz"):
        listenbrainz(serve(reply).url).listens("kim")


def test_a_service_that_repeats_its_newest_plays_is_not_asked_for_ever(serve):
    server = serve(payload(listen(NOON), listen(NOON - 60)))
    with pytest.raises(BadAnswer, match="of the time that was asked for"):
        list(listenbrainz(server.url).pages("kim"))
    assert len(server.requests) < 4


@pytest.mark.parametrize(
    ("reply", "is_listeners", "kind", "words"),
    [
        (Reply({"code": 404, "error": "Cannot find user: kim"}, 404), True, NotFound, "removed"),
        (Reply({"code": 403, "error": "Private"}, 403), True, Permanent, "own token"),
        (Reply({"code": 401, "error": "Invalid"}, 401), True, WrongKey, "this listener's token"),
        (Reply({"code": 401, "error": "Invalid"}, 401), False, WrongKey, "LISTENBRAINZ_TOKEN"),
        (Reply({}, 503), True, Transient, "503"),
    ],
)
def test_why_a_history_cannot_be_read_is_told_without_whose_it_is(
    serve, reply, is_listeners, kind, words
):
    client = listenbrainz(serve(reply).url, is_listeners=is_listeners)
    with pytest.raises(SourceError, match=words) as caught:
        client.listens("kim")
    assert type(caught.value) is kind
    told = f"{caught.value} {caught.value.what} {caught.value.__context__!r} {client!r}"
    assert "kim" not in told
    assert TOKEN not in told


def test_a_token_is_sent_as_listenbrainz_wants_it_and_never_in_an_address(serve):
    server = serve(payload())
    listenbrainz(server.url).listens("kim & co")
    (request,) = server.requests
    assert request.headers["Authorization"] == f"Token {TOKEN}"
    assert request.path == "/1/user/kim%20%26%20co/listens"
    assert TOKEN not in str(request.query)
    listenbrainz(server.url, token=None).listens("kim")
    assert "Authorization" not in server.requests[-1].headers


def test_a_token_with_blanks_is_refused_before_anything_is_sent():
    with pytest.raises(WrongKey, match="LISTENBRAINZ_TOKEN"):
        listenbrainz("http://127.0.0.1:1", token="a b")


def test_nothing_of_a_listener_is_kept_in_the_cache(serve, tmp_path):
    cache = ResponseCache(open_call_store(str(tmp_path)), clock=lambda: NOW)
    server = serve(payload(listen(NOON), oldest_listen_ts=NOON))
    for _ in range(2):
        listenbrainz(server.url, session=session("listenbrainz", cache=cache)).listens("kim")
    assert len(server.requests) == 2
    assert cache.entries() == []


def found(artist, title, index, number):
    return {
        "artist_name_arg": artist,
        "recording_name_arg": title,
        "index": index,
        "recording_mbid": mbid(number),
        "artist_mbids": [BAND, None],
        "recording_name": title.title(),
        "artist_credit_name": artist.title(),
    }


def test_songs_are_looked_up_by_fifty_and_come_back_in_their_order(serve):
    def answer(request):
        asked = request.json()["recordings"]
        rows = [{"index": n, "recording_name_arg": each["recording_name"]}
                for n, each in enumerate(asked)]  # fmt: skip
        for n, each in enumerate(asked):
            number = int(each["recording_name"].split()[1])
            if number % 3:
                rows[n] = found(each["artist_name"], each["recording_name"], n, number)
        return Reply(rows[::-1])

    server = serve(answer)
    pairs = [("a band", f"song {n}") for n in range(120)]
    answers = listenbrainz(server.url).lookup([*pairs, pairs[1], ("a" * 200, "b" * 51), ("", "x")])
    assert [len(request.json()["recordings"]) for request in server.requests] == [50, 50, 20]
    assert [one and one.recording_mbid for one in answers[:4]] == [None, mbid(1), mbid(2), None]
    assert answers[120] == answers[1]
    assert answers[121:] == [None, None]
    assert answers[1].artist_mbids == (BAND,)
    assert answers[1].recording_name == "Song 1"


def test_a_lookup_that_leaves_songs_out_is_not_believed(serve):
    with pytest.raises(BadAnswer, match="one answer for each song"):
        listenbrainz(serve(Reply([])).url).lookup([("a", "b")])


def test_without_a_token_a_lookup_says_where_one_is(serve):
    client = listenbrainz(serve(Reply({"code": 401, "error": "No token"}, 401)).url, token=None)
    with pytest.raises(WrongKey, match=r"listenbrainz\.org/settings"):
        client.lookup([("a", "b")])


def test_a_lookup_only_reads_and_is_sent_again_when_it_fails(serve):
    server = serve(Reply({}, 502), Reply([found("a", "b", 0, 1)]))
    assert listenbrainz(server.url).lookup([("a", "b")])[0].recording_mbid == mbid(1)


def test_popularity_is_asked_by_a_thousand_and_may_be_unknown(serve):
    def answer(request):
        asked = request.json()["artist_mbids"]
        counts = [(each, None if each == mbid(2) else 10**10) for each in asked]
        rows = [
            {"artist_mbid": each, "total_listen_count": count, "total_user_count": count and 7}
            for each, count in counts
        ]
        return Reply([*rows, {"artist_mbid": "odd"}, None])

    server = serve(answer)
    client = listenbrainz(server.url)
    known = client.popularity([mbid(n) for n in range(1500)])
    assert [len(request.json()["artist_mbids"]) for request in server.requests] == [1000, 500]
    assert known[mbid(1)] == Popularity(listeners=7, listens=10**10)
    assert known[mbid(2)] == Popularity(None, None)
    assert client.malformed == 4


@pytest.mark.parametrize(
    ("reply", "token", "kind"),
    [
        (Reply({"code": 200, "valid": True, "user_name": "kim"}), TOKEN, None),
        (Reply({"code": 200, "valid": False, "message": "Token invalid."}), TOKEN, WrongKey),
        (Reply({"code": 401, "error": "no"}, 401), TOKEN, WrongKey),
        (Reply({"code": 400, "error": "You need to provide a token"}, 400), None, None),
        (Reply({}, 503), None, Transient),
    ],
)
def test_a_check_tells_whether_the_service_answers_and_the_token_is_good(serve, reply, token, kind):
    client = listenbrainz(serve(reply).url, token=token)
    if kind is None:
        client.check()
    else:
        with pytest.raises(kind):
            client.check()


def _counted(tmp_path, sleeps):
    ledger = Ledger(
        open_call_store(str(tmp_path)), "listenbrainz@x", Allowance(), clock=lambda: NOW,
        sleep=sleeps,
    )  # fmt: skip
    return ledger, session("listenbrainz", ledger=ledger, sleep=sleeps, patience=61.0)


def test_a_window_that_is_full_is_waited_for_by_every_process(serve, tmp_path):
    headers = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset-In": "8"}
    answer = payload(listen(NOON), oldest_listen_ts=NOON)
    full = Reply(answer.body, 200, headers)
    server, sleeps = serve(full, answer), Sleeps()
    ledger, sending = _counted(tmp_path, sleeps)
    client = listenbrainz(server.url, session=sending)
    client.listens("kim")
    assert ledger.paused_until() == NOW + timedelta(seconds=8)
    assert sleeps == []
    client.listens("kim")
    assert sleeps == [8.0]


def test_a_429_without_retry_after_is_sat_out_as_its_header_says(serve, tmp_path):
    refusal = Reply({"code": 429}, 429, {"X-RateLimit-Reset-In": "9"})
    server, sleeps = serve(refusal, payload()), Sleeps()
    _, sending = _counted(tmp_path, sleeps)
    assert listenbrainz(server.url, session=sending).listens("kim").rows == []
    assert len(server.requests) == 2
    assert sum(sleeps) >= 9


def test_a_listen_mapped_to_musicbrainz_keeps_its_ids(serve):
    told = listen(NOON)
    told["track_metadata"]["mbid_mapping"] = {"recording_mbid": SONG, "artist_mbids": [BAND]}
    page = listenbrainz(serve(payload(told, oldest_listen_ts=NOON)).url).listens("kim")
    assert page.rows[0]["recording_mbid"] == SONG


def test_the_demo_s_listener_has_a_whole_history_and_their_songs_have_names(sandbox):
    client = clients.listenbrainz(sandbox)
    rows = [row for page in client.pages(LISTENBRAINZ_USER) for row in page.rows]
    told = [
        play for play in sandbox.state.listening.plays() if play.is_heard and not play.incognito
    ]
    assert len(rows) == len(told) > 1000
    assert client.malformed == 0
    assert {row["reported_means"] for row in rows} == {"end"}
    assert all(row["spotify_track_id"] and row["spotify_artist_ids"] for row in rows)
    pairs = sorted({(row["artist_name"], row["track_name"]) for row in rows if row["artist_mbids"]})
    found = client.lookup(pairs[:60])
    assert sum(one is not None for one in found) > 50
    artists = {row["artist_mbids"][0] for row in rows if row["artist_mbids"]}
    assert client.popularity(sorted(artists)).keys() == artists


def test_plays_that_are_private_are_read_with_their_listener_s_token(sandbox):
    with pytest.raises(Permanent, match="own token"):
        clients.listenbrainz(sandbox).listens(PRIVATE_USER)
    own = clients.listenbrainz(sandbox, token=LISTENBRAINZ_PRIVATE_TOKEN, is_listeners=True)
    assert own.listens(PRIVATE_USER).rows is not None
    with pytest.raises(NotFound):
        own.listens("nobody")
    wrong = clients.listenbrainz(sandbox, token="a-mistaken-one", is_listeners=True)
    with pytest.raises(WrongKey, match="this listener's token"):
        wrong.listens(LISTENBRAINZ_USER)
