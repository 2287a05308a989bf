"""How a save goes, in words, and what can be done next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from showlist_assets.services.playlists.save_words import SaveProblem, WayOut
from showlist_assets.web import wording
from showlist_assets.web.rendering import segment
from showlist_assets.web.views.save import song_lists

if TYPE_CHECKING:
    from showlist_assets.services.playlists.saving import Saving
    from showlist_assets.web.views.save import SongList

_HEADINGS: Final = {
    SaveProblem.NO_ACCOUNT: "Connect Spotify first",
    SaveProblem.CONSENT_ENDED: "Spotify wants to hear from you again",
    SaveProblem.NOT_ALLOWED: "Spotify does not know you here yet",
    SaveProblem.NO_PREMIUM: "Spotify refuses this Showlist",
    SaveProblem.QUOTA_SPENT: "Saved here; Spotify comes later",
    SaveProblem.TOO_MANY_SAVES: "A little later, please",
    SaveProblem.UNDER_WAY: "It is being updated already",
    SaveProblem.GONE: "You deleted this playlist",
    SaveProblem.NOT_YOURS: "That playlist was left alone",
    SaveProblem.TOO_LONG: "That would be too long",
    SaveProblem.EMPTY: "Nothing to play now",
    SaveProblem.DIFFERS: "Almost",
}


@dataclass(frozen=True)
class Deed:
    """A button of the way out: a form that is sent, or a link."""

    label: str
    path: str
    is_form: bool
    fields: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class SavingView:
    """A save.

    Attributes:
        playlist_id: Spotify's; empty where nothing is there.
        path: Of the playlist's own page.
        notes: Why shows left.
        ways_out: What can be done, the best first.
        undo: Where the state of before is brought back; empty: there was none.
    """

    heading: str
    title: str
    state: Literal["running", "done", "failed"]
    words: str
    playlist_id: str
    path: str
    notes: tuple[str, ...]
    lists: tuple[SongList, ...]
    ways_out: tuple[Deed, ...]
    undo: str


def saving_of(saving: Saving, *, title: str, undo: int | None) -> SavingView:
    """The page of ``saving``; ``undo`` is the push before it."""
    result = saving.result
    path = f"/playlists/{segment(saving.recipe)}"
    wrote = result is not None and result.outcome in ("done", "differs")
    return SavingView(
        heading=_heading(saving),
        title=wording.printed(title),
        state=saving.state,
        words=saving.words,
        playlist_id=(result and result.playlist_id) or "",
        path=path,
        notes=result.departed[:5] if result else (),
        lists=song_lists(result, was_done=True) if result and wrote else (),
        ways_out=_ways_out(saving, path),
        undo=f"{path}/bring-back?to={undo}" if undo and wrote else "",
    )


def _heading(saving: Saving) -> str:
    if saving.state == "running":
        return "Writing your playlist"
    if saving.problem:
        return _HEADINGS.get(saving.problem, "This did not work")
    result = saving.result
    if result and result.added:
        return f"Saved. {len(result.added):,} added"
    return "Saved"


def _ways_out(saving: Saving, path: str) -> tuple[Deed, ...]:
    again = Deed("Try again", f"{path}/again", is_form=True)
    deeds: dict[WayOut | None, Deed] = {
        WayOut.AGAIN: again,
        WayOut.LOG_IN: Deed("Connect Spotify", "/login", is_form=False),
        WayOut.NEW_PLAYLIST: Deed(
            "Make a new one", f"{path}/again", is_form=True, fields=(("recreate", "yes"),)
        ),
        WayOut.CHANGE_WISH: Deed("Change what plays", f"{path}/edit", is_form=False),
    }
    found = deeds.get(saving.way_out)
    mine = Deed("My playlists", "/playlists", is_form=False)
    return (found, mine) if found else (mine,)
