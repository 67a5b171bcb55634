"""Messages that come one by one from several threads, sent in batches.

Who comes while a batch is on its way waits; the first of them takes all that wait with it. So a
batch is as large as the load, and a message alone goes at once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from threading import Event, Lock
from typing import Final

from tamis.server.delivery.message import Message, Result, Retry

PATIENCE: Final = 20.0
"""Seconds that a message waits for the batch before it: less than one attempt may take."""
SendMany = Callable[[Sequence[Message]], Sequence[Result]]


@dataclass
class _Waiting:
    message: Message
    done: Event = field(default_factory=Event)
    result: Result = field(default_factory=lambda: Retry("the batch was not sent"))


class Together:
    """Sends messages by `send_many`, at most `most` at once; a result for each, in order."""

    def __init__(self, send_many: SendMany, most: int) -> None:
        self._send_many, self._most = send_many, most
        self._waiting: list[_Waiting] = []
        self._lock, self._turn = Lock(), Lock()

    def send(self, message: Message) -> Result:
        """Send one message with those that wait. Of a lead no second one is ever on its way."""
        mine = _Waiting(message)
        with self._lock:
            self._waiting.append(mine)
        while not mine.done.is_set():
            if not self._turn.acquire(timeout=PATIENCE):
                return self._given_up(mine)
            try:
                if not mine.done.is_set():
                    self._send(self._taken())
            finally:
                self._turn.release()
        return mine.result

    def _taken(self) -> list[_Waiting]:
        with self._lock:
            taken, self._waiting = self._waiting[: self._most], self._waiting[self._most :]
        return taken

    def _send(self, batch: Sequence[_Waiting]) -> None:
        try:
            results = self._send_many([one.message for one in batch])
            for one, result in zip(batch, results, strict=True):
                one.result = result
        finally:
            for one in batch:
                one.done.set()

    def _given_up(self, mine: _Waiting) -> Result:
        """Not to be sent by another one's batch later, when nobody waits for it."""
        with self._lock:
            if mine in self._waiting:
                self._waiting.remove(mine)
                return Retry("the batch before takes long")
        # It is on its way: the other one says what becomes of it.
        mine.done.wait(PATIENCE)
        return mine.result
