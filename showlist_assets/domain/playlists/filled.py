"""A plan without the tracks that the listener has taken out, filled up from its reserve."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from showlist_assets.domain.playlists.wording import worded

if TYPE_CHECKING:
    from collections.abc import Collection

    from showlist_assets.domain.playlists.plan import Plan


def filled_plan(plan: Plan, *, without: Collection[str], elsewhere: Collection[str] = ()) -> Plan:
    """``plan`` as it is heard: its title and description, too, are those of the tracks that it has.

    Where nothing is left, they stay as they are.

    Args:
        plan: As the recipe makes it.
        without: URIs that the listener does not want.
        elsewhere: URIs that are in the playlist by the listener's own hand: they fill nothing up,
            or they would be there twice.
    """
    planned = {track.uri for track in plan.tracks}
    left = [
        (place, 1, track) for place, track in enumerate(plan.tracks) if track.uri not in without
    ]
    lacking = len(plan.tracks) - len(left)
    if not lacking:
        return plan
    unusable = {*planned, *without, *elsewhere}
    spare = [(one.behind, 0, one.track) for one in plan.reserve if one.track.uri not in unusable]
    tracks = tuple(
        track for *_, track in sorted([*spare[:lacking], *left], key=lambda one: one[:2])
    )
    title, description = plan.title, plan.description
    if plan.wording and tracks:
        title, description = worded(plan.wording, tracks)
    return replace(
        plan,
        title=title,
        description=description,
        tracks=tracks,
        left_out={**plan.left_out, "tracks that the listener took out": lacking},
        way_out="" if tracks else f"`showlist restore {plan.recipe}` lets them come back.",
    )
