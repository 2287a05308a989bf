"""What a 401 leads to, the same for whatever is asked of Spotify."""

from __future__ import annotations

import pytest
import requests.auth

from showlist_assets.sources.failures import BadAnswer, NotFound, TokenExpired, Transient
from showlist_assets.sources.http.bearer_token import BearerToken
from showlist_assets.sources.spotify.session import SpotifySession, unreadable
from showlist_assets_tests.sources.clients import session
from showlist_assets_tests.sources.conftest import Reply

EXPIRED = Reply({"error": {"status": 401, "message": "The access token expired"}}, 401)
GOOD = Reply({"id": "me"})


class Numbered(BearerToken):
    """Gives the token "token-1" until it is refused, then "token-2", and so on."""

    def __init__(self):
        super().__init__()
        self.number = 1

    def usable(self):
        if self._refused == f"token-{self.number}":
            self.number += 1
        return f"token-{self.number}"


class Fixed(requests.auth.AuthBase):
    def __call__(self, request):
        request.headers["Authorization"] = "Bearer a-token"
        return request


def spotify_over(token=None):
    sending = session("spotify")
    sending.authorize = token or Numbered()
    return SpotifySession(sending)


def tokens_seen(server):
    return [request.headers["Authorization"] for request in server.requests]


@pytest.mark.parametrize("verb", ["GET", "POST", "PUT", "DELETE"])
def test_a_request_whose_token_is_not_taken_is_sent_once_more_with_another(serve, verb):
    server = serve(EXPIRED, GOOD)
    answer = spotify_over().request(verb, f"{server.url}/v1/me", json={"a": 1})
    assert answer.json() == {"id": "me"}
    assert [request.method for request in server.requests] == [verb, verb]
    assert tokens_seen(server) == ["Bearer token-1", "Bearer token-2"]


@pytest.mark.parametrize("verb", ["GET", "POST", "PUT", "DELETE"])
def test_a_second_refusal_ends_it_and_may_be_tried_another_time(serve, verb):
    server = serve(EXPIRED)
    with pytest.raises(Transient, match="just given") as caught:
        spotify_over().request(verb, f"{server.url}/v1/me")
    assert len(server.requests) == 2
    assert caught.value.retryable
    assert (caught.value.status, caught.value.service) == (401, "spotify")
    assert "/v1/me" in caught.value.what
    assert "token-" not in str(caught.value)
    assert caught.value.__context__ is None


def test_the_new_token_stays_in_use(serve):
    server = serve(EXPIRED, GOOD)
    spotify = spotify_over()
    for _ in range(3):
        spotify.request("GET", f"{server.url}/v1/me")
    assert tokens_seen(server) == ["Bearer token-1"] + ["Bearer token-2"] * 3


def test_any_other_failure_is_told_at_once_and_costs_no_token(serve):
    server = serve(Reply({"error": {"status": 404, "message": "Not found"}}, 404))
    with pytest.raises(NotFound):
        spotify_over().request("GET", f"{server.url}/v1/me")
    assert len(server.requests) == 1


def test_a_failure_of_the_second_attempt_is_told_as_what_it_is(serve):
    server = serve(EXPIRED, Reply({"error": {"status": 404, "message": "Not found"}}, 404))
    with pytest.raises(NotFound):
        spotify_over().request("GET", f"{server.url}/v1/me")


def test_a_token_that_nobody_can_renew_is_not_tried_twice(serve):
    server = serve(EXPIRED)
    with pytest.raises(TokenExpired):
        spotify_over(Fixed()).request("GET", f"{server.url}/v1/me")
    assert len(server.requests) == 1


def test_whatever_sends_is_called_again_not_only_a_request():
    calls = []

    def send():
        calls.append(1)
        if len(calls) == 1:
            raise TokenExpired("old", service="spotify")
        return "good"

    sending = session("spotify")
    sending.authorize = Numbered()
    assert SpotifySession(sending).renewing(send) == "good"


def test_an_answer_that_cannot_be_read_says_what_was_expected_and_what_to_check():
    failure = unreadable("a page")
    assert isinstance(failure, BadAnswer)
    assert "not a page" in str(failure)
    assert "SHOWLIST_SPOTIFY_URL" in str(failure)
    assert failure.what == "reading a page"
    assert unreadable("tokens", what="fetching a token").what == "fetching a token"
