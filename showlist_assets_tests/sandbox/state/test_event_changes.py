"""What happens to concerts between two looks: announced ones beside those that change."""

from __future__ import annotations

import pytest

from showlist_assets_tests.clock import NOW
from showlist_assets_tests.sandbox.clients import control, seatgeek


def test_a_bill_is_announced_at_another_house_and_both_sites_may_list_it(sandbox):
    bill, other = sandbox.world.events[0], sandbox.world.events[-1]
    new = control(
        sandbox, "POST", "events", bill_of=bill.id, venue=other.venue.id, date="2026-12-24"
    )
    assert new["status"] == "normal"
    told = seatgeek(sandbox, f"/2/events/{new['id']}").json()
    assert told["venue"]["id"] == other.venue.id
    assert told["datetime_local"] == "2026-12-24T20:00:00"
    assert [one["id"] for one in told["performers"]] == [one.id for one in bill.performers]
    assert told["created_at"][:19] == NOW.isoformat()[:19]
    sandbox.reset()
    assert new["id"] not in sandbox.state.events.by_id


@pytest.mark.parametrize("change", [{"venue": -1}, {"bill_of": -1}, {"date": "soon"}])
def test_what_cannot_be_announced_is_refused_and_changes_nothing(change, sandbox):
    bill = sandbox.world.events[0]
    wanted = {"bill_of": bill.id, "venue": bill.venue.id, "date": "2026-12-24", **change}
    before = len(sandbox.state.events.events)
    assert "error" in control(sandbox, "POST", "events", **wanted)
    assert len(sandbox.state.events.events) == before
    assert not sandbox.state.event_changes
