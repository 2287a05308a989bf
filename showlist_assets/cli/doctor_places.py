"""What ``showlist doctor`` says of what an operator writes where the tables lie in a bucket."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from showlist_assets.cli.findings import Finding
from showlist_assets.domain.quantities import counted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from showlist_assets.cli.findings import Verdict
    from showlist_assets.wiring import Platform

_SUBJECT: Final = "By hand"


def place_findings(platform: Platform) -> Iterator[Finding]:
    """Whether it can be read there, and what was left on this machine; nothing without a bucket."""
    from showlist_assets.settings import OPERATORS_WORK
    from showlist_assets.storage.files import StorageError, is_in_bucket

    if not is_in_bucket(platform.settings.data_root):
        return
    try:
        places = [platform.place_of(work) for work in OPERATORS_WORK]
        held = ", ".join(_held(platform))
    except StorageError as error:
        yield Finding(_SUBJECT, "broken", str(error))
        return
    yield Finding(_SUBJECT, "ok", f"{held}.")
    for place in places:
        if place.words:
            verdict: Verdict = "note" if is_in_bucket(place.address) else "missing"
            yield Finding(_SUBJECT, verdict, place.words)


def _held(platform: Platform) -> Iterator[str]:
    """What there is, and where."""
    recipes, feeds = platform.recipes, platform.feeds_folder
    yield f"{counted(len(recipes.names()), 'recipe')} in {recipes.uri}"
    yield f"{counted(len(feeds.names()), 'feed')} in {feeds.uri}"
    for file in (platform.overrides, platform.show_decisions):
        yield f"{'' if file.version else 'no '}{file.uri}"
