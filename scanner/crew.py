"""Other processes that judge, and what to do when one of them ends.

Hubs that are still text are handed out in batches; what comes back is put in the order in which it
was read.  The process that reads judges, too, whenever the others have enough to do.  A process that
ends unexpectedly is replaced, and what it had is judged a hub at a time: a hub that ends a process
twice is one of which nothing is known.
"""

from __future__ import annotations

import multiprocessing
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from multiprocessing import connection
from queue import SimpleQueue
from typing import Any, Self

from scanner.desk import Desk, Said, said
from scanner.model import Gap, Hub
from scanner.roomy import roomy
from scanner.sources import Context, Part, Piece, network_of, realise

BATCH_BYTES = 96 << 10
"""How much is handed out at once: as much as is sent without waiting until somebody reads it."""

DIED = "the process that judged it ended unexpectedly"

Make = Callable[[], Desk]

_Message = tuple[Context | None, list[tuple[bytes, int, int | None]]]
"""The context of some pieces, None where it is still the last one, and what else they are made of."""

_AHEAD = 3
"""How many batches a process may have before it."""


@dataclass(slots=True)
class _Batch:
    """Parts that are handed out together, and what was said of them once it is known.

    Pieces that are handed out together have one context, parts that are no pieces have none.
    """

    parts: list[Part]
    context: Context | None = None
    said: list[Said] | None = None


@dataclass(slots=True)
class _Worker:
    """A process, what it has before it, and the context that it was sent last."""

    process: Any
    pipe: connection.Connection
    batches: deque[_Batch] = field(default_factory=deque)
    context: Context | None = None

    def send(self, context: Context | None, parts: list[Part]) -> None:
        """Hand out pieces.  Raises OSError where the process has ended."""
        # The context of a large estate is larger than a hub: it is sent where it changes.
        changed = context if context is not self.context else None
        self.context = context
        self.pipe.send((changed, [(one.raw, one.index, one.line) for one in parts if isinstance(one, Piece)]))


class Crew:
    """The other processes.  Used as a context: they end with it."""

    def __init__(self, desk: Desk, make: Make, count: int) -> None:
        self._desk = desk
        self._make = make
        can_inherit = "fork" in multiprocessing.get_all_start_methods()
        self._context: Any = multiprocessing.get_context("fork" if can_inherit else "spawn")
        self._begin: Make = (lambda: desk) if can_inherit else make
        self._workers = [self._hire() for _ in range(count)]
        self._order: deque[_Batch] = deque()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for worker in self._workers:
            self._dismiss(worker)

    def judged(self, parts: Iterator[Part]) -> Iterator[Said]:
        """What is said of each part, in their order."""
        for batch in _batches(parts):
            self._order.append(batch)
            while batch.said is None and not self._handed(batch):
                if not self._heard(wait=len(self._order) > 4 * _AHEAD * (len(self._workers) + 1)):
                    batch.said = [said(part, self._desk) for part in batch.parts]
            yield from self._known()
        while self._order:
            self._heard(wait=True)
            yield from self._known()

    def _known(self) -> Iterator[Said]:
        while self._order and self._order[0].said is not None:
            yield from self._order.popleft().said or ()

    def _handed(self, batch: _Batch) -> bool:
        """Whether a batch was handed to a process that has not enough to do, or needs no other."""
        if batch.context is None:
            batch.said = [said(part, self._desk) for part in batch.parts]
            return True
        for number, worker in enumerate(self._workers):
            if len(worker.batches) < _AHEAD:
                worker.batches.append(batch)
                try:
                    worker.send(batch.context, batch.parts)
                except OSError:
                    self._replace(number)
                return True
        return False

    def _heard(self, *, wait: bool) -> bool:
        """Take what the others have said so far; with ``wait``, at least one thing, if any is to come."""
        busy = {worker.pipe: number for number, worker in enumerate(self._workers) if worker.batches}
        heard = False
        for pipe in connection.wait(list(busy), timeout=None if wait else 0) if busy else ():
            number = busy[pipe]  # type: ignore[index]  # what waits is what was given
            worker = self._workers[number]
            try:
                worker.batches[0].said = worker.pipe.recv()
                worker.batches.popleft()
            except (EOFError, OSError):
                self._replace(number)
            heard = True
        return heard

    def _replace(self, number: int) -> None:
        """Put another in the place of a worker that has ended, and judge with care what it had."""
        worker = self._workers[number]
        self._dismiss(worker)
        careful = self._hire()
        for batch in worker.batches:
            batch.said = []
            for part in batch.parts:
                try:
                    careful.send(batch.context, [part])
                    batch.said += careful.pipe.recv()
                except (EOFError, OSError):
                    batch.said += self._lost(part)
                    self._dismiss(careful)
                    careful = self._hire()
        self._workers[number] = careful

    def _lost(self, part: Part) -> list[Said]:
        arrival = realise(part)
        if not isinstance(arrival, Hub):
            return [arrival]
        sheet = self._desk.lost(arrival, DIED)
        sheet.network = network_of(arrival)
        if sheet.elsewhere:
            return [sheet]
        gap = Gap(
            subject=arrival.ref.id, reason="failed", code="worker-died", detail=DIED, hub=arrival.ref.id
        )
        return [sheet, gap]

    def _hire(self) -> _Worker:
        here, there = self._context.Pipe()
        serve = partial(_serve, there, here, self._begin)
        process = self._context.Process(target=roomy, args=(serve,), daemon=True)
        process.start()
        there.close()
        return _Worker(process, here)

    def _dismiss(self, worker: _Worker) -> None:
        worker.pipe.close()
        worker.process.terminate()
        worker.process.join()


def _batches(parts: Iterator[Part]) -> Iterator[_Batch]:
    """Parts put together until they are worth handing out; what is no text yet goes by itself."""
    held: list[Part] = []
    context: Context | None = None
    size = 0
    for part in parts:
        of_part = part.context if isinstance(part, Piece) else None
        if held and (of_part is not context or size >= BATCH_BYTES):
            yield _Batch(held, context)
            held, size = [], 0
        if isinstance(part, Piece):
            context = part.context
            held.append(part)
            size += len(part.raw)
        else:
            yield _Batch([part])
    if held:
        yield _Batch(held, context)


def _serve(pipe: connection.Connection, other: connection.Connection, begin: Make) -> None:
    """What a process of the crew does: judge what comes, until nothing can come any more."""
    other.close()
    # Whoever reads decides when to stop: an interrupt from the keyboard reaches every process.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    desk = begin()
    waiting: SimpleQueue[_Message | None] = SimpleQueue()
    context = Context()
    # Reading goes on while a long answer is being sent: two processes that both only send would wait forever.
    threading.Thread(target=_listen, args=(pipe, waiting), daemon=True).start()
    while (message := waiting.get()) is not None:
        changed, texts = message
        context = changed or context
        pieces = (Piece(raw=raw, context=context, index=index, line=line) for raw, index, line in texts)
        pipe.send([said(piece, desk) for piece in pieces])


def _listen(pipe: connection.Connection, waiting: SimpleQueue[_Message | None]) -> None:
    try:
        while True:
            waiting.put(pipe.recv())
    except (EOFError, OSError):
        waiting.put(None)
