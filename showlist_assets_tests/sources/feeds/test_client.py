"""Feeds over HTTP and from files: what is asked, what is kept, and what a broken one costs."""

from __future__ import annotations

import logging
import os
from datetime import date

import pytest

from showlist_assets.domain.feeds.feed import BrokenFeed
from showlist_assets.domain.tables.raw_events import RawEvents
from showlist_assets.sources.failures import SourceError
from showlist_assets.sources.feeds import client as clients
from showlist_assets.sources.feeds import entries
from showlist_assets.sources.feeds import reader as readers
from showlist_assets.sources.feeds import session as sessions
from showlist_assets.sources.feeds.client import kind_of
from showlist_assets.storage.feeds import FeedsFolder
from showlist_assets_tests.clock import NOW
from showlist_assets_tests.sources.conftest import Reply
from showlist_assets_tests.sources.feeds.documents import calendar, entry, event, feed, page

CALENDAR = calendar(entry(uid="1"), entry(uid="2", start=":20261218T200000"))
TABLE = "date,title\n2026-12-11,Crane\n"


def ics(body=CALENDAR, **headers):
    return Reply(body, headers={"Content-Type": "text/calendar", **headers})


def at(server, **fields):
    return feed(**{"from": f"{server.url}/private-key-1234/basic.ics", **fields})


def titles(listings):
    return listings.rows.good["title"].to_list()


def test_the_listings_of_a_state_are_those_of_its_feeds_together(reader, serve, tmp_path):
    (tmp_path / "table.csv").write_text(TABLE)
    found = reader.listings(
        at(serve(ics())),
        feed(name="crane", **{"from": "table.csv"}),
        feed(name="elsewhere", state="WA", **{"from": "not-there.ics"}),
    )
    assert titles(found) == ["Paper Lantern", "Paper Lantern", "Crane"]
    assert set(found.rows.good["platform"]) == {"room", "crane"}
    RawEvents.validate(found.rows.good)
    assert found.troubles == ()
    # No feed tells what lies beyond its own last show.
    assert found.complete_through == date(2026, 12, 11)


def test_a_state_without_a_feed_has_nothing_and_misses_nothing(reader):
    found = reader.listings(state="WY")
    assert (titles(found), found.complete_through) == ([], date.max)


def test_a_calendar_that_lists_nothing_covers_nothing_beyond_today(reader, serve):
    assert reader.listings(at(serve(ics(calendar())))).complete_through == date(2026, 11, 20)


def test_a_broken_feed_is_told_and_costs_only_itself(reader, serve, tmp_path):
    (tmp_path / "table.csv").write_text(TABLE)
    found = reader.listings(
        at(serve(Reply("gone", 404)), name="gone"),
        feed(name="crane", **{"from": "table.csv"}),
        feed(name="lost", **{"from": "lost.csv"}),
        broken=(BrokenFeed("mistaken", "NY", "mistaken.yaml, line 1: needs 'from'."),),
    )
    assert titles(found) == ["Crane"]
    assert found.complete_through is None
    mistaken, gone, lost = found.troubles
    assert mistaken == "mistaken.yaml, line 1: needs 'from'."
    assert gone.startswith("Feed gone: The calendar's host answered 404")
    assert "lost.csv" in lost


def test_a_state_of_which_nothing_could_be_read_has_no_answer(reader, serve):
    broken = BrokenFeed("mistaken", "VT", "mistaken.yaml, line 1: needs 'from'.")
    client = reader.feeds(at(serve(Reply("gone", 404))), broken=(broken,))
    with pytest.raises(SourceError, match="404"):
        client.listings("NY", reader.now)
    with pytest.raises(SourceError, match="mistaken"):
        client.listings("VT", reader.now)
    assert client.listings("WY", reader.now).complete_through == date.max
    with pytest.raises(SourceError, match=r"mistaken.*404"):
        client.check()


def test_a_host_is_asked_once_however_many_states_are(reader, serve):
    server = serve(ics())
    promoter = at(server, venues="from entries")
    client = reader.feeds(promoter)
    for state in ("NY", "VT", "WA"):
        client.listings(state, reader.now)
    assert len(server.requests) == 1


def test_a_host_is_not_asked_again_before_its_interval_is_over(reader, serve):
    server = serve(ics())
    first = reader.listings(at(server, every="3 hours"))
    reader.wait(hours=2, minutes=59)
    second = reader.listings(at(server, every="3 hours"))
    assert titles(second) == titles(first)
    assert second.rows.good["fetched_at"].unique().to_list() == [NOW]
    assert (len(server.requests), reader.client.usage.reused) == (1, 1)
    reader.wait(minutes=1)
    reader.listings(at(server, every="3 hours"))
    assert len(server.requests) == 2


