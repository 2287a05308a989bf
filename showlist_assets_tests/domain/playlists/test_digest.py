"""The digest: what counts as new, gone, moved and leaving soon, and how it reads."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from showlist_assets.domain.playlists.digest import Move, changes, digest_html, digest_markdown
from showlist_assets_tests.domain.playlists.planned import plan_of, planned_show

_TODAY = date(2026, 11, 20)


def test_shows_are_new_gone_or_as_before():
    kept, new, gone = planned_show("kept"), planned_show("new"), planned_show("gone")
    found = changes(plan_of(kept, new), [kept, gone], today=_TODAY)
    assert (found.new, found.gone, found.moved) == ((new,), (gone,), ())


def test_a_show_that_took_place_is_not_gone():
    yesterday = planned_show(local_date=_TODAY - timedelta(days=1))
    assert changes(plan_of(), [yesterday], today=_TODAY).gone == ()


def test_another_date_or_venue_is_a_move_and_another_price_is_not():
    before = planned_show("a"), planned_show("b"), planned_show("c")
    after = (
        planned_show("a", local_date=date(2026, 12, 11)),
        planned_show("b", venue_name="Cellar"),
        planned_show("c", lowest_price=10.0),
    )
    found = changes(plan_of(*after), before, today=_TODAY)
    assert found.moved == (Move(before[0], after[0]), Move(before[1], after[1]))


def test_the_shows_of_the_next_days_are_leaving_soon():
    days = [planned_show(str(n), local_date=_TODAY + timedelta(days=n)) for n in range(6)]
    found = changes(plan_of(*days), days, today=_TODAY)
    assert found.leaving_soon == tuple(days[:4])


def test_a_digest_reads_as_sentences_with_ticket_links():
    before = planned_show()
    after = planned_show(
        local_date=date(2026, 12, 11),
        starts_at_local=datetime(2026, 12, 11, 0, 5),  # noqa: DTZ001  the venue's wall clock
    )
    plan = plan_of(after)
    text = digest_markdown(plan, changes(plan, [before], today=_TODAY))
    assert "## Moved\n" in text
    assert (
        "- Fri Dec 11, 12:05 AM: Paper Lantern, Tin Owl. The Boiler Room, New York, NY "
        "(was Fri Dec 4, 8:00 PM, The Boiler Room, New York, NY). "
        "[Tickets](https://tickets.example/1)" in text
    )
    assert "## New" not in text


def test_nothing_that_changed_is_said_too():
    plan = plan_of()
    assert "Nothing changed" in digest_markdown(plan, changes(plan, [], today=_TODAY))
    assert "Nothing changed" in digest_html(plan, changes(plan, [], today=_TODAY))


def test_names_and_links_of_a_source_stay_text():
    odd = planned_show(
        artists=("*NSYNC", "<script>alert(1)</script>"), ticket_url="javascript:alert(1)"
    )
    plan = plan_of(odd, title="A & B")
    found = changes(plan, [], today=_TODAY)
    page, text = digest_html(plan, found), digest_markdown(plan, found)
    assert "<script" not in page
    assert "<title>A &amp; B</title>" in page
    assert "\\*NSYNC" in text
    assert "javascript:" not in page + text


def test_a_link_cannot_break_out_of_its_place():
    odd = planned_show(ticket_url='https://tickets.example/a) [x](b"><b>')
    plan = plan_of(odd)
    found = changes(plan, [], today=_TODAY)
    assert "[Tickets](https://tickets.example/a%29%20[x]%28b%22%3E%3Cb%3E)" in digest_markdown(
        plan, found
    )
    assert "<b>" not in digest_html(plan, found)
