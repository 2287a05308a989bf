"""A platform in which somebody of the made-up world listens to music, without a run."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from showlist_assets.settings import load_settings
from showlist_assets.wiring import Platform
from showlist_assets_tests.clock import NOW
from showlist_assets_tests.domain.playlists.show_rows import show_row, shows_of
from showlist_assets_tests.domain.recommendations.listening_rows import listens

if TYPE_CHECKING:
    from showlist_assets.sandbox.server import Sandbox
    from showlist_assets_tests.platform_under_test import PlatformUnderTest

MOST_PLAYED: Final = 25


def with_performers(platform: PlatformUnderTest, sandbox: Sandbox) -> Platform:
    """A platform whose upcoming shows have some performers of the made-up world, each on one."""
    acts = {act.artist_id: act for event in sandbox.world.events for act in event.performers}
    heard = {play.track.artists[0].id for play in sandbox.state.listening.plays()}
    liked = [one for one in acts if one in heard]
    # Few: MusicBrainz is asked once a second.
    chosen = {one: acts[one] for one in [*liked[:30], *list(acts)[:70]]}
    artists = {artist.id: artist for artist in sandbox.world.catalog.artists}
    rows = [
        show_row(
            str(number),
            act.name.lower(),
            spotify_artist_id=artist_id,
            spotify_artist_name=artists[artist_id].name,
            performer_name=act.name,
            genres=list(artists[artist_id].genres[:2]),
            venue_capacity=[None, 300, 2000, 9000][number % 4],
        )
        for number, (artist_id, act) in enumerate(chosen.items())
        if artist_id in artists
    ]
    made = Platform(load_settings(**platform.variables), clock=lambda: NOW)
    upcoming = shows_of(*rows).unique("performer_key", keep="first", maintain_order=True)
    made.tables.write("upcoming_shows", "NY", upcoming)
    return made


def play_the_most_played(platform: Platform, sandbox: Sandbox, account: str = "me") -> None:
    """Keep plays of those whom the listener of the made-up world plays most."""
    plays = [play for play in sandbox.state.listening.plays() if play.is_heard][-3000:]
    counted = Counter(play.track.artists[0].id for play in plays)
    names = {artist.id: artist.name for artist in sandbox.world.catalog.artists}
    told = listens(
        *(
            {"artist": names[one], "spotify": one, "times": times}
            for one, times in counted.most_common(MOST_PLAYED)
        )
    )
    platform.listening_store.write(account, "listens", told)
