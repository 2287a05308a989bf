"""What a title says, however few patterns it takes to find it."""

from __future__ import annotations

import pytest

from showlist_assets.domain.events.listing_names import read_names

SAID = (
    "2 Day Pass", "Weekend Ticket", "Saturday", "Day Two", "Early Entry", "Meet and Greet",
    "Post-Show", "VIP: Owls", "Parking", "Lounge", "After Party", "Pre-Show", "Afters",
    "Listening Party", "Early Show", "Matinee", "Late Night Set", "1st Set", "9:30 Seating",
    "Performance 2", "Vol. 2", "Pt. 3", "Chapter 4", "Owls #3", "for Families", "Kids Show",
    "DJ Set", "now at Aragon", "Moved to Aragon: Owls", "Relocated to Aragon: Owls", "New Venue",
    "Sold Out", "Cancelled", "Postponed", "Rescheduled", "Low Tickets", "Just Announced",
    "Free Show", "All Ages", "18+", "21 and over", "Night One", "12/31", "7 pm", "Live at Aragon",
    "in Concert", "Official", "Owls (TX)", "Owls (Reissue)", "presented by Aragon",
    "Aragon presents Owls", "Ticket + Hotel Deal", "Suite Rental", "Fast Lane", "Upgrade",
    "Livestream", "Owls & Foxes", "Owls / Foxes", "Paper Lantern", "MC Yusuf with Owls",
)  # fmt: skip


@pytest.mark.parametrize("change", [str, str.upper, str.lower])
def test_a_title_is_searched_for_what_it_may_say_as_if_it_were_searched_for_everything(change):
    for said in SAID:
        title = f"Tin Sparrow - {change(said)}"
        # Beyond ASCII everything is looked for; the sign itself is no part of a name.
        all_searched = read_names(f"\u200b{title}", [], "The Loft", "Boise")
        assert read_names(title, [], "The Loft", "Boise") == all_searched, title


def test_who_is_billed_loses_the_same_words_as_a_title():
    for said in SAID:
        plain, searched = (
            read_names("Owls", [f"{sign}Foxes {said}"], "The Loft", None) for sign in ("", "\u200b")
        )
        assert plain == searched, said
