from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from showlist_assets import settings as settings_module
from showlist_assets.settings import (
    OPERATORS_WORK,
    Settings,
    SettingsError,
    load_settings,
    setting_names,
)
from showlist_assets_tests.domain.made_country import in_file

PROJECT = Path(__file__).parents[1]
SECRETS = (
    "TICKETMASTER_API_KEY",
    "SEATGEEK_CLIENT_ID",
    "SEATGEEK_CLIENT_SECRET",
    "SPOTIFY_CLIENT_ID",
    "SPOTIFY_CLIENT_SECRET",
    "SHOWLIST_ACCOUNT_KEY",
)


@pytest.fixture(autouse=True)
def nothing_is_set(tmp_path, monkeypatch):
    """No setting in the environment, and an empty working directory."""
    monkeypatch.chdir(tmp_path)
    for name in setting_names():
        monkeypatch.delenv(name, raising=False)


def env_file(text):
    Path(".env").write_text(text)


def test_everything_has_a_default_and_no_key_is_invented():
    settings = load_settings()
    assert settings.spotify_mode == "development"
    assert settings.states_per_run == 17
    assert settings.warehouse_path == Path(".showlist/live/data/showlist.duckdb")
    assert all(getattr(settings, setting_names()[name]) is None for name in SECRETS)


def test_a_line_in_the_file_is_read_and_the_environment_wins(monkeypatch):
    env_file("SHOWLIST_SPOTIFY_MARKET=CA\nSHOWLIST_RETRIES=1\nSOMEBODY_ELSES=1\n")
    monkeypatch.setenv("SHOWLIST_RETRIES", "2")
    settings = load_settings()
    assert (settings.spotify_market, settings.retries) == ("CA", 2)


def test_an_empty_value_is_not_set(monkeypatch):
    env_file("SHOWLIST_SPOTIFY_MARKET=CA\nSPOTIFY_CLIENT_ID=\n")
    monkeypatch.setenv("SHOWLIST_SPOTIFY_MARKET", "")
    settings = load_settings()
    assert (settings.spotify_market, settings.spotify_client_id) == ("CA", None)


def test_the_example_file_can_be_used_as_it_is():
    shutil.copyfile(PROJECT / ".env.example", ".env")
    assert load_settings() == Settings()


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("SHOWLIST_DATA_ROT", "Did you mean SHOWLIST_DATA_ROOT?"),
        ("SHOWLIST_STATE_PER_RUN", "Did you mean SHOWLIST_STATES_PER_RUN?"),
        ("SHOWLIST_XYZ", "docs/settings.md lists them."),
    ],
)
def test_a_setting_nobody_knows_is_refused_with_the_nearest_one(monkeypatch, name, says):
    monkeypatch.setenv(name, "1")
    with pytest.raises(SettingsError) as raised:
        load_settings()
    assert str(raised.value) == f"{name} is not a setting of Showlist. {says}"


def test_a_setting_nobody_knows_is_found_in_the_file_too():
    env_file("SHOWLIST_RETRY=3\n")
    with pytest.raises(SettingsError, match=r"SHOWLIST_RETRY is not.*SHOWLIST_RETRIES"):
        load_settings()


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("SHOWLIST_SPOTIFY_MODE", "premium", "should be 'development' or 'extended'"),
        ("SHOWLIST_STATES_PER_RUN", "0", "greater than or equal to 1"),
        ("SHOWLIST_STATES_PER_RUN", "52", "less than or equal to 51"),
        ("SHOWLIST_STATES_PER_RUN", "many", "valid integer"),
        ("SHOWLIST_COUNTRIES", "US,FR", "must name each of US, CA at most once"),
        ("SHOWLIST_COUNTRIES", "CA,ca", "must name each of US, CA at most once"),
        ("SHOWLIST_COUNTRIES", ",", "must name each of US, CA at most once"),
        ("SHOWLIST_REGIONS", "nowhere/de.toml", "cannot be read"),
        ("SHOWLIST_SPOTIFY_MARKET", "usa", "should match pattern"),
        ("SHOWLIST_RETRY_DELAY_SECONDS", "-1", "greater than or equal to 0"),
        ("SHOWLIST_NOW", "tomorrow", "valid datetime"),
        ("SHOWLIST_DATA_ROOT", "s3://bucket/x", "must be a folder, or begin with gs://"),
        ("SHOWLIST_RECIPES", "s3://bucket/x", "must be a folder, or begin with gs://"),
        ("SHOWLIST_FEEDS", "gs:///", "must name a bucket"),
        ("SHOWLIST_OVERRIDES", "s3://bucket/x.yaml", "must be a file, or such as gs://"),
        ("SHOWLIST_WAREHOUSE", "gs://bucket/", "must be a file, or such as gs://"),
        ("SHOWLIST_WEB_PROXIES", "proxy.example.org", "must be IP addresses or networks"),
        ("SHOWLIST_WEB_PROXIES", "127.0.0.1, 10.0.0.1/8", "must be IP addresses or networks"),
        ("SHOWLIST_WEB_PROXIES", "*", "must be IP addresses or networks"),
        ("SHOWLIST_SPOTIFY_URL", "localhost:8080", "used: must begin with http:// or https://"),
    ],
)
def test_a_value_that_cannot_be_used_is_named_with_what_can(monkeypatch, name, value, says):
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as raised:
        load_settings()
    assert str(raised.value).startswith(f"{name} cannot be used: ")
    assert says in str(raised.value)


