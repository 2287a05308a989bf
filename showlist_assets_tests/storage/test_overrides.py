"""The file of overrides: changed by several at once, and by nobody for nothing."""

from __future__ import annotations

from threading import Thread

from showlist_assets.domain.matching.overrides import Override
from showlist_assets.storage.overrides import OverridesFile


def nobody(number):
    return Override(f"Act {number}", f"act {number}", None)


def test_decisions_of_one_moment_are_all_kept(tmp_path):
    path = tmp_path / "overrides.yaml"
    threads = [Thread(target=OverridesFile(path).add, args=(nobody(n),)) for n in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(OverridesFile(path).read()) == 20


def test_a_decision_may_be_taken_back(tmp_path):
    file = OverridesFile(tmp_path / "overrides.yaml")
    file.remove("act 1")
    assert not file.path.exists()
    file.add(nobody(1))
    file.add(nobody(2))
    file.remove("act 1")
    assert list(file.read()) == ["act 2"]


def test_the_version_changes_with_the_file_alone(tmp_path):
    file = OverridesFile(tmp_path / "overrides.yaml")
    versions = [file.version]
    file.add(nobody(1))
    versions.append(file.version)
    file.add(nobody(1))
    assert file.version == versions[-1]
    file.remove("act 1")
    assert file.version not in versions
