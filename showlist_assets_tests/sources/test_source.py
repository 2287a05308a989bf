"""Every client is a ``Source``: it can be tried, and it tells what it sent."""

from __future__ import annotations

import pytest

from showlist_assets.sources.failures import SourceError
from showlist_assets_tests.sources import clients

SERVICES = (
    "seatgeek",
    "ticketmaster",
    "spotify",
    "reccobeats",
    "listenbrainz",
    "listenbrainz_labs",
    "musicbrainz",
)
MAKERS = {name: getattr(clients, name) for name in SERVICES}
EVERY_SOURCE = pytest.mark.parametrize("service", MAKERS)


@EVERY_SOURCE
def test_a_check_asks_anew_each_time_and_is_counted(sandbox, service):
    client = MAKERS[service](sandbox)
    assert client.usage.sent == 0
    client.check()
    client.check()
    assert sandbox.requests(service) == 2
    assert client.usage.sent - sandbox.requests("accounts") == 2
    assert client.usage.reused == 0


@EVERY_SOURCE
def test_a_check_of_a_source_that_is_down_fails_as_any_call_does(sandbox, service):
    sandbox.fault(service, "status", status=503, times=99)
    with pytest.raises(SourceError):
        MAKERS[service](sandbox).check()
