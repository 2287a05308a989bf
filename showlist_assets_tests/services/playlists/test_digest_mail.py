"""The digest by mail: who is told what, once, and that no failure stops a push."""

from __future__ import annotations

import stat
from dataclasses import replace
from datetime import timedelta

import pytest
from icalendar import Calendar

from showlist_assets.domain.playlists.digest import changes
from showlist_assets.domain.playlists.digest_content import Digest
from showlist_assets.domain.playlists.recipe import parse_recipe
from showlist_assets.domain.playlists.show_fates import ShowFates
from showlist_assets.services.mail import MailServer
from showlist_assets.services.playlists.digest_mail import DigestMail, digest_message
from showlist_assets.services.playlists.plan_files import PlanFiles
from showlist_assets.storage.files import LocalFiles, StorageError
from showlist_assets_tests.clock import NOW
from showlist_assets_tests.domain.playlists.planned import plan_of, planned_show, taste_note
from showlist_assets_tests.services.mailbox import USER, mail_server

DAY = (NOW + timedelta(days=5)).date()
PLAYLIST = "https://open.spotify.com/playlist/1"


def show(number: int, name: str = "Tin Owl"):
    return planned_show(f"seatgeek-{number}", title=name, artists=(name,), local_date=DAY)


class Post:
    """Publishes plans and delivers their digests, a day apart."""

    def __init__(self, folder, port, box) -> None:
        self.folder, self.port, self.box, self.now = folder, port, box, NOW
        self.files = LocalFiles(folder, private=True)
        self.plans = PlanFiles(self.files)

    def server(self):
        return MailServer(f"smtp://127.0.0.1:{self.port}", USER)

    def deliver(self, *shows, mail="you@example.org", title="Live in New York", server=None):
        self.now += timedelta(days=1)
        plan = plan_of(*shows, title=title)
        self.plans.publish(plan, today=self.now.date(), now=self.now)
        recipe = parse_recipe(f"states: NY\nmail: {mail}\n", name="mine", source="mine.yaml")
        return DigestMail(self.files, self.plans, server or self.server).deliver(
            recipe,
            plan,
            today=self.now.date(),
            now=self.now,
            fates=ShowFates,
            playlist_url=PLAYLIST,
        )


@pytest.fixture
def post(tmp_path):
    with mail_server() as box:
        yield Post(tmp_path, box.port, box)


def test_a_digest_is_mailed_as_text_and_as_the_same_page(post):
    assert post.deliver(show(1)).words == "1 digest mailed."
    (mail,) = post.box.mails
    assert mail["Subject"] == "Live in New York: 1 show"
    assert (mail["From"], mail["To"]) == (USER, "you@example.org")
    assert mail.get_content_type() == "multipart/alternative"
    text, page = (part.get_content() for part in mail.iter_parts())
    assert "Tin Owl" in text
    assert PLAYLIST in text
    assert page.replace("\r\n", "\n") == (post.folder / "digests" / "mine.html").read_text()


def test_news_is_mailed_once_and_no_news_not_at_all(post):
    post.deliver(show(1))
    assert post.deliver(show(1)).words == ""
    post.deliver(show(1), show(2, "Grey Hen"))
    post.deliver(show(1), show(2, "Grey Hen"))
    assert [mail["Subject"].partition(": ")[2] for mail in post.box.mails] == ["1 show", "1 new"]
    text = post.box.mails[1].get_body(["plain"]).get_content()
    new = text.partition("\r\nNEW\r\n" if "\r\n" in text else "\nNEW\n")[2].partition("AHEAD")[0]
    assert "Grey Hen" in new
    assert len({mail["Message-ID"] for mail in post.box.mails}) == 2


def test_an_empty_first_digest_is_not_mailed(post):
    assert post.deliver().sent == 0
    assert post.deliver(show(1)).sent == 1


def test_whoever_is_added_later_is_told_of_all_shows_and_nobody_sees_the_others(post):
    post.deliver(show(1), mail="a@example.org")
    report = post.deliver(show(1), mail="[a@example.org, b@example.org, a@example.org]")
    assert (report.sent, post.box.recipients) == (1, ["a@example.org", "b@example.org"])
    assert post.box.mails[1]["Subject"].endswith(": 1 show")


