"""``make bench``: every figure that is aimed at, beside its reference (``suite``)."""

import sys

from showlist_assets_tests.benchmarks.suite.command import main

if __name__ == "__main__":
    sys.exit(main())