@pytest.mark.parametrize(
    ("given", "asked"),
    [
        ({"ETag": '"v1"'}, ("If-None-Match", '"v1"')),
        (
            {"Last-Modified": "Fri, 20 Nov 2026 10:00:00 GMT"},
            ("If-Modified-Since", "Fri, 20 Nov 2026 10:00:00 GMT"),
        ),
    ],
)
def test_a_calendar_that_has_not_changed_is_not_sent_again(reader, serve, given, asked):
    server = serve(lambda sent: Reply("", 304) if asked[0] in sent.headers else ics(**given))
    first = reader.listings(at(server))
    reader.wait(hours=13)
    second = reader.listings(at(server))
    assert titles(second) == titles(first) == ["Paper Lantern", "Paper Lantern"]
    assert server.requests[1].headers[asked[0]] == asked[1]
    assert second.troubles == ()
    # It is as new as the answer that says so.
    assert second.rows.good["fetched_at"].unique().to_list() == [reader.now]


def test_an_earlier_copy_stands_in_for_a_host_that_fails_and_is_told(reader, serve):
    server = serve(ics(), Reply("no", 500))
    reader.listings(at(server))
    reader.wait(days=1)
    found = reader.listings(at(server))
    assert titles(found) == ["Paper Lantern", "Paper Lantern"]
    assert found.complete_through is None
    (words,) = found.troubles
    assert "answered 500" in words
    assert "What it said on 2026-11-20 stands in." in words
    assert reader.client.usage.outdated == 1
    assert found.rows.good["fetched_at"].unique().to_list() == [NOW]


@pytest.mark.parametrize("body", ["<html>We moved!</html>", CALENDAR[:60], ""])
def test_what_is_no_calendar_does_not_replace_one(reader, serve, body):
    server = serve(ics(), ics(body))
    reader.listings(at(server, kind="ics"))
    reader.wait(days=1)
    found = reader.listings(at(server, kind="ics"))
    assert titles(found) == ["Paper Lantern", "Paper Lantern"]
    assert "calendar" in found.troubles[0]


def test_a_host_that_failed_is_left_alone_for_an_hour_and_then_asked_again(reader, serve):
    server = serve(Reply("no", 404), ics())
    for _ in range(2):
        with pytest.raises(SourceError):
            reader.listings(at(server))
        reader.wait(minutes=30)
    assert len(server.requests) == 1
    assert len(titles(reader.listings(at(server)))) == 2


def test_a_copy_is_of_no_use_after_a_month(reader, serve):
    server = serve(ics(calendar(entry("RRULE:FREQ=WEEKLY"))), Reply("no", 404))
    reader.listings(at(server))
    reader.wait(days=31)
    with pytest.raises(SourceError):
        reader.listings(at(server))


def test_another_address_is_another_calendar(reader, serve):
    reader.listings(at(serve(ics())))
    assert titles(reader.listings(at(serve(ics(TABLE))))) == ["Crane"]


def test_an_address_is_in_no_message_no_log_and_no_copy(reader, serve, caplog, tmp_path):
    caplog.set_level(logging.DEBUG)
    with pytest.raises(SourceError) as failure:
        reader.listings(at(serve(Reply("private-key-1234", 500))))
    reader.listings(at(serve(ics()), name="fine"))
    assert (
        "private-key-1234" not in f"{failure.value!r} {failure.value.__context__!r} {caplog.text}"
    )
    assert "private-key-1234" not in repr(at(serve(ics())))
    for file in (tmp_path / "calls").iterdir():
        assert b"private-key-1234" not in file.read_bytes()


def test_a_document_without_an_end_is_not_read_to_it(reader, serve, monkeypatch):
    monkeypatch.setattr(sessions, "LARGEST", 1000)
    with pytest.raises(SourceError, match="more than"):
        reader.listings(at(serve(ics(CALENDAR + "X" * 2000))))


def test_redirects_lead_to_the_web_only(reader, serve):
    target = serve(ics())
    server = serve(Reply("", 302, {"Location": f"{target.url}/new.ics"}))
    assert len(titles(reader.listings(at(server)))) == 2
    to_a_file = serve(Reply("", 302, {"Location": "file:///etc/hostname"}))
    with pytest.raises(SourceError, match="not a usable address"):
        reader.listings(at(to_a_file, name="file"))


