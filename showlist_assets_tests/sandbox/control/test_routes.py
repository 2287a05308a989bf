from __future__ import annotations

from datetime import datetime

from showlist_assets_tests.clock import NOW
from showlist_assets_tests.sandbox.clients import control, events, seatgeek, spotify


def test_requests_are_counted_by_template_and_status(sandbox):
    seatgeek(sandbox)
    seatgeek(sandbox, "/2/events/1")
    spotify(sandbox, "/v1/artists/unknown")
    spotify(sandbox, "/v1/recommendations")
    rows = control(sandbox, "GET", "requests")["requests"]
    counted = {(row["service"], row["path"], row["status"]): row["count"] for row in rows}
    assert counted == {
        ("accounts", "/api/token", 200): 2,
        ("seatgeek", "/2/events", 200): 1,
        ("seatgeek", "/2/events/{id}", 404): 1,
        ("spotify", "/v1/artists/{id}", 404): 1,
        ("spotify", "/v1/recommendations", 403): 1,
    }
    assert control(sandbox, "DELETE", "requests") == {"requests": []}


def test_nothing_the_control_surface_says_holds_a_credential(sandbox):
    seatgeek(sandbox, client_secret=sandbox.env()["SEATGEEK_CLIENT_SECRET"])
    spotify(sandbox, "/v1/artists/x")
    said = str([control(sandbox, "GET", path) for path in ("requests", "faults", "limits")])
    assert not any(value in said for name, value in sandbox.env().items() if "CLIENT" in name)


def test_the_clock_is_set_and_moved_over_http(sandbox):
    control(sandbox, "POST", "clock", now="2027-01-01T00:00:00Z")
    moved = control(sandbox, "POST", "clock", advance_seconds=3600)
    assert moved["now"].startswith("2027-01-01T01:00")
    assert "error" in control(sandbox, "POST", "clock", tomorrow=True)
    control(sandbox, "POST", "reset")
    assert datetime.fromisoformat(control(sandbox, "GET", "clock")["now"]) == NOW


def test_a_reset_says_that_playlists_are_gone_with_the_rest(sandbox):
    sandbox.listeners.create_playlist("Mine")
    told = control(sandbox, "POST", "reset")
    assert told["forgotten"] == {"playlists": 1}
    assert "playlists are gone" in told["words"]
    assert not sandbox.listeners.playlists()


def test_an_event_can_be_cancelled_moved_and_removed_until_the_reset(sandbox):
    before = events(sandbox)
    one, other = before[0], before[1]
    control(sandbox, "POST", f"events/{one['id']}", status="cancelled", move_days=7)
    control(sandbox, "POST", f"events/{other['id']}", removed=True)
    now = {event["id"]: event for event in events(sandbox)}
    assert now[one["id"]]["status"] == "cancelled"
    assert now[one["id"]]["datetime_utc"] > one["datetime_utc"]
    assert other["id"] not in now
    sandbox.reset()
    assert events(sandbox) == before
