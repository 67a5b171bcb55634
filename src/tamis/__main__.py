"""`python -m tamis` is `tamis`."""

from __future__ import annotations

from tamis.cli.app import main

if __name__ == "__main__":
    main()
