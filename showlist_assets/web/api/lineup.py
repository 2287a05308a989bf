"""``/api/lineup`` and ``/api/recipe``: a wish as the first page shows it, and as its recipe."""

from __future__ import annotations

from typing import Any, Final

from fastapi import APIRouter, HTTPException, Request, Response

from showlist_assets.domain.gazetteer import Area, Place
from showlist_assets.domain.places import miles_between
from showlist_assets.domain.playlists.digest_content import song_url
from showlist_assets.domain.playlists.plan import PlannedShow, PlannedTrack
from showlist_assets.domain.playlists.recipe_text import recipe_text
from showlist_assets.domain.playlists.windows import window_days
from showlist_assets.domain.playlists.wish import Wish, query_of, recipe_of
from showlist_assets.domain.venue_keys import venue_key
from showlist_assets.services.playlists.preview import Preview
from showlist_assets.web.addresses import number_of
from showlist_assets.web.api.calls import Admitted, Call
from showlist_assets.web.api.models import GenreCount, Lineup, LineupShow, LineupSong
from showlist_assets.web.views.home import notes_of, why_empty
from showlist_assets.web.visitors import visitor_of
from showlist_assets.web.wishes import Wished, preview_of, wished

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


def _asked(request: Request, call: Call) -> tuple[Wished, Place | Area]:
    """The wish of the address, as the first page reads it, and its place.

    Raises:
        HTTPException: 404, nobody knows its place.
    """
    asks = wished(call.site, call.publication, request.query_params.multi_items())
    if asks.place is None:
        words = f"Nobody here knows a place called {asks.wish.where}."
        hints = asks.asked.hints if asks.asked else ()
        raise HTTPException(404, {"error": words, "did_you_mean": list(hints)})
    return asks, asks.place


@router.get("/lineup", openapi_extra=_wish_parameters())
def lineup(request: Request, call: Admitted, shows: str = "") -> Lineup:
    """What a push of the wish would write: the songs with why, the shows, and what was left out.

    `shows` is how many shows are told at most: 200, or up to 1000. Whatever of the wish cannot be
    used becomes its default, and `mistakes` says so.
    """
    asks, place = _asked(request, call)
    account = visitor_of(request, call.site).account
    preview = preview_of(call.site, call.publication, asks.wish, place, account=account)
    plan = preview.plan
    window = window_days(asks.wish.when, today=preview.today)
    is_bounded = asks.wish.when != "any time"
    told = sorted((*plan.shows, *plan.songless), key=lambda show: (show.local_date, show.show_id))
    most = number_of(shows, _SHOWS, most=_MOST_SHOWS)
    return Lineup(
        query=query_of(asks.wish),
        place=place.label,
        others=tuple(one.label for one in asks.asked.others) if asks.asked else (),
        title=plan.title,
        description=plan.description,
        today=preview.today,
        first_day=window.first if is_bounded else None,
        last_day=window.last if is_bounded else None,
        songs=tuple(map(_song, plan.tracks)),
        shows=tuple(_show(show, place) for show in told[:most]),
        shows_in_all=len(told),
        left_out=plan.left_out,
        why_empty=why_empty(plan),
        notes=notes_of(plan),
        mistakes=asks.mistakes,
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
    asks, place = _asked(request, call)
    account = visitor_of(request, call.site).account or _USUAL_ACCOUNT
    made = recipe_of(asks.wish, place, name="wish", account=account)
    remarks = "".join(f"# {' '.join(one.split())}\n" for one in asks.mistakes)
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
