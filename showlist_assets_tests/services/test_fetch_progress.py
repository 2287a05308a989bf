from __future__ import annotations

import logging

from showlist_assets.services.fetch_progress import FetchProgress


def test_states_that_answer_within_a_second_share_a_line_and_none_is_left_out(caplog):
    now = 100.0
    with caplog.at_level(logging.INFO):
        progress = FetchProgress("seatgeek", logging.getLogger("run"), clock=lambda: now)
        progress.add("CA", 1)
        assert caplog.messages == ["CA: 1 listing of seatgeek"]
        progress.add("NY", 30)
        progress.add("TX", 0)
        now += 1.0
        progress.add("VT", 2)
        assert caplog.messages[1:] == ["NY: 30, TX: 0, VT: 2 listings of seatgeek"]
        progress.add("WY", 1)
        progress.tell()
        progress.tell()
    assert caplog.messages[2:] == ["WY: 1 listing of seatgeek"]