def test_a_charset_that_the_host_claims_is_used_for_what_is_no_utf_8(reader, serve):
    body = calendar(entry(title="Zażółć")).encode("iso-8859-2")
    server = serve(ics(body, **{"Content-Type": "text/calendar; charset=ISO-8859-2"}))
    assert titles(reader.listings(at(server))) == ["Zażółć"]


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (CALENDAR.encode(), "ics"),
        (CALENDAR.encode("utf-16"), "ics"),
        (b"\xef\xbb\xbf\r\nBEGIN:VCALENDAR", "ics"),
        (page(event()).encode(), "page"),
        (b'  [{"@type": "MusicEvent"}]', "page"),
        (TABLE.encode(), "csv"),
        (TABLE.encode("utf-16"), "csv"),
        (b"", "csv"),
    ],
)
def test_the_kind_is_told_by_how_a_document_begins(content, kind):
    assert kind_of(content) == kind


def test_rows_that_name_no_state_are_set_aside_once(reader, tmp_path):
    (tmp_path / "table.csv").write_text(
        "date,title,venue,state\n2026-12-11,A,Barn,\n2026-12-11,B,Barn,VT\n"
    )
    promoter = feed(
        **{"from": "table.csv"}, venues="from entries", venue=None, city=None, state=None
    )
    client = reader.feeds(promoter)
    found = {state: client.listings(state, reader.now).rows for state in ("NY", "VT")}
    assert [found[state].rejected.height for state in ("NY", "VT")] == [1, 0]
    assert [found[state].good.height for state in ("NY", "VT")] == [0, 1]


@pytest.fixture
def sandbox_feeds(sandbox, tmp_path):
    """The feeds that the sandbox's houses publish, as an operator would have them."""

    def write(**options):
        folder = tmp_path / "feeds"
        folder.mkdir(exist_ok=True)
        for name, text in sandbox.feed_files(**options).items():
            (folder / name).write_text(text)
        return FeedsFolder(folder).read_all()[0]

    return write


def test_every_house_of_the_sandbox_lists_what_the_world_has_on(sandbox, sandbox_feeds, reader):
    from showlist_assets.sandbox.apis.feeds import listed_events
    from showlist_assets.sandbox.world.dealing import doors_of

    truth = listed_events(sandbox.state)
    feeds = sandbox_feeds()
    client = reader.feeds(*feeds)
    kinds, kind_of = set(), {}
    listed = {}
    for each in feeds:
        answer = client.answer(each, NOW)
        assert answer.trouble == ""
        assert answer.rows.rejected.is_empty()
        kinds.add(answer.kind)
        kind_of[each.name] = answer.kind
        listed |= {row["event_id"]: row for row in answer.rows.good.iter_rows(named=True)}
    assert kinds == {"ics", "csv", "page"}
    events = sandbox.state.events.by_id
    ahead = {
        id_: events[number]
        for id_, number in truth.items()
        if events[number].starts_at_local.date() > NOW.date()
    }
    assert ahead.keys() <= listed.keys()
    for id_, real in ahead.items():
        row = listed[id_]
        assert row["local_date"] == real.starts_at_local.date()
        assert row["starts_at_local"] == (None if real.time_tbd else real.starts_at_local)
        assert row["doors_at_local"] in (None, doors_of(real))
        assert (row["status"] == "cancelled") == (real.status == "cancelled")
    doors = {id_.partition(":")[0] for id_, row in listed.items() if row["doors_at_local"]}
    assert {each.name for each in feeds} >= doors
    assert {kind_of[name] for name in doors} == kinds, "each form tells of some"
    # What a house has on every week is listed nowhere else.
    assert any("residency" in id_ for id_ in listed)


def test_the_sandbox_answers_304_and_a_house_that_moved_costs_only_itself(
    sandbox, sandbox_feeds, reader
):
    feeds = sandbox_feeds(broken=True)
    (moved,) = (each for each in feeds if each.name == "moved-away")
    first = reader.listings(*feeds, state=moved.state)
    assert first.rows.good.height > 0
    assert [words.partition(":")[0] for words in first.troubles] == ["Feed moved-away"]
    reader.wait(hours=13)
    second = reader.listings(*feeds, state=moved.state)
    assert sandbox.requests("feeds", status=304) > 0
    assert second.rows.good.drop("fetched_at").equals(first.rows.good.drop("fetched_at"))


