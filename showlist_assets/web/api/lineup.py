"""``/api/lineup`` and ``/api/recipe``: a wish as the first page shows it, and as its recipe."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from fastapi import APIRouter, HTTPException, Request, Response

from showlist_assets.domain.gazetteer import Area, Place
from showlist_assets.domain.playlists.digest_content import song_url
from showlist_assets.domain.playlists.plan import PlannedShow, PlannedTrack
from showlist_assets.domain.playlists.recipe_text import recipe_text
from showlist_assets.domain.playlists.windows import window_days
from showlist_assets.domain.playlists.wish import Wish, query_of, recipe_of, wish_from_query
from showlist_assets.domain.venue_keys import venue_key
from showlist_assets.services.playlists.preview import Preview
from showlist_assets.web.api.calls import Admitted, Call, number_of
from showlist_assets.web.api.models import GenreCount, Lineup, LineupShow, LineupSong
from showlist_assets.web.pages.home import preview_of
from showlist_assets.web.places import asked_place, usual_place
from showlist_assets.web.views.home import notes_of, why_empty
from showlist_assets.web.views.lineup import miles_between
from showlist_assets.web.visitors import visitor_of

router = APIRouter()

_SHOWS: Final = 200
_MOST_SHOWS: Final = 1000
_USUAL_ACCOUNT: Final = "me"


def _wish_parameters() -> dict[str, Any]:
    """The fields of a wish, as OpenAPI describes what stands in an address."""
    properties = Wish.model_json_schema()["properties"]
    return {
        "parameters": [
            {
                "name": name,
                "in": "query",
                "required": False,
                "description": schema.get("description", ""),
                "schema": {key: each for key, each in schema.items() if key != "description"},
            }
            for name, schema in properties.items()
        ]
    }


@dataclass(frozen=True)
class _Asked:
    """A wish and where it looks.

    Attributes:
        others: Other places of the name.
        mistakes: What of the address could not be used, each in a sentence.
    """

    wish: Wish
    place: Place | Area
    others: tuple[str, ...]
    mistakes: tuple[str, ...]


def _asked(request: Request, call: Call) -> _Asked:
    """The wish of the address, as the first page reads it.

    Raises:
        HTTPException: 404, nobody knows its place.
    """
    today = call.site.now().date()
    wish, mistakes = wish_from_query(request.query_params.multi_items(), today=today)
    if not wish.where:
        place = usual_place(call.site.options.place, call.publication)
        return _Asked(wish, place, (), mistakes)
    asked = asked_place(wish.where)
    if asked.place is None:
        words = f"Nobody here knows a place called {wish.where}."
        raise HTTPException(404, {"error": words, "did_you_mean": list(asked.hints)})
    return _Asked(wish, asked.place, tuple(one.label for one in asked.others), mistakes)


@router.get("/lineup", openapi_extra=_wish_parameters())
def lineup(request: Request, call: Admitted, shows: str = "") -> Lineup:
    """What a push of the wish would write: the songs with why, the shows, and what was left out.

    `shows` is how many shows are told at most: 200, or up to 1000. Whatever of the wish cannot be
    used becomes its default, and `mistakes` says so.
    """
    asked = _asked(request, call)
    preview = preview_of(call.site, call.publication, asked.wish, asked.place)
    plan = preview.plan
    window = window_days(asked.wish.when, today=preview.today)
    is_bounded = asked.wish.when != "any time"
    told = sorted((*plan.shows, *plan.songless), key=lambda show: (show.local_date, show.show_id))
    most = number_of(shows, _SHOWS, most=_MOST_SHOWS)
    return Lineup(
        query=query_of(asked.wish),
        place=asked.place.label,
        others=asked.others,
        title=plan.title,
        description=plan.description,
        today=preview.today,
        first_day=window.first if is_bounded else None,
        last_day=window.last if is_bounded else None,
        songs=tuple(map(_song, plan.tracks)),
        shows=tuple(_show(show, asked.place) for show in told[:most]),
        shows_in_all=len(told),
        left_out=plan.left_out,
        why_empty=why_empty(plan),
        notes=notes_of(plan),
        mistakes=asked.mistakes,
        genres=_genres(preview),
    )


@router.get(
    "/recipe",
    openapi_extra=_wish_parameters(),
    response_class=Response,
    responses={200: {"content": {"application/yaml": {"schema": {"type": "string"}}}}},
)
def recipe(request: Request, call: Admitted) -> Response:
    """The wish as the file of a recipe, for a folder of recipes."""
    asked = _asked(request, call)
    account = visitor_of(request, call.site).account or _USUAL_ACCOUNT
    made = recipe_of(asked.wish, asked.place, name="wish", account=account)
    remarks = "".join(f"# {' '.join(one.split())}\n" for one in asked.mistakes)
    text = remarks + recipe_text(made)
    return Response(text, media_type="application/yaml; charset=utf-8", headers=dict(call.headers))


def _genres(preview: Preview) -> tuple[GenreCount, ...]:
    return tuple(GenreCount(genre=genre, artists=count) for genre, count in preview.genres)


def _song(track: PlannedTrack) -> LineupSong:
    return LineupSong(
        track_id=track.track_id,
        name=track.track_name,
        artist=track.artist_name,
        spotify_artist_id=track.spotify_artist_id,
        url=song_url(track),
        show_id=track.show_id,
        state=track.state,
        local_date=track.local_date,
        role=track.role,
        why=track.why,
        explicit=track.explicit,
        duration_ms=track.duration_ms,
        energy=track.energy,
    )


def _show(show: PlannedShow, place: Place | Area) -> LineupShow:
    told = {name: getattr(show, name, None) for name in LineupShow.model_fields}
    return LineupShow.model_validate(
        {
            **told,
            "without_a_song": show.unheard,
            "venue_key": venue_key(show.venue_name, show.venue_city, show.state),
            "miles_away": _miles(show, place),
        }
    )


def _miles(show: PlannedShow, place: Place | Area) -> float | None:
    if not isinstance(place, Place) or show.latitude is None or show.longitude is None:
        return None
    return round(miles_between(place.latitude, place.longitude, show.latitude, show.longitude), 1)
