from __future__ import annotations

import json

import pytest
import requests
from hypothesis import example, given
from hypothesis import strategies as st

from showlist_assets.sources.failures import (
    BadAnswer,
    BotWall,
    EndpointGone,
    NeedsConsent,
    NeedsScope,
    NotAllowlisted,
    NotOwner,
    NotPremium,
    Permanent,
    QuotaExceeded,
    RateLimited,
    SourceError,
    TokenExpired,
    WrongKey,
)
from showlist_assets.sources.http.diagnosis import LONG_WAIT, failure_from, quota_told
from showlist_assets_tests.sources.clients import Sleeps, session
from showlist_assets_tests.sources.conftest import Reply

ARTIST = "/v1/artists/0TnOYISbd1XYRBk9myaseg"
PLAYLIST = "/v1/playlists/37i9dQZF1DXcBWIGoYBM5M"
TEXT, HTML = {"Content-Type": "text/plain"}, {"Content-Type": "text/html"}
PREMIUM = (
    "Active premium subscription required for the owner of the app. When the subscription status "
    "changes, it can take a few hours before requests are allowed again."
)


def error(message, status=403, **more):
    return Reply({"error": {"status": status, "message": message, **more}}, status)


def answered(body=b"", status=200, *, url=f"https://api.example{ARTIST}", **headers):
    """An answer that nobody sent."""
    response = requests.Response()
    response.status_code = status
    response.headers.update(headers)
    response.request = requests.Request("GET", url).prepare()
    response.url = response.request.url
    response._content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return response


def diagnosed(body=b"", status=403, *, service="spotify", path=ARTIST, **headers):
    """The failure that an answer means, without sending it anywhere."""
    response = requests.Response()
    response.status_code = status
    response.headers.update(headers)
    response.encoding = requests.utils.get_encoding_from_headers(response.headers)
    response.request = requests.Request("GET", f"https://api.example{path}").prepare()
    response.url = response.request.url
    response._content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return failure_from(response, service=service, what=f"asking for {path}")


@pytest.mark.parametrize(
    ("path", "reply", "kind"),
    [
        (f"{ARTIST}/top-tracks", error("Forbidden"), EndpointGone),
        (f"{ARTIST}/top-tracks", error("Forbidden."), EndpointGone),
        (f"{PLAYLIST}/tracks", error("Forbidden"), EndpointGone),
        (f"{PLAYLIST}/followers", error("Forbidden"), EndpointGone),
        ("/v1/me/playlists", error("Forbidden"), EndpointGone),
        (PLAYLIST, error("Forbidden"), NotOwner),
        (f"{PLAYLIST}/items", error("Forbidden"), NotOwner),
        (f"{PLAYLIST}/images", error("Forbidden"), NotOwner),
        (
            f"{PLAYLIST}/items",
            error("You cannot add tracks to a playlist you don't own."),
            NotOwner,
        ),
        (f"{PLAYLIST}/items", error("You are not the owner of this playlist"), NotOwner),
        ("/v1/users/x", error("You cannot create a playlist for another user"), NotOwner),
        ("/v1/me/playlists", error("Insufficient client scope"), NeedsScope),
        (f"{PLAYLIST}/items", error("Insufficient client scope"), NeedsScope),
        ("/v1/search", Reply(PREMIUM, 403, TEXT), NotPremium),
        (f"{PLAYLIST}/items", Reply(PREMIUM, 403, TEXT), NotPremium),
        (
            "/v1/me",
            Reply("User not registered in the Developer Dashboard", 403, TEXT),
            NotAllowlisted,
        ),
        (
            "/v1/me",
            Reply("Check settings on the dashboard, the user may not be registered.", 403, TEXT),
            NotAllowlisted,
        ),
        # A page that calls itself JSON, behind the mark that some programs begin UTF-8 with.
        ("/v1/search", Reply("\ufeff\n<script>1</script>", 400), BotWall),
        ("/v1/search", Reply("<html>Access denied</html>", 403, HTML), BotWall),
        ("/v1/search", Reply("RBAC: access denied", 403, TEXT), Permanent),
        ("/v1/search", Reply("", 403), Permanent),
        ("/v1/search", error("Bad OAuth request"), Permanent),
        ("/v1/search", error("Access token missing", 401), TokenExpired),
        ("/v1/search", Reply("", 401), TokenExpired),
        ("/api/token", Reply({"error": "invalid_grant"}, 400), NeedsConsent),
        (
            "/api/token",
            Reply({"error": "invalid_grant", "error_description": "Refresh token expired"}, 400),
            NeedsConsent,
        ),
        ("/api/token", Reply({"error": "invalid_client"}, 400), WrongKey),
        ("/api/token", Reply({"error": "unsupported_grant_type"}, 400), Permanent),
    ],
)
def test_spotify_s_refusals_are_told_apart_by_their_words_and_their_path(serve, path, reply, kind):
    server = serve(reply)
    with pytest.raises(SourceError) as caught:
        session("spotify").get(f"{server.url}{path}")
    assert type(caught.value) is kind
    assert path in caught.value.what


