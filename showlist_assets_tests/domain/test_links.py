"""Addresses that others wrote."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from showlist_assets.domain.links import web_address


@pytest.mark.parametrize(
    "address",
    [
        "https://tickets.example/a-b/c?x=1&y=%20#z",
        "HTTP://tickets.example",
        "https://tickets.example:8443/a;b,c",
        "http://[2001:db8::1]/a",
    ],
)
def test_an_address_of_the_web_stays_as_it_is(address):
    assert web_address(address) == address


@pytest.mark.parametrize(
    "address",
    [
        None,
        "",
        "tickets.example",
        "/a",
        "//tickets.example/a",
        "javascript:alert(1)",
        "JavaScript:alert(1)",
        "java\nscript:alert(1)",
        "data:text/html,x",
        "mailto:a@tickets.example",
        "ftp://tickets.example",
        "https:///a",
        "https://",
        "https://tickets.example/a\nb",
        "https://tickets.example/a\r\nATTENDEE:x",
        "https://tickets.example/\x00",
        "https://[tickets.example/a",
        "https://tick[ets.example/a",
        "https://tickets.example:port/a",
        "https://tickets.example:99999/a",
        "https://tickets.example/\ud83d",
    ],
)
def test_what_leads_nowhere_on_the_web_is_no_link(address):
    assert web_address(address) == ""


@given(st.text() | st.text().map("https://tickets.example/".__add__))
def test_whatever_is_given_a_link_is_one_piece_of_the_web(text):
    found = web_address(text)
    assert not set(found) & set(' ()<>"|\\\n\r\t')
    assert found.isascii()
    assert not found or urlsplit(found).scheme in ("http", "https")
    assert web_address(found) == found
