"""The intake: deliveries wait here, and go into the store many at a time.

While one transaction is written the next gathers: under load they are large, at rest an event goes
in at once. What does not fit the queue is refused, so memory has a bound.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from threading import Condition, Thread
from time import perf_counter

from tamis.server.ingest.message import Delivery, Receipt, Rejected
from tamis.server.ingest.writer import Writer
from tamis.server.operation.metrics import Metrics
from tamis.server.problems import Problem
from tamis.server.store.database import StoreError

GATHER = 0.00002
"""Seconds for each message of the last transaction, in which those who were answered send more."""


@dataclass(slots=True)
class _Waiting:
    """A delivery that waits, and whoever awaits its receipt."""

    delivery: Delivery
    loop: asyncio.AbstractEventLoop
    answer: asyncio.Future[Receipt]

    def settle(self, receipt: Receipt | None, error: BaseException | None = None) -> None:
        """Answer, from the writer's thread; the one who asked may be gone by now."""
        with suppress(RuntimeError):  # its loop is closed: nobody waits any more
            self.loop.call_soon_threadsafe(self._answer, receipt, error)

    def _answer(self, receipt: Receipt | None, error: BaseException | None) -> None:
        if self.answer.done():
            return
        if error is not None:
            self.answer.set_exception(error)
        elif receipt is not None:
            self.answer.set_result(receipt)


class Intake:
    """Takes deliveries and answers when they are durable and scored.

    `queue` bounds the messages that may wait, `batch` those of one transaction. `ring` is called
    after each transaction.
    """

    def __init__(
        self,
        writer: Writer,
        metrics: Metrics,
        ring: Callable[[], None],
        *,
        queue: int,
        batch: int,
    ) -> None:
        self._writer, self._metrics, self._ring = writer, metrics, ring
        self._queue, self._batch = queue, batch
        self._waiting: deque[_Waiting] = deque()
        self._messages = 0
        self._change = Condition()
        self._gather_until = 0.0
        self._stopping = False
        self._thread = Thread(target=self._work, name="tamis-writer", daemon=True)

    @property
    def messages(self) -> int:
        """Messages that wait now."""
        return self._messages

    @property
    def alive(self) -> bool:
        """Whether deliveries are written."""
        return self._thread.is_alive()

    def start(self) -> None:
        """Begin to write."""
        self._thread.start()

    def stop(self) -> None:
        """Take no more, write what waits, and end."""
        with self._change:
            self._stopping = True
            self._change.notify()
        if self._thread.is_alive():
            self._thread.join()

    async def take(self, delivery: Delivery) -> Receipt:
        """Wait until it is in.

        Raises:
            Problem: 429 with Retry-After when too much waits, 503 when the server stops.
            StoreError: when the store cannot be used; nothing of it is in then.
        """
        loop = asyncio.get_running_loop()
        waiting = _Waiting(delivery, loop, loop.create_future())
        with self._change:
            self._refuse(len(delivery.items))
            self._waiting.append(waiting)
            self._messages += len(delivery.items)
            self._change.notify()
        return await waiting.answer

    def write(self, deliveries: list[Delivery]) -> list[Receipt]:
        """Write deliveries at once, in a thread of the caller's."""
        receipts = self._writer.write(deliveries)
        self._told(deliveries, receipts)
        self._ring()
        return receipts

    def _refuse(self, messages: int) -> None:
        if self._stopping:
            raise Problem(
                503, "stopping", "The server stops", "send it again", headers={"Retry-After": "5"}
            )
        if self._messages and self._messages + messages > self._queue:
            self._metrics.refused(messages)
            detail = f"{self._messages} messages wait to be written; send it again later"
            raise Problem(429, "busy", "Too much at once", detail, headers={"Retry-After": "1"})

    def _work(self) -> None:
        while batch := self._next():
            started = perf_counter()
            self._write(batch)
            messages = sum(len(one.delivery.items) for one in batch)
            with self._change:
                self._messages -= messages
                self._metrics.queue(self._messages)
            ended = perf_counter()
            self._metrics.batch(messages, ended - started)
            self._gather_until = ended + messages * GATHER

    def _next(self) -> list[_Waiting]:
        """The deliveries of the next transaction; none when all is written and the server stops."""
        with self._change:
            self._change.wait_for(lambda: self._waiting or self._stopping)
            # What they send costs less together.
            gathering = self._gather_until - perf_counter()
            if gathering > 0:
                full = lambda: self._stopping or self._messages >= self._batch  # noqa: E731
                self._change.wait_for(full, gathering)
            batch: list[_Waiting] = []
            size = 0
            while self._waiting:
                size += len(self._waiting[0].delivery.items)
                if batch and size > self._batch:
                    break
                batch.append(self._waiting.popleft())
            return batch

    def _write(self, batch: Sequence[_Waiting]) -> None:
        try:
            receipts = self.write([one.delivery for one in batch])
        except StoreError as error:
            for one in batch:
                one.settle(None, error)
        except Exception as error:  # noqa: BLE001 (one bad delivery must not take others along)
            if len(batch) == 1:
                batch[0].settle(None, error)
                return
            for one in batch:
                self._write([one])
        else:
            for one, receipt in zip(batch, receipts, strict=True):
                one.settle(receipt)

    def _told(self, deliveries: Sequence[Delivery], receipts: Sequence[Receipt]) -> None:
        for delivery, receipt in zip(deliveries, receipts, strict=True):
            self._metrics.messages("taken", receipt.taken)
            self._metrics.messages("repeated", receipt.repeated)
            self._metrics.messages("quarantined", receipt.quarantined)
            unreadable = (item for item in delivery.items if isinstance(item, Rejected))
            for one in (*unreadable, *receipt.refused):
                self._metrics.quarantined(one.code)
