from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from showlist_assets.domain.batches import batches_up_to


@given(st.lists(st.integers(0, 12)), st.integers(1, 10))
def test_nothing_is_lost_and_only_what_is_too_heavy_alone_is_over_the_limit(weights, most):
    batches = list(batches_up_to(most, weights, lambda weight: weight))
    assert [weight for batch in batches for weight in batch] == weights
    assert all(batch and (sum(batch) <= most or len(batch) == 1) for batch in batches)
    # As few as that allows: the first of a batch had no room in the one before.
    assert all(sum(before) + after[0] > most for before, after in pairwise(batches))
