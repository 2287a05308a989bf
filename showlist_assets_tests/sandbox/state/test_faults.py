from __future__ import annotations

import time

import pytest
import requests

from showlist_assets_tests.sandbox.clients import control, seatgeek, spotify
from showlist_assets_tests.sandbox.listeners import ListenerClient


def artists(sandbox):
    return spotify(sandbox, "/v1/search", q="x", type="artist")


def test_a_rate_limit_hits_as_often_as_ordered_and_then_no_more(sandbox):
    sandbox.fault("spotify", "rate_limit", times=2, retry_after=7)
    answers = [artists(sandbox) for _ in range(3)]
    assert [one.status_code for one in answers] == [429, 429, 200]
    assert answers[0].headers["Retry-After"] == "7"


def test_a_fault_spoils_only_its_endpoint_and_may_come_late(sandbox):
    sandbox.fault("seatgeek", "status", endpoint="/2/venues", status=502, skip=1)
    assert seatgeek(sandbox).status_code == 200
    codes = [seatgeek(sandbox, "/2/venues").status_code for _ in range(3)]
    assert codes == [200, 502, 200]


def test_a_spent_quota_carries_its_reason_and_a_long_wait(sandbox):
    sandbox.fault("spotify", "quota_exceeded")
    answer = artists(sandbox)
    assert answer.json()["error"]["reason"] == "QUOTA_EXCEEDED"
    assert int(answer.headers["Retry-After"]) > 3600


def test_a_reset_connection_is_a_reset_connection(sandbox):
    sandbox.fault("seatgeek", "reset")
    with pytest.raises(requests.ConnectionError):
        seatgeek(sandbox)
    assert seatgeek(sandbox).status_code == 200
    assert sandbox.requests("seatgeek", "/2/events", "reset") == 1


def test_a_lost_answer_is_one_to_a_request_that_was_carried_out(sandbox):
    listener = ListenerClient(sandbox)
    sandbox.fault("spotify", "lost", method="POST", endpoint="/v1/me/playlists")
    assert listener("GET", "/me/playlists").status_code == 200
    with pytest.raises(requests.ConnectionError):
        listener.json("POST", "/me/playlists", name="Shows")
    assert [playlist.name for playlist in sandbox.listeners.playlists()] == ["Shows"]
    assert sandbox.writes() == 1


def test_a_truncated_body_is_shorter_than_its_length_says(sandbox):
    sandbox.fault("seatgeek", "truncated")
    with pytest.raises((requests.ConnectionError, requests.exceptions.ChunkedEncodingError)):
        seatgeek(sandbox)


@pytest.mark.parametrize("kind", ["cut_json", "not_json"])
def test_a_whole_answer_may_still_be_no_json(sandbox, kind):
    sandbox.fault("seatgeek", kind)
    answer = seatgeek(sandbox)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("application/json")
    with pytest.raises(requests.exceptions.JSONDecodeError):
        answer.json()


def test_a_web_page_may_come_with_200(sandbox):
    sandbox.fault("seatgeek", "web_page")
    answer = seatgeek(sandbox)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/html")


@pytest.mark.parametrize(
    ("service", "kind", "content_type", "text"),
    [
        ("seatgeek", "captcha", "text/html", "px-captcha"),
        ("spotify", "not_premium", "text/plain", "Active premium subscription required"),
        ("spotify", "not_allowlisted", "text/plain", "not registered"),
    ],
)
def test_a_403_need_not_be_json(sandbox, service, kind, content_type, text):
    sandbox.fault(service, kind)
    answer = seatgeek(sandbox) if service == "seatgeek" else artists(sandbox)
    assert answer.status_code == 403
    assert answer.headers["Content-Type"].startswith(content_type)
    assert text in answer.text


@pytest.mark.parametrize(
    ("kind", "message"),
    [
        ("forbidden", "Forbidden"),
        ("insufficient_scope", "Insufficient client scope"),
        ("not_owner", "You cannot add tracks to a playlist you don't own."),
    ],
)
def test_a_refusal_in_json_has_spotify_s_shape(sandbox, kind, message):
    sandbox.fault("spotify", kind)
    answer = artists(sandbox)
    assert answer.status_code == 403
    assert answer.json() == {"error": {"status": 403, "message": message}}
    assert artists(sandbox).status_code == 200


