"""The published file of two machines: one writes it, each reads its own copy."""

from __future__ import annotations

import time

import duckdb
import pytest

from showlist_assets.storage.files import StorageError
from showlist_assets.storage.open_files import open_files
from showlist_assets.storage.published.publication import Publications
from showlist_assets.storage.published_file import new_version
from showlist_assets.storage.shared_warehouse import SharedWarehouse
from showlist_assets.storage.tables import open_tables
from showlist_assets.storage.warehouse import publish_warehouse


@pytest.fixture
def address(gcs_bucket):
    return f"{gcs_bucket}/x/showlist.duckdb"


@pytest.fixture
def here(tmp_path):
    return tmp_path / "here" / "showlist.duckdb"


@pytest.fixture
def there(tmp_path):
    return tmp_path / "there" / "showlist.duckdb"


def publish(address, path, text):
    with new_version(path) as file:
        file.write_text(text)
        SharedWarehouse(address, path).upload(file)


def versions(path):
    return sorted(one.name for one in path.with_name(f".{path.name}").iterdir())


def test_what_one_machine_publishes_the_other_fetches_once(address, here, there):
    shared = SharedWarehouse(address, there)
    assert shared.fetch() is False
    assert not there.exists(), "where nothing was published, nothing is fetched"
    publish(address, here, "one")
    assert shared.fetch() is True
    assert there.read_text() == "one"
    assert there.is_symlink()
    assert abs(there.stat().st_mtime - here.stat().st_mtime) < 60
    assert shared.fetch() is False
    assert SharedWarehouse(address, there).fetch() is False, "nor after a new start"
    publish(address, there, "two")
    assert shared.fetch() is False, "who has published it has it"
    assert SharedWarehouse(address, here).fetch() is True
    assert here.read_text() == "two"
    assert len(versions(here)) == 2


@pytest.mark.usefixtures("gcs_bucket")
def test_nothing_is_published_where_the_bucket_does_not_take_it(here):
    (here.parent).mkdir()
    here.write_text("before")
    store = open_tables(str(here.parent / "data"))
    shared = SharedWarehouse("gs://no-such-bucket/showlist.duckdb", here)
    with pytest.raises(StorageError, match=r"Cannot write gs://no-such-bucket/showlist\.duckdb"):
        publish_warehouse(store, here, share=shared.upload)
    assert here.read_text() == "before"
    assert versions(here) == []


def test_a_copy_that_cannot_be_written_is_told(address, here, tmp_path):
    publish(address, here, "one")
    (tmp_path / "file").write_text("")
    shared = SharedWarehouse(address, tmp_path / "file" / "showlist.duckdb")
    with pytest.raises(StorageError, match=rf"Cannot copy {address} to"):
        shared.fetch()


def test_the_page_of_another_machine_follows_what_is_published(address, here, there, tmp_path):
    shared, now = SharedWarehouse(address, there), [0.0]
    page = Publications(there, fetch=shared.fetch, elapsed=lambda: now[0])
    assert page.current() is None
    store = open_tables(str(tmp_path / "data"))
    publish_warehouse(store, here, share=SharedWarehouse(address, here).upload)
    assert page.current() is None, "the bucket is asked once a minute"
    now[0] = 61.0
    first = page.current()
    assert first is not None
    duckdb.connect(str(there), read_only=True).close()
    publish_warehouse(store, here, share=SharedWarehouse(address, here).upload)
    now[0] = 122.0
    assert page.current() is first, "nobody waits for a newer one"
    deadline = time.monotonic() + 10
    while page.current() is first:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    page.close()


@pytest.mark.usefixtures("gcs_bucket")
def test_a_page_that_has_something_to_read_outlives_a_bucket_that_does_not_answer(
    here, tmp_path, caplog
):
    gone, now = SharedWarehouse("gs://no-such-bucket/showlist.duckdb", here), [0.0]
    page = Publications(here, fetch=gone.fetch, elapsed=lambda: now[0])
    with pytest.raises(StorageError, match="no-such-bucket"):
        page.current()
    publish_warehouse(open_tables(str(tmp_path / "data")), here)
    assert page.current() is not None
    deadline = time.monotonic() + 10
    while "What was published last stays" not in caplog.text:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    page.close()


def test_the_object_is_one_file_that_duckdb_opens(address, here, gcs_bucket, tmp_path):
    store = open_tables(str(tmp_path / "data"))
    publish_warehouse(store, here, share=SharedWarehouse(address, here).upload)
    content = open_files(f"{gcs_bucket}/x").read("showlist.duckdb")
    assert content is not None
    (tmp_path / "downloaded.duckdb").write_bytes(content)
    with duckdb.connect(str(tmp_path / "downloaded.duckdb"), read_only=True) as connection:
        assert connection.table("shows").fetchall() == []
