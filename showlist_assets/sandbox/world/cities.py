"""Where generated concerts take place: each state's weight and its cities, with real places.

Canada's provinces are beside the US's states, for a world that has them, too.
"""

from __future__ import annotations

from typing import NamedTuple

from showlist_assets.domain.states import BY_CODE, COUNTRIES

# Concerts follow people (millions, 2020 census, rounded), with more where tours and clubs gather.
STATE_WEIGHTS: dict[str, float] = {
    "CA": 39, "TX": 27, "FL": 21, "NY": 28, "PA": 13, "IL": 13, "OH": 11.8, "GA": 10.7, "NC": 10.4,
    "MI": 10, "NJ": 9.3, "VA": 8.6, "WA": 8.5, "AZ": 7.2, "MA": 8, "TN": 10, "IN": 6.8, "MO": 6.2,
    "MD": 6.2, "WI": 5.9, "CO": 7.5, "MN": 6, "SC": 5.1, "AL": 5, "LA": 5.5, "KY": 4.5, "OR": 4.8,
    "OK": 4, "CT": 3.6, "UT": 3.3, "IA": 3.2, "NV": 6.5, "AR": 3, "MS": 3, "KS": 2.9, "NM": 2.1,
    "NE": 2, "ID": 1.8, "WV": 1.8, "HI": 1.5, "NH": 1.4, "ME": 1.4, "RI": 1.3, "MT": 1.1, "DE": 1,
    "SD": 0.9, "ND": 0.8, "AK": 0.7, "DC": 4, "VT": 0.8, "WY": 0.6,
}  # fmt: skip
# The same of Canada (2021 census); what they sum to is beside the US's sum.
PROVINCE_WEIGHTS: dict[str, float] = {
    "ON": 17, "QC": 10, "BC": 6, "AB": 5, "MB": 1.6, "SK": 1.2, "NS": 1.2, "NB": 0.9, "NL": 0.6,
    "PE": 0.3, "NT": 0.1, "YT": 0.1, "NU": 0.1,
}  # fmt: skip
_WEIGHTS = {"US": STATE_WEIGHTS, "CA": PROVINCE_WEIGHTS}
PRINTED_COUNTRIES = {"US": "US", "CA": "Canada"}
"""How SeatGeek prints the country of a venue, by its code."""


class City(NamedTuple):
    """A city; ``metro_code`` is the Nielsen market SeatGeek prints with a venue of the US."""

    name: str
    state: str
    latitude: float
    longitude: float
    postal_code: str
    metro_code: int | None
    timezone: str