@pytest.mark.parametrize(
    ("reply", "remedy"),
    [
        (Reply({"error": "invalid_grant"}, 400), "Log in to Spotify again"),
        (error("Insufficient client scope"), "agree"),
        (error("You don't own it"), "somebody else's"),
    ],
)
def test_what_a_listener_has_to_do_is_in_the_message(serve, reply, remedy):
    with pytest.raises(SourceError, match=remedy):
        session("spotify").get(f"{serve(reply).url}{PLAYLIST}/items")


@pytest.mark.parametrize("service", ["seatgeek", "reccobeats"])
@pytest.mark.parametrize(
    "body",
    [
        PREMIUM.encode(),
        {"error": {"message": "Forbidden"}},
        {"error": "invalid_grant"},
        {"message": "scope"},
    ],
)
def test_what_spotify_means_by_its_words_no_other_service_means(service, body):
    assert type(diagnosed(body, service=service)) is Permanent


def test_an_ended_permission_is_never_asked_about_again(serve):
    server, sleeps = serve(Reply({"error": "invalid_grant"}, 400)), Sleeps()
    with pytest.raises(NeedsConsent):
        session("spotify", sleep=sleeps).post(
            f"{server.url}/api/token", data={"grant_type": "refresh_token"}
        )
    assert len(server.requests) == 1
    assert sleeps == []


@pytest.mark.parametrize(
    "body",
    [
        {"error": "Forbidden, in one word"},
        {"error": ["Forbidden"]},
        {"error": 403},
        {"error": None},
        {"error": {"status": "403", "message": ["Forbidden"]}},
        {"error": {"message": None, "reason": {}}},
        ["Forbidden"],
        "Forbidden",
        403,
        None,
    ],
)
def test_an_odd_refusal_is_final_and_told_in_its_own_words(body):
    failure = diagnosed(body)
    assert type(failure) is Permanent
    assert "answered 403" in str(failure)


@pytest.mark.parametrize(
    ("headers", "body", "kind", "wait"),
    [
        ({}, {}, RateLimited, None),
        ({"Retry-After": "7"}, {}, RateLimited, 7),
        ({"Retry-After": str(int(LONG_WAIT))}, {}, RateLimited, LONG_WAIT),
        ({"Retry-After": "61"}, {}, QuotaExceeded, 61),
        ({"Retry-After": "86400"}, {}, QuotaExceeded, 86_400),
        ({}, {"error": {"reason": "QUOTA_EXCEEDED"}}, QuotaExceeded, None),
        ({"Retry-After": "1"}, {"error": {"reason": "QUOTA_EXCEEDED"}}, QuotaExceeded, 1),
        ({"Retry-After": "-5"}, b"slow down", RateLimited, None),
        ({"Retry-After": "Fri, 31 Dec 1999 23:59:59 GMT"}, b"<html>", RateLimited, 0),
        ({}, {"error": "QUOTA_EXCEEDED"}, RateLimited, None),
        ({}, {"error": {"reason": ["QUOTA_EXCEEDED"]}}, RateLimited, None),
    ],
)
def test_a_429_is_a_pause_or_the_end_of_the_day(headers, body, kind, wait):
    failure = diagnosed(body, 429, **headers)
    assert type(failure) is kind
    assert failure.retry_after == wait


@pytest.mark.parametrize("seconds", ["1764000000", "9" * 40, "9" * 5000])
def test_a_nonsense_wait_closes_no_api_for_years(seconds):
    wait = diagnosed({"error": {"reason": "QUOTA_EXCEEDED"}}, 429, **{"Retry-After": seconds})
    assert wait.retry_after is None or wait.retry_after <= 2 * 86_400


def test_json_that_exhausts_the_stack_is_a_bad_answer():
    assert type(diagnosed(b"[" * 100_000, 200)) is BadAnswer


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
answers_of_spotify = st.fixed_dictionaries(
    {},
    optional={
        "error": json_values
        | st.fixed_dictionaries(
            {}, optional={"message": json_values, "reason": json_values, "status": json_values}
        ),
        "error_description": json_values,
        "message": json_values,
    },
)
charsets = st.sampled_from(["utf-8", "utf-16", "latin-1", "undefined", "idna", "hex", "no-such"])


