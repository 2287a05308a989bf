from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from showlist_assets.domain.playlists.diff import (
    BATCH,
    CAREFUL_AT_MOST,
    Add,
    Move,
    Remove,
    Replace,
    TargetList,
    applied,
    edits,
    target_list,
)


def tracks(numbers):
    return [f"spotify:track:{number:022}" for number in numbers]


def after_each(live, made):
    """The list before the first edit and after each."""
    states = [list(live)]
    for edit in made:
        states.append(applied(edit, states[-1]))
    return states


def is_subsequence(short, long):
    rest = iter(long)
    return all(any(one == other for other in rest) for one in short)


@st.composite
def situations(draw, most=40):
    """An old list of ours, what the listener made of it, and a new plan."""
    size = draw(st.integers(0, most))
    known = tracks(range(size + size // 2 + 1))
    old = draw(st.permutations(known))[:size]
    planned = draw(st.permutations(known))[: draw(st.integers(0, size))]
    removed = draw(st.sets(st.sampled_from(known), max_size=size // 4))
    theirs = tracks(range(900, 900 + draw(st.integers(0, size // 4 + 1))))
    theirs += draw(st.lists(st.sampled_from(["spotify:local:a:b:c:1", "", *known]), max_size=2))
    live = [uri for uri in old if uri not in removed]
    for uri in theirs:
        live.insert(draw(st.integers(0, len(live))), uri)
    return live, planned, old, removed


@given(situations())
def test_the_edits_lead_to_the_wanted_list(situation):
    live, planned, ours, withheld = situation
    wanted = target_list(planned, live, ours=set(ours), withheld=withheld)
    assert after_each(live, edits(live, wanted))[-1] == list(wanted.items)


@given(situations())
def test_whatever_is_not_ours_stays_in_its_order_and_in_all_its_copies(situation):
    live, planned, ours, withheld = situation
    wanted = target_list(planned, live, ours=set(ours), withheld=withheld)
    theirs = [uri for uri in live if uri not in ours]
    assert is_subsequence(theirs, wanted.additions)
    for state in after_each(live, edits(live, wanted)):
        assert Counter(theirs) <= Counter(state)


@given(situations())
def test_the_plan_is_played_in_its_order_and_no_track_of_it_twice(situation):
    live, planned, ours, withheld = situation
    wanted = target_list(planned, live, ours=set(ours), withheld=withheld)
    assert is_subsequence(wanted.ours, planned)
    assert len(set(wanted.ours)) == len(wanted.ours)
    assert set(planned) - set(withheld) <= set(wanted.items)
    assert not set(wanted.ours) & set(withheld)


@given(situations())
def test_settling_what_is_settled_changes_nothing(situation):
    live, planned, ours, withheld = situation
    first = target_list(planned, live, ours=set(ours), withheld=withheld)
    again = target_list(planned, first.items, ours=set(first.ours), withheld=withheld)
    assert again == first
    assert edits(first.items, again) == []


@given(situations())
def test_up_to_a_hundred_writable_items_take_one_request(situation):
    live, planned, ours, withheld = situation
    if "" in live or any("local" in uri for uri in live):
        return
    wanted = target_list(planned, live, ours=set(ours), withheld=withheld)
    assert len(edits(live, wanted)) <= 1


@pytest.mark.parametrize("unwritable", [[], ["spotify:local:a:b:c:1"]])
@given(data=st.data())
def test_a_long_list_never_misses_what_should_stay(unwritable, data):
    ours = tracks(range(data.draw(st.integers(101, 260))))
    gone = data.draw(st.sets(st.sampled_from(ours), max_size=5))
    planned = [uri for uri in ours if uri not in gone]
    for uri in tracks(range(500, 500 + data.draw(st.integers(0, 4)))):
        planned.insert(data.draw(st.integers(0, len(planned))), uri)
    theirs = [*tracks(range(900, 903)), *unwritable]
    live = [*ours[:50], *theirs, *ours[50:]]
    wanted = target_list(planned, live, ours=set(ours))
    made = edits(live, wanted)
    states = after_each(live, made)
    assert states[-1] == list(wanted.items)
    if not any(isinstance(edit, Replace) for edit in made):
        for state in states:
            assert set(live) & set(wanted.items) <= set(state)


@given(st.permutations(tracks(range(150))))
def test_a_shuffled_long_list_takes_few_requests_and_keeps_what_is_not_ours(planned):
    theirs = tracks(range(900, 930))
    live = [*tracks(range(150)), *theirs]
    wanted = target_list(planned, live, ours=set(planned))
    made = edits(live, wanted)
    assert len(made) <= CAREFUL_AT_MOST
    for state in after_each(live, made):
        assert is_subsequence(theirs, state)
        assert len(state) >= BATCH
    assert after_each(live, made)[-1] == list(wanted.items)


def test_one_missing_block_is_one_addition_in_its_place():
    live = tracks([1, 2, 5])
    assert edits(live, TargetList(tuple(tracks([1, 2, 3, 4, 5])), ())) == [
        Add(tuple(tracks([3, 4])), 2)
    ]


def test_what_is_only_over_is_one_removal():
    live = tracks([1, 2, 3, 4])
    assert edits(live, TargetList(tuple(tracks([1, 3])), ())) == [Remove(tuple(tracks([2, 4])))]


def test_anything_else_is_one_replacement():
    live, items = tracks([1, 2, 3]), tuple(tracks([3, 4, 1]))
    assert edits(live, TargetList(items, ())) == [Replace(items)]


def test_a_local_file_cannot_be_written_back_so_the_list_is_not_replaced():
    local = "spotify:local:band:album:song:180"
    live = [*tracks([1, 2]), local]
    made = edits(live, target_list(tracks([2, 3]), live, ours=set(tracks([1, 2]))))
    assert not any(isinstance(edit, Replace) for edit in made)
    assert after_each(live, made)[-1] == [*tracks([2, 3]), local]


@pytest.mark.parametrize(("start", "length", "before"), [(3, 2, 0), (0, 2, 5), (1, 1, 4)])
def test_a_move_takes_a_block_before_the_item_that_stood_there(start, length, before):
    items = list("abcde")
    moved = applied(Move(start, length, before), items)
    block = items[start : start + length]
    rest = [one for one in items if one not in block]
    place = rest.index(items[before]) if before < len(items) else len(rest)
    assert moved == rest[:place] + block + rest[place:]


def test_a_second_copy_of_our_track_is_the_listeners_and_outlives_the_plan():
    live = tracks([1, 2, 1])
    wanted = target_list(tracks([2]), live, ours=set(tracks([1, 2])))
    assert wanted == TargetList(tuple(tracks([2])), tuple(tracks([1, 1])))


def test_a_planned_track_that_the_listener_has_added_already_stays_theirs():
    live = tracks([7])
    assert target_list(tracks([7, 8]), live, ours=()) == TargetList(
        tuple(tracks([8])), tuple(tracks([7]))
    )


def test_with_a_hundred_additions_a_long_list_is_never_replaced():
    ours, theirs = tracks(range(60)), tracks(range(900, 1000))
    live = [*ours, *theirs]
    wanted = target_list(ours[::-1], live, ours=set(ours))
    states = after_each(live, edits(live, wanted))
    assert states[-1] == [*ours[::-1], *theirs]
    assert all(set(live) <= set(state) for state in states)
