"""A page of a browser that is watched: what it asks for, what it complains of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import BrowserContext, ConsoleMessage, Request, Response

# What a page is looked at with: the width, and the scheme of its colours.
PHONE, DESKTOP = 390, 1280
LOOKS: Final = ((PHONE, "light"), (PHONE, "dark"), (DESKTOP, "dark"), (DESKTOP, "light"))
_HEIGHTS: Final = {PHONE: 844, DESKTOP: 900}
_PATIENCE_MS: Final = 10_000
_OURS: Final = ("127.0.0.1", "localhost")
# Chromium says so itself of every answer that is no success, also of one that was wanted.
_NO_SUCCESS: Final = "Failed to load resource: the server responded with a status of 4"
_TOO_WIDE: Final = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
_OPEN_ALL: Final = "document.querySelectorAll('details').forEach(one => one.open = true)"
_DRAWN: Final = "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
_AXE: Final = """rules => axe.run(document, {runOnly: rules, resultTypes: ["violations"]}).then(
    found =>
    found.violations.flatMap(one => one.nodes.map(node =>
        `${one.id}: ${node.html.slice(0, 200)} (${node.failureSummary.replace(/\\s+/g, " ")})`)))"""
_LEVELS: Final = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
_OF_COLOURS: Final = ("color-contrast", "link-in-text-block")


class WatchedPage:
    """One page, used for one address after the other.

    Attributes:
        page: Of the browser.
        problems: What should never be: requests to others, errors, violations of the policy.
        requests: Every address that was asked for since the last visit.
    """

    def __init__(self, context: BrowserContext, base: str) -> None:
        self._base = base
        self.problems: list[str] = []
        self.requests: list[str] = []
        self.page = context.new_page()
        self.page.set_default_timeout(_PATIENCE_MS)
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.problems.append(f"error: {error}"))
        self.page.on("request", self._asked)
        self.page.on("requestfailed", self._failed)

    def visit(self, path: str) -> Response:
        """Open ``path`` anew, with nothing held against it."""
        self.problems.clear()
        self.requests.clear()
        answer = self.page.goto(f"{self._base}{path}")
        assert answer is not None
        return answer

    def look(self, width: int, scheme: str) -> None:
        """Make the window so wide, and have the colours so."""
        self.page.set_viewport_size({"width": width, "height": _HEIGHTS.get(width, 844)})
        self.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        self.page.evaluate(_DRAWN)

    def open_all(self) -> None:
        """Open everything that can be opened."""
        self.page.evaluate(_OPEN_ALL)

    def pixels_too_wide(self) -> int:
        """By how much the content is wider than the window."""
        return max(0, int(self.page.evaluate(_TOO_WIDE)))

    def inaccessible(self, axe: str, *, of_colours_only: bool = False) -> list[str]:
        """What axe-core, whose source is ``axe``, finds against WCAG 2.2 AA and good practice."""
        if not self.page.evaluate("'axe' in window"):
            self.page.evaluate(axe)
        rules = (
            {"type": "rule", "values": list(_OF_COLOURS)}
            if of_colours_only
            else {"type": "tag", "values": list(_LEVELS)}
        )
        found: list[str] = self.page.evaluate(_AXE, rules)
        return found

    def unsound(self, axe: str, picture: Callable[[int, str], None]) -> list[str]:
        """What is wrong in any of ``LOOKS``; ``picture`` takes one of each.

        Another scheme changes nothing but colours (``test_every_screen`` sees to it), so all other
        rules are asked once a width.
        """
        wrong, widths = [], set()
        for width, scheme in LOOKS:
            self.look(width, scheme)
            found = self.inaccessible(axe, of_colours_only=width in widths)
            if pixels := self.pixels_too_wide():
                found.append(f"{pixels} px too wide")
            wrong += [f"{width} {scheme}: {one}" for one in found]
            picture(width, scheme)
            widths.add(width)
        return wrong

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not message.text.startswith(_NO_SUCCESS):
            self.problems.append(f"console: {message.text}")

    def _asked(self, request: Request) -> None:
        self.requests.append(request.url)
        if urlsplit(request.url).hostname not in (*_OURS, None):
            self.problems.append(f"asked another host: {request.url}")

    def _failed(self, request: Request) -> None:
        # A request that another one replaced, as somebody goes on typing, is no failure.
        if request.failure != "net::ERR_ABORTED":
            self.problems.append(f"blocked: {request.url} ({request.failure})")


def vitals_script() -> str:
    """What records the vitals of a page, to be run before its own scripts."""
    return """
        window.vitals = {painted: 0, moved: 0};
        new PerformanceObserver(list => list.getEntries().forEach(
            one => vitals.painted = one.startTime
        )).observe({type: "largest-contentful-paint", buffered: true});
        new PerformanceObserver(list => list.getEntries().forEach(
            one => { if (!one.hadRecentInput) vitals.moved += one.value; }
        )).observe({type: "layout-shift", buffered: true});
    """


def received(requests: list[Request]) -> dict[str, int]:
    """Bytes as they came over the network, by address."""
    found: dict[str, Any] = {each.url: each.sizes()["responseBodySize"] for each in requests}
    return found
