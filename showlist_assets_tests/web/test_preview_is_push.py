"""What the page shows is what a push writes: the same songs, for the same reasons, from the same
shows, though one reads the published file and the other the tables.
"""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from showlist_assets.domain.gazetteer import find_places
from showlist_assets.domain.playlists.windows import WEEKDAYS
from showlist_assets.domain.playlists.wish import Wish, query_of, recipe_of, wish_from_query
from showlist_assets_tests.domain.playlists.taste_rows import taste_of, taste_row
from showlist_assets_tests.web.sites import home_of, platform_of, site_of

_PLACES = ("10001", "New York, NY", "Albany, NY", "Rochester, NY", "NY", "VT", "Burlington, VT",
           "14604", "Buffalo, NY")  # fmt: skip
_KINDS = st.lists(
    st.sampled_from(["folk", "rock", "club dance", "hip-hop/rap", "jazz", "pop", "urban"]),
    max_size=2,
).map(tuple)
_DAYS = st.dates(date(2026, 11, 20), date(2027, 5, 1))
_BANDS = st.lists(
    st.sampled_from(["MC Esme", "Alma and the Crickets", "Restless Lagoon", "Nobody at All"]),
    max_size=3,
    unique=True,
).map(tuple)
_NARROWING = {
    "radius": st.sampled_from([1, 10, 25, 100]),
    "when": st.sampled_from(["next 3 months", "next 14 days", "this weekend"])
    | st.tuples(_DAYS, _DAYS).map(lambda days: f"{min(days)} to {max(days)}"),
    "days": st.lists(st.sampled_from(WEEKDAYS), min_size=1, max_size=4).map(tuple),
    "genre": _KINDS,
    "without": _KINDS,
    "loud": st.sampled_from(["calm", "lively", "loud"]),
    "bands_are": st.just("only"),
    "never": _BANDS,
    "price": st.integers(0, 200),
    "rooms": st.sampled_from(["small", "medium"]),
    "openers": st.sampled_from(["no", "only"]),
    "clean": st.just(value=True),
    "fit": st.sampled_from([30, 70, 100]),
    "known": st.sampled_from(["only", "never"]),
    "unknown_taste": st.just("leave out"),
}
# With all of them nothing would be left to compare.
_NARROWED = st.lists(st.sampled_from(sorted(_NARROWING)), max_size=3, unique=True)
WISHES = _NARROWED.flatmap(
    lambda narrowed: st.builds(
        Wish,
        **{
            "where": st.sampled_from(_PLACES),
            "radius": st.just(200),
            "when": st.just("any time"),
            "bands": _BANDS,
            "tracks": st.integers(1, 10),
            "order": st.sampled_from(
                ["date", "popularity", "energy arc", "smooth", "shuffle", "taste"]
            ),
            "prefer": st.sampled_from(["soonest", "biggest", "surprise", "taste"]),
            "known": st.sampled_from(["any", "prefer"]),
            "pick": st.sampled_from(["best known", "newest", "surprise"]),
            "most": st.integers(1, 200),
            **{name: _NARROWING[name] for name in narrowed},
        },
    )
)


@pytest.fixture(scope="module")
def site(finished_demo):
    site = site_of(platform_of(home_of(finished_demo)))
    yield site
    site.close()


def _recipe(wish, name="preview", account="preview"):
    return recipe_of(wish, find_places(wish.where)[0], name=name, account=account)


@given(WISHES)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_preview_is_the_plan_of_a_push(site, wish):
    shown = site.previews.of(site.publications.current(), _recipe(wish)).plan
    pushed = site.platform.playlists.plan(_recipe(wish))
    assert shown.tracks == pushed.tracks
    assert shown.shows == pushed.shows
    assert shown.left_out == pushed.left_out
    assert (shown.title, shown.missing) == (pushed.title, pushed.missing)


@pytest.fixture(scope="module")
def listener(site):
    """An account whose taste orders whoever plays; they have blocked one act."""
    names = site.platform.tables.read("upcoming_shows", ["NY"]).unique("performer_key")
    rows = [
        taste_row(
            row["performer_key"],
            None if number % 4 == 3 else float(number),
            spotify_artist_id=row["spotify_artist_id"],
            performer_name=row["performer_name"],
            verdict="block" if number == 5 else "none",
        )
        for number, row in enumerate(names.sort("performer_key").iter_rows(named=True))
    ]
    site.platform.listening_store.write("fan", "show_taste", taste_of(*rows))
    yield "fan"
    site.platform.listening_store.forget("fan")


@given(WISHES)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_preview_to_a_listener_s_taste_is_the_plan_of_a_push(site, listener, wish):
    recipe = _recipe(wish, account=listener)
    shown = site.previews.of(site.publications.current(), recipe, reader=listener).plan
    pushed = site.platform.playlists.plan(recipe)
    assert shown.tracks == pushed.tracks
    assert shown.shows == pushed.shows
    assert (shown.left_out, shown.notes) == (pushed.left_out, pushed.notes)


@given(WISHES)
def test_an_address_that_is_shared_shows_the_same(wish):
    query = query_of(wish)
    assert wish_from_query(_pairs(query)) == (wish, ())


def _pairs(query):
    from urllib.parse import parse_qsl

    return parse_qsl(query, keep_blank_values=True)


def test_wishes_of_this_test_are_not_all_empty(site):
    wishes = [Wish(where=place, when="any time", radius=200) for place in _PLACES]
    publication = site.publications.current()
    counts = [len(site.previews.of(publication, _recipe(wish)).plan.tracks) for wish in wishes]
    assert sum(count > 5 for count in counts) > len(counts) / 2
