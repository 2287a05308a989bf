from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from showlist_assets.domain.playlists.diff import (
    CAREFUL_AT_MOST,
    MOST_ITEMS,
    Add,
    Move,
    Remove,
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
    for state in states:
        assert set(live) & set(wanted.items) <= set(state)


@given(situations())
def test_no_write_names_anything_of_the_listeners_nor_changes_its_order(situation):
    live, planned, ours, withheld = situation
    wanted = target_list(planned, live, ours=set(ours), withheld=withheld)
    made = edits(live, wanted)
    theirs = [uri for uri in live if uri not in ours]
    named = {uri for edit in made if not isinstance(edit, Move) for uri in edit.uris}
    assert not named & set(theirs)
    for state in after_each(live, made):
        assert [uri for uri in state if uri in theirs] == theirs


@given(st.permutations(tracks(range(150))))
def test_a_shuffled_long_list_takes_few_requests_and_keeps_what_is_not_ours(planned):
    theirs = tracks(range(900, 930))
    live = [*tracks(range(150)), *theirs]
    made = edits(live, target_list(planned, live, ours=set(planned)))
    assert len(made) <= CAREFUL_AT_MOST
    assert after_each(live, made)[-1] == [*planned, *theirs]


@given(situations(), st.data())
def test_an_unchanged_plan_is_no_write_wherever_own_items_lie(situation, data):
    _, _, ours, _ = situation
    live = list(ours)
    for uri in [*tracks(range(900, 903)), "", "", "spotify:track:null", "spotify:local:a:b:c:1"]:
        live.insert(data.draw(st.integers(0, len(live))), uri)
    assert edits(live, target_list(ours, live, ours=set(ours))) == []


@pytest.mark.parametrize(
    ("live", "planned", "right"),
    [
        ([1, 90, 2, 3], [1, 4, 2, 3], [1, 90, 4, 2, 3]),
        ([1, 90, 2, 3], [4, 2, 3], [4, 90, 2, 3]),
        ([90, 1, 2], [3, 1, 2], [90, 3, 1, 2]),
        ([1, 2, 90], [2, 3], [2, 3, 90]),
        ([1, 90, 2, 91, 3], [3, 2, 1], [3, 2, 90, 91, 1]),
    ],
    ids=["behind", "before", "first", "last", "turned round"],
)
def test_own_items_keep_their_neighbours_as_far_as_possible(live, planned, right):
    ours = {uri for uri in tracks(live) if uri < tracks([90])[0]}
    wanted = target_list(tracks(planned), tracks(live), ours=ours)
    kept = [uri for uri in wanted.items if uri in ours | set(tracks(planned))]
    assert kept == tracks(planned)
    assert list(wanted.items) == tracks(right)


def test_a_full_list_makes_room_before_it_takes_more():
    live = tracks(range(MOST_ITEMS))
    made = edits(
        live, target_list(tracks([*range(1, 50), 20_000]), live, ours=set(tracks(range(50))))
    )
    assert [type(edit) for edit in made] == [Remove, Add]
    assert max(map(len, after_each(live, made))) == MOST_ITEMS


def test_one_missing_block_is_one_addition_in_its_place():
    live = tracks([1, 2, 5])
    assert edits(live, TargetList(tuple(tracks([1, 2, 3, 4, 5])), ())) == [
        Add(tuple(tracks([3, 4])), 2)
    ]


def test_what_is_only_over_is_one_removal():
    live = tracks([1, 2, 3, 4])
    assert edits(live, TargetList(tuple(tracks([1, 3])), ())) == [Remove(tuple(tracks([2, 4])))]


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
    assert wanted == TargetList(tuple(tracks([2])), tuple(tracks([1, 1])), (0, 1))


def test_a_planned_track_that_the_listener_has_added_already_stays_theirs():
    live = tracks([7])
    assert target_list(tracks([7, 8]), live, ours=()) == TargetList(
        tuple(tracks([8])), tuple(tracks([7])), (1,)
    )
