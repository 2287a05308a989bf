"""``playlist_plans`` and ``playlists``, called with stored shows and a push that is made up."""

from __future__ import annotations

from typing import Any

import dagster as dg
import pytest

from showlist_assets.defs.assets.playlists import PushConfig, playlist_plans, playlists
from showlist_assets.services.playlists.push import PushError
from showlist_assets.services.playlists.push_result import PushResult
from showlist_assets.services.playlists.workflow import PlaylistWorkflow
from showlist_assets.sources.failures import QuotaExceeded
from showlist_assets_tests.defs.called import FakePlatform
from showlist_assets_tests.domain.playlists.planned import planned_show
from showlist_assets_tests.domain.playlists.show_histories import history_of, row
from showlist_assets_tests.domain.playlists.show_rows import TODAY, show_row, shows_of

RECIPE = "states: [NY]\nwhen: any time\ntracks_per_artist: 1\n"
DONE = PushResult("mine", "done", writes=2, calls=5, kept=3, playlist_url="https://spotify/1")


class Workflow(PlaylistWorkflow):
    """Plans as the real one does, and ends a push as the test wants."""

    ends: PushResult | Exception | None = None
    warning = ""
    asked: dict[str, Any] | None = None

    def push(self, recipe, plan, **how):
        self.asked = {"recipe": recipe.name, "tracks": len(plan.tracks), **how}
        if isinstance(self.ends, Exception):
            raise self.ends
        return self.ends

    def account_warning(self, recipe):  # noqa: ARG002
        return self.warning


class ListenersPlatform(FakePlatform):
    def __init__(self, folder):
        super().__init__(folder)
        (folder / "recipes").mkdir()
        (folder / "recipes" / "mine.yaml").write_text(RECIPE)
        self.workflow = Workflow(
            tables=self.tables,
            fetch_record=self.fetch_record,
            accounts=self.accounts,
            history=self.history,
            client_for=self.playlists_client,
            clock=self.now,
        )

    @property
    def playlists(self):
        return self.workflow


@pytest.fixture
def platform(tmp_path):
    platform = ListenersPlatform(tmp_path)
    platform.store("upcoming_shows", shows_of(show_row("1"), show_row("2", "tin sparrow")))
    return platform


def plan(platform):
    result = playlist_plans(dg.build_asset_context(partition_key="mine"), platform=platform)
    return result.metadata


def push(platform, **config):
    return playlists(
        dg.build_asset_context(partition_key="mine"), PushConfig(**config), platform=platform
    )


def passed(result):
    return {check.check_name: check.passed for check in result.check_results}


def test_a_plan_tells_its_tracks_and_what_a_push_would_change(platform):
    platform.workflow.ends = PushResult("mine", "dry run", writes=2, calls=1)
    told = plan(platform)
    assert (told["tracks"], told["artists"], told["shows"]) == (2, 2, 2)
    assert "Tin Sparrow" in told["playlist"].value
    assert told["compared_with_spotify"].startswith("A push would do this")
    assert "not_connected" not in told
    assert platform.workflow.asked["dry_run"]
    assert platform.plans.read("mine").recipe == "mine"


def test_a_plan_leads_to_its_playlist_on_the_page_whose_address_is_known(platform):
    assert "listeners_page" not in plan(platform)
    known = {"web_url": "https://music.example.org/hear"}
    platform.settings = platform.settings.model_copy(update=known)
    assert (
        "(https://music.example.org/hear/playlists/mine)" in plan(platform)["listeners_page"].value
    )


def test_a_plan_tells_what_has_changed_since_the_one_before(platform):
    assert plan(platform)["new_shows"] == 0, "all of a first plan would be new"
    platform.store("upcoming_shows", shows_of(show_row("1"), show_row("3", "slow miles")))
    told = plan(platform)
    assert (told["new_shows"], told["gone_shows"], told["moved_shows"]) == (1, 1, 0)


@pytest.mark.parametrize("change", ["cancelled", "postponed", "vanished"])
def test_a_plan_follows_the_history_of_shows(platform, change):
    plan(platform)
    show = planned_show("seatgeek-2", local_date=TODAY)
    # Also before the upcoming shows are made anew.
    platform.store("show_changes", history_of(row(show, "known"), row(show, change, 1)))
    told = plan(platform)
    assert (told["tracks"], told["shows"], told["gone_shows"]) == (1, 1, 0)
    assert told[f"{change}_shows"] == 1
    assert told["left_out"]["shows that are called off"] == 1


