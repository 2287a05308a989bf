"""Signs in the texts of strangers that are not shown to anybody."""

from __future__ import annotations

import re
from typing import Final

# What no page and no terminal should be given: control characters, the marks that turn the reading
# direction of everything behind them, halves of surrogate pairs, and code points that are no
# characters (https://infra.spec.whatwg.org/#noncharacter).
UNFIT: Final = re.compile(
    "[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufdd0-\ufdef"
    + "".join(
        f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(0, 0x110000, 0x10000)
    )
    + "]"
)
