"""What a person reads of a taste."""

from __future__ import annotations

import io
from datetime import UTC, datetime

import polars as pl
import pytest
from rich.console import Console
from typer.testing import CliRunner

from showlist_assets.cli.app import app
from showlist_assets.cli.doctor_taste import taste_findings
from showlist_assets.cli.taste import print_refreshed, print_taste, say, take_back
from showlist_assets.services.listening.profile import ListeningProfile
from showlist_assets_tests.services.taste.made_up_listener import (
    play_the_most_played,
    with_performers,
)


@pytest.fixture
def played(platform, sandbox):
    """A platform whose listener has plays."""
    made = with_performers(platform, sandbox)
    play_the_most_played(made, sandbox)
    return made


def printed(show, *args, **options):
    console = Console(file=io.StringIO(), width=80, highlight=False)
    show(*args, console, **options)
    text = console.file.getvalue()
    assert all(len(line) <= 80 for line in text.splitlines())
    return text


def test_a_taste_is_told_with_shows_and_reasons(played):
    told = printed(print_refreshed, played.tastes.refresh("me"))
    assert "make the taste of me" in told
    assert "Neighbours: asked about" in told
    text = printed(print_taste, played, "me", limit=30)
    assert "Who plays soon, and fits me" in text
    assert "Fri 20 Nov 2026, New York, NY" in text
    assert "known: You played them" in text
    assert "ListenBrainz listeners play them" in " ".join(text.split())
    assert "Whom they play" in text


def test_days_of_reasons_are_the_listeners(played):
    played.tastes.refresh("me")
    fits = played.tastes.show_taste("me").with_columns(
        last_at=pl.when(pl.col("last_at").is_not_null()).then(
            # In Los Angeles, the evening before.
            pl.lit(datetime(2026, 11, 1, 5, 30, tzinfo=UTC))
        )
    )
    played.listening_store.write("me", "show_taste", fits)
    told = printed(print_taste, played, "me", limit=30)
    assert "last on 1 November 2026" in " ".join(told.split())
    profile = ListeningProfile(timezone="America/Los_Angeles")
    played.listening_profiles.save("me", profile)
    told = " ".join(printed(print_taste, played, "me", limit=30).split())
    assert "last on 31 October 2026" in told
    assert "1 November" not in told


def test_a_state_without_shows_has_nobody(played):
    played.tastes.refresh("me")
    assert "Nobody of whom anything is known plays soon." in printed(
        print_taste, played, "me", states=["VT"]
    )


def test_of_whom_nothing_is_known_it_is_said_what_to_do(played):
    text = " ".join(printed(print_taste, played, "you").split())
    assert "Nothing is known yet" in text
    assert "showlist import" in text


def test_a_block_is_gone_from_the_list_and_comes_back(played):
    played.tastes.refresh("me")
    best = played.tastes.show_taste("me").sort("score", descending=True, nulls_last=True)
    name = best["performer_name"][0]
    assert "is blocked" in printed(
        lambda console: say(played, "me", name, "block", console),
    )
    text = printed(print_taste, played, "me", limit=1)
    assert f"  1  {name} " not in text
    assert f"{name}: block" in text
    assert "as if nothing had been said" in printed(
        lambda console: take_back(played, "me", name, console)
    )
    assert f"{name}: block" not in printed(print_taste, played, "me")


def test_the_doctor_tells_the_funnel_and_each_listener(played):
    played.tastes.refresh("me")
    told = {finding.subject: finding.words for finding in taste_findings(played)}
    assert "on MusicBrainz" in told["Taste"]
    assert "performers are ranked" in told["Taste of me"]
    assert any(subject.startswith("Taste, up to 500") for subject in told)


def test_the_command_takes_an_account_in_the_place_of_a_command(tmp_path):
    result = CliRunner().invoke(
        app, ["taste", "somebody", "--home", str(tmp_path)], catch_exceptions=False
    )
    assert "Nothing is known yet of what 'somebody' likes" in " ".join(result.output.split())
