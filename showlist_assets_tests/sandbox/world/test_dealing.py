from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from showlist_assets.sandbox.world.dealing import is_listed, lot

SITES = ("seatgeek", "ticketmaster")


@given(number=st.integers(0, 10**9), purpose=st.text(max_size=20))
def test_a_lot_is_the_same_each_time_and_below_a_hundred(number, purpose):
    assert 0 <= lot(purpose, number) < 100
    assert lot(purpose, number) == lot(purpose, number)


def test_lots_are_spread_and_purposes_do_not_follow_each_other():
    drawn = Counter(lot("one", number) for number in range(10_000))
    assert len(drawn) == 100
    assert max(drawn.values()) < 200
    both = sum(lot("one", number) < 50 and lot("other", number) < 50 for number in range(10_000))
    assert 2_000 < both < 3_000


@given(event_id=st.integers(0, 10**9))
def test_every_event_is_listed_somewhere_and_unless_split_everywhere(event_id):
    assert any(is_listed(event_id, site, "split") for site in SITES)
    assert all(is_listed(event_id, site, "both") for site in SITES)
