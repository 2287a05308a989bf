"""Takes the README's screenshots from a running `make ui`: python scripts/screenshots.py [PORT].

Needs the Python package playwright, and Chromium at /usr/bin/chromium.
"""

from __future__ import annotations

import sys
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

IMAGES = Path(__file__).resolve().parent.parent / "docs" / "images"
QUIET = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]


def main(port: str) -> None:
    """Take them from the UI on ``port``."""
    base = f"http://127.0.0.1:{port}"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=QUIET)
        page = browser.new_page(viewport={"width": 1900, "height": 800})
        page.goto(f"{base}/asset-groups")
        page.wait_for_timeout(6000)
        # Groups are drawn closed at first.
        page.keyboard.press("Alt+e")
        _take(page, "lineage.png")
        page.set_viewport_size({"width": 1400, "height": 900})
        page.goto(f"{base}/assets/matched_artists?view=overview")
        _take(page, "asset.png")
        browser.close()


def _take(page: Page, name: str) -> None:
    page.wait_for_timeout(6000)
    page.screenshot(path=IMAGES / name)


if __name__ == "__main__":
    main(*(sys.argv[1:] or ["3000"]))
