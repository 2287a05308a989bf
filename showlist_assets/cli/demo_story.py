"""What the demo tells after its first playlist: a week passes, and the playlist follows.

What belongs here: what happens in the sandbox's world meanwhile, and what becomes of the listener's
playlist. What does not: how the runs are started (``demo``), and how it is printed
(``demo_page``). Everything told is read back from what the platform stored: that a song left
because its show is off is the platform's word, not the story's.
"""

from __future__ import annotations

import contextlib
import json
from collections import Counter
from dataclasses import asdict, dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final

from showlist_assets.cli.demo_listener import RECIPE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from showlist_assets.sandbox.server import Sandbox
    from showlist_assets.sandbox.world.entities import Event, Performer
    from showlist_assets.services.playlists.history import PushRow, WrittenTrack
    from showlist_assets.wiring import Platform

PASSES: Final = timedelta(days=7)
_FILE: Final = "story.json"
# Days between the end of the week and the evening of a show that is news.
_SOON: Final = 2
_ANNOUNCED_WITHIN: Final = 14


@dataclass
class Story:
    """What happened in a week, and what became of the playlist.

    ``announced`` and ``cancelled`` are None in a world with no show that would do; ``calls`` are
    those that the second look at everything cost, by service, ``reused`` is what it did not have to
    ask for; a song is ``added`` or ``removed`` with why.
    """

    began: str
    now: str
    announced: dict[str, str] | None = None
    cancelled: dict[str, str] | None = None
    calls: dict[str, int] = field(default_factory=dict)
    added: list[dict[str, str]] = field(default_factory=list)
    removed: list[dict[str, str]] = field(default_factory=list)
    kept: int = 0
    writes: int = 0
    reused: dict[str, int] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """The story with plain types only."""
        return asdict(self)


# Once in a home


def told_before(home: Path) -> str:
    """The day (ISO 8601) on which the last story of the home ended; empty if none was told."""
    with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
        return str(json.loads((home / _FILE).read_text(encoding="utf-8"))["now"])
    return ""


def remember(home: Path, story: Story) -> None:
    """Note that ``story`` was told, so that the next demo meets a world in which nothing is new."""
    # Whoever cannot write here has failed before; that a story is told twice is no harm.
    with contextlib.suppress(OSError):
        (home / _FILE).write_text(json.dumps({"now": story.now}), encoding="utf-8")


# What happens in the world


def let_a_week_pass(sandbox: Sandbox, platform: Platform, states: list[str]) -> Story:
    """Move the sandbox's clock, call a show of the playlist off, and announce another one.

    Args:
        sandbox: Whose world it is.
        platform: As it was before, with a playlist.
        states: Whose shows are looked for.
    """
    before = platform.now()
    story = Story(began=before.date().isoformat(), now=(before + PASSES).date().isoformat())
    day = (before + PASSES).date()
    chosen = _to_be_cancelled(sandbox, platform, after=day + timedelta(days=_SOON))
    sandbox.advance(days=PASSES.days)
    if chosen:
        event, track = chosen
        for number in _listed_as(sandbox, event.id):
            sandbox.state.change_event({"id": number, "status": "cancelled"})
        story.cancelled = _in_words(event, track.artist_name)
    # In the state of the one that is off, so that one look finds both.
    news = _to_be_announced(sandbox, states, event.venue.state if chosen else states[0], day)
    if news:
        new = sandbox.state.change_event(news)
        story.announced = _in_words(new, new.performers[0].name)
    sandbox.keep()
    return story


def _to_be_cancelled(
    sandbox: Sandbox, platform: Platform, *, after: date
) -> tuple[Event, WrittenTrack] | None:
    """The first show of the playlist ``after`` a day whose artist plays nowhere else."""
    row = platform.history.last(RECIPE, "me")
    tracks = row.ours if row else ()
    upcoming = platform.tables.read("upcoming_shows", sorted({track.state for track in tracks}))
    pairs = upcoming.select("spotify_artist_id", "show_id").unique()
    nights = Counter(pairs.get_column("spotify_artist_id").to_list())
    shown_as = _events_by_show(sandbox, platform, tracks)
    # A name that every terminal shows, if there is one.
    in_order = sorted(
        tracks, key=lambda one: (not one.label.isascii(), one.local_date, one.show_id)
    )
    for track in in_order:
        event = shown_as.get((track.state, track.show_id))
        if event and track.local_date > after and nights[track.artist_id] == 1:
            return event, track
    return None


def _events_by_show(
    sandbox: Sandbox, platform: Platform, tracks: tuple[WrittenTrack, ...]
) -> dict[tuple[str, str], Event]:
    """By state and id of a show, the one concert of the world of which all its listings are."""
    from showlist_assets.sandbox.apis.feeds import listed_events

    truly = sandbox.listed_shows()
    of_feeds = listed_events(sandbox.state)
    truly |= {("feeds", listing): str(number) for listing, number in of_feeds.items()}
    shows = platform.tables.read("shows", sorted({track.state for track in tracks}))
    found = {}
    for row in shows.iter_rows(named=True):
        meant = {truly.get((one["source"], one["event_id"]), "") for one in row["listings"]}
        # A late session that one site alone knows is no concert of the world.
        number = int(only) if len(meant) == 1 and (only := meant.pop()).isdigit() else 0
        event = sandbox.state.events.by_id.get(number)
        if event and event.type == "concert" and event.status == "normal":
            found[row["state"], row["show_id"]] = event
    return found


