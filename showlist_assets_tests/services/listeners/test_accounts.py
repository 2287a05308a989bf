from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.fernet import Fernet
from pydantic import SecretStr

from showlist_assets.services.listeners.accounts import (
    CONSENT_LASTS,
    Account,
    AccountError,
    AccountStore,
    account_status,
    needs_attention,
)
from showlist_assets.sources.failures import NeedsConsent
from showlist_assets.sources.spotify.login import Tokens

CONSENT = datetime(2026, 5, 1, 12, tzinfo=UTC)
SECRETS = ("the-refresh-token", "the-access-token")


def account(name="me", **fields):
    given = {
        "user_id": f"id-of-{name}",
        "display_name": "Ada",
        "refresh_token": SECRETS[0],
        "access_token": SECRETS[1],
        "access_token_expires_at": CONSENT + timedelta(hours=1),
        "scopes": ("playlist-modify-private",),
        "consented_at": CONSENT,
    }
    return Account(name=name, **(given | fields))


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "live" / "accounts"


def mode(path):
    return path.stat().st_mode & 0o777


def test_an_account_is_read_as_it_was_saved(folder):
    AccountStore(folder).save(account())
    assert AccountStore(folder).read("me") == account()
    assert AccountStore(folder).read("me").tokens == account().tokens


def test_nothing_is_written_before_the_first_account(folder):
    store = AccountStore(folder)
    assert (store.names(), store.all(), store.find("me"), store.remove("me")) == (
        [], [], None, False,
    )  # fmt: skip
    assert not folder.parent.exists()


def test_nobody_else_on_the_machine_can_read_what_is_kept(folder):
    previous = os.umask(0)
    try:
        AccountStore(folder).save(account())
    finally:
        os.umask(previous)
    assert mode(folder) == 0o700
    assert mode(folder.with_name("accounts.key")) == 0o600
    assert {mode(file) for file in folder.iterdir()} == {0o600}


def test_neither_the_files_nor_what_is_printed_hold_a_token(folder):
    AccountStore(folder).save(account())
    for file in folder.iterdir():
        assert not any(secret.encode() in file.read_bytes() for secret in SECRETS)
    kept = AccountStore(folder).read("me")
    shown = f"{kept!r} {kept} {kept.tokens!r} {kept.model_dump_json()} {kept.model_dump()}"
    assert not any(secret in shown for secret in SECRETS)


def test_the_key_of_the_environment_leaves_no_key_on_disk(folder):
    key = SecretStr(Fernet.generate_key().decode())
    AccountStore(folder, key).save(account())
    assert AccountStore(folder, key).read("me") == account()
    assert not folder.with_name("accounts.key").exists()


def test_another_key_is_told_from_a_missing_account(folder):
    AccountStore(folder, SecretStr(Fernet.generate_key().decode())).save(account())
    with pytest.raises(AccountError, match=r"me\.account cannot be opened with the key of SHOWLI"):
        AccountStore(folder, SecretStr(Fernet.generate_key().decode())).read("me")


def test_a_damaged_file_is_named(folder):
    AccountStore(folder).save(account())
    (folder / "me.account").write_bytes(b"\x00\xff")
    with pytest.raises(AccountError, match=r"me\.account cannot be opened.*showlist logout me"):
        AccountStore(folder).read("me")


def test_an_account_of_another_version_can_be_replaced(folder):
    key = Fernet.generate_key()
    store = AccountStore(folder, SecretStr(key.decode()))
    store.save(account())
    (folder / "me.account").write_bytes(Fernet(key).encrypt(b'{"name": "me"}'))
    with pytest.raises(
        AccountError, match=r"another version of Showlist: run `showlist logout me`"
    ):
        store.read("me")
    assert store.remove("me")
    store.save(account())
    assert store.read("me") == account()


def test_a_key_that_is_none_is_refused_without_being_shown(folder):
    with pytest.raises(AccountError, match="SHOWLIST_ACCOUNT_KEY holds no usable key") as raised:
        AccountStore(folder, SecretStr("hunter2")).save(account())
    assert "hunter2" not in str(raised.value)
    assert AccountStore(folder).names() == []


def test_a_key_file_that_others_can_read_is_not_used(folder):
    AccountStore(folder).save(account())
    folder.with_name("accounts.key").chmod(0o640)
    with pytest.raises(AccountError, match=r"accounts\.key can be read by other users.*chmod 600"):
        AccountStore(folder).read("me")


