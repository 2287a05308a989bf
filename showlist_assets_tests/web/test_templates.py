"""Every template prints whatever its view may hold: nothing, bare lists, and far too much."""

from __future__ import annotations

import re

import pytest
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from showlist_assets.domain.links import web_address
from showlist_assets.settings import load_settings
from showlist_assets.web.map import NationView
from showlist_assets.web.rendering import NOTICES, TEMPLATES, Frame, Page, environment, render
from showlist_assets.web.visitors import Visitor
from showlist_assets.wiring import Platform
from showlist_assets_tests.clock import PINNED
from showlist_assets_tests.web.made_views import LONG, TAG, Made, pages
from showlist_assets_tests.web.markup import Markup, check_html, refuse, well_made
from showlist_assets_tests.web.sites import site_of

PAGES = dict(pages())
# What every page stands in, and a map that none shows yet.
PARTS = {"layout.html", "_nation_map.html"}
VISITORS = {
    "a guest": Visitor(),
    "a listener": Visitor(account=LONG[:40]),
    "the owner": Visitor(is_owner=True),
}
MADE = {
    "nothing": {"is_full": False, "many": 0},
    "bare lists": {"is_full": False, "many": 7},
    "all there is": {"is_full": True, "many": 13},
    "addresses that are none": {"is_full": True, "many": 2, "is_hostile": True},
}
# Of the page's own making, for programs that follow calendars.
OTHER_SCHEMES = {"address.html": ("webcal",)}
REFERENCES = ("aria-labelledby", "aria-describedby", "aria-controls", "for", "list")


@pytest.fixture(scope="module", params=["", "/music"], ids=["at the top", "below a path"])
def site(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("templates")
    variables = {**PINNED, "SHOWLIST_DATA_ROOT": str(folder)}
    url = f"https://page.example{request.param}"
    site = site_of(Platform(load_settings(**variables)), public_url=url)
    yield site
    site.close()


def frames_of(is_full):
    """What may stand around a page, for everybody who may see one."""
    text = LONG if is_full else ""
    for name, visitor in VISITORS.items():
        yield name, Frame(
            title=text, visitor=visitor, section="me" if is_full else "", search=text,
            is_made_up=is_full, dagster_url="https://dagster.example/?a=b&c" if is_full else "",
            notice=NOTICES["out"] if is_full else "", refresh=2 if is_full else 0,
        )  # fmt: skip


def test_each_template_is_a_page_with_a_view_of_its_own_or_a_part_of_one():
    """A screen that is added is printed by the tests below, or this one fails."""
    kinds = set(pages())
    assert len(kinds) == len(PAGES), "A template is given views of two types."
    templates = {each.name for each in TEMPLATES.glob("*.html")}
    parts = templates - set(PAGES)
    assert set(PAGES) <= templates
    said = "".join((TEMPLATES / name).read_text(encoding="utf-8") for name in templates)
    included = set(re.findall(r'\{% (?:from|include) "(_\w+\.html)"', said))
    assert parts == included | PARTS
    assert issubclass(environment().undefined, StrictUndefined)


@pytest.mark.parametrize("how", MADE.values(), ids=MADE)
@pytest.mark.parametrize("template", sorted(PAGES))
def test_a_template_prints_whatever_its_view_may_hold(site, template, how):
    prefix = site.options.prefix
    for number, view in enumerate(Made(**how, prefix=prefix).of(PAGES[template])):
        for visitor, frame in frames_of(how["is_full"]):
            text = render(site, Page(template, frame, view))
            is_sound(text, template, prefix, f"{template} {number} for {visitor}")


def is_sound(text, template, prefix, where):
    page = check_html(text, where)
    assert TAG not in text, where
    # Nothing is escaped twice either.
    assert "&amp;lt;" not in text, where
    assert "javascript:" not in text, where
    assert "None" not in text, where
    schemes = OTHER_SCHEMES.get(template, ())
    if schemes:
        page = well_made(re.sub(f'href="(?:{"|".join(schemes)}):[^"]*"', "", text))
    refuse(page)
    assert not [each for each in page.root.iter("b") if each.get("class") == "evil"], where
    for link in page.links:
        is_ours = link.startswith((f"{prefix}/", "#")) and not link.startswith("//")
        assert is_ours or web_address(link), (where, link)
    assert dangling(page) == [], where


def dangling(page: Markup) -> list[str]:
    """What is named by an attribute and is not there."""
    ids = {each.get("id") for each in page.root.iter()}
    named = [each.get(name) for each in page.root.iter() for name in REFERENCES]
    return [one for names in named for one in (names or "").split() if one not in ids]


@pytest.mark.parametrize("how", MADE.values(), ids=MADE)
def test_the_nation_prints_whatever_it_may_hold(how):
    (view,) = Made(**how).of(NationView)
    template = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined
    ).get_template("_nation_map.html")
    text = template.render(map=view)
    check_html(f"<!DOCTYPE html><title>Map</title>{text}", "nation")
    assert TAG not in text
