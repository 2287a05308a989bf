"""The table of what each import, sync and poll brought: the account of every row that was read."""

from __future__ import annotations

import dataframely as dy

from showlist_assets.domain.tables.columns import one_of, text, utc
from showlist_assets.domain.tables.listening.columns import SOURCES, count


class ListeningImports(dy.Schema):
    """One file that was read, or one look at a service.

    rows = added + known + too_short + not_music + incognito + bad_rows.
    """

    import_id = text(
        "The first 16 letters of its sha256 and source, or of a look's time.", primary_key=True
    )
    source = dy.String(nullable=False, check=one_of(SOURCES), description="Who told of the plays.")
    file_name = text("The file's name within the folder or zip that was named; null of a service.")
    sha256 = text("Of the file's content; null of a service.")
    imported_at = utc("When.")
    rows = count("Rows that were read.")
    added = count("Plays that were not known before.")
    known = count("Plays that this source had told before, also within the file.")
    too_short = count("Plays of less than thirty seconds.")
    not_music = count("Podcasts, audiobooks, local files and videos.")
    incognito = count("Plays in a private session: they are not kept.")
    bad_rows = count("Rows that could not be read; each was told with its number.")
    from_at = utc("The first play.", nullable=True)
    until_at = utc("The last play.", nullable=True)
