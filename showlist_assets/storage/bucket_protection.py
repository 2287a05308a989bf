"""What a bucket of Google Cloud Storage does to keep its objects: versions, soft delete, no public.

What belongs here: asking for it, as far as the account may. What does not: whether it suffices.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True)
class BucketProtection:
    """As the bucket is configured.

    Attributes:
        keeps_versions: Whether what is replaced or deleted stays as an older version.
        soft_delete_days: For how many days what is deleted can be restored; 0 for not at all.
        is_closed: Whether nobody can make an object public.
    """

    keeps_versions: bool
    soft_delete_days: float
    is_closed: bool


def bucket_protection(client: Callable[[], Any], bucket: str) -> BucketProtection | None:
    """That of ``bucket``, asked by way of ``client``; None where the account may not see it.

    Raises:
        StorageError: the bucket is not there, or does not answer.
    """
    from google.api_core.exceptions import Forbidden, GoogleAPIError
    from google.auth.exceptions import GoogleAuthError

    from showlist_assets.storage.files import StorageError

    try:
        found = client().get_bucket(bucket)
    except Forbidden:
        return None
    except (GoogleAPIError, GoogleAuthError, OSError) as error:
        raise StorageError(
            f"gs://{bucket} cannot be looked at: {type(error).__name__}. Check the bucket of "
            "SHOWLIST_DATA_ROOT."
        ) from error
    return BucketProtection(
        keeps_versions=bool(found.versioning_enabled),
        soft_delete_days=(found.soft_delete_policy.retention_duration_seconds or 0) / 86_400,
        is_closed=found.iam_configuration.public_access_prevention == "enforced",
    )
