from __future__ import annotations

import copy
import pickle
import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st

from showlist_assets.cli.reference_docs import failures_page, kinds_of_failure
from showlist_assets.sources.failures import (
    BadAnswer,
    BotWall,
    BudgetSpent,
    EndpointGone,
    NeedsConsent,
    NeedsScope,
    NotAllowlisted,
    NotFound,
    NotOwner,
    NotPremium,
    Permanent,
    QuotaExceeded,
    RateLimited,
    SourceError,
    TokenExpired,
    Transient,
    Unreachable,
    WrongKey,
    WrongSetting,
    refuse_unusable_keys,
    without_secrets,
)
from showlist_assets_tests.sources.clients import seatgeek, session, spotify
from showlist_assets_tests.sources.conftest import Reply

NOT_PREMIUM = "Active premium subscription required for the owner of the app."
NOT_REGISTERED = "User not registered in the Developer Dashboard"
PAGE = "<!DOCTYPE html><title>Access denied</title>"
ALGORITHM = "session_based_days_75_session_300_contribution_5_threshold_10_limit_100"
HTML, TEXT = {"Content-Type": "text/html"}, {"Content-Type": "text/plain"}


def spotify_error(status, message, **more):
    return {"error": {"status": status, "message": message, **more}}


def failure_of(serve, service, reply, **options):
    server = serve(reply)
    with pytest.raises(SourceError) as caught:
        session(service, **options).get(f"{server.url}/2/events", params={"page": 7})
    return caught.value


@pytest.mark.parametrize(
    ("service", "reply", "kind"),
    [
        ("seatgeek", Reply("", 500), Transient),
        ("seatgeek", Reply(PAGE, 502, HTML), Transient),
        ("seatgeek", Reply("", 408), Transient),
        ("seatgeek", Reply("{", 200), BadAnswer),
        ("seatgeek", Reply("", 200), BadAnswer),
        ("seatgeek", Reply("pong", 200, TEXT), BadAnswer),
        ("seatgeek", Reply(PAGE, 200, HTML), BotWall),
        ("seatgeek", Reply(PAGE, 200, TEXT), BotWall),
        ("seatgeek", Reply(PAGE, 403, HTML), BotWall),
        ("seatgeek", Reply({"message": "Client is required", "errors": []}, 403), WrongKey),
        ("seatgeek", Reply({}, 401), WrongKey),
        ("seatgeek", Reply({"message": "Forbidden"}, 403), Permanent),
        ("seatgeek", Reply({"message": "per_page is too large"}, 400), Permanent),
        ("seatgeek", Reply("", 404), NotFound),
        ("seatgeek", Reply(PAGE, 404, HTML), NotFound),
        ("spotify", Reply(spotify_error(429, "API rate limit exceeded"), 429), RateLimited),
        ("spotify", Reply("", 429, {"Retry-After": "3"}), RateLimited),
        ("spotify", Reply("", 429, {"Retry-After": "soon"}), RateLimited),
        ("spotify", Reply("", 429, {"Retry-After": "79200"}), QuotaExceeded),
        (
            "spotify",
            Reply("", 429, {"Retry-After": "Fri, 31 Dec 2100 23:59:59 GMT"}),
            QuotaExceeded,
        ),
        ("spotify", Reply(spotify_error(429, "x", reason="QUOTA_EXCEEDED"), 429), QuotaExceeded),
        ("spotify", Reply(spotify_error(401, "The access token expired"), 401), TokenExpired),
        ("spotify", Reply({"error": "invalid_client"}, 400), WrongKey),
        ("spotify", Reply({"error": "invalid_client"}, 401), WrongKey),
        ("spotify", Reply(NOT_PREMIUM, 403, TEXT), NotPremium),
        ("spotify", Reply(NOT_REGISTERED, 403, TEXT), NotAllowlisted),
        ("spotify", Reply("the user may not be registered", 403, TEXT), NotAllowlisted),
        ("spotify", Reply(spotify_error(403, "Forbidden"), 403), EndpointGone),
        ("spotify", Reply(spotify_error(400, "Invalid limit"), 400), Permanent),
        ("spotify", Reply([1], 418), Permanent),
        ("reccobeats", Reply({"error": "ids: too many", "status": 4001}, 400), Permanent),
        ("listenbrainz", Reply({"code": 401, "error": "Invalid"}, 401), WrongKey),
        ("listenbrainz_labs", Reply({"error": f"one of {ALGORITHM}"}, 400), WrongSetting),
        ("listenbrainz_labs", Reply({"error": "artist_mbids: no UUID"}, 400), Permanent),
        ("listenbrainz", Reply({"error": f"one of {ALGORITHM}"}, 400), Permanent),
    ],
)
def test_each_answer_means_one_failure(serve, service, reply, kind):
    failure = failure_of(serve, service, reply)
    assert type(failure) is kind
    assert failure.service == service
    assert failure.status == reply.status
    assert failure.what == "asking for /2/events (page=7)"


