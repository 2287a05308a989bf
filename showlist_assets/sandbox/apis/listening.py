"""``/listen``: what a person sees where Spotify's own app would open a song, artist or playlist.

No API: nothing that Showlist does asks it. A demo ends here, with a playlist one can look at.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Final

from starlette.responses import Response

from showlist_assets.sandbox.apis.html_pages import page
from showlist_assets.sandbox.state.service import Service
from showlist_assets.sandbox.world.catalog import MADE_UP

if TYPE_CHECKING:
    from starlette.requests import Request

    from showlist_assets.sandbox.state.state import SandboxState
    from showlist_assets.sandbox.state.stored_playlists import StoredPlaylist
    from showlist_assets.sandbox.world.entities import Artist, Track

_ALL_MADE_UP: Final = "Bands and songs here are made up, so there is nothing to hear."
_REAL_NAMES: Final = (
    "Names come from a folder of real data, playlists and listeners are made up, and there is "
    f"nothing to hear. A song marked {MADE_UP} was never recorded."
)


def _where(state: SandboxState) -> str:
    return _ALL_MADE_UP if state.config.world is None else _REAL_NAMES


def _track(request: Request, state: SandboxState) -> Response:
    track = state.world.catalog.track(request.path_params["id"])
    if track is None:
        return _unknown(state, "song")
    is_made_up = state.config.world is None or track.name.endswith(MADE_UP)
    heard = (
        "Made up: nothing to hear." if is_made_up else "In the sandbox there is nothing to hear."
    )
    return page(
        track.name,
        f'<p class="kind">Song</p><h1>{escape(track.name)}{_explicit(track)}</h1>'
        f"<p>by {_artists(track)}</p>"
        f'<p class="soft">On “{escape(track.album.name)}”, {track.album.released_on.year} · '
        f"{_length(track)}</p><p>{heard}</p>",
        where=_where(state),
    )


def _artist(request: Request, state: SandboxState) -> Response:
    artist = state.world.catalog.artist(request.path_params["id"])
    if artist is None:
        return _unknown(state, "artist")
    tracks = state.world.catalog.tracks_of(artist.id)
    genres = f'<p class="soft">{escape(", ".join(artist.genres))}</p>' if artist.genres else ""
    songs = _songs([_song(track) for track in tracks]) or "<p>Nothing released.</p>"
    return page(
        artist.name,
        f'<p class="kind">Artist</p><h1>{escape(artist.name)}</h1>{genres}<h2>Songs</h2>{songs}',
        where=_where(state),
    )


def _playlist(request: Request, state: SandboxState) -> Response:
    playlist = state.listeners.find_playlist(request.path_params["id"])
    if playlist is None:
        return _unknown(state, "playlist")
    songs = [_item(entry.uri, state) for entry in playlist.entries]
    return page(
        playlist.name,
        f'{_cover(playlist)}<p class="kind">{_kind(playlist)} playlist</p>'
        f"<h1>{escape(playlist.name)}</h1>"
        f"<p>{escape(playlist.description)}</p>"
        f'<p class="soft">{_about(playlist, state)}</p>'
        + (_songs(songs) or "<p>No song is on it.</p>"),
        where=_where(state),
    )


def _get_cover(request: Request, state: SandboxState) -> Response:
    playlist = state.listeners.find_playlist(request.path_params["id"])
    if playlist is None or playlist.cover is None:
        return _unknown(state, "picture")
    headers = {"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"}
    return Response(playlist.cover, media_type="image/jpeg", headers=headers)


def _unknown(state: SandboxState, kind: str) -> Response:
    return page(
        "Nothing here",
        f"<h1>Nothing here</h1><p>The sandbox knows no {kind} of this address. It may be of "
        "another world: a sandbox is dealt anew after two months.</p>",
        where=_where(state),
        status=404,
    )


def _kind(playlist: StoredPlaylist) -> str:
    return "Public" if playlist.public else "Private"


def _cover(playlist: StoredPlaylist) -> str:
    if playlist.cover is None:
        return ""
    return f'<img class="cover" src="{playlist.id}/cover" alt="" width="160" height="160">'


def _about(playlist: StoredPlaylist, state: SandboxState) -> str:
    owner = state.listeners.listener(playlist.owner_id)
    count = len(playlist.entries)
    words = f"{escape(owner.display_name)} · {count} {'song' if count == 1 else 'songs'}"
    # As on Spotify: a deleted playlist is one that its owner no longer follows.
    return words if playlist.uri in owner.library else f"{words} · deleted by its owner"


def _item(uri: str, state: SandboxState) -> str:
    kind, _, identifier = uri.removeprefix("spotify:").partition(":")
    track = state.world.catalog.track(identifier) if kind == "track" else None
    if track is not None:
        return _song(track)
    # What a listener may add by hand, and what Spotify does not have any more.
    words = {"episode": "An episode", "local": "A file of the listener's own"}
    return f"<li><span>{words.get(kind, 'Not available any more')}</span></li>"


def _songs(items: list[str]) -> str:
    return f'<ol class="songs">{"".join(items)}</ol>' if items else ""


def _song(track: Track) -> str:
    return (
        f'<li><a href="../track/{escape(track.id)}">{escape(track.name)}{_explicit(track)}</a>'
        f"<time>{_length(track)}</time><small>{_artists(track)}</small></li>"
    )


def _artists(track: Track) -> str:
    return ", ".join(map(_linked, track.artists))


def _linked(artist: Artist) -> str:
    return f'<a href="../artist/{escape(artist.id)}">{escape(artist.name)}</a>'


def _explicit(track: Track) -> str:
    return ' <span class="tag">explicit</span>' if track.explicit else ""


def _length(track: Track) -> str:
    minutes, seconds = divmod(round(track.duration_ms / 1000), 60)
    return f"{minutes}:{seconds:02}"


SERVICE = Service(
    name="listen",
    handlers={
        "/track/{id}": _track,
        "/artist/{id}": _artist,
        "/playlist/{id}": _playlist,
        "/playlist/{id}/cover": _get_cover,
    },
    # Whoever shows a song to a person knows where it is heard; the platform asks nothing there.
    url_variable="",
)
