from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from showlist_assets.domain.states import (
    BY_CODE,
    COUNTRIES,
    STATE_CODES,
    STATES,
    CountryError,
    UnknownStateError,
    add_country,
    add_country_file,
    country_of,
    country_of_all,
    country_printed,
    may_be_known,
    parse_states,
    read_country,
    states_of_countries,
)
from showlist_assets_tests.domain.made_country import MADE_UP, in_file

_CANADA = COUNTRIES["CA"]


def test_there_are_fifty_states_and_the_district():
    assert len({state.name for state in STATES}) == len(STATES) == 51


def test_canada_has_ten_provinces_and_three_territories():
    assert len(_CANADA.states) == 13
    assert not set(_CANADA.codes) & set(STATE_CODES)


def test_the_heaviest_states_come_first_and_the_lightest_last():
    codes = [state.code for state in STATES]
    assert codes[:4] == ["CA", "NY", "TX", "FL"]
    assert codes[-2:] == ["VT", "WY"]


@pytest.mark.parametrize("state", BY_CODE.values(), ids=lambda state: state.code)
def test_every_time_zone_exists(state):
    assert ZoneInfo(state.timezone).key == state.timezone


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("NY", ["NY"]),
        ("ny, pa", ["NY", "PA"]),
        ("New York,district of columbia", ["NY", "DC"]),
        (" ,VT,, ", ["VT"]),
        ("PA,NY,pennsylvania", ["PA", "NY"]),
        ("vt, Ontario,qc", ["VT", "ON", "QC"]),
    ],
)
def test_states_are_read_by_code_or_name_in_order_each_once(text, codes):
    assert parse_states(text) == codes


@pytest.mark.parametrize("state", BY_CODE.values(), ids=lambda state: state.code)
def test_every_state_is_known_by_its_code_and_by_its_name(state):
    assert parse_states(f"{state.code.lower()},{state.name}") == [state.code]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("NY,Pensylvania", "'PENSYLVANIA'.*Did you mean Pennsylvania?"),
        ("Narnia", "'NARNIA' is not a US state, nor one of Canada: .*NY.*ON"),
        ("Ontaro", "Did you mean Ontario?"),
        ("", "No state was named"),
        (" , ", "No state was named"),
    ],
)
def test_a_word_that_is_no_state_is_refused_with_a_remedy(text, says):
    with pytest.raises(UnknownStateError, match=says):
        parse_states(text)


@given(st.permutations(list(COUNTRIES)), st.integers(1, 2))
def test_the_states_of_countries_come_in_the_order_in_which_these_are_named(codes, count):
    found = states_of_countries(codes[:count])
    assert len(set(found)) == len(found)
    assert found == tuple(state for code in codes[:count] for state in COUNTRIES[code].codes)
    assert {country_of(state).code for state in found} == set(codes[:count])


def test_a_country_that_is_not_known_is_refused_with_those_that_are():
    with pytest.raises(CountryError, match="FR: no regions are known; there are those of US, CA"):
        states_of_countries(["US", "FR"])


@pytest.mark.parametrize(
    ("text", "code"),
    [("U.S.A.", "US"), ("United States", "US"), ("canada", "CA"), ("CA", "CA"), ("DE", None)],
)
def test_a_country_is_known_however_it_is_printed(text, code):
    found = country_printed(text)
    assert (found and found.code) == code


def test_all_states_of_a_country_are_the_country():
    assert country_of_all(reversed(_CANADA.codes)) == _CANADA
    assert country_of_all(_CANADA.codes[1:]) is None
    assert country_of_all(["NY"]) is None


@pytest.mark.parametrize(
    ("place", "us", "canada"),
    [
        ((43.65, -79.38), True, True),
        ((47.56, -52.71), False, True),
        ((62.45, -114.37), True, True),
        ((25.77, -80.19), True, False),
        ((0.0, 0.0), False, False),
        ((-79.38, 43.65), False, False),
    ],
)
def test_a_position_may_lie_in_a_country_or_in_none(place, us, canada):
    assert (COUNTRIES["US"].may_hold(*place), _CANADA.may_hold(*place)) == (us, canada)
    assert may_be_known(*place) == (us or canada)


def test_a_country_of_an_operator_s_own_has_its_code_before_its_states(made_up_country):
    assert parse_states("QZ-NB, Middle Fields") == ["QZ-NB", "QZ-MF"]
    assert country_of("QZ-NB") == made_up_country
    assert BY_CODE["QZ-NB"].local_code == "NB"
    assert made_up_country.state_printed("NB") == "QZ-NB"
    assert _CANADA.state_printed("NB") == "NB"
    assert made_up_country.state_printed("ON") is None
    assert states_of_countries(["QZ"]) == ("QZ-NB", "QZ-MF")
    add_country(made_up_country)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (MADE_UP.replace("QZ-NB", "NB"), r"New Brunswick \(NB\) of Canada: call it QZ-NB"),
        (MADE_UP.replace("Middle Fields", "Ontario"), "would be taken for Ontario"),
        (MADE_UP.replace("QZ-NB", "XX-NB"), "'XX-NB' is no code such as BE or QZ-BE"),
        (MADE_UP.replace("QZ-NB", "a/b"), "no TOML"),
        (MADE_UP.replace("QZ-NB", '"../x"'), "is no code such as"),
        (MADE_UP.replace("Europe/Berlin", "Europe/Nowhere"), "is no time zone"),
        (MADE_UP.replace("currency", "money"), "'currency' is missing"),
        (MADE_UP.replace("[47.0, 55.0]", "[47.0]"), "cannot be used"),
        (MADE_UP.replace("Middle Fields", "Middle, Fields"), "without a comma"),
    ],
)
def test_a_country_that_cannot_be_used_is_refused_with_the_reason(tmp_path, text, says):
    before = dict(BY_CODE)
    with pytest.raises(CountryError, match=says):
        add_country_file(in_file(tmp_path, text))
    assert dict(BY_CODE) == before


def test_a_file_that_is_not_there_or_of_no_country_is_refused(tmp_path):
    with pytest.raises(CountryError, match="cannot be read"):
        add_country_file(tmp_path / "qz.toml")
    with pytest.raises(CountryError, match="two letters"):
        read_country("germany", MADE_UP)
    with pytest.raises(CountryError, match="known already"):
        add_country(read_country("ca", MADE_UP.replace("QZ-", "CA-")))
