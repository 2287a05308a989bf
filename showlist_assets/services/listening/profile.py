"""What a listener has connected, and how far each source was read: encrypted like the history."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final, TypeVar

from pydantic import AwareDatetime, BaseModel, ConfigDict, SecretStr, ValidationError

from showlist_assets.storage.files import StorageError

if TYPE_CHECKING:
    from showlist_assets.services.listening.history import ListeningHistory
    from showlist_assets.storage.listening import ListeningStore

_PROFILE: Final = "profile"
_PROGRESS: Final = "progress"


class ListeningProfile(BaseModel):
    """Where to look for what a listener plays.

    Attributes:
        listenbrainz_name: Their name at ListenBrainz.
        listenbrainz_token: Their own token there, which private plays want.
        timezone: The IANA zone of their days; None: UTC.
        spotify: Whether to look at Spotify's recently played tracks.
        spotify_top: Whether to ask Spotify for their top artists.
    """

    # Pydantic's errors quote what they refuse, here a token.
    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    listenbrainz_name: str | None = None
    listenbrainz_token: SecretStr | None = None
    timezone: str | None = None
    spotify: bool = True
    spotify_top: bool = True


class Walk(BaseModel):
    """A walk through a listener's plays that has not come to its end, the newest first.

    Attributes:
        top: The newest play of its first page.
        down_to: All between ``top`` and this are known.
        floor: Where it ends; None: at the very first play.
    """

    model_config = ConfigDict(frozen=True)

    top: AwareDatetime
    down_to: AwareDatetime
    floor: AwareDatetime | None = None


class SyncProgress(BaseModel):
    """How far each source was read.

    Attributes:
        listenbrainz_name: Of whom the next three speak.
        known_until: All plays before it were told once.
        walk: What was begun and is to be gone on with.
        listenbrainz_tried_at: When ListenBrainz was asked last.
        listenbrainz_asked_at: When it last told all that it knew.
        poll_tried_at: When Spotify's recently played tracks were last looked at.
        poll_refused: Whether Spotify refused for want of a permission then.
        top_tried_at: When Spotify was last asked for top artists.
        top_asked_at: When it last told them.
    """

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    listenbrainz_name: str | None = None
    known_until: AwareDatetime | None = None
    walk: Walk | None = None
    listenbrainz_tried_at: AwareDatetime | None = None
    listenbrainz_asked_at: AwareDatetime | None = None
    poll_tried_at: AwareDatetime | None = None
    poll_refused: bool = False
    top_tried_at: AwareDatetime | None = None
    top_asked_at: AwareDatetime | None = None


_Kept = TypeVar("_Kept", bound=BaseModel)


class ListeningProfiles:
    """The profiles of all listeners. Every method raises ``AccountError`` and ``StorageError``."""

    def __init__(self, store: ListeningStore, history: ListeningHistory) -> None:
        """Read nothing yet."""
        self._store, self._history = store, history

    def read(self, account: str) -> ListeningProfile:
        """The profile; that of somebody who has connected nothing where there is none."""
        return self._read(account, _PROFILE, ListeningProfile)

    def save(self, account: str, profile: ListeningProfile) -> None:
        """Keep ``profile`` in the place of the one before."""
        token = profile.listenbrainz_token
        content = profile.model_dump(mode="json") | {
            "listenbrainz_token": token.get_secret_value() if token else None
        }
        with self._history.alone(account):
            self._store.write_object(account, _PROFILE, json.dumps(content).encode())

    def change(self, account: str, **changed: object) -> ListeningProfile:
        """Change what is named of the profile; returns all of it.

        A token is that of the name that it was given with: another name takes it away, and an empty
        one disconnects ListenBrainz.
        """
        with self._history.alone(account):
            before = self.read(account)
            if "listenbrainz_name" in changed:
                name = changed["listenbrainz_name"] or None
                is_other = name != before.listenbrainz_name
                kept = None if is_other else before.listenbrainz_token
                changed = {"listenbrainz_token": kept, **changed, "listenbrainz_name": name}
            profile = before.model_copy(update=changed)
            self.save(account, profile)
        return profile

    def progress(self, account: str) -> SyncProgress:
        """How far each source was read."""
        return self._read(account, _PROGRESS, SyncProgress)

    def note(self, account: str, **changed: object) -> SyncProgress:
        """Change what is named of the progress; returns all of it."""
        with self._history.alone(account):
            noted = self.progress(account).model_copy(update=changed)
            self._store.write_object(account, _PROGRESS, noted.model_dump_json().encode())
        return noted

    def _read(self, account: str, name: str, kind: type[_Kept]) -> _Kept:
        content = self._store.read_object(account, name)
        if content is None:
            return kind()
        try:
            return kind.model_validate_json(content)
        except ValidationError:
            raise StorageError(
                f"What is kept of the listening of {account} was written by another version of "
                f"Showlist: run `showlist listening connect {account}` again."
            ) from None