def test_an_env_file_that_is_no_text_is_named(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").write_bytes(b"\xff\xfeSHOWLIST_RETRIES=1")
    with pytest.raises(SettingsError, match="save it as UTF-8"):
        load_settings()


@pytest.mark.parametrize(
    ("given", "base"),
    [
        ("https://api.spotify.com", "https://api.spotify.com"),
        ("https://api.spotify.com/", "https://api.spotify.com"),
        ("https://api.spotify.com/v1", "https://api.spotify.com"),
        ("https://api.seatgeek.com/2/", "https://api.seatgeek.com"),
        ("https://app.ticketmaster.com/discovery/v2", "https://app.ticketmaster.com/discovery"),
        ("http://127.0.0.1:8080/seatgeek", "http://127.0.0.1:8080/seatgeek"),
        ("http://127.0.0.2", "http://127.0.0.2"),
    ],
)
def test_a_base_url_may_be_given_with_its_version_or_without(monkeypatch, given, base):
    no_apis = {"SHOWLIST_SMTP_URL", "SHOWLIST_WEB_URL", "SHOWLIST_DAGSTER_URL"}
    for name in (name for name in setting_names() if name.endswith("_URL") and name not in no_apis):
        monkeypatch.setenv(name, given)
        assert getattr(load_settings(), setting_names()[name]) == base


def test_proxies_are_addresses_and_networks_with_commas_between(monkeypatch):
    monkeypatch.setenv("SHOWLIST_WEB_PROXIES", " 127.0.0.1, 10.0.0.0/8,::1 ")
    assert load_settings().web_proxies == "127.0.0.1,10.0.0.0/8,::1"


@pytest.mark.parametrize("name", ["SHOWLIST_WEB_URL", "SHOWLIST_DAGSTER_URL"])
def test_an_address_of_a_page_may_have_a_path_and_nothing_else(monkeypatch, name):
    monkeypatch.setenv(name, "https://music.example.org/shows/")
    assert getattr(load_settings(), setting_names()[name]) == "https://music.example.org/shows"
    for unusable in ("music.example.org", "ftp://example.org", "https://", "https://a.org/?b=1"):
        monkeypatch.setenv(name, unusable)
        with pytest.raises(SettingsError, match=name):
            load_settings()


@pytest.mark.parametrize("name", SECRETS)
def test_a_secret_is_never_shown(monkeypatch, name):
    monkeypatch.setenv(name, "hush-hush")
    settings = load_settings()
    assert getattr(settings, setting_names()[name]).get_secret_value() == "hush-hush"
    for shown in (
        str(settings),
        repr(settings),
        str(settings.model_dump()),
        settings.model_dump_json(),
    ):
        assert "hush-hush" not in shown


def test_an_error_shows_no_value_of_any_setting(monkeypatch):
    for name in SECRETS:
        monkeypatch.setenv(name, "hush-hush")
    monkeypatch.setenv("SHOWLIST_SPOTIFY_MODE", "hush-hush")
    with pytest.raises(SettingsError) as raised:
        load_settings()
    assert "hush-hush" not in str(raised.value)
    assert raised.value.__cause__ is None


@pytest.mark.parametrize(
    ("given", "instant"),
    [
        ("2026-11-20T17:00:00Z", datetime(2026, 11, 20, 17, tzinfo=UTC)),
        ("2026-11-20T17:00:00", datetime(2026, 11, 20, 17, tzinfo=UTC)),
        ("2026-11-20T12:00:00-05:00", datetime(2026, 11, 20, 17, tzinfo=UTC)),
    ],
)
def test_a_pretended_instant_is_utc(monkeypatch, given, instant):
    monkeypatch.setenv("SHOWLIST_NOW", given)
    assert load_settings().current_time() == instant
    assert load_settings().current_time().tzinfo is UTC


def test_the_time_is_the_present_where_nothing_is_pretended(monkeypatch):
    monkeypatch.delenv("SHOWLIST_NOW", raising=False)
    monkeypatch.setattr(settings_module, "machine_time", lambda: datetime(2031, 1, 2, tzinfo=UTC))
    assert load_settings().current_time() == datetime(2031, 1, 2, tzinfo=UTC)


@pytest.mark.parametrize(
    ("settings", "path"),
    [
        ({"data_root": "/data"}, "/data/showlist.duckdb"),
        ({"data_root": "gs://bucket/x"}, ".showlist/showlist.duckdb"),
        ({"data_root": "gs://bucket/x", "warehouse": "/w.duckdb"}, "/w.duckdb"),
    ],
)
def test_the_warehouse_lies_beside_the_tables_unless_they_lie_in_a_bucket(settings, path):
    assert load_settings(**settings).warehouse_path == Path(path)


@pytest.mark.parametrize(
    ("settings", "folder"),
    [
        ({}, ".showlist/live/accounts"),
        ({"data_root": "gs://bucket/x", "accounts": "listeners"}, "listeners"),
    ],
)
def test_listeners_are_kept_in_a_folder_of_this_machine(settings, folder):
    assert load_settings(**settings).accounts_place == str(Path(folder).absolute())
    assert load_settings(**settings).accounts_of_before is None


@pytest.mark.parametrize(
    ("settings", "place"),
    [
        ({"data_root": "gs://bucket/x/"}, "gs://bucket/x/accounts"),
        ({"accounts": "gs://bucket/listeners"}, "gs://bucket/listeners"),
    ],
)
def test_listeners_are_kept_beside_the_tables_of_a_bucket(settings, place):
    assert load_settings(**settings).accounts_place == place
    assert load_settings(**settings).accounts_of_before == Path(".showlist/accounts")


@pytest.mark.parametrize(
    ("settings", "address"),
    [
        ({}, None),
        ({"data_root": "gs://bucket/x/"}, "gs://bucket/x/showlist.duckdb"),
        ({"data_root": "gs://bucket/x", "warehouse": "/w.duckdb"}, None),
        ({"warehouse": "gs://other/w.duckdb"}, "gs://other/w.duckdb"),
    ],
)
def test_the_warehouse_is_shared_by_way_of_the_bucket_unless_it_is_said_to_lie_here(
    settings, address
):
    assert load_settings(**settings).warehouse_object == address


def test_what_an_operator_writes_lies_where_it_is_said_to_or_else_with_the_tables():
    names = ("overrides.yaml", "shows.yaml", "recipes", "feeds")
    assert tuple(OPERATORS_WORK.values()) == names
    of_folder, of_bucket = load_settings(), load_settings(data_root="gs://bucket")
    said = load_settings(data_root="gs://bucket", **dict.fromkeys(OPERATORS_WORK, "gs://b/said"))
    for work, name in OPERATORS_WORK.items():
        assert of_folder.chosen_place_of(work) == name
        assert of_bucket.chosen_place_of(work) is None
        assert said.chosen_place_of(work) == "gs://b/said"


def test_every_setting_is_described():
    for name, field in Settings.model_fields.items():
        assert field.alias == str(field.alias).upper(), name
        assert field.description, name
        assert field.description.endswith("."), name


@pytest.mark.parametrize(
    "url",
    [
        "mailto:me@example.org",
        "smtp://",
        "https://me:pa55word@mail.example",
        "smtp://me:pa55word@mail.example:many",
        "smtps://me:pa55word@[mail.example",
        "smtp://me:pa55/word@mail.example",
    ],
)
def test_a_mail_server_that_cannot_be_meant_is_refused_without_being_quoted(monkeypatch, url):
    monkeypatch.setenv("SHOWLIST_SMTP_URL", url)
    with pytest.raises(
        SettingsError, match="SHOWLIST_SMTP_URL cannot be used: must be smtp"
    ) as told:
        load_settings()
    assert "pa55" not in str(told.value)


@pytest.mark.parametrize("url", ["redis://me:pa55/word@store:6379/0", "redis://store:many"])
def test_a_call_store_that_cannot_be_meant_is_refused_without_being_quoted(monkeypatch, url):
    monkeypatch.setenv("SHOWLIST_CALL_STORE", url)
    with pytest.raises(SettingsError, match="SHOWLIST_CALL_STORE cannot be used: must be") as told:
        load_settings()
    assert "pa55" not in str(told.value)
    assert "many" not in str(told.value)


@pytest.mark.parametrize(
    "url", ["smtp://127.0.0.1:2525", "smtps://me%40example.org:a%2Fb@mail.example:465"]
)
def test_a_mail_server_is_kept_as_a_secret(monkeypatch, url):
    monkeypatch.setenv("SHOWLIST_SMTP_URL", url)
    settings = load_settings()
    assert settings.mail_server.get_secret_value() == url
    for shown in (repr(settings), str(settings.model_dump()), settings.model_dump_json()):
        assert url not in shown


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SHOWLIST_ALERTS", "pa55@example.org"),
        ("SHOWLIST_ALERTS", "mailto:pa55"),
        ("SHOWLIST_ALERTS", "mailto:a@b.c,pa55@example.org"),
        ("SHOWLIST_ALERTS", "ntfy:pa55"),
        ("SHOWLIST_HEARTBEAT", "hc-ping.com/pa55"),
        ("SHOWLIST_HEARTBEAT", "https://host:99999/pa55"),
    ],
)
def test_whom_nobody_can_reach_is_refused_without_being_quoted(monkeypatch, name, value):
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match=f"{name} cannot be used: must ") as told:
        load_settings()
    assert "pa55" not in str(told.value)


