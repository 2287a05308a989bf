from __future__ import annotations

import time

import grpc
import pytest

from showlist_assets.settings import SettingsError, load_settings, secret_names, setting_names
from showlist_assets.storage import secret_manager, secrets
from showlist_assets.storage.secret_manager import SecretManager, SecretsError
from showlist_assets_tests import secret_manager_service
from showlist_assets_tests.secret_manager_service import PROJECT

DENIED = (
    grpc.StatusCode.PERMISSION_DENIED,
    "Permission 'secretmanager.versions.access' denied on resource (or it may not exist).",
)


@pytest.fixture(scope="module")
def _running():
    service, server = secret_manager_service.start()
    yield service
    server.stop(None)


@pytest.fixture
def service(_running, tmp_path, monkeypatch):
    """Google's service, empty, and the place of the secrets of this process."""
    _running.reset()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(secrets, "_USUAL_FOLDER", str(tmp_path / "run-secrets"))
    for name in setting_names():
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SHOWLIST_SECRET_MANAGER", PROJECT)
    manager = SecretManager(PROJECT, connect=_running.connect)
    monkeypatch.setattr(secrets, "secret_manager", {PROJECT: manager}.__getitem__)
    return _running


@pytest.fixture
def clock():
    return [0.0]


@pytest.fixture
def manager(service, clock):
    """One whose time is ``clock[0]``."""
    return SecretManager(
        PROJECT, connect=service.connect, lifetime=600, patience=0.4, clock=lambda: clock[0]
    )


def usable(value):
    """A value for each secret; some must look like an address."""
    address = {
        "SHOWLIST_SMTP_URL": f"smtps://me:{value}@example.org",
        "SHOWLIST_ALERTS": f"ntfy://{value}",
        "SHOWLIST_HEARTBEAT": f"https://example.org/{value}",
    }
    return {name: address.get(name, value) for name in secret_names()}


def refusal(manager, *names):
    with pytest.raises(SecretsError) as raised:
        manager.read(names)
    return str(raised.value)


def test_each_secret_that_is_set_nowhere_else_is_asked_for_once(service, monkeypatch, tmp_path):
    monkeypatch.setenv("SPOTIFY_CLIENT_ID", "mine")
    (tmp_path / ".env").write_text("SPOTIFY_CLIENT_SECRET=also mine\n")
    folder = tmp_path / "secrets"
    folder.mkdir()
    (folder / "TICKETMASTER_API_KEY").write_text("filed")
    monkeypatch.setenv("SHOWLIST_SECRETS_DIR", str(folder))
    service.values = usable("Google's")
    for _ in range(20):
        settings = load_settings()
    elsewhere = {"SPOTIFY_CLIENT_ID", "SPOTIFY_CLIENT_SECRET", "TICKETMASTER_API_KEY"}
    assert sorted(service.asked) == sorted(set(secret_names()) - elsewhere)
    assert service.clients == 1
    assert settings.spotify_client_id.get_secret_value() == "mine"
    assert settings.ticketmaster_api_key.get_secret_value() == "filed"
    assert settings.seatgeek_client_id.get_secret_value() == "Google's"


def test_nobody_is_asked_where_nothing_says_so(service, monkeypatch):
    monkeypatch.delenv("SHOWLIST_SECRET_MANAGER")
    load_settings()
    assert service.asked == []


def test_a_secret_that_is_not_there_is_not_set_and_asked_for_no_more(service):
    service.values["SHOWLIST_ACCOUNT_KEY"] = "the key\n"
    assert load_settings().account_key.get_secret_value() == "the key"
    assert load_settings().spotify_client_secret is None
    assert len(service.asked) == len(secret_names())


def test_only_the_secrets_that_are_named_are_asked_for(service, monkeypatch):
    monkeypatch.setenv("SHOWLIST_SECRET_NAMES", "SHOWLIST_ACCOUNT_KEY, spotify_client_id")
    load_settings()
    assert sorted(service.asked) == ["SHOWLIST_ACCOUNT_KEY", "SPOTIFY_CLIENT_ID"]


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("SHOWLIST_SECRET_MANAGER", "my-project", "must be projects/ID"),
        ("SHOWLIST_SECRET_MANAGER", "projects/a/secrets/", "must be projects/ID"),
        ("SHOWLIST_SECRET_NAMES", "SPOTIFY_SECRET", "must name some of"),
    ],
)
def test_a_place_that_cannot_be_one_is_refused_before_anybody_is_asked(
    service, monkeypatch, name, value, says
):
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match=f"{name} cannot be used: {says}"):
        load_settings()
    assert service.asked == []


def test_the_names_may_have_a_beginning_of_their_own(service):
    service.values["showlist-SPOTIFY_CLIENT_ID"] = "mine"
    manager = SecretManager(f"{PROJECT}/secrets/showlist-", connect=service.connect)
    assert manager.read(["SPOTIFY_CLIENT_ID"]) == {"SPOTIFY_CLIENT_ID": "mine"}


