"""Plans: what a recipe lets through, how it picks and orders, and what it says about it."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from showlist_assets.domain.playlists.digest import changes
from showlist_assets.domain.playlists.plan import UnheardAct
from showlist_assets.domain.playlists.planner import Plan, plan_playlist
from showlist_assets.domain.playlists.recipe import Recipe, RecipeError
from showlist_assets_tests.domain.playlists.planned import planned_show
from showlist_assets_tests.domain.playlists.show_histories import fates_of, row
from showlist_assets_tests.domain.playlists.show_rows import TODAY, show_row, shows_of

_TOMORROW = TODAY + timedelta(days=1)


def _plan(*rows: dict, today: date = TODAY, **wishes: object) -> Plan:
    recipe = Recipe(name="mine", **{"states": "NY", **wishes})
    return plan_playlist(recipe, shows_of(*rows), today=today)


def _artists(plan: Plan) -> list[str]:
    return list(dict.fromkeys(track.artist_name for track in plan.tracks))


_ADA = show_row("1", "ada")


@pytest.mark.parametrize(
    ("wish", "other"),
    [
        ({"states": "NY"}, {"state": "NJ"}),
        (
            {"near": {"city": "New York", "state": "NY"}},
            {"latitude": 42.65, "venue_city": "Albany"},
        ),
        ({"when": "next 7 days"}, {"local_date": TODAY + timedelta(days=7)}),
        ({"when": "any time"}, {"local_date": None}),
        ({"weekdays": "fri"}, {"local_date": _TOMORROW}),
        ({"venues": {"only": "boiler room"}}, {"venue_name": "The Boiler Room Annex"}),
        ({"venues": {"never": "the cellar"}}, {"venue_name": "Cellar"}),
        ({"artists": {"only": "ÁDA"}}, {}),
        ({"artists": {"never": "bea"}}, {}),
        ({"genres": {"only": "rock"}}, {"genres": ["rockabilly"]}),
        ({"genres": {"only": "rock"}}, {"genres": []}),
        ({"genres": {"never": "Metal"}}, {"genres": ["rock", "doom metal"]}),
        ({"openers": "no"}, {"role": "support", "billing": 2}),
        ({"festivals": "no"}, {"event_kind": "music_festival"}),
        ({"explicit": "no"}, {"explicit": True}),
        ({"explicit": "no"}, {"explicit": None}),
        ({"features": {"energy": "<= 0.5"}}, {"energy": 0.51}),
        ({"features": {"energy": "<= 0.5"}}, {"energy": None}),
        ({"versions": {"never": "live"}}, {"track_name": "Song 1 - Live at Home"}),
        ({"versions": {"never": "live"}}, {"track_name": "Song 1 \u2013 Live at Home"}),
        ({"versions": {"never": ["live", "remix"]}}, {"track_name": "Song 1 (Tin Owl Remix)"}),
        ({"least_confidence": 0.9}, {"match_confidence": 0.89}),
    ],
)
def test_each_filter_leaves_out_what_it_is_asked_to(wish, other):
    bea = show_row("2", "bea", **other)
    assert _artists(_plan(_ADA, bea, **wish)) == ["Ada"]


@pytest.mark.parametrize(
    ("wish", "column"),
    [({"price": "<= 40"}, "lowest_price"), ({"capacity": "<= 40"}, "venue_capacity")],
)
def test_a_number_that_nobody_knows_is_in_no_range(wish, column):
    rows = [
        show_row(str(number), f"act {number}", **{column: value})
        for number, value in enumerate((40.0, 41.0, None))
    ]
    if column == "venue_capacity":
        rows = [{**row, column: row[column] and int(row[column])} for row in rows]
    assert _artists(_plan(*rows, **wish)) == ["Act 0"]


def test_a_track_of_unknown_energy_stays_if_so_asked():
    unknown = show_row("2", "bea", energy=None)
    plan = _plan(_ADA, unknown, features={"energy": "<= 0.5"}, unknown_features="keep")
    assert _artists(plan) == ["Ada", "Bea"]


def test_only_openers_and_only_festivals_can_be_asked_for():
    opener = show_row("1", "bea", role="support", billing=2)
    festival = show_row("2", "cleo", event_kind="music_festival")
    assert _artists(_plan(_ADA, opener, festival, openers="only")) == ["Bea"]
    assert _artists(_plan(_ADA, opener, festival, festivals="only")) == ["Cleo"]


def test_only_live_versions_can_be_asked_for_whatever_else_is_called_live():
    titles = "Live and Let Die", "Small Hours [Live]"
    rows = [show_row("1", "ada", n, track_name=title) for n, title in enumerate(titles, 1)]
    plan = _plan(*rows, versions={"only": "live"})
    assert [track.track_name for track in plan.tracks] == ["Small Hours [Live]"]


def test_an_artist_can_be_named_by_link():
    known = "6vWDO969PvNqNYHsOW5v0A"
    bea = show_row("2", "bea", spotify_artist_id=known)
    link = f"https://open.spotify.com/artist/{known}"
    assert _artists(_plan(_ADA, bea, artists={"never": link})) == ["Ada"]


def test_an_artist_on_tour_is_heard_once_for_the_soonest_show():
    later = [show_row("2", "ada", track, local_date=_TOMORROW) for track in (1, 2, 3)]
    sooner = [show_row("1", "ada", track) for track in (1, 2, 3)]
    plan = _plan(*later, *sooner)
    assert [(track.show_id, track.track_id) for track in plan.tracks] == [
        ("seatgeek-1", "ada-1"),
        ("seatgeek-1", "ada-2"),
    ]
    assert "1 more night" in plan.tracks[0].why
    assert len(plan.shows) == 2


def test_five_nights_take_turns_at_the_artists_tracks_if_so_asked():
    nights = [
        show_row(str(night), "ada", track, local_date=TODAY + timedelta(days=night))
        for night in range(5)
        for track in range(1, 5)
    ]
    plan = _plan(*nights, one_artist_once=False, tracks_per_artist=2)
    assert [(track.show_id[-1], track.track_id[-1]) for track in plan.tracks] == [
        ("0", "1"), ("0", "2"), ("1", "3"), ("1", "4"),
    ]  # fmt: skip


def test_a_track_of_two_billed_artists_is_on_the_playlist_once():
    plan = _plan(
        show_row("1", "ada", track_id="duet"),
        show_row("2", "bea", track_id="duet", local_date=_TOMORROW),
    )
    assert [track.show_id for track in plan.tracks] == ["seatgeek-1"]


def test_the_newest_tracks_can_be_asked_for():
    dated = [
        show_row("1", "ada", 1, release_date="1999"),
        show_row("1", "ada", 2, release_date="2026-05"),
    ]
    plan = _plan(*dated, show_row("1", "ada", 3), tracks_per_artist=1, pick="newest")
    assert [track.track_id for track in plan.tracks] == ["ada-2"]
    assert "2026" in plan.tracks[0].why


def test_a_release_in_the_year_0000_is_not_dated():
    unknown = show_row("1", "ada", 1, release_date="0000")
    plan = _plan(unknown, show_row("1", "ada", 2, release_date="1999-01"), pick="newest")
    assert [track.track_id for track in plan.tracks] == ["ada-2", "ada-1"]
    assert "1999" in plan.tracks[0].why
    assert "0000" not in plan.tracks[1].why


@pytest.mark.parametrize(
    ("wish", "is_on"),
    [
        ({"when": "today"}, True),
        ({"when": f"{TODAY + timedelta(days=2)}"}, True),
        ({"when": f"{TODAY + timedelta(days=3)}"}, False),
        ({"when": "any time", "weekdays": "sun"}, True),
        # On Thursday it was on, and that is over.
        ({"when": "any time", "weekdays": "thu"}, False),
        ({"when": f"{_TOMORROW}", "weekdays": "sun"}, False),
    ],
)
def test_a_festival_of_several_days_is_on_on_each_of_them(wish, is_on):
    festival = show_row(
        local_date=TODAY - timedelta(days=1),
        last_date=TODAY + timedelta(days=2),
        event_kind="music_festival",
    )
    plan = _plan(festival, **wish)
    assert len(plan.tracks) == len(plan.shows) == int(is_on)
    if is_on:
        assert "Plays from Thu Nov 19 to Sun Nov 22 at" in plan.tracks[0].why
        assert plan.shows[0].last_day == plan.tracks[0].last_day == TODAY + timedelta(days=2)


def test_the_doors_come_with_the_show():
    doors = datetime.combine(TODAY, time(19))
    with_doors, without = _plan(
        show_row("1", "ada", doors_at_local=doors), show_row("2", "bea")
    ).shows
    assert (with_doors.doors_at_local, without.doors_at_local) == (doors, None)


def test_a_field_that_cannot_be_used_is_told_and_the_shows_are_planned():
    no_zone = {"starts_at": None, "venue_timezone": "America"}
    plan = _plan(
        show_row("1", "ada", ticket_url="https://tickets.example/a\nb"),
        show_row("2", "bea", ticket_url="javascript:alert(1)"),
        show_row("3", "cleo", **no_zone),
        show_row("4", "dora"),
    )
    assert len(plan.shows) == 4
    link, zone = plan.notes
    assert "Ada on Fri Nov 20, and 1 more" in link
    assert "'https://tickets.example/a\\nb'" in link
    assert "Cleo on Fri Nov 20 ('America')" in zone


def test_a_city_is_near_itself_however_it_is_spelled():
    home = {"state": "MO", "latitude": 38.8, "longitude": -90.5}
    plan = _plan(
        show_row("1", "ada", venue_city="St. Charles", **home),
        show_row("2", "bea", venue_city="ST CHARLES", **{**home, "latitude": None}),
        states="MO",
        near={"city": "Saint Charles", "state": "MO", "radius": "10 mi"},
    )
    assert _artists(plan) == ["Ada", "Bea"]


@pytest.mark.parametrize(
    ("prefer", "stays"), [("soonest", ["Ada", "Bea"]), ("biggest", ["Bea", "Cleo"])]
)
def test_too_many_artists_are_cut_by_what_the_listener_prefers(prefer, stays):
    rows = [
        show_row(str(n), name, venue_capacity=n * 100, local_date=TODAY + timedelta(days=n))
        for n, name in enumerate(("ada", "bea", "cleo"))
    ]
    plan = _plan(*rows, max_tracks=2, prefer=prefer)
    assert _artists(plan) == stays
    assert plan.left_out == {"tracks over the limit of 2": 1}


def test_who_is_cut_stands_in_reserve_with_a_place_in_the_recipes_order():
    rows = [
        show_row(str(n), name, venue_capacity=n * 100, local_date=TODAY + timedelta(days=n))
        for n, name in enumerate(("ada", "bea", "cleo", "dan"))
    ]
    plan = _plan(*rows, max_tracks=2, prefer="biggest")
    assert _artists(plan) == ["Cleo", "Dan"]
    assert [(one.track.artist_name, one.behind) for one in plan.reserve] == [("Bea", 0), ("Ada", 0)]


@pytest.mark.parametrize("prefer", ["soonest", "biggest", "surprise"])
def test_bands_that_come_first_stay_and_stand_before_all_others(prefer):
    rows = [
        show_row(str(number), name, local_date=TODAY + timedelta(days=number))
        for number, name in enumerate(("ada", "bea", "cleo", "dora"))
    ]
    plan = _plan(
        *rows, max_tracks=3, prefer=prefer, artists={"first": ["DÓRA", "bea", "Elsewhere"]}
    )
    bands = _artists(plan)
    assert bands[:2] == ["Bea", "Dora"]
    assert len(bands) == 3, "nobody is left out for them"
    assert ["a band you know" in track.why for track in plan.tracks] == [True, True, False]


def test_a_recipe_that_lets_nothing_through_does_not_blame_who_comes_first():
    wish = {"artists": {"first": "ada"}, "genres": {"only": "polka"}}
    plan = _plan(_ADA, **wish, explicit="only")
    assert "'genres'" in plan.why_empty
    assert "'artists'" not in plan.why_empty


def test_energy_rises_and_calms_down_again():
    rows = [show_row(str(n), f"act {n}", energy=n / 10) for n in range(9)]
    energies = [track.energy for track in _plan(*rows, order="energy arc").tracks]
    peak = energies.index(max(energies))
    assert energies[: peak + 1] == sorted(energies[: peak + 1])
    assert energies[peak:] == sorted(energies[peak:], reverse=True)
    assert 4 <= peak <= 6


def test_what_is_left_out_is_counted_by_the_first_reason():
    plan = _plan(
        _ADA,
        *(show_row("2", "bea", track, local_date=_TOMORROW, explicit=True) for track in (1, 2)),
        show_row("3", "cleo", explicit=True),
        weekdays="fri",
        explicit="no",
    )
    assert plan.left_out == {"shows not on fri": 1, "explicit tracks": 1}


def test_an_empty_plan_says_why():
    assert "No show" in _plan().why_empty
    assert "1 show not on sat" in _plan(_ADA, weekdays="sat").why_empty
    assert _plan(_ADA).why_empty == ""


def test_a_city_that_no_show_has_is_refused_with_the_nearest():
    with pytest.raises(RecipeError, match="Did you mean New York, NY"):
        _plan(_ADA, near={"city": "New Yrok", "state": "NY"})


def test_a_state_without_shows_is_no_mistake_of_the_recipe():
    assert _plan(near={"city": "New York", "state": "NY"}).tracks == ()


def test_a_suburb_without_venues_can_be_given_by_its_position():
    near = {"city": "Hoboken", "state": "NJ", "at": "40.74, -74.03", "radius": "5 mi"}
    assert _artists(_plan(_ADA, near=near)) == ["Ada"]


def test_a_venue_that_nobody_knows_is_pointed_out():
    plan = _plan(_ADA, venues={"never": ["The Boilr Room", "Elsewhere"]}, genres={"only": "rok"})
    assert plan.notes == (
        "No upcoming show has the venue 'The Boilr Room'. Did you mean 'The Boiler Room'?",
        "No upcoming show has the genre 'rok'. Did you mean 'rock'?",
    )


def test_title_and_description_tell_places_dates_and_counts():
    later = show_row("2", "bea", local_date=date(2026, 12, 1), venue_name="Cellar")
    plan = _plan(_ADA, later, title="{places}, {dates}", description="{show_count} at {venues}")
    assert plan.title == "New York, Nov 20 to Dec 1"
    assert plan.description == "2 shows at The Boiler Room and Cellar"


def test_a_track_tells_why_it_is_there():
    opener = show_row("1", "bea", role="support", billing=2)
    plan = _plan(opener, features={"energy": "0 to 1"})
    assert plan.tracks[0].why == (
        "Opens on Fri Nov 20 at The Boiler Room, New York; number 1 of their best-known tracks; "
        "energy 0.5."
    )


def test_a_plan_does_not_change_with_the_day_alone():
    ahead = show_row("1", "ada", local_date=TODAY + timedelta(days=5))
    assert _plan(ahead) == _plan(ahead, today=_TOMORROW)


_DAYS = [TODAY + timedelta(days=n // 2) for n in range(5)] + [None]


def _row_on_its_day(show: str, artist: str, track: int, **columns: object) -> dict:
    """A show has one date, whoever plays."""
    return show_row(show, artist, track, local_date=_DAYS[int(show) - 1], **columns)


_ARTISTS = ["ada", "bea", "cleo", "dora", "eve"]
_ROWS = st.lists(
    st.builds(
        _row_on_its_day,
        st.sampled_from("123456"),
        st.sampled_from(_ARTISTS),
        st.integers(1, 4),
        explicit=st.sampled_from([True, False, None]),
        energy=st.sampled_from([None, 0.1, 0.5, 0.9]),
        role=st.sampled_from(["headliner", "support"]),
        venue_capacity=st.sampled_from([None, 100, 5000]),
    ),
    max_size=25,
    unique_by=lambda row: (row["show_id"], row["performer_key"], row["track_id"]),
)
_RECIPES = st.builds(
    Recipe,
    name=st.just("mine"),
    states=st.just(("NY",)),
    when=st.sampled_from(["today", "next 2 days", "any time"]),
    openers=st.sampled_from(["yes", "no", "only"]),
    explicit=st.sampled_from(["yes", "no", "only"]),
    features=st.sampled_from([{}, {"energy": ">= 0.5"}]),
    tracks_per_artist=st.integers(1, 3),
    pick=st.sampled_from(["best known", "newest", "surprise"]),
    one_artist_once=st.booleans(),
    max_tracks=st.integers(1, 6),
    prefer=st.sampled_from(["soonest", "biggest", "surprise"]),
    order=st.sampled_from(["date", "popularity", "energy arc", "smooth", "shuffle", "taste"]),
    artists=st.sampled_from([{}, {"first": "dora"}, {"first": ["bea", "nobody"]}]),
)


@given(_RECIPES, _ROWS)
def test_no_track_is_outside_the_filters_or_there_twice_or_too_many(recipe, rows):
    plan = plan_playlist(recipe, shows_of(*rows), today=TODAY)
    last = TODAY + timedelta(days={"today": 0, "next 2 days": 1}.get(recipe.when, 999))
    assert len(plan.tracks) <= recipe.max_tracks
    assert len({track.uri for track in plan.tracks}) == len(plan.tracks)
    for track in plan.tracks:
        assert TODAY <= track.local_date <= last
        assert recipe.explicit == "yes" or track.explicit == (recipe.explicit == "only")
        assert recipe.openers == "yes" or (track.role == "support") == (recipe.openers == "only")
        assert not recipe.features or (track.energy or 0) >= 0.5


@given(_RECIPES, _ROWS)
def test_no_artist_is_heard_for_two_shows_or_too_often_when_so_asked(recipe, rows):
    plan = plan_playlist(recipe, shows_of(*rows), today=TODAY)
    nights: dict[str, list[str]] = {}
    for track in plan.tracks:
        nights.setdefault(track.spotify_artist_id, []).append(track.show_id)
    for shows in nights.values():
        assert not recipe.one_artist_once or len(set(shows)) == 1
        assert max(map(shows.count, shows)) <= recipe.tracks_per_artist


@given(_RECIPES, _ROWS)
def test_who_comes_first_is_never_behind_nor_left_out_for_others(recipe, rows):
    plan = plan_playlist(recipe, shows_of(*rows), today=TODAY)
    known = ["a band you know" in track.why for track in plan.tracks]
    assert known == sorted(known, reverse=True)
    behind = ["a band you know" in one.track.why for one in plan.reserve]
    assert all(known) or not any(behind)


@given(_RECIPES, _ROWS, st.randoms())
def test_the_order_of_the_rows_does_not_matter(recipe, rows, random):
    shuffled = random.sample(rows, len(rows))
    assert plan_playlist(recipe, shows_of(*rows), today=TODAY) == plan_playlist(
        recipe, shows_of(*shuffled), today=TODAY
    )


@settings(max_examples=30)
@given(st.dates(date(2026, 1, 1), date(2026, 10, 1)), st.integers(1, 20))
def test_a_shuffle_changes_with_the_iso_week_only(day, later):
    rows = [show_row(str(n), f"act {n}") for n in range(12)]
    when = {"when": "any time", "order": "shuffle"}
    other = day + timedelta(days=later)
    same_week = day.isocalendar()[:2] == other.isocalendar()[:2]
    assert (_plan(*rows, today=day, **when) == _plan(*rows, today=other, **when)) == same_week


def test_a_plan_survives_being_kept_as_json():
    plan = _plan(_ADA, show_row("2", "bea", explicit=True), explicit="no")
    kept = TypeAdapter(Plan)
    assert kept.validate_json(kept.dump_json(plan)) == plan


def test_nothing_is_planned_of_an_empty_table():
    plan = _plan()
    assert (plan.tracks, plan.shows, plan.left_out) == ((), (), {})


def test_a_state_that_a_recipe_does_not_name_is_not_looked_at():
    frame = pl.concat([shows_of(_ADA), shows_of(show_row("9", "zoe", state="NJ"))])
    plan = plan_playlist(Recipe(name="mine", states="NY"), frame, today=TODAY)
    assert _artists(plan) == ["Ada"]
    assert plan.left_out == {}


def test_states_of_whose_shows_nothing_is_known_are_named_in_the_order_of_the_recipe():
    recipe = Recipe(name="mine", states="NY, TX, OH", when="any time")
    plan = plan_playlist(recipe, shows_of(_ADA), today=TODAY, missing={"OH", "TX", "WA"})
    assert plan.missing == ("TX", "OH")
    assert "shows in Texas and Ohio" in plan.notes[0]
    known = plan_playlist(recipe, shows_of(_ADA), today=TODAY)
    assert (known.missing, known.notes) == ((), ())
    assert known.tracks == plan.tracks


def test_a_state_that_only_a_circle_reaches_into_is_told_with_the_circle():
    recipe = Recipe(name="mine", near={"city": "New York", "state": "NY"}, when="any time")
    plan = plan_playlist(recipe, shows_of(_ADA), today=TODAY, missing={"NJ", "CT", "PA"})
    assert plan.missing == ("NJ", "CT")
    (note,) = plan.notes
    assert "shows in New Jersey and Connecticut, within 25 mi of New York: they were never" in note
    nothing = plan_playlist(recipe, shows_of(), today=TODAY, missing=recipe.states)
    assert len(nothing.notes) == 2
    assert "shows in New York: they were never" in nothing.notes[0]


@pytest.mark.parametrize(
    "near",
    [
        {"city": "New York", "state": "NY"},
        {"zip": "10002"},
        {"city": "Somewhere", "state": "NY", "at": "40.71, -74.01"},
    ],
)
def test_a_circle_crosses_state_lines(near):
    over_the_river = {"state": "NJ", "venue_city": "Newark"}
    rows = [
        _ADA,
        show_row("2", "bea", **over_the_river, latitude=40.73, longitude=-74.17),
        show_row("3", "zoe", state="NJ", venue_city="Atlantic City", latitude=39.36),
    ]
    assert set(_artists(_plan(*rows, states=(), near=near, when="any time"))) == {"Ada", "Bea"}


def test_a_city_without_a_venue_lies_where_the_gazetteer_has_it():
    near = {"city": "Hoboken", "state": "NJ", "radius": "10 mi"}
    assert _artists(_plan(_ADA, states=(), near=near, when="any time")) == ["Ada"]
    with_another = [_ADA, show_row("2", "bea", state="NJ", venue_city="Newark")]
    both = _plan(*with_another, states=(), near=near, when="any time")
    assert set(_artists(both)) == {"Ada", "Bea"}


def test_of_many_unknown_states_some_are_named():
    recipe = Recipe(name="mine", states="all", when="any time")
    plan = plan_playlist(recipe, shows_of(), today=TODAY, missing=recipe.states)
    assert "and 48 more states" in plan.why_empty


def test_a_track_keeps_its_recording_code_and_its_last_day():
    row = show_row("1", "ada", isrc="USABC1234567", last_date=_TOMORROW)
    (track,) = _plan(row, when="any time").tracks
    assert (track.isrc, track.last_day) == ("USABC1234567", _TOMORROW)


@settings(max_examples=30)
@given(
    ids=st.permutations(range(200, 208)),
    start=st.sampled_from(["date", "energy arc", "shuffle", "popularity"]),
    prefer=st.sampled_from(["soonest", "biggest", "surprise"]),
    nights=st.lists(st.tuples(st.sampled_from("abcd"), st.integers(0, 2)), min_size=8, max_size=8),
)
def test_a_show_under_another_id_changes_nothing_of_a_plan_and_is_no_news(
    ids, start, prefer, nights
):
    def listed(show_ids):
        rows = [
            show_row(
                str(show),
                act,
                track,
                local_date=TODAY + timedelta(days=day),
                venue_name=f"House {number}",
            )
            for number, (show, (act, day)) in enumerate(zip(show_ids, nights, strict=True))
            for track in (1, 2)
        ]
        return _plan(
            *rows,
            when="any time",
            order=start,
            prefer=prefer,
            max_tracks=5,
            tracks_per_artist=1,
            description="{artists} at {venues}",
        )

    before, after = listed(range(100, 108)), listed(ids)
    assert after.uris == before.uris
    assert after.description == before.description
    assert [one.track.uri for one in after.reserve] == [one.track.uri for one in before.reserve]
    found = changes(after, before.shows, today=TODAY)
    assert (found.new, found.gone, found.moved) == ((), (), ())


@pytest.mark.parametrize("change", ["cancelled", "postponed", "vanished"])
def test_what_the_history_knows_to_be_off_is_not_planned(change):
    rows = [show_row("1"), show_row("1", "tin owl"), show_row("2", "grey hen")]
    off = planned_show("seatgeek-1")
    plan = plan_playlist(
        Recipe(name="mine", states="NY"),
        shows_of(*rows),
        today=TODAY,
        fates=fates_of(row(off, "known"), row(off, change, 1)),
    )
    assert {track.show_id for track in plan.tracks} == {"seatgeek-2"}
    assert [show.show_id for show in plan.shows] == ["seatgeek-2"]
    assert plan.left_out["shows that are called off"] == 1


def _silent(show: str, act: str, **columns: object) -> dict:
    """An act without a song."""
    nobody = dict.fromkeys(
        ("track_id", "track_name", "track_rank", "spotify_artist_id", "spotify_artist_name",
         "match_confidence", "explicit"),
    )  # fmt: skip
    return show_row(show, act, **{**nobody, "why_no_track": f"No {act}.", **columns})


def test_acts_without_a_song_stand_with_their_show_and_why():
    plan = _plan(_ADA, _silent("1", "hen", billing=3), _silent("1", "cat", billing=2))
    (show,) = plan.shows
    assert show.artists == ("Ada",)
    assert show.unheard == (UnheardAct("Cat", "No cat."), UnheardAct("Hen", "No hen."))


def test_shows_without_any_song_are_there_for_a_calendar_of_all():
    rows = _ADA, _silent("2", "cat"), _silent("2", "hen", billing=2)
    assert _plan(*rows).songless == ()
    plan = _plan(*rows, calendar="all")
    assert [show.show_id for show in plan.shows] == ["seatgeek-1"]
    (silent,) = plan.songless
    assert (silent.artists, len(silent.unheard)) == (("Cat", "Hen"), 2)


@pytest.mark.parametrize(
    ("wish", "other"),
    [
        ({"when": "next 7 days"}, {"local_date": TODAY + timedelta(days=7)}),
        ({"near": {"city": "New York", "state": "NY"}}, {"latitude": 42.65, "venue_city": "Troy"}),
        ({"venues": {"never": "Attic"}}, {"venue_name": "The Attic"}),
        ({"artists": {"never": "bea"}}, {}),
        ({"artists": {"only": ["ada", "cat"]}}, {}),
        ({"genres": {"never": "polka"}}, {"genres": ["polka"]}),
        ({"openers": "no"}, {"role": "support"}),
        (
            {"least_confidence": 0.9},
            {"spotify_artist_id": "b", "spotify_artist_name": "Bea", "match_confidence": 0.5},
        ),
    ],
)
def test_a_calendar_of_all_holds_no_songless_show_that_the_recipe_leaves_out(wish, other):
    rows = _ADA, _silent("2", "cat"), _silent("3", "bea", **other)
    plan = _plan(*rows, calendar="all", **wish)
    assert [show.show_id for show in plan.songless] == ["seatgeek-2"]


def test_what_tracks_must_be_like_is_not_asked_of_who_has_none():
    plan = _plan(_silent("2", "cat"), calendar="all", features={"energy": ">= 0.9"}, explicit="no")
    assert len(plan.songless) == 1


def test_a_second_listing_is_no_songless_show():
    twin = show_row("2", "ada", starts_at_local=_ADA["starts_at_local"])
    plan = _plan(_ADA, twin, _silent("2", "cat"), calendar="all")
    assert (len(plan.shows), plan.songless) == (1, ())


def test_the_dates_of_a_playlist_end_with_the_last_day_of_a_festival():
    festival = show_row("2", "bea", last_date=TODAY + timedelta(days=2))
    assert _plan(_ADA, festival, title="{dates}").title == "Nov 20 to Nov 22"


def test_a_history_without_news_changes_no_plan():
    shows, recipe = (
        shows_of(show_row("1"), show_row("2", "tin owl")),
        Recipe(name="mine", states="NY"),
    )
    known = planned_show("seatgeek-1")
    fates = fates_of(row(known, "cancelled"), row(known, "back", 1))
    assert plan_playlist(recipe, shows, today=TODAY, fates=fates) == plan_playlist(
        recipe, shows, today=TODAY
    )


def test_a_show_knows_its_artists_on_spotify_in_their_order():
    opener = show_row("1", "tin sparrow", billing=2)
    (show,) = _plan(opener, show_row("1", "paper lantern"), show_row("1", "paper lantern", 2)).shows
    assert dict(zip(show.artists, show.artist_ids, strict=True)) == {
        "Paper Lantern": "id of paper lantern",
        "Tin Sparrow": "id of tin sparrow",
    }
