"""What lasts and is worth a message."""

from __future__ import annotations

from datetime import timedelta

from pydantic import SecretStr

from showlist_assets.services.listeners.accounts import Account
from showlist_assets.services.troubles import troubles
from showlist_assets.storage.fetch_record import SourceFetch
from showlist_assets_tests.clock import NOW


def account(*, days: int, ended: bool = False) -> Account:
    return Account(
        name="me",
        user_id="1",
        display_name="Me",
        refresh_token=SecretStr("r"),
        scopes=(),
        consented_at=NOW - timedelta(days=days),
        needs_consent=ended,
    )


def fetch(state: str, *, answered: float = 0, failing: float = 0) -> SourceFetch:
    return SourceFetch(
        state,
        "ticketmaster",
        answered_at=NOW - timedelta(hours=answered),
        failing_since=NOW - timedelta(hours=failing) if failing else None,
        tried_at=NOW,
        because="Ticketmaster refused the key (401).",
    )


def titles(accounts=(), fetches=()) -> list[str]:
    return [each.title for each in troubles(accounts, fetches, now=NOW)]


def test_nothing_is_wrong_with_a_new_or_a_healthy_installation():
    assert titles() == []
    assert titles([account(days=10)], [fetch("CA", answered=24 * 7.5, failing=47)]) == []


def test_an_account_is_told_of_when_its_consent_ends_soon_and_when_it_has():
    (soon,) = troubles([account(days=170)], [], now=NOW)
    (ended,) = troubles([account(days=170, ended=True)], [], now=NOW)
    assert "permission of me ends 20" in soon.title
    assert ended.title == "permission of me needs consent"
    assert soon.key != ended.key
    assert "showlist login me" in ended.text


def test_a_week_without_a_refresh_is_told():
    assert titles(fetches=[fetch("CA", answered=24 * 8 + 1)]) == ["no refresh for eight days"]


def test_a_source_that_is_silent_for_two_days_is_told_with_its_states():
    (told,) = troubles([], [fetch("CA", failing=49), fetch("VT", failing=60)], now=NOW)
    assert told.title == "ticketmaster gives no answer"
    assert told.text.startswith("Of CA, VT since 2026-11-18 05:00 UTC")
    assert "refused the key (401)" in told.text
