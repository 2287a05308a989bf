"""Accounts in a bucket: sealed with a key that no machine keeps, and never lost from sight."""

from __future__ import annotations

import pytest
from cryptography.fernet import Fernet
from pydantic import SecretStr

from showlist_assets.services.listeners.accounts import (
    AccountError,
    AccountStore,
    open_account_files,
)
from showlist_assets.services.listeners.sessions import Sessions
from showlist_assets.sources.failures import NeedsConsent
from showlist_assets.sources.spotify.login import Tokens
from showlist_assets_tests.clock import NOW
from showlist_assets_tests.services.listeners.test_accounts import CONSENT, SECRETS, account

KEY = SecretStr(Fernet.generate_key().decode())


@pytest.fixture
def another(gcs_bucket):
    """Makes the accounts again, as another machine would have them."""

    def make(key=KEY, **more):
        return AccountStore(open_account_files(f"{gcs_bucket}/data/accounts"), key, **more)

    return make


def test_an_account_is_read_on_another_machine_and_is_no_clear_text(another):
    another().save(account())
    assert another().read("me") == account()
    assert (another().names(), another().folder) == (["me"], None)
    sealed = another().files.read("me.account")
    assert not any(secret.encode() in sealed for secret in SECRETS)
    assert another().remove("me")
    assert (another().find("me"), another().remove("me")) == (None, False)


def test_without_a_key_it_is_said_how_to_make_one_and_none_is_made(another, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    another().save(account())
    keyless = another(None)
    assert keyless.names() == ["me"]
    for use in (
        lambda: keyless.read("me"),
        lambda: keyless.save(account("you")),
        lambda: keyless.seal(b"plays"),
        lambda: Sessions(keyless, clock=lambda: NOW).secret,
    ):
        with pytest.raises(AccountError, match=r"ACCOUNT_KEY is not set, and gs://.*generate_key"):
            use()
    assert list(tmp_path.iterdir()) == []


def test_accounts_that_were_left_on_the_machine_are_not_taken_for_nobody(another, tmp_path):
    before = tmp_path / ".showlist" / "accounts"
    AccountStore(before).save(account())
    store = another(left_behind=before)
    for use in (store.names, lambda: store.find("me"), lambda: store.save(account("you"))):
        with pytest.raises(
            AccountError, match=r"has no account, and .*accounts has: .*_KEY to wha"
        ):
            use()
    # As the message says.
    key = SecretStr(before.with_name("accounts.key").read_text())
    for file in before.iterdir():
        store.files.write(file.name, file.read_bytes())
    assert another(key, left_behind=before).read("me") == account()


def test_whoever_renewed_first_is_read_by_the_one_who_comes_second(another):
    another().save(account())
    old, first, second = account().tokens, _tokens("first"), _tokens("second")
    one, other = another().tokens("me"), another().tokens("me")
    assert one.write(first, instead_of=old) == first
    assert other.write(second, instead_of=old) == first
    assert other.end(old) is None
    assert other.read() == first
    assert "`showlist login me`" in str(other.end(first))
    with pytest.raises(NeedsConsent):
        one.read()


def _tokens(name):
    return Tokens(f"access-{name}", CONSENT, f"refresh-{name}", ("a-scope",))


@pytest.mark.usefixtures("gcs_bucket")
def test_a_bucket_that_is_not_there_is_told_by_its_setting():
    store = AccountStore(open_account_files("gs://nowhere-at-all/accounts"), KEY)
    for use in (store.names, lambda: store.find("me")):
        with pytest.raises(AccountError, match=r"gs://nowhere-at-all.*SHOWLIST_ACCOUNTS exists"):
            use()
