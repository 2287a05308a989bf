"""One owner of the settings: what a platform is made with is what everything of it obeys."""

from __future__ import annotations

from datetime import UTC, datetime

import dagster as dg
import pytest

from showlist_assets.definitions import build_definitions
from showlist_assets.defs.schedules import weekly_refresh
from showlist_assets.settings import Settings, SettingsError
from showlist_assets.sources.failures import WrongKey
from showlist_assets.wiring import SERVICES, Platform
from showlist_assets_tests.platform_under_test import PlatformUnderTest, failures

MONDAY = datetime(2026, 11, 23, 14, tzinfo=UTC)


def _weekly_runs(definitions: dg.Definitions) -> int:
    with dg.build_schedule_context(
        instance=dg.DagsterInstance.ephemeral(),
        scheduled_execution_time=MONDAY,
        resources={"platform": _resource(definitions)},
    ) as context:
        return len(weekly_refresh.evaluate_tick(context).run_requests)


def _resource(definitions: dg.Definitions) -> Platform:
    resource = definitions.resources["platform"]
    return resource.resource_fn(None)


@pytest.mark.slow
def test_two_platforms_in_one_process_do_not_see_each_other(start_sandbox, tmp_path):
    one = PlatformUnderTest(start_sandbox(events=60), _folder(tmp_path, "one"))
    other = PlatformUnderTest(
        start_sandbox(events=60, seed=2, mode="extended"), _folder(tmp_path, "other")
    )
    other.set(SHOWLIST_STATES_PER_RUN="51", SHOWLIST_RETRIES="0")
    # Both are defined before either runs, and run in turn.
    definitions = {platform: build_definitions(platform.settings) for platform in (one, other)}
    for platform in (one, other, one):
        job = definitions[platform].resolve_job_def("refresh_states")
        result = job.execute_in_process(
            instance=platform.instance, partition_key="CA", raise_on_error=False
        )
        assert result.success, failures(result)
    assert set(one.table("top_tracks")["ranking_source"]) == {"spotify_search"}
    assert set(other.table("top_tracks")["ranking_source"]) == {"spotify_top_tracks"}
    assert set(one.table("raw_events")["title"]) != set(other.table("raw_events")["title"])
    assert one.sandbox.requests("spotify", "/v1/artists/{id}/top-tracks") == 0
    assert (_weekly_runs(definitions[one]), _weekly_runs(definitions[other])) == (3, 1)


def _folder(parent, name):
    folder = parent / name
    folder.mkdir()
    return folder


def test_how_often_a_failed_step_is_tried_again_is_the_platform_s_own_setting(platform):
    for retries in (0, 2):
        platform.set(SHOWLIST_RETRIES=str(retries))
        platform.sandbox.fault("accounts", "wrong_types", times=100)
        result = platform.run("WY")
        platform.sandbox.reset()
        assert not result.success
        assert "not a token" in failures(result)
        tried = [event for event in result.all_events if event.is_step_up_for_retry]
        assert len(tried) == retries


def test_a_backfill_s_run_covers_as_many_states_as_the_settings_say():
    for states in (1, 25):
        graph = build_definitions(Settings(states_per_run=states)).resolve_asset_graph()
        policy = graph.get(dg.AssetKey("raw_events")).backfill_policy
        assert policy.max_partitions_per_run == states


def test_making_a_platform_reads_writes_and_sends_nothing(tmp_path):
    platform = Platform(Settings(data_root=str(tmp_path / "data")))
    build_definitions(platform=platform)
    _ = platform.tables, platform.accounts, platform.recipes, platform.overrides, platform.plans
    assert list(tmp_path.iterdir()) == []


def test_plans_are_made_from_the_platform_s_own_tables(filled_platform, tmp_path):
    platform = filled_platform
    folder = tmp_path / "recipes"
    folder.mkdir()
    (folder / "mine.yaml").write_text("states: [WA]\nwhen: any time\n")
    platform.instance.add_dynamic_partitions("recipes", ["mine"])
    result = platform.run_job("push_playlists", partition_key="mine")
    assert result.success, failures(result)
    assert platform.metadata("playlist_plans", "mine")["tracks"] > 0
    assert (platform.root / "playlist_plans" / "mine.json").is_file()


def test_a_place_with_a_name_has_one_ledger_whatever_its_port(tmp_path):
    def ledger(port: int, **named: str) -> str:
        variables = {
            "SHOWLIST_DATA_ROOT": str(tmp_path / "data"),
            "SHOWLIST_SPOTIFY_URL": f"http://127.0.0.1:{port}/spotify",
            **named,
        }
        return Platform(Settings(**variables)).ledger("spotify").api

    named = {"SHOWLIST_APIS_KNOWN_AS": "sandbox"}
    assert ledger(1, **named) == ledger(2, **named) == "spotify@sandbox"
    assert ledger(1) == "spotify@127.0.0.1:1"


def test_a_key_that_cannot_be_sent_costs_only_its_own_source():
    settings = Settings(ticketmaster_api_key="bad key\nX", seatgeek_client_id="good")
    unusable, usable = Platform(settings).event_sources()
    assert (unusable.name, usable.name) == ("ticketmaster", "seatgeek")
    with pytest.raises(WrongKey) as told:
        unusable.listings("NY", MONDAY)
    assert "bad key" not in str(told.value)


def test_feeds_that_are_chosen_must_be_there(tmp_path):
    settings = Settings(event_sources="feeds", feeds=str(tmp_path))
    with pytest.raises(SettingsError, match="has none"):
        Platform(settings).event_sources()


def test_whoever_runs_it_is_named_only_to_those_who_ask_for_it(tmp_path):
    settings = Settings(contact="me@example.org", data_root=str(tmp_path))
    made = Platform(settings)
    sessions = {name: made._session(name).headers["User-Agent"] for name in SERVICES}
    named = {name for name, agent in sessions.items() if "me@example.org" in agent}
    assert named == {"listenbrainz", "listenbrainz_labs", "musicbrainz"}


def test_a_setting_with_a_line_end_is_no_contact():
    with pytest.raises(ValueError, match="SHOWLIST_CONTACT"):
        Settings(SHOWLIST_CONTACT="me@example.org\r\nX: y")


@pytest.mark.parametrize(
    ("given", "base"),
    [
        ("https://api.listenbrainz.org/1/", "https://api.listenbrainz.org"),
        ("https://musicbrainz.org/ws/2", "https://musicbrainz.org"),
    ],
)
def test_the_version_of_an_address_is_added_by_the_client(given, base):
    settings = Settings(listenbrainz_url=given, musicbrainz_url=given)
    assert settings.listenbrainz_url == settings.musicbrainz_url == base
