"""For every test of what lies in a folder or in a bucket."""

from __future__ import annotations

import pytest

from showlist_assets.storage.files import LocalFiles
from showlist_assets.storage.gcs_files import GcsFiles


@pytest.fixture
def bucket(gcs_bucket):
    """The name of an empty bucket, found as Google's client finds an emulator."""
    return gcs_bucket.removeprefix("gs://")


@pytest.fixture(params=["folder", "bucket", "whole bucket"])
def files(request, tmp_path):
    if request.param == "folder":
        return LocalFiles(tmp_path)
    name = request.getfixturevalue("bucket")
    return GcsFiles(f"gs://{name}/some/prefix" if request.param == "bucket" else f"gs://{name}")
