"""What the documentation says of the page's address, and what each name in it writes."""

from __future__ import annotations

from showlist_assets.cli.wish_section import wish_section
from showlist_assets.domain.playlists.wish_query import FIELD_OF_NAME


def test_each_name_in_an_address_is_told_with_what_it_writes_into_the_file():
    rows = [line for line in wish_section().splitlines() if line.startswith("| `")]
    told = [row.split("`")[1].split("=")[-2].split("&")[-1] for row in rows]
    assert list(dict.fromkeys(told)) == list(FIELD_OF_NAME)
    assert not [row for row in rows if row.endswith("| `` |")], "each example changes the file"
