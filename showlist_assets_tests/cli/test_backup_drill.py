"""``showlist backup-drill``: a backup comes back into an empty folder and tells the same."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from rich.console import Console

from showlist_assets.cli.backup import Owner, make_backup
from showlist_assets.cli.backup_drill import DrillFailedError, drill
from showlist_assets.cli.demo_listener import connect_listener
from showlist_assets.services.backup import BackupError
from showlist_assets.settings import load_settings
from showlist_assets.wiring import Platform


class Operator:
    """Has a platform with tables, a listener and a recipe."""

    def __init__(self, under_test) -> None:
        self.under_test, self.file = under_test, under_test.folder / "backup.zip"
        self.owner = Owner.of(Path("unused"), None, sandbox=False)
        connect_listener(under_test.sandbox, under_test.platform)
        self.write_recipe("states: WA\nwhen: any time\ntracks_per_artist: 1\n")

    @property
    def platform(self) -> Platform:
        return self.under_test.platform

    def write_recipe(self, text: str) -> None:
        folder = self.under_test.folder / "recipes"
        folder.mkdir(exist_ok=True)
        (folder / "mine.yaml").write_text(text)

    def back_up(self, *, with_key: bool = False) -> None:
        nowhere = Console(file=io.StringIO())
        make_backup(
            self.platform, self.file, nowhere, owner=self.owner, with_key=with_key, replace=True
        )

    def drill(self) -> str:
        console = Console(record=True, width=400, file=io.StringIO())
        drill(self.platform, self.file, console, owner=self.owner)
        return console.export_text()

    def files(self) -> dict[str, int]:
        found = (path for path in self.under_test.folder.rglob("*") if path.is_file())
        kept = (path for path in found if path.suffix not in {".sqlite-shm", ".sqlite-wal"})
        return {str(path): path.stat().st_mtime_ns for path in kept}


@pytest.fixture
def operator(filled_platform) -> Operator:
    return Operator(filled_platform)


def test_it_tells_the_same_and_nothing_here_is_changed(operator):
    operator.back_up()
    before = operator.files()
    said = operator.drill()
    assert "1 file  listeners who logged in, encrypted" in said
    assert "Status and plans are the same there as here." in said
    assert operator.files() == before


def test_what_came_after_the_backup_is_told(operator):
    operator.back_up(with_key=True)
    operator.write_recipe("states: WY\nwhen: any time\ntracks_per_artist: 1\n")
    said = operator.drill()
    assert "It differs by what came after: 1 file changed." in said
    assert "+++ brought back" in said


def test_a_backup_that_lacks_a_table_fails_the_drill(operator):
    operator.back_up()
    _without(operator.file, "data/upcoming_shows/")
    with pytest.raises(DrillFailedError, match="do not rely on this backup"):
        operator.drill()


def _without(file: Path, start: str) -> None:
    """As if a file had never been put in: the rest is sound."""
    import json

    with zipfile.ZipFile(file) as archive:
        contents = {name: archive.read(name) for name in archive.namelist()}
    manifest = json.loads(contents["manifest.json"])
    assert any(name.startswith(start) for name in manifest["files"])
    for name in [each for each in manifest["files"] if each.startswith(start)]:
        del contents[name], manifest["files"][name]
    contents["manifest.json"] = json.dumps(manifest).encode()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in contents.items():
            archive.writestr(name, content)


def test_another_key_than_that_of_the_accounts_fails_the_drill(operator):
    operator.back_up()
    (operator.under_test.folder / "accounts.key").unlink()
    with pytest.raises(DrillFailedError, match="The key does not open me"):
        operator.drill()


def test_a_damaged_file_fails_the_drill(operator):
    operator.back_up()
    content = operator.file.read_bytes()
    operator.file.write_bytes(content[: len(content) // 2])
    with pytest.raises(BackupError, match="damaged"):
        operator.drill()


def test_what_lies_elsewhere_is_looked_at_where_it_lies(operator, tmp_path):
    from showlist_assets.cli.backup_drill import _settings_in

    away = {**operator.under_test.variables, "SHOWLIST_CALL_STORE": "redis://127.0.0.1:1"}
    settings = _settings_in(tmp_path, Platform(load_settings(**away)))
    assert settings.call_store == "redis://127.0.0.1:1"
    assert settings.data_root == str(tmp_path / "data")
