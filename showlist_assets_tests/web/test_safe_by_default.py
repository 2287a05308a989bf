"""What keeps the page safe and whole whatever is sent: over a real server, with and without a path
of its own.
"""

from __future__ import annotations

import re
import shutil
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest

from showlist_assets.web.rendering import TEMPLATES
from showlist_assets_tests.web.markup import check_html
from showlist_assets_tests.web.sites import ServedSite, home_of, platform_of

_HOSTILE = (
    "<script>alert(1)</script>", "' or 1=1 --", "../../etc/passwd\x00", "{{7*7}}${7*7}",
    "\u202eevil\u2066" + "x" * 2000,
)  # fmt: skip
_FIELDS = ("where", "radius", "when", "from", "day", "genre", "loud", "bands", "only_bands",
           "price", "rooms", "openers", "tracks", "order", "pick", "most", "clean", "venue",
           "not", "title", "prefer", "fit", "known", "unknown_taste",
           "shows", "did", "nothing")  # fmt: skip
# A link of each of these leads to the same kind of page; three of them are proof enough.
_KIND = re.compile(r"/(shows|artists|venues)/")
_OF_A_KIND = 3


@pytest.fixture(scope="module")
def serve(finished_demo):
    running = []

    def serve(**options):
        running.append(ServedSite(platform_of(home_of(finished_demo)), **options))
        return running[-1]

    yield serve
    for each in running:
        each.stop()


@pytest.fixture(scope="module")
def served(serve):
    return serve()


@pytest.mark.parametrize(
    ("headers", "is_refused"),
    [
        ({"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"}, True),
        ({"Sec-Fetch-Site": "same-site", "Origin": "http://127.0.0.1:1"}, True),
        ({"Origin": "https://evil.example"}, True),
        ({"Origin": "null"}, True),
        ({"Sec-Fetch-Site": "same-origin"}, False),
        ({"Sec-Fetch-Site": "none"}, False),
        ({}, False),
    ],
    ids=str,
)
def test_no_other_site_sends_a_form_of_ours(served, headers, is_refused):
    for path in (
        "/save",
        "/logout",
        "/login",
        "/me/forget",
        "/owner/leave",
        "/taste/forget",
        "/taste/upload",
        "/artists/a/say",
    ):
        answer = served.ask("POST", path, headers=headers)
        assert (answer.status_code == 403) is is_refused or path == "/login", path
        if is_refused:
            assert answer.status_code == 403
            assert "Set-Cookie" not in answer.headers


def test_the_page_at_its_public_address_takes_its_own_forms_through_a_proxy(serve):
    page = serve(public_url="https://music.example")
    own = {"Host": "music.example", "Origin": "https://music.example"}
    assert page.ask("POST", "/logout", headers=own).status_code == 303
    foreign = {**own, "Origin": "https://evil.example"}
    assert page.ask("POST", "/logout", headers=foreign).status_code == 403


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "evil.example:8300"])
def test_no_other_name_leads_here(served, host):
    assert served.get("/", Host=host).status_code == 400


@pytest.mark.parametrize("host", ["127.0.0.1:8300", "localhost", "[::1]", "[::1]:8300"])
def test_each_name_of_this_machine_leads_here(served, host):
    assert served.get("/healthz", Host=host).status_code == 200


def test_every_answer_carries_the_policy_and_says_nothing_of_the_server(served):
    for path in ("/", "/nowhere", "/static/showlist.css", "/healthz", "/playlists", "/login"):
        headers = served.get(path).headers
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"]
        assert "Server" not in headers


def test_no_template_holds_a_script_a_style_or_a_handler():
    for file in TEMPLATES.rglob("*.html"):
        text = file.read_text(encoding="utf-8")
        assert not re.search(r"\sstyle=|\son[a-z]+=|<style|javascript:|\|\s*safe", text), file.name
        assert not re.search(r"<script(?![^>]*\ssrc=)", text), file.name