def test_a_failure_is_a_warning_and_its_news_come_with_the_next_mail(post):
    port, post.port = post.port, 1
    report = post.deliver(show(1))
    assert (report.sent, "cannot be reached" in report.warning) == (0, True)
    post.port = port
    post.deliver(show(1))
    post.port = 1
    post.deliver(show(1), show(2, "Grey Hen"))
    post.port = port
    post.deliver(show(1), show(2, "Grey Hen"))
    assert [mail["Subject"].partition(": ")[2] for mail in post.box.mails] == ["1 show", "1 new"]


def test_an_address_that_is_refused_does_not_cost_the_others_their_mail(post):
    post.box.refused.add("a@example.org")
    report = post.deliver(show(1), mail="[a@example.org, b@example.org]")
    assert (report.sent, post.box.recipients) == (1, ["b@example.org"])
    assert "refused the recipient a@example.org (550)" in report.warning
    post.box.refused.clear()
    post.deliver(show(1), mail="[a@example.org, b@example.org]")
    assert post.box.recipients == ["b@example.org", "a@example.org"]


def test_without_a_server_it_is_said_what_to_set(post):
    report = post.deliver(show(1), server=lambda: None)
    assert "SHOWLIST_SMTP_URL is not set" in report.warning


def test_nobody_is_mailed_unless_the_recipe_names_them(post):
    assert post.deliver(show(1), mail="[]", server=lambda: None).words == ""
    assert post.box.mails == []


def test_what_cannot_be_read_is_a_warning_too(post):
    post.deliver(show(1))
    remembered = post.folder / "mailed" / "mine.json"
    assert stat.S_IMODE(remembered.stat().st_mode) == 0o600
    remembered.write_text("[")
    assert "Delete it: the next mail lists all shows." in post.deliver(show(1)).warning

    def unreadable():
        raise StorageError("The bucket is gone.")

    remembered.unlink()
    recipe = parse_recipe("states: NY\nmail: a@b.c\n", name="mine", source="mine.yaml")
    report = DigestMail(post.files, post.plans, post.server).deliver(
        recipe, plan_of(show(1)), today=DAY, now=NOW, fates=unreadable
    )
    assert report.warning == "The bucket is gone."


def test_the_calendar_is_attached_where_it_is_wanted(post):
    post.deliver(show(1), mail="{to: you@example.org, calendar: true}")
    (attached,) = post.box.mails[0].iter_attachments()
    assert (attached.get_content_type(), attached.get_filename()) == ("text/calendar", "mine.ics")
    written = (post.folder / "calendars" / "mine.ics").read_bytes()
    assert attached.get_payload(decode=True) == written
    assert Calendar.from_ical(written).walk("VEVENT") is not None


def test_a_title_cannot_write_a_header(post):
    title = "Hi\r\nBcc: all@example.org\ud800\u202e\x00" + "é" * 90
    plan = plan_of(show(1), title=title)
    digest = Digest(plan=plan, found=changes(plan, [], today=DAY), today=DAY)
    message = digest_message(digest, sender=USER, to="you@example.org", now=NOW)
    post.server().send(message)
    (mail,) = post.box.mails
    assert mail["Bcc"] is None
    assert mail["Subject"].startswith("Hi Bcc: all@example.org é")


def test_the_files_of_the_digest_lead_to_the_playlist_from_then_on(post):
    post.deliver(show(1), mail="[]")
    for kind in ("html", "txt", "md"):
        assert PLAYLIST in (post.folder / "digests" / f"mine.{kind}").read_text()


@pytest.mark.parametrize("is_told", [False, True])
def test_what_the_listener_plays_is_mailed_only_where_the_recipe_says_so(post, is_told):
    fitting = replace(show(1), taste=taste_note())
    post.deliver(fitting, mail=f"{{to: you@example.org, calendar: true, taste: {is_told}}}")
    (mail,) = post.box.mails
    parts = [part.get_content() for part in mail.walk() if not part.is_multipart()]
    texts = [part if isinstance(part, str) else part.decode() for part in parts]
    assert len(texts) == 3
    assert all(("Mitski" in text) == is_told for text in texts)
    assert "Mitski" not in (post.folder / "mailed" / "mine.json").read_text()