_PLACES: dict[str, tuple[tuple[str, float, float, str, int | None], ...]] = {
    "AL": (
        ("Birmingham", 33.52, -86.80, "35203", 630),
        ("Huntsville", 34.73, -86.59, "35801", 691),
        ("Mobile", 30.69, -88.04, "36602", 686),
    ),
    "AK": (
        ("Anchorage", 61.22, -149.90, "99501", 743),
        ("Fairbanks", 64.84, -147.72, "99701", 745),
    ),
    "AZ": (
        ("Phoenix", 33.45, -112.07, "85003", 753),
        ("Tucson", 32.22, -110.97, "85701", 789),
        ("Flagstaff", 35.20, -111.65, "86001", 753),
    ),
    "AR": (
        ("Little Rock", 34.75, -92.29, "72201", 693),
        ("Fayetteville", 36.06, -94.16, "72701", 670),
    ),
    "CA": (
        ("Los Angeles", 34.05, -118.24, "90012", 803),
        ("San Francisco", 37.77, -122.42, "94103", 807),
        ("San Diego", 32.72, -117.16, "92101", 825),
        ("Sacramento", 38.58, -121.49, "95814", 862),
        ("Oakland", 37.80, -122.27, "94612", 807),
        ("Fresno", 36.74, -119.79, "93721", 866),
        ("Santa Cruz", 36.97, -122.03, "95060", 828),
    ),
    "CO": (
        ("Denver", 39.74, -104.99, "80202", 751),
        ("Boulder", 40.01, -105.27, "80302", 751),
        ("Fort Collins", 40.59, -105.08, "80524", 751),
    ),
    "CT": (("New Haven", 41.31, -72.93, "06510", 533), ("Hartford", 41.77, -72.67, "06103", 533)),
    "DE": (("Wilmington", 39.75, -75.55, "19801", 504), ("Dover", 39.16, -75.52, "19901", 504)),
    "DC": (("Washington", 38.91, -77.04, "20001", 511),),
    "FL": (
        ("Miami", 25.77, -80.19, "33130", 528),
        ("Orlando", 28.54, -81.38, "32801", 534),
        ("Tampa", 27.95, -82.46, "33602", 539),
        ("Jacksonville", 30.33, -81.66, "32202", 561),
        ("Pensacola", 30.42, -87.22, "32502", 686),
    ),
    "GA": (
        ("Atlanta", 33.75, -84.39, "30303", 524),
        ("Athens", 33.96, -83.38, "30601", 524),
        ("Savannah", 32.08, -81.09, "31401", 507),
    ),
    "HI": (("Honolulu", 21.31, -157.86, "96813", 744),),
    "ID": (
        ("Boise", 43.62, -116.20, "83702", 757),
        ("Coeur d'Alene", 47.68, -116.78, "83814", 881),
    ),
    "IL": (
        ("Chicago", 41.88, -87.63, "60607", 602),
        ("Champaign", 40.12, -88.24, "61820", 648),
        ("Springfield", 39.78, -89.65, "62701", 648),
    ),
    "IN": (
        ("Indianapolis", 39.77, -86.16, "46204", 527),
        ("Bloomington", 39.17, -86.53, "47404", 527),
    ),
    "IA": (("Des Moines", 41.59, -93.62, "50309", 679), ("Iowa City", 41.66, -91.53, "52240", 637)),
    "KS": (("Wichita", 37.69, -97.34, "67202", 678), ("Lawrence", 38.97, -95.24, "66044", 616)),
    "KY": (("Louisville", 38.25, -85.76, "40202", 529), ("Lexington", 38.04, -84.50, "40507", 541)),
    "LA": (
        ("New Orleans", 29.95, -90.07, "70112", 622),
        ("Baton Rouge", 30.45, -91.19, "70801", 716),
    ),
    "ME": (("Portland", 43.66, -70.26, "04101", 500), ("Bangor", 44.80, -68.77, "04401", 537)),
    "MD": (
        ("Baltimore", 39.29, -76.61, "21201", 512),
        ("Silver Spring", 38.99, -77.03, "20910", 511),
    ),
    "MA": (
        ("Boston", 42.36, -71.06, "02114", 506),
        ("Cambridge", 42.37, -71.11, "02139", 506),
        ("Northampton", 42.33, -72.63, "01060", 543),
    ),
    "MI": (
        ("Detroit", 42.33, -83.05, "48226", 505),
        ("Grand Rapids", 42.96, -85.67, "49503", 563),
        ("Ann Arbor", 42.28, -83.74, "48104", 505),
    ),
    "MN": (
        ("Minneapolis", 44.98, -93.27, "55403", 613),
        ("Saint Paul", 44.95, -93.09, "55102", 613),
        ("Duluth", 46.79, -92.10, "55802", 676),
    ),
    "MS": (("Jackson", 32.30, -90.18, "39201", 718), ("Biloxi", 30.40, -88.89, "39530", 746)),
    "MO": (
        ("St. Louis", 38.63, -90.20, "63103", 609),
        ("Kansas City", 39.10, -94.58, "64108", 616),
        ("Columbia", 38.95, -92.33, "65201", 604),
    ),
    "MT": (("Missoula", 46.87, -113.99, "59802", 762), ("Billings", 45.78, -108.50, "59101", 756)),
    "NE": (("Omaha", 41.26, -95.94, "68102", 652), ("Lincoln", 40.81, -96.70, "68508", 722)),
    "NV": (("Las Vegas", 36.17, -115.14, "89101", 839), ("Reno", 39.53, -119.81, "89501", 811)),
    "NH": (
        ("Manchester", 42.99, -71.46, "03101", 506),
        ("Portsmouth", 43.07, -70.76, "03801", 506),
    ),
    "NJ": (
        ("Newark", 40.74, -74.17, "07102", 501),
        ("Asbury Park", 40.22, -74.01, "07712", 501),
        ("Atlantic City", 39.36, -74.42, "08401", 504),
    ),
    "NM": (
        ("Albuquerque", 35.08, -106.65, "87102", 790),
        ("Santa Fe", 35.69, -105.94, "87501", 790),
    ),
    "NY": (
        ("New York", 40.75, -73.99, "10001", 501),
        ("Brooklyn", 40.69, -73.99, "11201", 501),
        ("Buffalo", 42.89, -78.88, "14202", 514),
        ("Rochester", 43.16, -77.61, "14604", 538),
        ("Albany", 42.65, -73.75, "12207", 532),
        ("Syracuse", 43.05, -76.15, "13202", 555),
    ),
    "NC": (
        ("Charlotte", 35.23, -80.84, "28202", 517),
        ("Raleigh", 35.78, -78.64, "27601", 560),
        ("Asheville", 35.60, -82.55, "28801", 567),
    ),
    "ND": (("Fargo", 46.88, -96.79, "58102", 724), ("Bismarck", 46.81, -100.78, "58501", 687)),
    "OH": (
        ("Columbus", 39.96, -83.00, "43215", 535),
        ("Cleveland", 41.50, -81.69, "44114", 510),
        ("Cincinnati", 39.10, -84.51, "45202", 515),
        ("Toledo", 41.65, -83.54, "43604", 547),
    ),
    "OK": (("Oklahoma City", 35.47, -97.52, "73102", 650), ("Tulsa", 36.15, -95.99, "74103", 671)),
    "OR": (
        ("Portland", 45.52, -122.68, "97205", 820),
        ("Eugene", 44.05, -123.09, "97401", 801),
        ("Bend", 44.06, -121.31, "97701", 821),
    ),
    "PA": (
        ("Philadelphia", 39.95, -75.17, "19107", 504),
        ("Pittsburgh", 40.44, -80.00, "15222", 508),
        ("Lancaster", 40.04, -76.31, "17602", 566),
        ("Erie", 42.13, -80.09, "16501", 516),
    ),
    "RI": (("Providence", 41.82, -71.41, "02903", 521),),
    "SC": (
        ("Charleston", 32.78, -79.93, "29401", 519),
        ("Columbia", 34.00, -81.03, "29201", 546),
        ("Greenville", 34.85, -82.40, "29601", 567),
    ),
    "SD": (
        ("Sioux Falls", 43.55, -96.73, "57104", 725),
        ("Rapid City", 44.08, -103.23, "57701", 764),
    ),
    "TN": (
        ("Nashville", 36.16, -86.78, "37203", 659),
        ("Memphis", 35.15, -90.05, "38103", 640),
        ("Knoxville", 35.96, -83.92, "37902", 557),
    ),
    "TX": (
        ("Austin", 30.27, -97.74, "78701", 635),
        ("Dallas", 32.78, -96.80, "75201", 623),
        ("Houston", 29.76, -95.37, "77002", 618),
        ("San Antonio", 29.42, -98.49, "78205", 641),
        ("Fort Worth", 32.75, -97.33, "76102", 623),
        ("El Paso", 31.76, -106.49, "79901", 765),
    ),
    "UT": (
        ("Salt Lake City", 40.76, -111.89, "84101", 770),
        ("Provo", 40.23, -111.66, "84601", 770),
    ),
    "VT": (("Burlington", 44.48, -73.21, "05401", 523),),
    "VA": (
        ("Richmond", 37.54, -77.44, "23219", 556),
        ("Norfolk", 36.85, -76.29, "23510", 544),
        ("Charlottesville", 38.03, -78.48, "22902", 584),
    ),
    "WA": (
        ("Seattle", 47.61, -122.33, "98101", 819),
        ("Spokane", 47.66, -117.43, "99201", 881),
        ("Tacoma", 47.25, -122.44, "98402", 819),
    ),
    "WV": (
        ("Charleston", 38.35, -81.63, "25301", 564),
        ("Morgantown", 39.63, -79.96, "26505", 508),
    ),
    "WI": (
        ("Milwaukee", 43.04, -87.91, "53202", 617),
        ("Madison", 43.07, -89.40, "53703", 669),
        ("Green Bay", 44.51, -88.01, "54301", 658),
    ),
    "WY": (("Cheyenne", 41.14, -104.82, "82001", 759), ("Jackson", 43.48, -110.76, "83001", 758)),
    "ON": (
        ("Toronto", 43.65, -79.38, "M5V 2T6", None),
        ("Ottawa", 45.42, -75.70, "K1P 1J1", None),
        ("Hamilton", 43.26, -79.87, "L8P 1A1", None),
        ("London", 42.98, -81.25, "N6A 1A1", None),
        ("Kenora", 49.77, -94.49, "P9N 1S1", None),
    ),
    "QC": (
        ("Montréal", 45.50, -73.57, "H2X 1Y4", None),
        ("Québec", 46.81, -71.21, "G1R 4S9", None),
    ),
    "BC": (
        ("Vancouver", 49.28, -123.12, "V6B 1A1", None),
        ("Victoria", 48.43, -123.37, "V8W 1P6", None),
    ),
    "AB": (
        ("Calgary", 51.05, -114.07, "T2P 1J9", None),
        ("Edmonton", 53.54, -113.49, "T5J 2R7", None),
    ),
    "MB": (("Winnipeg", 49.90, -97.14, "R3C 0A1", None),),
    "SK": (("Saskatoon", 52.13, -106.67, "S7K 0J5", None),),
    "NS": (("Halifax", 44.65, -63.58, "B3J 1A1", None),),
    "NB": (("Moncton", 46.09, -64.78, "E1C 1A1", None),),
    "NL": (("St. John's", 47.56, -52.71, "A1C 1A1", None),),
    "PE": (("Charlottetown", 46.24, -63.13, "C1A 1A1", None),),
    "NT": (("Yellowknife", 62.45, -114.37, "X1A 1A1", None),),
    "YT": (("Whitehorse", 60.72, -135.05, "Y1A 1A1", None),),
    "NU": (("Iqaluit", 63.75, -68.52, "X0A 0H0", None),),
}