def test_an_ended_permission_is_told_as_oauth_does(sandbox):
    sandbox.fault("accounts", "invalid_grant")
    answer = requests.post(f"{sandbox.url}/accounts/api/token", timeout=10)
    assert answer.status_code == 400
    assert answer.json()["error"] == "invalid_grant"


def test_wrong_types_are_valid_json_of_another_shape(sandbox):
    good = seatgeek(sandbox).json()
    sandbox.fault("seatgeek", "wrong_types")
    odd = seatgeek(sandbox).json()
    assert set(odd) == set(good)
    assert isinstance(odd["events"], str)
    assert odd["meta"]["total"] == {"value": good["meta"]["total"]}


def test_a_malformed_item_stands_among_good_ones(sandbox):
    good = seatgeek(sandbox).json()
    sandbox.fault("seatgeek", "malformed_item")
    odd = seatgeek(sandbox).json()
    assert odd["meta"] == good["meta"]
    assert odd["events"][1:] == good["events"][1:]
    first, meant = odd["events"][0], good["events"][0]
    assert set(first) == set(meant)
    assert all(type(first[name]) is not type(meant[name]) for name in meant)


def test_odd_items_stand_among_all_the_good_ones(sandbox):
    good = seatgeek(sandbox, per_page=500).json()
    sandbox.fault("seatgeek", "odd_items", times=2)
    odd = seatgeek(sandbox, per_page=500).json()
    last = seatgeek(sandbox, per_page=500, page=2).json()
    assert odd["meta"]["total"] == len(odd["events"]) + len(last["events"]) > good["meta"]["total"]
    kinds = {type(event) for event in odd["events"]}
    assert kinds >= {type(None), str, int, list, dict}
    listed = [event for event in odd["events"] if isinstance(event, dict)]
    ids = [event.get("id") for event in listed]
    assert {event["id"] for event in good["events"]} < set(ids)
    assert None in ids
    assert any(event["venue"].get("country") == "Germany" for event in listed if event.get("venue"))


def test_a_hostile_page_calls_itself_json(sandbox):
    sandbox.fault("spotify", "hostile_page")
    answer = artists(sandbox)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("application/json")
    assert "<script>" in answer.text


def test_an_empty_page_keeps_its_total(sandbox):
    good = seatgeek(sandbox).json()
    sandbox.fault("seatgeek", "empty_page")
    assert seatgeek(sandbox).json() == {**good, "events": []}


def test_a_duplicate_page_is_the_one_before(sandbox):
    first = seatgeek(sandbox, page=1).json()
    second = seatgeek(sandbox, page=2).json()
    sandbox.fault("seatgeek", "duplicate_page", times=2)
    assert seatgeek(sandbox, page=2).json()["events"] == first["events"] != second["events"]
    assert seatgeek(sandbox, page=1).json()["events"] == first["events"]


def test_a_refusal_stays_as_it_is_where_a_body_was_to_be_rewritten(sandbox):
    sandbox.fault("spotify", "wrong_types")
    answer = spotify(sandbox, "/v1/search", q="x", type="nothing")
    assert answer.status_code == 400
    assert isinstance(answer.json()["error"]["status"], int)


def test_a_late_answer_runs_into_a_timeout_but_is_right(sandbox):
    sandbox.fault("seatgeek", "late", seconds=0.2)
    began = time.monotonic()
    assert seatgeek(sandbox).status_code == 200
    assert time.monotonic() - began >= 0.2


def test_faults_can_be_ordered_seen_and_called_off_over_http(sandbox):
    ordered = control(sandbox, "POST", "faults", service="spotify", kind="status", status=500)
    assert ordered["faults"][0]["status"] == 500
    assert control(sandbox, "DELETE", "faults") == {"faults": []}
    assert artists(sandbox).status_code == 200


@pytest.mark.parametrize(
    "order", [{"service": "spotify", "kind": "meteor"}, {"service": "napster", "kind": "reset"}]
)
def test_an_unknown_fault_is_refused_by_name(sandbox, order):
    answer = requests.post(f"{sandbox.url}/_sandbox/faults", json=order, timeout=10)
    assert answer.status_code == 400
    assert "Unknown" in answer.json()["error"]
