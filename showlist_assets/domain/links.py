"""The one filter for addresses that others wrote, before they become a link anywhere.

A source's text must not become a script (``javascript:``) and must not break out of the page, the
table or the calendar that it is written into.
"""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import quote, urlsplit

_SCHEMES: Final = ("http", "https")
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]")
# Every sign that a URL may hold as it is (RFC 3986) but round brackets, which end a Markdown link.
_AS_THEY_ARE: Final = ":/?#[]@!$&'*+,;=%~-._"


def web_address(text: str | None) -> str:
    """``text`` as a link to the web, escaped for HTML attributes and Markdown; else "".

    What cannot be meant is left out whole: another scheme, no host, a host or port that is none, a
    line break or another control character. Nothing is mended but blanks around it.
    """
    address = (text or "").strip(" ")
    # ``urlsplit`` drops line breaks and tabs: "java\nscript:" is a scheme to a browser, too.
    if not address or _CONTROL.search(address):
        return ""
    try:
        parts = urlsplit(address)
        # The port is read when it is asked for, and only then refused.
        is_web = parts.scheme in _SCHEMES and bool(parts.hostname) and (parts.port or 1) > 0
        # Half of a surrogate pair has no bytes to quote.
        return quote(address, safe=_AS_THEY_ARE) if is_web else ""
    except ValueError:
        return ""