def test_a_denied_permission_is_told_by_the_name_of_the_secret_and_of_the_role(service):
    service.values = usable("hush-hush")
    service.refusals = {"SHOWLIST_ACCOUNT_KEY": DENIED, "SPOTIFY_CLIENT_SECRET": DENIED}
    with pytest.raises(SettingsError) as raised:
        load_settings()
    said = str(raised.value)
    for name in service.refusals:
        assert f"{name} cannot be read from Google Secret Manager: permission denied" in said
    assert f"{PROJECT}/secrets/SHOWLIST_ACCOUNT_KEY" in said
    assert "roles/secretmanager.secretAccessor" in said
    assert "SHOWLIST_SECRET_NAMES" in said
    assert "SPOTIFY_CLIENT_ID" not in said
    assert "hush-hush" not in said
    # And is asked for again next time: the role may have been granted meanwhile.
    service.refusals = {}
    assert load_settings().account_key.get_secret_value() == "hush-hush"


def test_a_project_that_is_not_there_is_told_and_is_no_secret_that_is_not_set(service):
    manager = SecretManager("projects/another", connect=service.connect)
    said = refusal(manager, "SPOTIFY_CLIENT_ID")
    assert "there is no projects/another" in said
    assert "SHOWLIST_SECRET_MANAGER" in said


@pytest.mark.parametrize(
    ("status", "says"),
    [
        (grpc.StatusCode.FAILED_PRECONDITION, "is disabled or destroyed"),
        (grpc.StatusCode.UNAUTHENTICATED, "it answered Unauthenticated"),
        (grpc.StatusCode.INVALID_ARGUMENT, "it answered InvalidArgument"),
        (grpc.StatusCode.UNAVAILABLE, "did not answer"),
        (grpc.StatusCode.RESOURCE_EXHAUSTED, "did not answer"),
    ],
)
def test_any_other_failure_is_told_by_the_name_of_the_secret(service, manager, status, says):
    service.refusals["SPOTIFY_CLIENT_ID"] = (status, "for a reason of Google's")
    said = refusal(manager, "SPOTIFY_CLIENT_ID")
    assert said.startswith("SPOTIFY_CLIENT_ID cannot be read")
    assert says in said


@pytest.mark.parametrize(("held", "says"), [("\n", "is empty"), (b"\xff", "no UTF-8 text")])
def test_a_secret_without_a_text_is_refused_by_its_name(service, manager, held, says):
    service.values["SPOTIFY_CLIENT_ID"] = held
    assert says in refusal(manager, "SPOTIFY_CLIENT_ID")


def test_a_slow_service_is_given_up_after_its_time_and_asked_for_all_at_once(service, manager):
    service.seconds = 0.15
    service.values = dict.fromkeys(secret_names(), "here")
    began = time.monotonic()
    assert len(manager.read(secret_names())) == len(secret_names())
    assert time.monotonic() - began < 0.15 * len(secret_names())
    service.seconds = 0.8
    began = time.monotonic()
    assert "did not answer" in refusal(manager, "ANOTHER")
    assert time.monotonic() - began < 0.8


def test_a_rotated_secret_is_seen_after_its_time(service, manager, clock):
    service.values["SPOTIFY_CLIENT_SECRET"] = "old"
    assert manager.read(["SPOTIFY_CLIENT_SECRET"]) == {"SPOTIFY_CLIENT_SECRET": "old"}
    service.values["SPOTIFY_CLIENT_SECRET"] = "new"
    clock[0] = 599
    assert manager.read(["SPOTIFY_CLIENT_SECRET"]) == {"SPOTIFY_CLIENT_SECRET": "old"}
    clock[0] = 601
    assert manager.read(["SPOTIFY_CLIENT_SECRET"]) == {"SPOTIFY_CLIENT_SECRET": "new"}
    assert len(service.asked) == 2


def test_what_was_read_goes_on_to_count_while_google_does_not_answer(service, manager, clock):
    service.values["SPOTIFY_CLIENT_SECRET"] = "old"
    manager.read(["SPOTIFY_CLIENT_SECRET"])
    service.refusals["SPOTIFY_CLIENT_SECRET"] = (grpc.StatusCode.UNAVAILABLE, "back soon")
    clock[0] = 601
    assert manager.read(["SPOTIFY_CLIENT_SECRET"]) == {"SPOTIFY_CLIENT_SECRET": "old"}
    asked = len(service.asked)
    clock[0] = 630
    assert manager.read(["SPOTIFY_CLIENT_SECRET"]) == {"SPOTIFY_CLIENT_SECRET": "old"}
    assert len(service.asked) == asked
    # A permission that was taken away is another matter.
    service.refusals["SPOTIFY_CLIENT_SECRET"] = DENIED
    clock[0] = 700
    assert "permission denied" in refusal(manager, "SPOTIFY_CLIENT_SECRET")


def test_no_secret_stands_in_what_is_kept(service, manager):
    service.values["SPOTIFY_CLIENT_SECRET"] = "hush-hush"
    manager.read(["SPOTIFY_CLIENT_SECRET"])
    assert "hush-hush" not in repr(manager._kept)


def test_a_machine_without_credentials_is_told_what_to_do(monkeypatch):
    from google.auth.exceptions import DefaultCredentialsError
    from google.cloud import secretmanager_v1

    def refuse():
        raise DefaultCredentialsError("none here")

    monkeypatch.setattr(secretmanager_v1, "SecretManagerServiceClient", refuse)
    with pytest.raises(SecretsError, match="no credentials for Google Cloud"):
        secret_manager.connect()


def test_a_machine_without_the_library_is_told_what_to_install(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "google.cloud.secretmanager_v1", None)
    with pytest.raises(SecretsError, match=r"pip install 'showlist\[gcp\]'"):
        secret_manager.connect()
