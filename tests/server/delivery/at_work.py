"""A sender in a process of its own: `python at_work.py STORE ADDRESS`, until it is killed."""

from __future__ import annotations

import sys
from threading import Event

from tests.server.delivery.sending import configured, http, sender, webhook

from tamis.server.clock import SystemClock
from tamis.server.store.database import Database


def main(store: str, address: str) -> None:
    clock = SystemClock()
    hook = configured("hook", webhook(address, clock, http(60.0)), at_once=1)
    sender(Database(store), clock, hook).start()
    Event().wait()


if __name__ == "__main__":
    main(*sys.argv[1:])
