"""The digest: what counts as new, gone, moved and leaving soon, and how that reads as Markdown."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from showlist_assets.domain.playlists.digest import Changes, Move, changes
from showlist_assets.domain.playlists.digest_content import Digest
from showlist_assets.domain.playlists.digest_page import digest_html
from showlist_assets.domain.playlists.digest_text import digest_markdown
from showlist_assets.domain.playlists.plan import Plan
from showlist_assets_tests.domain.playlists.planned import plan_of, planned_show
from showlist_assets_tests.domain.playlists.show_histories import FIRST, fates_of, later, row

_TODAY = date(2026, 11, 20)


def markdown(plan: Plan, found: Changes) -> str:
    return digest_markdown(Digest(plan=plan, found=found, today=_TODAY))


def page_of(plan: Plan, found: Changes) -> str:
    return digest_html(Digest(plan=plan, found=found, today=_TODAY))


def test_shows_are_new_gone_or_as_before():
    kept, new, gone = (planned_show(name, artists=(name,)) for name in ("kept", "new", "gone"))
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


def _at(hour: int, minute: int = 0) -> dict:
    return {"starts_at_local": datetime(2026, 12, 4, hour, minute)}  # noqa: DTZ001  the venue's


def test_a_show_under_another_id_is_neither_gone_nor_new():
    before = planned_show("old", venue_name="Boiler Room")
    after = planned_show("new", venue_city="new york", artists=("Paper Lantern",), **_at(20, 15))
    found = changes(plan_of(after), [before], today=_TODAY)
    assert (found.new, found.gone) == ((), ())
    assert found.relisted == (Move(before, after),)


def test_a_show_under_another_id_at_the_same_time_and_place_has_not_moved():
    before = planned_show("old", venue_name="Boiler Room")
    assert changes(plan_of(planned_show("new")), [before], today=_TODAY).moved == ()


def test_a_show_under_another_id_at_another_hour_has_moved():
    before, after = planned_show("old"), planned_show("new", **_at(22))
    found = changes(plan_of(after), [before], today=_TODAY)
    assert (found.new, found.gone, found.moved) == ((), (), (Move(before, after),))


def test_a_second_listing_that_is_dropped_is_not_gone():
    found = changes(
        plan_of(planned_show("a")), [planned_show("a"), planned_show("b")], today=_TODAY
    )
    assert (found.new, found.gone, found.moved) == ((), (), ())


def test_of_an_early_and_a_late_show_each_is_itself_under_another_id():
    early, late = planned_show("1", **_at(19)), planned_show("2", **_at(22))
    again = planned_show("8", **_at(22)), planned_show("9", **_at(19))
    found = changes(plan_of(*again), [early, late], today=_TODAY)
    assert (found.new, found.gone, found.moved) == ((), (), ())
    assert set(found.relisted) == {Move(early, again[1]), Move(late, again[0])}


def test_a_late_show_that_is_cancelled_is_gone_though_the_early_one_stays():
    early, late = planned_show("1", **_at(19)), planned_show("2", **_at(22))
    assert changes(plan_of(early), [early, late], today=_TODAY).gone == (late,)


@pytest.mark.parametrize(
    "other",
    [{"artists": ("Tin Fox",)}, {"venue_name": "Cellar"}, {"local_date": date(2026, 12, 5)}],
)
def test_another_act_house_or_day_is_another_show(other):
    before, after = planned_show("old"), planned_show("new", **other)
    found = changes(plan_of(after), [before], today=_TODAY)
    assert (found.new, found.gone, found.relisted) == ((after,), (before,), ())


def test_a_festival_that_is_on_is_neither_over_nor_said_to_begin():
    festival = planned_show(
        local_date=_TODAY - timedelta(days=1), last_date=_TODAY + timedelta(days=1)
    )
    assert changes(plan_of(), [festival], today=_TODAY).gone == (festival,)
    plan = plan_of(festival)
    found = changes(plan, [festival], today=_TODAY)
    assert found.leaving_soon == (festival,)
    assert "- Thu Nov 19 to Sat Nov 21: " in markdown(plan, found)


@pytest.mark.parametrize("link", ["https://tickets.example/a\nb", "https://[tickets.example/a"])
def test_a_link_that_leads_nowhere_costs_only_itself(link):
    plan = plan_of(planned_show("1", ticket_url=link), planned_show("2", artists=("Tin Fox",)))
    found = changes(plan, [], today=_TODAY)
    for text in (page_of(plan, found), markdown(plan, found)):
        assert "Paper Lantern" in text
        assert "https://tickets.example/1" in text
        assert "ickets.example/a" not in text


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
    text = markdown(plan, changes(plan, [before], today=_TODAY))
    assert "## Moved\n" in text
    assert (
        "- Fri Dec 11, 12:05 AM: Paper Lantern, Tin Owl. The Boiler Room, New York, NY "
        "(was Fri Dec 4, 8:00 PM, The Boiler Room, New York, NY). "
        "[Tickets](https://tickets.example/1)" in text
    )
    assert "## New" not in text


def test_nothing_that_changed_is_said_too():
    plan = plan_of()
    assert "Nothing changed" in markdown(plan, changes(plan, [], today=_TODAY))
    assert "Nothing changed" in page_of(plan, changes(plan, [], today=_TODAY))


def test_names_and_links_of_a_source_stay_text():
    odd = planned_show(
        artists=("*NSYNC", "<script>alert(1)</script>"), ticket_url="javascript:alert(1)"
    )
    plan = plan_of(odd, title="A & B")
    found = changes(plan, [], today=_TODAY)
    page, text = page_of(plan, found), markdown(plan, found)
    assert "<script" not in page
    assert "<title>A &amp; B</title>" in page
    assert "\\*NSYNC" in text
    assert "javascript:" not in page + text


def test_a_link_cannot_break_out_of_its_place():
    odd = planned_show(ticket_url='https://tickets.example/a) [x](b"><b>')
    plan = plan_of(odd)
    found = changes(plan, [], today=_TODAY)
    assert "[Tickets](https://tickets.example/a%29%20[x]%28b%22%3E%3Cb%3E)" in markdown(plan, found)
    assert "<b>" not in page_of(plan, found)


@pytest.mark.parametrize(
    ("change", "field", "heading", "note"),
    [
        ("cancelled", "cancelled", "Cancelled", "New York, NY."),
        ("postponed", "postponed", "Postponed", "(no new date yet)."),
        ("vanished", "vanished", "No longer listed", "(by any source, so presumed cancelled)."),
    ],
)
def test_a_show_that_is_off_is_named_with_why(change, field, heading, note):
    show, plan = planned_show(), plan_of()
    fates = fates_of(row(show, "known"), row(show, change, 1))
    found = changes(plan, [show], today=_TODAY, fates=fates)
    assert getattr(found, field) == (show,)
    assert found.gone == ()
    text = markdown(plan, found)
    assert "Fri Dec 4, 8:00 PM: Paper Lantern, Tin Owl. The Boiler Room, New York, NY" in text
    assert note in text
    assert f"## {heading}\n" in text


def test_a_cancelled_show_has_not_become_another_listing_of_its_night():
    before, other = planned_show("old"), planned_show("new")
    fates = fates_of(row(before, "cancelled"), row(other, "announced"))
    found = changes(plan_of(other), [before], today=_TODAY, fates=fates)
    assert (found.cancelled, found.new, found.relisted) == ((before,), (other,), ())


def test_a_show_that_moved_out_of_what_is_asked_for_is_told_with_its_new_date():
    show, plan = planned_show(), plan_of()
    moved = later(show, 60, venue_name="Cellar")
    fates = fates_of(row(show, "known"), row(moved, "moved", 1))
    found = changes(plan, [show], today=_TODAY, fates=fates)
    assert (found.gone, found.moved, len(found.moved_away)) == ((), (), 1)
    assert (
        "- Tue Feb 2, 8:00 PM: Paper Lantern, Tin Owl. Cellar, New York, NY (was Fri Dec 4, "
        "8:00 PM, The Boiler Room, New York, NY; left this playlist)." in markdown(plan, found)
    )


def test_a_changed_line_up_is_told_once():
    show = planned_show()
    plan = plan_of(show)
    news = row(show, "line_up", 2, was="Grey Hen", becomes="*NSYNC, Tin Owl")
    fates = fates_of(row(show, "known"), news)
    found = changes(plan, [show], today=_TODAY, fates=fates, since=FIRST + timedelta(days=1))
    assert "## Line-up changed\n" in markdown(plan, found)
    assert '<p class="note quiet">New: *NSYNC, Tin Owl; out: Grey Hen.</p>' in page_of(plan, found)
    for since in (FIRST + timedelta(days=2), None):
        assert changes(plan, [show], today=_TODAY, fates=fates, since=since).line_ups == ()
    new = changes(plan, [], today=_TODAY, fates=fates, since=FIRST)
    assert (new.new, new.line_ups) == ((show,), ()), "a new show has all of its bill"


def test_a_show_that_is_on_after_all_is_not_new():
    show, since = planned_show(), FIRST + timedelta(hours=30)
    fates = fates_of(row(show, "cancelled", 1), row(show, "back", 2))
    plan = plan_of(show)
    found = changes(plan, [], today=_TODAY, fates=fates, since=since)
    assert (found.new, found.back) == ((), (show,))
    assert "## On after all\n" in markdown(plan, found)


def test_what_goes_ahead_and_is_not_asked_for_any_more_is_gone_and_not_cancelled():
    show = planned_show()
    found = changes(plan_of(), [show], today=_TODAY, fates=fates_of(row(show, "known")))
    assert (found.gone, found.cancelled, found.vanished) == ((show,), (), ())


def test_a_show_that_has_begun_is_not_gone():
    show, now = planned_show(), datetime(2026, 12, 5, 2, tzinfo=UTC)
    assert changes(plan_of(), [show], today=date(2026, 12, 4), now=now).gone == ()
    assert changes(plan_of(), [show], today=date(2026, 12, 4)).gone == (show,)
