from __future__ import annotations

import pytest
from cryptography.fernet import Fernet
from pydantic import SecretStr

from showlist_assets.services.listeners.account_key import AccountError
from showlist_assets.services.listeners.accounts import AccountStore
from showlist_assets.services.listeners.sessions import OWNER_LINK_LASTS, Sessions
from showlist_assets_tests.services.listeners.clocks import MovedClock
from showlist_assets_tests.services.listeners.in_processes import at_once, everything_kept
from showlist_assets_tests.services.listeners.test_accounts import account


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "live" / "accounts"


@pytest.fixture
def clock():
    return MovedClock()


def sessions_of(folder, clock, key=None):
    return Sessions(AccountStore(folder, key), clock=clock)


@pytest.fixture
def sessions(folder, clock):
    AccountStore(folder).save(account("me"))
    AccountStore(folder).save(account("sam"))
    return sessions_of(folder, clock)


def test_the_secret_is_there_before_any_account_and_is_that_of_every_process(folder, clock):
    first = sessions_of(folder, clock).secret
    AccountStore(folder).save(account("me"))
    assert sessions_of(folder, clock).secret == first
    assert len(first) == 64
    assert AccountStore(folder).read("me").user_id == "id-of-me"


def test_processes_that_make_the_key_at_once_agree(folder):
    secrets = at_once("print(sessions.secret)", folder)
    assert len(set(secrets)) == 1
    assert secrets[0]


def test_the_secret_is_another_one_under_another_key_and_none_of_the_key_itself(folder, clock):
    keys = [Fernet.generate_key().decode() for _ in range(2)]
    found = {sessions_of(folder, clock, SecretStr(key)).secret for key in keys}
    assert len(found) == 2
    assert not any(key in found for key in keys)


def test_a_key_that_is_lost_is_told_and_not_made_anew(sessions, folder):
    folder.with_name("accounts.key").unlink()
    with pytest.raises(AccountError, match="is gone"):
        _ = sessions.secret
    assert not folder.with_name("accounts.key").exists()


def test_the_secret_is_written_nowhere(sessions, folder):
    secret = sessions.secret
    sessions.number("me")
    sessions.owner_number()
    assert secret.encode() not in everything_kept(folder.parent)
    assert bytes.fromhex(secret) not in everything_kept(folder.parent)


def test_a_number_stays_until_all_sessions_end(sessions, folder, clock):
    before, other = sessions.number("me"), sessions.number("sam")
    assert sessions_of(folder, clock).number("me") == before != other
    sessions.end_all("me")
    assert sessions.number("me") not in (before, 0)
    assert sessions.number("sam") == other


def test_nobody_has_a_number_without_an_account_and_no_old_one_comes_back(sessions, folder):
    before = sessions.number("me")
    AccountStore(folder).remove("me")
    sessions.end_all("me")
    assert sessions.number("me") == 0
    assert "me" not in sessions._file.read()["accounts"]
    AccountStore(folder).save(account("me"))
    assert sessions.number("me") not in (0, before)


def test_processes_that_ask_at_once_are_told_the_same_number(folder):
    AccountStore(folder).save(account("me"))
    assert len(set(at_once("print(sessions.number('me'))", folder))) == 1
    assert len(set(at_once("print(sessions.owner_number())", folder))) == 1


def test_a_link_makes_the_owner_once(sessions):
    number = sessions.owner_number()
    token = sessions.owner_link_token()
    assert not sessions.redeem_owner_link(token + "x")
    assert not sessions.redeem_owner_link("")
    assert sessions.redeem_owner_link(token)
    assert not sessions.redeem_owner_link(token)
    assert sessions.owner_number() == number


def test_a_link_lasts_a_quarter_of_an_hour(sessions, clock):
    kept, old = sessions.owner_link_token(), sessions.owner_link_token()
    clock.now += OWNER_LINK_LASTS - clock.MOMENT
    assert sessions.redeem_owner_link(kept)
    clock.now += clock.MOMENT
    assert not sessions.redeem_owner_link(old)


def test_of_two_processes_one_becomes_the_owner(folder, clock):
    token = sessions_of(folder, clock).owner_link_token()
    assert sorted(at_once(f"print(sessions.redeem_owner_link({token!r}))", folder)) == [
        "False", "True",
    ]  # fmt: skip


def test_the_owner_ends_their_own_sessions_and_links(sessions):
    number, token = sessions.owner_number(), sessions.owner_link_token()
    sessions.end_owner()
    assert sessions.owner_number() != number
    assert not sessions.redeem_owner_link(token)


def test_no_token_is_kept_and_the_file_is_for_its_owner_only(sessions, folder):
    token = sessions.owner_link_token()
    assert token.encode() not in everything_kept(folder.parent)
    assert {file.stat().st_mode & 0o777 for file in folder.glob("*sessions*")} == {0o600}


def test_a_damaged_file_says_what_to_do(sessions, folder):
    (folder / "sessions.json").write_text("[1, 2")
    with pytest.raises(AccountError, match=r"is damaged\. Delete it"):
        sessions.number("me")
