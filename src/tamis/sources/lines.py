"""Where a cell stands in a file: found by reading it again, once something is known to be wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from tamis.errors import Place
from tamis.sources.csv_files import records
from tamis.sources.delivered import Delivered


def places(
    delivered: Delivered, wanted: Callable[[dict[str, str]], str]
) -> Iterator[tuple[Place, str]]:
    """The places of CSV rows about which `wanted` has something to say, with what it says."""
    for file in delivered.files:
        for line, record in records(file):
            if said := wanted(record):
                yield Place(file.shown, line), said
