"""What several tests of commands begin with."""

from __future__ import annotations

import pytest

from showlist_assets.sandbox.world import listening

_DAYS_OF_MONTHS = 90


@pytest.fixture
def months_of_listening(monkeypatch: pytest.MonkeyPatch) -> None:
    """Listeners of a sandbox in this process began to play months ago, and not two years.

    For tests that learn a taste and look at other things: most of that time is spent on listens.
    """
    monkeypatch.setattr(listening, "_DAYS", _DAYS_OF_MONTHS)
