"""Readers of untrusted JSON: what each takes, then that nothing at all makes one stumble."""

from __future__ import annotations

import json
import math

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from showlist_assets.sources import json_values

NUMBERS = (
    st.integers()
    | st.sampled_from([10**400, -(10**400), 2**31, 2**63, 10**9, -(10**9)])
    | st.floats()
    | st.sampled_from([math.nan, math.inf, -math.inf, 1e308, -0.0, 5e-324])
)
# Lone surrogates included, which ``st.text`` leaves out unless asked for them.
TEXTS = st.text(st.characters()) | st.sampled_from(
    ["", " ", "\ud83d", "\udc00x", "NaN", "inf", "-Infinity", "1e400", "1" * 5000, "1_0", "٣",
     "2026-12-04T20:00:00", "2026-12-04T20:00:00+05:00", "0001-01-01T00:00:00+14:00", "9999-12-31"]
)  # fmt: skip
SCALARS = st.none() | st.booleans() | NUMBERS | TEXTS
JSON = st.recursive(
    SCALARS, lambda inner: st.lists(inner) | st.dictionaries(TEXTS, inner), max_leaves=8
)
READERS = {
    name: getattr(json_values, name)
    for name in (
        "mapping", "items", "mappings", "string", "text", "printed", "label", "boolean", "number",
        "numeral", "whole", "counted", "wall_clock", "utc_time",
    )
}  # fmt: skip


def nested(depth):
    """A list in a list, deeper than Python's own parser reads or ``str`` prints."""
    value: list[object] = []
    for _ in range(depth):
        value = [value]
    return value


# One value for all readers: drawing it takes longer than reading it.
@given(JSON)
def test_no_value_makes_a_reader_raise_and_what_it_gives_fits_a_table(value):
    for name, reader in READERS.items():
        found = reader(value)
        if isinstance(found, (dict, list)):
            continue
        if isinstance(found, (int, float)):
            assert abs(found) < 1e9, name
        pl.Series([found])


# Apart from the others because Hypothesis cannot print them, any more than Python can.
def test_what_is_too_long_or_too_deep_to_print_makes_no_reader_raise():
    deep = nested(100_000)
    for value in (10**5000, -(10**5000), deep, [deep], {"a": 10**5000}):
        for name, reader in READERS.items():
            found = reader(value)
            assert found is None or isinstance(found, (dict, list)), name


@given(JSON)
def test_what_the_parser_reads_and_what_was_meant_are_read_alike(value):
    """NaN, huge numbers and half pairs survive a round trip through JSON text."""
    told = json.loads(json.dumps(value))
    for reader in READERS.values():
        if reader not in (json_values.mapping, json_values.items, json_values.mappings):
            assert reader(told) == reader(value)


@given(JSON)
def test_the_strict_readers_give_only_what_the_lenient_ones_give_too(value):
    exact = json_values.text(value)
    assert exact is None or json_values.printed(value) == (exact.strip() or None)
    strict = json_values.number(value)
    assert strict is None or json_values.numeral(value) == strict
    integer = json_values.whole(value)
    assert integer is None or integer == strict


@given(JSON)
def test_a_structure_is_read_as_itself_or_as_an_empty_one(value):
    assert json_values.mapping(value) is value or json_values.mapping(value) == {}
    assert json_values.items(value) is value or json_values.items(value) == []
    assert len(json_values.mappings(value)) <= len(json_values.items(value))
    assert all(isinstance(one, dict) for one in json_values.mappings(value))


@given(st.floats(-5, 5), st.floats(0, 5), SCALARS)
def test_a_number_out_of_range_is_not_known(least, width, value):
    found = json_values.within(least, json_values.numeral(value), least + width)
    assert found is None or least <= found <= least + width


@pytest.mark.parametrize(
    ("reader", "value", "found"),
    [
        ("text", " Wilco ", " Wilco "),
        ("text", "", None),
        ("text", 7, None),
        ("text", "Tin \ud83d", "Tin ?"),
        ("string", "", ""),
        ("printed", " Wilco ", "Wilco"),
        ("printed", " ", None),
        ("printed", 4711, "4711"),
        ("printed", 1.5, "1.5"),
        ("printed", math.nan, None),
        ("printed", True, None),
        ("printed", ["a"], None),
        ("label", " Owl &amp; Fox ", "Owl & Fox"),
        ("label", "Owl &amp;amp; Fox", "Owl &amp; Fox"),
        ("label", "Owl &#8211; Fox&#x27;s", "Owl \u2013 Fox's"),
        ("label", "Owl%20%26%20Fox", "Owl & Fox"),
        ("label", "Caf%C3%A9 &#37;20", "Caf\u00e9 %20"),
        ("label", "%2526", "%26"),
        ("label", "R&B, Q&Amp and 100% Pure, 100%ed", "R&B, Q&Amp and 100% Pure, 100%ed"),
        ("label", "Owl&#10;%0AFox", "Owl  Fox"),
        ("label", "&nbsp;", None),
        ("label", "&#xd83d;&#99999999;", "\ufffd&#99999999;"),
        ("label", 1975, "1975"),
        ("number", 3, 3.0),
        ("number", "3", None),
        ("number", True, None),
        ("number", math.inf, None),
        ("number", 10**400, None),
        ("numeral", "24.50", 24.5),
        ("numeral", "free", None),
        ("numeral", "NaN", None),
        ("numeral", True, None),
        ("whole", 12, 12),
        ("whole", 12.0, None),
        ("whole", False, None),
        ("whole", 2**40, None),
        ("counted", "12", 12),
        ("counted", 12.9, 12),
        ("counted", -1, None),
        ("boolean", False, False),
        ("boolean", 0, None),
        ("mappings", [{"a": 1}, None, 3], [{"a": 1}]),
        ("wall_clock", 20261204, None),
        ("wall_clock", "soon", None),
    ],
)
def test_each_reader_takes_its_type_and_nothing_else(reader, value, found):
    read = READERS[reader](value)
    assert read == found
    assert type(read) is type(found)


def test_a_time_is_the_wall_clock_as_printed_and_utc_is_only_a_label():
    for printed in ("2026-12-04T20:00:00", "2026-12-04T20:00:00+05:00"):
        assert json_values.wall_clock(printed).isoformat() == "2026-12-04T20:00:00"
        assert json_values.utc_time(printed).isoformat() == "2026-12-04T20:00:00+00:00"