@pytest.mark.parametrize("kind", [Transient, BadAnswer, RateLimited, Unreachable])
def test_what_passes_by_itself_may_be_retried(kind):
    assert kind.retryable


@pytest.mark.parametrize(
    "kind",
    [
        QuotaExceeded,
        BudgetSpent,
        WrongKey,
        NeedsConsent,
        NeedsScope,
        NotOwner,
        NotPremium,
        NotAllowlisted,
        EndpointGone,
        BotWall,
        NotFound,
        Permanent,
        WrongSetting,
    ],
)
def test_what_does_not_pass_by_itself_is_not_retried(kind):
    assert not kind.retryable


@pytest.mark.parametrize("kind", kinds_of_failure())
def test_every_failure_says_for_itself_how_it_looks_and_what_follows(kind):
    assert {"looks_like", "what_follows", "__doc__"} <= vars(kind).keys()


def test_the_page_of_failures_has_a_row_for_each_with_no_cell_missing():
    rows = [line for line in failures_page().splitlines() if line.startswith("| `")]
    assert len(rows) == len(kinds_of_failure())
    assert {row.count("|") for row in rows} == {7}


def test_whoever_stops_a_source_does_so_for_the_day_or_until_it_is_mended():
    both = [kind for kind in kinds_of_failure() if kind.ends_the_day and kind.source_is_down]
    assert both == []


def test_a_long_wait_is_told_in_hours(serve):
    failure = failure_of(serve, "spotify", Reply("", 429, {"Retry-After": "79200"}))
    assert failure.retry_after == 79_200
    assert "for 22.0 hours" in str(failure)
    assert failure.ends_the_day


@pytest.mark.parametrize(
    ("service", "reply", "remedies"),
    [
        ("seatgeek", Reply({}, 401), ["SEATGEEK_CLIENT_ID", "SEATGEEK_CLIENT_SECRET"]),
        (
            "ticketmaster",
            Reply({"fault": {"faultstring": "Invalid ApiKey"}}, 401),
            ["TICKETMASTER_API_KEY", "https://developer.ticketmaster.com"],
        ),
        (
            "spotify",
            Reply({"error": "invalid_client"}, 400),
            ["SPOTIFY_CLIENT_ID", "SPOTIFY_CLIENT_SECRET"],
        ),
        ("spotify", Reply(spotify_error(403, "Forbidden"), 403), ["SHOWLIST_SPOTIFY_MODE"]),
        ("spotify", Reply(NOT_PREMIUM, 403), ["Renew"]),
        ("spotify", Reply(NOT_REGISTERED, 403), ["User Management"]),
        ("seatgeek", Reply(PAGE, 200, HTML), ["captcha", "SHOWLIST_SEATGEEK_URL"]),
        ("seatgeek", Reply({"message": "per_page is too large"}, 400), ["per_page is too large"]),
        ("seatgeek", Reply("", 503), ["SeatGeek answered 503", "page=7"]),
    ],
)
def test_a_message_says_what_failed_and_what_to_do(serve, service, reply, remedies):
    message = str(failure_of(serve, service, reply))
    for remedy in remedies:
        assert remedy in message


def closed_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


@pytest.mark.parametrize(
    ("client", "setting"),
    [(seatgeek, "SHOWLIST_SEATGEEK_URL"), (spotify, "SHOWLIST_SPOTIFY_ACCOUNTS_URL")],
)
def test_a_refused_connection_names_the_address_and_its_setting(client, setting):
    base = f"http://127.0.0.1:{closed_port()}"
    with pytest.raises(Unreachable) as caught:
        client(base).check()
    assert base in str(caught.value)
    assert setting in str(caught.value)
    assert caught.value.source_is_down