def _listed_as(sandbox: Sandbox, number: int) -> list[int]:
    """The ids under which SeatGeek lists the concert: one site has some of them twice."""
    shows = sandbox.listed_shows()
    doubles = {
        int(listing)
        for (site, listing), show in shows.items()
        if site == "seatgeek" and show == str(number)
    }
    return sorted({number, *doubles})


def _to_be_announced(
    sandbox: Sandbox, states: list[str], state: str, today: date
) -> dict[str, Any] | None:
    """An act from elsewhere, which nobody has looked up yet, at a house of ``state``."""
    bills = sorted(
        _bills_from_elsewhere(sandbox, states),
        key=lambda one: (not one.performers[0].name.isascii(), -one.score, one.id),
    )
    place = _free_evening(sandbox, state, today)
    if not bills or not place:
        return None
    venue, day = place
    return {
        "bill_of": bills[0].id,
        "venue": venue,
        "date": day.isoformat(),
        "announced_at": sandbox.state.clock.now().replace(tzinfo=None).isoformat(),
    }


def _bills_from_elsewhere(sandbox: Sandbox, states: list[str]) -> Iterator[Event]:
    events = sandbox.state.events.events
    here = {one.id for event in events if event.venue.state in states for one in event.performers}
    names = Counter(artist.name.casefold() for artist in sandbox.world.catalog.artists)
    for event in events:
        if event.type != "concert" or event.status != "normal" or event.printed:
            continue
        alone = len(event.performers) == 1 and event.performers[0].id not in here
        if alone and _is_found(sandbox, event.performers[0], names):
            yield event


def _is_found(sandbox: Sandbox, act: Performer, names: Counter[str]) -> bool:
    """Whether the one artist of that name is this one, with songs."""
    artist = sandbox.world.catalog.artist(act.artist_id) if act.artist_id else None
    return (
        artist is not None
        and act.kind == "artist"
        and not act.printed
        and artist.has_tracks
        and act.name == artist.name
        and names[act.name.casefold()] == 1
    )


def _free_evening(sandbox: Sandbox, state: str, today: date) -> tuple[int, date] | None:
    """A house (id) of ``state`` and its first evening soon after ``today`` with nothing on."""
    from showlist_assets.sandbox.world.cities import country_of_venue

    taken: dict[int, set[date]] = {}
    for event in sandbox.state.events.events:
        venue = event.venue
        is_known = country_of_venue(venue.country, venue.state) is not None
        if venue.state == state and is_known and not venue.printed and venue.latitude:
            taken.setdefault(venue.id, set()).add(event.starts_at_local.date())
    days = [today + timedelta(days=ahead) for ahead in range(_SOON, _ANNOUNCED_WITHIN)]
    # The busiest house first.
    for venue_id in sorted(taken, key=lambda one: (-len(taken[one]), one)):
        for day in days:
            if day not in taken[venue_id]:
                return venue_id, day
    return None


def _in_words(event: Event, act: str) -> dict[str, str]:
    return {
        "act": act,
        "title": event.title,
        "date": event.starts_at_local.date().isoformat(),
        "time": f"{event.starts_at_local:%H:%M}",
        "venue": event.venue.name,
        "city": event.venue.city,
        "state": event.venue.state,
    }


# What became of the playlist


def follow_playlist(story: Story, platform: Platform, before: PushRow, after: PushRow) -> None:
    """Add to ``story`` which songs came and went, and why, as the platform's tables say.

    Args:
        story: Of the week between the two pushes.
        platform: After the week.
        before: The push at its beginning.
        after: The push at its end; the same one if nothing was written.
    """
    recipe = platform.recipes.read(RECIPE)
    fates = platform.playlists.fates(recipe)
    today = platform.playlists.today(recipe)
    news = {(row["state"], row["show_id"]) for row in fates.since(before.started_at, "announced")}
    were, are = {one.uri for one in before.ours}, {one.uri for one in after.ours}
    gone = [track for track in before.ours if track.uri not in are]
    known = fates.of(gone)
    story.kept = len(were & are)
    for track in after.ours:
        if track.uri not in were:
            is_new = (track.state, track.show_id) in news
            story.added.append(_song(track, "announced" if is_new else "next in line"))
    for track in gone:
        fate = known.get((track.state, track.show_id))
        why = "over" if track.last_day < today else "made room"
        if why != "over" and fate and fate.is_off:
            why = fate.standing
        elif why != "over" and fate and fate.has_moved_from(track):
            why = "moved"
        story.removed.append(_song(track, why))


def _song(track: WrittenTrack, why: str) -> dict[str, str]:
    return {
        "song": track.label,
        "why": why,
        "date": track.local_date.isoformat(),
        "venue": track.venue_name,
        "city": track.venue_city or "",
        "state": track.state,
    }
