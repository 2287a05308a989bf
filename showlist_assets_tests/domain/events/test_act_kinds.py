from __future__ import annotations

import pytest

from showlist_assets.domain.events.act_kinds import act_kind
from showlist_assets_tests.domain.events.bills import event, performer


def kind_of(billed, **columns):
    """What a performer (a name, or columns) is on a bill of their own."""
    show = event(billed, **columns).row(0, named=True)
    return act_kind(show["performers"][0], show)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Paper Lantern", "artist"),
        ("Boulder Jazz Festival", "festival"),
        ("Levitation Fest 2026", "festival"),
        ("Festival of Dead Deer", "artist"),
        ("Grant Park Festival Orchestra", "artist"),
        ("Manifest", "artist"),
        ("Special Guests", "other"),
        ("TBA", "other"),
        ("Glass Owls - Parking", "other"),
        ("Glass Owls VIP Package", "other"),
        ("Opening act to be announced", "other"),
        ("The Boiler Room", "other"),
        ("Zoso - A Tribute to Led Zeppelin", "tribute"),
        ("The Music of Hans Zimmer", "tribute"),
        ("Celebrating the Music of Prince", "tribute"),
        ("Distributed", "artist"),
    ],
)
def test_a_name_on_a_bill_is_told_apart(name, kind):
    assert kind_of(name) == kind


def test_a_performer_the_source_calls_a_festival_or_a_play_is_no_artist():
    festival = performer("Harbour Days", kind="music_festival")
    play = performer("Hamlet", kind="theater")
    assert [kind_of(festival), kind_of(play)] == ["festival", "other"]


def test_a_band_alone_at_a_festival_named_after_it_is_still_an_artist():
    assert kind_of("Paper Lantern", kind="music_festival", title="Paper Lantern & Friends") == (
        "artist"
    )
