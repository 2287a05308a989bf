"""The mail server: encryption, login, and what is told of a failure, over real SMTP."""

from __future__ import annotations

import socket
from email.message import EmailMessage
from threading import Thread

import pytest

from showlist_assets.services.mail import MailError, MailServer
from showlist_assets_tests.services.mailbox import (
    ENCODED,
    PASSWORD,
    USER,
    mail_server,
    make_certificate,
)

# The server of these tests takes a password in the clear on loopback, and says so.
pytestmark = pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    return make_certificate(tmp_path_factory.mktemp("certificate"))


@pytest.fixture
def trusted(certificate, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    return certificate


def mail(to: str = "you@example.org") -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = USER, to, "Live in Köln"
    message.set_content("Beyoncé\n")
    return message


def url(port: int, *, scheme: str = "smtp", login: str = "") -> str:
    return f"{scheme}://{login}127.0.0.1:{port}"


LOGIN = f"me%40example.org:{ENCODED}@"


def test_a_mail_arrives_as_it_was_written():
    with mail_server() as box:
        MailServer(url(box.port), USER).send(mail())
    (arrived,) = box.mails
    assert (arrived["Subject"], arrived.get_content().strip()) == ("Live in Köln", "Beyoncé")
    assert box.logins == []


def test_a_password_is_sent_once_the_line_is_encrypted(trusted):
    with mail_server(certificate=trusted, login=True) as box:
        server = MailServer(url(box.port, login=LOGIN))
        server.check()
        server.send(mail())
    assert box.logins == [(USER, PASSWORD, True)] * 2
    assert len(box.mails) == 1
    assert server.sender == USER


def test_a_server_may_be_encrypted_from_the_first_byte(trusted):
    with mail_server(certificate=trusted, implicit=True, login=True) as box:
        MailServer(url(box.port, scheme="smtps", login=LOGIN)).send(mail())
    assert len(box.mails) == 1


def test_a_line_within_this_machine_needs_no_encryption():
    with mail_server(login=True) as box:
        MailServer(url(box.port, login=LOGIN)).send(mail())
    assert box.logins == [(USER, PASSWORD, False)]


def test_a_password_is_not_sent_to_another_machine_in_the_clear(monkeypatch):
    monkeypatch.setattr("showlist_assets.services.mail._is_this_machine", lambda host: False)  # noqa: ARG005
    with mail_server(login=True) as box, pytest.raises(MailError, match="offers no encryption"):
        MailServer(url(box.port, login=LOGIN)).send(mail())
    assert (box.logins, box.mails) == ([], [])


def told(make) -> str:
    with pytest.raises(MailError) as raised:
        make()
    words = str(raised.value)
    assert PASSWORD not in words
    assert ENCODED not in words
    return words


def test_what_fails_is_told_without_the_password(trusted, monkeypatch):
    with mail_server(certificate=trusted, login=True) as box:
        wrong = MailServer(url(box.port, login=LOGIN.replace(ENCODED, f"{ENCODED}x")))
        assert "refused user and password (535)" in told(wrong.check)
        box.refused.add("you@example.org")
        right = MailServer(url(box.port, login=LOGIN))
        assert "refused the recipient you@example.org (550)" in told(lambda: right.send(mail()))
        at_once = MailServer(url(box.port, scheme="smtps", login=LOGIN))
        assert "smtps:// is for port 465" in told(at_once.check)
        monkeypatch.delenv("SSL_CERT_FILE")
        assert "certificate that is not trusted" in told(right.check)
    assert "cannot be reached: Connection refused" in told(right.check)


def test_a_server_that_hangs_up_is_told():
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        listening.settimeout(5)
        Thread(target=lambda: listening.accept()[0].close(), daemon=True).start()
        assert "closed the connection" in told(MailServer(url(port), USER).check)


@pytest.mark.parametrize("sender", [None, "", "Showlist", "a@b.c, d@e.f", "a@b.c\nBcc: d@e.f"])
def test_it_must_be_known_whom_mails_are_from(sender):
    with pytest.raises(MailError, match="SHOWLIST_MAIL_FROM"):
        MailServer("smtp://user:word@127.0.0.1", sender)


def test_a_sender_may_have_a_name():
    assert MailServer("smtp://h", "Showlist <me@example.org>").sender == "Showlist <me@example.org>"
