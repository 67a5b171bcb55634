"""What a page says when it cannot be shown, or a change cannot be made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Refused:
    """Context of `refusal.html` and `refusal_part.html`.

    `status` is HTTP's. `title` and `detail` are the server's sentences, in English; `errors` the
    single things found wrong, each with `field` and `message`.
    """

    status: int
    title: str
    detail: str
    errors: tuple[Mapping[str, str], ...] = ()
