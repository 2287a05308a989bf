from __future__ import annotations

import pytest

from showlist_assets.services.listeners.account_key import AccountError
from showlist_assets.services.listeners.accounts import AccountStore
from showlist_assets.services.listeners.invitations import INVITATION_LASTS, Invitations
from showlist_assets_tests.services.listeners.clocks import MovedClock
from showlist_assets_tests.services.listeners.in_processes import at_once, everything_kept
from showlist_assets_tests.services.listeners.test_accounts import account


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "accounts"


@pytest.fixture
def clock():
    return MovedClock()


@pytest.fixture
def invitations(folder, clock):
    return Invitations(AccountStore(folder), clock=clock)


def names(invitations):
    return [each.account for each in invitations.open()]


def test_an_invitation_works_once(invitations, clock):
    token = invitations.invite("sam")
    found = invitations.find(token)
    assert (found.account, found.until) == ("sam", clock.now + INVITATION_LASTS)
    assert invitations.open() == [found]
    assert invitations.use(token) == found
    assert invitations.use(token) is None
    assert invitations.find(token) is None
    assert names(invitations) == []


def test_of_two_processes_one_uses_it(invitations, folder):
    token = invitations.invite("sam")
    said = at_once(f"print(invitations.use({token!r}) is not None)", folder)
    assert sorted(said) == ["False", "True"]


def test_nothing_else_opens_it(invitations):
    token = invitations.invite("sam")
    for wrong in ("", token[:-1], token + "x", token.swapcase()):
        assert invitations.find(wrong) is None
        assert invitations.use(wrong) is None
    assert names(invitations) == ["sam"]


def test_it_lasts_seven_days(invitations, clock):
    token = invitations.invite("sam")
    clock.now += INVITATION_LASTS - clock.MOMENT
    assert invitations.find(token)
    clock.now += clock.MOMENT
    assert invitations.find(token) is None
    assert invitations.use(token) is None
    assert names(invitations) == []


def test_a_new_one_for_the_same_account_ends_the_one_before(invitations):
    old, new = invitations.invite("sam"), invitations.invite("sam")
    assert invitations.find(old) is None
    assert invitations.find(new).account == "sam"
    assert names(invitations) == ["sam"]


def test_one_that_is_withdrawn_opens_nothing(invitations):
    token = invitations.invite("sam")
    assert invitations.withdraw("sam")
    assert not invitations.withdraw("sam")
    assert invitations.find(token) is None


def test_the_sixth_is_refused_counting_those_who_were_invited(invitations, folder, clock):
    for name in ("a", "b", "c"):
        AccountStore(folder).save(account(name))
    invitations.invite("d")
    invitations.invite("e")
    with pytest.raises(AccountError, match="a, b, c, d, e"):
        invitations.invite("f")
    # Who is there already, or was invited, may be invited again: it takes no more room.
    assert invitations.invite("a")
    assert invitations.invite("e")
    clock.now += INVITATION_LASTS
    assert invitations.invite("f")
    assert names(invitations) == ["f"]


def test_a_name_that_cannot_be_one_is_refused(invitations):
    with pytest.raises(AccountError, match="cannot be the name of an account"):
        invitations.invite("../me")
    assert names(invitations) == []


def test_no_token_is_kept_and_the_file_is_for_its_owner_only(invitations, folder):
    tokens = [invitations.invite(name) for name in ("sam", "kim")]
    kept = everything_kept(folder)
    assert not any(token.encode() in kept for token in tokens)
    assert {file.stat().st_mode & 0o777 for file in folder.iterdir()} == {0o600}
    assert folder.stat().st_mode & 0o777 == 0o700


def test_two_processes_that_invite_keep_both(invitations, folder):
    at_once("import os; print(invitations.invite(f'p{os.getpid()}'))", folder)
    assert len(names(invitations)) == 2
