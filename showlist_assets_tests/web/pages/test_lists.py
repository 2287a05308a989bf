"""The pages that list: a venue, what is new, what leaves, what is found, where it comes from."""

from __future__ import annotations

from datetime import date, timedelta
from urllib.parse import parse_qsl, urlsplit

import pytest

from showlist_assets.domain.playlists.wish import wish_from_query
from showlist_assets.storage.fetch_record import SourceFetch
from showlist_assets_tests.rows import NOW, pending
from showlist_assets_tests.web.markup import look

VENUE = "/venues/boiler-room--albany--ny"
TODAY = NOW.date()


def wish_in(link):
    wish, mistakes = wish_from_query(parse_qsl(urlsplit(link).query))
    assert not mistakes
    return wish


def change(kind, number=1, **columns):
    return {
        "change": kind, "show_id": f"seatgeek-{number}",
        "changed_at": NOW - timedelta(hours=number),
        "title": f"Night {number}", "acts": [f"Act {number}"], **columns,
    }  # fmt: skip


def test_a_venue_tells_how_loud_it_gets_and_makes_a_playlist_of_its_own(publish, page):
    publish(
        shows=({"venue_capacity": 450, "latitude": 42.65, "longitude": -73.75},),
        acts=({"genres": ["Folk", "Dance/Electronic"]},),
    )
    found = look(page, VENUE)
    for words in (
        "1 show ahead",
        "450 people",
        "lively",
        "1 song of those who play here",
    ):
        assert words in found.text, words
    wish = wish_in(found.link_to("Playlist of this venue"))
    assert (wish.venue, wish.where, wish.when) == (("The Boiler Room",), "Albany, NY", "any time")
    assert wish_in(found.link_to("Folk")).genre == ("folk",)


def test_the_playlist_of_a_venue_holds_its_shows(publish, page):
    publish(shows=({"latitude": 42.65, "longitude": -73.75},))
    heard = look(page, look(page, VENUE).link_to("Hear it first"))
    assert "Small Hours" in heard.text


def test_a_venue_without_a_known_city_a_place_or_a_song_has_a_page(publish, page):
    publish(shows=({"venue_city": None},), matched=(), songs=())
    found = look(page, "/venues/boiler-room----ny")
    assert "No song of those who play here was measured yet." in found.text
    assert wish_in(found.link_to("Playlist of this venue")).where == "NY"


def test_an_unknown_venue_may_be_searched_for(publish, page):
    publish()
    found = look(page, "/venues/no-such-hall--albany--ny", 404)
    assert "/search?q=no%20such%20hall" in found.links


def test_news_are_told_by_kind_with_counts(publish, page):
    publish(changes=(
        change("announced", 1), change("moved", 2, was="Nov 20", becomes="Dec 4"),
        change("cancelled", 3, status="cancelled"), change("vanished", 4),
        change("line_up", 5, becomes="Night Bus"), change("known", 6), change("back", 7),
    ))  # fmt: skip
    text = look(page, "/new").text
    assert "Everything 6" in text
    assert "Moved 2" in text
    for words in (
        "Moved: Dec 4; it was Nov 20.",
        "Night Bus joined the bill.",
        "presumed cancelled",
    ):
        assert words in text, words
    assert "Act 6" not in text
    only = look(page, "/announced").text
    assert "Act 1" in only
    assert "Act 2" not in only
    assert "Act 3" in look(page, "/cancelled").text
    assert "Act 4" in look(page, "/gone").text
    assert "Act 5" in look(page, "/line-ups").text


def test_news_are_of_the_days_and_the_states_that_are_asked_for(publish, page):
    publish(changes=(change("announced", 1, changed_at=NOW - timedelta(days=10)),))
    assert "Nothing new came everywhere in the last 7 days." in look(page, "/announced").text
    assert "Act 1" in look(page, "/announced?days=30").text
    assert "Act 1" in look(page, "/announced?days=30&where=10001").text
    assert "Act 1" not in look(page, "/announced?days=30&where=TX").text


def test_a_show_that_is_over_is_no_news(publish, page):
    publish(changes=(change("announced", 1, local_date=TODAY - timedelta(days=2)),))
    assert "Act 1" not in look(page, "/new").text


