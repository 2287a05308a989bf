"""Each thing is told once, a storm in few messages, and nothing is lost that could not be sent."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest

from showlist_assets.services.alerts import (
    MESSAGES_AN_HOUR,
    Alert,
    AlertError,
    Alerts,
    check_address,
    sender,
)
from showlist_assets.services.mail import MailServer
from showlist_assets.storage.alert_record import AlertFile
from showlist_assets.storage.files import StorageError
from showlist_assets.storage.open_files import open_files
from showlist_assets_tests.clock import NOW
from showlist_assets_tests.services.mailbox import mail_server
from showlist_assets_tests.services.receiver import receiver


def alert(key: object) -> Alert:
    return Alert(f"run {key}", f"run {key} failed", f"No key for {key}.")


@dataclass
class Told:
    """Who is told, on a machine that remembers."""

    root: str
    now: datetime = NOW
    fails: bool = False
    messages: list[tuple[str, str]] = field(default_factory=list)

    @property
    def alerts(self) -> Alerts:
        """As the next process makes it."""
        file = AlertFile(open_files(self.root))
        return Alerts(self._send, file, clock=lambda: self.now)

    def _send(self, title: str, text: str) -> None:
        if self.fails:
            raise AlertError("The line is dead.")
        self.messages.append((title, text))

    def titles(self) -> list[str]:
        return [title for title, _ in self.messages]


@pytest.fixture
def told(tmp_path) -> Told:
    return Told(str(tmp_path))


def test_a_failure_is_told_once(told):
    for _ in range(3):
        told.alerts.tell([alert(1)])
    assert told.messages == [("Showlist: run 1 failed", "No key for 1.")]


def test_what_failed_together_is_one_message(told):
    told.alerts.tell(map(alert, range(3)))
    ((title, text),) = told.messages
    assert title == "Showlist: 3 things to look at"
    assert text.startswith("run 0 failed\nNo key for 0.\n\nrun 1 failed")


def test_a_storm_is_some_messages_an_hour_and_one_with_the_rest(told):
    for number in range(60):
        told.alerts.tell([alert(number)])
    assert len(told.messages) == MESSAGES_AN_HOUR
    told.now += timedelta(minutes=61)
    told.alerts.tell()
    assert len(told.messages) == MESSAGES_AN_HOUR + 1
    title, text = told.messages[-1]
    assert title == "Showlist: 55 things to look at"
    assert text.endswith("And 35 more, which are not kept; the log has them.")
    told.now += timedelta(minutes=61)
    told.alerts.tell()
    assert len(told.messages) == MESSAGES_AN_HOUR + 1


def test_what_could_not_be_sent_waits_and_is_a_warning(told, caplog):
    told.fails = True
    told.alerts.tell([alert(1)])
    assert "The line is dead. What was to be told waits: Showlist: run 1 failed" in caplog.text
    told.fails = False
    told.alerts.tell()
    assert told.titles() == ["Showlist: run 1 failed"]


def test_what_lasts_is_told_again_only_after_it_was_over(told):
    for lasting in ([alert(1)], [alert(1)], [], [alert(1)]):
        told.alerts.tell(lasting={"standing": lasting})
    assert len(told.messages) == 2


def test_what_lasts_of_one_kind_is_not_over_when_another_is_looked_at(told):
    for kind in ("standing", "tick", "standing"):
        told.alerts.tell(lasting={kind: [alert(1)] if kind == "standing" else []})
    assert len(told.messages) == 1


def test_lasting_troubles_are_looked_for_once_an_hour(told):
    assert told.alerts.is_time_to_look()
    told.alerts.tell(lasting={"standing": []})
    assert not told.alerts.is_time_to_look()
    told.now += timedelta(minutes=59)
    assert told.alerts.is_time_to_look()


def test_two_machines_with_a_bucket_tell_once(told, gcs_bucket):
    told.root = f"{gcs_bucket}/data"
    here, there = told.alerts, told.alerts
    here.tell([alert(1)])
    there.tell([alert(1), alert(2)])
    assert told.titles() == ["Showlist: run 1 failed", "Showlist: run 2 failed"]


def test_a_strange_record_is_named(told, tmp_path):
    (tmp_path / "alerts.json").write_text("[]")
    with pytest.raises(StorageError, match=r"alerts\.json is not what Showlist has written"):
        told.alerts.tell([alert(1)])


# The ways out


def no_mail() -> None:
    return None


def test_a_mail_goes_by_the_mail_server():
    with mail_server() as box:
        server = MailServer(f"smtp://127.0.0.1:{box.port}", "Showlist <me@example.org>")
        address = "mailto:you@example.org"
        assert check_address(address, lambda: server) == "by mail"
        sender(address, lambda: server)("Showlist: CA failed", "Größe")
    (mail,) = box.mails
    assert (mail["To"], mail["Subject"]) == ("you@example.org", "Showlist: CA failed")
    assert mail.get_content().strip() == "Größe"


def test_a_mail_without_a_server_says_which_setting_is_missing():
    for tried in (check_address, lambda *to: sender(*to)("a", "b")):
        with pytest.raises(AlertError, match="SHOWLIST_SMTP_URL"):
            tried("mailto:you@example.org", no_mail)


def test_everything_else_goes_by_apprise():
    pytest.importorskip("apprise", reason="the extra alerts is not installed")
    with receiver() as hook:
        address = f"json://127.0.0.1:{hook.port}/s3cret"
        assert check_address(address, no_mail) == "by apprise (json)"
        sender(address, no_mail)("Showlist: CA failed", "a <b> & c")
        (sent,) = map(json.loads, hook.bodies)
        assert (sent["title"], sent["message"]) == ("Showlist: CA failed", "a <b> & c")
        hook.status = 500
        with pytest.raises(AlertError) as raised:
            sender(address, no_mail)("a", "b")
    assert "took no message" in str(raised.value)
    assert "s3cret" not in str(raised.value)


def test_an_address_that_apprise_does_not_know_is_refused_without_quoting_it():
    pytest.importorskip("apprise", reason="the extra alerts is not installed")
    with pytest.raises(AlertError, match="no address that apprise knows") as raised:
        check_address("nonsense://s3cret", no_mail)
    assert "s3cret" not in str(raised.value)


def test_without_apprise_it_is_said_how_to_install_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "apprise", None)
    with pytest.raises(AlertError, match=r"pip install 'showlist\[alerts\]'"):
        check_address("ntfy://topic", no_mail)
