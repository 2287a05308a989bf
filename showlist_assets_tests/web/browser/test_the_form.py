"""Asking for something else: with scripts and without, by keyboard alone, there and back again."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

import pytest

from showlist_assets_tests.web.browser.screens import ALL_OF_NEW_YORK
from showlist_assets_tests.web.browser.watching import DESKTOP, PHONE, WatchedPage

_HEADLINE = "#headline"


def _asked(page):
    return parse_qs(urlsplit(page.url).query)


@pytest.fixture(params=[True, False], ids=["with scripts", "without"])
def watched_page(request, new_context, served):
    """A fresh page at a desk."""
    context = new_context(
        java_script_enabled=request.param, viewport={"width": DESKTOP, "height": 900}
    )
    return WatchedPage(context, served.url)


def test_another_place_and_back(watched_page):
    page = watched_page.page
    watched_page.visit(ALL_OF_NEW_YORK)
    before = page.inner_text(_HEADLINE)
    page.fill("#wish [name=where]", "Albany, NY")
    with page.expect_response(re.compile(r"where=Albany")):
        page.click("#wish button[type=submit]")
    page.wait_for_url("**where=Albany**")
    page.locator(".kicker", has_text="Albany, NY").wait_for()
    assert _asked(page)["where"] == ["Albany, NY"]
    assert page.inner_text(_HEADLINE) != before
    # What was chosen before stays chosen.
    assert _asked(page)["when"] == ["any time"]
    page.go_back()
    page.locator(".kicker", has_text="in New York").wait_for()
    assert page.inner_text(_HEADLINE) == before
    page.go_forward()
    page.locator(".kicker", has_text="Albany, NY").wait_for()
    assert watched_page.problems == []


def test_a_place_that_nobody_knows_leads_to_one_that_is_known(watched_page):
    page = watched_page.page
    watched_page.visit("/")
    page.fill("#wish [name=where]", "Albny, NY")
    page.click("#wish button[type=submit]")
    page.get_by_role("heading", name="Where is that?").wait_for()
    page.locator(".ways-out a").first.click()
    page.locator(".kicker", has_text="miles of").wait_for()
    assert watched_page.problems == []


def test_chips_change_the_lineup_at_once_with_scripts(watched):
    watched.look(DESKTOP, "light")
    watched.visit(ALL_OF_NEW_YORK)
    page = watched.page
    # What a screen reader reads out stays the same element: a new one would say nothing.
    page.evaluate("document.getElementById('told').dataset.kept = 'yes'")
    before = page.inner_text(_HEADLINE)
    chip = page.locator("#wish input[name=genre]").first
    genre = chip.get_attribute("value")
    with page.expect_response(re.compile("genre=")):
        chip.check()
    page.wait_for_url("**genre=**")
    page.wait_for_function(
        "before => document.getElementById('headline').innerText !== before", arg=before
    )
    assert _asked(page)["genre"] == [genre]
    assert page.locator("#told[data-kept=yes]").inner_text().startswith(page.inner_text(_HEADLINE))
    # The same address opened anew shows the same, with the chip still chosen.
    shown = page.inner_text("#lineup")
    page.reload()
    assert page.inner_text("#lineup") == shown
    assert page.locator(f"#wish input[name=genre][value='{genre}']").is_checked()
    assert watched.problems == []


def test_the_address_with_scripts_and_without_is_as_good(new_context, served):
    headlines = []
    for scripts in (True, False):
        page = WatchedPage(new_context(java_script_enabled=scripts), served.url).page
        page.set_viewport_size({"width": DESKTOP, "height": 900})
        page.goto(f"{served.url}/")
        page.fill("#wish [name=where]", "NY")
        page.locator("#wish label", has_text="Any time").click()
        page.click("#wish button[type=submit]")
        page.locator(".kicker", has_text="any time").wait_for()
        page.goto(page.url)
        headlines.append(page.inner_text(_HEADLINE))
    assert headlines[0] == headlines[1]


def test_days_picked_in_a_calendar_are_the_days_shown(watched):
    watched.look(DESKTOP, "light")
    watched.visit("/?where=NY")
    page = watched.page
    page.locator("#wish summary", has_text="Pick days").click()
    page.fill("#wish [name=from]", "2026-12-04")
    page.fill("#wish [name=to]", "2026-12-20")
    page.click("#wish button[type=submit]")
    page.locator(".kicker", has_text="Dec 4").wait_for()
    dates = page.locator(".day time").evaluate_all(
        "all => all.map(one => one.getAttribute('datetime')).filter(text => text.length === 10)"
    )
    assert dates
    assert all("2026-12-04" <= each <= "2026-12-20" for each in dates)
    page.locator("#wish .chip", has_text="3 months").click()
    page.locator(".kicker", has_not_text="Dec 4").wait_for()
    assert page.input_value("#wish [name=from]") == ""


def test_five_hundred_pasted_bands_are_taken(watched):
    watched.look(DESKTOP, "light")
    watched.visit(ALL_OF_NEW_YORK)
    page = watched.page
    page.fill("#wish [name=bands]", "\n".join(f"Band number {n}" for n in range(500)))
    with page.expect_response(re.compile("bands=")) as answered:
        page.click("#wish button[type=submit]")
    assert answered.value.status == 200
    assert watched.problems == []


def test_a_phone_opens_the_form_when_it_is_asked_for(watched, new_context, served):
    watched.look(PHONE, "light")
    watched.visit("/")
    form = watched.page.locator("#wish")
    assert not form.is_visible()
    watched.page.locator(".side-form > summary").click()
    assert form.is_visible()
    watched.page.locator(".side-form > summary").click()
    watched.page.set_viewport_size({"width": DESKTOP, "height": 900})
    form.wait_for(state="visible")
    # Without scripts nothing could close it, so nothing has to open it.
    plain = new_context(java_script_enabled=False, viewport={"width": PHONE, "height": 844})
    page = plain.new_page()
    page.goto(f"{served.url}/")
    assert page.locator("#wish").is_visible()


def test_a_keyboard_alone_asks_for_another_place(new_context, served):
    watched = WatchedPage(new_context(viewport={"width": DESKTOP, "height": 900}), served.url)
    watched.visit("/")
    page = watched.page
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    for _ in range(5):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.name") == "where":
            break
    page.keyboard.press("ControlOrMeta+A")
    page.keyboard.type("NY")
    page.keyboard.press("Enter")
    page.locator(".kicker", has_text="in New York").wait_for()
    assert watched.problems == []


def test_a_keyboard_reaches_everything_and_sees_where_it_is(new_context, served):
    page = WatchedPage(new_context(viewport={"width": DESKTOP, "height": 900}), served.url).page
    page.goto(f"{served.url}/")
    # Everything that can be focused, once; a group of radio buttons is one stop.
    wanted = page.evaluate("""() => {
        const all = [...document.querySelectorAll(
            "a[href]:not([tabindex='-1']), button, input:not([type=hidden]), select, textarea," +
            "summary"
        )];
        window.stops = all.filter(one => one.checkVisibility({visibilityProperty: true})
            && !(one.type === "radio" && !one.checked));
        return window.stops.length;
    }""")
    hidden, reached = [], set()
    for _ in range(wanted + 20):
        page.keyboard.press("Tab")
        index, seen, html = page.evaluate("""() => {
            const one = document.activeElement;
            const chip = one.parentElement.classList.contains("chip");
            const shown = chip ? one.nextElementSibling : one;
            return [window.stops.indexOf(one), getComputedStyle(shown).outlineStyle !== "none",
                    one.outerHTML.slice(0, 120)];
        }""")
        if index in reached:
            break
        if index >= 0:
            reached.add(index)
        if not seen and html[:5] != "<body":
            hidden.append(html)
    assert len(reached) == wanted
    assert hidden == []


def test_where_somebody_stands_is_rounded_and_asked_of_this_machine_alone(new_context, served):
    context = new_context(
        viewport={"width": DESKTOP, "height": 900},
        geolocation={"latitude": 42.652579, "longitude": -73.756232},
        permissions=["geolocation"],
    )
    watched = WatchedPage(context, served.url)
    watched.visit("/")
    watched.page.get_by_role("button", name="Use my location").click()
    watched.page.wait_for_url("**where=42.65*")
    assert _asked(watched.page)["where"] == ["42.65, -73.76"]
    assert watched.problems == []
