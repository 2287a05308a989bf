"""What changed around a playlist, to read: shows that are new, gone, moved, or leaving soon."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from html import escape
from typing import TYPE_CHECKING, Final
from urllib.parse import quote, urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from showlist_assets.domain.playlists.plan import Plan, PlannedShow

_LEAVING_WITHIN: Final = timedelta(days=3)
_MARKDOWN_SIGNS: Final = str.maketrans({sign: f"\\{sign}" for sign in r"\`*_{}[]<>#|~"})


@dataclass(frozen=True)
class Move:
    """A show that takes place at another time or place than it was said to."""

    before: PlannedShow
    after: PlannedShow


@dataclass(frozen=True)
class Changes:
    """What became of the shows behind a playlist since they were last looked at."""

    new: tuple[PlannedShow, ...]
    gone: tuple[PlannedShow, ...]
    moved: tuple[Move, ...]
    leaving_soon: tuple[PlannedShow, ...]


def changes(
    plan: Plan,
    previous: Iterable[PlannedShow],
    *,
    today: date,
    leaving_within: timedelta | None = None,
) -> Changes:
    """``plan.shows`` beside the ``previous`` ones, as of ``today`` (the listener's date).

    A show whose day is over is not gone, it took place. What is left of ``leaving_within`` (three
    days unless told otherwise) is leaving soon.
    """
    before = {show.show_id: show for show in previous}
    now = {show.show_id: show for show in plan.shows}
    last = today + (_LEAVING_WITHIN if leaving_within is None else leaving_within)
    return Changes(
        new=tuple(show for show in plan.shows if show.show_id not in before),
        # Sources drop a cancelled show without a word (seatgeek/api-support#52).
        gone=tuple(
            show for show in before.values() if show.show_id not in now and show.local_date >= today
        ),
        moved=tuple(
            Move(before[show.show_id], show)
            for show in plan.shows
            if show.show_id in before
            and _when_and_where(before[show.show_id]) != _when_and_where(show)
        ),
        leaving_soon=tuple(show for show in plan.shows if today <= show.local_date <= last),
    )


def _when_and_where(show: PlannedShow) -> tuple[object, ...]:
    return show.local_date, show.starts_at_local, show.venue_name, show.venue_city


def digest_markdown(plan: Plan, found: Changes) -> str:
    """The changes as Markdown; names are escaped, so that "*NSYNC" stays what it is."""
    lines = [f"# {_plain(plan.title)}", "", _summary(plan, found), ""]
    for heading, entries in _sections(found):
        lines += [f"## {heading}", ""]
        for show, note in entries:
            text = _plain(_sentence(show, note))
            url = _web_address(show.ticket_url)
            lines.append(f"- {text} [Tickets]({url})" if url else f"- {text}")
        lines.append("")
    return "\n".join(lines)


def digest_html(plan: Plan, found: Changes) -> str:
    """The changes as a page of its own, without scripts, styles from afar or pictures."""
    body = [f"<h1>{escape(plan.title)}</h1>", f"<p>{escape(_summary(plan, found))}</p>"]
    for heading, entries in _sections(found):
        body += [f"<h2>{heading}</h2>", "<ul>"]
        for show, note in entries:
            url = _web_address(show.ticket_url)
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
    day = f"{show.local_date:%a %b} {show.local_date.day}"
    time = show.starts_at_local
    return day if time is None else f"{day}, {time.hour % 12 or 12}:{time:%M %p}"


def _where(show: PlannedShow) -> str:
    return ", ".join(filter(None, (show.venue_name, show.venue_city, show.state)))


def _plain(text: str) -> str:
    return text.translate(_MARKDOWN_SIGNS)


def _web_address(url: str | None) -> str:
    """``url`` if it leads to the web: a source's text must not become a script."""
    if not url or urlsplit(url).scheme not in ("http", "https"):
        return ""
    # Brackets of either kind would end a link of Markdown early.
    return quote(url, safe=":/?#[]@!$&'*+,;=%~-._")
