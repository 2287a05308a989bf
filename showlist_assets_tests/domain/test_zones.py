"""Time zones by names that others wrote."""

from __future__ import annotations

import pytest

from showlist_assets.domain.zones import known_zone


def test_a_zone_is_known_by_its_iana_name():
    zone = known_zone("America/Chicago")
    assert zone is not None
    assert zone.key == "America/Chicago"


@pytest.mark.parametrize(
    "name", [None, "", "America", "Mars/Base", "../UTC", "/etc/passwd", "\0", "\ud83d", "x" * 9_000]
)
def test_whatever_else_is_written_there_is_no_zone(name):
    assert known_zone(name) is None