@pytest.mark.parametrize("kind", ["reset", "late", "status", "captcha", "cut_json"])
def test_no_fault_of_a_host_costs_another(sandbox, sandbox_feeds, reader, kind):
    feeds = sandbox_feeds()
    sandbox.fault("feeds", kind, times=4, status=404, seconds=0.01)
    client = reader.feeds(*feeds[:6])
    answers = [client.answer(each, NOW) for each in feeds[:6]]
    assert sum(answer.rows.good.height for answer in answers) > 0
    assert sum(not answer.trouble for answer in answers) >= 2


@pytest.mark.parametrize(
    "target",
    ["http://[::1", "http://room.example:99999999/x", "ftp://room.example/secret"],
)
def test_a_redirect_to_nowhere_costs_only_its_own_feed(reader, serve, tmp_path, target):
    (tmp_path / "table.csv").write_text(TABLE)
    found = reader.listings(
        at(serve(Reply("", 302, {"Location": target})), name="lost"),
        feed(name="crane", **{"from": "table.csv"}),
    )
    assert titles(found) == ["Crane"]
    (words,) = found.troubles
    assert words.startswith("Feed lost: ")
    assert "usable address" in words
    assert "secret" not in words


def test_a_redirect_that_is_refused_names_where_it_leads(reader, serve):
    server = serve(Reply("", 302, {"Location": "ftp://elsewhere.example/private-key-1234"}))
    with pytest.raises(SourceError, match=r"ftp://elsewhere\.example,") as failure:
        reader.listings(at(server))
    assert "private-key-1234" not in str(failure.value)


def test_whatever_a_document_makes_a_library_do_costs_only_its_own_feed(
    reader, serve, tmp_path, monkeypatch
):
    def fails(*_, **__):
        raise ArithmeticError

    (tmp_path / "table.csv").write_text(TABLE)
    server, crane = serve(ics()), feed(name="crane", **{"from": "table.csv"})
    assert len(titles(reader.listings(at(server), crane))) == 3
    reader.wait(days=1)
    monkeypatch.setitem(clients._READERS, "ics", fails)
    found = reader.listings(at(server), crane)
    assert titles(found) == ["Crane"]
    assert "it cannot be read (ArithmeticError)" in found.troubles[0]
    assert found.complete_through is None
    # It is as any failure: the host is left alone for an hour.
    reader.listings(at(server), crane)
    assert len(server.requests) == 2


def test_a_path_in_nobody_s_home_costs_only_its_own_feed(reader, tmp_path):
    (tmp_path / "table.csv").write_text(TABLE)
    found = reader.listings(
        feed(**{"from": "~no-such-user-at-all/a.csv"}),
        feed(name="crane", **{"from": "table.csv"}),
    )
    assert titles(found) == ["Crane"]
    assert found.troubles[0].startswith("Feed room: it cannot be read (")


@pytest.mark.parametrize("charset", ["undefined", "hex", "idna", "no-such", "utf-16"])
def test_no_charset_that_a_host_claims_makes_a_calendar_unreadable(reader, serve, charset):
    body = calendar(entry(title="Caf\xe9")).encode("latin-1")
    server = serve(ics(body, **{"Content-Type": f"text/calendar; charset={charset}"}))
    assert titles(reader.listings(at(server, name=charset.replace("-", "")))) != []


def test_a_calendar_without_measure_is_read_so_far_and_is_not_complete(reader, serve, monkeypatch):
    monkeypatch.setattr(readers, "MOST_ROWS", 1)
    found = reader.listings(at(serve(ics())))
    assert len(titles(found)) == 1
    assert "more than 1 shows" in found.troubles[0]
    assert found.complete_through is None


def test_a_calendar_that_takes_too_long_is_not_complete(reader, serve, monkeypatch):
    monkeypatch.setattr(entries, "LONGEST_SECONDS", -1.0)
    found = reader.listings(at(serve(ics())))
    assert "reading it takes more than" in found.troubles[0]
    assert found.complete_through is None


def test_a_state_tells_which_feeds_were_read(reader, serve, tmp_path):
    (tmp_path / "table.csv").write_text(TABLE)
    crane = feed(name="crane", **{"from": "table.csv"})
    assert reader.listings(at(serve(ics())), crane).feeds == ("room", "crane")
    elsewhere = feed(name="crane", state="WA", **{"from": "table.csv"})
    assert reader.listings(elsewhere).feeds == ()


def test_a_pipe_is_no_calendar_and_holds_nobody_up(reader, tmp_path):
    os.mkfifo(tmp_path / "pipe.ics")
    with pytest.raises(SourceError, match="no file"):
        reader.listings(feed(**{"from": "pipe.ics"}))
