"""``python -m showlist_assets``: the same as ``showlist``."""

from showlist_assets.cli.main import main

if __name__ == "__main__":
    main()
