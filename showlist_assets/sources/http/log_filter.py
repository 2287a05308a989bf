"""Keys that an API takes in its addresses, kept out of the log of those who write addresses down.

What belongs here: urllib3's log, which has the whole query of each request (level DEBUG). What does
not: our own messages, which name no key in the first place (``sources.failures``).
"""

from __future__ import annotations

import logging
from typing import Final

from typing_extensions import override

from showlist_assets.sources.failures import without_secrets


class _WithoutKeys(logging.Filter):
    @override
    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, tuple):
            record.args = tuple(
                without_secrets(value) if isinstance(value, str) else value for value in record.args
            )
        return True


_LOG: Final = logging.getLogger("urllib3.connectionpool")
_FILTER: Final = _WithoutKeys()


def hide_keys_from_the_log() -> None:
    """Blot them out of what urllib3 writes from now on; a second call does nothing."""
    _LOG.addFilter(_FILTER)
