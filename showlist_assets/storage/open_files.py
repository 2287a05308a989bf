"""The files that an address names: a folder's, or a bucket's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from showlist_assets.storage.files import DATA_ROOT, Files, LocalFiles, is_in_bucket
from showlist_assets.storage.gcs_files import GcsFiles

if TYPE_CHECKING:
    from collections.abc import Callable


def open_files(
    root: str,
    *,
    gcs_client: Callable[[], Any] | None = None,
    private: bool = False,
    setting: str = DATA_ROOT,
) -> Files:
    """The files under ``root``: a folder, or ``gs://bucket/prefix`` by way of ``gcs_client``.

    ``private`` is about a folder; who may read a bucket is said there. ``setting`` says where it
    is.
    """
    if is_in_bucket(root):
        return GcsFiles(root, gcs_client, setting=setting)
    return LocalFiles(root, private=private, setting=setting)
