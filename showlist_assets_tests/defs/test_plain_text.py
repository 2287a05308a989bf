"""What a page of Dagster shows as plain text has no Markdown in it."""

from __future__ import annotations

import re

import dagster as dg
import pytest

from showlist_assets.definitions import build_definitions
from showlist_assets.defs.failures import as_dagster_failure
from showlist_assets.defs.plain_text import plain_text
from showlist_assets.errors import ShowlistError


def test_a_command_is_quoted():
    assert plain_text("Run `showlist login me`.") == "Run 'showlist login me'."


def test_a_failure_reaches_the_page_without_backticks():
    with pytest.raises(dg.Failure) as raised, as_dagster_failure():
        raise ShowlistError("Run `showlist doctor`.")
    assert raised.value.description == "Run 'showlist doctor'."


def test_no_description_of_a_definition_shows_backticks():
    definitions = build_definitions()
    told = {
        **{one.name: one.description for one in definitions.resolve_all_job_defs()},
        **{one.name: one.description for one in definitions.schedules or ()},
        **{one.name: one.description for one in definitions.sensors or ()},
        **{name: one.description for name, one in (definitions.resources or {}).items()},
    }
    for spec in definitions.resolve_all_asset_specs():
        told[f"asset {spec.key.to_user_string()}"] = spec.description
    for name, words in told.items():
        assert words or re.match("__", name), f"{name} has no description"
        assert "`" not in (words or ""), name
