"""A bucket, emulated: for every test of what lies in a folder or in a bucket."""

from __future__ import annotations

import socket

import pytest
from gcp_storage_emulator.server import create_server

from showlist_assets.storage.files import GcsFiles, LocalFiles

BUCKET = "showlist-tables"


@pytest.fixture(scope="module")
def storage_service():
    """Google Cloud Storage, emulated in memory; its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = create_server("127.0.0.1", port, in_memory=True, default_bucket=BUCKET)
    server.start()
    yield server, f"http://127.0.0.1:{port}"
    server.stop()


@pytest.fixture
def bucket(storage_service, monkeypatch):
    """An empty bucket, found as Google's client finds an emulator."""
    server, address = storage_service
    monkeypatch.setenv("STORAGE_EMULATOR_HOST", address)
    server.wipe(keep_buckets=True)
    return BUCKET


@pytest.fixture(params=["folder", "bucket", "whole bucket"])
def files(request, tmp_path):
    if request.param == "folder":
        return LocalFiles(tmp_path)
    name = request.getfixturevalue("bucket")
    return GcsFiles(f"gs://{name}/some/prefix" if request.param == "bucket" else f"gs://{name}")
