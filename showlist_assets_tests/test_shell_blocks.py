"""What a reader would type is found whole, and nothing else is."""

from __future__ import annotations

from showlist_assets_tests.shell_blocks import blocks_of, commands_of


def test_only_blocks_of_commands_count(tmp_path):
    page = tmp_path / "page.md"
    page.write_text(
        "```sh\none\n```\n\n```\n$ two\n```\n\n```sql\nselect 3\n```\n\n```sh\nfour\n```\n"
    )
    assert blocks_of(page) == ["one\n", "four\n"]


def test_a_block_within_a_list_counts_without_what_sets_it_in(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("1. Type:\n\n   ```sh\n   one \\\n       --more\n   ```\n")
    assert blocks_of(page) == ["one \\\n    --more\n"]


def test_a_remark_and_an_empty_line_are_no_part_of_a_command():
    assert commands_of("make demo    # a minute\n\n# all of it\nmake ui\n") == [
        "make demo",
        "make ui",
    ]


def test_a_hash_within_a_word_stays():
    assert commands_of("open page#part\n") == ["open page#part"]


def test_further_lines_belong_to_their_command():
    assert commands_of("feeds add x \\\n    --state NY\nnext\n") == [
        "feeds add x \\\n    --state NY", "next",
    ]  # fmt: skip


def test_a_here_document_belongs_to_its_command_with_all_its_remarks():
    block = "python - <<'END'\n# first\nprint(1)\nEND\nnext\n"
    assert commands_of(block) == ["python - <<'END'\n# first\nprint(1)\nEND", "next"]
