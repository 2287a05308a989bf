"""A page as a test reads it: its text, its links, and what must be on none."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import html5lib

from showlist_assets.domain.links import web_address

if TYPE_CHECKING:
    from starlette.testclient import TestClient

_WITHOUT_WORDS = ("script", "style", "head")


@dataclass(frozen=True)
class Markup:
    """A parsed page."""

    root: Any

    @property
    def text(self) -> str:
        """What is read on it, blanks collapsed; of SVG, too."""
        return " ".join(" ".join(_words(self.root)).split())

    @property
    def links(self) -> list[str]:
        """Every address on it."""
        return [
            each.get(name)
            for each in self.root.iter()
            for name in ("href", "src", "action")
            if each.get(name) is not None
        ]

    @property
    def headings(self) -> list[int]:
        """The levels of its headings, in order."""
        tags = (str(each.tag) for each in self.root.iter())
        return [int(tag[1]) for tag in tags if len(tag) == 2 and tag[0] == "h" and tag[1].isdigit()]

    def link_to(self, words: str) -> str:
        """Where the link leads that says ``words``."""
        for each in self.root.iter("a"):
            if words in " ".join(" ".join(each.itertext()).split()):
                return str(each.get("href"))
        raise AssertionError(f"No link says {words!r}.")


def _words(element: Any) -> list[str]:
    if element.tag in _WITHOUT_WORDS:
        return []
    own = [element.text or ""]
    return own + [word for child in element for word in (*_words(child), child.tail or "")]


def look(client: TestClient, path: str, status: int = 200) -> Markup:
    """The page at ``path``, which holds what every page must."""
    answer = client.get(path)
    assert answer.status_code == status, (path, answer.status_code, answer.text[:500])
    return well_made(answer.text)


def well_made(text: str) -> Markup:
    """The page in ``text``, which holds nothing that no page may hold."""
    return refuse(Markup(html5lib.parse(text, namespaceHTMLElements=False)))


def refuse(page: Markup) -> Markup:
    """The same page, after what no page may hold was looked for."""
    names = [str(name) for each in page.root.iter() for name in each.attrib]
    assert not [name for name in names if name == "style" or name.startswith("on")]
    scripts = list(page.root.iter("script"))
    assert all("/static/" in (each.get("src") or "") and not each.text for each in scripts)
    for link in page.links:
        assert link.startswith(("/", "#", "?")) or web_address(link), link
    levels = page.headings
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    return page


def check_html(text: str, where: str) -> Markup:
    """The page in ``text``, which is HTML without a mistake, and no id on it comes twice."""
    parser = html5lib.HTMLParser(namespaceHTMLElements=False)
    tree = parser.parse(text)
    assert parser.errors == [], (where, parser.errors[:3])
    ids = [each.get("id") for each in tree.iter() if each.get("id")]
    assert len(ids) == len(set(ids)), (where, sorted(one for one in ids if ids.count(one) > 1))
    return Markup(tree)