def _crawled(site, prefix):
    """Every page that links lead to from the first one, as whoever asks the proxy sees it.

    Each is HTML without a mistake.
    """
    todo, seen, kinds = ["/", "/?where=NY&when=any+time", "/?where=zzz"], {}, {}
    while todo:
        path = todo.pop()
        if path in seen:
            continue
        if kind := _KIND.match(path):
            kinds[kind[1]] = kinds.get(kind[1], 0) + 1
            if kinds[kind[1]] > _OF_A_KIND:
                continue
        elif len(seen) > 120:
            continue
        answer = site.get(path)
        seen[path] = answer
        if not answer.headers["Content-Type"].startswith("text/html"):
            continue
        for link in filter(None, check_html(answer.text, path).links):
            parts = urlsplit(link)
            if parts.scheme or link.startswith(("#", "?")):
                continue
            assert link.startswith(f"{prefix}/"), (path, link)
            todo.append(link.removeprefix(prefix).partition("#")[0])
    return seen


@pytest.mark.parametrize("prefix", ["", "/music"])
def test_every_link_leads_to_a_page_also_under_a_path(serve, prefix):
    site = serve(public_url=f"http://127.0.0.1:8300{prefix}")
    seen = _crawled(site, prefix)
    assert len(seen) > 30
    # Whoever is not logged in is told so, and forms are not looked at.
    fine = (200, 304, 401, 405)
    wrong = {path: each.status_code for path, each in seen.items() if each.status_code not in fine}
    assert wrong == {"/?where=zzz": 404}


@pytest.mark.parametrize("field", _FIELDS)
def test_no_field_of_an_address_breaks_the_page(served, field):
    for value in (*_HOSTILE, "", "-1", "1e9", "NaN", "99999999999"):
        answer = served.get(f"/?{field}={quote(value)}")
        assert answer.status_code in (200, 404), (field, value)
        assert "<script>alert" not in answer.text
        assert "\u202e" not in answer.text
        if value == _HOSTILE[0]:
            check_html(answer.text, field)


@pytest.mark.parametrize("path", ["/search?q=", "/shows/", "/artists/", "/venues/",
                                  "/leaving?where=", "/announced?days=",
                                  "/save?where=", "/playlists/"])  # fmt: skip
def test_no_other_address_breaks_either(served, path):
    for value in _HOSTILE:
        answer = served.get(path + quote(value, safe=""))
        assert answer.status_code in (200, 401, 404, 414), (path, value)
        assert "<script>alert" not in answer.text


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("where=99999", "Nobody here knows a place called"),
        ("radius=many", "So it is 25 miles."),
        ("when=tomorrowish", "So it is the next 14 days."),
        ("from=2026-13-45", "is no date"),
        ("loud=very", "How loud cannot be"),
        ("when=until+2020-01-01", ""),
    ],
)
def test_what_cannot_be_used_is_told_kindly(served, query, words):
    answer = served.get(f"/?{query}")
    assert answer.status_code in (200, 404)
    assert words in answer.text


def test_a_publication_that_is_replaced_ends_no_page_and_shows_from_the_next_on(
    finished_demo, tmp_path
):
    """The old file is read to its end, the new one from the next page on; none stays open."""
    source = home_of(finished_demo).data / "showlist.duckdb"
    published = tmp_path / "showlist.duckdb"
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        shutil.copy(source, tmp_path / name / "showlist.duckdb")
    published.symlink_to("one/showlist.duckdb")
    site = ServedSite(platform_of(home_of(finished_demo), SHOWLIST_WAREHOUSE=str(published)))
    try:
        before = site.get("/")
        again = site.get("/", **{"If-None-Match": before.headers["ETag"]})
        held = site.site.publications.current()
        with held.cursor() as cursor:
            other = tmp_path / "next"
            other.symlink_to("two/showlist.duckdb")
            other.replace(published)
            shutil.rmtree(tmp_path / "one")
            after = site.get("/", **{"If-None-Match": before.headers["ETag"]})
            (rows,) = cursor.execute("select count(*) from upcoming_shows").fetchone()
        assert (again.status_code, after.status_code) == (304, 200)
        assert after.headers["ETag"] != before.headers["ETag"]
        assert rows > 0
    finally:
        site.stop()
    assert _open_in(tmp_path) == []


def _open_in(folder):
    """Files of ``folder`` that this process holds open."""
    found = []
    for each in Path("/proc/self/fd").iterdir():
        with suppress(OSError):
            found.append(str(each.readlink()))
    return [path for path in found if path.startswith(str(folder))]