def test_long_lists_go_on_on_further_pages(publish, page):
    publish(changes=tuple(change("announced", number) for number in range(1, 100)))
    first = look(page, "/announced?days=30&where=NY")
    second = look(page, first.link_to("More"))
    third = look(page, second.link_to("More"))
    told = [page.text for page in (first, second, third)]
    assert all(sum(f"Act {n} " in text for text in told) == 1 for n in range(1, 100))
    assert parse_qsl(urlsplit(second.link_to("Before")).query) == [("where", "NY"), ("days", "30")]
    with pytest.raises(AssertionError, match="No link"):
        third.link_to("More")


@pytest.mark.parametrize(
    "query",
    ["days=0", "days=-1", "days=9999999", "days=x", "from=99999999999999", "from=%C2%B2",
     "where=" + "x" * 300, "where=%00%ff", "from=1&from=2", "where=Albny,+NY"],
)  # fmt: skip
@pytest.mark.parametrize("path", ["/new", "/leaving"])
def test_whatever_the_address_says_a_list_is_a_page(publish, page, path, query):
    publish(changes=(change("announced"),))
    look(page, f"{path}?{query}")


def test_an_unknown_place_is_told_and_everywhere_is_shown(publish, page):
    publish(changes=(change("announced"),))
    text = look(page, "/new?where=Albny,+NY").text
    assert "Nobody here knows a place called Albny, NY" in text
    assert "Albany, NY" in text
    assert "Act 1" in text


def test_the_last_chance_is_told_near_a_place_and_everywhere(publish, page):
    here = {"latitude": 42.65, "longitude": -73.75}
    soon = {**here, "local_date": TODAY + timedelta(days=2)}
    later = {**here, "show_id": "later", "local_date": TODAY + timedelta(days=40)}
    bus = {"performer_key": "night bus", "performer_name": "Night Bus", "billing": 2}
    publish(shows=(soon, later), acts=({}, bus, {"show_id": "later"}))
    text = look(page, "/leaving").text
    assert "The last chance for Night Bus" in text
    assert "The last chance for Night Bus" in look(page, "/leaving?where=Albany,+NY").text
    assert "Nobody plays for the last time" in look(page, "/leaving?where=Buffalo,+NY").text
    assert "Dec 30" not in text


def test_artists_venues_cities_and_shows_are_found(publish, page):
    publish(shows=({"title": "Lantern Night"},))
    found = look(page, "/search?q=LANTERN")
    assert {"/artists/paper%20lantern", "/shows/seatgeek-1"} <= set(found.links)
    assert VENUE in look(page, "/search?q=boiler").links
    city = look(page, "/search?q=alba")
    assert wish_in(city.link_to("Albany, NY")).where == "Albany, NY"


def test_a_place_without_any_show_may_be_looked_at(publish, page):
    publish()
    assert wish_in(look(page, "/search?q=94103").link_to("What plays near 94103")).where


def test_what_is_misspelled_is_guessed(publish, page):
    publish()
    found = look(page, "/search?q=paper+lantrn+x")
    assert "/search?q=Paper%20Lantern" in found.links


@pytest.mark.parametrize("q", ["", "%20", "%00", "%ff%fe", "'%25_--", "x" * 300, "%E2%80%AE", "("])
def test_whatever_is_searched_for_there_is_a_page(publish, page, q):
    publish()
    look(page, f"/search?q={q}")


def test_about_tells_how_fresh_each_source_is(publish, page):
    ago = NOW - timedelta(days=9)
    publish(
        matched=(pending(),),
        fetches=(
            SourceFetch(state="NY", source="seatgeek", answered_at=ago, complete_through=date.max,
                        listings=3, failing_since=NOW, because="503", was_missing=False),
            SourceFetch(state="NY", source="ticketmaster", answered_at=NOW,
                        complete_through=date.max, listings=1234, failing_since=None, because="",
                        was_missing=False),
        ),
    )  # fmt: skip
    found = look(page, "/about")
    for words in (
        "silent in NY", "SeatGeek does not answer now.", "9 days ago", "1 band",
        "1,234 listings in 1 state", "GeoNames", "CC BY 4.0", "only cookie",
    ):  # fmt: skip
        assert words in found.text, words
    for path in ("/static/licences/htmx.txt", "/static/licences/bricolage-grotesque.txt"):
        assert path in found.links
        assert page.get(path).status_code == 200