# Cities on the other side of a time-zone line from most of their state.
_OWN_TIMEZONES = {
    ("El Paso", "TX"): "America/Denver",
    ("Pensacola", "FL"): "America/Chicago",
    ("Knoxville", "TN"): "America/New_York",
    ("Rapid City", "SD"): "America/Denver",
    ("Coeur d'Alene", "ID"): "America/Los_Angeles",
    ("Kenora", "ON"): "America/Winnipeg",
}

CITIES: dict[str, tuple[City, ...]] = {
    state: tuple(
        City(
            name,
            state,
            latitude,
            longitude,
            postal_code,
            metro_code,
            _OWN_TIMEZONES.get((name, state), BY_CODE[state].timezone),
        )
        for name, latitude, longitude, postal_code, metro_code in places
    )
    for state, places in _PLACES.items()
}

METRO_CODES: dict[tuple[str, str], int | None] = {
    (city.name, city.state): city.metro_code for cities in CITIES.values() for city in cities
}
COORDINATES: dict[tuple[str, str], tuple[float, float]] = {
    (city.name, city.state): (city.latitude, city.longitude)
    for cities in CITIES.values()
    for city in cities
}


def concerts_per_state(concerts: int, country: str = "US") -> dict[str, int]:
    """Shares ``concerts`` among the 51 states by weight; every state gets one at least.

    Another ``country`` has as many beside them as its weights say.
    """
    total = sum(STATE_WEIGHTS.values())
    return {
        state: max(1, round(concerts * weight / total))
        for state, weight in _WEIGHTS[country].items()
    }


def country_of_venue(printed: str, state: str) -> str | None:
    """The code of the country whose ``state`` it is; None of a venue that lies elsewhere."""
    return next(
        (
            code
            for code, name in PRINTED_COUNTRIES.items()
            if name == printed and (code == "US" or state in COUNTRIES[code].codes)
        ),
        None,
    )