@pytest.mark.parametrize(
    "value", ["mailto:me@example.org", "mailto://me:word@example.org", "ntfy://a"]
)
def test_whom_to_alert_is_one_secret_address(monkeypatch, value):
    monkeypatch.setenv("SHOWLIST_ALERTS", f" {value} ")
    settings = load_settings()
    assert settings.alerts.get_secret_value() == value
    assert value not in str(settings.model_dump())


@pytest.mark.parametrize(
    ("given", "ahead"),
    [("P7D", timedelta(days=7)), ("PT36H", timedelta(hours=36)), ("PT604800S", timedelta(days=7))],
)
def test_a_clock_may_be_ahead_of_the_time_that_is_pretended(given, ahead, monkeypatch):
    monkeypatch.setenv("SHOWLIST_NOW", "2026-11-20T17:00:00Z")
    monkeypatch.setenv("SHOWLIST_CLOCK_AHEAD", given)
    assert load_settings().current_time() == datetime(2026, 11, 20, 17, tzinfo=UTC) + ahead


def test_a_country_s_file_that_cannot_be_used_is_told_in_whole_sentences(monkeypatch, tmp_path):
    (tmp_path / "de.toml").write_text("name = 3\n")
    monkeypatch.setenv("SHOWLIST_REGIONS", str(tmp_path / "de.toml"))
    with pytest.raises(SettingsError, match=r"'de' cannot be used: [^.]+\.md\)\. Correct it"):
        load_settings()


def test_countries_are_named_in_any_case_beside_one_of_an_operator_s_own(monkeypatch, tmp_path):
    monkeypatch.setenv("SHOWLIST_REGIONS", str(in_file(tmp_path)))
    monkeypatch.setenv("SHOWLIST_COUNTRIES", " ca, qz ")
    assert load_settings().countries == "CA,QZ"
    monkeypatch.setenv("SHOWLIST_COUNTRIES", "FR")
    with pytest.raises(SettingsError, match="must name each of US, CA, QZ"):
        load_settings()
