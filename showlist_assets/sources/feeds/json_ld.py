"""The events that a web page tells search engines about: schema.org in JSON-LD.

What belongs here: finding them in a page and reading schema.org's words. What does not: what
becomes a row (``reader``). The words are those of https://schema.org/Event.
"""

from __future__ import annotations

import html
import json
import re
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, Final

from showlist_assets.sources.feeds.entries import (
    Act,
    Entry,
    Fault,
    Moment,
    Place,
    Reading,
    UnreadableError,
    clock_in,
    decoded,
    place_in,
    prices_in,
    state_code,
)
from showlist_assets.sources.json_values import label, mapping, numeral, printed, string, within

if TYPE_CHECKING:
    from collections.abc import Iterator

_SCRIPT: Final = "application/ld+json"
_OPENING: Final = re.compile(r"<!--|<script(?=[\s/>])", re.IGNORECASE)
_CLOSING: Final = re.compile(r"</script", re.IGNORECASE)
_TYPE: Final = re.compile(r"""(?:^|[\s"'/])type\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.I)
# The attributes of a script, of which only the type counts.
_LONGEST_TAG: Final = 2000
_FESTIVALS: Final = {"Festival", "MusicFestival"}
# Every other subtype is of something else: a comedy evening, a match, a screening.
_OF_NO_KIND: Final = "Event"
_CONCERTS: Final = {"MusicEvent", *_FESTIVALS}
_ONLINE: Final = ("OnlineEventAttendanceMode", "EventMovedOnline")
# Deeper than any page nests, and far from what exhausts the stack.
_DEEPEST: Final = 30
# Some programs wrap the script for readers of XML.
_WRAPPING: Final = re.compile(
    r"^\s*(?:<!--|//\s*<!\[CDATA\[|<!\[CDATA\[)|(?:-->|//\s*\]\]>|\]\]>)\s*;?$"
)
_EXTRA_COMMA: Final = re.compile(r",(\s*[}\]])")
_ABOUT_AN_ACT: Final = re.compile(r"spotify\.com|spotify:artist:|musicbrainz\.org", re.IGNORECASE)


def read_page(content: bytes, *, charset: str | None) -> Reading:
    """The events of a page, or of a bare JSON-LD document.

    Raises:
        UnreadableError: there is no JSON-LD in it, or none that can be read.
    """
    text = decoded(content, charset)
    scripts = [text] if text.lstrip()[:1] in ("{", "[") else _scripts(text)
    if not scripts:
        raise UnreadableError("the page has no JSON-LD (<script type=application/ld+json>)")
    reading = Reading()
    documents = []
    for number, script in enumerate(scripts, start=1):
        try:
            documents.append(_loaded(script))
        except (ValueError, RecursionError):
            where = f"script {number}"
            reading.faults.append(Fault(where, "its JSON-LD is no JSON", script[:500]))
    if not documents:
        raise UnreadableError("the JSON-LD of the page is no JSON")
    # A page may print the same event twice, for two programs.
    found = {json.dumps(event, sort_keys=True): event for event in _events(documents, 0)}
    for number, event in enumerate(found.values(), start=1):
        if reading.is_spent():
            break
        where = f"event {number}"
        fault = _fault(event)
        if fault:
            state = _place(event).state
            reading.faults.append(Fault(where, fault, event, state))
        else:
            reading.entries.append(_entry(event, where))
    return reading


def _scripts(page: str) -> list[str]:
    """The texts of the page's JSON-LD, in one pass however the page is broken."""
    found, position = [], 0
    while opening := _OPENING.search(page, position):
        if opening.group() == "<!--":
            end = page.find("-->", opening.end())
            # A browser takes all that follows an open comment for a part of it.
            position = len(page) if end < 0 else end + 3
            continue
        tag_end = page.find(">", opening.end())
        if tag_end < 0:
            break
        closing = _CLOSING.search(page, tag_end)
        position = closing.end() if closing else len(page)
        if _is_json_ld(page[opening.end() : min(tag_end, opening.end() + _LONGEST_TAG)]):
            found.append(page[tag_end + 1 : closing.start() if closing else len(page)])
    return [script for script in found if script.strip()]


def _is_json_ld(attributes: str) -> bool:
    said = _TYPE.search(attributes)
    kind = html.unescape(next(filter(None, said.groups()), "")) if said else ""
    return kind.partition(";")[0].strip().lower() == _SCRIPT


def _loaded(script: str) -> Any:
    bare = _WRAPPING.sub("", script.strip()).strip().removesuffix(";")
    try:
        # Line breaks within strings are no JSON, and common.
        return json.loads(bare, strict=False)
    except ValueError:
        return json.loads(_EXTRA_COMMA.sub(r"\1", bare), strict=False)


def _events(value: Any, depth: int) -> Iterator[dict[str, Any]]:
    """Every event, wherever it stands: in a list, a graph, a venue, or a list of items."""
    if depth > _DEEPEST:
        return
    if isinstance(value, list):
        for part in value:
            yield from _events(part, depth + 1)
    elif isinstance(value, dict):
        if any(_is_event(name) for name in _types(value)):
            yield value
            return
        for part in value.values():
            yield from _events(part, depth + 1)


def _types(node: dict[str, Any]) -> list[str]:
    """The names of a node's types, whatever stands before them ("http://schema.org/")."""
    return [_last_word(name) for name in _listed(node.get("@type")) if isinstance(name, str)]


def _is_event(name: str) -> bool:
    return name in _CONCERTS or name.endswith("Event")


def _last_word(text: str) -> str:
    return re.split(r"[/:#]", text.strip())[-1]


def _listed(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _fault(event: dict[str, Any]) -> str:
    """Why an event cannot be used; "" if it can."""
    types = _types(event)
    if not set(types) & _CONCERTS:
        if _OF_NO_KIND not in types:
            return f"it is no concert but {', '.join(types)}"
        if not _acts(event):
            return "it is an Event of which nobody says who performs"
    words = (event.get("eventAttendanceMode"), event.get("eventStatus"))
    if any(_last_word(each) in _ONLINE for each in words if isinstance(each, str)):
        return "it is online only"
    return "" if label(event.get("name")) or _acts(event) else "it has no name"


def _entry(event: dict[str, Any], where: str) -> Entry:
    acts = _acts(event)
    prices, shops = _offers(event)
    own = printed(event.get("url"))
    start = _moment(event.get("startDate"))
    return Entry(
        where=where,
        title=label(event.get("name")) or ", ".join(act.name for act in acts),
        start=start,
        end=_end(event, start),
        doors=_doors(event),
        uid=printed(event.get("@id")),
        kind="music_festival" if set(_types(event)) & _FESTIVALS else "concert",
        status=_status(event),
        acts=acts,
        place=_place(event),
        prices=prices,
        links=(*shops, *([own] if own else ())),
    )


def _status(event: dict[str, Any]) -> str | None:
    """``cancelled`` for "https://schema.org/EventCancelled"."""
    said = next((each for each in _listed(event.get("eventStatus")) if isinstance(each, str)), "")
    status = _last_word(said).removeprefix("Event").lower()
    # A date before this one tells of a show that has moved, whatever its status says.
    if status in ("", "scheduled") and event.get("previousStartDate"):
        return "rescheduled"
    return status or None


def _moment(value: Any) -> Moment | None:
    said = printed(value)
    if said is None:
        return None
    # "2026-12-04T20:00-5:00" and "2026-12-04 20:00" are what people print.
    said = re.sub(r"([+-])(\d:\d{2})$", r"\g<1>0\2", said)
    try:
        return date.fromisoformat(said)
    except ValueError:
        pass
    try:
        return datetime.fromisoformat(said)
    except ValueError:
        return None


def _end(event: dict[str, Any], start: Moment | None) -> Moment | None:
    end = _moment(event.get("endDate"))
    # The last day of an event that has a time, or a time for one that has none.
    if isinstance(start, datetime) and isinstance(end, datetime):
        # Midnight of the next day is the end of this one, and no second day.
        return end if (end.tzinfo is None) == (start.tzinfo is None) else None
    if isinstance(end, datetime):
        return (end - timedelta(seconds=1)).date()
    return end


def _doors(event: dict[str, Any]) -> datetime | time | None:
    """``doorTime``: schema.org takes a time with a date or without; people print "7 PM", too."""
    moment = _moment(event.get("doorTime"))
    if isinstance(moment, datetime):
        return moment
    said = printed(event.get("doorTime"))
    try:
        clock = time.fromisoformat(said) if said and ":" in said else None
    except ValueError:
        return clock_in(said)
    # On which day another zone's clock shows it, nobody says.
    return clock if clock is None or clock.tzinfo is None else None


def _acts(event: dict[str, Any]) -> tuple[Act, ...]:
    """The bill in the page's order."""
    named = [*_listed(event.get("performer")), *_listed(event.get("performers"))]
    found: dict[str, Act] = {}
    for each in named:
        node = {"name": each} if isinstance(each, str) else mapping(each)
        name = label(node.get("name"))
        if name:
            found.setdefault(name, _act(name, node))
    return tuple(found.values())


def _act(name: str, node: dict[str, Any]) -> Act:
    links = [*_listed(node.get("sameAs")), *_listed(node.get("url"))]
    image = node.get("image")
    genres = [label(genre) for genre in _listed(node.get("genre"))]
    return Act(
        name,
        tuple(link for link in links if isinstance(link, str) and _ABOUT_AN_ACT.search(link)),
        printed(mapping(image).get("url")) if isinstance(image, dict) else string(image),
        tuple(genre for genre in genres if genre and not genre.startswith("http")),
    )


def _place(event: dict[str, Any]) -> Place:
    for location in _listed(event.get("location")):
        if isinstance(location, str):
            return place_in(label(location))
        node = mapping(location)
        if "VirtualLocation" in _types(node) or not node:
            continue
        return _place_of(node)
    return Place()


def _place_of(node: dict[str, Any]) -> Place:
    venue = label(node.get("name"))
    address, geo = node.get("address"), mapping(node.get("geo"))
    latitude = within(-90, numeral(geo.get("latitude")), 90)
    longitude = within(-180, numeral(geo.get("longitude")), 180)
    if isinstance(address, list):
        address = address[0] if address else None
    if isinstance(address, dict):
        return Place(
            venue=venue,
            address=label(address.get("streetAddress")),
            city=label(address.get("addressLocality")),
            state=state_code(label(address.get("addressRegion"))),
            postal_code=printed(address.get("postalCode")),
            latitude=latitude,
            longitude=longitude,
            country=_country(address),
        )
    # The venue's name before the street, as a line of both is read.
    told = place_in(f"{venue or '-'}, {label(address)}") if label(address) else Place()
    return Place(venue, told.address, told.city, told.state, told.postal_code, latitude, longitude)


def _country(address: dict[str, Any]) -> str | None:
    """The country in a text or in a node of type Country, which are both schema.org's."""
    for said in _listed(address.get("addressCountry")):
        name = label(mapping(said).get("name")) if isinstance(said, dict) else label(said)
        if name:
            return name
    return None


def _offers(event: dict[str, Any]) -> tuple[tuple[float | None, float | None], tuple[str, ...]]:
    """Cheapest and dearest in dollars, and where tickets are sold."""
    amounts, shops = [], []
    for offer in map(mapping, _listed(event.get("offers"))):
        shop = printed(offer.get("url"))
        if shop and shop not in shops:
            shops.append(shop)
        currency = (printed(offer.get("priceCurrency")) or "USD").upper()
        if currency != "USD":
            continue
        for name in ("price", "lowPrice", "highPrice"):
            low, high = prices_in(printed(offer.get(name)))
            amounts += [amount for amount in (low, high) if amount is not None]
    if not amounts and event.get("isAccessibleForFree") is True:
        amounts.append(0.0)
    prices = (min(amounts), max(amounts)) if amounts else (None, None)
    return prices, tuple(shops)
