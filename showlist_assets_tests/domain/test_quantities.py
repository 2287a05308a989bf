from __future__ import annotations

import pytest

from showlist_assets.domain.quantities import counted


@pytest.mark.parametrize(
    ("count", "words"), [(0, "0 rows"), (1, "1 row"), (2, "2 rows"), (1234, "1,234 rows")]
)
def test_a_number_has_the_noun_that_fits(count, words):
    assert counted(count, "row") == words


def test_a_noun_may_have_a_plural_of_its_own():
    assert counted(1, "listing is", "listings are") == "1 listing is"
    assert counted(3, "listing is", "listings are") == "3 listings are"
