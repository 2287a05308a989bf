"""Files opened from an asset's page, asked for at Dagster's own webserver."""

from __future__ import annotations

import stat
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.workspace.context import WorkspaceProcessContext
from dagster._core.workspace.load_target import EmptyWorkspaceTarget
from dagster_webserver.app import create_app_from_workspace_process_context
from starlette.testclient import TestClient

from showlist_assets.defs.downloads import download_link


@pytest.fixture
def instance(tmp_path):
    with dg.instance_for_test(temp_dir=str(tmp_path)) as instance:
        yield instance


def test_the_webserver_hands_out_what_an_asset_linked_to(instance, tmp_path):
    content = "BEGIN:VCALENDAR\r\nSUMMARY:\u05dc\u05d9\u05dc\r\n".encode()
    context = dg.build_asset_context(instance=instance)
    link = download_link(context, "this-weekend.nyc.ics", content)
    with WorkspaceProcessContext(instance, EmptyWorkspaceTarget()) as workspace:
        answer = TestClient(create_app_from_workspace_process_context(workspace)).get(link)
    assert (answer.status_code, answer.content) == (200, content)
    assert "attachment" in answer.headers["content-disposition"]
    assert "this-weekend.nyc.ics" in answer.headers["content-disposition"]
    assert answer.headers["content-type"].startswith("text/calendar")
    (file,) = Path(tmp_path).rglob("*.ics")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_there_is_no_link_where_logs_are_not_on_this_disk():
    with dg.DagsterInstance.ephemeral() as instance:
        context = dg.build_asset_context(instance=instance)
        assert download_link(context, "a.ics", b"") is None
