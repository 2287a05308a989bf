"""A refresh of some states in which nobody is new, without Dagster: a program of its own.

    python -m showlist_assets_tests.benchmarks.suite.plain_refresh --states CA,NY

Dagster is imported all the same, as everything is in a run: what is compared is what it does.
"""

from __future__ import annotations

import argparse

import dagster  # noqa: F401

from showlist_assets.settings import load_settings
from showlist_assets.wiring import Platform
from showlist_assets_tests.benchmarks.nation import refresh


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--states", required=True, help="USPS codes, with commas")
    platform = Platform(load_settings())
    now, source = platform.now(), platform.seatgeek()
    states = arguments.parse_args().states.split(",")
    documents = {state: source.upcoming_concerts(state, since=now) for state in states}
    refresh(platform.tables, documents, now)


if __name__ == "__main__":
    main()
