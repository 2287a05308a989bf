"""Whether a Redis keeps the ledger of calls: through a restart, and when its memory is full."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class RedisDurability:
    """As the server describes itself.

    Attributes:
        appends: Whether each write goes to a file (AOF).
        policy: What happens when its memory is full (``maxmemory-policy``).
        seconds: The server's clock, Unix time.
    """

    appends: bool
    policy: str
    seconds: float


def redis_durability(url: str) -> RedisDurability:
    """Ask the Redis at ``url``.

    Raises:
        CallStoreError: it does not answer.
    """
    from redis import Redis
    from redis.exceptions import RedisError

    from showlist_assets.sources.http.call_store import CallStoreError

    try:
        with Redis.from_url(url, socket_timeout=10, socket_connect_timeout=5) as redis:
            # INFO and not CONFIG, which managed ones refuse.
            info = redis.info()
            seconds, microseconds = redis.time()
    except (RedisError, OSError) as error:
        raise CallStoreError(
            f"Redis does not say how it keeps the ledger: {type(error).__name__}. Check "
            "SHOWLIST_CALL_STORE, and that its user may call INFO and TIME."
        ) from error
    return RedisDurability(
        appends=bool(info.get("aof_enabled")),
        policy=str(info.get("maxmemory_policy", "noeviction")),
        seconds=seconds + microseconds / 1e6,
    )
