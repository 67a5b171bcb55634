"""The `tamis` command: a light door, so that Ctrl-C is heard while it opens."""

from __future__ import annotations

import signal
import sys


def main() -> None:
    """Run the command line; an interrupt ends it without a word, at any moment."""
    try:
        from tamis.cli.app import run  # noqa: PLC0415 (the slow part)

        run()
    except KeyboardInterrupt:
        sys.exit(128 + signal.SIGINT)


if __name__ == "__main__":
    main()