@given(
    body=st.binary(max_size=60) | answers_of_spotify | json_values,
    status=st.integers(200, 599),
    service=st.sampled_from(["seatgeek", "spotify", "reccobeats"]),
    kind=st.sampled_from(["application/json", "text/plain", "text/html", ""]),
    charset=charsets,
    wait=st.none() | st.text("0123456789.-+einfax ", max_size=12),
    path=st.sampled_from([ARTIST, f"{PLAYLIST}/items", "/api/token", "/2/events"]),
)
@example(b"\xff\xfe", 403, "spotify", "text/plain", "undefined", None, ARTIST)
@example(b"\xff" * 9, 418, "seatgeek", "application/json", "idna", "1e9", "/2/events")
def test_whatever_comes_means_one_of_the_known_failures(
    body, status, service, kind, charset, wait, path
):
    headers = {"Content-Type": f"{kind}; charset={charset}"}
    if wait is not None:
        headers["Retry-After"] = wait
    failure = diagnosed(body, status, service=service, path=path, **headers)
    assert isinstance(failure, SourceError)
    assert failure.status == status
    assert len(str(failure)) < 700


NOON = "Fri, 20 Nov 2026 12:00:00 GMT"
AT_THREE = "1795186800000"


def fault(code, words="no"):
    return {"fault": {"faultstring": words, "detail": {"errorcode": code}}}


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({"Rate-Limit-Reset": AT_THREE, "Date": NOON}, 3 * 3600),
        ({"Rate-Limit-Reset": AT_THREE, "Date": NOON, "Retry-After": "120"}, 120),
        ({"Rate-Limit-Reset": AT_THREE}, None),
        ({"Rate-Limit-Reset": AT_THREE, "Date": "noon"}, None),
        ({"Rate-Limit-Reset": "soon", "Date": NOON}, None),
        ({"Rate-Limit-Reset": "0", "Date": NOON}, None),
        ({"Rate-Limit-Reset": "9" * 15, "Date": NOON}, None),
        ({"Rate-Limit-Reset": "9" * 5000, "Date": NOON}, None),
        ({}, None),
    ],
)
def test_a_gateways_quota_ends_when_the_answer_says_so(headers, wait):
    body = fault("policies.ratelimit.QuotaViolation", "Identifier : a-hidden-key")
    failure = diagnosed(body, 429, service="ticketmaster", **headers)
    assert isinstance(failure, QuotaExceeded)
    assert failure.retry_after == wait
    assert "a-hidden-key" not in str(failure)


@pytest.mark.parametrize(
    ("body", "headers", "kind"),
    [
        (fault("policies.ratelimit.SpikeArrestViolation"), {}, RateLimited),
        (
            fault("policies.ratelimit.SpikeArrestViolation"),
            {"Rate-Limit-Available": "0"},
            RateLimited,
        ),
        ({}, {"Rate-Limit-Available": "0"}, QuotaExceeded),
        ({}, {"Rate-Limit-Available": "-3"}, QuotaExceeded),
        ({}, {"Rate-Limit-Available": "17"}, RateLimited),
        ({}, {"Rate-Limit-Available": "few"}, RateLimited),
        ({"fault": "QuotaViolation"}, {}, RateLimited),
        ({"fault": {"detail": ["QuotaViolation"]}}, {}, RateLimited),
    ],
)
def test_the_two_kinds_of_a_gateways_429_are_told_apart(body, headers, kind):
    assert type(diagnosed(body, 429, service="ticketmaster", **headers)) is kind


@pytest.mark.parametrize(
    ("headers", "is_spent"),
    [
        ({"Rate-Limit-Available": "0", "Rate-Limit-Reset": AT_THREE, "Date": NOON}, True),
        ({"Rate-Limit-Available": "1"}, False),
        ({"Rate-Limit-Available": "many"}, False),
        ({}, False),
    ],
)
def test_a_good_answer_tells_that_it_was_the_last(headers, is_spent):
    told = quota_told(answered({}, **headers), service="ticketmaster", what="asking")
    assert (told is not None) == is_spent
    if told:
        assert told.retry_after == 3 * 3600


def test_the_reason_of_a_refusal_is_in_its_words():
    body = {"errors": [{"code": "DIS1035", "detail": "Max paging depth exceeded."}]}
    failure = diagnosed(body, 400, service="ticketmaster")
    assert "Max paging depth exceeded" in str(failure)
    assert "DIS1035" not in str(failure)


@pytest.mark.parametrize("key", ["a-hidden-key", "k+/=&%41'{}~"])
def test_a_key_of_the_query_is_blotted_out_of_whatever_is_repeated(key):
    request = requests.Request("GET", "https://api.example/v2/events.json", params={"apikey": key})
    url = request.prepare().url
    body = f"nothing for {key} at {url}".encode()
    failure = failure_from(
        answered(body, 400, url=url), service="ticketmaster", what="asking for events"
    )
    assert key not in str(failure)
    assert url.partition("apikey=")[2] not in str(failure)
    assert "nothing for ***" in str(failure)