def test_a_lost_key_is_not_replaced_while_accounts_need_it(folder):
    AccountStore(folder).save(account())
    folder.with_name("accounts.key").unlink()
    store = AccountStore(folder)
    for attempt in (lambda: store.read("me"), lambda: store.save(account("you"))):
        with pytest.raises(AccountError, match=r"accounts\.key, is gone. Put it back"):
            attempt()
    assert store.remove("me")
    store.save(account("you"))
    assert store.names() == ["you"]


def test_a_sixth_account_is_refused_and_a_known_one_is_not(folder):
    store = AccountStore(folder)
    for name in "abcde":
        store.save(account(name))
    with pytest.raises(AccountError, match=r"no room for account 'f'.*5 users.*a, b, c, d, e"):
        store.save(account("f"))
    store.save(account("c", display_name="Grace"))
    assert [each.display_name for each in store.all()] == ["Ada", "Ada", "Grace", "Ada", "Ada"]


@pytest.mark.parametrize("name", ["", "../me", "Me", "a b", ".me", "x" * 41, "me\n"])
def test_a_name_that_could_lead_out_of_the_folder_is_refused(folder, name):
    for use in (AccountStore(folder).find, AccountStore(folder).remove):
        with pytest.raises(AccountError, match="cannot be the name of an account"):
            use(name)


def test_an_account_that_is_not_there_says_how_to_get_it(folder):
    with pytest.raises(AccountError, match="no account 'me': run `showlist login me`"):
        AccountStore(folder).read("me")


def test_removing_leaves_nothing_of_an_account_and_all_of_the_others(folder):
    store = AccountStore(folder)
    store.save(account("me"))
    store.save(account("you"))
    (folder / ".me.account.new").write_text("left by a crash")
    assert store.remove("me")
    assert [file.name for file in folder.iterdir() if "me" in file.name.split(".")] == []
    assert store.all() == [account("you")]


def test_a_write_that_fails_leaves_the_old_account(folder, monkeypatch):
    store = AccountStore(folder)
    store.save(account())

    def full(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(AccountError, match=r"Cannot write .*me\.account: No space left"):
        store.save(account(display_name="Grace"))
    assert store.read("me") == account()


def test_a_file_in_the_place_of_the_folder_is_said(tmp_path):
    (tmp_path / "accounts").write_text("in the way")
    with pytest.raises(AccountError, match=r"Cannot write .*accounts.*SHOWLIST_ACCOUNTS"):
        AccountStore(tmp_path / "accounts").save(account())


def test_an_ended_permission_is_said_to_every_process_and_a_new_consent_lifts_it(folder):
    AccountStore(folder).save(account())
    told = AccountStore(folder).tokens("me").end()
    with pytest.raises(NeedsConsent) as raised:
        AccountStore(folder).tokens("me").read()
    assert str(raised.value) == str(told)
    assert "Run `showlist login me`" in str(told)
    AccountStore(folder).save(account())
    assert AccountStore(folder).tokens("me").read() == account().tokens


def test_new_tokens_change_nothing_else(folder):
    store = AccountStore(folder)
    store.save(account())
    newer = Tokens("new", CONSENT + timedelta(hours=2), "newer", ("a-scope",))
    store.tokens("me").write(newer)
    assert store.read("me").tokens == newer
    assert store.read("me").consented_at == CONSENT


@pytest.mark.parametrize(
    ("days", "says", "alarms"),
    [
        (0, "consent of 2026-05-01, good until 2026-10-28", False),
        (149, "consent of 2026-05-01, good until 2026-10-28", False),
        (150, "30 days left; run `showlist login me`", True),
        (179.5, "a day or less left", True),
        (180, "six months are over", True),
    ],
)
def test_the_end_of_a_permission_is_announced_thirty_days_ahead(days, says, alarms):
    now = CONSENT + timedelta(days=days)
    assert says in account_status(account(), now=now)
    assert needs_attention(account(), now=now) is alarms


def test_an_ended_permission_asks_for_consent_whatever_the_date():
    ended = account(needs_consent=True)
    assert account_status(ended, now=CONSENT).startswith("needs consent")
    assert needs_attention(ended, now=CONSENT)
    assert ended.consent_ends_at == CONSENT + CONSENT_LASTS