def test_a_plan_stands_where_nobody_can_say_what_is_live(platform):
    platform.workflow.ends = QuotaExceeded("the day's calls are spent")
    told = plan(platform)
    assert told["compared_with_spotify"] == "the day's calls are spent"
    assert told["tracks"] == 2
    assert "not_connected" not in told


def test_without_an_account_the_plan_is_made_and_says_how_to_connect_one(platform):
    told = plan(platform)
    assert "compared_with_spotify" not in told
    # The page would show backticks as such.
    assert "'showlist login me'" in told["not_connected"]


def test_a_mistake_in_a_recipe_is_told_and_not_tried_again(platform):
    (platform.recipes.folder / "mine.yaml").write_text("states: [NY]\nmax_trakcs: 3\n")
    with pytest.raises(dg.Failure) as raised:
        plan(platform)
    assert "max_tracks" in raised.value.description
    assert not raised.value.allow_retries


def test_a_push_takes_the_plan_that_was_made_and_says_what_it_did(platform):
    plan(platform)
    platform.store("upcoming_shows", shows_of(show_row("9")))
    platform.workflow.ends = DONE
    result = push(platform)
    assert platform.workflow.asked == {
        "recipe": "mine",
        "tracks": 2,
        "run_id": "called directly",
        "dry_run": False,
        "recreate": False,
    }
    told = result.metadata
    assert (told["outcome"], told["write_requests"], told["tracks_kept"]) == ("done", 2, 3)
    assert told["playlist"].value == "[Open in Spotify](https://spotify/1)"
    assert told["account"] == "me: its permission lasts"


def test_what_a_person_orders_reaches_the_push(platform):
    platform.workflow.ends = PushResult("mine", "dry run")
    result = push(platform, dry_run=True, recreate=True)
    assert (platform.workflow.asked["dry_run"], platform.workflow.asked["recreate"]) == (True, True)
    assert "playlist" not in result.metadata


@pytest.mark.parametrize(
    ("outcome", "reads_back", "as_planned"),
    [
        ("done", True, True),
        ("unchanged", True, True),
        ("dry run", True, True),
        ("differs", False, False),
        ("gone", True, False),
        ("empty", True, False),
    ],
)
def test_a_push_is_judged_by_its_outcome(platform, outcome, reads_back, as_planned):
    platform.workflow.ends = PushResult("mine", outcome)
    result = push(platform)
    assert passed(result) == {"reads_back": reads_back, "playlist_is_as_planned": as_planned}
    for check in result.check_results:
        words = platform.workflow.ends.words.replace("`", "'")
        assert check.description == (None if check.passed else words)


def test_without_an_account_a_push_fails_no_run_but_its_check_does(platform):
    result = push(platform)
    assert result.metadata["outcome"] == "not connected"
    assert passed(result) == {"reads_back": True, "playlist_is_as_planned": False}
    assert "'showlist login me'" in result.metadata["what_happened"]
    assert result.check_results[1].description == result.metadata["what_happened"]


def test_a_permission_that_ends_soon_is_told(platform):
    platform.workflow.ends, platform.workflow.warning = DONE, "Account me: ends in 3 days."
    assert push(platform).metadata["account"] == "Account me: ends in 3 days."


def test_a_push_that_is_refused_fails_in_its_words_and_is_not_tried_again(platform):
    platform.workflow.ends = PushError("Another push of recipe 'mine' is under way.")
    with pytest.raises(dg.Failure) as raised:
        push(platform)
    assert raised.value.description == "Another push of recipe 'mine' is under way."
    assert not raised.value.allow_retries


def test_the_calendar_and_the_digest_open_from_the_plan_s_page(platform, tmp_path):
    with dg.instance_for_test(temp_dir=str(tmp_path)) as instance:
        context = dg.build_asset_context(partition_key="mine", instance=instance)
        told = playlist_plans(context, platform=platform).metadata
        (calendar,) = (tmp_path / "storage").rglob("mine.ics")
    links = told["downloads"].value
    assert "/files/mine/ics)" in links
    assert "/files/mine/html)" in links
    assert calendar.read_bytes() == platform.plans.read_calendar("mine")
    assert told["digest"].value.encode() == platform.plans.read_digest("mine", "md")
    # Called without an instance that keeps logs on disk, there is nothing to link to.
    assert "downloads" not in plan(platform)


def test_a_push_waits_for_no_lookups():
    assert (playlists.op.pool, playlist_plans.op.pool) == ("playlists", None)
