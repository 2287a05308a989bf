"""Pictures of the listener's page for the README, from a `showlist web` over the sandbox.

Usage: python scripts/web_screenshots.py [PORT]; needs playwright and a chromium.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

IMAGES = Path(__file__).parent.parent / "docs" / "images"
WISH = "where=Austin,+TX&when=next+3+months"


def main(port: int) -> None:
    """Take all four."""
    base = f"http://127.0.0.1:{port}"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        for name, path, size, scheme in (
            ("web-home", f"/?{WISH}", (1180, 980), "light"),
            ("web-phone", f"/?{WISH}", (430, 760), "dark"),
            ("web-save", f"/save?{WISH}", (860, 760), "light"),
            ("web-artist", "", (860, 760), "dark"),
        ):
            page = browser.new_page(
                viewport={"width": size[0], "height": size[1]}, color_scheme=scheme
            )
            page.goto(f"{base}{path or f'/?{WISH}'}")
            if not path:
                page.locator(".act-name a").nth(1).click()
            page.wait_for_load_state("networkidle")
            page.screenshot(path=IMAGES / f"{name}.png")
            page.close()
        browser.close()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 8300)
