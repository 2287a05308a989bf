"""A place that nobody knows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from showlist_assets.web.views.form import Form
    from showlist_assets.web.views.home import Other


@dataclass(frozen=True)
class UnknownPlace:
    """What was typed, what may have been meant, and the form to type anew."""

    text: str
    meant: tuple[Other, ...]
    form: Form
