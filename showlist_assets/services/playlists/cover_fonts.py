"""The fonts that covers are lettered in: Noto's, one for each script.

They come with the extra ``cover`` and not from the machine, so that a cover is the same everywhere.
What belongs here: which font has which characters. What does not: setting text (``cover_text``).
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PIL.ImageFont import FreeTypeFont

# Packages that hold nothing but Noto's fonts as Google publishes them (SIL Open Font License 1.1).
FONT_PACKAGES: Final = ("manimgx_fonts", "manimgx_fonts_cjk")
_BOLD: Final = 700
_COLLECTION: Final = "NotoSansCJK-VF.otf.ttc"
# In the order of the collection. One character has one code and several shapes.
_JAPANESE, _KOREAN, _CHINESE = 0, 1, 2
_KANA: Final = re.compile(r"[\u3040-\u30ff\u31f0-\u31ff\uff66-\uff9f]")
_HANGUL: Final = re.compile(r"[\u1100-\u11ff\u3130-\u318f\uac00-\ud7af]")
# What joins or varies its neighbours and has no picture of its own.
_JOINERS: Final = re.compile(
    r"[\u00ad\u200b-\u200f\u2060-\u2064\ufe00-\ufe0f\U000e0000-\U000e007f]"
)
_REGION: Final = re.compile(r"[\U0001f1e6-\U0001f1ff]")
_SKIN: Final = re.compile(r"[\U0001f3fb-\U0001f3ff]")
_JOINER: Final = "\u200d"


@dataclass(frozen=True)
class FontFile:
    """A font in a file; ``index`` is its number where the file is a collection."""

    path: Path
    index: int = 0

    def has(self, cluster: str) -> bool:
        """Whether it has a picture of each character of ``cluster``."""
        known = _characters(self)
        return all(ord(sign) in known for sign in _JOINERS.sub("", cluster))


def fonts_for(text: str) -> tuple[FontFile, ...]:
    """The fonts for ``text``, the first that has a character being the one for it."""
    folders = [folder for name in FONT_PACKAGES if (folder := _folder(name))]
    files = sorted((file for folder in folders for file in folder.glob("*.tt[fc]")), key=_rank)
    return tuple(
        FontFile(file, _language(text) if file.name == _COLLECTION else 0)
        for file in files
        if "Italic" not in file.name
    )


def _folder(package: str) -> Path | None:
    found = find_spec(package)
    return Path(found.origin).parent if found and found.origin else None


def _rank(file: Path) -> tuple[int, str]:
    """Letters before signs; last the one that takes long to look into."""
    last = ("NotoSans[", "NotoSansSymbols", "NotoEmoji", "NotoSansCJK")
    places = [place for place, name in enumerate(last) if file.name.startswith(name)]
    # The first of these comes first of all, the others after every script.
    return (0 if places == [0] else 1 + (places[0] if places else 0)), file.name


def _language(text: str) -> int:
    if _KANA.search(text):
        return _JAPANESE
    return _KOREAN if _HANGUL.search(text) else _CHINESE


@cache
def _characters(font: FontFile) -> frozenset[int]:
    from fontTools.ttLib import TTFont

    with TTFont(font.path, fontNumber=font.index, lazy=True) as opened:
        return frozenset(opened.getBestCmap())


def can_shape() -> bool:
    """Whether Pillow finds the library with which it joins letters (libraqm, with FriBiDi)."""
    from PIL import features

    return bool(features.check("raqm"))


@cache
def opened(font: FontFile, size: int) -> FreeTypeFont:
    """``font`` in bold letters of ``size`` pixels."""
    from PIL import ImageFont

    engine = ImageFont.Layout.RAQM if can_shape() else ImageFont.Layout.BASIC
    found = ImageFont.truetype(font.path, size, index=font.index, layout_engine=engine)
    found.set_variation_by_axes([_BOLD])
    return found


def clusters(text: str) -> Iterator[str]:
    """``text`` in pieces that one font has to draw: a letter with its marks, a whole emoji."""
    cluster = ""
    for sign in text:
        if cluster and not _belongs(sign, cluster):
            yield cluster
            cluster = ""
        cluster += sign
    if cluster:
        yield cluster


def _belongs(sign: str, cluster: str) -> bool:
    if cluster.endswith(_JOINER) or _JOINERS.match(sign) or _SKIN.match(sign):
        return True
    # A flag is two letters.
    if _REGION.match(sign):
        return len(cluster) == 1 and bool(_REGION.match(cluster))
    return unicodedata.category(sign).startswith("M")
