"""What changed around a playlist, to read: shows that are new, gone, moved, or leaving soon."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from html import escape
from typing import TYPE_CHECKING, Final

from showlist_assets.domain.links import web_address
from showlist_assets.domain.names import without_article
from showlist_assets.domain.places import city_key
from showlist_assets.domain.same_show import is_one_start, show_identity

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from showlist_assets.domain.playlists.plan import Plan, PlannedShow
    from showlist_assets.domain.same_show import ShowIdentity

_LEAVING_WITHIN: Final = timedelta(days=3)
_MARKDOWN_SIGNS: Final = str.maketrans(
    {sign: f"\\{sign}" for sign in r"\`*_{}[]<>#|~"} | dict.fromkeys("\r\n", " ")
)


@dataclass(frozen=True)
class Move:
    """A show that takes place at another time or place than it was said to."""

    before: PlannedShow
    after: PlannedShow


@dataclass(frozen=True)
class Changes:
    """What became of the shows behind a playlist since they were last looked at.

    ``relisted`` are shows that their source lists under another id now: neither gone nor new.
    """

    new: tuple[PlannedShow, ...]
    gone: tuple[PlannedShow, ...]
    moved: tuple[Move, ...]
    leaving_soon: tuple[PlannedShow, ...]
    relisted: tuple[Move, ...] = ()


def changes(
    plan: Plan,
    previous: Iterable[PlannedShow],
    *,
    today: date,
    leaving_within: timedelta | None = None,
) -> Changes:
    """``plan.shows`` beside the ``previous`` ones, as of ``today`` (the listener's date).

    A show whose last day is over is not gone, it took place. What is left of ``leaving_within``
    (three days unless told otherwise) is leaving soon.
    """
    before = {show.show_id: show for show in previous}
    now = {show.show_id: show for show in plan.shows}
    last = today + (_LEAVING_WITHIN if leaving_within is None else leaving_within)
    # Sources drop a cancelled show without a word (seatgeek/api-support#52).
    gone = [show for key, show in before.items() if key not in now and show.last_day >= today]
    new = [show for show in plan.shows if show.show_id not in before]
    relisted = _relisted(gone, new, now.values())
    old, again = {move.before for move in relisted}, {move.after for move in relisted}
    same_id = [Move(before[key], show) for key, show in now.items() if key in before]
    return Changes(
        new=tuple(show for show in new if show not in again),
        gone=tuple(show for show in gone if show not in old),
        moved=tuple(
            move
            for move in (*same_id, *relisted)
            if _when_and_where(move.before) != _when_and_where(move.after)
        ),
        leaving_soon=tuple(show for show in plan.shows if today <= show.last_day <= last),
        relisted=relisted,
    )


def _relisted(
    gone: list[PlannedShow], new: list[PlannedShow], now: Iterable[PlannedShow]
) -> tuple[Move, ...]:
    """Each show that has another id now, beside the listing that it has become.

    One that was listed twice may have lost its second listing.
    """
    by_day: dict[date, list[PlannedShow]] = {}
    for show in now:
        by_day.setdefault(show.local_date, []).append(show)
    found = [
        Move(show, twin) for show in gone if (twin := _twin(show, by_day.get(show.local_date, ())))
    ]
    old, again = {move.before for move in found}, {move.after for move in found}
    # The same act at the same place on the same day, at another hour: it has been moved.
    left = [show for show in gone if show not in old]
    for show in new if left else ():
        near = (
            [] if show in again else [one for one in left if _identities(one) & _identities(show)]
        )
        if near:
            nearest = min(near, key=lambda one: _apart(one, show))
            left.remove(nearest)
            found.append(Move(nearest, show))
    return tuple(found)


def _twin(show: PlannedShow, among: Iterable[PlannedShow]) -> PlannedShow | None:
    """The listing of ``show`` among others of its day, at the same hour as far as it is known."""
    same = [
        other
        for other in among
        if is_one_start(show.starts_at_local, other.starts_at_local)
        and _identities(other) & _identities(show)
    ]
    return min(same, key=lambda one: _apart(one, show), default=None)


def _identities(show: PlannedShow) -> set[ShowIdentity]:
    return {
        show_identity(
            artist,
            venue_name=show.venue_name,
            venue_city=show.venue_city,
            state=show.state,
            local_date=show.local_date,
        )
        for artist in show.artists
    }


def _apart(one: PlannedShow, other: PlannedShow) -> timedelta:
    if one.starts_at_local is None or other.starts_at_local is None:
        return timedelta()
    return abs(one.starts_at_local - other.starts_at_local)


def _when_and_where(show: PlannedShow) -> tuple[object, ...]:
    where = without_article(show.venue_name), city_key(show.venue_city)
    return show.local_date, show.last_date, show.starts_at_local, *where


def digest_markdown(plan: Plan, found: Changes) -> str:
    """The changes as Markdown; names are escaped, so that "*NSYNC" stays what it is."""
    lines = [f"# {_plain(plan.title)}", "", _summary(plan, found), ""]
    for heading, entries in _sections(found):
        lines += [f"## {heading}", ""]
        for show, note in entries:
            text = _plain(_sentence(show, note))
            url = web_address(show.ticket_url)
            lines.append(f"- {text} [Tickets]({url})" if url else f"- {text}")
        lines.append("")
    return "\n".join(lines)


def digest_html(plan: Plan, found: Changes) -> str:
    """The changes as a page of its own, without scripts, styles from afar or pictures."""
    body = [f"<h1>{escape(plan.title)}</h1>", f"<p>{escape(_summary(plan, found))}</p>"]
    for heading, entries in _sections(found):
        body += [f"<h2>{heading}</h2>", "<ul>"]
        for show, note in entries:
            url = web_address(show.ticket_url)
            link = f' <a href="{escape(url)}">Tickets</a>' if url else ""
            body.append(f"<li>{escape(_sentence(show, note))}{link}</li>")
        body.append("</ul>")
    return (
        '<!doctype html>\n<html lang="en">\n<head><meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(plan.title)}</title>\n"
        "<style>body{font:1rem/1.5 system-ui,sans-serif;max-width:42rem;margin:2rem auto;"
        "padding:0 1rem}</style></head>\n<body>\n" + "\n".join(body) + "\n</body>\n</html>\n"
    )


_Entry = tuple["PlannedShow", str]


def _sections(found: Changes) -> list[tuple[str, list[_Entry]]]:
    sections: list[tuple[str, list[_Entry]]] = [
        ("New", [(show, "") for show in found.new]),
        (
            "Moved",
            [
                (move.after, f"was {_when(move.before)}, {_where(move.before)}")
                for move in found.moved
            ],
        ),
        ("Leaving soon", [(show, "") for show in found.leaving_soon]),
        (
            "Gone",
            [(show, "no longer listed, or no longer what you asked for") for show in found.gone],
        ),
    ]
    return [(heading, entries) for heading, entries in sections if entries]


def _summary(plan: Plan, found: Changes) -> str:
    tracks, shows = len(plan.tracks), len(plan.shows)
    counted = f"Tracks on the playlist: {tracks}. Shows behind it: {shows}."
    return counted if _sections(found) else f"{counted} Nothing changed."


def _sentence(show: PlannedShow, note: str) -> str:
    names = ", ".join(show.artists)
    return f"{_when(show)}: {names}. {_where(show)}" + (f" ({note})." if note else ".")


def _when(show: PlannedShow) -> str:
    day = _day(show.local_date)
    if show.last_day != show.local_date:
        return f"{day} to {_day(show.last_day)}"
    time = show.starts_at_local
    return day if time is None else f"{day}, {time.hour % 12 or 12}:{time:%M %p}"


def _day(day: date) -> str:
    return f"{day:%a %b} {day.day}"


def _where(show: PlannedShow) -> str:
    return ", ".join(filter(None, (show.venue_name, show.venue_city, show.state)))


def _plain(text: str) -> str:
    return text.translate(_MARKDOWN_SIGNS)
