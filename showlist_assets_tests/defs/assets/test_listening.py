"""What Dagster is told of a listener: counts, and nobody they play."""

from __future__ import annotations

import json
from datetime import timedelta

import dagster as dg
from pydantic import SecretStr

from showlist_assets.defs.assets.listening import listen_reports, listens
from showlist_assets.defs.assets.recommendations import taste_and_show_taste
from showlist_assets.domain.listening.reports import as_reports
from showlist_assets.services.listening.history import Told
from showlist_assets.services.listening.importing import import_files
from showlist_assets.services.listening.profile import ListeningProfile
from showlist_assets_tests.clock import NOW
from showlist_assets_tests.platform_under_test import instance_on_disk
from showlist_assets_tests.sources.listening_files.written import SECRETS, extended

_ARTIST = "Nobody Should Read This"


def _import(platform) -> None:
    rows = [
        {
            "reported_at": NOW - timedelta(days=1, hours=each),
            "reported_means": "end",
            "track_name": f"A Secret Song {each}",
            "artist_name": _ARTIST,
            "ms_played": 180_000,
            "duration_ms": 180_000,
        }
        for each in range(12)
    ]
    reports = as_reports(rows, source="spotify_export", import_id="one", received_at=NOW)
    told = Told(import_id="one", source="spotify_export", rows=12, sha256="0" * 64)
    platform.listening.add("me", reports, told)


def test_no_file_tells_what_a_file_and_a_listener_told_in_confidence(platform, tmp_path):
    own, token = platform.platform, "a-token-of-nobody-else"
    _import(own)
    secrets = [token, "a-listenbrainz-name", _ARTIST, "Mitski", *SECRETS.values()]
    file = tmp_path / "Streaming_History_Audio_2023_0.json"
    file.write_text(json.dumps([extended(), extended(incognito_mode=True)]))
    import_files([file], "me", own.listening, now=NOW)
    file.unlink()
    profile = ListeningProfile(
        listenbrainz_name="a-listenbrainz-name", listenbrainz_token=SecretStr(token)
    )
    own.listening_profiles.save("me", profile)
    own.taste_feedback.say("me", _ARTIST, "more")
    # With log and events on disk, as a home has them.
    platform.instance = instance_on_disk(platform.folder / "dagster")
    platform.instance.add_dynamic_partitions("listeners", ["me"])
    for job in ("sync_listening", "refresh_taste"):
        assert platform.run_job(job, partition_key="me").success
    assert platform.metadata("listen_reports", "me")["sources_that_failed"] == 1
    assert platform.metadata("listens", "me")["plays"] == 13
    files = [kept for kept in tmp_path.rglob("*") if kept.is_file()]
    assert [kept for kept in files if kept.suffix == ".db"]
    for kept in files:
        content = kept.read_bytes()
        for secret in secrets:
            assert secret.encode() not in content, (kept, secret)
    # Nor does what is encrypted.
    reports = own.listening.read("me", "listen_reports")
    assert not [value for value in SECRETS.values() if value in str(reports.rows())]
    assert "Mitski" in str(reports.rows())


def test_the_log_of_dagster_names_nobody_who_is_played(platform, tmp_path):
    own = platform.platform
    _import(own)
    home = tmp_path / "events"
    home.mkdir()
    with dg.DagsterInstance.local_temp(str(home)) as instance:
        instance.add_dynamic_partitions("listeners", ["me"])
        result = dg.materialize(
            [listen_reports, listens, taste_and_show_taste],
            partition_key="me", resources={"platform": own}, instance=instance,
        )  # fmt: skip
        assert result.success
        told = result.asset_materializations_for_node("listens")[0].metadata
        assert told["plays"].value == 12
        # Whether anybody was asked for the songs depends on the token.
        assert told["name_share"].value + told["not_found_share"].value == 1.0
        checks = {one.check_name: one.passed for one in result.get_asset_check_evaluations()}
        assert checks["no_overlap"]
        assert checks["none_in_the_future"]
    files = [file for file in tmp_path.rglob("*") if file.is_file()]
    assert files
    for file in files:
        content = file.read_bytes()
        assert _ARTIST.encode() not in content, file
        assert b"A Secret Song" not in content, file