@pytest.mark.parametrize(
    "base",
    [
        "http://no-such-host.invalid",
        "http://",
        "http://[bad",
        "http://a host",
        "http://127.0.0.1:99999999",
        "ftp://127.0.0.1",
        "api.seatgeek.com",
        f"http://{'x' * 70}.example",
    ],
)
def test_an_address_that_leads_nowhere_is_unreachable(base):
    with pytest.raises(Unreachable, match="SHOWLIST_SEATGEEK_URL") as caught:
        seatgeek(base).check()
    assert base.rstrip("/") in str(caught.value)


def test_a_server_without_tls_has_no_trustworthy_certificate(serve):
    base = serve(Reply()).url.replace("http://", "https://")
    with pytest.raises(Unreachable, match="certificate"):
        seatgeek(base).check()


def test_a_login_in_an_address_is_not_told():
    base = f"http://somebody:hidden-word@127.0.0.1:{closed_port()}"
    with pytest.raises(Unreachable) as caught:
        session("reccobeats").get(f"{base}/v1/audio-features")
    assert "hidden-word" not in str(caught.value)


def test_an_api_that_circles_is_unreachable(serve):
    server = serve(lambda request: Reply("", 302, {"Location": request.path}))
    with pytest.raises(Unreachable, match="circles"):
        seatgeek(server.url).check()
    assert len(server.requests) < 10


@pytest.mark.parametrize("word", ["an-odd-id", "hidden-word", "YW4tb2RkLWlkOmhpZGRlbi13b3Jk"])
def test_an_api_that_repeats_our_credentials_does_not_get_them_told(serve, word):
    said = "No app an-odd-id with hidden-word (YW4tb2RkLWlkOmhpZGRlbi13b3Jk)"
    server = serve(Reply({"message": said}, 400))
    client = seatgeek(server.url, client_id="an-odd-id", client_secret="hidden-word")
    with pytest.raises(Permanent, match="No app") as caught:
        client.check()
    assert word not in repr(caught.value)


@given(
    st.sampled_from(["client_id", "client_secret", "apikey", "access_token", "refresh_token"]),
    st.sampled_from(["{}={}&page=2", '{{"{}": "{}"}}', "{}: {}", "?a=1&{}={}"]),
    st.text("abcdefghijklmnopqrstuvwxyzABCDEF0123456789-._", min_size=6),
)
def test_whatever_is_named_like_a_secret_is_blotted_out(name, form, secret):
    text = without_secrets(form.format(name, f"Q{secret}Z"))
    assert f"Q{secret}Z" not in text
    assert name in text


@pytest.mark.parametrize("header", ["Basic aWQ6c2VjcmV0LXdvcmQ=", "Bearer BQDf3.x-y_z~1234567890"])
def test_an_authorization_is_blotted_out(header):
    assert header.partition(" ")[2] not in without_secrets(f"sent 'Authorization': '{header}'")


@pytest.mark.parametrize("key", ["", " ", "two words", "line\n", "quote\u201d", "zero\u200bwidth"])
def test_a_key_that_cannot_be_sent_is_refused_by_name_and_not_told(key):
    with pytest.raises(WrongKey, match="SPOTIFY_CLIENT_SECRET") as caught:
        refuse_unusable_keys("spotify", "fine", key)
    assert not key.strip() or key not in str(caught.value)


def test_a_failure_survives_a_change_of_process():
    failure = RateLimited("Too many.", service="spotify", what="asking", status=429, retry_after=3)
    for twin in (pickle.loads(pickle.dumps(failure)), copy.copy(failure)):  # noqa: S301
        assert type(twin) is RateLimited
        assert (str(twin), vars(twin)) == (str(failure), vars(failure))


@pytest.mark.parametrize(
    "text",
    [
        "Authorization: Token 01234567-89ab-4cde-8f01-23456789abcd",
        "sent token 01234567-89AB-4CDE-8F01-23456789ABCD.",
    ],
)
def test_a_token_of_listenbrainz_is_blotted_out(text):
    assert "89ab" not in without_secrets(text).lower()


def test_a_sentence_about_tokens_stays_as_it_is():
    words = "The access token is not taken; a token differently spelled."
    assert without_secrets(words) == words
