"""Takes the pictures of the docs: python scripts/screenshots.py [PORT [DIGEST]].

Of Dagster's pages from a running `make ui`, and of the page DIGEST if it is given, such as
.showlist/sandbox/data/digests/live-near-you.html. Run `make demo` before it, so that there is
something to see. The machine needs fonts of every script, such as Noto's. Needs the Python packages
playwright and pillow, and Chromium at /usr/bin/chromium.
"""

from __future__ import annotations

import sys
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

from PIL import Image
from playwright.sync_api import sync_playwright

if TYPE_CHECKING:
    from playwright.sync_api import Browser, FloatRect, Page

IMAGES: Final = Path(__file__).resolve().parent.parent / "docs" / "images"
QUIET: Final = [
    "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
]  # fmt: skip
_DRAWN_MS: Final = 5_000
# No wider, or the controls of the graph are in the picture.
_MARGIN: Final = 4
_COLOURS: Final = 128
_AT_THE_TOP: Final = """text => {
    const heading = [...document.querySelectorAll("h2")].find(node => node.innerText === text);
    if (heading) window.scrollTo(0, heading.getBoundingClientRect().top + window.scrollY - 40);
}"""
_CORNERS: Final = """() => {
    const boxes = [...document.getElementsByTagName("foreignObject")]
        .map(node => node.getBoundingClientRect());
    return [
        Math.min(...boxes.map(box => box.left)), Math.min(...boxes.map(box => box.top)),
        Math.max(...boxes.map(box => box.right)), Math.max(...boxes.map(box => box.bottom)),
    ];
}"""


def main(port: str, digest: str = "") -> None:
    """Take them from the UI on ``port``, and of the page at the path ``digest``."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=QUIET)
        page = browser.new_page(device_scale_factor=1.5, color_scheme="light")
        for take in (_lineage, _asset, _plan):
            take(page, f"http://127.0.0.1:{port}")
        if digest:
            _digest(browser, Path(digest).resolve().as_uri())
        browser.close()


def _lineage(page: Page, base: str) -> None:
    """The whole graph from top to bottom, which leaves names large enough to read."""
    # As tall as the graph at the size at which a README shows it.
    page.set_viewport_size({"width": 1360, "height": 1500})
    _open(page, f"{base}/asset-groups")
    page.get_by_text("Hide navigation").click()
    page.locator("button:has([aria-label=panel_show_right])").click()
    # Groups are drawn closed at first, and from left to right.
    page.keyboard.press("Alt+e")
    page.wait_for_timeout(_DRAWN_MS)
    page.locator("button:has([aria-label=settings])").last.click()
    page.get_by_text("vertical orientation").click()
    page.wait_for_timeout(_DRAWN_MS)
    # Both are remembered; only a graph that is drawn for the first time is made to fit.
    page.reload()
    # Each asset's colour comes after its name.
    page.wait_for_timeout(3 * _DRAWN_MS)
    _save(page, "lineage.png", clip=_graph(page))


def _graph(page: Page) -> FloatRect:
    """Where the drawn nodes are, with a margin."""
    left, top, right, bottom = page.evaluate(_CORNERS)
    return {
        "x": left - _MARGIN,
        "y": top - _MARGIN,
        "width": right - left + 2 * _MARGIN,
        "height": bottom - top + 2 * _MARGIN,
    }


def _asset(page: Page, base: str) -> None:
    page.set_viewport_size({"width": 1240, "height": 820})
    _open(page, f"{base}/assets/matched_artists?view=overview")
    _save(page, "asset.png")


def _plan(page: Page, base: str) -> None:
    """The newest plan as its dialog shows it."""
    page.set_viewport_size({"width": 1240, "height": 900})
    _open(page, f"{base}/assets/playlist_plans?view=overview")
    page.get_by_text("[Show Markdown]").first.click()
    page.wait_for_timeout(_DRAWN_MS)
    # The dialog opens at its button, which is below the list.
    page.get_by_role("heading", level=2).first.scroll_into_view_if_needed()
    page.wait_for_timeout(_DRAWN_MS)
    _save(page, "plan.png")


def _digest(browser: Browser, address: str) -> None:
    """The page by day on a desk and by night on a phone, each from where it has something new."""
    desk = _page_of(browser, address, width=860, scheme="light")
    phone = _page_of(browser, address, width=390, scheme="dark", from_heading="Cancelled")
    both = Image.new("RGB", (desk.width + phone.width, desk.height))
    both.paste(desk, (0, 0))
    both.paste(phone, (desk.width, 0))
    both.quantize(_COLOURS).save(IMAGES / "digest.png", optimize=True)


def _page_of(
    browser: Browser,
    address: str,
    *,
    width: int,
    scheme: Literal["light", "dark"],
    from_heading: str = "",
) -> Image.Image:
    page = browser.new_page(viewport={"width": width, "height": 1180}, color_scheme=scheme)
    page.goto(address)
    if from_heading:
        page.evaluate(_AT_THE_TOP, from_heading)
    taken = Image.open(BytesIO(page.screenshot())).convert("RGB")
    page.close()
    return taken


def _save(page: Page, name: str, *, clip: FloatRect | None = None) -> None:
    """As a picture of 128 colours, which these pages do with: a third of the size."""
    shot = Image.open(BytesIO(page.screenshot(clip=clip)))
    shot.convert("RGB").quantize(_COLOURS).save(IMAGES / name, optimize=True)


def _open(page: Page, address: str) -> None:
    page.goto(address)
    page.wait_for_timeout(_DRAWN_MS)


if __name__ == "__main__":
    main(*(sys.argv[1:] or ["3000"]))
