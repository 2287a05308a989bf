"""Files opened from an asset's page, asked for at Dagster's own webserver."""

from __future__ import annotations

import stat
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.instance.ref import InstanceRef, compute_logs_directory
from dagster._core.workspace.context import WorkspaceProcessContext
from dagster._core.workspace.load_target import EmptyWorkspaceTarget
from dagster_webserver.app import create_app_from_workspace_process_context
from starlette.testclient import TestClient

from showlist_assets.defs.downloads import FilesWithoutOutput, download_link


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


def test_a_run_that_keeps_no_output_keeps_its_files_where_the_webserver_looks(tmp_path):
    keeps = {
        "module": FilesWithoutOutput.__module__,
        "class": FilesWithoutOutput.__name__,
        "config": {"base_dir": compute_logs_directory(str(tmp_path))},
    }

    @dg.op
    def speaks() -> None:
        print("heard by the terminal alone")

    @dg.job
    def speaking() -> None:
        speaks()

    reference = InstanceRef.from_dir(str(tmp_path), overrides={"compute_logs": keeps})
    with dg.DagsterInstance.from_ref(reference) as instance:
        assert speaking.execute_in_process(instance=instance).success
        context = dg.build_asset_context(instance=instance)
        link = download_link(context, "mine.html", b"<p>")
    (kept,) = (path for path in tmp_path.glob("storage/**/*") if path.is_file())
    assert kept.read_bytes() == b"<p>"
    with (
        dg.DagsterInstance.from_config(str(tmp_path)) as usual,
        WorkspaceProcessContext(usual, EmptyWorkspaceTarget()) as workspace,
    ):
        answer = TestClient(create_app_from_workspace_process_context(workspace)).get(link)
    assert (answer.status_code, answer.content) == (200, b"<p>")


def test_there_is_no_link_where_logs_are_not_on_this_disk():
    with dg.DagsterInstance.ephemeral() as instance:
        context = dg.build_asset_context(instance=instance)
        assert download_link(context, "a.ics", b"") is None
